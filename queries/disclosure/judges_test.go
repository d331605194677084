package disclosure

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"osservatorio/queries/disclosure/attack"
	"osservatorio/queries/disclosure/attack/glpk"
	"osservatorio/queries/disclosure/linked"
	"osservatorio/queries/disclosure/verify"
)

// one is a cell that a judge of these tests claims to have found.
func one(f *linked.Family) int32 {
	for i, c := range f.Cells {
		if c.Need > 0 {
			return int32(i)
		}
	}
	return 0
}

// finders are judges that each find something where our own find nothing.
func finders() map[string]judges {
	return map[string]judges{
		"verifier: 2 hidden numbers": {verifier: func(*linked.Family, linked.Pattern) error {
			return &verify.Failures{Count: 2}
		}},
		"verifier: 1 hidden numbers": {verifier: func(*linked.Family, linked.Pattern) error {
			return errors.New("a family that is not sound")
		}},
		"exact attacker: 1 hidden numbers": {exact: func(_ context.Context, f *linked.Family, _ []bool) (attack.Result, error) {
			return attack.Result{Determined: []attack.Found{{Cell: one(f), Low: 2, High: 2, Sensitive: true, Need: 3}}}, nil
		}},
		"exact attacker: 2 hidden numbers": {exact: func(_ context.Context, f *linked.Family, _ []bool) (attack.Result, error) {
			return attack.Result{Small: []attack.Found{{Cell: one(f), High: 2, Sensitive: true, Need: 3}}, Shown: []int32{one(f)}}, nil
		}},
		"interval attacker: 1 hidden numbers": {intervals: func(_ context.Context, _ *linked.Family, _ []bool, cells []int32, _ glpk.Options) ([]glpk.Interval, error) {
			return []glpk.Interval{{Cell: cells[0], Low: 1, High: 2}}, nil
		}},
		"interval attacker: 3 hidden numbers": {intervals: func(_ context.Context, f *linked.Family, _ []bool, cells []int32, _ glpk.Options) ([]glpk.Interval, error) {
			exactly := glpk.Interval{Cell: cells[0], Low: 9, High: 9}
			return []glpk.Interval{exactly, exactly, exactly, {Cell: cells[0], High: -1, Open: true}}, nil
		}},
	}
}

// Each judge alone refuses a release, with its name, the family and how many
// numbers, and what stood before stands.
func TestWhateverOneJudgeFindsRefusesTheRelease(t *testing.T) {
	for says, j := range finders() {
		t.Run(says, func(t *testing.T) {
			s := small(t, "", asIs)
			asked := Policy{Together: true, Intervals: &Intervals{Program: "not started"}}
			quiet := asked
			quiet.judges = judges{intervals: func(context.Context, *linked.Family, []bool, []int32, glpk.Options) ([]glpk.Interval, error) {
				return nil, nil
			}}
			s.protect(t, quiet)
			before := s.said(t, "D1", "2025-Q1", "_T")
			s.late(t, "D1", "2025-Q1", "F", 5, 10)
			asked.judges = j
			if j.intervals == nil {
				asked.judges.intervals = quiet.judges.intervals
			}
			_, err := Protect(t.Context(), s.db, s.plan, asked)
			var refused *Refused
			if !errors.As(err, &refused) {
				t.Fatalf("got %v, want that the release is refused", err)
			}
			for _, part := range []string{"make release: family ", says + " are not safe"} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("got %q, want %q in it", err, part)
				}
			}
			if !strings.Contains(refused.Hint(), "disclosure plan") {
				t.Errorf("hint: got %q", refused.Hint())
			}
			if after := s.said(t, "D1", "2025-Q1", "_T"); after != before {
				t.Errorf("what was published before a refused release does not stand any more: got %q, want %q", after, before)
			}
		})
	}
}

// A judge that could not work is no judge that found nothing.
func TestAJudgeThatFailsRefusesTheRelease(t *testing.T) {
	broken := errors.New("a judge that fell asleep")
	for name, j := range map[string]judges{
		"exact": {exact: func(context.Context, *linked.Family, []bool) (attack.Result, error) { return attack.Result{}, broken }},
		"interval": {intervals: func(context.Context, *linked.Family, []bool, []int32, glpk.Options) ([]glpk.Interval, error) {
			return nil, broken
		}},
	} {
		s := small(t, "", asIs)
		if _, err := Protect(t.Context(), s.db, s.plan, Policy{Together: true, Intervals: &Intervals{}, judges: j}); !errors.Is(err, broken) {
			t.Errorf("%s: got %v, want what the judge said", name, err)
		}
	}
}

// The judges see what is shown in the end, and every family with somebody to guard.
func TestBothJudgesAreAskedOfEveryFamilyWithWhatIsShown(t *testing.T) {
	var mutex sync.Mutex
	verified, attacked := 0, 0
	s := small(t, "", asIs)
	report := s.protect(t, Policy{Together: true, judges: judges{
		verifier: func(f *linked.Family, p linked.Pattern) error {
			mutex.Lock()
			defer mutex.Unlock()
			verified++
			return verify.Pattern(f, p)
		},
		exact: func(ctx context.Context, f *linked.Family, known []bool) (attack.Result, error) {
			mutex.Lock()
			defer mutex.Unlock()
			attacked++
			for i, c := range f.Cells {
				if known[i] && c.Need > 0 {
					t.Errorf("cell %d of %s: a sensitive number is said to stand", i, f.Name)
				}
			}
			return attack.Exact(ctx, f, known)
		},
	}})
	if verified != report.Gate.Guarded || attacked != report.Gate.Guarded || verified == 0 {
		t.Errorf("%d families verified, %d attacked, %d guarded: expected all", verified, attacked, report.Gate.Guarded)
	}
}
