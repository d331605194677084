package contract

import (
	"encoding/csv"
	"io"
	"strings"
	"testing"
)

// Whatever stands in a contract file, it is a contract that can be described
// to a supplier or an error that tells of it.
func FuzzContracts(f *testing.F) {
	for _, name := range Names() {
		raw, err := JSON(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(raw))
	}
	f.Add(`{"name":"x","fields":[{"name":"a","type":"date","constraints":{"minimum":"2020-02-30"}}],"osservatorio":{"protection":"open"}}`)
	f.Add(`{"name":"x","fields":[{"name":"a\"b,c","type":"string","constraints":{"pattern":"("}}]}`)
	f.Fuzz(func(t *testing.T, raw string) {
		c, err := Parse(strings.NewReader(raw))
		if err != nil {
			if err.Error() == "" {
				t.Error("an error without words")
			}
			return
		}
		for _, lang := range []string{"it", "en"} {
			if err := Describe(io.Discard, c, lang); err != nil {
				t.Error(err)
			}
		}
		header, err := csv.NewReader(strings.NewReader(Template(c))).Read()
		if err != nil || len(header) != len(c.Columns()) {
			t.Errorf("a template of %d columns for %d: %v", len(header), len(c.Columns()), err)
		}
	})
}
