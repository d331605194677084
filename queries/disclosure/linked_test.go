package disclosure

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"

	"osservatorio/queries"
	"osservatorio/queries/release"
	"osservatorio/warehouse"
)

// small is a region of two provinces and four districts over the quarters of a
// year, by sex: a rate whose quarters add up. The last district has few.
func small(t *testing.T, more string, change func(level, geo, period, sex string, n, d int) (int, int)) set {
	t.Helper()
	within := map[string][]string{"D1": {"D1"}, "D2": {"D2"}, "D3": {"D3"}, "D4": {"D4"}, "P1": {"D1", "D2"}, "P2": {"D3", "D4"}, "R": {"D1", "D2", "D3", "D4"}}
	base := func(geo, quarter, sex string) (int, int) {
		g, q := int(geo[1]-'0'), int(quarter[6]-'0')
		d := 14 + 3*g + q
		if g == 4 && q < 3 {
			return 1, 1
		}
		if sex == "M" {
			d += 3
		}
		return d / 2, d
	}
	var cells []cell
	for geo, districts := range within {
		level := map[byte]string{'D': "district", 'P': "province", 'R': "region"}[geo[0]]
		for _, period := range []string{"2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4"} {
			for _, sex := range []string{"_T", "F", "M"} {
				if sex != "_T" && level == "district" {
					continue
				}
				n, d := 0, 0
				for _, district := range districts {
					for _, s := range []string{"F", "M"} {
						if sex == "_T" || sex == s {
							a, b := base(district, period, s)
							n, d = n+a, d+b
						}
					}
				}
				n, d = change(level, geo, period, sex, n, d)
				cells = append(cells, cell{level: level, geo: geo, period: period, sex: sex, age: "_T", measure: "a", numerator: n, denominator: d})
			}
		}
	}
	s := newSet(t, "rate", "personal", "-- rules: outcomes\n"+more, cells...)
	territoriesOf(t, s.db)
	return s
}

// territoriesOf adds those of small.
func territoriesOf(t *testing.T, db *warehouse.DB) {
	t.Helper()
	for _, statement := range []string{
		`INSERT INTO reference.geo_levels VALUES ('province', 'p', 'p', 'p', 'p', 2, false)`,
		`INSERT INTO reference.geo (code, level, name_it, name_en, slug, short, position, source) SELECT code, level, code, code, lower(code), code, 1, 'x' FROM (VALUES ('R', 'region'), ('P1', 'province'), ('P2', 'province'), ('D1', 'district'), ('D2', 'district'), ('D3', 'district'), ('D4', 'district')) AS v (code, level)`,
		`INSERT INTO reference.geo_parent VALUES ('D1', 'P1'), ('D2', 'P1'), ('D3', 'P2'), ('D4', 'P2'), ('D1', 'R'), ('D2', 'R'), ('D3', 'R'), ('D4', 'R'), ('P1', 'R'), ('P2', 'R')`,
	} {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
}

func asIs(_, _, _, _ string, n, d int) (int, int) { return n, d }

func TestNothingHiddenFollowsFromWhatIsShown(t *testing.T) {
	s := small(t, "", asIs)
	report, err := Protect(t.Context(), s.db, s.plan, Policy{Together: true})
	if err != nil {
		t.Fatal(err)
	}
	if report.Gate == nil || report.Gate.Families != 1 || report.Gate.Witnesses == 0 {
		t.Errorf("gate: got %+v, want one family with witnesses", report.Gate)
	}
	alone, err := Protect(t.Context(), s.db, s.plan, Policy{})
	if err != nil {
		t.Fatal(err)
	}
	if more, less := report.Views[0].ByStatus["Q"], alone.Views[0].ByStatus["Q"]; more <= less {
		t.Errorf("hidden: got %d with all sums and %d without, want more: two districts of a province tell each other", more, less)
	}
}

func TestALineTakenBackFailsTheGate(t *testing.T) {
	s := small(t, "", asIs)
	c := protected(t, s)
	if _, err := c.gate(t.Context()); err != nil {
		t.Fatalf("as protected: %v", err)
	}
	back := 0
	for i := range c.views[0].lines {
		l := &c.views[0].lines[i]
		if !l.hidden {
			continue
		}
		l.hidden = false
		_, err := c.gate(t.Context())
		var refused *Refused
		if !errors.As(err, &refused) {
			continue // one more than needed may be hidden
		}
		back++
		l.hidden = true
	}
	if back == 0 {
		t.Error("every hidden line may be shown: the gate refuses nothing")
	}
}

func TestSumsThatDoNotHoldAreRefused(t *testing.T) {
	s := small(t, "", func(level, _, period, sex string, n, d int) (int, int) {
		if level == "region" && period == "2025-Q3" && sex == "F" {
			d++
		}
		return n, d
	})
	_, err := Protect(t.Context(), s.db, s.plan, Policy{Together: true})
	if !errors.Is(err, errSums) || !strings.Contains(fmt.Sprint(err), "views c") {
		t.Errorf("got %v, want the view and that its numbers do not add up", err)
	}
}

func TestANumeratorAboveItsDenominatorIsRefused(t *testing.T) {
	s := small(t, "", func(_, _, _, _ string, _, d int) (int, int) { return d + 40, d })
	_, err := Protect(t.Context(), s.db, s.plan, Policy{Together: true})
	if err == nil || !strings.Contains(err.Error(), "numerator exceeds its denominator") {
		t.Errorf("got %v", err)
	}
}

// protected runs all of a release's protection but for the writing.
func protected(t *testing.T, s set) *complement {
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
	err = s.db.Tx(t.Context(), func(tx *sql.Tx) error {
		if err := p.collect(t.Context(), tx, 0); err != nil {
			return err
		}
		c = &complement{views: p.views}
		return c.run(t.Context(), tx)
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// standing is a view with one line for each measure, all shown at one place.
func standing(name string, sums queries.Sums, all *crossing, measures ...string) *masked {
	v := &masked{job: job{cube: queries.View{Header: queries.Header{Sums: sums}}, header: release.Header{View: name}}}
	for _, m := range measures {
		v.lines = append(v.lines, line{view: v, kind: "quarter", period: "2025-Q1", crossing: all, measure: m})
	}
	return v
}

func TestTiedViewsHideTheSameMeasuresAtTheSamePlace(t *testing.T) {
	for _, first := range []int{0, 1} { // whichever of them is hidden first
		all := &crossing{}
		views := []*masked{standing("costs", queries.Sums{Tied: []string{"activities"}}, all, "a", "b"), standing("activities", queries.Sums{}, all, "a", "b")}
		views[first].lines[0].hidden = true
		(&complement{views: views}).follow()
		for _, v := range views {
			if got := [2]bool{v.lines[0].hidden, v.lines[1].hidden}; got != [2]bool{true, false} {
				t.Errorf("with the line of view %d hidden, %s hides %v: want the first of its two measures", first, v.job.header.View, got)
			}
		}
	}
}
