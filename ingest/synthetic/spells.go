package synthetic

// observeJobs derives spells from the communications that were delivered and
// valid.
func (s *simulator) observeJobs() {
	p := &s.p
	p.observedJobs = p.observedJobs[:0]
	n := &p.seen
	for i := 0; i < len(n.evs); {
		end := i + 1
		for end < len(n.evs) && p.events[end].relationship == p.events[i].relationship {
			end++
		}
		if sp, ok := s.chained(i, end); ok {
			p.observedJobs = append(p.observedJobs, sp)
		}
		i = end
	}
}

// chained makes one spell of the events from low to high of one relationship:
// none without a valid start, or when it ends before it starts.
func (s *simulator) chained(low, high int) (spell, bool) {
	n := &s.p.seen
	start, last, end := -1, -1, -1
	regular := s.regular(low, high)
	for i := low; i < high; i++ {
		e := &n.evs[i]
		if !s.holds(low, high, i) || (regular && e.kind == eventStart && e.form == formUNIURG) {
			continue
		}
		switch {
		case e.kind == eventEnd:
			if end < 0 || e.on > n.evs[end].on {
				end = i
			}
			continue
		case e.kind == eventStart && (start < 0 || e.on < n.evs[start].on):
			start = i
		}
		if last < 0 || e.on > n.evs[last].on || (e.on == n.evs[last].on && e.received >= n.evs[last].received) {
			last = i
		}
	}
	if start < 0 {
		return spell{}, false
	}
	to := n.evs[last].planned
	if end >= 0 {
		to = n.evs[end].on
	}
	first := &n.evs[start]
	sp := s.w.spellOf(first.on, to, first.contract, first.form, first.comune, first.sector)
	sp.stale = to == none && s.stale(first.on)
	return sp, to == none || to >= first.on
}

// holds says whether an event counts: delivered, not cancelled, and no other
// delivered event corrects it.
func (s *simulator) holds(low, high, i int) bool {
	n := &s.p.seen
	if !n.ev[i] || n.evs[i].cancelled {
		return false
	}
	for j := low; j < high; j++ {
		if n.ev[j] && n.evs[j].corrects == i {
			return false
		}
	}
	return true
}

// regular says whether a start other than an urgent one holds.
func (s *simulator) regular(low, high int) bool {
	n := &s.p.seen
	for i := low; i < high; i++ {
		if e := &n.evs[i]; e.kind == eventStart && e.form == formUNILAV && s.holds(low, high, i) {
			return true
		}
	}
	return false
}

// stale says whether an open spell of that start is no longer believed: begun
// too long ago, or by a person who is too old by now, where her latest valid
// registration tells her year of birth.
func (s *simulator) stale(from day) bool {
	if from < s.w.stale.before {
		return true
	}
	n := &s.p.seen
	for i := len(n.regs) - 1; i >= 0; i-- { // the latest registration tells
		if n.reg[i] {
			return s.w.yearOf(s.w.to)-n.regs[i].birthYear > s.w.stale.age
		}
	}
	return false
}
