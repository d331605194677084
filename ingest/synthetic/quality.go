package synthetic

// The flaws that no rule of a contract can see: rows valid in form that do not
// fit what other rows say. They are lived on purpose and by accident, and
// counted here over the rows that were delivered, each by its last version.

// qualities name what is counted, in the order of quality.
var qualities = [...]string{
	"registration_overlaps", "agreement_before_registration", "service_without_registration",
	"relationship_without_start", "correction_of_unknown_event", "extension_of_cancelled_start",
	"person_with_two_sexes", "person_with_two_birth_years",
	"agreement_without_registration", "convocation_without_registration",
	"workplace_of_several_territories",
}

const (
	qualityOverlap = iota
	qualityEarlyAgreement
	qualityLooseService
	qualityNoStart
	qualityUnknownCorrection
	qualityCancelledStart
	qualityTwoSexes
	qualityTwoBirthYears
	qualityLooseAgreement
	qualityLooseCall
	qualitySharedWorkplace
)

// quality is how many of each there are.
type quality [len(qualities)]int

func (q *quality) merge(o *quality) {
	for i, n := range o {
		q[i] += n
	}
}

func (q *quality) byName() map[string]int {
	out := map[string]int{}
	for i, n := range q {
		out[qualities[i]] = n
	}
	return out
}

// weigh counts what does not fit in the rows of one person.
func (q *quality) weigh(p *person) {
	q.weighRegistrations(p)
	n := &p.seen
	for i := range n.agrs {
		switch r := n.agrs[i].registration; {
		case !n.agr[i]:
		case !n.reg[r]:
			q[qualityLooseAgreement]++
		case n.agrs[i].on < n.regs[r].on:
			q[qualityEarlyAgreement]++
		}
	}
	for i := range n.convs {
		if n.conv[i] && !n.reg[n.convs[i].registration] {
			q[qualityLooseCall]++
		}
	}
	for i := range n.svcs {
		if r := n.svcs[i].registration; n.svc[i] && (r < 0 || !n.reg[r]) {
			q[qualityLooseService]++
		}
	}
	for i := range p.observedJobs {
		if sp := &p.observedJobs[i]; sp.qualifying && sp.shared {
			q[qualitySharedWorkplace]++
		}
	}
	for low := 0; low < len(n.evs); {
		high := low + 1
		for high < len(n.evs) && p.events[high].relationship == p.events[low].relationship {
			high++
		}
		q.weighEvents(n, low, high)
		low = high
	}
}

// weighRegistrations counts those that begin while an earlier one runs, and
// persons of whom two registrations say different things.
func (q *quality) weighRegistrations(p *person) {
	n := &p.seen
	first, twoSexes, twoYears := -1, 0, 0
	for i := range n.regs {
		if !n.reg[i] {
			continue
		}
		if first < 0 {
			first = i
		}
		r := &n.regs[i]
		if r.sex != n.regs[first].sex {
			twoSexes = 1
		}
		if r.birthYear != n.regs[first].birthYear {
			twoYears = 1
		}
		for j := range i {
			if n.reg[j] && (n.regs[j].closed == none || r.on < n.regs[j].closed) {
				q[qualityOverlap]++
				break
			}
		}
	}
	q[qualityTwoSexes] += twoSexes
	q[qualityTwoBirthYears] += twoYears
}

// weighEvents looks at the communications of one relationship. Valid ones are
// neither cancelled nor corrected.
func (q *quality) weighEvents(n *sight, low, high int) {
	valid, started, cancelled, extensions := 0, false, false, 0
	for i := low; i < high; i++ {
		e := &n.evs[i]
		if !n.ev[i] {
			continue
		}
		if e.corrects == correctsUnknown || e.corrects >= 0 && !n.ev[e.corrects] {
			q[qualityUnknownCorrection]++
		}
		cancelled = cancelled || e.kind == eventStart && e.cancelled
		if e.cancelled || n.corrected(low, high, i) {
			continue
		}
		valid++
		started = started || e.kind == eventStart
		if e.kind == eventExtension {
			extensions++
		}
	}
	if valid > 0 && !started {
		q[qualityNoStart]++
		if cancelled {
			q[qualityCancelledStart] += extensions
		}
	}
}

// corrected says whether a delivered event corrects event i.
func (n *sight) corrected(low, high, i int) bool {
	for j := low; j < high; j++ {
		if n.ev[j] && n.evs[j].corrects == i {
			return true
		}
	}
	return false
}
