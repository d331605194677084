package schedule

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
)

func scraped(t *testing.T, m *Metrics) string {
	t.Helper()
	w := httptest.NewRecorder()
	promhttp.HandlerFor(m.Registry, promhttp.HandlerOpts{}).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	return w.Body.String()
}

func TestPrometheusReadsWhatTheJobsDid(t *testing.T) {
	s := newStage(t, "2026-11-02 06:00 +01")
	s.up(daily())
	s.to("2026-11-02 06:30 +01")
	s.runs(Ended{Outcome: Done, PeakMemory: 5e6})
	s.kept(1)
	s.settle(1)
	s.to("2026-11-03 06:30 +01")
	s.runs(Ended{Outcome: Refused, ExitCode: 3})
	s.kept(2)
	for name, want := range map[string]float64{
		`osservatorio_job_last_success_timestamp_seconds{job="daily"}`: float64(at(t, "2026-11-02 06:30 +01").Unix()),
		`osservatorio_job_last_run_timestamp_seconds{job="daily"}`:     float64(at(t, "2026-11-03 06:30 +01").Unix()),
		`osservatorio_job_next_run_timestamp_seconds{job="daily"}`:     float64(at(t, "2026-11-04 06:30 +01").Unix()),
		`osservatorio_job_runs_total{job="daily",outcome="done"}`:      1,
		`osservatorio_job_runs_total{job="daily",outcome="refused"}`:   1,
		`osservatorio_job_runs_total{job="daily",outcome="timed out"}`: 0,
		`osservatorio_job_duration_seconds_count{job="daily"}`:         2,
		`osservatorio_job_running{job="daily"}`:                        0,
	} {
		if got := metric(t, s.metrics, name); got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
}

func TestNamesAndHelpOfMetricsAreAsPrometheusAsks(t *testing.T) {
	s := newStage(t, "2026-11-02 06:00 +01")
	s.up(daily())
	s.to("2026-11-02 06:30 +01")
	s.runs(well)
	s.kept(1)
	var ours strings.Builder
	for line := range strings.Lines(scraped(t, s.metrics)) {
		if strings.Contains(line, "osservatorio_") {
			ours.WriteString(line)
		}
	}
	problems, err := promlint.New(strings.NewReader(ours.String())).Lint()
	must(t, err)
	if n := strings.Count(ours.String(), "# TYPE"); n < 7 {
		t.Errorf("only %d metrics", n)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

func TestHealthIsAnsweredToThisMachineAloneAndNotWhenTheTimesStandStill(t *testing.T) {
	s := newStage(t, "2026-11-02 06:00 +01")
	d, down := s.up(daily())
	ask := func(url string) int {
		w := httptest.NewRecorder()
		d.Web().ServeHTTP(w, httptest.NewRequest(http.MethodGet, url, nil))
		return w.Code
	}
	for url, want := range map[string]int{
		"http://127.0.0.1:9464/healthz": 200, "http://localhost/metrics": 200, "http://[::1]:9464/healthz": 200,
		"http://evil.example/metrics": 403, "http://127.0.0.1/": 404,
	} {
		if got := ask(url); got != want {
			t.Errorf("%s: %d, want %d", url, got, want)
		}
	}
	down() // nobody looks at the times any more
	s.clock.Advance(time.Hour)
	if got := ask("http://127.0.0.1/healthz"); got != http.StatusServiceUnavailable {
		t.Errorf("healthz of a scheduler that stands still: %d", got)
	}
}

func TestOnlyAddressesOfThisMachineAreListenedOn(t *testing.T) {
	for address, good := range map[string]bool{
		"127.0.0.1:9464": true, "[::1]:9464": true, "localhost:0": true, "127.8.9.1:80": true,
		"0.0.0.0:9464": false, ":9464": false, "192.168.1.4:9464": false, "[::]:9464": false, "127.0.0.1": false, "127.0.0.1:x": false, "example.it:80": false,
	} {
		if err := CheckListen(address); (err == nil) != good {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestWebhooksAreHTTPSOrOfThisMachine(t *testing.T) {
	for address, good := range map[string]bool{
		"https://chat.example.it/hook": true, "http://127.0.0.1:8065/hook": true, "http://localhost/x": true, "http://[::1]/": true,
		"http://chat.example.it/hook": false, "ftp://localhost/": false, "chat.example.it": false, "": false, "https://": false, "http://127.0.0.1.example.it/": false,
	} {
		if err := CheckWebhook(address); (err == nil) != good {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestAWebhookIsTriedThreeTimesAndNeverFollowsToAnotherAddress(t *testing.T) {
	var got []Message
	answers := []int{500, 302, 204}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var m Message
		if r.URL.Path != "/hook" || json.NewDecoder(r.Body).Decode(&m) != nil || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("asked %s %s", r.Method, r.URL)
		}
		got = append(got, m)
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(answers[len(got)-1])
	}))
	defer server.Close()
	clock := clockwork.NewFakeClock()
	var log strings.Builder
	n := &Notifier{Webhook: server.URL + "/hook", Name: "prova", Clock: clock, Log: slog.New(slog.NewTextHandler(&log, nil))}
	n.Start()
	n.Tell(Message{Event: EventFailed, Job: "daily", Text: "what was wrong"})
	for _, wait := range notifyWaits[1:] {
		must(t, clock.BlockUntilContext(t.Context(), 1))
		clock.Advance(wait)
	}
	n.Close()
	if len(got) != 3 || got[2].Text != "what was wrong" || got[2].Instance != "prova" || log.Len() > 0 {
		t.Errorf("%d messages, log %s: %+v", len(got), &log, got)
	}
}

func TestAWebhookThatIsNotThereIsLoggedWithoutItsAddress(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	url := server.URL + "/secret-token"
	server.Close()
	n := &Notifier{Webhook: url}
	err := n.post(Message{})
	if err == nil || strings.Contains(err.Error(), "secret-token") {
		t.Errorf("said: %v", err)
	}
}

func TestTheSocketRunsJobsForItsOwnerAlone(t *testing.T) {
	s := newStage(t, "2026-11-02 06:00 +01")
	d, _ := s.up(daily())
	path := filepath.Join(t.TempDir(), "socket")
	client := NewClient(path)
	if _, err := client.Jobs(t.Context()); !errors.Is(err, ErrNoDaemon) {
		t.Errorf("without a scheduler: %v", err)
	}
	must(t, os.WriteFile(path, nil, 0o600)) // what a dead one left
	l, err := Listen(path)
	must(t, err)
	info, err := os.Stat(path)
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the socket is open to others: %v", info.Mode())
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- Answer(ctx, l, d.Control()) }()
	go s.runs(Ended{Outcome: Refused, ExitCode: 3, Said: []string{"no"}})
	run, err := client.Run(t.Context(), "daily")
	must(t, err)
	if run.Outcome != Refused || !run.Manual || run.Said[0] != "no" {
		t.Errorf("%+v", run)
	}
	if _, err := client.Run(t.Context(), "weekly"); !errors.Is(err, ErrNoJob) {
		t.Errorf("a job that is none: %v", err)
	}
	jobs, err := client.Jobs(t.Context())
	must(t, err)
	if len(jobs) != 1 || jobs[0].State != Idle || !jobs[0].NextRun.Equal(at(t, "2026-11-02 06:30 +01")) {
		t.Errorf("%+v", jobs)
	}
	cancel()
	must(t, <-ended)
	if _, err := Listen(filepath.Join(t.TempDir(), strings.Repeat("x", 120))); err == nil || !strings.Contains(err.Error(), "expected at most 107") {
		t.Errorf("a name that is too long: %v", err)
	}
}

func TestASchedulerThatEndsWhileItIsAskedIsSaidToHaveEnded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "socket")
	l, err := Listen(path)
	must(t, err)
	defer l.Close()
	go func() {
		c, err := l.Accept()
		if err == nil {
			_, _ = bufio.NewReader(c).ReadString('\n')
			c.Close()
		}
	}()
	if _, err := NewClient(path).Run(t.Context(), "daily"); err == nil || !strings.Contains(err.Error(), "it ended before the run did") {
		t.Errorf("said: %v", err)
	}
}
