package attack

import (
	"fmt"
	"slices"
	"sort"

	"osservatorio/queries/disclosure/linked"
)

// variable is a dimension as this attacker sees it: distinct sets of finest
// codes, coarse ones first. Two nodes with the same codes are one set.
type variable struct {
	name   string
	total  int32
	set    []int32    // by node of the family: its set
	codes  [][]uint64 // by set: finest codes as bits
	above  [][]int32  // by set: sets that hold it, itself among them
	derive []relation // by set: how it follows from earlier sets; empty for a set that is independent
	parts  [][][]int32
}

// relation says that the weighted sum of sets is empty: every finest code is
// counted zero times.
type relation []weight

type weight struct {
	set  int32
	coef int64
}

func readVariable(dim linked.Dim) (*variable, error) {
	if int(dim.Total) < 0 || int(dim.Total) >= len(dim.Nodes) {
		return nil, fmt.Errorf("read variable %q: total %d: one of its %d nodes expected", dim.Name, dim.Total, len(dim.Nodes))
	}
	words := 1
	for _, node := range dim.Nodes {
		for _, leaf := range node.Leaves {
			if leaf < 0 {
				return nil, fmt.Errorf("read variable %q: node %q: finest code %d: a number from 0 expected", dim.Name, node.Code, leaf)
			}
			words = max(words, int(leaf)/64+1)
		}
	}
	v := &variable{name: dim.Name, set: make([]int32, len(dim.Nodes))}
	masks := make([][]uint64, len(dim.Nodes))
	for i, node := range dim.Nodes {
		masks[i] = mask(node.Leaves, words)
		if len(node.Leaves) == 0 {
			return nil, fmt.Errorf("read variable %q: node %q: no finest code below it: one or more expected", dim.Name, node.Code)
		}
	}
	for i, node := range dim.Nodes {
		if !within(masks[i], masks[dim.Total]) {
			return nil, fmt.Errorf("read variable %q: node %q: not over the same finest codes as the total %q", dim.Name, node.Code, dim.Nodes[dim.Total].Code)
		}
	}
	v.order(masks)
	v.total = v.set[dim.Total]
	v.relate()
	if err := v.deriveAll(); err != nil {
		return nil, err
	}
	return v, nil
}

// order numbers the distinct sets: larger ones first, else as the family has them.
func (v *variable) order(masks [][]uint64) {
	by := make([]int, len(masks))
	for i := range by {
		by[i] = i
	}
	sort.SliceStable(by, func(i, j int) bool { return size(masks[by[i]]) > size(masks[by[j]]) })
	seen := map[string]int32{}
	for _, i := range by {
		name := fmt.Sprint(masks[i])
		at, ok := seen[name]
		if !ok {
			at = int32(len(v.codes))
			seen[name] = at
			v.codes = append(v.codes, masks[i])
		}
		v.set[i] = at
	}
}

// relate finds what holds what, and in which ways a set is parted by others.
func (v *variable) relate() {
	n := len(v.codes)
	v.above = make([][]int32, n)
	below := make([][]int32, n)
	for s := range v.codes {
		for t := 0; t <= s; t++ {
			if within(v.codes[s], v.codes[t]) {
				v.above[s] = append(v.above[s], int32(t))
				if s != t {
					below[t] = append(below[t], int32(s))
				}
			}
		}
	}
	v.parts = make([][][]int32, n)
	for s := range v.codes {
		v.parts[s] = v.partitions(s, below[s])
	}
}

// mostPartitions bounds the ways of parting one set that are looked at; a set
// has one for each tree it stands in. More of them only help to narrow bounds.
const mostPartitions = 16

// partitions lists the ways to part a set by the largest sets below it.
func (v *variable) partitions(s int, below []int32) [][]int32 {
	var largest []int32
	for _, b := range below {
		inner := slices.ContainsFunc(largest, func(l int32) bool { return within(v.codes[b], v.codes[l]) })
		if !inner {
			largest = append(largest, b)
		}
	}
	tried := 0
	var found [][]int32
	var cover func(left []uint64, chosen []int32)
	cover = func(left []uint64, chosen []int32) {
		tried++
		if tried > 1<<14 || len(found) == mostPartitions {
			return
		}
		leaf := lowest(left)
		if leaf < 0 {
			found = append(found, slices.Clone(chosen))
			return
		}
		for _, b := range largest {
			if has(v.codes[b], leaf) && within(v.codes[b], left) {
				cover(minus(left, v.codes[b]), append(chosen, b))
			}
		}
	}
	cover(v.codes[s], nil)
	return found
}

// deriveAll finds for each set that depends on earlier ones a relation with few
// terms: siblings and their parent first, plain elimination where sets overlap.
func (v *variable) deriveAll() error {
	v.derive = make([]relation, len(v.codes))
	for p := range v.parts {
		for _, children := range v.parts[p] {
			last := slices.Max(children)
			if old := v.derive[last]; old == nil || len(old) > len(children)+1 {
				v.derive[last] = partition(int32(p), children)
			}
		}
	}
	independent := newSpan()
	for s := range v.codes {
		if v.derive[s] != nil {
			continue
		}
		found := independent.insert(int32(s), v.codes[s])
		if found == nil {
			continue
		}
		whole, err := v.whole(found)
		if err != nil {
			return err
		}
		v.derive[s] = whole
	}
	return nil
}

func partition(parent int32, children []int32) relation {
	r := relation{{parent, 1}}
	for _, c := range children {
		r = append(r, weight{c, -1})
	}
	return r
}

// largestDenominator bounds the fractions that a relation between overlapping
// sets may hold.
const largestDenominator = 5040

// whole turns weights modulo the prime into whole numbers and proves them.
func (v *variable) whole(combination map[int32]element) (relation, error) {
	for d := int64(1); d <= largestDenominator; d++ {
		var r relation
		for set, w := range combination {
			n := signed(mul(w, number(d)))
			if n > 1<<20 || n < -1<<20 {
				r = nil
				break
			}
			if n != 0 {
				r = append(r, weight{set, n})
			}
		}
		if r != nil && v.empty(r) {
			slices.SortFunc(r, func(a, b weight) int { return int(a.set) - int(b.set) })
			return r, nil
		}
	}
	return nil, fmt.Errorf("read variable %q: its trees overlap so that no small whole weights relate them: plainer groups of codes expected", v.name)
}

// empty proves a relation: every finest code is counted zero times.
func (v *variable) empty(r relation) bool {
	counted := map[int]int64{}
	for _, w := range r {
		for left := v.codes[w.set]; ; {
			leaf := lowest(left)
			if leaf < 0 {
				break
			}
			counted[leaf] += w.coef
			left = without(left, leaf)
		}
	}
	for _, n := range counted {
		if n != 0 {
			return false
		}
	}
	return true
}
