package attack

import (
	"context"
	"fmt"
	"math"
	"slices"

	"osservatorio/queries/disclosure/linked"
)

// System is what the attacker writes down: a cell he does not know is an
// unknown, and each equation says that a cell is the sum of its parts. The
// equations hold for every way to part a cell; those that imply all others are
// marked.
type System struct {
	Unknowns  []Unknown
	Of        []int32 // by cell of the family: its unknown; −1 when it is known, by itself or from a published zero
	Equations []Equation
	Finest    bool // all finest cells below hidden ones are among the unknowns: there were few enough
}

// Unknown is a sum that nothing shows.
type Unknown struct {
	Listed int32 // first cell of the family that it is; −1 when only the equations need it
	Least  int64 // what everybody knows it to be at least
	Need   int64 // greatest of the cells that it is; 0: not sensitive
}

// Equation is Σ Coef·unknown = Right.
type Equation struct {
	Terms []Term
	Right int64
	Plain bool // needed: all equations follow from the plain ones
}

// Term is one unknown of an equation and how often it counts.
type Term struct {
	Unknown int32
	Coef    int64
}

// MostFinest bounds the finest cells that the exact attacker brings in below
// hidden ones. They can never determine a cell by subtraction that is not
// determined without them; that they are not negative may narrow what it can be.
const MostFinest = 20_000

// sum is one cell of the attacker's world: of the family, or needed by it.
type sum struct {
	key    uint64
	listed int32
	shown  bool
	n      int64
	least  int64
	need   int64
}

type builder struct {
	system    *System
	variables []*variable
	radix     []uint64 // by variable: what its sets count in a key

	sums  []sum
	at    map[uint64]int32
	zeros map[uint64]bool // shown cells of the family that hold nothing
	of    []int32         // by cell of the family: its sum
	index []int32         // by sum: its unknown, −1 when it is known
}

// Equations writes down what an outsider knows of a family, of which he sees
// the cells that known marks; finest is how many finest cells below hidden ones
// may be brought in: below those cells first that have the fewest.
func Equations(ctx context.Context, f *linked.Family, known []bool, finest int) (*System, error) {
	if len(known) != len(f.Cells) {
		return nil, fmt.Errorf("attack %s: known: %d cells: %d expected", f.Name, len(known), len(f.Cells))
	}
	b := &builder{system: &System{}, at: make(map[uint64]int32, 2*len(f.Cells)), zeros: map[uint64]bool{}}
	if err := b.readVariables(f); err != nil {
		return nil, err
	}
	if err := b.readCells(f, known); err != nil {
		return nil, err
	}
	for _, s := range b.sums {
		if s.shown && s.n == 0 {
			b.zeros[s.key] = true
		}
	}
	b.showZeros(0)
	b.refine(f, finest)
	if err := b.close(ctx); err != nil {
		return nil, err
	}
	b.number()
	if err := b.equate(ctx, f); err != nil {
		return nil, err
	}
	return b.system, nil
}

func (b *builder) readVariables(f *linked.Family) error {
	room := uint64(1)
	for _, dim := range f.Dims {
		v, err := readVariable(dim)
		if err != nil {
			return fmt.Errorf("attack %s: %w", f.Name, err)
		}
		n := uint64(len(v.codes))
		if room > math.MaxUint64/n {
			return fmt.Errorf("attack %s: %d variables with too many codes together: fewer than 2^64 combinations expected", f.Name, len(f.Dims))
		}
		b.variables = append(b.variables, v)
		b.radix = append(b.radix, room)
		room *= n
	}
	return nil
}

func (b *builder) readCells(f *linked.Family, known []bool) error {
	sets := make([]int32, len(f.Dims))
	for i, cell := range f.Cells {
		if len(cell.At) != len(f.Dims) {
			return fmt.Errorf("attack %s: cell %d: %d codes: one for each of %d variables expected", f.Name, i, len(cell.At), len(f.Dims))
		}
		for d, node := range cell.At {
			if node < 0 || int(node) >= len(b.variables[d].set) {
				return fmt.Errorf("attack %s: cell %d: node %d of %q: one of its nodes expected", f.Name, i, node, f.Dims[d].Name)
			}
			sets[d] = b.variables[d].set[node]
		}
		if cell.N < 0 {
			return fmt.Errorf("attack %s: cell %s: holds %d: a count from 0 expected", f.Name, Name(f, int32(i)), cell.N)
		}
		at := b.sum(b.key(sets))
		b.of = append(b.of, at)
		s := &b.sums[at]
		if s.listed >= 0 && f.Cells[s.listed].N != cell.N {
			return fmt.Errorf("attack %s: cell %s: holds %d and %d: one sum has one value", f.Name, Name(f, int32(i)), f.Cells[s.listed].N, cell.N)
		}
		if s.listed < 0 {
			s.listed, s.n = int32(i), cell.N
		}
		s.shown = s.shown || known[i]
		if cell.Least <= cell.N { // nobody can know what is not so
			s.least = max(s.least, cell.Least)
		}
		s.need = max(s.need, cell.Need)
	}
	return nil
}

// Name says which cell it is by the codes that are not totals.
func Name(f *linked.Family, cell int32) string {
	name := ""
	for d, node := range f.Cells[cell].At {
		if node == f.Dims[d].Total {
			continue
		}
		if name != "" {
			name += ", "
		}
		name += f.Dims[d].Name + "=" + f.Dims[d].Nodes[node].Code
	}
	if name == "" {
		return "total"
	}
	return name
}

func (b *builder) key(sets []int32) uint64 {
	key := uint64(0)
	for d, s := range sets {
		key += uint64(s) * b.radix[d]
	}
	return key
}

func (b *builder) sets(key uint64, sets []int32) {
	for d, v := range b.variables {
		sets[d] = int32(key / b.radix[d] % uint64(len(v.codes)))
	}
}

// sum finds or makes the sum with a key.
func (b *builder) sum(key uint64) int32 {
	at, ok := b.at[key]
	if !ok {
		at = int32(len(b.sums))
		b.at[key] = at
		b.sums = append(b.sums, sum{key: key, listed: -1})
	}
	return at
}

// showZeros marks as known, from a position on, what a published zero covers:
// counts are not negative, so all parts of nothing are nothing.
func (b *builder) showZeros(from int) {
	if len(b.zeros) == 0 {
		return
	}
	sets := make([]int32, len(b.variables))
	for i := from; i < len(b.sums); i++ {
		if b.sums[i].shown {
			continue
		}
		b.sets(b.sums[i].key, sets)
		if b.covered(sets, 0, 0) {
			b.sums[i].shown = true
		}
	}
}

// covered says whether a shown cell that holds a cell is zero.
func (b *builder) covered(sets []int32, d int, key uint64) bool {
	if d == len(sets) {
		return b.zeros[key]
	}
	for _, above := range b.variables[d].above[sets[d]] {
		if b.covered(sets, d+1, key+uint64(above)*b.radix[d]) {
			return true
		}
	}
	return false
}

// close adds, for every cell that follows from earlier ones, those it follows
// from: then the equations know all that the finest table would tell.
func (b *builder) close(ctx context.Context) error {
	sets := make([]int32, len(b.variables))
	for i := 0; i < len(b.sums); i++ {
		if i%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		before := len(b.sums)
		b.sets(b.sums[i].key, sets)
		d, r := b.derived(sets)
		for _, w := range r {
			b.sum(b.sums[i].key + (uint64(w.set)-uint64(sets[d]))*b.radix[d])
		}
		b.showZeros(before)
	}
	return nil
}

// derived is how a cell follows from earlier ones: in the first variable where
// its set does.
func (b *builder) derived(sets []int32) (int, relation) {
	for d, s := range sets {
		if r := b.variables[d].derive[s]; r != nil {
			return d, r
		}
	}
	return 0, nil
}

// number gives each sum that is not shown its unknown.
func (b *builder) number() {
	b.index = make([]int32, len(b.sums))
	for i, s := range b.sums {
		b.index[i] = -1
		if s.shown {
			continue
		}
		b.index[i] = int32(len(b.system.Unknowns))
		b.system.Unknowns = append(b.system.Unknowns, Unknown{Listed: s.listed, Least: s.least, Need: s.need})
	}
	for _, at := range b.of {
		b.system.Of = append(b.system.Of, b.index[at])
	}
}

func (b *builder) equate(ctx context.Context, f *linked.Family) error {
	sets := make([]int32, len(b.variables))
	plain := make(map[[2]uint64]bool)
	for i := range b.sums {
		if i%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		b.sets(b.sums[i].key, sets)
		d, r := b.derived(sets)
		if r == nil {
			continue
		}
		base := b.sums[i].key - uint64(sets[d])*b.radix[d]
		if err := b.equation(f, d, base, r, true); err != nil {
			return err
		}
		if parent, ok := b.parted(d, r); ok {
			plain[[2]uint64{base + uint64(parent)*b.radix[d], b.mark(d, r)}] = true
		}
	}
	return b.equateParts(f, plain)
}

// parted is the parent of a relation that is a partition.
func (b *builder) parted(d int, r relation) (int32, bool) {
	for _, w := range r[1:] {
		if w.coef != -1 {
			return 0, false
		}
	}
	return r[0].set, r[0].coef == 1
}

// mark tells partitions of one set apart: by variable and last part.
func (b *builder) mark(d int, r relation) uint64 {
	last := int32(0)
	for _, w := range r {
		last = max(last, w.set)
	}
	return uint64(d)<<32 | uint64(last)
}

// equateParts adds the remaining ways to part a cell: they follow from the
// plain equations, but bounds travel further along them.
func (b *builder) equateParts(f *linked.Family, plain map[[2]uint64]bool) error {
	sets := make([]int32, len(b.variables))
	for i := range b.sums {
		key := b.sums[i].key
		b.sets(key, sets)
		for d, v := range b.variables {
			base := key - uint64(sets[d])*b.radix[d]
			for _, children := range v.parts[sets[d]] {
				if plain[[2]uint64{key, uint64(d)<<32 | uint64(slices.Max(children))}] || !b.present(d, base, children) {
					continue
				}
				if err := b.equation(f, d, base, partition(sets[d], children), false); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (b *builder) present(d int, base uint64, children []int32) bool {
	for _, c := range children {
		if _, ok := b.at[base+uint64(c)*b.radix[d]]; !ok {
			return false
		}
	}
	return true
}

// equation adds one relation between cells that differ in one variable. What
// is known moves to the right side; where all is known, it must add up.
func (b *builder) equation(f *linked.Family, d int, base uint64, r relation, plain bool) error {
	e := Equation{Plain: plain}
	for _, w := range r {
		at := b.at[base+uint64(w.set)*b.radix[d]]
		if u := b.index[at]; u >= 0 {
			e.Terms = append(e.Terms, Term{Unknown: u, Coef: w.coef})
		} else {
			e.Right -= w.coef * b.sums[at].n
		}
	}
	if len(e.Terms) > 0 {
		b.system.Equations = append(b.system.Equations, e)
		return nil
	}
	if e.Right == 0 {
		return nil
	}
	for _, w := range r {
		if s := b.sums[b.at[base+uint64(w.set)*b.radix[d]]]; s.listed >= 0 {
			return fmt.Errorf("attack %s: cell %s: its parts by %q and it differ by %d: tables that add up expected", f.Name, Name(f, s.listed), f.Dims[d].Name, e.Right)
		}
	}
	return fmt.Errorf("attack %s: parts by %q differ by %d from their sum: tables that add up expected", f.Name, f.Dims[d].Name, e.Right)
}
