package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"osservatorio/ingest/privacy"
	"osservatorio/ingest/synthetic"
	"osservatorio/warehouse"
)

// forgottenOn is a day on which the tests below run.
var forgottenOn = time.Date(2026, 3, 20, 3, 0, 0, 0, time.UTC)

const peopledConfig = `
[publisher]
name = "Regione inventata"
[region]
name = "Prova"
geography = %q
synthetic = true
[disclosure]
together = false
[release]
key = "secrets/signing.key"
[[source]]
name = "registrations"
[[source]]
name = "services"
[[source]]
name = "agreements"
`

// peopled is an instance with the deliveries of an invented region of few
// persons, ingested and released.
func peopled(t *testing.T) string {
	t.Helper()
	territory, err := filepath.Abs("../../ingest/synthetic/testdata/geography")
	must(t, err)
	dir := t.TempDir()
	must(t, initInstance(dir, fmt.Appendf(nil, peopledConfig, territory)))
	_, err = synthetic.Generate(t.Context(), synthetic.Options{
		Persons: 120, Seed: 8, From: "2025-01", To: "2025-12", Dir: filepath.Join(dir, "inbox"),
		Reference: warehouse.ReferenceFS(), Geography: os.DirFS(territory), GeographyName: "prova",
	})
	must(t, err)
	done(t, forgottenOn, dir, "ingest")
	must(t, os.RemoveAll(filepath.Join(dir, "inbox"))) // deliveries that no source here takes
	must(t, os.Mkdir(filepath.Join(dir, "inbox"), 0o700))
	done(t, forgottenOn, dir, "release")
	return dir
}

// someone is a person with rows in several archives, as the supplier knows her,
// and identifiers of rows that are hers alone.
func someone(t *testing.T, dir string) (person string, rows []string) {
	t.Helper()
	of := map[string][]string{}
	for _, contract := range []string{"registrations", "agreements"} {
		for _, r := range archived(t, dir, contract) {
			of[r["person_id"]] = append(of[r["person_id"]], r[strings.TrimSuffix(contract, "s")+"_id"])
		}
	}
	for p, ids := range of {
		if len(ids) > len(rows) || len(ids) == len(rows) && p < person {
			person, rows = p, ids
		}
	}
	if len(rows) < 2 {
		t.Fatal("nobody has rows in two archives")
	}
	return person, rows
}

// archived reads the deliveries of a source in the archive, which are plain
// since they are invented.
func archived(t *testing.T, dir, source string) (rows []map[string]string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "archive", source, "*", "*.csv"))
	must(t, err)
	for _, file := range files {
		raw, err := os.ReadFile(file)
		must(t, err)
		table, err := csv.NewReader(bytes.NewReader(raw)).ReadAll()
		must(t, err)
		for _, cells := range table[1:] {
			row := map[string]string{}
			for i, column := range table[0] {
				row[column] = cells[i]
			}
			rows = append(rows, row)
		}
	}
	return rows
}

// holding lists the files of an instance in which a text stands.
func holding(t *testing.T, dir, text string) (names []string) {
	t.Helper()
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		raw, err := os.ReadFile(path)
		if bytes.Contains(raw, []byte(text)) {
			names = append(names, strings.TrimPrefix(path, dir))
		}
		return err
	}))
	return names
}

func TestAForgottenPersonLeavesNoTraceAndReleasesStand(t *testing.T) {
	t.Parallel()
	dir := peopled(t)
	person, rows := someone(t, dir)
	key, err := privacy.LoadKey(filepath.Join(dir, "secrets", "pseudonyms.key"))
	must(t, err)
	id := filepath.Base(onlyFolder(t, filepath.Join(dir, "releases")))
	if len(holding(t, dir, person)) == 0 || len(holding(t, dir, key.Pseudonym(rows[0]))) == 0 {
		t.Fatal("the person is nowhere: this test sees nothing")
	}
	for _, bad := range [][]string{{"--person", person}, {"--person", person, "--before", "2026-01-01", "--reason", "x"}, {"--person", "nobody at all", "--reason", "x"}, {"--before", "yesterday", "--reason", "x"}, {"--delivery", "zz", "--reason", "x"}} {
		if code, said := at(t, forgottenOn, dir, append([]string{"forget"}, bad...)...); code != exitUsage {
			t.Errorf("%v: exit code %d: %s", bad, code, said)
		}
	}
	if said := done(t, forgottenOn, dir, "forget", "--person", person, "--reason", "art. 17", "--dry-run"); !strings.Contains(said, "would be erased: ") || len(holding(t, dir, person)) == 0 {
		t.Errorf("rehearsed: %s", said)
	}

	said := done(t, forgottenOn, dir, "forget", "--person", person, "--reason", "art. 17")
	if !strings.Contains(said, "erased: ") || strings.Contains(said, person) || strings.Contains(said, key.Pseudonym(person)) {
		t.Errorf("forget: %s", said)
	}
	for _, text := range append(slices.Clone(rows), person) {
		if found := holding(t, dir, text); len(found) > 0 {
			t.Errorf("%s, as the supplier has it, stands in %v", text, found)
		}
	}
	for _, row := range rows {
		if found := holding(t, dir, key.Pseudonym(row)); len(found) > 0 {
			t.Errorf("a row of the person stands in %v", found)
		}
	}

	code, said := at(t, forgottenOn, dir, "release", "--reproduce", id)
	if code != exitErased || !strings.Contains(said, "rows that it was made of were erased since, the last on 2026-03-20, so it can no longer be made again") ||
		!strings.Contains(said, "its signature and checksums still hold: osservatorio verify") {
		t.Errorf("made again after the erasure: exit code %d: %s", code, said)
	}
	if code, said := at(t, forgottenOn, dir, "verify", filepath.Join(dir, "releases", id)); code != exitDone {
		t.Errorf("verified after the erasure: exit code %d: %s", code, said)
	}
	done(t, forgottenOn.AddDate(0, 1, 0), dir, "release")
	if made, err := filepath.Glob(filepath.Join(dir, "releases", "2*")); err != nil || len(made) != 2 {
		t.Errorf("releases %v: want the one of before and one without the person", made)
	}
}

func TestWhatLeavesTheNumbersAloneLeavesReleasesReproducible(t *testing.T) {
	t.Parallel()
	dir := peopled(t)
	id := filepath.Base(onlyFolder(t, filepath.Join(dir, "releases")))
	config := filepath.Join(dir, "osservatorio.toml")
	text, err := os.ReadFile(config)
	must(t, err)
	must(t, os.WriteFile(config, bytes.Replace(text, []byte("name = \"registrations\"\n"), []byte("name = \"registrations\"\nretention_months = 6\n"), 1), 0o600))
	before := len(archived(t, dir, "services"))
	if code, said := at(t, forgottenOn.AddDate(0, 5, 0), dir, "ingest"); code != exitDone || len(archived(t, dir, "registrations")) == 0 {
		t.Errorf("within its months: exit code %d: %s", code, said)
	}
	said := done(t, forgottenOn.AddDate(0, 7, 0), dir, "ingest")
	if len(archived(t, dir, "registrations")) != 0 || len(archived(t, dir, "services")) != before || before == 0 {
		t.Errorf("after its months: %s", said)
	}
	must(t, os.WriteFile(config, bytes.Replace(text, []byte("name = \"registrations\"\n"), []byte("name = \"registrations\"\nretention_months = -1\n"), 1), 0o600))
	if code, said := at(t, forgottenOn, dir, "ingest"); code != exitUsage || !strings.Contains(said, "source.retention_months: -1: want whole months, 0 for ever") {
		t.Errorf("a retention that is none: exit code %d: %s", code, said)
	}
	must(t, os.WriteFile(config, text, 0o600))

	key := filepath.Join(dir, "secrets", "pseudonyms.key")
	old, err := privacy.LoadKey(key)
	must(t, err)
	file, err := os.ReadFile(key)
	must(t, err)
	if said := done(t, forgottenOn, dir, "rekey", "--reason", "a copy went astray"); !strings.Contains(said, "re-keyed ") {
		t.Errorf("rekey: %s", said)
	}
	service := archived(t, dir, "services")[0]["service_id"]
	fresh, err := privacy.LoadKey(key)
	must(t, err)
	if found := holding(t, dir, old.Pseudonym(service)); len(found) > 0 || len(holding(t, dir, fresh.Pseudonym(service))) == 0 {
		t.Errorf("a pseudonym of the old key stands in %v", found)
	}
	if said := done(t, forgottenOn, dir, "release", "--reproduce", id); !strings.Contains(said, "the same bytes") {
		t.Errorf("made again without the archive and with another key: %s", said)
	}
	must(t, os.WriteFile(key, file, 0o600))
	if code, said := at(t, forgottenOn, dir, "ingest"); code == exitDone || !strings.Contains(said, "put the right key back") {
		t.Errorf("with the old key: exit code %d: %s", code, said)
	}
}

// TestANewKeyCutShortIsTheOldOneOrTheNew kills rekey at random moments. After
// each a delivery that says the same events again, corrected, must meet the rows
// of before: were old key and new mixed, they would be other events.
func TestANewKeyCutShortIsTheOldOneOrTheNew(t *testing.T) {
	t.Parallel()
	const events, kills = 3000, 6
	dir := t.TempDir()
	must(t, initInstance(dir, []byte("[region]\nname = \"T\"\ngeography = \"emilia-romagna\"\nsynthetic = true\n[[source]]\nname = \"placements\"\n")))
	delivered := 0
	deliver := func() {
		text := placementColumns + "\n"
		delivered++
		for id := range events {
			text += placementRow(id, []string{"received_on=" + time.Date(2026, 7, 2+delivered, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)})
		}
		must(t, os.WriteFile(filepath.Join(dir, "inbox", fmt.Sprintf("placements_2026-Q3_2026-10-%02d.csv", delivered)), []byte(text), 0o600))
		runs(t, dir, "ingest")
	}
	deliver()
	started := time.Now()
	runs(t, dir, "rekey", "--reason", "a test")
	whole := time.Since(started)
	random := rand.New(rand.NewPCG(20261122, 7))
	cut, outcomes := 0, map[string]int{}
	for range kills {
		before, err := privacy.LoadKey(filepath.Join(dir, "secrets", "pseudonyms.key"))
		must(t, err)
		c := child(t, dir, "rekey", "--reason", "a test")
		must(t, c.Start())
		time.Sleep(time.Duration(random.Float64() * float64(whole)))
		c.Process.Kill() // it may be done by now
		if c.Wait() != nil {
			cut++
		}
		deliver()
		after, err := privacy.LoadKey(filepath.Join(dir, "secrets", "pseudonyms.key"))
		must(t, err)
		outcome := "new key"
		if after.Fingerprint() == before.Fingerprint() {
			outcome = "old key"
		}
		outcomes[outcome]++
		db, err := warehouse.Open(t.Context(), warehouse.Options{Path: filepath.Join(dir, "warehouse.duckdb")})
		must(t, err)
		var rows, distinct int
		var made string
		must(t, db.QueryRow(`SELECT count(*), count(DISTINCT event_id), (SELECT key FROM ledger.pseudonyms) FROM raw.placements`).Scan(&rows, &distinct, &made))
		var first int
		must(t, db.QueryRow(`SELECT count(*) FROM raw.placements WHERE event_id = ?`, after.Pseudonym("E0")).Scan(&first))
		must(t, db.Close())
		if rows != delivered*events || distinct != events || first != delivered || made != after.Fingerprint() {
			t.Fatalf("%s: %d rows of %d events, want %d of %d; the first event %d times; key of the warehouse %s, of the file %s", outcome, rows, distinct, delivered*events, events, first, made, after.Fingerprint())
		}
		if _, err := os.Stat(filepath.Join(dir, "secrets", "pseudonyms.key.coming")); err == nil {
			t.Error("both keys lie there")
		}
	}
	t.Logf("%d of %d killed before their end; %v", cut, kills, outcomes)
}
