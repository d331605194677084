package chart_test

import (
	"testing"

	"osservatorio/dashboards/chart"
	"osservatorio/queries/release"
)

func TestAnOldValueAfterWhichAllIsHiddenIsNotRecent(t *testing.T) {
	value := 7.0
	frame := func(periods map[string]release.Status) *release.Frame {
		var rows []release.Row
		for _, p := range []string{"2022-Q1", "2025-Q1", "2025-Q2", "2026-Q1", "2026-Q2", "2026-Q3"} {
			r := release.Row{GeoLevel: "region", Geo: "R", PeriodType: "quarter", Period: p, Measure: "m", Status: release.Confidential, Conf: release.Hidden}
			if s, ok := periods[p]; ok {
				r.Status, r.Conf = s, release.Free
			}
			if r.Status == release.Normal {
				r.Value = &value
			}
			rows = append(rows, r)
		}
		return release.NewFrame(release.Header{View: "v", Kind: release.Count}, rows)
	}
	for _, c := range []struct {
		says string
		want bool
		rows map[string]release.Status
	}{
		{"four years old, all after it hidden", false, map[string]release.Status{"2022-Q1": release.Normal}},
		{"a year and a quarter old", false, map[string]release.Status{"2025-Q1": release.Normal, "2026-Q3": release.Missing}},
		{"a year old, the quarter after not known yet", true, map[string]release.Status{"2025-Q2": release.Normal, "2026-Q3": release.Missing}},
		{"the last", true, map[string]release.Status{"2026-Q3": release.Normal}},
		{"none shown at all", true, nil},
	} {
		if got := chart.Recent(frame(c.rows), release.Select{Geo: "R", Measure: "m", PeriodType: "quarter"}); got != c.want {
			t.Errorf("%s: recent %t, want %t", c.says, got, c.want)
		}
	}
}
