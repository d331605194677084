package ingest

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestAForeignLayoutIsMappedThenJudged(t *testing.T) {
	mapping := filepath.Join(t.TempDir(), "population.sql")
	err := os.WriteFile(mapping, []byte(`SELECT codice AS comune, NULL AS district, anno AS year, sesso AS sex, '15-24' AS age_band, residenti AS persons FROM delivery`), 0o644)
	if err != nil {
		t.Fatal(err)
	}
	h := newHouse(t, Source{Name: "popolazione", Contract: "population", Mapping: mapping, Period: "2025", MaxBadShare: 0.5,
		IssuedAt: time.Date(2026, 1, 15, 0, 0, 0, 0, time.UTC)})
	h.put("residenti.csv", "codice;anno;sesso;residenti\n037006;2025;F;1200\n037006;2025;M;\n037006;2024;M;-3\n037006;2024;F;7\n")
	o := h.mustRun().Loads[0].Outcome
	if o.Accepted != 2 || o.Quarantined != 2 {
		t.Errorf("%+v", o)
	}
	if got := h.text(`SELECT comune, year, sex, persons, line FROM raw.population ORDER BY line`); got != "037006 2025 F 1200 1\n037006 2024 F 7 4" {
		t.Errorf("got\n%s", got)
	}
	if got := h.text(`SELECT line, "column", rule FROM ledger.quarantine ORDER BY line`); got != "2 persons required\n3 persons minimum" {
		t.Errorf("quarantine\n%s", got)
	}
}

// A mapping sees one table of one width: a row of another stops the file at its
// own line, and nothing of it comes in.
func TestATornRowUnderAMappingRefusesTheFileWithTheLineOfTheFile(t *testing.T) {
	mapping := filepath.Join(t.TempDir(), "population.sql")
	err := os.WriteFile(mapping, []byte(`SELECT codice AS comune, NULL AS district, anno AS year, sesso AS sex, '15-24' AS age_band, residenti AS persons FROM delivery`), 0o644)
	if err != nil {
		t.Fatal(err)
	}
	h := newHouse(t, Source{Name: "popolazione", Contract: "population", Mapping: mapping, Period: "2025", MaxBadShare: 0.5, IssuedAt: time.Date(2026, 1, 15, 0, 0, 0, 0, time.UTC)})
	h.put("residenti.csv", "Residenti al primo gennaio\n\ncodice;anno;sesso;residenti\n037006;2025;F;1200\n037006;2025\n037006;2024;F;7\n")
	_, err = h.run()
	if err == nil || !strings.Contains(err.Error(), "line 5: ") || strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), "037006") {
		t.Fatalf("%v: want a refusal of line 5", err)
	}
	var r *RefusedError
	if !errors.As(err, &r) || !strings.Contains(r.Hint(), "footer") || !strings.Contains(r.Hint(), "of one width") {
		t.Errorf("hint %q", r.Hint())
	}
	if n := h.number(`SELECT (SELECT count(*) FROM raw.population) + (SELECT count(*) FROM ledger.deliveries)`); n != 0 {
		t.Errorf("%d rows came in", n)
	}
}

// A file that somebody removes while it is read is refused, and the next run
// does not stumble over what is left.
func TestAFileThatIsRemovedWhileItIsReadIsRefused(t *testing.T) {
	h := newHouse(t, placements)
	path := h.put(goodName, many(2000))
	h.options.Progress = func(p Progress) {
		if p.Step == "read" {
			os.Remove(path)
		}
	}
	if _, err := h.run(); err == nil || !strings.Contains(err.Error(), "the file changed while it was read") {
		t.Errorf("%v: want a refusal", err)
	}
	if n := h.number(`SELECT count(*) FROM ledger.deliveries`); n != 0 {
		t.Errorf("%d deliveries of a file that is gone", n)
	}
	h.options.Progress = nil
	os.Remove(path + reportSuffix)
	if r, err := h.run(); err != nil || len(r.Loads) != 0 {
		t.Errorf("afterwards: %+v, %v", r, err)
	}
}

func TestJSONLinesAreCountedFromOne(t *testing.T) {
	h := newHouse(t, Source{Name: "population", Contract: "population", Pattern: "population_{period}_{issued}.jsonl"})
	row := `{"comune":"037006","district":null,"year":YEAR,"sex":"F","age_band":"15-24","persons":5}` + "\n"
	h.put("population_2025_2026-01-15.jsonl", strings.ReplaceAll(row, "YEAR", "2025")+strings.ReplaceAll(row, "YEAR", "2024"))
	h.mustRun()
	if got := h.text(`SELECT line, year FROM raw.population ORDER BY line`); got != "1 2025\n2 2024" {
		t.Errorf("got\n%s", got)
	}
}

func TestDecimalCommasBecomePointsAndOtherTextStays(t *testing.T) {
	for _, c := range [][4]string{
		{",", "", "3,5", "3.5"}, {",", "", "1.234,5", "1.234,5"}, {",", ".", "1.234,5", "1234.5"}, {",", ".", "12.34,5", "12.34,5"},
		{",", "", "n.d.", "n.d."}, {".", ",", "1,234.5", "1234.5"}, {".", "", "3.5", "3.5"}, {",", ".", "-1.234.567", "-1234567"},
	} {
		w := worker{spooler: &spooler{}}
		w.table.Decimal, w.table.Thousands = c[0], c[1]
		if got := string(w.point([]byte(c[2]))); got != c[3] {
			t.Errorf("%q with decimal %q and thousands %q: %q, want %q", c[2], c[0], c[1], got, c[3])
		}
	}
}
