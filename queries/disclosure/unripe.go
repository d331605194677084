package disclosure

// hideUnripe hides the lines of a year of which some quarter is not shown yet,
// where a year adds up its quarters: what is missing would follow by
// subtraction before its time. They are no part of any family. A measure that
// the plan asks for by the year alone waits for the quarters of the others: its
// denominators are theirs.
func hideUnripe(views []*masked) {
	for _, v := range views {
		quarters := map[[2]string]int{} // by measure and year
		seen := map[[2]string]bool{}    // by measure and quarter
		quarterly := map[string]bool{}  // by measure: the plan asks for its quarters
		most := map[string]int{}        // by year: quarters of the measure that has most
		for i := range v.lines {
			l := &v.lines[i]
			if at := [2]string{l.measure, l.period}; l.kind == "quarter" && !seen[at] {
				year := l.period[:4]
				seen[at], quarterly[l.measure] = true, true
				quarters[[2]string{l.measure, year}]++
				most[year] = max(most[year], quarters[[2]string{l.measure, year}])
			}
		}
		for i := range v.lines {
			l := &v.lines[i]
			n := most[l.period[:4]]
			if quarterly[l.measure] {
				n = quarters[[2]string{l.measure, l.period[:4]}]
			}
			if l.kind == "year" && n < 4 && len(seen) > 0 && l.counts().Time == "add" {
				l.hidden, l.unripe = true, true
			}
		}
	}
}
