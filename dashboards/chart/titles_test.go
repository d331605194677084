package chart_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"osservatorio/dashboards/chart"
	"osservatorio/dashboards/chart/charttest"
	"osservatorio/queries/release"
)

// nationalBut is the invented country with the values of all regions but one
// hidden.
func nationalBut(t *testing.T, geo string) *release.Release {
	return changed(t, charttest.National(), func(row *release.Row) {
		if row.GeoLevel == "region" && row.Geo != geo {
			row.Value, row.Low, row.High, row.Numerator, row.Denominator = nil, nil, nil, nil, nil
			row.Status, row.Conf = release.Confidential, release.Hidden
		}
	})
}

func TestWhereOneValueStandsAloneTheTitleNamesNoRange(t *testing.T) {
	in := input(t, "it", nationalBut(t, "ITH5"), "gol_takeup", "taken", "alone")
	ranked, err := chart.Ranking(chart.RankingInput{Input: in, Level: "region", Reference: "IT"})
	if err != nil {
		t.Fatal(err)
	}
	mapped, err := chart.DistrictMap(chart.MapInput{Input: in, Level: "region", Reference: "IT"})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []chart.Figure{ranked, mapped} {
		if strings.Contains(f.Title, " da ") || strings.Count(f.Title, "Emilia-Romagna") != 1 {
			t.Errorf("%s: title %q", f.Form, f.Title)
		}
	}
}

func TestPartsOfAWholeReachNobody(t *testing.T) {
	f, err := chart.HeatTable(chart.TableInput{Input: input(t, "it", charttest.Region(), "lep_coverage", "patto_servizio", "heat"), Level: "district",
		Reference: charttest.Root, Measures: []string{"accoglienza", "patto_servizio"}, Parts: true})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(f.Title, "persone") || strings.Count(f.Title, "%") != 2 {
		t.Errorf("title %q", f.Title)
	}
}

func TestWhereNoMeasureComparesWithAYearBeforeTheTitleSaysWhereTheyStand(t *testing.T) {
	measures := []string{"accoglienza", "patto_servizio", "presa_in_carico_integrata", "did_profilazione"}
	kept := changed(t, charttest.Region(), func(row *release.Row) {
		if row.Period != charttest.LastShown && row.Geo == charttest.Root {
			row.Value, row.Low, row.High, row.Numerator, row.Denominator = nil, nil, nil, nil, nil
			row.Status, row.Conf = release.Confidential, release.Hidden
		}
	})
	in := input(t, "it", kept, "lep_coverage", measures[0], "multiples")
	in.PeriodType = "quarter"
	f, err := chart.SmallMultiples(chart.MultiplesInput{Input: in, Measures: measures, Geo: charttest.Root})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(f.Title, "confrontabili") || !strings.Contains(f.Title, ": da ") {
		t.Errorf("title %q", f.Title)
	}
}

// stepsOf draws two measures of a view of the whole invented region as bars.
func stepsOf(t *testing.T, rel *release.Release, view string, parts bool, measures ...string) chart.Figure {
	t.Helper()
	in := input(t, "it", rel, view, measures[0], "steps")
	f, err := chart.Steps(chart.StepsInput{Input: in, Geo: charttest.Root, Measures: measures, Parts: parts})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestTheLargestPartIsNamedAmongThoseThatAreShown(t *testing.T) {
	whole := stepsOf(t, charttest.Whole(), "benefits_stock", true, "naspi", "adi")
	if !strings.HasPrefix(whole.Title, "La voce più grande è ") || !strings.HasSuffix(whole.Title, " persone") {
		t.Errorf("all shown: title %q", whole.Title)
	}
	for _, l := range whole.Legend {
		if l.Mark == "track" {
			t.Errorf("bars of counts stand on no whole, and the legend says %q", l.Label)
		}
	}
	kept := changed(t, charttest.Whole(), func(row *release.Row) {
		if row.Measure == "adi" {
			row.Value, row.Status, row.Conf = nil, release.Confidential, release.Hidden
		}
	})
	if f := stepsOf(t, kept, "benefits_stock", true, "naspi", "adi"); !strings.HasPrefix(f.Title, "Fra le voci con un valore (1 su 2) la più grande è NASpI: ") {
		t.Errorf("one hidden: title %q", f.Title)
	}
}

func TestOfTwoSumsTheTitleSaysWhichPartTheSmallerIs(t *testing.T) {
	f := stepsOf(t, charttest.Whole(), "demand", false, "vacancies", "seekers")
	if !strings.Contains(f.Title, "%") || strings.Count(f.Title, "(") != 1 {
		t.Errorf("title %q", f.Title)
	}
}

func TestATrendWithoutAYearBeforeSaysFromWhereItCame(t *testing.T) {
	draw := func(statuses map[string]release.Status, keep ...string) string {
		rel := changed(t, charttest.Region(), func(row *release.Row) {
			if s, ok := statuses[row.Period]; ok {
				row.Status = s
			}
			for _, p := range keep {
				if row.Period == p {
					return
				}
			}
			row.Value, row.Low, row.High, row.Numerator, row.Denominator = nil, nil, nil, nil, nil
			row.Status, row.Conf = release.Confidential, release.Hidden
		})
		in := input(t, "it", rel, "lep_coverage", "patto_servizio", "trend")
		in.PeriodType, in.Period = "quarter", ""
		f, err := chart.Trend(chart.TrendInput{Input: in, Geo: charttest.Root})
		if err != nil {
			t.Fatal(err)
		}
		return f.Title
	}
	before := "2025-Q1"
	if got := draw(nil, before, charttest.LastShown); !strings.Contains(got, ": da ") && !strings.Contains(got, "non distinguibile dal I trim.") {
		t.Errorf("two values: %q", got)
	}
	if got := draw(nil, charttest.LastShown); !strings.HasSuffix(got, "il solo valore mostrato") {
		t.Errorf("one value: %q", got)
	}
	if got := draw(map[string]release.Status{charttest.LastShown: release.SeriesBreak}, before, charttest.LastShown); !strings.HasSuffix(got, "il primo valore della nuova serie") {
		t.Errorf("after a break: %q", got)
	}
}

func TestAFlowSaysItsBalanceWhateverItsPeriods(t *testing.T) {
	draw := func(rel *release.Release, kind string) string {
		in := input(t, "it", rel, "flows", "balance", "flow")
		in.PeriodType, in.Period = kind, ""
		f, err := chart.Flow(chart.FlowInput{Input: in, Geo: charttest.Root, Starts: "starts", Ends: "ends"})
		if err != nil {
			t.Fatal(err)
		}
		return f.Title
	}
	says := regexp.MustCompile(`(superano|si pareggiano)`)
	for kind, when := range map[string]string{"quarter": "nei quattro trimestri fino al II", "year": ", 20"} {
		if got := draw(charttest.Whole(), kind); !says.MatchString(got) || !strings.Contains(got, when) {
			t.Errorf("%s: %q", kind, got)
		}
	}
	gap := changed(t, charttest.Region(), func(row *release.Row) {
		if row.Measure == "balance" && strings.HasSuffix(row.Period, "-Q4") {
			row.Value, row.Status, row.Conf = nil, release.Confidential, release.Hidden
		}
	})
	if got := draw(gap, "quarter"); !says.MatchString(got) || strings.Contains(got, "quattro") {
		t.Errorf("a quarter of the year is hidden, and the title sums it or says nothing: %q", got)
	}
	none := changed(t, charttest.Region(), func(row *release.Row) {
		if row.Measure == "balance" {
			row.Value, row.Status, row.Conf = nil, release.Confidential, release.Hidden
		}
	})
	if got := draw(none, "quarter"); !strings.HasSuffix(got, "nessun saldo mostrato") {
		t.Errorf("nothing shown: %q", got)
	}
}

func TestALongNameIsDrawnWholeAndLeavesRoomForItsValue(t *testing.T) {
	long := "Conduttori di impianti, operai di macchinari e conducenti di veicoli a motore"
	rel := charttest.Region()
	codes := rel.Codes["contract_group"]
	codes.Codes = slices.Clone(codes.Codes)
	for i := range codes.Codes {
		codes.Codes[i].Label = release.Text{IT: long, EN: long}
	}
	rel.Codes["contract_group"] = codes
	f, err := chart.Breakdown(chart.BreakdownInput{Input: input(t, "it", rel, "flows", "starts", "breakdown"), Geo: charttest.Root, Breakdown: "contract_group"})
	if err != nil {
		t.Fatal(err)
	}
	for size, drawing := range map[string]chart.Drawing{"on a phone": f.Narrow, "on a screen": f.Wide} {
		option, texts := string(drawing.Option), ""
		for _, m := range regexp.MustCompile(`"text":"([^"]*)"`).FindAllStringSubmatch(option, -1) {
			texts += m[1] + " "
		}
		if strings.Contains(option, "…") || strings.Contains(option, `"text":"`+long) {
			t.Errorf("%s the name is cut, or written across its value", size)
		}
		for _, word := range strings.Fields(long) {
			if strings.Count(texts, word) < len(codes.Codes) {
				t.Errorf("%s %q does not stand in every name: %s", size, word, texts)
			}
		}
	}
}

// "From 0 (legislators) to 12" reads like a fault of the page.
func TestNoHeadlineBeginsARangeAtZero(t *testing.T) {
	codes := charttest.Region().Codes["contract_group"].Codes
	for _, c := range []struct {
		what  string
		zeros int
		it    string
		en    string
	}{
		{"no zero", 0, "Avviamenti: da ", "Hirings: from "},
		{"one", 1, "; a zero " + strings.ToLower(codes[0].Label.IT), "; " + strings.ToLower(codes[0].Label.EN) + " at zero"},
		{"two", 2, "; 2 voci a zero", "; 2 items at zero"},
		{"all", len(codes), "Avviamenti: 0 in ", "Hirings: 0 in "},
	} {
		rel := changed(t, charttest.Region(), func(row *release.Row) {
			for _, code := range codes[:c.zeros] {
				if row.Measure == "starts" && slices.Contains(row.By, code.Code) {
					none := 0.0
					row.Value = &none
				}
			}
		})
		for lang, want := range map[string]string{"it": c.it, "en": c.en} {
			f, err := chart.Breakdown(chart.BreakdownInput{Input: input(t, lang, rel, "flows", "starts", "zero"), Geo: charttest.Root, Breakdown: "contract_group"})
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(f.Title, want) || regexp.MustCompile(`(da|from) 0\b`).MatchString(f.Title) {
				t.Errorf("%s, %s: %q, want %q", c.what, lang, f.Title, want)
			}
		}
	}
}

func TestPlacesAtZeroAreCounted(t *testing.T) {
	rel := changed(t, charttest.National(), func(row *release.Row) {
		if row.GeoLevel == "region" && row.Measure == "taken" && row.Geo != "ITH5" && row.Value != nil {
			none := 0.0
			row.Value, row.Low, row.High = &none, nil, nil
		}
	})
	f, err := chart.DistrictMap(chart.MapInput{Input: input(t, "it", rel, "gol_takeup", "taken", "zero"), Level: "region"})
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`fino a .*\(Emilia-Romagna\); \d+ regioni a zero`).MatchString(f.Title) {
		t.Errorf("title %q", f.Title)
	}
}
