package schedule

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// Metrics are what Prometheus may read of the jobs. A nil one takes note of nothing.
type Metrics struct {
	Registry *prometheus.Registry

	success  *prometheus.GaugeVec
	last     *prometheus.GaugeVec
	runs     *prometheus.CounterVec
	skipped  *prometheus.CounterVec
	duration *prometheus.HistogramVec
	memory   *prometheus.GaugeVec
}

// NewMetrics makes them, with those of the process of the scheduler itself.
func NewMetrics() *Metrics {
	m := &Metrics{
		Registry: prometheus.NewRegistry(),
		success:  gauge("osservatorio_job_last_success_timestamp_seconds", "When the last run of the job that went well ended, Unix time."),
		last:     gauge("osservatorio_job_last_run_timestamp_seconds", "When the last run of the job ended, however it did, Unix time."),
		memory:   gauge("osservatorio_job_peak_memory_bytes", "Most memory that the last run of the job was seen to hold."),
		runs: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "osservatorio_job_runs_total",
			Help: "Attempts of the job that ended, by outcome, since the scheduler started."}, []string{"job", "outcome"}),
		skipped: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "osservatorio_job_times_let_go_total",
			Help: "Times of the job that came while it was still under way, since the scheduler started."}, []string{"job"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "osservatorio_job_duration_seconds",
			Help: "How long attempts of the job took.", Buckets: []float64{1, 10, 60, 300, 900, 1800, 3600, 7200, 14400}}, []string{"job"}),
	}
	m.Registry.MustRegister(m.success, m.last, m.memory, m.runs, m.skipped, m.duration,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func gauge(name, help string) *prometheus.GaugeVec {
	return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, []string{"job"})
}

// of adds what the daemon knows at the moment of a question, and a zero for
// every job and outcome: what never happened is a number too.
func (m *Metrics) of(d *Daemon) {
	m.Registry.MustRegister(now{d})
	for _, j := range d.jobs {
		m.skipped.WithLabelValues(j.Name)
		for _, o := range Outcomes() {
			m.runs.WithLabelValues(j.Name, string(o))
		}
	}
}

func (m *Metrics) ended(run Run) {
	if m == nil {
		return
	}
	m.runs.WithLabelValues(run.Job, string(run.Outcome)).Inc()
	m.duration.WithLabelValues(run.Job).Observe(run.Ended.Sub(run.Started).Seconds())
	m.note(run)
}

func (m *Metrics) note(run Run) {
	at := float64(run.Ended.Unix())
	m.last.WithLabelValues(run.Job).Set(at)
	m.memory.WithLabelValues(run.Job).Set(float64(run.PeakMemory))
	if run.Outcome == Done {
		m.success.WithLabelValues(run.Job).Set(at)
	}
}

// known takes note of runs of an earlier scheduler, oldest first.
func (m *Metrics) known(runs []Run) {
	for _, run := range runs {
		if m != nil && !run.Ended.IsZero() {
			m.note(run)
		}
	}
}

func (m *Metrics) letGo(job string, n int) {
	if m != nil {
		m.skipped.WithLabelValues(job).Add(float64(n))
	}
}

// now answers with the state of the daemon.
type now struct{ d *Daemon }

func (n now) Describe(ch chan<- *prometheus.Desc) { prometheus.DescribeByCollect(n, ch) }

func (n now) Collect(ch chan<- prometheus.Metric) {
	running := prometheus.NewDesc("osservatorio_job_running", "1 while the job runs.", []string{"job"}, nil)
	next := prometheus.NewDesc("osservatorio_job_next_run_timestamp_seconds", "When the job runs next, or is tried again, Unix time.", []string{"job"}, nil)
	for _, j := range n.d.Jobs() {
		is := 0.0
		if j.State == Running {
			is = 1
		}
		at := j.NextRun
		if !j.NextAttempt.IsZero() && j.NextAttempt.Before(at) {
			at = j.NextAttempt
		}
		ch <- prometheus.MustNewConstMetric(running, prometheus.GaugeValue, is, j.Name)
		ch <- prometheus.MustNewConstMetric(next, prometheus.GaugeValue, float64(at.Unix()), j.Name)
	}
}

// JobState is what a job does now.
type JobState struct {
	Name        string    `json:"name"`
	State       State     `json:"state"`
	NextRun     time.Time `json:"next_run"`
	NextAttempt time.Time `json:"next_attempt,omitzero"` // of a run that is tried again
}

// Jobs returns the states of all jobs, in their order.
func (d *Daemon) Jobs() []JobState {
	d.mu.Lock()
	defer d.mu.Unlock()
	var list []JobState
	for _, j := range d.jobs {
		list = append(list, JobState{j.Name, j.state, j.times.Next(d.o.Clock.Now()), j.until})
	}
	return list
}
