package words

import (
	"maps"
	"regexp"
	"slices"
	"testing"
)

var placeholder = regexp.MustCompile(`\{[a-z_]+\}`)

func TestBothLanguagesHaveTheSameMessagesWithTheSamePlaceholders(t *testing.T) {
	it, en := load(t, "it"), load(t, "en")
	for _, key := range slices.Sorted(maps.Keys(it.messages)) {
		other, ok := en.messages[key]
		if !ok {
			t.Errorf("message %q: no English", key)
			continue
		}
		if a, b := holes(it.messages[key]), holes(other); !slices.Equal(a, b) {
			t.Errorf("message %q: placeholders differ: it %v, en %v", key, a, b)
		}
	}
	for key := range en.messages {
		if _, ok := it.messages[key]; !ok {
			t.Errorf("message %q: no Italian", key)
		}
	}
}

func TestNumbersAreWrittenAsEachLanguageWritesThem(t *testing.T) {
	it, en := load(t, "it"), load(t, "en")
	for _, c := range []struct{ got, want string }{
		{it.Number(1234.5, 1), "1.234,5"}, {en.Number(1234.5, 1), "1,234.5"},
		{it.Number(-0.04, 1), "0,0"}, {it.Number(-1234567, 0), "−1.234.567"},
		{it.Percent(77.25), "77,2%"}, {it.Signed(2.9, 1), "+2,9"}, {it.Signed(0, 1), "0,0"},
		{it.Int(999), "999"}, {it.Int(1000), "1.000"},
		{it.Period("2026-Q2"), "II trim. 2026"}, {en.Period("2026-Q2"), "Q2 2026"},
		{it.Period("2025-12-31"), "31 dicembre 2025"}, {en.Period("2025-03"), "March 2025"}, {it.Period("2025"), "2025"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func load(t *testing.T, lang string) *Catalogue {
	t.Helper()
	c, err := Load(lang)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func holes(m string) []string {
	found := placeholder.FindAllString(m, -1)
	slices.Sort(found)
	return found
}

func TestBracesOfAValueAreItsOwn(t *testing.T) {
	c := &Catalogue{Lang: "en", messages: map[string]string{"a": "{place}: {n}"}}
	if got := c.T("a", "place", "{n} {{.}}", "n", 2); got != "{n} {{.}}: 2" {
		t.Errorf("%q", got)
	}
	defer func() {
		if recover() == nil {
			t.Error("a placeholder that was left is no fault")
		}
	}()
	c.T("a", "place", "{}")
}
