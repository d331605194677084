package release

import (
	"errors"
	"fmt"
	"slices"
)

// Check tells whether a frame keeps the promise of its statuses: no number
// stands under a status that hides it, and every shown value is there.
func (f *Frame) Check() error {
	var faults []error
	for i := range f.Len() {
		r := f.Row(i)
		numbers := r.Numerator != nil || r.Denominator != nil || r.Value != nil || r.Low != nil || r.High != nil
		switch {
		case f.notReached(r) && (r.Value != nil || r.Low != nil || r.High != nil):
			faults = append(faults, fmt.Errorf("row %d: a value under reason %s", i+1, r.Reason))
		case slices.Contains([]Status{Confidential, CannotExist, Missing}, r.Status) && numbers && !f.notReached(r):
			faults = append(faults, fmt.Errorf("row %d: a number under status %s", i+1, r.Status))
		case r.Status == LowReliability && f.Header.Kind.HasParts() && (r.Value != nil || r.Low != nil || r.High != nil):
			faults = append(faults, fmt.Errorf("row %d: a value under status %s", i+1, r.Status))
		case r.Status.Shown() && r.Value == nil:
			faults = append(faults, fmt.Errorf("row %d: no value under status %s", i+1, r.Status))
		case (r.Status == Confidential) != (r.Conf == Hidden):
			faults = append(faults, fmt.Errorf("row %d: obs_status %s with conf_status %s", i+1, r.Status, r.Conf))
		}
		if len(faults) == 10 {
			break
		}
	}
	return errors.Join(faults...)
}

// notReached tells whether a row is an estimate that lies beyond what has been
// observed, such as a median that half of the cohort has not reached: it has
// no value, but the persons it rests on are known.
func (f *Frame) notReached(r Row) bool {
	return f.Header.Kind == Estimate && r.Status == Missing && r.Reason == NotReached
}
