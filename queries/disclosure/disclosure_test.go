package disclosure

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"osservatorio/queries"
	"osservatorio/warehouse"
)

// head is the header of an invented cube; %s are kind, protection and rules.
const head = `-- title.it: Titolo
-- title.en: Title
-- description.it: Descrizione
-- description.en: Description
-- grain: geo_level, geo, period_type, period, sex, age_band, measure
-- protection: %s
-- kind: %s
-- unit: persons
-- definition: invented@1
-- method: invented
-- universe.it: Tutti
-- universe.en: All
-- numerator.it: N
-- numerator.en: N
-- denominator.it: D
-- denominator.en: D
-- source.it: Fonte
-- source.en: Source
-- breakdowns: sex, age_band
-- measure.a.it: A
-- measure.a.en: A
-- measure.b.it: B
-- measure.b.en: B
-- measure.b.unit: points
-- measure.c.it: C
-- measure.c.en: C
%s
SELECT geo_level, geo, 'quarter' AS period_type, period, sex, age_band, measure, numerator, denominator, value, low, high, obs_status, reason, note_ids
FROM raw.cells`

// cell is one row of the invented cube; nil is NULL.
type cell struct {
	level, geo, period, sex, age, measure string
	numerator, denominator, value         any
	status                                any
}

func region(measure string, n, d any) cell {
	return cell{level: "region", geo: "R", period: "2025-Q1", sex: "_T", age: "_T", measure: measure, numerator: n, denominator: d}
}

// set is a warehouse with the cells of one cube.
type set struct {
	db   *warehouse.DB
	plan queries.Plan
}

func newSet(t *testing.T, kind, protection, more string, cells ...cell) set {
	t.Helper()
	db, err := warehouse.Open(t.Context(), warehouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	_, err = db.Exec(`
		CREATE TABLE raw.cells (geo_level VARCHAR, geo VARCHAR, period VARCHAR, sex VARCHAR, age_band VARCHAR, measure VARCHAR,
		  numerator DOUBLE, denominator DOUBLE, value DOUBLE, low DOUBLE, high DOUBLE, obs_status VARCHAR, reason VARCHAR, note_ids VARCHAR);
		INSERT INTO reference.geo_levels VALUES ('region', 'r', 'r', 'r', 'r', 1, false), ('district', 'd', 'd', 'd', 'd', 2, true);
		INSERT INTO reference.plan VALUES ('quarter', true, '_T'), ('quarter', false, '_T'), ('quarter', false, 'sex');
		INSERT INTO reference.disclosure_rules VALUES ('persons', 3, false, 30, NULL, 'x', 'proposal'), ('outcomes', 3, true, 30, NULL, 'x', 'proposal')`)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cells {
		var reason any
		if c.status == "O" {
			reason = "not_observable"
		}
		_, err := db.Exec(`INSERT INTO raw.cells VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, ?, ?, 'n1')`,
			c.level, c.geo, c.period, c.sex, c.age, c.measure, c.numerator, c.denominator, c.value, c.status, reason)
		if err != nil {
			t.Fatal(err)
		}
	}
	text := fmt.Sprintf(head, protection, kind, more)
	staging := mustParse(t, "staging/s.sql", "SELECT * FROM raw.cells")
	cube := mustParse(t, "cubes/c.sql", strings.Replace(text, "raw.cells", "staging.s", 1))
	plan, err := queries.NewPlan(t.Context(), db, []queries.View{staging, cube})
	if err != nil {
		t.Fatal(err)
	}
	if err := queries.Apply(t.Context(), db, plan); err != nil {
		t.Fatal(err)
	}
	return set{db, plan}
}

func mustParse(t *testing.T, name, text string) queries.View {
	t.Helper()
	v, err := queries.Parse(name, text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// shown is one published row with the numbers of its cube beside it.
type shown struct {
	key, level, sex, age, measure, unit, status, conf string
	numerator, denominator, value, low, high          sql.NullFloat64
	reason, notes                                     sql.NullString
	cubeN, cubeD, cubeV                               sql.NullFloat64
}

func (s set) published(t *testing.T) []shown {
	t.Helper()
	rows, err := s.db.Query(`
		SELECT concat_ws('/', p.geo_level, p.geo, p.period, p.sex, p.age_band, p.measure), p.geo_level, p.sex, p.age_band, p.measure, p.unit, p.obs_status, p.conf_status,
		  p.numerator, p.denominator, p.value, p.low, p.high, p.reason, p.note_ids, c.numerator, c.denominator, c.value
		FROM published.c p JOIN cubes.c c USING (geo_level, geo, period_type, period, sex, age_band, measure)`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []shown
	for rows.Next() {
		var r shown
		if err := rows.Scan(&r.key, &r.level, &r.sex, &r.age, &r.measure, &r.unit, &r.status, &r.conf,
			&r.numerator, &r.denominator, &r.value, &r.low, &r.high, &r.reason, &r.notes, &r.cubeN, &r.cubeD, &r.cubeV); err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}

func (s set) protect(t *testing.T, policy Policy) Report {
	t.Helper()
	report, err := Protect(t.Context(), s.db, s.plan, policy)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestARateIsShownAsItsPartsAllow(t *testing.T) {
	cases := []struct {
		claim  string
		rules  string
		n, d   any
		status any
		want   string
	}{
		{"large parts are shown", "persons", 40.0, 100.0, nil, "A"},
		{"a numerator of two is confidential", "persons", 2.0, 100.0, nil, "Q"},
		{"a numerator of three is not", "persons", 3.0, 100.0, nil, "A"},
		{"nobody reached is shown", "persons", 0.0, 100.0, nil, "A"},
		{"a denominator of two is confidential", "persons", 0.0, 2.0, nil, "Q"},
		{"a small complement is shown where the policy allows", "persons", 99.0, 100.0, nil, "A"},
		{"a small complement is confidential for outcomes", "outcomes", 99.0, 100.0, nil, "Q"},
		{"a complement of nobody is shown", "outcomes", 100.0, 100.0, nil, "A"},
		{"below thirty there is no rate", "persons", 10.0, 29.0, nil, "U"},
		{"at thirty there is", "persons", 10.0, 30.0, nil, "A"},
		{"confidential outranks unreliable", "persons", 1.0, 29.0, nil, "Q"},
		{"nobody entitled cannot have a rate", "persons", 0.0, 0.0, nil, "M"},
		{"provisional stays provisional", "persons", 40.0, 100.0, "P", "P"},
		{"provisional does not open the confidential", "persons", 2.0, 100.0, "P", "Q"},
		{"missing stays missing", "persons", nil, nil, "O", "O"},
	}
	for _, c := range cases {
		t.Run(c.claim, func(t *testing.T) {
			row := region("a", c.n, c.d)
			row.status = c.status
			s := newSet(t, "rate", "personal", "-- rules: "+c.rules+"\n", row)
			s.protect(t, Policy{})
			got := s.published(t)
			if len(got) != 1 || got[0].status != c.want {
				t.Fatalf("got %+v, want status %s", got, c.want)
			}
			if faults := audit(got, ruleSet(c.rules)); len(faults) > 0 {
				t.Error(faults)
			}
		})
	}
}

func ruleSet(policy string) Rules {
	return Rules{Threshold: 3, ProtectComplement: policy == "outcomes", MinDenominator: 30}
}

func TestTheIntervalIsWilsons(t *testing.T) {
	s := newSet(t, "rate", "personal", "-- rules: persons\n", region("a", 40.0, 100.0))
	s.protect(t, Policy{})
	got := s.published(t)[0]
	// (40 + z²/2 ± z·√(40·0.6 + z²/4)) / (100 + z²), worked out by hand.
	if got.value.Float64 != 40 || got.low.Float64 != 30.9401 || got.high.Float64 != 49.7997 {
		t.Errorf("got %v [%v, %v]", got.value.Float64, got.low.Float64, got.high.Float64)
	}
}

func TestADerivedMeasureGoesWithItsParts(t *testing.T) {
	count := func(measure string, v any) cell {
		c := region(measure, nil, nil)
		c.value = v
		return c
	}
	s := newSet(t, "count", "establishment", "-- rules: persons\n-- derived: c = a - b\n",
		count("a", 10.0), count("b", 2.0), count("c", 8.0))
	s.protect(t, Policy{})
	status := map[string]string{}
	for _, r := range s.published(t) {
		status[r.measure] = r.status
	}
	if status["a"] != "A" || status["b"] != "Q" || status["c"] != "Q" {
		t.Errorf("got %v", status)
	}
	s = newSet(t, "count", "establishment", "-- rules: persons\n-- derived: c = a - b\n",
		count("a", 1000.0), count("b", 999.0), count("c", 1.0))
	report := s.protect(t, Policy{})
	if report.Views[0].ByStatus["A"] != 3 {
		t.Errorf("a small balance of large parts was hidden: %v", report.Views[0].ByStatus)
	}
	for _, r := range s.published(t) {
		if want := map[string]string{"a": "persons", "b": "points", "c": "persons"}[r.measure]; r.unit != want {
			t.Errorf("unit of %s: got %s, want %s", r.measure, r.unit, want)
		}
	}
}

func TestOnlyRequestedCombinationsArePublished(t *testing.T) {
	whole := region("a", 40.0, 100.0)
	bySex, crossed, district, districtBySex := whole, whole, whole, whole
	bySex.sex = "F"
	crossed.sex, crossed.age = "F", "15-24"
	district.level, district.geo = "district", "D"
	districtBySex.level, districtBySex.geo, districtBySex.sex = "district", "D", "F"
	s := newSet(t, "rate", "personal", "-- rules: persons\n", whole, bySex, crossed, district, districtBySex)
	report := s.protect(t, Policy{})
	var keys []string
	for _, r := range s.published(t) {
		keys = append(keys, r.key)
	}
	slices.Sort(keys)
	want := []string{"district/D/2025-Q1/_T/_T/a", "region/R/2025-Q1/F/_T/a", "region/R/2025-Q1/_T/_T/a"}
	if !slices.Equal(keys, want) || report.Views[0].LeftOut != 2 || report.Views[0].Cells != 3 {
		t.Errorf("got %v, left out %d", keys, report.Views[0].LeftOut)
	}
}

func TestAnOpenViewPassesUnchangedByItsLineageOnly(t *testing.T) {
	official := region("a", nil, nil)
	official.value, official.status = 1.123456789, "B"
	s := newSet(t, "observation", "open", "", official)
	if _, err := Protect(t.Context(), s.db, s.plan, Policy{Contracts: map[string]string{"cells": "establishment"}}); err == nil ||
		!strings.Contains(err.Error(), "declared open, but reads the contract cells (establishment)") {
		t.Fatalf("got %v", err)
	}
	s.protect(t, Policy{Contracts: map[string]string{"cells": "open"}})
	got := s.published(t)
	if len(got) != 1 || got[0].value.Float64 != 1.123456789 || got[0].status != "B" || got[0].conf != "F" || got[0].notes.String != "n1" {
		t.Errorf("got %+v", got)
	}
}

// randomCells is a cube full of small numbers, from its seed alone.
func randomCells(seed uint64) []cell {
	r := rand.New(rand.NewPCG(seed, 1))
	var out []cell
	for _, geo := range []string{"R", "D1", "D2"} {
		for _, sex := range []string{"_T", "F", "M"} {
			for _, measure := range []string{"a", "b", "c"} {
				c := region(measure, nil, nil)
				c.geo, c.sex = geo, sex
				if geo != "R" {
					c.level, c.sex = "district", "_T"
					c.period = "2025-Q" + map[string]string{"_T": "1", "F": "2", "M": "3"}[sex]
				}
				if r.IntN(12) == 0 {
					c.status = "O"
				} else {
					d := r.IntN([]int{4, 12, 60}[r.IntN(3)])
					c.denominator, c.numerator = float64(d), float64(r.IntN(d+1))
				}
				out = append(out, c)
			}
		}
	}
	return out
}

// audit looks at published rows beside their cube and tells every breach of
// the primary rules of a rate. It is written apart from the SQL.
func audit(rows []shown, rules Rules) []string {
	small := func(n float64) bool { return n > 0 && n < float64(rules.Threshold) }
	var faults []string
	for _, r := range rows {
		n, d := r.cubeN.Float64, r.cubeD.Float64
		confidential := r.cubeN.Valid && (small(n) || small(d) || rules.ProtectComplement && small(d-n))
		if confidential != (r.status == "Q") || (r.status == "Q") != (r.conf == "C") {
			faults = append(faults, fmt.Sprintf("%s: %v of %v has status %s/%s", r.key, n, d, r.status, r.conf))
		}
		if slices.Contains([]string{"Q", "M", "O"}, r.status) && (r.numerator.Valid || r.denominator.Valid || r.value.Valid || r.low.Valid || r.high.Valid) {
			faults = append(faults, r.key+": a number under status "+r.status)
		}
		if r.status == "Q" && (r.reason.Valid || r.notes.Valid) {
			faults = append(faults, r.key+": a word on a confidential cell")
		}
		if (r.status == "A" || r.status == "U") && (r.numerator != r.cubeN || r.denominator != r.cubeD) {
			faults = append(faults, r.key+": published parts differ from the cube")
		}
		if r.value.Valid != slices.Contains([]string{"A", "P", "B"}, r.status) {
			faults = append(faults, r.key+": a value under status "+r.status)
		}
		if r.value.Valid && (math.Abs(r.value.Float64-100*n/d) > 1e-4 || d < float64(rules.MinDenominator)) {
			faults = append(faults, fmt.Sprintf("%s: rate %v of %v out of %v", r.key, r.value.Float64, n, d))
		}
		if r.value.Valid && (r.low.Float64 > r.value.Float64 || r.high.Float64 < r.value.Float64 || r.low.Float64 < 0 || r.high.Float64 > 100) {
			faults = append(faults, r.key+": the interval does not hold the value")
		}
	}
	return faults
}

func TestNoRandomCubeBreaksTheRules(t *testing.T) {
	for _, policy := range []string{"persons", "outcomes"} {
		for seed := range uint64(15) {
			s := newSet(t, "rate", "personal", "-- rules: "+policy+"\n", randomCells(seed)...)
			s.protect(t, Policy{})
			rows := s.published(t)
			if len(rows) != 27 {
				t.Fatalf("seed %d: %d rows published, want 27", seed, len(rows))
			}
			if faults := audit(rows, ruleSet(policy)); len(faults) > 0 {
				t.Errorf("policy %s, seed %d:\n%s", policy, seed, strings.Join(faults, "\n"))
			}
		}
	}
}

func TestASkippedRuleIsCaught(t *testing.T) {
	s := newSet(t, "rate", "personal", "-- rules: outcomes\n", randomCells(1)...)
	if _, err := protect(t.Context(), s.db, s.plan, Policy{}, nil); err != nil {
		t.Fatal(err)
	}
	if faults := audit(s.published(t), ruleSet("outcomes")); len(faults) == 0 {
		t.Error("a release without primary rules passed the audit")
	}
	if _, err := s.db.Exec(`UPDATE reference.disclosure_rules SET protect_complement = false, threshold = 2`); err != nil {
		t.Fatal(err)
	}
	s.protect(t, Policy{})
	if faults := audit(s.published(t), ruleSet("outcomes")); len(faults) == 0 {
		t.Error("a release with a lower threshold passed the audit")
	}
}

// hideAll stands for a later protection that hides every cell of a view.
type hideAll struct{}

func (hideAll) Hide(ctx context.Context, tx *sql.Tx, m Mask) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO `+m.Hidden+` SELECT cell FROM `+m.Cells+` ON CONFLICT DO NOTHING`)
	return err
}

func TestASecondaryStepLooksLikeAPrimaryOne(t *testing.T) {
	s := newSet(t, "rate", "personal", "-- rules: persons\n", region("a", 40.0, 100.0), region("b", 2.0, 100.0))
	s.protect(t, Policy{Secondary: []Step{hideAll{}}})
	rows := s.published(t)
	for i, r := range rows {
		if r.status != "Q" || r.conf != "C" || r.numerator.Valid || r.value.Valid {
			t.Errorf("row %d: got %+v", i, r)
		}
	}
}

func TestAnErrorLeavesTheEarlierTables(t *testing.T) {
	s := newSet(t, "rate", "personal", "-- rules: persons\n", region("a", 40.0, 100.0))
	s.protect(t, Policy{})
	if _, err := s.db.Exec(`DROP VIEW cubes.c`); err != nil {
		t.Fatal(err)
	}
	if _, err := Protect(t.Context(), s.db, s.plan, Policy{}); err == nil {
		t.Fatal("a missing cube was published")
	}
	var n int
	if err := s.db.QueryRow(`SELECT count(*) FROM published.c`).Scan(&n); err != nil || n != 1 {
		t.Errorf("got %d rows, %v", n, err)
	}
}

func TestRealAndInventedPersonsAreNotReleasedTogether(t *testing.T) {
	deliver := func(protection string, synthetic bool) *warehouse.DB {
		db, err := warehouse.Open(t.Context(), warehouse.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		_, err = db.Exec(`INSERT INTO ledger.deliveries VALUES
			(1, 'src', 'c', ?, 'all', NULL, NULL, TIMESTAMP '2026-01-01', 'full', ?, 'f', 's', 1, 1, 1, 0, 0, TIMESTAMP '2026-01-01')`, protection, synthetic)
		if err != nil {
			t.Fatal(err)
		}
		return db
	}
	cases := []struct {
		claim                         string
		protection                    string
		syntheticRows, syntheticHouse bool
		refused                       bool
	}{
		{"open data pass", "open", false, false, false},
		{"real persons pass", "personal", false, false, false},
		{"real persons are refused in a synthetic instance", "personal", false, true, true},
		{"real establishments pass", "establishment", false, false, false},
		{"real establishments are refused in a synthetic instance", "establishment", false, true, true},
		{"synthetic persons pass in a synthetic instance", "personal", true, true, false},
		{"synthetic persons are refused where the site would not say so", "personal", true, false, true},
	}
	for _, c := range cases {
		t.Run(c.claim, func(t *testing.T) {
			err := Gate(t.Context(), deliver(c.protection, c.syntheticRows), c.syntheticHouse)
			var refusal *Mixed
			if errors.As(err, &refusal) != c.refused {
				t.Errorf("got %v", err)
			}
			if c.refused && !strings.Contains(err.Error(), "make release: sources src: ") {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestOnlyThisRoomWritesPublished reads the whole repository.
func TestOnlyThisRoomWritesPublished(t *testing.T) {
	writes := regexp.MustCompile(`(?i)\b(into|table|view|update|delete\s+from|schema|copy)\s+(if\s+(not\s+)?exists\s+)?"?published\b`)
	prose := regexp.MustCompile(`(?m)^\s*(//|--).*$`)
	seen := 0
	err := filepath.WalkDir("../..", func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git") {
			return filepath.SkipDir
		}
		ext := filepath.Ext(path)
		if d.IsDir() || ext != ".go" && ext != ".sql" || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		found := writes.Find(prose.ReplaceAll(text, nil))
		if ours := strings.HasPrefix(filepath.ToSlash(path), "../../queries/disclosure/"); ours {
			seen += len(found)
		} else if found != nil && string(found) != "SCHEMA IF NOT EXISTS published" {
			t.Errorf("%s: %q: only queries/disclosure writes published tables", path, found)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen == 0 {
		t.Error("the pattern does not even find this room's own statements")
	}
}
