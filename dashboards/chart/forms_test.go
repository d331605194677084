package chart_test

import (
	"bytes"
	"strings"
	"testing"

	"osservatorio/dashboards/chart"
	"osservatorio/dashboards/chart/charttest"
	"osservatorio/dashboards/words"
)

func TestDefinitionAndCaveatsAreFoldedAndTheUnitIsShort(t *testing.T) {
	for _, lang := range words.Langs {
		f := byID(t, lang, "ranking")
		if f.Unit != "%" || len(f.Notes) > 2 {
			t.Errorf("%s: unit %q, %d notes: want %% and at most two", lang, f.Unit, len(f.Notes))
		}
		if len(f.About) < 3 || !strings.Contains(f.About[0], map[string]string{"it": "Numeratore", "en": "Numerator"}[lang]) {
			t.Errorf("%s: definition and caveats are missing: %q", lang, f.About)
		}
	}
}

func TestHeatTableGroupsByHealthAuthorityAndSaysMostAndLeast(t *testing.T) {
	for lang, want := range map[string]string{"it": "arriva", "en": "reaches"} {
		f := byID(t, lang, "heat")
		groups := 0
		for _, row := range f.Table.Rows {
			if row[0].Group {
				groups++
			}
		}
		if groups != 8 || !strings.Contains(f.Title, want) {
			t.Errorf("%s: %d groups, title %q", lang, groups, f.Title)
		}
	}
}

func TestSmallMultiplesHaveOnePanelAMeasureAndCutLinesAtABreak(t *testing.T) {
	for _, lang := range words.Langs {
		f := byID(t, lang, "multiples")
		if len(f.Table.Rows) != 4 {
			t.Errorf("%s: %d rows, want one a measure", lang, len(f.Table.Rows))
		}
		if !bytes.Contains(f.Wide.Option, []byte("[null,null]")) {
			t.Errorf("%s: the line is not cut", lang)
		}
	}
}

func TestAPlaceStandsAmongTheOthersOnlyWithAShownShare(t *testing.T) {
	for _, lang := range words.Langs {
		ask := func(geo string) chart.Key {
			in := input(t, lang, charttest.Region(), "lep_coverage", "patto_servizio", "key")
			in.Period = charttest.LastShown
			k, err := chart.Headline(chart.HeadlineInput{Input: in, Geo: geo, Reference: charttest.Root, Among: true})
			if err != nil {
				t.Fatal(err)
			}
			return k
		}
		region := map[string]string{"it": "Regione ", "en": "Region "}[lang]
		if k := ask(charttest.Ordinary); !bytes.Contains(k.Spark.Option, []byte(region)) {
			t.Errorf("%s: no line of the region", lang)
		}
		if k := ask(charttest.HiddenOne); bytes.Contains(k.Spark.Option, []byte(region)) {
			t.Errorf("%s: a hidden value is drawn among the others", lang)
		}
	}
}
