package chart

import (
	"testing"

	"osservatorio/queries/release"
)

func TestAcronymsKeepTheirCapitalsWithinASentence(t *testing.T) {
	for in, want := range map[string]string{"L.R. 14/2015": "L.R. 14/2015", "GOL": "GOL", "Altro": "altro", "A termine": "a termine", "": ""} {
		if got := lower(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestNoHeadlineIsAboutThoseOfWhomASourceDoesNotSay(t *testing.T) {
	row := func(code string, v float64) release.Row {
		return release.Row{By: []string{code}, Status: release.Normal, Value: &v}
	}
	r := &ranking{all: []release.Row{row("nd", 90), row("F", 40), row("M", 30), row("nd", 1)}}
	high, low, ok := r.bounds()
	if !ok || *high.Value != 40 || *low.Value != 30 {
		t.Errorf("from %v to %v (%t), want 30 to 40", *low.Value, *high.Value, ok)
	}
}
