package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"osservatorio/warehouse"
)

// figures are what each run leaves for those who ask while the warehouse is
// not theirs: status, and the metrics of the scheduler.
type figures struct {
	At      time.Time                `json:"at"`
	Sources []warehouse.SourceStatus `json:"sources"`
	Release *stage                   `json:"release,omitempty"`
	Build   *stage                   `json:"build,omitempty"`
}

// stage is when something was made for the last time, and how long it took.
type stage struct {
	Release string    `json:"release"`
	At      time.Time `json:"at"`
	Seconds float64   `json:"seconds"`
}

func (in *instance) figuresFile() string {
	return filepath.Join(in.path(in.Paths.State), "figures.json")
}

// readFigures reads what the last run left; ok is false if there is nothing.
func (in *instance) readFigures() (f figures, ok bool, err error) {
	text, err := os.ReadFile(in.figuresFile())
	if errors.Is(err, fs.ErrNotExist) {
		return f, false, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &f)
	}
	if err != nil {
		return f, false, fmt.Errorf("read figures: %w", err)
	}
	return f, true, nil
}

// leave changes the figures; the caller holds the instance. Figures that cannot
// be written are no reason to fail: the next run writes them again.
func (in *instance) leave(change func(*figures)) {
	f, _, err := in.readFigures()
	if err != nil {
		in.log.Warn("figures", "error", err) // they are written anew
		f = figures{}
	}
	f.At = in.now().UTC().Truncate(time.Second)
	change(&f)
	text, err := json.MarshalIndent(f, "", "  ")
	if err == nil {
		err = writeWhole(in.figuresFile(), append(text, '\n'))
	}
	if err != nil {
		in.log.Warn("figures", "error", err)
	}
}

func writeWhole(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	half := path + ".partial"
	if err := os.WriteFile(half, text, 0o640); err != nil {
		return err
	}
	return os.Rename(half, path)
}

// leaveSources notes what the ledger says of the sources.
func (in *instance) leaveSources(ctx context.Context, db *warehouse.DB) {
	sources, err := warehouse.Sources(context.WithoutCancel(ctx), db)
	if err != nil {
		in.log.Warn("figures", "error", err)
		return
	}
	in.leave(func(f *figures) { f.Sources = sources })
}

// timed notes that something of a release was made since started.
func (in *instance) timed(folder string, started time.Time, of func(*figures) **stage) {
	now := in.now()
	in.leave(func(f *figures) {
		*of(f) = &stage{Release: filepath.Base(folder), At: now.UTC().Truncate(time.Second), Seconds: now.Sub(started).Round(time.Millisecond).Seconds()}
	})
}

func releaseStage(f *figures) **stage { return &f.Release }
func buildStage(f *figures) **stage   { return &f.Build }

// newest is the day that the data of a source reach to: the last that its
// contract is complete to, or where no period is stated the day of loading.
func newest(s warehouse.SourceStatus) time.Time {
	if s.CompleteTo != nil {
		return *s.CompleteTo
	}
	return s.LoadedAt
}

// sourceMetrics tells Prometheus what the last run left.
type sourceMetrics struct{ in *instance }

func (m sourceMetrics) Describe(ch chan<- *prometheus.Desc) { prometheus.DescribeByCollect(m, ch) }

func (m sourceMetrics) Collect(ch chan<- prometheus.Metric) {
	f, _, err := m.in.readFigures()
	readable := 1.0
	if err != nil {
		readable = 0
	}
	tell := func(name, help string, value float64, labels ...string) {
		var names, values []string
		for i := 0; i < len(labels); i += 2 {
			names, values = append(names, labels[i]), append(values, labels[i+1])
		}
		ch <- prometheus.MustNewConstMetric(prometheus.NewDesc(name, help, names, nil), prometheus.GaugeValue, value, values...)
	}
	tell("osservatorio_figures_readable", "0 if the figures that runs leave cannot be read.", readable)
	for _, s := range f.Sources {
		const rows = "Rows of the source in the ledger: accepted, put aside, or superseded by a later delivery."
		tell("osservatorio_source_rows", rows, float64(s.Accepted), "source", s.Source, "fate", "accepted")
		tell("osservatorio_source_rows", rows, float64(s.Quarantined), "source", s.Source, "fate", "quarantined")
		tell("osservatorio_source_rows", rows, float64(s.Superseded), "source", s.Source, "fate", "superseded")
		tell("osservatorio_source_age_seconds", "Age of the newest data of the source: since the day they are complete to, or were loaded.",
			m.in.now().Sub(newest(s)).Seconds(), "source", s.Source)
		tell("osservatorio_source_loaded_timestamp_seconds", "When a delivery of the source was loaded last, Unix time.", float64(s.LoadedAt.Unix()), "source", s.Source)
	}
	for what, made := range map[string]*stage{"release": f.Release, "build": f.Build} {
		if made != nil {
			tell("osservatorio_"+what+"_timestamp_seconds", "When the last "+what+" was made, Unix time.", float64(made.At.Unix()))
			tell("osservatorio_"+what+"_duration_seconds", "How long the last "+what+" took.", made.Seconds)
		}
	}
}
