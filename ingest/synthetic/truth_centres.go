package synthetic

// Measures of the view of territories that meet the standard.
const (
	centresMet = iota // LEP met of those measurable, where pages are
	centresAll        // territories with all of them met, above
)

// standard judges each territory by the coverage of each LEP, once all persons
// are counted: a LEP is measurable where enough are entitled and neither part
// is a small number, and met where coverage is that of the parameter or more.
func (b *books) standard() {
	w, g, out := b.w, &b.grids[viewCoverage], &b.grids[viewCentres]
	for period := range b.periods {
		for d := range w.districts {
			var met, measurable uint32
			for n := range b.views[viewCoverage].measures {
				p := g.pairs[g.index(n, period, d)]
				if !w.publishable(p) {
					continue
				}
				measurable++
				if 100*float64(p.n) >= w.parameter["centre_threshold_percent"]*float64(p.d) {
					met++
				}
			}
			out.pairs[out.index(centresMet, period, d)] = pair{met, measurable}
			if measurable > 0 {
				b.rate(viewCentres, centresAll, period, &member{district: d}, met == measurable)
			}
		}
	}
}

// publishable says whether a rate of persons can be told of a cell.
func (w *world) publishable(p pair) bool {
	small := func(n uint32) bool { return n > 0 && n < w.ofPersons.threshold }
	return p.d >= w.ofPersons.denominator && !small(p.n) && !small(p.d-p.n)
}
