package synthetic

// What happens to a relationship between its start and its end: extensions,
// transformations, transfers to another employer, and ends that were none.

// prolong communicates extensions up to the planned end or to the real end,
// whichever comes first; some are cancelled and sent again.
func (c *communicator) prolong() {
	s, j := c.s, c.job
	for c.planned != none && c.planned < j.planned && (j.end == none || j.end > c.planned) {
		on := c.planned + 1
		c.planned = min(j.planned, on+s.days(10, 120))
		at := c.add(eventExtension, on, c.planned, c.received(on))
		switch u := s.rng.Float64(); {
		case u < .02:
			c.mistake(at)
		case u < .035:
			c.resend(at)
		}
	}
}

// resend cancels an event and sends it again as a new one: a plan that was too
// long, then the true one.
func (c *communicator) resend(at int) {
	s, p := c.s, &c.s.p
	again := p.events[at]
	p.events[at].planned += s.days(0, 60)
	p.events[at].cancelOn = again.received + s.days(1, 30)
	again.seq, again.received = c.count, p.events[at].cancelOn
	again.sent = again.received
	c.count++
	p.events = append(p.events, again)
}

// until is the last day of which anything is lived.
func (c *communicator) until() day {
	if c.job.end == none || c.job.end > c.s.w.horizon {
		return c.s.w.horizon
	}
	return c.job.end
}

// transfer moves a job to another employer, as a sale of the firm does: the
// relationship stays what it is. Some such communications state the planned
// end as it stands.
func (c *communicator) transfer() {
	s, j, w := c.s, c.job, c.s.w
	first := max(c.lastOn+1, j.start+20)
	if j.form == formUNISOMM || c.until()-first < 30 || !s.chance(.025) {
		return
	}
	on := first + s.days(0, int(c.until()-first)-5)
	c.employer = (j.employer + len(w.districts)*(1+s.rng.IntN(w.employers-1))) % (w.employers * len(w.districts))
	at := c.add(eventTransformation, on, none, c.received(on))
	s.p.events[at].form = formVARDATORI
	if c.planned >= on && s.chance(.5) {
		s.p.events[at].planned = c.planned
	}
}

// vary communicates what changes in a job without making it last: hours, place,
// secondment; and, of apprentices who stay, the end of their training.
func (c *communicator) vary() {
	s, j := c.s, c.job
	first := max(c.lastOn+1, j.start+20)
	left := int(c.until() - first)
	if s.w.contracts[j.contract].group == groupApprentice && left > 900 && s.chance(.8) {
		c.become(first+s.days(860, left), "FF")
		return
	}
	if left < 40 || !s.chance(.06) {
		return
	}
	on := first + s.days(0, left-10)
	if c.planned != none && on > c.planned {
		return
	}
	at := c.add(eventTransformation, on, none, c.received(on))
	s.p.events[at].transformation = c.variation()
	if s.chance(.55) {
		s.p.events[at].planned = c.planned
	}
}

// variation is a transformation that leaves the job as long as it was.
func (c *communicator) variation() string {
	switch u := c.s.rng.Float64(); {
	case u < .15:
		return "TL"
	case u < .25:
		return "DL"
	case u < .28:
		return "PV"
	}
	return []string{"PP", "TP"}[c.hours&1]
}

// become turns a job into an open-ended one from that day: code DI of a fixed
// term, FF of an apprenticeship.
func (c *communicator) become(on day, code string) {
	s := c.s
	if open := s.w.contractAt(groupOpen, on, 0); open >= 0 {
		c.contract = open
	}
	at := c.add(eventTransformation, on, none, c.received(on))
	s.p.events[at].transformation = code
	c.job.stabilised, c.planned = on, none
}

// stabilise turns a fixed term into an open-ended job before it ends, and
// lets it go on.
func (c *communicator) stabilise() {
	s, j := c.s, c.job
	on := max(c.lastOn+1, j.end-s.days(0, 15))
	c.become(on, "DI")
	j.end = max(on, j.end) + 1 + s.wait(1200)
	if s.p.exit != none && j.end > s.p.exit {
		j.end = max(s.p.exit, on)
	}
	if j.end > s.w.horizon {
		j.end = none
	}
}

// falseEnd communicates an end that was none and cancels it later; until then
// the archive believes it.
func (c *communicator) falseEnd() {
	s := c.s
	first := max(c.lastOn+1, c.job.start+5)
	if c.until()-first < 60 || !s.chance(.006) {
		return
	}
	on := first + s.days(0, int(c.until()-first)-30)
	at := c.add(eventEnd, on, none, c.received(on))
	s.p.events[at].cessation = "DI"
	s.p.events[at].cancelOn = s.p.events[at].received + s.days(2, 90)
}
