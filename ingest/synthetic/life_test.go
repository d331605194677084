package synthetic

import (
	"os"
	"testing"

	"osservatorio/warehouse"
)

// someWorld is an invented region with what its persons need.
func someWorld(t *testing.T) *world {
	t.Helper()
	r, err := readReference(warehouse.ReferenceFS(), os.DirFS("testdata/geography"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := newCalendar("2022-01", "2026-09")
	if err != nil {
		t.Fatal(err)
	}
	w, err := newWorld(r, c, Options{Persons: 30_000, Seed: 23})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestNothingHappensToWhoIsGone(t *testing.T) {
	w := someWorld(t)
	s, gone := newSimulator(w), 0
	for n := range uint64(w.persons) {
		p := s.live(n)
		if p.exit == none {
			continue
		}
		gone++
		last := map[string]day{}
		see := func(what string, on day) { last[what] = max(last[what], on) }
		for i := range p.regs {
			see("registration", p.regs[i].on)
		}
		for i := range p.svcs {
			see("service", p.svcs[i].started)
		}
		for i := range p.agrs {
			see("agreement", p.agrs[i].on)
		}
		for i := range p.convs {
			see("call", p.convs[i].on)
		}
		for i := range p.bens {
			see("benefit", p.bens[i].ended)
		}
		for i := range p.trns {
			see("course", p.trns[i].ended)
		}
		for i := range p.jobs {
			if !p.jobs[i].ghost {
				see("job", p.jobs[i].end)
			}
		}
		for what, on := range last {
			if on > p.exit {
				t.Errorf("person %d is gone on %s and has a %s on %s", n, p.exit, what, on)
			}
		}
	}
	if gone < 300 {
		t.Errorf("%d of %d persons are gone: want 300 or more", gone, w.persons)
	}
}

func TestNoFigureHangsOnTheOrderOfPseudonyms(t *testing.T) {
	w := someWorld(t)
	s, twice := newSimulator(w), 0
	for n := range uint64(w.persons) {
		p := s.live(n)
		for i := 1; i < len(p.regs); i++ {
			if p.regs[i].on <= p.regs[i-1].on {
				t.Fatalf("person %d registers on %s and then on %s: want different days in order", n, p.regs[i-1].on, p.regs[i].on)
			}
		}
		for i := 1; i < len(p.agrs); i++ {
			a, b := p.agrs[i-1], p.agrs[i]
			if a.on != b.on {
				continue
			}
			twice++
			if a.registration != b.registration || a.path != b.path {
				t.Fatalf("person %d signs %+v and %+v on one day: want the same registration and path", n, a, b)
			}
		}
	}
	if twice == 0 {
		t.Error("nobody signs twice on one day: the case is not there")
	}
}
