package chart_test

import (
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
