package main

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"osservatorio/queries/release"
)

// The attack by sums and differences is written anew here, from the published
// files alone: unknown numbers, equations between them, elimination in whole
// numbers modulo a prime. It shares nothing with what hides or with the gate.

// unknown is one count of a published line: a numerator, a denominator, what is
// left of it, or the value of a count.
type unknown struct {
	series    string // view, measure and part
	place     string // territory, period and codes, whatever the view
	truth     int64
	shown     bool
	sensitive bool // its policy forbids to show it
	allowed   bool // its policy has looked at it and allows to show it
}

// attackOnSums holds all unknowns of a release and the sums that hold between them.
type attackOnSums struct {
	all  []unknown
	at   map[[2]string]int // by series and place
	same []int             // union of those that are the same count
	sums []equation
}

// equation says that the sum of its terms is zero.
type equation struct {
	terms map[int]int64
}

func (o *outside) sumsAndDifferences(t *testing.T) {
	a := o.readSums(t)
	hidden, sensitive := 0, 0
	for _, u := range a.all {
		if !u.shown {
			hidden++
			if u.sensitive {
				sensitive++
			}
		}
	}
	if hidden < 500 || sensitive < 100 || len(a.sums) < 1000 {
		t.Fatalf("%d hidden counts, %d sensitive, %d sums: the test shows little", hidden, sensitive, len(a.sums))
	}
	found := a.solve(a.known())
	t.Logf("%d counts, %d hidden, of them %d sensitive; %d sums and differences; found %d, of them %d sensitive",
		len(a.all), hidden, sensitive, len(a.sums), len(found), a.breaches(t, found))
	for i, u := range a.all {
		if value, ok := found[a.root(i)]; ok && u.sensitive {
			t.Errorf("%s at %s follows from what is shown: %d, which is %d of what is counted", u.series, u.place, value, u.truth/int64(o.unit))
		}
	}
	// the attack finds something where only what is small itself is hidden
	alone := a.known()
	for i, u := range a.all {
		alone[a.root(i)] = alone[a.root(i)] || !u.sensitive
	}
	for i, u := range a.all {
		if u.sensitive && !u.shown {
			alone[a.root(i)] = false
		}
	}
	if n := a.breaches(t, a.peel(alone)); n < 100 {
		t.Errorf("with small counts alone hidden only %d follow: the attack finds nothing", n)
	}
}

// breaches counts sensitive numbers among those found, which must be true.
func (a *attackOnSums) breaches(t *testing.T, found map[int]int64) int {
	t.Helper()
	n := 0
	told := map[int]bool{}
	for i, u := range a.all {
		r := a.root(i)
		value, ok := found[r]
		if !ok {
			continue
		}
		if value != u.truth {
			t.Fatalf("%s %s: found %d, is %d: the sums do not hold", u.series, u.place, value, u.truth)
		}
		if u.sensitive && !told[r] {
			told[r] = true
			n++
		}
	}
	return n
}

func (a *attackOnSums) root(i int) int {
	for a.same[i] != i {
		a.same[i] = a.same[a.same[i]]
		i = a.same[i]
	}
	return i
}

// known says by root which counts are shown.
func (a *attackOnSums) known() map[int]bool {
	known := map[int]bool{}
	for i, u := range a.all {
		if u.shown {
			known[a.root(i)] = true
		}
	}
	return known
}

func (o *outside) readSums(t *testing.T) *attackOnSums {
	t.Helper()
	a := &attackOnSums{at: map[[2]string]int{}}
	for _, name := range slices.Sorted(maps.Keys(o.truth)) {
		o.readView(t, a, name)
	}
	a.same = make([]int, len(a.all))
	for i := range a.same {
		a.same[i] = i
	}
	a.uniteSame()
	a.allow()
	for _, name := range slices.Sorted(maps.Keys(o.truth)) {
		o.addSums(a, name)
	}
	return a
}

// readView adds what a view shows and hides.
func (o *outside) readView(t *testing.T, a *attackOnSums, name string) {
	frame, h := o.frames[name], o.frames[name].Header
	rule := wallRules[name]
	small := func(n float64) bool { return n > 0 && n < rule.least*o.unit }
	for row := range frame.All() {
		truth, ok := o.truth[name][keyOfRow(h, row)]
		if !ok {
			t.Fatalf("%s: no cell %s in the cube", name, keyOfRow(h, row))
		}
		place := placeOf(h, row)
		add := func(part string, n float64, shown, judged bool) {
			if math.IsNaN(n) {
				return
			}
			a.at[[2]string{name + " " + row.Measure + " " + part, place}] = len(a.all)
			a.all = append(a.all, unknown{name + " " + row.Measure + " " + part, place, int64(math.Round(n)), shown, judged && small(n) && !shown, judged && !small(n)})
		}
		zero := row.Status == release.CannotExist
		if h.Kind == release.Count {
			derived := row.Measure == "balance"
			if !derived || row.Value != nil || !math.IsNaN(truth.value) {
				add("value", truth.value, row.Value != nil, !derived)
			}
			continue
		}
		add("numerator", truth.numerator, row.Numerator != nil || zero, !rule.open)
		add("denominator", truth.denominator, row.Denominator != nil || zero, true)
		add("rest", truth.denominator-truth.numerator, row.Denominator != nil || zero, rule.complement)
	}
}

// placeOf is where a line stands, the same for all views.
func placeOf(h release.Header, row release.Row) string {
	place := []string{row.Geo, row.Period}
	for i, b := range h.Breakdowns {
		if row.By[i] != "_T" {
			place = append(place, b+"="+row.By[i])
		}
	}
	slices.Sort(place[2:])
	return strings.Join(place, "|")
}

// uniteSame unites series that are equal wherever both are: so an outsider
// would see, where both are shown, that two tables tell the same count.
func (a *attackOnSums) uniteSame() {
	by := map[string]map[string]int{}
	for i, u := range a.all {
		if by[u.series] == nil {
			by[u.series] = map[string]int{}
		}
		by[u.series][u.place] = i
	}
	names := slices.Sorted(maps.Keys(by))
	for i, one := range names {
		for _, other := range names[i+1:] {
			a.uniteIfSame(by[one], by[other])
		}
	}
}

// seen is in how many places, of those where everything is shown and somebody
// counted, an outsider must have seen a sum hold before he believes in it.
const seen = 5

// allow takes it as no secret, as the policies of the project do, where one of
// them allows to show what another forbids: the same count in two tables.
func (a *attackOnSums) allow() {
	allowed := map[int]bool{}
	for i, u := range a.all {
		allowed[a.root(i)] = allowed[a.root(i)] || u.allowed || u.shown
	}
	for i := range a.all {
		a.all[i].sensitive = a.all[i].sensitive && !allowed[a.root(i)]
	}
}

func (a *attackOnSums) uniteIfSame(one, other map[string]int) {
	if len(one) > len(other) {
		one, other = other, one
	}
	somebody := 0
	for place, i := range one {
		j, ok := other[place]
		if !ok {
			continue
		}
		if a.all[i].truth != a.all[j].truth {
			return
		}
		if a.all[i].truth != 0 && a.all[i].shown && a.all[j].shown {
			somebody++
		}
	}
	if somebody < seen {
		return
	}
	for place, i := range one {
		if j, ok := other[place]; ok {
			a.same[a.root(i)] = a.root(j)
		}
	}
}

// addSums adds every sum over territories, codes and periods of a view that
// holds everywhere.
func (o *outside) addSums(a *attackOnSums, name string) {
	frame, h := o.frames[name], o.frames[name].Header
	children := map[string]map[string][]string{} // parent → level → codes
	for _, g := range o.rel.Geos {
		for _, p := range g.Parents {
			if children[p] == nil {
				children[p] = map[string][]string{}
			}
			children[p][g.Level] = append(children[p][g.Level], g.Code)
		}
	}
	codes := make([]map[string]bool, len(h.Breakdowns))
	for i := range codes {
		codes[i] = map[string]bool{}
	}
	for row := range frame.All() {
		for i, code := range row.By {
			codes[i][code] = code != "_T"
		}
	}
	kinds := map[string][][]string{} // kind of sum → whole and parts by key
	for row := range frame.All() {
		for level, parts := range children[row.Geo] {
			kind := row.Measure + " over " + row.GeoLevel + " of " + level
			kinds[kind] = append(kinds[kind], sumOf(h, row, len(parts), func(r *release.Row, i int) { r.Geo = parts[i] }))
		}
		for b := range h.Breakdowns {
			if row.By[b] != "_T" {
				continue
			}
			var parts []string
			for _, code := range slices.Sorted(maps.Keys(codes[b])) {
				if codes[b][code] {
					parts = append(parts, code)
				}
			}
			kind := row.Measure + " over " + h.Breakdowns[b] + " at " + row.GeoLevel
			kinds[kind] = append(kinds[kind], sumOf(h, row, len(parts), func(r *release.Row, i int) { r.By = slices.Clone(r.By); r.By[b] = parts[i] }))
		}
		for finer, periods := range partsOfPeriod(row.Period) {
			kind := row.Measure + " over " + row.PeriodType + " of " + finer
			kinds[kind] = append(kinds[kind], sumOf(h, row, len(periods), func(r *release.Row, i int) { r.Period = periods[i] }))
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		measure, _, _ := strings.Cut(kind, " ")
		for _, part := range []string{"numerator", "denominator", "rest", "value"} {
			a.addIfAllHold(name+" "+measure+" "+part, kinds[kind])
		}
	}
	a.addRests(name)
}

// sumOf is the place of a whole and those of its parts.
func sumOf(h release.Header, row release.Row, n int, part func(*release.Row, int)) []string {
	out := []string{placeOf(h, row)}
	for i := range n {
		r := row
		part(&r, i)
		out = append(out, placeOf(h, r))
	}
	return out
}

func partsOfPeriod(period string) map[string][]string {
	out := map[string][]string{}
	switch {
	case len(period) == 4:
		for q := 1; q <= 4; q++ {
			out["quarter"] = append(out["quarter"], fmt.Sprintf("%s-Q%d", period, q))
		}
		for m := 1; m <= 12; m++ {
			out["month"] = append(out["month"], fmt.Sprintf("%s-%02d", period, m))
		}
	case len(period) == 7 && period[5] == 'Q':
		for m := 1; m <= 3; m++ {
			out["month"] = append(out["month"], fmt.Sprintf("%s-%02d", period[:4], int(period[6]-'1')*3+m))
		}
	}
	return out
}

// addIfAllHold adds the sums of one kind if none of them is false, and enough of
// them are seen to be true.
func (a *attackOnSums) addIfAllHold(series string, sums [][]string) {
	var hold []equation
	open := 0
	for _, places := range sums {
		e := equation{map[int]int64{}}
		sum, there, shown := int64(0), len(places) > 1, true
		for i, place := range places {
			u, ok := a.at[[2]string{series, place}]
			if !ok {
				there = false
				break
			}
			sign := int64(-1)
			if i == 0 {
				sign = 1
			}
			sum += sign * a.all[u].truth
			shown = shown && a.all[u].shown
			e.terms[a.root(u)] += sign
		}
		if !there {
			continue
		}
		if sum != 0 {
			return
		}
		hold = append(hold, e)
		if u := a.at[[2]string{series, places[0]}]; shown && a.all[u].truth > 0 {
			open++
		}
	}
	if open >= seen {
		a.sums = append(a.sums, hold...)
	}
}

// addRests adds that numerator and rest make the denominator.
func (a *attackOnSums) addRests(view string) {
	for i, u := range a.all {
		series, ok := strings.CutSuffix(u.series, " rest")
		if !ok || !strings.HasPrefix(series, view+" ") {
			continue
		}
		n, d := a.at[[2]string{series + " numerator", u.place}], a.at[[2]string{series + " denominator", u.place}]
		e := equation{map[int]int64{}}
		e.terms[a.root(d)]++
		e.terms[a.root(n)]--
		e.terms[a.root(i)]--
		a.sums = append(a.sums, e)
	}
}

// prime is the modulus; whatever is determined over the fractions is so modulo
// nearly every prime.
const prime = 1<<31 - 1

// solve finds what the sums determine of what is not known.
func (a *attackOnSums) solve(known map[int]bool) map[int]int64 {
	value := map[int]int64{}
	for i, u := range a.all {
		if r := a.root(i); known[r] {
			value[r] = u.truth
		}
	}
	rows := a.reduced(value)
	found := map[int]int64{}
	for _, row := range rows {
		if len(row.terms) == 1 {
			for u := range row.terms {
				found[u] = signedMod(row.right)
			}
		}
	}
	return found
}

// peel finds what follows by one subtraction after the other.
func (a *attackOnSums) peel(known map[int]bool) map[int]int64 {
	value, found := map[int]int64{}, map[int]int64{}
	for i, u := range a.all {
		if r := a.root(i); known[r] {
			value[r] = u.truth
		}
	}
	for more := true; more; {
		more = false
		for _, e := range a.sums {
			open, left, factor := -1, int64(0), int64(0)
			for u, c := range e.terms {
				if x, ok := value[u]; ok {
					left -= c * x
				} else if c != 0 && open < 0 {
					open, factor = u, c
				} else if c != 0 {
					open = -2
					break
				}
			}
			if open >= 0 {
				value[open], found[open], more = left/factor, left/factor, true
			}
		}
	}
	return found
}

// modRow is an equation with its right side, modulo the prime.
type modRow struct {
	terms map[int]int64
	right int64
	pivot int
}

// reduced brings the equations into a form in which each has one unknown of its
// own: shortest first, so that they stay short.
func (a *attackOnSums) reduced(value map[int]int64) []*modRow {
	var rows []*modRow
	for _, e := range a.sums {
		r := &modRow{terms: map[int]int64{}}
		for u, c := range e.terms {
			if x, ok := value[u]; ok {
				r.right = mod(r.right - c*x)
			} else if c != 0 {
				r.terms[u] = mod(c)
			}
		}
		if len(r.terms) > 0 {
			rows = append(rows, r)
		}
	}
	slices.SortStableFunc(rows, func(x, y *modRow) int { return cmp.Compare(len(x.terms), len(y.terms)) })
	pivots, users := map[int]*modRow{}, map[int]map[*modRow]bool{}
	var out []*modRow
	for _, r := range rows {
		for _, u := range slices.Sorted(maps.Keys(r.terms)) {
			if p := pivots[u]; p != nil {
				r.minus(p, u)
			}
		}
		if len(r.terms) == 0 {
			continue
		}
		r.pivot = -1
		for u := range r.terms { // the one that fewest others use
			if r.pivot < 0 || len(users[u]) < len(users[r.pivot]) || len(users[u]) == len(users[r.pivot]) && u < r.pivot {
				r.pivot = u
			}
		}
		r.scale()
		for other := range maps.Clone(users[r.pivot]) {
			before := slices.Collect(maps.Keys(other.terms))
			other.minus(r, r.pivot)
			for _, u := range before {
				delete(users[u], other)
			}
			note(users, other)
		}
		pivots[r.pivot] = r
		note(users, r)
		out = append(out, r)
	}
	return out
}

func note(users map[int]map[*modRow]bool, r *modRow) {
	for u := range r.terms {
		if users[u] == nil {
			users[u] = map[*modRow]bool{}
		}
		users[u][r] = true
	}
}

// minus takes away so much of a row that an unknown goes.
func (r *modRow) minus(p *modRow, u int) {
	f := r.terms[u]
	if f == 0 {
		return
	}
	for v, c := range p.terms {
		if x := mod(r.terms[v] - f*c); x == 0 {
			delete(r.terms, v)
		} else {
			r.terms[v] = x
		}
	}
	r.right = mod(r.right - f*p.right)
}

func (r *modRow) scale() {
	inverse := power(r.terms[r.pivot], prime-2)
	for u, c := range r.terms {
		r.terms[u] = mod(c * inverse)
	}
	r.right = mod(r.right * inverse)
}

func mod(x int64) int64 { return (x%prime + prime) % prime }

func signedMod(x int64) int64 {
	if x > prime/2 {
		return x - prime
	}
	return x
}

func power(x, n int64) int64 {
	out := int64(1)
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			out = mod(out * x)
		}
		x = mod(x * x)
	}
	return out
}
