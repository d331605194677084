package export

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"osservatorio/queries/release"
	"osservatorio/warehouse"
)

// follow writes a release after another, with the published tables changed.
func follow(t *testing.T, db *warehouse.DB, o Options, id, statements string) Options {
	t.Helper()
	if _, err := db.Exec(statements); err != nil {
		t.Fatal(err)
	}
	next := o
	next.Follows, next.Dir = o.Dir, filepath.Join(filepath.Dir(o.Dir), id)
	next.Info.ID, next.Info.Supersedes = id, o.Info.ID
	if err := Write(t.Context(), db, next); err != nil {
		t.Fatal(err)
	}
	return next
}

// revise changes one cell in each way that there is.
const revise = `
	UPDATE published.shares SET numerator = 41, value = 41 WHERE period = '2025-Q2' AND geo = 'R' AND sex = '_T';
	UPDATE published.shares SET obs_status = 'A', numerator = 5, denominator = 50, value = 10, reason = NULL WHERE period = '2025-Q2' AND geo = 'D';
	INSERT INTO published.shares SELECT * REPLACE ('2025-Q3' AS period) FROM published.shares WHERE geo = 'D' AND period = '2025-Q2';
	UPDATE published.figures SET value = -12.5, obs_status = 'A' WHERE period = '2024';
	DELETE FROM published.figures WHERE period = '2025'`

func readChanges(t *testing.T, dir string) release.Changes {
	t.Helper()
	var c release.Changes
	data, err := os.ReadFile(filepath.Join(dir, "changes.json"))
	if err == nil {
		err = json.Unmarshal(data, &c)
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAReleaseTellsWhatItChanged(t *testing.T) {
	db, first := written(t)
	if c := readChanges(t, first.Dir); c.Follows != "" || c.New != 7 || c.Views[0].Reasons[0] != (release.Change{Kind: "new", Reason: "first_release", Cells: 2}) {
		t.Errorf("first release: got %+v", c)
	}
	second := follow(t, db, first, "2026-01.1", revise)
	c := readChanges(t, second.Dir)
	if c.Release != "2026-01.1" || c.Follows != "2026-01" || c.New != 1 || c.Revised != 3 || c.Withdrawn != 1 || c.Unchanged != 3 {
		t.Errorf("got %+v", c)
	}
	want := []release.ViewChanges{
		{View: "figures", DefinitionBefore: "figures@1", Definition: "figures@1", Revised: 1, Withdrawn: 1,
			Reasons:   []release.Change{{Kind: "revised", Reason: "number", Cells: 1}, {Kind: "withdrawn", Reason: "period_gone", Cells: 1}},
			Revisions: []release.Revision{{Measure: "b", Unit: "eur", Cells: 1, Median: 0.1543, Largest: 0.1543, Below5: 1}}},
		{View: "shares", DefinitionBefore: "shares@1", Definition: "shares@1", New: 1, Revised: 2, Unchanged: 3,
			Reasons:   []release.Change{{Kind: "new", Reason: "new_period", Cells: 1}, {Kind: "revised", Reason: "number", Cells: 1}, {Kind: "revised", Reason: "observable", Cells: 1}},
			Revisions: []release.Revision{{Measure: "a", Unit: "percent", Cells: 1, Median: 1, Largest: 1, Below5: 1}}},
	}
	got, _ := json.Marshal(c.Views)
	wanted, _ := json.Marshal(want)
	if string(got) != string(wanted) {
		t.Errorf("got  %s\nwant %s", got, wanted)
	}
	text, err := os.ReadFile(filepath.Join(second.Dir, "CHANGES.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, said := range []string{"# Che cosa è cambiato in 2026-01.1 rispetto a 2026-01", "# What changed in 2026-01.1 since 2026-01",
		"| 1 | nuove | Periodo nuovo |", "| b | 1 | 0,1543 | 0,1543 | eur | 0 | 1 | 0 |", "| b | 1 | 0.1543 | 0.1543 | eur | 0 | 1 | 0 |"} {
		if !strings.Contains(string(text), said) {
			t.Errorf("CHANGES.md: no %q in\n%s", said, text)
		}
	}
}

// Of a cell that was hidden, or now is, the two public files tell nothing more
// than that: nor must the list of changes.
func TestNoSizeIsToldOfACellThatIsHiddenOnce(t *testing.T) {
	db, first := written(t)
	second := follow(t, db, first, "2026-01.1", `
		UPDATE published.shares SET obs_status = 'Q', conf_status = 'C', numerator = NULL, denominator = NULL, value = NULL, low = NULL, high = NULL
		WHERE period = '2025-Q2' AND geo = 'R'`)
	c := readChanges(t, second.Dir).Views[1]
	if !slices.Equal(c.Reasons, []release.Change{{Kind: "revised", Reason: "hidden", Cells: 1}}) || len(c.Revisions) != 0 {
		t.Errorf("now hidden: got %+v", c)
	}
	back, err := Diff(t.Context(), db, second.Dir, first.Dir)
	if err != nil {
		t.Fatal(err)
	}
	if c := back.Views[1]; !slices.Equal(c.Reasons, []release.Change{{Kind: "revised", Reason: "shown", Cells: 1}}) || len(c.Revisions) != 0 {
		t.Errorf("no longer hidden: got %+v", c)
	}
}

func TestADiffOfTwoFoldersIsWhatTheSecondSaysOfItself(t *testing.T) {
	db, first := written(t)
	second := follow(t, db, first, "2026-01.1", revise)
	bare, err := warehouse.Open(t.Context(), warehouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer bare.Close()
	odd := filepath.Join(t.TempDir(), "a[b]*c?")
	if err := os.Rename(filepath.Dir(first.Dir), odd); err != nil {
		t.Fatal(err)
	}
	got, err := Diff(t.Context(), bare, filepath.Join(odd, "2026-01"), filepath.Join(odd, "2026-01.1"))
	if err != nil {
		t.Fatal(err)
	}
	a, _ := json.Marshal(got)
	b, _ := json.Marshal(readChanges(t, filepath.Join(odd, filepath.Base(second.Dir))))
	if string(a) != string(b) {
		t.Errorf("diff %s\nsaid %s", a, b)
	}
}

func TestAReleaseThatFollowsNeedsTheEarlierOneWhole(t *testing.T) {
	db, first := written(t)
	next := first
	next.Follows, next.Dir, next.Info.ID = first.Dir, filepath.Join(filepath.Dir(first.Dir), "2026-02"), "2026-02"
	file := filepath.Join(first.Dir, "data", "shares.parquet")
	if err := os.WriteFile(file, []byte("PAR1"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Write(t.Context(), db, next); err == nil || !strings.Contains(err.Error(), "compare with release 2026-01: data/shares.parquet: sha256") {
		t.Errorf("a changed file: got %v", err)
	}
	if err := os.RemoveAll(first.Dir); err != nil {
		t.Fatal(err)
	}
	if err := Write(t.Context(), db, next); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no folder: got %v", err)
	}
	if left, _ := os.ReadDir(filepath.Dir(first.Dir)); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}
