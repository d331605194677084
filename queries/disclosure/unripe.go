package disclosure

// hideUnripe hides the lines of a year of which some quarter is not shown yet,
// where a year adds up its quarters: what is missing would follow by
// subtraction before its time. They are no part of any family. A measure that
// the plan asks for by the year alone has no quarter to wait for.
func hideUnripe(views []*masked) {
	for _, v := range views {
		quarters := map[[2]string]int{} // by measure and year
		seen := map[[2]string]bool{}    // by measure and quarter
		quarterly := map[string]bool{}  // by measure: the plan asks for its quarters
		for i := range v.lines {
			l := &v.lines[i]
			if at := [2]string{l.measure, l.period}; l.kind == "quarter" && !seen[at] {
				seen[at], quarterly[l.measure] = true, true
				quarters[[2]string{l.measure, l.period[:4]}]++
			}
		}
		for i := range v.lines {
			l := &v.lines[i]
			n := quarters[[2]string{l.measure, l.period[:4]}]
			if l.kind == "year" && n < 4 && quarterly[l.measure] && l.counts().Time == "add" {
				l.hidden, l.unripe = true, true
			}
		}
	}
}
