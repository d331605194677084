package main

import (
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strings"
	"testing"
)

// Tables of different subjects may be related although nobody says so: two
// counts make a third, what is there at the end is what was there before and
// what came and less what went. The outsider looks for whatever holds everywhere
// between two, three or four series of one place, one of them perhaps of the
// period before, and takes it for a law.

// column is a series by place, or the same series one period earlier.
type column struct {
	name  string
	lag   bool
	at    map[string]int // unknowns by place
	print uint64         // sum of its numbers, each times a weight of its place
}

// law says that the columns on the left are together those on the right.
type law struct{ left, right []*column }

func (l law) String() string {
	side := func(cs []*column) string {
		names := make([]string, len(cs))
		for i, c := range cs {
			names[i] = c.name
		}
		return strings.Join(names, " + ")
	}
	return side(l.left) + " = " + side(l.right)
}

// relations adds every law that is found to the sums and solves again.
func (o *outside) relations(t *testing.T) {
	a := o.readSums(t)
	before := a.solve(a.known())
	for _, kind := range []string{"year", "quarter", "month"} {
		for _, breakdown := range a.breakdowns() {
			columns := a.columns(kind, breakdown)
			laws := lawsOf(columns)
			held := 0
			for _, l := range laws {
				if a.addLaw(l) {
					held++
					t.Logf("%s, by %s: %s", kind, breakdown, l)
				}
			}
			if len(laws) > 0 {
				t.Logf("%s, by %q: %d columns, %d laws looked at, %d hold where they can be seen", kind, breakdown, len(columns), len(laws), held)
			}
		}
	}
	found := a.solve(a.known())
	t.Logf("found %d counts, %d without the laws", len(found), len(before))
	for i, u := range a.all {
		if value, ok := found[a.root(i)]; ok && u.sensitive {
			t.Errorf("%s at %s follows from a law between tables: %d, which is %d of what is counted", u.series, u.place, value, u.truth/int64(o.unit))
		}
	}
}

// breakdownOf names what a place is broken down by, codes left out.
func breakdownOf(place string) string {
	var names []string
	for _, part := range strings.Split(place, "|")[2:] {
		name, _, _ := strings.Cut(part, "=")
		names = append(names, name)
	}
	return strings.Join(names, ",")
}

func (a *attackOnSums) breakdowns() []string {
	all := map[string]bool{}
	for _, u := range a.all {
		all[breakdownOf(u.place)] = true
	}
	return slices.Sorted(maps.Keys(all))
}

// periodBefore is the period before one of the same kind.
func periodBefore(period string) string {
	year, n := 0, 0
	switch {
	case len(period) == 4:
		fmt.Sscanf(period, "%d", &year)
		return fmt.Sprint(year - 1)
	case period[5] == 'Q':
		fmt.Sscanf(period, "%d-Q%d", &year, &n)
		if n--; n == 0 {
			year, n = year-1, 4
		}
		return fmt.Sprintf("%d-Q%d", year, n)
	}
	fmt.Sscanf(period, "%d-%d", &year, &n)
	if n--; n == 0 {
		year, n = year-1, 12
	}
	return fmt.Sprintf("%d-%02d", year, n)
}

func kindOfPeriod(period string) string {
	switch {
	case len(period) == 4:
		return "year"
	case period[5] == 'Q':
		return "quarter"
	}
	return "month"
}

// columns are the series of a kind of period and a breakdown, each by itself and
// one period earlier. Series that are the same everywhere are one.
func (a *attackOnSums) columns(kind, breakdown string) []*column {
	by := map[string]*column{}
	for i, u := range a.all {
		parts := strings.SplitN(u.place, "|", 3)
		if kindOfPeriod(parts[1]) != kind || breakdownOf(u.place) != breakdown {
			continue
		}
		if by[u.series] == nil {
			by[u.series] = &column{name: u.series, at: map[string]int{}}
		}
		by[u.series].at[u.place] = i
	}
	var out []*column
	for _, name := range slices.Sorted(maps.Keys(by)) {
		now := by[name]
		earlier := &column{name: name + " before", lag: true, at: map[string]int{}}
		for place := range now.at {
			parts := strings.SplitN(place, "|", 3)
			was := slices.Clone(parts)
			was[1] = periodBefore(parts[1])
			if i, ok := now.at[strings.Join(was, "|")]; ok {
				earlier.at[place] = i
			}
		}
		out = append(out, now, earlier)
	}
	return a.oneOfEach(out)
}

// oneOfEach gives each column its print over the places that most of them have,
// and leaves out those without them, without numbers, or the same as another.
func (a *attackOnSums) oneOfEach(columns []*column) []*column {
	times := map[string]int{}
	for _, c := range columns {
		for place := range c.at {
			times[place]++
		}
	}
	var common []string
	for place, n := range times {
		if 10*n >= 8*len(columns) {
			common = append(common, place)
		}
	}
	slices.Sort(common)
	seenPrint := map[uint64]bool{0: true}
	var out []*column
	for _, c := range columns {
		c.print = 0
		whole := true
		for _, place := range common {
			i, ok := c.at[place]
			if whole = whole && ok; !ok {
				break
			}
			c.print += weightOf(place) * uint64(a.all[i].truth)
		}
		if whole && !seenPrint[c.print] {
			seenPrint[c.print] = true
			out = append(out, c)
		}
	}
	return out
}

func weightOf(place string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(place))
	return h.Sum64()*0x9E3779B97F4A7C15 | 1
}

// lawsOf looks among all columns for two that make a third, and for two that make
// as much as two others.
func lawsOf(columns []*column) []law {
	var out []law
	by := map[uint64]*column{}
	for _, c := range columns {
		by[c.print] = c
	}
	type pair struct{ a, b *column }
	pairs := map[uint64][]pair{}
	for i, a := range columns {
		for _, b := range columns[i:] {
			sum := a.print + b.print
			if c := by[sum]; c != nil { // with it, four of them say nothing new
				if !saidAlready(c, a, b) {
					out = append(out, law{[]*column{c}, []*column{a, b}})
				}
				continue
			}
			for _, p := range pairs[sum] {
				if p.a != a && p.b != b && p.a != b && p.b != a && !(a.lag && b.lag && p.a.lag && p.b.lag) {
					out = append(out, law{[]*column{p.a, p.b}, []*column{a, b}})
				}
			}
			pairs[sum] = append(pairs[sum], pair{a, b})
		}
	}
	return out
}

// saidAlready says that three columns are the parts of one measure, which the sums hold
// anyhow, or say of the period before what they say of this one.
func saidAlready(columns ...*column) bool {
	lags, parts := 0, map[string]bool{}
	for _, c := range columns {
		if c.lag {
			lags++
		}
		parts[strings.Join(strings.Fields(c.name)[:2], " ")] = true
	}
	return lags == len(columns) || lags == 0 && len(parts) == 1
}

// addLaw adds what a law says of each place, if it is never false and enough of
// it is seen to be true.
func (a *attackOnSums) addLaw(l law) bool {
	var hold []equation
	open := 0
	for place := range l.left[0].at {
		e := equation{map[int]int64{}}
		sum, there, shown, some := int64(0), true, true, true
		for _, side := range []struct {
			columns []*column
			sign    int64
		}{{l.left, 1}, {l.right, -1}} {
			for _, c := range side.columns {
				i, ok := c.at[place]
				if !ok {
					there = false
					break
				}
				sum += side.sign * a.all[i].truth
				shown = shown && a.all[i].shown
				some = some && a.all[i].truth > 0
				e.terms[a.root(i)] += side.sign
			}
		}
		if !there {
			continue
		}
		if sum != 0 {
			return false
		}
		hold = append(hold, e)
		if shown && some {
			open++
		}
	}
	if open < seen {
		return false
	}
	a.sums = append(a.sums, hold...)
	return true
}
