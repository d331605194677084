package main

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"osservatorio/queries"
)

var (
	releaseID  = regexp.MustCompile(`^[0-9]{4}-(0[1-9]|1[0-2])$`)
	sourceName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	periodName = regexp.MustCompile(`^[0-9]{4}(-Q[1-4]|-(0[1-9]|1[0-2]))?$`)
	memorySize = regexp.MustCompile(`^[0-9]+(\.[0-9]+)? ?[KMGT]i?B$`)
	listIndex  = regexp.MustCompile(`\[[0-9]+\]`)
	jobVerbs   = []string{"ingest", "check", "release", "build", "publish", "run"}
)

// validate returns every fault with the line of the key that carries it.
func (c *Config) validate(at lineIndex) []fault {
	var faults []fault
	fault := func(key string, format string, args ...any) {
		text := listIndex.ReplaceAllString(key, "") + ": " + fmt.Sprintf(format, args...)
		faults = append(faults, fault{c.file, at.line(key), text})
	}
	for _, list := range []string{"source", "job", "override"} {
		if _, single := at[list]; single {
			fault(list, "want tables [[%s]], each with its own header", list)
		}
	}
	if c.Region.Name == "" {
		fault("region.name", "missing: the name of the territory, e.g. \"Emilia-Romagna\"")
	}
	if c.Region.Geography == "" {
		fault("region.geography", "missing: a built-in geography or a folder with geo.csv")
	} else if _, err := c.geography(); err != nil {
		fault("region.geography", "%v", err)
	}
	if c.Region.Boundaries != "" {
		c.mustExist("region.boundaries", c.Region.Boundaries, fault)
	}
	if c.Region.Lists != "" {
		c.mustExist("region.lists", c.Region.Lists, fault)
	}
	if c.Paths.Content != "" {
		c.mustExist("paths.content", c.Paths.Content, fault)
	}
	if id := c.Release.ID; id != "" && !releaseID.MatchString(id) {
		fault("release.id", "%q: want the month of publication, YYYY-MM", id)
	}
	if n := c.Release.Next; n != "" && !isDate(n) {
		fault("release.next", "%q: want a day, YYYY-MM-DD", n)
	}
	if m := c.Limits.Memory; m != "" && !memorySize.MatchString(m) {
		fault("limits.memory", "%q: want a size such as \"4GB\"", m)
	}
	if n := c.Limits.Threads; n < 0 {
		fault("limits.threads", "%d: want 1 or more, or nothing for all processors", n)
	}
	if t := c.Disclosure.Together; t != nil && !*t && !c.Region.Synthetic {
		fault("disclosure.together", "false: only for an instance with synthetic = true in [region]: real data are always protected over all views together")
	}
	if err := checkIntervals(c.Disclosure.Intervals); err != nil {
		fault("disclosure.intervals", "%v", err)
	}
	c.validateCalendar(fault)
	c.validateBucket(fault)
	c.validateSources(fault)
	c.validateJobs(fault)
	c.validateSchedule(fault)
	c.validateOverrides(fault)
	return faults
}

func (c *Config) validateSources(fault func(string, string, ...any)) {
	seen := map[string]bool{}
	for i, s := range c.Sources {
		key := fmt.Sprintf("source[%d].", i)
		if !sourceName.MatchString(s.Name) {
			fault(key+"name", "%q: want small letters, digits and _", s.Name)
		}
		if seen[s.Name] {
			fault(key+"name", "%q: stands twice", s.Name)
		}
		seen[s.Name] = true
		if !slices.Contains(contractNames(), s.Contract) {
			fault(key+"contract", "%q: allowed: %s", s.Contract, strings.Join(contractNames(), ", "))
		}
		if s.Mode != "full" && s.Mode != "incremental" {
			fault(key+"mode", "%q: allowed: full, incremental", s.Mode)
		}
		if s.IssuedAt != "" && !isDate(s.IssuedAt) {
			fault(key+"issued_at", "%q: want a day, YYYY-MM-DD", s.IssuedAt)
		}
		if s.MaxBadShare > 1 {
			fault(key+"max_bad_share", "%v: want a share from 0 to 1", s.MaxBadShare)
		}
		if s.RetentionMonths < 0 {
			fault(key+"retention_months", "%d: want whole months, 0 for ever", s.RetentionMonths)
		}
		if s.Mapping != "" {
			c.mustExist(key+"mapping", s.Mapping, fault)
		}
		s.validatePlace(key, fault)
	}
}

func (c *Config) validateOverrides(fault func(string, string, ...any)) {
	if len(c.Overrides) == 0 {
		return
	}
	allowed, err := signedChecks()
	if err != nil {
		fault("override", "%v", err)
	}
	for i, o := range c.Overrides {
		key := fmt.Sprintf("override[%d].", i)
		if !slices.Contains(allowed, o.Check) {
			fault(key+"check", "%q: allowed: %s", o.Check, strings.Join(allowed, ", "))
		}
		if o.Period != "" && !periodName.MatchString(o.Period) {
			fault(key+"period", "%q: want 2026, 2026-Q3 or 2026-09", o.Period)
		}
		for _, said := range [][2]string{{"reason", o.Reason}, {"signed_by", o.SignedBy}} {
			if strings.TrimSpace(said[1]) == "" {
				fault(key+said[0], "missing: it is published with the release")
			}
		}
		for _, day := range [][2]string{{"signed_on", o.SignedOn}, {"until", o.Until}} {
			if !isDate(day[1]) {
				fault(key+day[0], "%q: want a day, YYYY-MM-DD", day[1])
			}
		}
		if isDate(o.SignedOn) && isDate(o.Until) && o.Until < o.SignedOn {
			fault(key+"until", "%q: lies before signed_on %q", o.Until, o.SignedOn)
		}
	}
}

// signedChecks are the names of the checks that may be signed, sorted.
func signedChecks() ([]string, error) {
	views, err := queries.Views()
	return slices.Sorted(maps.Keys(queries.SignedChecks(views))), err
}

func (c *Config) mustExist(key, path string, fault func(string, string, ...any)) {
	if _, err := os.Stat(c.path(path)); err != nil {
		fault(key, "%q: no such file or folder: looked for %s", path, c.path(path))
	}
}

func isDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}
