package synthetic

import (
	"cmp"
	"slices"
)

// spell is an interval of work: both days included, to none is open.
type spell struct {
	from, to   day
	qualifying bool
	stale      bool // no employment, because nobody believes that it still lasts
	group      int  // slot of the contract group of its start
	sector     int  // slot of the group of sectors
	occupation int  // slot of the great group
	district   int  // of the workplace; −1 beyond the region and where shared
	shared     bool // its municipality has several territories
	turned     day  // when it became open-ended; none
}

func (w *world) spellOf(from, to day, contract int, form formKind, comune int, sector, occupation string) spell {
	c, sl := &w.contracts[contract], &w.slot
	group := c.group
	if form == formUNISOMM {
		group = groupAgency
	}
	return spell{
		from: from, to: to, turned: none, district: w.workplaceDistrict(comune), shared: comune >= 0 && w.comuni[comune].shared,
		qualifying: c.code[0] != 'C' && (c.qualifying || form == formUNISOMM),
		group:      sl.slot(byGroup, group), sector: w.sectorSlot(sector), occupation: w.occupationSlot(occupation),
	}
}

// sectorSlot is the group of a code of economic activity. Lives keep codes of
// one version; groups are the same in all.
func (w *world) sectorSlot(code string) int {
	group := notSaid
	if code != "" {
		if g, ok := w.sectorOf["2007"+code[:1]]; ok {
			group = g
		}
	}
	return w.slot.slot(bySector, group)
}

// occupationSlot is the great group of an occupation.
func (w *world) occupationSlot(code string) int {
	if code == "" {
		return w.slot.slot(byOccupation, notSaid)
	}
	return w.slot.slot(byOccupation, code[:1])
}

// counts says whether a spell is a job of employment.
func (sp *spell) counts() bool { return sp.qualifying && !sp.stale }

func (sp *spell) covers(d day) bool {
	return sp.counts() && sp.from <= d && (sp.to == none || d <= sp.to)
}

// turn makes a spell open-ended from a day on. Agency work stays agency work,
// however long it lasts.
func (w *world) turn(sp *spell, on day) {
	if sp.group != w.slot.slot(byGroup, groupAgency) {
		sp.turned = on
	}
}

// contractOn is the contract group on a day: that of the start, open-ended after
// a transformation that stabilises.
func (w *world) contractOn(sp *spell, d day) int {
	if sp.turned != none && sp.turned <= d {
		return w.slot.slot(byGroup, groupOpen)
	}
	return sp.group
}

// interval is a time of employment, both days included; to none is open.
type interval struct{ from, to day }

// employment joins the spells of a person that count: two are one when the
// next begins no more than gap days after the day on which the other ended.
func employment(to []interval, jobs []spell, gap day) []interval {
	to = to[:0]
	for i := range jobs {
		if jobs[i].counts() {
			to = append(to, interval{jobs[i].from, jobs[i].to})
		}
	}
	slices.SortFunc(to, func(a, b interval) int { return cmp.Compare(a.from, b.from) })
	n := 0
	for i := range to {
		last := max(0, n-1)
		switch {
		case n == 0 || (to[last].to != none && to[i].from > to[last].to+1+gap):
			to[n] = to[i]
			n++
		case to[i].to == none || to[last].to == none:
			to[last].to = none
		default:
			to[last].to = max(to[last].to, to[i].to)
		}
	}
	return to[:n]
}

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
	start, last, end, turned, heard := -1, -1, -1, none, none
	regular := s.regular(low, high)
	for i := low; i < high; i++ {
		e := &n.evs[i]
		if !s.holds(low, high, i) || (regular && e.kind == eventStart && e.form == formUNIURG) {
			continue
		}
		if e.kind == eventExtension || e.kind == eventTransformation {
			heard = max(heard, e.on)
		}
		switch {
		case e.kind == eventEnd:
			if end < 0 || e.on > n.evs[end].on {
				end = i
			}
			continue
		case e.kind == eventStart && (start < 0 || e.on < n.evs[start].on):
			start = i
		case e.kind == eventTransformation && s.w.stabilises[e.transformation] && (turned == none || e.on < turned):
			turned = e.on
		}
		if s.w.decides(e) && (last < 0 || e.on > n.evs[last].on || (e.on == n.evs[last].on && e.received >= n.evs[last].received)) {
			last = i
		}
	}
	if start < 0 {
		return spell{}, false
	}
	to := none
	if s.w.parameter["end_rule"] != 0 {
		to = n.evs[last].planned
	}
	if end >= 0 {
		to = n.evs[end].on
	}
	first := &n.evs[start]
	sp := s.w.spellOf(first.on, to, first.contract, first.form, first.comune, first.sector, first.occupation)
	sp.stale = to == none && s.stale(max(first.on, heard))
	s.w.turn(&sp, turned)
	return sp, to == none || to >= first.on
}

// decides says whether an event has a word on the planned end: starts and
// extensions always, a transformation when it stabilises or states one.
func (w *world) decides(e *event) bool {
	return e.kind == eventStart || e.kind == eventExtension || w.stabilises[e.transformation] || e.planned != none
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

// stale says whether an open spell last heard of on that day is no longer
// believed: that was too long ago, or before the person, who is too old by now,
// became so; her latest valid registration tells her year of birth.
func (s *simulator) stale(heard day) bool {
	if heard < s.w.stale.before {
		return true
	}
	n := &s.p.seen
	for i := len(n.regs) - 1; i >= 0; i-- { // the latest registration tells
		if n.reg[i] {
			tooOld := func(d day) bool { return s.w.yearOf(d)-n.regs[i].birthYear > s.w.stale.age }
			return tooOld(s.w.to) && !tooOld(heard)
		}
	}
	return false
}
