package words

import (
	"errors"
	"fmt"
	"testing"

	"osservatorio/ingest/fetch"
)

func TestARefusalIsToldInItalianWithItsValues(t *testing.T) {
	c, err := Italian()
	if err != nil {
		t.Fatal(err)
	}
	refusal := &fetch.Refusal{Op: "read", Path: "d.csv", Where: "line 1, column 4", Found: `the name "sesso" stands in column 2 too`, Wanted: "a header that has each name once", Advice: "have it written and sent again"}
	for _, x := range []struct {
		err        error
		want, hint string
	}{
		{refusal, `lettura di d.csv: riga 1, colonna 4: il nome "sesso" sta anche nella colonna 2: atteso: un'intestazione con ogni nome una volta sola`, "farlo scrivere e mandare di nuovo"},
		{fmt.Errorf("load services 2026-Q3: %w", refusal), `carico di services 2026-Q3: lettura di d.csv: riga 1, colonna 4: il nome "sesso" sta anche nella colonna 2: atteso: un'intestazione con ogni nome una volta sola`, "farlo scrivere e mandare di nuovo"},
		{errors.Join(errors.New("one JSON array"), errors.New("comma")), "un solo vettore JSON; virgola", ""},
		{&fetch.Refusal{Op: "read", Path: "d", Found: "the file is HTML or XML"}, "lettura di d: il file è HTML o XML", ""},
		{errors.New("what nobody wrote down"), "what nobody wrote down", ""},
	} {
		if got := c.Tell(x.err); got != x.want {
			t.Errorf("%q, want %q", got, x.want)
		}
		if got := c.Hint(x.err); got != x.hint {
			t.Errorf("hint %q, want %q", got, x.hint)
		}
	}
}

func TestEveryItalianTextHasTheValuesOfTheEnglishOne(t *testing.T) {
	c, err := Italian()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range c.forms {
		if got, want := len(hole.FindAllString(f.text, -1)), len(hole.FindAllString(f.key, -1)); got != want {
			t.Errorf("%q has %d values, %q has %d", f.text, got, f.key, want)
		}
	}
	for en, it := range c.exact {
		if it == "" {
			t.Errorf("%q has an empty text", en)
		}
	}
}
