package chart

import "osservatorio/queries/release"

// Recent tells whether the last value that sel finds still says how things stand:
// it lies at most a year before the last period of which anything is known there.
// After it come cells that are hidden or too few, and a reader would take an old
// number for that of today. True where nothing is shown at all.
func Recent(f *release.Frame, sel release.Select) bool {
	period, ok := f.LatestPeriod(sel)
	return !ok || !release.YearsApart(period, lastKnown(f, sel))
}

// lastKnown is the last period of which more is known than that nothing is known yet.
func lastKnown(f *release.Frame, sel release.Select) (last string) {
	for _, r := range f.Where(sel) {
		if r.Status != release.Missing {
			last = max(last, r.Period)
		}
	}
	return last
}
