package witness

import (
	"errors"
	"testing"

	"osservatorio/queries/disclosure/linkedtest"
	"osservatorio/queries/disclosure/verify"
)

// Where steps are few, each cell has its share: none is left untried because
// those before it were hard.
func TestFewStepsAreSharedAmongAllCells(t *testing.T) {
	f := linkedtest.Made(linkedtest.TieredYear, 3, 1)
	x, err := newIndex(f)
	if err != nil {
		t.Fatal(err)
	}
	whole := newRun(x, "")
	for i := range whole.guards {
		whole.seek(&whole.guards[i])
	}
	steps := whole.s.spent / 2
	few, err := Protect(t.Context(), f, Options{Steps: steps})
	if err != nil {
		t.Fatalf("%d steps, half of one pass: %v", steps, err)
	}
	if len(few.Exposed) > 0 {
		t.Errorf("cells without witness: got %d, want none", len(few.Exposed))
	}
	if err := verify.Pattern(f, few); err != nil {
		t.Error(err)
	}
	_, err = Protect(t.Context(), f, Options{Steps: 1})
	if spent := (*Spent)(nil); !errors.As(err, &spent) {
		t.Errorf("one step: got %v, want that it did not suffice", err)
	}
}
