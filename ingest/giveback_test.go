package ingest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
)

// givenBack loads one file and asks for its bad rows.
func givenBack(t *testing.T, h *house, from string) (string, error) {
	t.Helper()
	var b strings.Builder
	n, err := GiveBack(t.Context(), h.options, h.options.Sources[0], "", from, &b)
	if lines := strings.Count(b.String(), "\n"); err == nil && n == 0 != (lines == 1) {
		t.Errorf("%d rows told, %d lines written", n, lines)
	}
	return b.String(), err
}

func TestRowsPutAsideGoBackToTheirSupplierAsTheyCame(t *testing.T) {
	source := placements
	source.MaxBadShare = 0.99
	h := newHouse(t, source)
	header := strings.TrimSpace(placementsHeader)
	torn := strings.Replace(placement(13), "D1", `"D1`, 1)
	h.put(goodName, placementsHeader+placement(1)+placement(2, "event=begun")+"1,2,3\n\n"+
		placement(3, "occupation=\"1.1\nx\"")+placement(4)+torn+placement(5, "planned_end_on=2026-06-30"))
	h.mustRun()
	got, err := givenBack(t, h, "")
	if err != nil {
		t.Fatal(err)
	}
	empty := strings.Repeat(",", strings.Count(header, ","))
	want := "line,column,rule," + header + "\n" +
		"3,event,enum," + placement(2, "event=begun") +
		`4,,fields,"1,2,3"` + empty + "\n" +
		"6,occupation,pattern," + placement(3, "occupation=\"1.1\nx\"") +
		`9,,quote,"` + strings.ReplaceAll(strings.TrimSpace(torn), `"`, `""`) + `"` + empty + "\n" +
		"10,,planned_end_before_event," + placement(5, "planned_end_on=2026-06-30")
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestRowsOfAMappedDeliveryGoBackInTheContractsColumns(t *testing.T) {
	mapping := filepath.Join(t.TempDir(), "population.sql")
	if err := os.WriteFile(mapping, []byte(`SELECT codice AS comune, NULL AS district, anno AS year, sesso AS sex, '15-24' AS age_band, residenti AS persons FROM delivery`), 0o600); err != nil {
		t.Fatal(err)
	}
	h := newHouse(t, Source{Name: "popolazione", Contract: "population", Mapping: mapping, Period: "2025", MaxBadShare: 0.9,
		IssuedAt: time.Date(2026, 1, 15, 0, 0, 0, 0, time.UTC)})
	h.put("residenti.csv", "codice;anno;sesso;residenti\n037006;2025;F;1200\n037006;2025;M;\n037006;2024;M;-3\n")
	h.mustRun()
	got, err := givenBack(t, h, "")
	want := "line,column,rule,comune,district,year,sex,age_band,persons\n2,persons,required,037006,,2025,M,15-24,\n3,persons,minimum,037006,,2024,M,15-24,-3\n"
	if err != nil || got != want {
		t.Errorf("got\n%s%v\nwant\n%s", got, err, want)
	}
}

func TestOfAnEncryptedArchiveTheSuppliersOwnFileIsAskedFor(t *testing.T) {
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	source := placements
	source.MaxBadShare, source.Synthetic = 0.99, false
	h := newHouse(t, source)
	h.options.ArchiveRecipient = identity.Recipient().String()
	content := placementsHeader + placement(1) + placement(2, "event=begun")
	h.put(goodName, content)
	h.mustRun()
	if _, err := givenBack(t, h, ""); err == nil || !strings.Contains(err.Error(), "encrypted, and the key to it is not kept here") {
		t.Errorf("got %v", err)
	}
	own := filepath.Join(t.TempDir(), "mine.csv")
	for _, c := range []struct{ content, want string }{
		{content + placement(3), "mine.csv: checksum"},
		{content, ""},
	} {
		if err := os.WriteFile(own, []byte(c.content), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := givenBack(t, h, own)
		if c.want == "" && (err != nil || !strings.HasSuffix(got, "3,event,enum,"+placement(2, "event=begun"))) {
			t.Errorf("got %s, %v", got, err)
		}
		if c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
	if err := os.RemoveAll(h.options.Archive); err != nil {
		t.Fatal(err)
	}
	if _, err := givenBack(t, h, ""); err == nil || !strings.Contains(err.Error(), "no copy of it in") {
		t.Errorf("got %v", err)
	}
}

func TestRowsGoBackOfOneDeliveryAtATime(t *testing.T) {
	h := newHouse(t, placements)
	h.put(goodName, many(3))
	h.put("placements_2026-Q2_2026-07-15.csv", many(2))
	h.mustRun()
	if _, err := givenBack(t, h, ""); err == nil || !strings.Contains(err.Error(), "2 deliveries whose checksum begins with") {
		t.Errorf("got %v", err)
	}
}
