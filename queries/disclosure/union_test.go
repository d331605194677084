package disclosure

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

var across = Policy{Together: true, Across: true}

// publishIt takes what is published into the ledger, as a release would.
func (s set) publishIt(t *testing.T) {
	t.Helper()
	s.exec(t, `
		CREATE TABLE IF NOT EXISTS released.c AS
		SELECT 0 AS release, geo_level, geo, period_type, period, sex, age_band, measure, numerator, denominator, value, low, high, obs_status, reason FROM published.c WHERE false;
		INSERT INTO ledger.releases (seq, id, sums_sha256, last_load) SELECT coalesce(max(seq), 0) + 1, 'r' || coalesce(max(seq), 0) + 1, 'x', 1 FROM ledger.releases;
		INSERT INTO released.c BY NAME SELECT (SELECT max(seq) FROM ledger.releases) AS release, * EXCLUDE (unit, conf_status, note_ids, definition) FROM published.c;
		INSERT INTO ledger.released_views SELECT (SELECT max(seq) FROM ledger.releases), 'c', any_value(definition), count(*), count(*) FROM published.c`)
}

func (s set) exec(t *testing.T, statement string) {
	t.Helper()
	if _, err := s.db.Exec(statement); err != nil {
		t.Fatal(err)
	}
}

// said is what is published of a cell: "numerator/denominator status reason".
func (s set) said(t *testing.T, geo, period, sex string) string {
	t.Helper()
	var n, d sql.NullFloat64
	var status string
	var reason sql.NullString
	err := s.db.QueryRow(`SELECT numerator, denominator, obs_status, reason FROM published.c WHERE geo = ? AND period = ? AND sex = ?`, geo, period, sex).Scan(&n, &d, &status, &reason)
	if err != nil {
		t.Fatal(err)
	}
	if !n.Valid {
		return strings.TrimSpace("- " + status + " " + reason.String)
	}
	return strings.TrimSpace(fmt.Sprintf("%v/%v %s %s", n.Float64, d.Float64, status, reason.String))
}

// late adds events of one district and quarter that came in after a release,
// to it and to all that contains it.
func (s set) late(t *testing.T, district, period, sex string, numerator, denominator int) {
	t.Helper()
	s.exec(t, fmt.Sprintf(`
		UPDATE raw.cells SET numerator = numerator + %d, denominator = denominator + %d
		WHERE period = '%s' AND sex IN ('_T', '%s') AND geo IN (SELECT '%[5]s' UNION ALL SELECT parent FROM reference.geo_parent WHERE code = '%[5]s')`,
		numerator, denominator, period, sex, district))
}

func TestTheSameDataGiveTheSameReleaseAgain(t *testing.T) {
	s := small(t, "", asIs)
	s.protect(t, across)
	first := fmt.Sprint(s.published(t))
	s.publishIt(t)
	report := s.protect(t, across)
	if again := fmt.Sprint(s.published(t)); again != first {
		t.Errorf("got\n%s\nwant\n%s", again, first)
	}
	if report.Across == nil || report.Across.Releases != 1 || report.Gate.Carried != 1 {
		t.Errorf("got %+v and %+v, want one earlier release and a family carried over", report.Across, report.Gate)
	}
}

func TestARevisionByOnePersonIsHeldWithAllThatContainsIt(t *testing.T) {
	s := small(t, "", asIs)
	s.protect(t, across)
	s.publishIt(t)
	before := s.said(t, "D1", "2025-Q1", "_T")
	region := s.said(t, "R", "2025-Q1", "_T")
	s.late(t, "D1", "2025-Q1", "F", 0, 1)
	report := s.protect(t, across)
	for geo, was := range map[string]string{"D1": before, "R": region} {
		if got := s.said(t, geo, "2025-Q1", "_T"); got != was+" revision_held" {
			t.Errorf("%s: got %q, want %q held", geo, got, was)
		}
	}
	if got := s.said(t, "D1", "2025-Q2", "_T"); strings.Contains(got, "held") {
		t.Errorf("another period: got %q", got)
	}
	if got := report.Across.Blocks[0]; got.Held != 3 || got.Blocks != 24 {
		t.Errorf("got %+v, want district, province and region held of 24", got)
	}
	s.publishIt(t)
	s.protect(t, across)
	if got := s.said(t, "D1", "2025-Q1", "_T"); got != before+" revision_held" {
		t.Errorf("in the release after: got %q", got)
	}
}

func TestARevisionOfManyIsShown(t *testing.T) {
	s := small(t, "", asIs)
	s.protect(t, across)
	s.publishIt(t)
	was := s.said(t, "D1", "2025-Q1", "_T")
	s.late(t, "D1", "2025-Q1", "F", 5, 10)
	report := s.protect(t, across)
	if got := s.said(t, "D1", "2025-Q1", "_T"); got == was || strings.Contains(got, "held") {
		t.Errorf("got %q, was %q", got, was)
	}
	if got := report.Across.Blocks[0]; got.Held != 0 || got.Moved == 0 {
		t.Errorf("got %+v", got)
	}
}

func TestTheAnnualRevisionShowsWhatWasHeld(t *testing.T) {
	s := small(t, "", asIs)
	s.protect(t, across)
	s.publishIt(t)
	s.late(t, "D1", "2025-Q1", "F", 0, 1)
	s.exec(t, `
		INSERT INTO reference.parameters VALUES ('annual_revision_month', 12, 'month', NULL, 'x', 'proposal');
		CREATE OR REPLACE VIEW ledger.completeness AS SELECT 'cells' AS contract, DATE '2025-12-31' AS complete_to`)
	report := s.protect(t, across)
	if got := s.said(t, "R", "2025-Q1", "_T"); !report.Across.Annual || strings.Contains(got, "held") {
		t.Errorf("got %q, annual %v", got, report.Across.Annual)
	}
}

func TestWhatWasHiddenStaysHidden(t *testing.T) {
	s := small(t, "", asIs)
	s.protect(t, across)
	s.publishIt(t)
	if got := s.said(t, "D4", "2025-Q1", "_T"); got != "- Q" {
		t.Fatalf("got %q, want it hidden: it counts two", got)
	}
	s.late(t, "D4", "2025-Q1", "F", 10, 20)
	report := s.protect(t, across)
	if got := s.said(t, "D4", "2025-Q1", "_T"); got != "- Q" || report.Across.Hidden == 0 {
		t.Errorf("with twenty more persons: got %q, %d hidden because they were", got, report.Across.Hidden)
	}
}

// D3 was shown alone once. Now the plan asks for provinces too: with D3 known,
// province 2 tells how many D4 has, so that it must be hidden.
func TestForgettingAReleaseFailsTheGate(t *testing.T) {
	s := small(t, "", asIs)
	s.exec(t, `CREATE TABLE raw.all_cells AS FROM raw.cells; DELETE FROM raw.cells WHERE geo <> 'D3'`)
	s.protect(t, across)
	if got := s.said(t, "D3", "2025-Q1", "_T"); !strings.HasSuffix(got, "U") && !strings.HasSuffix(got, "A") {
		t.Fatalf("D3: got %q, want it shown", got)
	}
	s.publishIt(t)
	s.exec(t, `DELETE FROM raw.cells; INSERT INTO raw.cells FROM raw.all_cells`)

	s.protect(t, across)
	if got := s.said(t, "D3", "2025-Q1", "_T"); got == "- Q" {
		t.Error("D3 is hidden, though it is known")
	}
	if got := s.said(t, "P2", "2025-Q1", "_T"); got != "- Q" {
		t.Errorf("P2: got %q, want it hidden: less D3 it is D4", got)
	}

	c, u := s.forgetful(t)
	for _, v := range u.views {
		for i := range v.lines {
			v.lines[i].known = v.lines[i].prior.known // and now remember
		}
	}
	if err := c.addUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, err := c.gate(t.Context())
	var refused *Refused
	if !errors.As(err, &refused) {
		t.Errorf("got %v, want the gate to refuse", err)
	}
}

// forgetful protects as if no release had been, and returns the outcome with
// what the ledger says beside it.
func (s set) forgetful(t *testing.T) (*complement, *union) {
	t.Helper()
	jobs, err := prepare(t.Context(), s.db, s.plan)
	if err != nil {
		t.Fatal(err)
	}
	tiers, err := tiersOf(t.Context(), s.db)
	if err != nil {
		t.Fatal(err)
	}
	p := &protection{jobs: jobs, policy: Policy{Plan: tiers}, steps: primaryRules()}
	var c *complement
	var u *union
	err = s.db.Tx(t.Context(), func(tx *sql.Tx) error {
		if err := p.collect(t.Context(), tx, 0); err != nil {
			return err
		}
		c = &complement{views: p.views}
		if err := c.run(t.Context(), tx); err != nil {
			return err
		}
		if _, err := c.gate(t.Context()); err != nil {
			t.Errorf("what was forgotten cannot be missed: %v", err)
		}
		if u, err = begin(t.Context(), tx, p.views); err != nil {
			return err
		}
		return u.read(t.Context(), tx)
	})
	if err != nil {
		t.Fatal(err)
	}
	return c, u
}

func TestARevisionThatHidesItselfInSumsIsHeld(t *testing.T) {
	s := small(t, "", asIs)
	s.protect(t, across)
	s.publishIt(t)
	s.late(t, "D1", "2025-Q4", "F", 4, 8)
	s.late(t, "D2", "2025-Q4", "F", -3, -7) // P1 moves by one, and by sex by one
	report := s.protect(t, across)
	for _, geo := range []string{"P1", "D1", "D2"} {
		if got := s.said(t, geo, "2025-Q4", "_T"); !strings.HasSuffix(got, "held") {
			t.Errorf("%s: got %q, want it held: P1 moved by one, and D1 and D2 would tell", geo, got)
		}
	}
	if report.Across.Blocks[0].Held == 0 {
		t.Errorf("got %+v", report.Across)
	}
}

func TestAnotherDefinitionIsAnotherCount(t *testing.T) {
	s := small(t, "", asIs)
	s.protect(t, across)
	s.publishIt(t)
	s.late(t, "D1", "2025-Q1", "F", 0, 1)
	s.exec(t, `UPDATE ledger.released_views SET definition = 'invented@0'`)
	s.protect(t, across)
	if got := s.said(t, "D1", "2025-Q1", "_T"); strings.Contains(got, "held") {
		t.Errorf("got %q, want the new definition's number", got)
	}
}

func TestATerritoryThatIsGoneIsRefused(t *testing.T) {
	s := small(t, "", asIs)
	s.protect(t, across)
	s.publishIt(t)
	s.exec(t, `
		DELETE FROM raw.cells WHERE geo IN ('D1', 'D2');
		DELETE FROM reference.geo_parent WHERE code IN ('D1', 'D2');
		DELETE FROM reference.geo WHERE code IN ('D1', 'D2')`)
	_, err := Protect(t.Context(), s.db, s.plan, across)
	var unmapped *Unmapped
	if !errors.As(err, &unmapped) || !slices.Equal(unmapped.Territories, []string{"D1", "D2"}) {
		t.Errorf("got %v, want both districts named", err)
	}
}

// byHand publishes with blocks held or not as told, whatever the rule says.
func (s set) byHand(t *testing.T, held bool) error {
	t.Helper()
	jobs, err := prepare(t.Context(), s.db, s.plan)
	if err != nil {
		t.Fatal(err)
	}
	tiers, err := tiersOf(t.Context(), s.db)
	if err != nil {
		t.Fatal(err)
	}
	p := &protection{jobs: jobs, policy: Policy{Plan: tiers, Across: true}, steps: primaryRules()}
	return s.db.Tx(t.Context(), func(tx *sql.Tx) error {
		if _, err := tx.Exec(`DROP SCHEMA published CASCADE; CREATE SCHEMA published`); err != nil {
			return err
		}
		if err := p.collect(t.Context(), tx, 0); err != nil {
			return err
		}
		if err := p.across(t.Context(), tx); err != nil {
			return err
		}
		for _, name := range p.union.names {
			p.union.blocks[name].held = held
		}
		p.union.mark()
		if err := p.keep(t.Context(), tx, &Report{}); err != nil {
			return err
		}
		if err := publish(t.Context(), tx, p.jobs[0], p.masks[0]); err != nil {
			return err
		}
		return p.judgeRevisions(t.Context(), tx)
	})
}

func TestARevisionThatIsNotHeldIsRefused(t *testing.T) {
	s := small(t, "", asIs)
	s.protect(t, across)
	s.publishIt(t)
	s.late(t, "D1", "2025-Q1", "F", 0, 1)
	err := s.byHand(t, false)
	var refused *Refused
	if !errors.As(err, &refused) || refused.By != "comparison with earlier releases" {
		t.Errorf("got %v, want it refused", err)
	}
}

// A view that begins now, or counts anew, would tell by its new numbers what
// others hold back.
func TestANewViewWaitsWithTheBlocksThatAreHeld(t *testing.T) {
	s := small(t, "", asIs)
	s.protect(t, across)
	s.publishIt(t)
	s.exec(t, `UPDATE ledger.released_views SET definition = 'invented@0'`)
	if err := s.byHand(t, true); err != nil {
		t.Fatal(err)
	}
	for _, r := range s.published(t) {
		if r.numerator.Valid || r.status != "O" || r.reason.String != "revision_held" {
			t.Fatalf("%s: got status %s and %v, want it to wait", r.key, r.status, r.numerator)
		}
	}
}
