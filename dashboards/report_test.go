package dashboards_test

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"osservatorio/dashboards"
	"osservatorio/dashboards/words"
	"osservatorio/queries/release"
)

// asOf is the invented release extracted on another day.
func asOf(day string) *release.Release {
	rel := *invented()
	rel.Info.ExtractionDate = day
	return &rel
}

func reportsOf(t *testing.T, rel *release.Release, lang string) []dashboards.Report {
	t.Helper()
	w, err := words.Load(lang)
	if err != nil {
		t.Fatal(err)
	}
	list, err := dashboards.Reports(context.Background(), rel, w)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestEveryWholeYearHasAReportAndNoOther(t *testing.T) {
	rel := asOf("2025-12-30") // a day short of the year
	var years []string
	for _, r := range reportsOf(t, rel, "it") {
		years = append(years, r.Year)
	}
	if want := []string{"2024", "2023"}; !slices.Equal(years[:2], want) || slices.Contains(years, "2025") {
		t.Errorf("reports of %v, want %v first and none of 2025", years, want)
	}
}

func TestAReportHasTheChaptersOfThePlan(t *testing.T) {
	rel := asOf("2026-09-30")
	r := reportsOf(t, rel, "it")[0]
	var ids []string
	for _, c := range r.Chapters {
		ids = append(ids, c.ID)
		if len(c.Sentences) == 0 || len(c.Keys) == 0 || len(c.Views) == 0 || c.Cells.Shown == 0 {
			t.Errorf("chapter %s is empty: %+v", c.ID, c)
		}
	}
	if want := []string{"lep", "profiling", "strengthening", "measures", "outcomes", "funding", "context"}; r.Year != "2025" || !slices.Equal(ids, want) || len(r.Absent) > 0 {
		t.Errorf("report %s: chapters %v, absent %v, want %v", r.Year, ids, r.Absent, want)
	}
}

func TestEveryNumberOfAReportIsACellOfTheRelease(t *testing.T) {
	rel := invented()
	w, err := words.Load("en")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, r := range reportsOf(t, rel, "en") {
		for _, c := range r.Chapters {
			for _, row := range slices.Concat(c.Keys, c.Table) {
				if row.Why != "" {
					continue
				}
				cell, ok := cellOf(t, rel, row)
				if !ok || cell.Value == nil || !strings.HasPrefix(row.Row.Period, r.Year) || cell.Geo != rel.Info.Region.Root {
					t.Fatalf("%s %s: %s %s: no such cell of the whole region", r.Year, c.ID, row.View, row.Label)
				}
				for _, decimals := range []int{0, 1, 2, -1} {
					if decimals == -1 {
						t.Errorf("%s %s: %q, the cell says %v", row.View, row.Label, row.Value, *cell.Value)
					} else if strings.Contains(row.Value, w.Number(*cell.Value, decimals)) {
						n++
						break
					}
				}
			}
		}
	}
	if n < 100 {
		t.Errorf("%d numbers were held to their cells", n)
	}
}

// A course that goes on after the year would be headed by a value that the report
// is not about.
func TestEveryFigureOfAReportEndsWithItsYearAndSpeaksOfIt(t *testing.T) {
	for _, lang := range words.Langs {
		figures, courses := 0, 0
		for _, r := range reportsOf(t, asOf("2026-09-30"), lang) {
			for _, c := range r.Chapters {
				for _, f := range c.Figures {
					figures++
					said := strings.Join([]string{f.Title, f.Subtitle, f.Period, f.Sentence}, " ")
					for _, row := range f.Table.Rows {
						for _, cell := range row {
							said += " " + cell.Text
						}
					}
					for _, year := range regexp.MustCompile(`\b20\d\d\b`).FindAllString(said, -1) {
						if year > r.Year {
							t.Errorf("%s, report of %s: figure %s speaks of %s: %s", lang, r.Year, f.ID, year, said)
						}
					}
					if !strings.Contains(f.Period, r.Year) {
						t.Errorf("%s, report of %s: figure %s is about %q", lang, r.Year, f.ID, f.Period)
					}
					if strings.Contains(f.Period, "–") || f.Form == "trend" || f.Form == "small_multiples" {
						courses++
					}
				}
			}
		}
		if figures < 20 || courses < 10 {
			t.Errorf("%s: %d figures, %d of them over time, were looked at", lang, figures, courses)
		}
	}
}

// cellOf looks the row up in the release anew.
func cellOf(t *testing.T, rel *release.Release, row dashboards.ReportRow) (release.Row, bool) {
	t.Helper()
	f, err := rel.Frame(t.Context(), row.View)
	if err != nil {
		t.Fatal(err)
	}
	for r := range f.All() {
		if r.Geo == row.Row.Geo && r.Period == row.Row.Period && r.Measure == row.Row.Measure && slices.Equal(r.By, row.Row.By) {
			return r, true
		}
	}
	return release.Row{}, false
}

func TestAReportNeverShowsAHiddenCell(t *testing.T) {
	rel := covered(t, func(r release.Row) bool {
		return strings.HasPrefix(r.Definition, "lep_") || strings.HasPrefix(r.Definition, "out_employed@")
	})
	r := reportsOf(t, rel, "it")[0]
	for _, c := range r.Chapters {
		for _, row := range slices.Concat(c.Keys, c.Table) {
			if row.Row.Status == release.Confidential && (row.Value != "ris." || row.Mark != "hatch" || row.Interval != "" || row.Parts != "" || row.Change != "") {
				t.Errorf("%s: %+v", c.ID, row.Said)
			}
		}
		if c.ID == "lep" && (len(c.Sentences) != 1 || c.Sentences[0] != "Per il "+r.Year+" nessuna cifra di questo capitolo si può mostrare: la tabella dice per ciascuna il motivo.") {
			t.Errorf("the chapter of the levels says %q", c.Sentences)
		}
	}
}

func TestAReportOfNationalTablesLeavesOutWhatTheyLack(t *testing.T) {
	whole, info := invented(), invented().Info
	info.Views = nil
	var frames []*release.Frame
	for _, view := range []string{"strengthening", "funding_execution", "flows"} {
		f, err := whole.Frame(t.Context(), view)
		if err != nil {
			t.Fatal(err)
		}
		frames = append(frames, f)
	}
	r := reportsOf(t, release.InMemory(info, whole.Geos, whole.Codes, frames...), "it")[0]
	if want := []string{"lep", "profiling", "measures", "outcomes"}; !slices.Equal(r.Absent, want) || len(r.Chapters) != 3 {
		t.Errorf("absent %v, want %v; %d chapters", r.Absent, want, len(r.Chapters))
	}
}

func TestReportsDifferBetweenLanguagesInWordsAlone(t *testing.T) {
	shape := func(lang string) (out []string) {
		for _, r := range reportsOf(t, invented(), lang) {
			for _, c := range r.Chapters {
				out = append(out, fmt.Sprint(r.Year, c.ID, len(c.Sentences), c.Views, c.Cells))
				for _, f := range c.Figures {
					out = append(out, fmt.Sprint(f.ID, f.Cells))
				}
				for _, row := range slices.Concat(c.Keys, c.Table) {
					out = append(out, fmt.Sprint(row.View, row.Row.Measure, row.Row.By, row.Row.Period, row.Mark))
				}
			}
		}
		return out
	}
	if it, en := shape("it"), shape("en"); !slices.Equal(it, en) || len(it) == 0 {
		t.Error("the languages differ in more than words")
	}
}
