package chart_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"osservatorio/dashboards/chart"
	"osservatorio/dashboards/chart/charttest"
	"osservatorio/dashboards/words"
	"osservatorio/queries/release"
)

// Each sign of a value that is not shown stands in the legend and in the text
// for who does not see the drawing, in every form.
func TestEverySignOfEveryFormIsInItsLegendAndItsWords(t *testing.T) {
	for _, f := range everyFigure(t) {
		signs := map[string]bool{}
		for _, row := range f.Table.Rows {
			for _, c := range row {
				if c.Mark == "hatch" || c.Mark == "few" {
					signs[c.Mark] = true
				}
			}
		}
		for sign := range signs {
			i := slices.IndexFunc(f.Legend, func(l chart.LegendItem) bool { return l.Mark == sign })
			if i < 0 {
				t.Errorf("%s %s (%s): sign %s is not in the legend", f.Form, f.ID, f.Lang, sign)
				continue
			}
			if !strings.Contains(f.Sentence, f.Legend[i].Label) {
				t.Errorf("%s %s (%s): the words for who does not see it do not say %q: %s", f.Form, f.ID, f.Lang, f.Legend[i].Label, f.Sentence)
			}
		}
	}
}

func TestPeriodsThatMayStillChangeHaveTheirOwnGround(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range everyFigure(t) {
		delayed := slices.ContainsFunc(f.Legend, func(l chart.LegendItem) bool { return l.Mark == "delay" })
		if !delayed {
			continue
		}
		seen[f.Form] = true
		says := map[string]string{"it": "provvisori", "en": "provisional"}[f.Lang]
		if !bytes.Contains(f.Wide.Option, []byte("#FFF3DC")) || !bytes.Contains(f.Narrow.Option, []byte("#FFF3DC")) || !strings.Contains(f.Sentence, says) {
			t.Errorf("%s %s (%s): provisional, not drawn or not said: %s", f.Form, f.ID, f.Lang, f.Sentence)
		}
	}
	for _, form := range []string{"trend", "flow"} {
		if !seen[form] {
			t.Errorf("no %s of the invented release is provisional", form)
		}
	}
}

// A value kept from an earlier release says so where it stands and below the figure.
func TestAValueWhoseRevisionWaitsSaysSo(t *testing.T) {
	for _, lang := range words.Langs {
		rel := changed(t, charttest.Region(), func(r *release.Row) {
			switch about := r.Measure == "timely_60" && r.Geo == charttest.Ordinary; {
			case about && r.Period == charttest.LastShown:
				r.Reason = release.RevisionHeld
			case about && r.Period == "2025-Q4":
				*r = release.Row{GeoLevel: r.GeoLevel, Geo: r.Geo, PeriodType: r.PeriodType, Period: r.Period, By: r.By, Measure: r.Measure, Unit: r.Unit,
					Status: release.Missing, Reason: release.RevisionHeld, Conf: release.Free}
			}
		})
		trend, err := chart.Trend(chart.TrendInput{Input: input(t, lang, rel, "lep_timely", "timely_60", "held"), Geo: charttest.Ordinary})
		if err != nil {
			t.Fatal(err)
		}
		newest := input(t, lang, rel, "lep_timely", "timely_60", "held")
		newest.Period = charttest.LastShown
		ranking, err := chart.Ranking(chart.RankingInput{Input: newest, Level: "district", Reference: charttest.Root})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range []chart.Figure{trend, ranking} {
			note := map[string]string{"it": "(r): valore di un rilascio precedente", "en": "(r): value of an earlier release"}[lang]
			if !slices.ContainsFunc(f.Notes, func(n string) bool { return strings.HasPrefix(n, note) }) {
				t.Errorf("%s (%s): no note says %q: %q", f.Form, lang, note, f.Notes)
			}
			if !slices.ContainsFunc(f.Table.Rows, func(row []chart.Cell) bool {
				return slices.ContainsFunc(row, func(c chart.Cell) bool { return strings.Contains(c.Text, "(r)") })
			}) {
				t.Errorf("%s (%s): no cell of the table has (r)", f.Form, lang)
			}
		}
		waits := map[string]string{"it": "noto, rinviato alla revisione annuale", "en": "known, kept back till the annual revision"}[lang]
		if !slices.ContainsFunc(trend.Legend, func(l chart.LegendItem) bool { return l.Mark == "pending" && l.Label == waits }) {
			t.Errorf("trend (%s): the legend does not say that a number waits: %v", lang, trend.Legend)
		}
	}
}

// A provisional value is drawn, and no headline, sentence or key figure speaks of it.
func TestWordsSpeakOfTheLastPeriodThatIsNotProvisional(t *testing.T) {
	region := charttest.Region()
	said := input(t, "it", region, "flows", "balance", "flow")
	flow, err := chart.Flow(chart.FlowInput{Input: said, Geo: charttest.Root, Starts: "starts", Ends: "ends"})
	if err != nil {
		t.Fatal(err)
	}
	said.Measure = "starts"
	trend, err := chart.Trend(chart.TrendInput{Input: said, Geo: charttest.Root})
	if err != nil {
		t.Fatal(err)
	}
	key, err := chart.Headline(chart.HeadlineInput{Input: said, Geo: charttest.Root})
	if err != nil {
		t.Fatal(err)
	}
	newest, before := "", release.Row{}
	for _, r := range said.Frame.Where(release.Select{Geo: charttest.Root, Measure: "starts", PeriodType: "quarter"}) {
		if r.Status == release.Provisional {
			newest = said.Words.Number(*r.Value, 0)
		} else {
			before = r
		}
	}
	settled := said.Words.Number(*before.Value, 0)
	if newest == "" || newest == settled {
		t.Fatalf("the last quarter is not provisional: %q, %q", newest, settled)
	}
	for what, text := range map[string]string{"flow": flow.Title + flow.Sentence, "trend": trend.Title + trend.Sentence, "key": key.Value + key.Alt} {
		if strings.Contains(text, newest) || !strings.Contains(text, settled) {
			t.Errorf("%s: %q: want %s of %s, not the provisional %s", what, text, settled, before.Period, newest)
		}
	}
	if !strings.Contains(string(trend.Wide.Option), newest) {
		t.Errorf("the provisional %s is not drawn", newest)
	}
}
