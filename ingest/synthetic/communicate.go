package synthetic

// communicationsBegan is the day from which communications are compulsory;
// older work was loaded then.
var communicationsBegan = newDay(2008, 3, 1)

// communicate turns one job into the events that the archive of compulsory
// communications receives: with delays, urgent hires, corrections,
// cancellations and ends that nobody reports.
func (s *simulator) communicate(relationship int, j *job) {
	if j.unreported {
		return
	}
	c := &communicator{s: s, relationship: relationship, job: j, employer: j.employer, contract: j.contract}
	c.begin()
	if j.ghost {
		c.withdraw()
		return
	}
	c.prolong()
	c.transfer()
	c.vary()
	c.finish()
}

// communicator writes the events of one relationship.
type communicator struct {
	s            *simulator
	relationship int
	job          *job
	count        int
	hours        uint8
	employer     int // as last communicated
	contract     int
	planned      day
	lastOn       day // of the last event
}

// add appends an event as it is true, and gives its index.
func (c *communicator) add(kind eventKind, on, planned, received day) int {
	j, p := c.job, &c.s.p
	c.lastOn = on
	p.events = append(p.events, event{
		relationship: c.relationship, seq: c.count, employer: c.employer, kind: kind, on: on, planned: planned,
		contract: c.contract, form: j.form, hours: c.hours, comune: j.comune, sector: j.sector,
		occupation: j.occupation, corrects: -1, cancelOn: none, received: received, sent: received,
	})
	c.count++
	return len(p.events) - 1
}

// received draws when a communication arrives: agencies by day 20 of the
// next month, others the day before or within five days; some are late.
func (c *communicator) received(on day) day {
	s := c.s
	if on < communicationsBegan {
		return communicationsBegan + s.days(0, 60)
	}
	if s.chance(.02) {
		return on + s.days(20, 150)
	}
	if c.job.form == formUNISOMM {
		return max(on, s.w.twentieth(on)-s.days(0, 22))
	}
	return on + s.days(-1, 5)
}

func (c *communicator) begin() {
	s, j := c.s, c.job
	switch u := s.rng.Float64(); {
	case u < .62:
		c.hours = 0
	case u < .90:
		c.hours = 1
	default:
		c.hours = uint8(2 + s.rng.IntN(3))
	}
	c.planned = j.planned
	if j.planned != none && j.planned-j.start > 45 && !j.ghost && s.chance(.30) {
		c.planned = j.start + (j.planned-j.start)/2 // the rest comes by extension
	}
	received := c.received(j.start)
	if j.form == formUNILAV && s.chance(.03) { // an urgent hire comes first
		urgent := c.add(eventStart, j.start-s.days(0, 1), c.planned, j.start)
		s.p.events[urgent].form = formUNIURG
		received = j.start + s.days(1, 5)
		if s.chance(.05) { // and nothing after it
			return
		}
	}
	at := c.add(eventStart, j.start, c.planned, received)
	s.p.events[at].seasonal = j.planned != none && (j.sector[0] == 'I' || j.sector[0] == 'A')
	switch u := s.rng.Float64(); {
	case j.ghost:
	case u < .02:
		c.mistake(at)
	case u < .022: // it says that it corrects what nobody knows
		s.p.events[at].corrects = correctsUnknown
	case u < .024: // the start never comes, what follows does
		s.p.events[at].lost = true
	}
}

// mistake puts wrong values into an event and corrects it by another, some
// days later; sometimes the correction is wrong too.
func (c *communicator) mistake(at int) {
	s, p := c.s, &c.s.p
	for {
		truth := p.events[at]
		wrong := &p.events[at]
		switch {
		case s.chance(.5):
			wrong.on += s.days(1, 9)
			if wrong.planned != none && wrong.planned < wrong.on {
				wrong.planned = wrong.on
			}
		case truth.kind == eventStart:
			wrong.comune = s.w.districts[s.rng.IntN(len(s.w.districts))].comuni[0]
		default:
			wrong.on = max(c.job.start-3, wrong.on-s.days(1, 30)) // an end may fall before its start
		}
		fix := truth
		fix.seq, fix.corrects = c.count, at
		fix.received = truth.received + s.days(1, 40)
		fix.sent = fix.received
		c.count++
		p.events = append(p.events, fix)
		at = len(p.events) - 1
		if !s.chance(.15) {
			return
		}
	}
}

// withdraw cancels a job that never was: the start itself, or a correction of
// it, so that the whole chain is gone; some such jobs are extended all the
// same.
func (c *communicator) withdraw() {
	s, p := c.s, &c.s.p
	last := len(p.events) - 1
	if s.chance(.3) {
		c.mistake(last)
		last = len(p.events) - 1
	}
	for i := range p.events {
		if e := &p.events[i]; e.relationship == c.relationship && (i == last || e.form == formUNIURG) {
			e.cancelOn = e.received + s.days(1, 60)
		}
	}
	if c.planned != none && s.chance(.25) { // an extension comes, as if it went on
		on := c.planned + 1
		c.add(eventExtension, on, on+s.days(10, 90), c.received(on))
	}
}

// finish communicates the end. A fixed term that ends as planned is mostly
// not communicated; some other ends never are.
func (c *communicator) finish() {
	s, j := c.s, c.job
	w := s.w
	if c.planned != none && j.end == j.planned && s.chance(.07) && j.end-j.start > 40 {
		c.stabilise()
	}
	c.falseEnd()
	if j.end == none || j.end > w.horizon {
		return
	}
	asPlanned := c.planned == j.end
	if asPlanned && s.chance(.6) || !asPlanned && s.chance(.006) {
		return
	}
	at := c.add(eventEnd, j.end, none, c.received(j.end))
	s.p.events[at].cessation = c.reason(asPlanned)
	switch u := s.rng.Float64(); {
	case u < .015:
		c.mistake(at)
	case u < .0155 && j.end-j.start > 3: // never corrected: it ends before it starts
		s.p.events[at].on = j.start - s.days(1, 5)
	}
}

func (c *communicator) reason(asPlanned bool) string {
	p := &c.s.p
	switch {
	case p.exit == c.job.end && p.exitReason == reasonDeath:
		return "MD"
	case p.exit == c.job.end && p.exitReason == reasonRetirement:
		return "PE"
	case asPlanned:
		return "AT"
	}
	return []string{"DI", "DI", "GO", "PP", "RC", "AL"}[c.s.rng.IntN(6)]
}
