package synthetic

// employerServices lives the services of one employer. A service's seq
// counts within the employer.
func (s *simulator) employerServices(number int) *person {
	w := s.w
	s.pcg.Seed(w.seed^streamEmployers, mix(uint64(number), streamEmployers))
	p := &s.p
	p.svcs = p.svcs[:0]
	comune, _, _ := w.workplace(number)
	bodies := w.bodies[w.comuni[comune].district]
	q := w.effects[w.comuni[comune].district].quality
	for i := range w.lep {
		l := &w.lep[i]
		if !l.employer || !s.chance(min(.95, l.behaviour.share*1.6+.1*q)) {
			continue
		}
		for range 1 + s.rng.IntN(3) {
			start := w.from - 60 + s.days(0, int(w.to-w.from)+90)
			sv := service{
				seq: len(p.svcs), employer: number, registration: -1, lep: i, event: 10, programme: -1,
				proposed: start - s.days(0, 9), started: start, ended: start + s.days(0, l.behaviour.length),
				provider: w.centres[comune], channel: uint8(s.rng.IntN(3)),
			}
			if s.chance(.12) {
				sv.event = []uint8{4, 6, 7, 5}[s.rng.IntN(4)]
			}
			if sv.event == 4 || sv.event == 6 {
				sv.started, sv.ended = none, none
			}
			if len(bodies) > 0 && s.chance(l.behaviour.accredited) {
				sv.accredited, sv.provider = true, bodies[s.rng.IntN(len(bodies))]
			}
			s.finishService(&sv, &l.behaviour)
			p.svcs = append(p.svcs, sv)
		}
	}
	return p
}
