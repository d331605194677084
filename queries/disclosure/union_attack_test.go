package disclosure

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"osservatorio/queries/disclosure/attack"
	"osservatorio/queries/disclosure/linked"
	"osservatorio/queries/release"
	"osservatorio/queries/released"
)

// A reader who has kept eight releases of one small region. He knows the codes
// and what adds up, builds his own tables from the files, and is told of every
// number that some release showed whether it is right again: nobody could know
// more. Sensitive numbers of any of the eight must not follow.

// kept is a release as its reader has it, by key, with what was true beside it.
type kept map[string]keptRow

// keptRow is one row of the file, and the counts that the cube held.
type keptRow struct {
	geo, period, sex string
	shown            bool
	old              bool // says of itself that it is of an earlier release
	n, d             int64
	trueN, trueD     int64
}

// release takes what is published into the ledger.
func (s set) release(t *testing.T, id string) {
	t.Helper()
	header, err := s.plan.PublicHeader(t.Context(), s.db, s.plan.Cubes()[0])
	if err == nil {
		err = released.Rehearse(t.Context(), s.db, id, []release.Header{header})
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (s set) keep(t *testing.T) kept {
	t.Helper()
	out := kept{}
	for _, r := range s.published(t) {
		parts := strings.Split(r.key, "/")
		out[r.key] = keptRow{geo: parts[1], period: parts[2], sex: r.sex, shown: r.numerator.Valid, old: r.reason.String == "revision_held",
			n: int64(r.numerator.Float64), d: int64(r.denominator.Float64), trueN: int64(r.cubeN.Float64), trueD: int64(r.cubeD.Float64)}
	}
	return out
}

// tables are what a reader can add up, with the truth of one release in them: by
// territory, quarter, sex and whether counted in the numerator. rows says of which
// row each cell is.
func tables(truth kept) (f *linked.Family, rows []string) {
	region := linked.Dim{Name: "geo", Nodes: []linked.Node{{Code: "R", Leaves: []int32{0, 1, 2, 3}}, {Code: "P1", Leaves: []int32{0, 1}}, {Code: "P2", Leaves: []int32{2, 3}},
		{Code: "D1", Leaves: []int32{0}}, {Code: "D2", Leaves: []int32{1}}, {Code: "D3", Leaves: []int32{2}}, {Code: "D4", Leaves: []int32{3}}}}
	quarters := linked.Dim{Name: "period", Nodes: []linked.Node{{Code: "year", Leaves: []int32{0, 1, 2, 3}}}}
	for q := range int32(4) {
		quarters.Nodes = append(quarters.Nodes, linked.Node{Code: fmt.Sprintf("2025-Q%d", q+1), Leaves: []int32{q}})
	}
	sex := linked.Dim{Name: "sex", Nodes: []linked.Node{{Code: "_T", Leaves: []int32{0, 1}}, {Code: "F", Leaves: []int32{0}}, {Code: "M", Leaves: []int32{1}}}}
	answer := linked.Dim{Name: "answer", Nodes: []linked.Node{{Code: "denominator", Leaves: []int32{0, 1}}, {Code: "numerator", Leaves: []int32{0}}, {Code: "rest", Leaves: []int32{1}}}}
	f = &linked.Family{Name: "what a reader adds up", Dims: []linked.Dim{region, quarters, sex, answer}}
	node := func(d linked.Dim, code string) int32 {
		return int32(slices.IndexFunc(d.Nodes, func(n linked.Node) bool { return n.Code == code }))
	}
	for _, key := range sorted(truth) {
		r := truth[key]
		for a, n := range []int64{r.trueD, r.trueN, r.trueD - r.trueN} {
			c := linked.Cell{At: []int32{node(region, r.geo), node(quarters, r.period), node(sex, r.sex), int32(a)}, N: n}
			if a == 0 {
				c.Least = 1 // a row of nobody is never hidden
			}
			if n > 0 && n < 3 {
				c.Need = 3
			}
			f.Cells, rows = append(f.Cells, c), append(rows, key)
		}
	}
	return f, rows
}

// breaches are the sensitive cells of a release's truth that follow from the rows
// of which the reader has the right numbers.
func breaches(t *testing.T, truth kept, has func(key string, r keptRow) bool) int {
	t.Helper()
	f, rows := tables(truth)
	known := make([]bool, len(rows))
	for i, key := range rows {
		known[i] = has(key, truth[key])
	}
	found, err := attack.Exact(t.Context(), f, known)
	if err != nil {
		t.Fatal(err)
	}
	return len(found.Breaches()) + len(found.Shown)
}

// right says that some of the releases show a row as it was in truth.
func right(releases []kept, key string, truth keptRow) bool {
	return slices.ContainsFunc(releases, func(k kept) bool {
		r, ok := k[key]
		return ok && r.shown && r.n == truth.trueN && r.d == truth.trueD
	})
}

// event is something that came in after a release: of a district, quarter and sex
// so many more, in the numerator and in all.
type event struct {
	district, period, sex string
	n, d                  int
}

// happen adds events, and takes some of before back: numbers that were shown
// once are right again.
func (s set) happen(t *testing.T, rng *rand.Rand, undo []event) []event {
	t.Helper()
	for range rng.IntN(20) {
		d := rng.IntN(25)
		e := event{fmt.Sprintf("D%d", 1+rng.IntN(4)), fmt.Sprintf("2025-Q%d", 1+rng.IntN(4)), []string{"F", "M"}[rng.IntN(2)], rng.IntN(d + 1), d}
		if len(undo) > 0 && rng.IntN(2) == 0 {
			e, undo = undo[0], undo[1:]
		} else {
			undo = append(undo, event{e.district, e.period, e.sex, -e.n, -e.d})
		}
		s.late(t, e.district, e.period, e.sex, e.n, e.d)
	}
	return undo
}

func TestWhoKeptEightReleasesFindsNobody(t *testing.T) {
	annual, held := 0, 0
	for seed := range uint64(6) {
		rng := rand.New(rand.NewPCG(seed, 8))
		s := small(t, "", asIs)
		s.exec(t, `INSERT INTO reference.parameters VALUES ('annual_revision_month', 12, 'month', NULL, 'x', 'proposal')`)
		var releases []kept
		var undo []event
		for i := range 8 {
			s.exec(t, fmt.Sprintf(`CREATE OR REPLACE VIEW ledger.completeness AS SELECT 'cells' AS contract, DATE '2025-%02d-28' AS complete_to`, 3*(i%4+1)))
			if i > 0 {
				undo = s.happen(t, rng, undo)
			}
			report := s.protect(t, across)
			now := s.keep(t)
			if n := breaches(t, now, func(_ string, r keptRow) bool { return r.shown && !r.old }); n > 0 {
				t.Errorf("seed %d, release %d: %d sensitive numbers follow from it alone", seed, i+1, n)
			}
			releases = append(releases, now)
			s.release(t, fmt.Sprint(i+1))
			if report.Across != nil {
				held += report.Across.Blocks[0].Held
				if report.Across.Annual {
					annual++
				}
			}
			if len(report.Gate.Withheld) > 0 {
				continue // it shows what the last release showed: see the test of these
			}
			if n := breaches(t, now, func(key string, r keptRow) bool { return right(releases, key, r) }); n > 0 {
				t.Errorf("seed %d, release %d: %d sensitive numbers follow from it and those before", seed, i+1, n)
			}
		}
		for i, then := range releases {
			if n := breaches(t, then, func(key string, r keptRow) bool { return right(releases, key, r) }); n > 0 {
				t.Errorf("seed %d: %d sensitive numbers of release %d follow from all eight", seed, n, i+1)
			}
		}
	}
	if annual < 12 || held < 100 {
		t.Errorf("%d annual revisions, %d blocks held: the test shows little", annual, held)
	}
}
