package queries

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"osservatorio/warehouse"
)

// chained is a plan of tables alone: each name reads those listed.
func chained(reads map[string][]string, names ...string) Plan {
	p := Plan{reads: map[string][]string{}}
	for _, name := range names {
		p.Views = append(p.Views, View{Path: "marts/" + name + ".sql", Layer: Marts, Name: name, Header: Header{Table: true}})
		for _, read := range reads[name] {
			p.reads["marts."+name] = append(p.reads["marts."+name], "marts."+read)
		}
	}
	return p
}

// nobody is told that one goes on alone.
func nobody(context.Context) error { return errors.New("one goes on alone") }

// limited is a context that ends before a test that hangs would.
func limited(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func TestOfWhatCouldBeMadeTheLongestChainGoesFirst(t *testing.T) {
	plan := chained(map[string][]string{"b": {"a"}, "d": {"c"}, "e": {"d"}}, "a", "b", "c", "d", "e", "f")
	var order string
	if err := plan.each(t.Context(), 1, nobody, func(_ context.Context, v View) error { order += v.Name; return nil }); err != nil {
		t.Fatal(err)
	}
	if order != "cdabef" {
		t.Errorf("made in the order %s: expected cdabef: c, which two wait for, one after the other, first; d, which reads a table, before a; f, which nobody waits for and which reads none, last", order)
	}
}

func TestNoViewIsMadeBeforeWhatItReadsOrWithMoreThanAllowed(t *testing.T) {
	for seed := range uint64(50) {
		random := rand.New(rand.NewPCG(seed, 1))
		names, reads := []string{}, map[string][]string{}
		for i := range 30 {
			name := fmt.Sprintf("v%02d", i)
			for _, earlier := range names {
				if random.IntN(8) == 0 {
					reads[name] = append(reads[name], earlier)
				}
			}
			names = append(names, name)
		}
		atATime := 1 + random.IntN(4)
		var mu sync.Mutex
		made, running := map[string]bool{}, 0
		err := chained(reads, names...).each(t.Context(), atATime, nobody, func(_ context.Context, v View) error {
			mu.Lock()
			defer mu.Unlock()
			running++
			if running > atATime {
				t.Errorf("seed %d: %d at once: expected at most %d", seed, running, atATime)
			}
			for _, read := range reads[v.Name] {
				if !made[read] {
					t.Errorf("seed %d: %s was begun before %s was made", seed, v.Name, read)
				}
			}
			mu.Unlock()
			runtime.Gosched() // others may begin
			mu.Lock()
			made[v.Name] = true
			running--
			return nil
		})
		if err != nil || len(made) != len(names) {
			t.Fatalf("seed %d: %d of %d made, %v", seed, len(made), len(names), err)
		}
	}
}

func TestAfterAnErrorNoMoreIsBegunAndWhatIsUnderWayIsCancelled(t *testing.T) {
	plan := chained(map[string][]string{"c": {"a"}, "d": {"b"}}, "a", "b", "c", "d")
	fault := errors.New("no such column")
	begun := make(chan string, 4)
	under := make(chan bool)
	err := plan.each(limited(t), 2, nobody, func(ctx context.Context, v View) error {
		begun <- v.Name
		if v.Name == "a" {
			<-under
			return fault
		}
		close(under)
		<-ctx.Done() // b ends because a failed, or the test does not end
		return ctx.Err()
	})
	close(begun)
	var names []string
	for name := range begun {
		names = append(names, name)
	}
	slices.Sort(names)
	if !errors.Is(err, fault) || !slices.Equal(names, []string{"a", "b"}) {
		t.Errorf("begun %v, error %v: expected a and b, and the error of a", names, err)
	}
}

func TestWhatTheMemoryDoesNotHoldBesideOthersIsMadeAlone(t *testing.T) {
	db, err := warehouse.Open(t.Context(), warehouse.Options{Memory: "20MB", Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	_, tooMuch := db.Exec(`SELECT list(i) FROM range(20000000) r(i)`)
	if !warehouse.OutOfMemory(tooMuch) {
		t.Fatalf("a list of 20 million numbers in 20 MB: %v: expected that the memory does not suffice", tooMuch)
	}
	plan := chained(map[string][]string{"c": {"a"}, "d": {"b"}}, "a", "b", "c", "d")
	var mu sync.Mutex
	running, tries, alone := 0, map[string]int{}, map[string]bool{}
	both := make(chan bool, 2)
	told := 0
	err = plan.each(limited(t), 2, func(context.Context) error { told++; return nil }, func(_ context.Context, v View) error {
		mu.Lock()
		running++
		tries[v.Name]++
		alone[v.Name] = running == 1
		first, third := tries[v.Name] == 1, tries[v.Name] > 2
		mu.Unlock()
		defer func() { mu.Lock(); running--; mu.Unlock() }()
		if third {
			return errors.New("tried for the third time")
		}
		if first && (v.Name == "a" || v.Name == "b") {
			both <- true
			for len(both) < 2 {
				runtime.Gosched()
			}
			return fmt.Errorf("marts/%s.sql: %w", v.Name, tooMuch)
		}
		return nil
	})
	if err != nil || tries["a"] != 2 || tries["b"] != 2 || tries["c"] != 1 || tries["d"] != 1 {
		t.Errorf("tries %v, %v: expected a and b made anew, c and d once, and no error", tries, err)
	}
	for name, was := range alone {
		if !was {
			t.Errorf("%s was made beside another: expected one after the other", name)
		}
	}
	if told != 1 {
		t.Errorf("told %d times that one goes on alone: expected once", told)
	}
	tried := 0
	err = plan.each(limited(t), 1, nobody, func(context.Context, View) error {
		if tried++; tried > 1 {
			return errors.New("tried again")
		}
		return tooMuch
	})
	if !warehouse.OutOfMemory(err) {
		t.Errorf("alone: %v: expected that it is told that the memory does not suffice", err)
	}
}
