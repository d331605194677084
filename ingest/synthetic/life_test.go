package synthetic

import (
	"os"
	"testing"

	"osservatorio/warehouse"
)

func TestNoFigureHangsOnTheOrderOfPseudonyms(t *testing.T) {
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
