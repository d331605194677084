package chart

import (
	"strings"
	"testing"
)

func TestLongLabelsAreCutWhereTheyStillMeanSomething(t *testing.T) {
	for long, want := range map[string]string{
		"DID, profilazione e aggiornamento della scheda anagrafico-professionale": "DID e profilazione",
		"Presa in carico integrata di persone in condizione di vulnerabilità":     "Presa in carico integrata",
		"Accompagnamento al lavoro: quota dei raggiunti":                          "Accompagnamento al lavoro",
		"Orientamento di base": "Orientamento di base",
	} {
		if got := shorten(long, " e "); got != want {
			t.Errorf("%q becomes %q, want %q", long, got, want)
		}
	}
}

func TestTheLastClassHasRoomAboveItsLimit(t *testing.T) {
	for _, values := range [][]float64{{27.5, 66, 85, 96, 99, 100, 100}, {100, 100}, {40, 100, 100, 100, 100}} {
		if k := classify(values); k.limits[3] >= 100 {
			t.Errorf("%v: the last class begins at %v", values, k.limits[3])
		}
	}
}

func TestATileNamesItsPlaceInTwoLinesOrByItsShortLabel(t *testing.T) {
	for name, want := range map[string]string{"Appennino Bolognese": "Appennino|Bolognese", "Cesena – Valle del Savio": "Cesena", "Savena-Idice": "Savena-Idice", "Lugo": "Lugo"} {
		if got := strings.Join(tileName(name, "S", 66, 12), "|"); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
	if got := tileName("Castelfranco Emilia", "CFE", 27, 10); got[0] != "CFE" {
		t.Errorf("a small tile: got %q, want the short label", got)
	}
}
