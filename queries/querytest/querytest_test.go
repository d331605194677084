package querytest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"osservatorio/queries"
)

// small is a house of two invented views over the contract of registrations.
func small(t *testing.T) House {
	t.Helper()
	var views []queries.View
	for name, text := range map[string]string{
		"staging/r.sql": "SELECT r.person_id, r.registered_on FROM raw.registrations r JOIN ledger.current_loads USING (load_id)",
		"checks/c.sql":  "-- Nobody registers in winter.\nSELECT person_id FROM staging.r WHERE month(registered_on) = 1",
	} {
		v, err := queries.Parse(name, text)
		if err != nil {
			t.Fatal(err)
		}
		views = append(views, v)
	}
	return House{Views: views, Contracts: "../../ingest/contract"}
}

const claim = `Two people come, one of them in winter.
-- ledger.csv --
load_id, contract,      period,  mode
7,       registrations, 2025-Q1, full
8,       registrations, 2025-Q2, full
-- raw.registrations.csv --
person_id, registered_on, load_id
p1,        2025-01-31,    7
# a line that says why
p2,        2025-05-01,    8
-- want staging.r.csv --
registered_on, person_id
2025-05-01,    p2
2025-01-31,    p1
-- want checks.c.csv --
person_id
p1
`

func write(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "staging", "r.txtar")
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestAnExampleThatHoldsPasses(t *testing.T) {
	Run(t, write(t, claim), small(t))
}

func TestTheLedgerOfAnExampleMakesCompleteness(t *testing.T) {
	s := newStage(t, small(t))
	a, err := readArchive(filepath.Join(write(t, claim), "staging", "r.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	e, err := readExample(a)
	if err != nil {
		t.Fatal(err)
	}
	s.play(t, e)
	var to string
	if err := s.db.QueryRow(`SELECT CAST(complete_to AS VARCHAR) FROM ledger.completeness WHERE contract = 'registrations'`).Scan(&to); err != nil || to != "2025-06-30" {
		t.Errorf("complete to: got %q, %v, want 2025-06-30", to, err)
	}
}

func TestADifferenceIsShownLineByLine(t *testing.T) {
	got := difference([]string{"a,1", "b,2"}, []string{"a,1", "b,3"})
	if got != "+ b,3\n- b,2" {
		t.Errorf("got %q", got)
	}
}

func TestAnExampleWithoutClaimOrWishIsRefused(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"-- want staging.r.csv --\nperson_id\n", "no claim"},
		{"Claim.\n-- raw.registrations.csv --\nperson_id\n", "no section"},
		{"Claim.\n-- rows.csv --\na\n-- want staging.r.csv --\nperson_id\n", "section rows.csv: unknown"},
		{"Claim.\n-- want staging.r.csv --\n", "expected a header line"},
	} {
		a, err := readArchive(filepath.Join(write(t, c.text), "staging", "r.txtar"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := readExample(a); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}
