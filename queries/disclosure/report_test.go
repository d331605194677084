package disclosure

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"osservatorio/queries/disclosure/attack/glpk"
	"osservatorio/queries/disclosure/linkedtest"
	"osservatorio/queries/disclosure/witness"
)

// The report is public. Two regions whose published tables have the same cells
// must have the same gate report, however many of the hidden cells are small.
func TestTheReportOfTheGateTellsNothingOfHowManyCellsAreSmall(t *testing.T) {
	var said []string
	witnesses := map[int]bool{}
	for _, few := range []int{1, 2, 40} { // the last district: two regions with few, one with many
		s := small(t, "", func(_, geo, period, _ string, n, d int) (int, int) {
			if geo == "D4" || geo == "P2" || geo == "R" {
				return n + few - 1, d + few - 1 // the same is added wherever D4 is a part
			}
			return n, d
		})
		if _, err := s.db.Exec(`DELETE FROM reference.plan WHERE breakdown = 'sex'`); err != nil {
			t.Fatal(err)
		}
		report, err := Protect(t.Context(), s.db, s.plan, Policy{Together: true})
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(report.Gate)
		if err != nil {
			t.Fatal(err)
		}
		said = append(said, string(text))
		witnesses[report.Gate.Witnesses] = true
	}
	if said[0] != said[1] || said[0] != said[2] || !strings.Contains(said[0], `"families":1`) {
		t.Errorf("the gate tells them apart:\n%s", strings.Join(said, "\n"))
	}
	if len(witnesses) < 2 {
		t.Errorf("as many cells to guard in each: the test shows nothing")
	}
}

// What the report counts is counted again from the published table.
func TestTheReportCountsWhatIsPublished(t *testing.T) {
	s := small(t, "", asIs)
	report, err := Protect(t.Context(), s.db, s.plan, Policy{Together: true})
	if err != nil {
		t.Fatal(err)
	}
	sum, counted := sha256.New(), map[string][2]int64{}
	for _, r := range s.published(t) {
		by := "_T"
		if r.sex != "_T" {
			by = "sex"
		}
		n := counted[r.level+" "+by]
		n[0]++
		if r.status == "Q" {
			n[1]++
		}
		counted[r.level+" "+by] = n
	}
	rows, err := s.db.Query(`SELECT geo_level, geo, period, sex, age_band, measure FROM published.c WHERE value IS NULL AND obs_status = 'Q' ORDER BY ALL`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var level, geo, period, sex, age, measure string
		if err := rows.Scan(&level, &geo, &period, &sex, &age, &measure); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(sum, "c,%s,%s,quarter,%s,%s,%s,%s\n", level, geo, period, sex, age, measure)
	}
	if want := hex.EncodeToString(sum.Sum(nil)); report.Mask != want {
		t.Errorf("mask: got %s, want %s", report.Mask, want)
	}
	if len(report.Views[0].Tiers) != len(counted) || len(counted) < 4 {
		t.Errorf("tiers: got %+v, want %v", report.Views[0].Tiers, counted)
	}
	for _, tier := range report.Views[0].Tiers {
		want := counted[tier.Level+" "+tier.Breakdown]
		if tier.PeriodType != "quarter" || tier.Requested != want[0] || tier.Suppressed != want[1] {
			t.Errorf("tier %+v: want %v", tier, want)
		}
	}
}

// glpsol is the solver's path; where tests are the gate it must be there.
func glpsol(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("glpsol")
	if err == nil {
		return path
	}
	if os.Getenv("CI") != "" {
		t.Fatal("glpsol is not here: install glpk-utils")
	}
	t.Skip("glpsol is not here: install glpk-utils")
	return ""
}

func TestTheIntervalAttackerPassesWhatIsProtectedAndRefusesALineTakenBack(t *testing.T) {
	how := &Intervals{Program: glpsol(t), Workers: 2, Scratch: t.TempDir()}
	s := small(t, "", asIs)
	report, err := Protect(t.Context(), s.db, s.plan, Policy{Together: true, Intervals: how})
	if err != nil {
		t.Fatal(err)
	}
	found := report.Gate.Interval
	if found.Attack != "passed" || found.Asked != report.Gate.Witnesses || found.Families != 1 || found.Closest < 0 {
		t.Errorf("got %+v, want every sensitive cell asked for (%d)", found, report.Gate.Witnesses)
	}
	how.Sample = 2
	report, err = Protect(t.Context(), s.db, s.plan, Policy{Together: true, Intervals: how})
	if err != nil {
		t.Fatal(err)
	}
	if n := report.Gate.Interval.Asked; n == 0 || n > 2 || report.Gate.Interval.Sample != 2 {
		t.Errorf("a sample of 2: got %+v", report.Gate.Interval)
	}
	c := protected(t, s)
	if _, err := c.gate(t.Context()); err != nil {
		t.Fatal(err)
	}
	how.Sample, c.intervals = 0, how
	refusals, hidden := 0, 0
	for _, f := range c.families {
		for i := range f.known {
			if f.known[i] || f.Cells[i].N == 0 {
				continue
			}
			hidden++
			f.known[i] = true // as if its line stood
			_, err := c.attackIntervals(t.Context(), c.families)
			var refused *Refused
			if errors.As(err, &refused) && refused.By == "interval attacker" {
				refusals++
			}
			f.known[i] = false
		}
	}
	if refusals == 0 || refusals == hidden {
		t.Errorf("%d of %d cells taken back are refused: want some, not all", refusals, hidden)
	}
}

// Patterns of our own making over families at random, of few cells and many
// trees: every sensitive cell that stays hidden can be as large as it must.
func TestNoHiddenCellOfOurPatternsIsKnownToBeSmall(t *testing.T) {
	program, asked := glpsol(t), 0
	for seed := range uint64(12) {
		f := linkedtest.Random(seed, 200)
		pattern, err := witness.Protect(t.Context(), f, witness.Options{Salt: "s"})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range pattern.Exposed {
			f.Cells[c].Need = 0 // a release gives up detail for them, or is refused
		}
		found, err := glpk.Intervals(t.Context(), f, f.Known(pattern.Hidden), nil, glpk.Options{Program: program, Workers: 2, Scratch: t.TempDir()})
		if err != nil {
			t.Fatalf("family %d: %v", seed, err)
		}
		for _, i := range found {
			asked++
			if !i.Open && i.High < f.Cells[i.Cell].Need {
				t.Errorf("family %d: cell %d is known to be between %d and %d, and needs %d", seed, i.Cell, i.Low, i.High, f.Cells[i.Cell].Need)
			}
		}
	}
	if asked < 50 {
		t.Errorf("%d cells asked for: the test shows little", asked)
	}
}
