package queries_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"osservatorio/queries"
	"osservatorio/queries/querytest"
)

// light are views that several tables compute again, because that costs less
// than to write them.
var light = map[string]string{
	"marts.curve_estimates": "each of its two readers asks for one curve, and only that one is computed",
	"marts.curve_states":    "a row per curve and period",
	"marts.funnel_states":   "a row per period",
	"marts.starts":          "the second of its readers asks for few, and what it computes is the list of occupations",
	"staging.providers":     "a row per site",
}

// TestNoViewIsComputedTwice holds that whatever counts, sorts or puts rows
// together is a table as soon as a second table reads it: a plain view read
// twice would be computed twice in a run.
func TestNoViewIsComputedTwice(t *testing.T) {
	_, plan := querytest.Open(t, house(t))
	for _, fault := range computedTwice(plan, light) {
		t.Error(fault)
	}
}

func TestAViewThatTwoTablesComputeIsTold(t *testing.T) {
	plan := planOf(t, map[string]string{
		"marts/sums.sql":  "-- grain: id\n\nSELECT code AS id, count(*) AS n FROM reference.geo GROUP BY code",
		"marts/few.sql":   "-- grain: id\n\nSELECT id, n FROM marts.sums WHERE n > 1",
		"marts/one.sql":   "-- grain: id\n-- materialize: table\n\nSELECT id FROM marts.sums",
		"marts/other.sql": "-- grain: id\n-- materialize: table\n\nSELECT id FROM marts.few",
		"marts/shown.sql": "-- grain: id\n\nSELECT id FROM marts.sums",
	})
	if got := computedTwice(plan, nil); len(got) != 1 || !strings.Contains(got[0], "marts.one and marts.other compute marts.sums") {
		t.Errorf("got %v", got)
	}
	if got := computedTwice(plan, map[string]string{"marts.sums": "few", "marts.few": "few"}); len(got) != 1 || !strings.Contains(got[0], "marts.few") {
		t.Errorf("a view that nobody computes twice needs no leave: got %v", got)
	}
}

func planOf(t *testing.T, files map[string]string) queries.Plan {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	views, err := queries.ParseAll(fsys)
	if err != nil {
		t.Fatal(err)
	}
	_, plan := querytest.Open(t, querytest.House{Views: views, Contracts: "../ingest/contract"})
	return plan
}

// computedTwice tells of views that more than one table computes, unless they
// are allowed, and of leave that nothing needs any more.
func computedTwice(plan queries.Plan, allowed map[string]string) []string {
	by := map[string][]string{}
	for _, v := range plan.Views {
		if v.Header.Table {
			for _, name := range plainBelow(plan, v.Qualified(), map[string]bool{}) {
				by[name] = append(by[name], v.Qualified())
			}
		}
	}
	var faults []string
	for name, tables := range by {
		v, _ := plan.Find(name)
		if _, ok := allowed[name]; !ok && len(tables) > 1 && computes(v.Select) {
			faults = append(faults, strings.Join(tables, " and ")+" compute "+name+": make it a table, or say why it need not be one")
		}
	}
	for name := range allowed {
		if len(by[name]) < 2 {
			faults = append(faults, name+" is computed once at most: no need to allow more")
		}
	}
	slices.Sort(faults)
	return faults
}

// plainBelow are the views, no tables, that building a table computes.
func plainBelow(plan queries.Plan, name string, seen map[string]bool) []string {
	var out []string
	for _, read := range plan.Reads(name) {
		v, ours := plan.Find(read)
		if !ours || v.Header.Table || seen[read] {
			continue
		}
		seen[read] = true
		out = append(append(out, read), plainBelow(plan, read, seen)...)
	}
	return out
}

// computes says whether a statement does more than to filter and to join.
func computes(statement string) bool {
	for _, word := range []string{"GROUP BY", "DISTINCT", " OVER ", "QUALIFY", "ASOF"} {
		if strings.Contains(statement, word) {
			return true
		}
	}
	return false
}
