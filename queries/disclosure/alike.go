package disclosure

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Two answers, each of the first among the second, may be one count in all but
// name: whoever finds a job within 90 days is nearly everybody who ever had one
// within 90 days. A reader sees in every place that shows both that they are
// equal, and reads one off the other where it is hidden. So where two answers
// seldom differ, that they do not is held to be known, place by place.

// anyView is where a line stands, whatever it measures and in whichever view.
func (l *line) anyView() spot {
	at := l.spot()
	at.view = ""
	return at
}

// sameCountPercent reads in how many of a hundred places two answers may differ
// and still be read off one another; 0, never, where the reference says nothing.
func sameCountPercent(ctx context.Context, tx *sql.Tx) (float64, error) {
	var percent float64
	err := tx.QueryRowContext(ctx, `SELECT value FROM reference.parameters WHERE name = 'same_count_percent'`).Scan(&percent)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("read parameter same_count_percent: %w", err)
	}
	return percent, nil
}

// findAlike keeps the pairs that differ in no more of a hundred places than
// given, of those where somebody gave the second answer.
func (p *population) findAlike(percent float64) {
	p.alike = nil
	for _, r := range p.pairs {
		if r.not {
			continue
		}
		first, second := p.counted(r.a), p.counted(r.b)
		places, differ := 0, 0
		for at, n := range second {
			m, both := first[at]
			if !both || n == 0 {
				continue
			}
			places++
			if m != n {
				differ++
			}
		}
		if places > 0 && float64(100*differ) <= percent*float64(places) {
			p.alike = append(p.alike, r)
		}
	}
}

// counted is how many gave an answer, by place.
func (p *population) counted(s step) map[spot]int64 {
	out := map[spot]int64{}
	for i := range p.entries {
		for _, sum := range p.entries[i].sums {
			if sum.says(s) {
				out[p.entries[i].line.anyView()] = sum.n
			}
		}
	}
	return out
}

// says is whether a sum counts those of a step and nothing else.
func (s *sum) says(of step) bool {
	return len(s.answers) == 1 && s.answers[0] == answer{step: of}
}

// addAlike adds for each pair of answers that seldom differ the places where they
// do not: nobody is of the second and not of the first there, and that stands as
// if a line said so.
func (b *builder) addAlike() error {
	for _, r := range b.population.alike {
		for _, e := range b.entries {
			for i := range e.sums {
				if !e.sums[i].says(r.b) {
					continue
				}
				if err := b.addEqual(e.line, r); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (b *builder) addEqual(l *line, r pair) error {
	first, ok, err := b.known(l, answer{step: r.a})
	if err != nil || !ok {
		return err
	}
	second, ok, err := b.known(l, answer{step: r.b})
	if err != nil || !ok || first != second {
		return err
	}
	rest := []answer{{step: r.a, not: true}, {step: r.b}}
	at, err := b.at(l)
	if err != nil || !b.answered(at, rest) {
		return err
	}
	if _, there := b.cells[packed(at)]; !there {
		b.put(l, b.give(at), rest)
	}
	return nil
}

// known is the count of an answer at the place of a line; false where no line
// asks for it there.
func (b *builder) known(l *line, of answer) (int64, bool, error) {
	at, err := b.at(l)
	if err != nil || !b.answered(at, []answer{of}) {
		return 0, false, err
	}
	c, ok := b.cells[packed(at)]
	if !ok {
		return 0, false, nil
	}
	return b.family.Cells[c].N, true, nil
}
