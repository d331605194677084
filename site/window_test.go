package site

import (
	"strings"
	"testing"
	"unicode/utf8"

	"osservatorio/dashboards/chart"
)

func TestATitleTooLongForAWindowStandsWithoutTheNameOfTheSite(t *testing.T) {
	h := helper{c: composer{w: italian(t)}}
	for _, title := range []string{"Dati", strings.Repeat("à", 52), strings.Repeat("à", 53), strings.Repeat("à", 88)} {
		got := h.window(title)
		if utf8.RuneCountInString(got) > longestTitle {
			t.Errorf("%d signs: %s", utf8.RuneCountInString(got), got)
		}
		if !strings.HasPrefix(got, title) {
			t.Errorf("%s lost its own title", got)
		}
	}
	if got := h.window("Dati"); got != "Dati – Osservatorio del mercato del lavoro" {
		t.Errorf("a short title became %q", got)
	}
}

func TestNoKeyFigureIsLostBetweenThoseShownAndThoseFolded(t *testing.T) {
	for n := range 10 {
		keys := make([]chart.Key, n)
		few, rest := fewKeys(keys), restOfKeys(keys)
		if len(few)+len(rest) != n || len(few) > mostKeys || n > mostKeys && len(few) < mostKeys {
			t.Errorf("of %d key figures %d are shown and %d folded", n, len(few), len(rest))
		}
	}
}
