package main

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"osservatorio/cmd/schedule"
)

// jobName is also a part of an address and of a label.
var jobName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*$`)

// zone is the time zone of every schedule: the territory's own.
const zone = "Europe/Rome"

// What becomes of times that were missed.
const (
	catchUpNone = "none"
	catchUpOnce = "once"
)

func (j *JobConfig) defaults() {
	for key, value := range map[*string]string{&j.Timeout: "2h", &j.RetryWait: "10m", &j.CatchUp: catchUpOnce, &j.MaxAge: "48h"} {
		if *key == "" {
			*key = value
		}
	}
}

func (c *Config) validateJobs(fault func(string, string, ...any)) {
	seen := map[string]bool{}
	for i, j := range c.Jobs {
		key := fmt.Sprintf("job[%d].", i)
		if !jobName.MatchString(j.Name) || seen[j.Name] {
			fault(key+"name", "%q: want a name of its own for each job: letters, digits, - and _", j.Name)
		}
		seen[j.Name] = true
		if err := checkCron(j.Cron); err != nil {
			fault(key+"cron", "%q: %v: want five fields (minute hour day month weekday), e.g. \"30 6 * * 1-5\"", j.Cron, err)
		}
		if !slices.Contains(jobVerbs, j.Verb) {
			fault(key+"verb", "%q: allowed: %s", j.Verb, strings.Join(jobVerbs, ", "))
		}
		for _, d := range [][3]string{{"timeout", j.Timeout, "90m"}, {"retry_wait", j.RetryWait, "10m"}, {"catch_up_max_age", j.MaxAge, "48h"}} {
			if length, err := time.ParseDuration(d[1]); err != nil || length <= 0 {
				fault(key+d[0], "%q: want a duration such as %q", d[1], d[2])
			}
		}
		c.validateLimits(key, j, fault)
		if len(j.Sources) > 0 && j.Verb != "ingest" {
			fault(key+"sources", "only jobs with verb = \"ingest\" name sources")
		}
		for _, name := range j.Sources {
			if !slices.ContainsFunc(c.Sources, func(s SourceConfig) bool { return s.Name == name }) {
				fault(key+"sources", "%q: no such [[source]]", name)
			}
		}
	}
}

// mostRetries keeps a fault from being tried for a whole day.
const mostRetries = 10

func (c *Config) validateLimits(key string, j JobConfig, fault func(string, string, ...any)) {
	if j.Retries < 0 || j.Retries > mostRetries {
		fault(key+"retries", "%d: want 0 to %d", j.Retries, mostRetries)
	}
	if j.CatchUp != catchUpNone && j.CatchUp != catchUpOnce {
		fault(key+"catch_up", "%q: allowed: %s, %s", j.CatchUp, catchUpOnce, catchUpNone)
	}
	if j.Memory == "" {
		return
	}
	size, err := parseSize(j.Memory)
	if err == nil {
		err = schedule.CheckMemory()
	}
	if err != nil {
		fault(key+"memory", "%q: %v", j.Memory, err)
		return
	}
	if limit, err := parseSize(c.Limits.Memory); c.Limits.Memory != "" && err == nil && size <= limit {
		fault(key+"memory", "%q: want more than memory = %q in [limits], which DuckDB alone may take", j.Memory, c.Limits.Memory)
	}
}

func (c *Config) validateSchedule(fault func(string, string, ...any)) {
	if a := c.Schedule.Listen; a != "" {
		if err := schedule.CheckListen(a); err != nil {
			fault("schedule.listen", "%q: %v", a, err)
		}
	}
	if a := c.Notify.Webhook; a != "" {
		if err := schedule.CheckWebhook(a); err != nil {
			fault("notify.webhook", "%v", err) // the address may have a secret in it
		}
	}
}

// checkCron tells what is wrong with a cron line of five fields, nil if nothing.
func checkCron(line string) error {
	rome, err := time.LoadLocation(zone)
	if err != nil {
		return err
	}
	_, err = schedule.NewTimes(line, rome)
	return err
}

// jobs are those of the configuration, which was validated.
func (c *Config) jobs() ([]schedule.Job, error) {
	var jobs []schedule.Job
	for _, j := range c.Jobs {
		job := schedule.Job{Name: j.Name, Cron: j.Cron, Args: append([]string{j.Verb}, j.Sources...), Retries: j.Retries,
			Beside: j.Verb == "publish"} // it has a lock of its own, and a time to keep
		var errs [4]error
		job.Timeout, errs[0] = time.ParseDuration(j.Timeout)
		job.RetryWait, errs[1] = time.ParseDuration(j.RetryWait)
		if j.CatchUp == catchUpOnce {
			job.CatchUp, errs[2] = time.ParseDuration(j.MaxAge)
		}
		if j.Memory != "" {
			job.Memory, errs[3] = parseSize(j.Memory)
		}
		if err := errors.Join(errs[:]...); err != nil {
			return nil, fmt.Errorf("job %s: %w", j.Name, err)
		}
		jobs = append(jobs, job)
	}
	return jobs, nil
}

// parseSize reads a size such as 4GB (10⁹ bytes) or 4GiB (2³⁰), in bytes.
func parseSize(s string) (int64, error) {
	bad := errors.New(`want a size such as "6GB"`)
	if !memorySize.MatchString(s) {
		return 0, bad
	}
	number := strings.TrimRight(s, " KMGTiB")
	n, err := strconv.ParseFloat(number, 64)
	unit := strings.TrimSpace(s[len(number):])
	base := 1000.0
	if strings.Contains(unit, "i") {
		base = 1024
	}
	size := n * math.Pow(base, float64(1+strings.Index("KMGT", unit[:1])))
	if err != nil || size < 1 || size > math.MaxInt64/8 {
		return 0, bad
	}
	return int64(size), nil
}
