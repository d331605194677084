package queries

import (
	"cmp"
	"context"
	"slices"

	"osservatorio/warehouse"
)

// mostAtATime is how many views are made at once, where the database has as many
// threads. Many views are made by one thread, however many there are: they have few
// rows, or an order to keep.
const mostAtATime = 2

// makers is how many connections of a database may make views at once.
func makers(ctx context.Context, db *warehouse.DB) (int, error) {
	threads, err := db.Threads(ctx)
	return min(threads, mostAtATime), err
}

// making is the order in which views are made: each when all that it reads is
// made, and of those that could be the one that the longest chain waits for, of
// several the one that reads the most: it takes longer, and should not be the last.
type making struct {
	plan     Plan
	waitsFor map[string]int // of what a view reads, how much is still to be made
	readers  map[string][]View
	chain    map[string]int
	ready    []View
}

func newMaking(plan Plan) *making {
	m := &making{plan: plan, waitsFor: map[string]int{}, readers: map[string][]View{}, chain: map[string]int{}}
	for _, v := range plan.Views {
		for _, table := range plan.Reads(v.Qualified()) {
			if _, ours := plan.Find(table); ours {
				m.readers[table] = append(m.readers[table], v)
				m.waitsFor[v.Qualified()]++
			}
		}
	}
	for _, v := range slices.Backward(plan.Views) {
		m.chain[v.Qualified()] = m.chainFrom(v)
	}
	for _, v := range plan.Views {
		if m.waitsFor[v.Qualified()] == 0 {
			m.ready = append(m.ready, v)
		}
	}
	return m
}

// chainFrom is how many tables, one after the other, begin with v. Making a view
// takes no time, so only tables count.
func (m *making) chainFrom(v View) int {
	longest := 0
	for _, reader := range m.readers[v.Qualified()] {
		longest = max(longest, m.chain[reader.Qualified()])
	}
	if v.Header.Table {
		longest++
	}
	return longest
}

// next takes out the view to be made next.
func (m *making) next() View {
	v := slices.MaxFunc(m.ready, func(a, b View) int {
		return cmp.Or(cmp.Compare(m.chain[a.Qualified()], m.chain[b.Qualified()]),
			cmp.Compare(len(m.plan.Reads(a.Qualified())), len(m.plan.Reads(b.Qualified()))), cmp.Compare(b.Path, a.Path))
	})
	m.ready = slices.DeleteFunc(m.ready, func(other View) bool { return other.Path == v.Path })
	return v
}

// made lets those go on that waited for v.
func (m *making) made(v View) {
	for _, reader := range m.readers[v.Qualified()] {
		if m.waitsFor[reader.Qualified()]--; m.waitsFor[reader.Qualified()] == 0 {
			m.ready = append(m.ready, reader)
		}
	}
}

// each does something for every view of the plan, for so many at a time, and for
// none before what it reads. Where the memory did not suffice for several it says
// so to alone, and goes on with one after the other. After any other error it
// begins no more, has those under way cancelled, waits for them and returns the
// first error.
func (p Plan) each(ctx context.Context, atATime int, alone func(context.Context) error, do func(context.Context, View) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type result struct {
		view    View
		allowed int // so many at a time, when it was begun
		err     error
	}
	m, results, running := newMaking(p), make(chan result), 0
	var failed error
	for {
		for ; failed == nil && running < atATime && len(m.ready) > 0; running++ {
			v, allowed := m.next(), atATime
			go func() { results <- result{v, allowed, do(ctx, v)} }()
		}
		if running == 0 {
			return failed
		}
		r := <-results
		running--
		switch {
		case r.err == nil:
			m.made(r.view)
		case failed == nil && r.allowed > 1 && warehouse.OutOfMemory(r.err):
			m.ready = append(m.ready, r.view)
			if atATime > 1 {
				atATime, failed = 1, alone(ctx)
			}
		case failed == nil:
			failed = r.err
			cancel()
		}
	}
}
