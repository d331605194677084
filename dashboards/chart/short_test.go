package chart

import (
	"strings"
	"testing"

	"osservatorio/dashboards/words"
	"osservatorio/queries/release"
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

func TestSharesThatAreNearlyEqualLookNearlyEqual(t *testing.T) {
	r := &ranking{sorted: true}
	r.measure.Unit = "percent"
	for _, v := range []float64{77.8, 77.9, 78} {
		r.all = append(r.all, release.Row{Value: &v, Status: release.Normal})
	}
	lo, hi, step := r.extent(5)
	if hi-lo < 10 || step < 1 {
		t.Errorf("axis from %g to %g by %g: its ticks are written without decimals", lo, hi, step)
	}
	all := 100.0
	r.all = []release.Row{{Value: &all, Status: release.Normal}}
	if lo, hi, _ := r.extent(5); hi > 100 || hi-lo < 4 {
		t.Errorf("all of them: axis from %g to %g", lo, hi)
	}
}

func TestOneOfManyIsSaidInTheSingular(t *testing.T) {
	w, err := words.Load("it")
	if err != nil {
		t.Fatal(err)
	}
	s := scene{Input: Input{Words: w}}
	for n, want := range map[int]string{1: "1 non distinguibile", 2: "2 non distinguibili"} {
		if got := s.clauses("measures.title.", map[string]int{"same": n}); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestARatioIsNamedByWhatItDivides(t *testing.T) {
	w, err := words.Load("it")
	if err != nil {
		t.Fatal(err)
	}
	s := scene{Input: Input{Words: w}}
	s.measure.Unit = "ratio"
	if got := s.keyUnit(); got != "" {
		t.Errorf("a key figure says %q after its number", got)
	}
}

func TestOneOfManyIsStillSeenInABar(t *testing.T) {
	for _, c := range [][3]int{{0, 283, 0}, {1, 283, 1}, {245, 283, 87}, {283, 283, 100}, {0, 0, 0}} {
		if got := shareOf(c[0], c[1]); got != c[2] {
			t.Errorf("%d of %d: %d, want %d", c[0], c[1], got, c[2])
		}
	}
}
