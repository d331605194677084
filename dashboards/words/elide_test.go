package words

import "testing"

func TestArticlesAreElidedBeforeEightElevenAndZero(t *testing.T) {
	for text, want := range map[string]string{
		"Il 89,6% firma":             "L’89,6% firma",
		"è pagato il 8,0%.":          "è pagato l’8,0%.",
		"dal 81,0% (A) al 11,5% (B)": "dall’81,0% (A) all’11,5% (B)",
		"del 8.100 e il 800":         "dell’8.100 e l’800",
		"Il 76,5% e il 18,0%":        "Il 76,5% e il 18,0%",
		"il 1,2% di 746":             "l’1,2% di 746",
		"al 1% e dal 1,0%":           "all’1% e dall’1,0%",
		"il 110 e il 1.100":          "il 110 e il 1.100",
		"alla fine del 2025":         "alla fine del 2025",
		"il 11.000":                  "l’11.000",
		"Il 0,0% dei territori":      "Lo 0,0% dei territori",
		"dal 0,3% (A) al 0 (B)":      "dallo 0,3% (A) allo 0 (B)",
		"il 0.":                      "lo 0.",
		"il 05/2026":                 "il 05/2026",
	} {
		if got := Elide(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}
