package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"osservatorio/cmd/schedule"
)

// scheduled is a copy of testdata/tiny with jobs that nothing but a wish starts
// within the length of a test.
func scheduled(t *testing.T) string {
	t.Helper()
	dir := house(t)
	f, err := os.OpenFile(filepath.Join(dir, "osservatorio.toml"), os.O_APPEND|os.O_WRONLY, 0)
	must(t, err)
	defer f.Close()
	_, err = f.WriteString(`
[[job]]
name = "all"
cron = "30 6 29 2 *"
verb = "run"

[[job]]
name = "load"
cron = "30 6 29 2 *"
verb = "ingest"
sources = ["co"]
memory = "4GB"

[schedule]
listen = "127.0.0.1:0"
`)
	must(t, err)
	return dir
}

// daemon starts the scheduler of an instance and returns it with the address
// of its metrics.
func daemon(t *testing.T, dir string) (*exec.Cmd, string) {
	t.Helper()
	c := child(t, dir, "schedule")
	said, err := c.StderrPipe()
	must(t, err)
	must(t, c.Start())
	t.Cleanup(func() { c.Process.Kill(); c.Wait() })
	lines := bufio.NewScanner(said)
	var heard []string
	for lines.Scan() {
		heard = append(heard, lines.Text())
		if m := regexp.MustCompile(`metrics=(http://\S+)/metrics`).FindStringSubmatch(lines.Text()); m != nil {
			go io.Copy(io.Discard, said)
			return c, m[1]
		}
	}
	t.Fatalf("no address of metrics: %q", heard)
	return nil, ""
}

func TestTheScheduleKeepsTheClockOfRome(t *testing.T) {
	t.Parallel()
	dir := scheduled(t)
	c := child(t, dir, "schedule")
	said, err := c.StderrPipe()
	must(t, err)
	must(t, c.Start())
	t.Cleanup(func() { c.Process.Kill() })
	line, err := bufio.NewReader(said).ReadString('\n')
	must(t, err)
	if !regexp.MustCompile(`msg=scheduled job=all next=\d{4}-02-29T06:30:00\+01:00`).MatchString(line) {
		t.Errorf("said: %s", line)
	}
	must(t, c.Process.Signal(os.Interrupt))
	if err := c.Wait(); err != nil {
		t.Errorf("interrupted schedule: %v", err)
	}
}

func TestASchedulerTellsTheServiceManagerWhenItAnswersAndWhenItStops(t *testing.T) {
	t.Parallel()
	dir := scheduled(t)
	// A socket has a short name, or none at all.
	told, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: "@osservatorio-test-" + strconv.Itoa(os.Getpid()), Net: "unixgram"})
	must(t, err)
	defer told.Close()
	must(t, told.SetReadDeadline(time.Now().Add(5*time.Minute)))
	hears := func(want string) {
		t.Helper()
		text := make([]byte, 64)
		n, err := told.Read(text)
		if err != nil || string(text[:n]) != want {
			t.Fatalf("heard %q, %v: want %s", text[:n], err, want)
		}
	}
	c := child(t, dir, "schedule")
	c.Env = append(c.Environ(), "NOTIFY_SOCKET="+told.LocalAddr().String())
	must(t, c.Start())
	t.Cleanup(func() { c.Process.Kill() })
	hears("READY=1")
	if s := statusOf(t, dir); !s.Scheduler {
		t.Error("ready, and it does not answer")
	}
	must(t, c.Process.Signal(syscall.SIGTERM))
	hears("STOPPING=1")
	if err := c.Wait(); err != nil {
		t.Errorf("stopped schedule: %v", err)
	}
}

// statusOf is what status --json says.
func statusOf(t *testing.T, dir string) (s status) {
	t.Helper()
	out, err := child(t, dir, "status", "--json").Output()
	must(t, err)
	must(t, json.Unmarshal(out, &s))
	return s
}

func TestASchedulerRunsJobsOnDemandAndTellsOfThemWhileItRuns(t *testing.T) {
	t.Parallel()
	dir := scheduled(t)
	c, url := daemon(t, dir)

	said, err := child(t, dir, "job", "run", "load").CombinedOutput()
	if err != nil || !regexp.MustCompile(`^job load: done in [0-9.]+m?s\n$`).Match(said) {
		t.Errorf("%v: %s", err, said)
	}
	s := statusOf(t, dir) // it opens the warehouse itself: the scheduler does not hold it
	if !s.Scheduler || len(s.Jobs) != 2 || len(s.Sources) != 1 || s.Sources[0].Accepted != 48 || s.Sources[0].AgeDays < 0 || !s.AsOf.IsZero() {
		t.Errorf("status: %+v", s)
	}
	load := s.Jobs[1]
	if load.LastRun == nil || load.LastRun.Outcome != schedule.Done || !load.LastRun.Manual || load.LastSuccess.IsZero() ||
		load.State != schedule.Idle || load.NextRun.Month() != time.February || load.LastRun.PeakMemory < 0 {
		t.Errorf("job: %+v", load)
	}
	if all := s.Jobs[0]; all.LastRun != nil || !all.LastSuccess.IsZero() {
		t.Errorf("a job that never ran: %+v", all)
	}
	words, err := child(t, dir, "status").Output()
	must(t, err)
	for _, want := range []string{`(?m)^load +idle +20\S+ \S+ CES?T +done +20\S+ \S+ CES?T +20\S\S-02-29 06:30 CET$`, `(?m)^all +idle +– +– +– +20`,
		`(?m)^co +\d{4}-\d\d-\d\d +\d+ days$`, `(?m)^scheduler: running$`} {
		if !regexp.MustCompile(want).Match(words) {
			t.Errorf("status has no %s:\n%s", want, words)
		}
	}

	if code := asks(t, url+"/healthz"); code != "ok\n" {
		t.Errorf("healthz: %s", code)
	}
	metrics := asks(t, url+"/metrics")
	for _, want := range []string{
		`osservatorio_source_rows{fate="accepted",source="co"} 48`, `osservatorio_source_age_seconds{source="co"} `,
		`osservatorio_job_runs_total{job="load",outcome="done"} 1`, `osservatorio_job_last_success_timestamp_seconds{job="load"} `,
		"process_resident_memory_bytes ", "osservatorio_figures_readable 1",
	} {
		if !strings.Contains(metrics, want) {
			t.Errorf("metrics have no %s:\n%s", want, metrics)
		}
	}

	problems, err := promlint.New(strings.NewReader(metrics)).Lint()
	must(t, err)
	for _, p := range problems {
		if strings.HasPrefix(p.Metric, "osservatorio_") {
			t.Errorf("%s: %s", p.Metric, p.Text)
		}
	}

	// A second scheduler, and a job that is none.
	for code, args := range map[int][]string{4: {"schedule"}, 2: {"job", "run", "weekly"}} {
		c := child(t, dir, args...)
		if c.Run(); c.ProcessState.ExitCode() != code {
			t.Errorf("%v: exit code %d, want %d", args, c.ProcessState.ExitCode(), code)
		}
	}
	must(t, c.Process.Signal(syscall.SIGTERM))
	if err := c.Wait(); err != nil {
		t.Errorf("stopped scheduler: %v", err)
	}
	if s := statusOf(t, dir); s.Scheduler || s.Jobs[1].LastRun == nil {
		t.Errorf("status after it: %+v", s)
	}
}

func asks(t *testing.T, url string) string {
	t.Helper()
	answer, err := http.Get(url)
	must(t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	must(t, err)
	return string(body)
}

func TestAJobRunsWithoutASchedulerUnderTheSameRules(t *testing.T) {
	t.Parallel()
	dir := scheduled(t)
	told := filepath.Join(dir, "told")
	f, err := os.OpenFile(filepath.Join(dir, "osservatorio.toml"), os.O_APPEND|os.O_WRONLY, 0)
	must(t, err)
	fmt.Fprintf(f, "\n[notify]\ncommand = \"cat >> %s\"\n", told)
	must(t, f.Close())
	runs(t, dir, "job", "run", "all")
	if !exists(filepath.Join(dir, "public", "index.html")) {
		t.Error("no site")
	}
	if exists(told) {
		t.Error("a job that went well was told of")
	}
	var f1 figures
	text, err := os.ReadFile(filepath.Join(dir, "state", "figures.json"))
	must(t, err)
	must(t, json.Unmarshal(text, &f1))
	if f1.Release == nil || f1.Release.Release != "2026-06" || f1.Release.Seconds <= 0 || f1.Build == nil || f1.Build.Release != "2026-06" || f1.Build.Seconds <= 0 {
		t.Errorf("figures: %s", text)
	}

	// A delivery that is refused: told, with its code, and not tried again.
	must(t, os.WriteFile(filepath.Join(dir, "inbox", "co_all_2026-06-11.csv"), []byte("a,b\n1,2\n"), 0o600))
	c := child(t, dir, "job", "run", "load")
	said, _ := c.CombinedOutput()
	if c.ProcessState.ExitCode() != exitChecks || !strings.Contains(string(said), "run job load: refused: exit code 3") {
		t.Errorf("exit code %d: %s", c.ProcessState.ExitCode(), said)
	}
	message, err := os.ReadFile(told)
	must(t, err)
	for _, want := range []string{"osservatorio: job load: refused (exit code 3, attempt 1 of 1)\nwhat: load co all: co_all_2026-06-11.csv: line 1: none of 2 columns has a name of the contract: expected ", "\nhint: osservatorio contract observations prints the columns; ",
		"\nnext attempt: none before the next run\n"} {
		if !strings.Contains(string(message), want) {
			t.Errorf("no %q in the message: %s", want, message)
		}
	}
	must(t, os.Remove(filepath.Join(dir, "inbox", "co_all_2026-06-11.csv")))
	runs(t, dir, "job", "run", "load")
	message, err = os.ReadFile(told)
	must(t, err)
	if !strings.Contains(string(message), "osservatorio: job load went well again\n") {
		t.Errorf("told: %s", message)
	}
	history, err := child(t, dir, "job", "history", "load").Output()
	must(t, err)
	if n := len(regexp.MustCompile(`(?m)^load .* (refused +3|done +0)$`).FindAll(history, -1)); n != 2 {
		t.Errorf("history:\n%s", history)
	}
}

// underWay waits until a run of a job has started and has not ended.
func underWay(t *testing.T, dir string) {
	t.Helper()
	for range 12000 {
		runs, err := schedule.ReadHistory(filepath.Join(dir, "state", "runs.jsonl"))
		must(t, err)
		if slices.ContainsFunc(runs, func(r schedule.Run) bool { return r.Ended.IsZero() }) {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("no run is under way")
}

func TestASchedulerThatIsStoppedOrKilledInARunFinishesItWhenItIsBack(t *testing.T) {
	t.Parallel()
	calm := house(t)
	runs(t, calm, "run")
	want := outcome(t, calm)
	for _, how := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		dir := scheduled(t)
		c, _ := daemon(t, dir)
		wish := child(t, dir, "job", "run", "all")
		must(t, wish.Start())
		underWay(t, dir)
		must(t, c.Process.Signal(how))
		if err := c.Wait(); how == syscall.SIGTERM && err != nil {
			t.Errorf("stopped scheduler: %v", err)
		}
		if wish.Wait() == nil {
			t.Errorf("%s: the wish was told that all went well", how)
		}
		first, err := schedule.ReadHistory(filepath.Join(dir, "state", "runs.jsonl"))
		must(t, err)
		if how == syscall.SIGTERM && (len(first) != 1 || first[0].Outcome != schedule.Stopped) {
			t.Errorf("stopped: %+v", first)
		}
		if how == syscall.SIGKILL {
			for _, ask := range [][]string{{"status"}, {"job", "history"}} {
				said, err := child(t, dir, ask...).Output()
				if err != nil || !strings.Contains(string(said), "cut off") {
					t.Errorf("%s of a run whose scheduler was killed: %v\n%s", ask, err, said)
				}
			}
		}

		c, _ = daemon(t, dir)
		var last schedule.Run
		for range 24000 { // a busy machine may take minutes
			history, err := schedule.ReadHistory(filepath.Join(dir, "state", "runs.jsonl"))
			must(t, err)
			if last = history[len(history)-1]; len(history) > 1 && !last.Ended.IsZero() {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		if last.Outcome != schedule.Done {
			t.Errorf("%s: the run that was taken up: %+v", how, last)
		}
		must(t, c.Process.Signal(os.Interrupt))
		must(t, c.Wait())
		if got := outcome(t, dir); got != want {
			t.Errorf("%s:\n%s\nundisturbed:\n%s", how, got, want)
		}
	}
}

func TestASecondSignalEndsARunAtOnce(t *testing.T) {
	t.Parallel()
	dir := scheduled(t)
	c, _ := daemon(t, dir)
	wish := child(t, dir, "job", "run", "all")
	must(t, wish.Start())
	underWay(t, dir)
	run := holder(t, dir)                       // from then on it knows what to do when it is asked to end
	must(t, syscall.Kill(run, syscall.SIGSTOP)) // and now it cannot
	must(t, c.Process.Signal(syscall.SIGTERM))
	time.Sleep(200 * time.Millisecond)
	if text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", c.Process.Pid)); err != nil || strings.Contains(string(text), ") Z ") {
		t.Errorf("the scheduler did not wait for its run: %v", err)
	}
	must(t, c.Process.Signal(syscall.SIGTERM))
	if err := c.Wait(); err != nil {
		t.Errorf("stopped scheduler: %v", err)
	}
	wish.Wait()
	history, err := schedule.ReadHistory(filepath.Join(dir, "state", "runs.jsonl"))
	must(t, err)
	if len(history) != 1 || history[0].Outcome != schedule.Stopped || history[0].ExitCode != -1 {
		t.Errorf("history: %+v", history)
	}
	allWhole(t, dir)
}

// holder waits until a process has taken the instance.
func holder(t *testing.T, dir string) (pid int) {
	t.Helper()
	for range 12000 {
		text, _ := os.ReadFile(filepath.Join(dir, "warehouse.duckdb.lock"))
		if n, _ := fmt.Sscanf(string(text), "process %d, since", &pid); n == 1 {
			return pid
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("no process took the instance")
	return 0
}
