package witness

import "math"

// mending seeks a witness where no sum of sound swaps was found: it takes the
// swap that does least harm, and mends the harm by further swaps. So chains are
// found, where what one swap breaks the next one puts right. What stays broken
// grows dearer with every step, which leads out of dead ends. Counts of tables
// never fall below zero on the way; cells may.
type mending struct {
	r      *run
	u      int32
	moved  []int64   // by cell: its change so far
	dear   []float64 // by cell: what one person amiss costs; 0: first
	listed []bool    // by cell: stands in broken
	broken []int32
	noted  []int32 // cells of which something was noted: what is left of it is cleared for the next
}

const (
	first   = 100.0 // what one person amiss costs at first; rows cost a few units
	further = 60.0
	repairs = 24 // how many swaps a witness may be made of
	mendFor = 4000
)

// pay is what it costs to change a cell by add; less than nothing where that
// mends it.
func (m *mending) pay(c int32, add int64) float64 {
	before := m.moved[c]
	cost := m.amiss(c, before+add, add) - m.amiss(c, before, 0)
	if before == 0 && !m.r.x.cells[c].fixed {
		cost += m.r.s.tags[c].price
	}
	return cost
}

// amiss is the price of a cell as it would be, changed by add from now and by
// moved from the truth.
func (m *mending) amiss(c int32, moved, add int64) float64 {
	persons := int64(0)
	switch {
	case m.r.x.cells[c].fixed:
		persons = max(moved, -moved)
	default:
		persons = max(0, -(m.r.s.tags[c].room + add))
	}
	if persons == 0 {
		return 0
	}
	dear := m.dear[c]
	if dear == 0 {
		dear = first
	}
	return float64(persons) * dear
}

// owed is what mending everything would give back.
func (m *mending) owed() float64 {
	sum := 0.0
	for _, c := range m.broken {
		sum += m.amiss(c, m.moved[c], 0)
	}
	return sum
}

// mend looks for a witness of u by chains of swaps.
func (r *run) mend(u int32) guard {
	g := guard{cell: u, lost: true}
	cell := &r.x.cells[u]
	short := cell.need - cell.least
	m := r.mending(u)
	defer m.clear()
	r.s.tags[u].room -= short
	r.s.soft = m
	for len(g.swaps) < repairs {
		c, by := m.worst(len(g.swaps))
		if by == 0 {
			break
		}
		r.s.work, r.s.most = mendFor, r.allow()
		s, _, ok := r.s.lift(c, by, math.Inf(1))
		if !ok && by*by > 1 {
			by /= max(by, -by)
			r.s.work, r.s.most = mendFor, r.allow()
			s, _, ok = r.s.lift(c, by, math.Inf(1))
		}
		if !ok {
			break
		}
		g.swaps = append(g.swaps, s)
		r.apply(&s, 1)
		m.note()
	}
	_, left := m.worst(0)
	r.s.soft = nil
	r.undo(&g)
	r.s.tags[u].room += short
	g.found = left == 0
	g.lost = !g.found
	if g.lost {
		g.swaps, g.rows, g.lifts = nil, nil, nil
	}
	return g
}

// mending begins with one cell that is amiss. Its lists are as long as the
// family and serve one cell after the other.
func (r *run) mending(u int32) *mending {
	m := r.mended
	if m == nil {
		n := len(r.x.cells)
		m = &mending{r: r, moved: make([]int64, n), dear: make([]float64, n), listed: make([]bool, n)}
		r.mended = m
	}
	m.u = u
	m.broken = append(m.broken[:0], u)
	m.listed[u] = true
	m.noted = append(m.noted[:0], u)
	return m
}

func (m *mending) clear() {
	for _, c := range m.noted {
		m.moved[c], m.dear[c], m.listed[c] = 0, 0, false
	}
}

// note enters what the last swap changed and makes dearer what is still amiss.
func (m *mending) note() {
	for _, t := range m.r.cells {
		m.moved[t.where] += t.add
		m.noted = append(m.noted, int32(t.where))
	}
	still := m.broken[:0]
	for _, c := range m.broken {
		if m.amiss(c, m.moved[c], 0) > 0 {
			still = append(still, c)
			if m.dear[c] == 0 {
				m.dear[c] = first
			}
			m.dear[c] += further
		} else {
			m.listed[c] = false
		}
	}
	m.broken = still
	for _, t := range m.r.cells {
		c := int32(t.where)
		if !m.listed[c] && m.amiss(c, m.moved[c], 0) > 0 {
			m.broken = append(m.broken, c)
			m.listed[c] = true
		}
	}
}

// worst is the cell that costs most, and by how much it must change; 0 if
// nothing is amiss. Every other step mends one person only.
func (m *mending) worst(step int) (int32, int64) {
	var worst int32
	var by int64
	highest := 0.0
	for _, c := range m.broken {
		price := m.amiss(c, m.moved[c], 0)
		if price <= highest {
			continue
		}
		highest, worst = price, c
		by = -m.r.s.tags[c].room
		if m.r.x.cells[c].fixed {
			by = -m.moved[c]
		}
	}
	if step%2 == 1 && by != 0 {
		by /= max(by, -by)
	}
	return worst, by
}
