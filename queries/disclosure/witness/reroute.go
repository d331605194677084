package witness

import (
	"context"
	"math"
	"slices"
)

// together is how many witnesses are sought anew at once.
const together = 3

// reroute tries to do without rows that few witnesses use: it takes these
// witnesses away together, bars the row, seeks them again and keeps what is
// cheaper. One by one they would not leave: each finds the row hidden already,
// for the other.
func (r *run) reroute(ctx context.Context) error {
	users := r.users()
	for row := range users {
		if err := ctx.Err(); err != nil {
			return err
		}
		if r.over() {
			return nil
		}
		if r.holds[row] < 2 || r.holds[row] > together {
			continue
		}
		now := users[row][:0:0]
		for _, i := range users[row] {
			if slices.Contains(r.guards[i].rows, int32(row)) && !slices.Contains(now, i) {
				now = append(now, i)
			}
		}
		if len(now) < 2 || len(now) > together || int(r.holds[row]) != len(now) {
			continue
		}
		if r.without(int32(row), now) {
			for _, i := range now {
				for _, used := range r.guards[i].rows {
					users[used] = append(users[used], i)
				}
			}
		}
	}
	return nil
}

// users lists by row the guards whose witnesses need it hidden.
func (r *run) users() [][]int32 {
	users := make([][]int32, len(r.x.rows))
	for i := range r.guards {
		for _, row := range r.guards[i].rows {
			users[row] = append(users[row], int32(i))
		}
	}
	return users
}

// without seeks the witnesses of guards again with a row barred, and says
// whether that was cheaper; if not, all is as before.
func (r *run) without(row int32, guards []int32) bool {
	old := make([]guard, len(guards))
	for i, g := range guards {
		old[i] = r.guards[g]
		r.release(old[i].rows...)
	}
	saved := 0.0
	seen := map[int32]bool{}
	for i := range old {
		for _, used := range old[i].rows {
			if r.holds[used] == 0 && !seen[used] {
				seen[used] = true
				saved += r.x.rows[used].cost
			}
		}
	}
	cost := r.x.rows[row].cost
	r.reprice(row, math.Inf(1))
	left := saved - 1e-9
	done := 0
	for _, g := range guards {
		found, price := r.cheapest(r.guards[g].cell, left)
		if !found.found {
			break
		}
		r.guards[g] = found
		r.hold(found.rows...)
		left -= price
		done++
	}
	r.reprice(row, cost)
	if done == len(guards) {
		return true
	}
	for _, g := range guards[:done] {
		r.release(r.guards[g].rows...)
	}
	for i, g := range guards {
		r.guards[g] = old[i]
		r.hold(old[i].rows...)
	}
	return false
}

// reprice sets what hiding a row costs.
func (r *run) reprice(row int32, cost float64) {
	r.x.rows[row].cost = cost
	if cells := r.x.rows[row].cells; len(cells) == 1 {
		r.price(cells[0])
	}
}

// many is the number of sensitive cells from which on a witness is taken from the
// first height of steps that gives one: so many hide each other's rows anyhow.
const many = 10000

// cheapest climbs to a cell's need by steps of every height and keeps the
// cheapest witness below bound. Where steps are counted the first height that
// gives one must do at first: all the others are tried once every cell has one.
func (r *run) cheapest(u int32, bound float64) (guard, float64) {
	missing := r.x.cells[u].need - r.x.cells[u].n
	best := guard{cell: u}
	for _, by := range steps(missing) {
		if found, cost := r.climb(u, missing, by, bound); found.found {
			if best, bound = found, cost-1e-9; bound <= 0 || len(r.guards) > many || r.share && r.steps > 0 {
				break
			}
		}
	}
	return best, bound
}
