package synthetic

import "strconv"

// The rows of the four personal sources, as the generator keeps them: small
// numbers that index the world's tables, written as text only at the end.

type registration struct {
	seq          int
	on, closed   day
	reason       uint8 // index of closeReasons, with closed
	sex          uint8 // as this row says; two rows of a person may differ
	birthYear    int
	education    uint8
	comune       int // index of reference.comuni
	districtOnly bool
	months       int // −1 is not known
	class        uint8
	index        uint8 // hundredths
	profiled     day
	updated      day
	unrecorded   bool // it happened, but no row was ever written
}

type service struct {
	seq                      int
	employer                 int // −1: the beneficiary is the person
	registration             int // index; −1 none
	lep                      int
	measure                  uint8 // index of measures
	event                    uint8 // 1…15
	proposed, started, ended day
	accredited               bool
	provider                 int // index of world.providers
	channel                  uint8
	programme                int8 // index of programmes; −1 none
	hours                    int
	costCents                int
	updated                  day
	unrecorded               bool
}

type agreement struct {
	seq          int
	registration int
	on           day
	programme    int8
	path         uint8 // 0 none
	assessed     day
	team         bool
	fragility    int    // −1 none
	planned      uint64 // bit per LEP
	closed       day
	reason       uint8
	updated      day
	unrecorded   bool
}

var (
	closeReasons = [...]string{"employed", "expired", "cancelled", "retirement", "moved_out", "death", "other"}
	programmes   = [...]string{"ordinary", "gol", "lr14", "l68"}
	channels     = [...]string{"in_person", "remote", "online"}
	sexes        = [...]string{"F", "M"}
	citizenships = [...]string{"it", "eu", "non_eu"}
	educations   = [...]string{"low", "medium", "high"}
)

const (
	reasonEmployed = iota
	reasonExpired
	reasonCancelled
	reasonRetirement
	reasonMovedOut
	reasonDeath
	reasonOther
)

const (
	programmeOrdinary = iota
	programmeGOL
	programmeLR14
	programmeL68
)

// source is one of the contracts that deliveries are written for.
type source int

const (
	registrations source = iota
	services
	agreements
	placements
	convocations
	benefits
	training
	vacancies
	personal // how many sources are delivered by quarter
)

var sourceNames = [...]string{"registrations", "services", "agreements", "placements", "convocations", "benefits", "training", "vacancies"}

// headers are the columns of the contracts, in order.
var headers = map[string]string{
	"registrations": "registration_id,person_id,registered_on,closed_on,close_reason,sex,birth_year,citizenship,education,comune,district,cpi,months_unemployed,disability,profiling_scheme,profiling_class,profiling_index,profiled_on,updated_on",
	"services":      "service_id,beneficiary_kind,person_id,employer_id,registration_id,lep,measure,sap_code,last_event,proposed_on,started_on,ended_on,provider_kind,provider,channel,programme,hours,standard_cost_eur,updated_on",
	"agreements":    "agreement_id,person_id,registration_id,signed_on,programme,path,assessed_on,team_assessed,fragility_score,planned_leps,closed_on,close_reason,updated_on",
	"placements":    "event_id,relationship_id,person_id,employer_id,event,event_on,planned_end_on,contract,working_hours,transformation,cessation,sector,sector_version,occupation,occupation_version,workplace_comune,form,seasonal,corrects,cancelled,received_on",
	"convocations":  "convocation_id,person_id,registration_id,cpi,called_for,outcome,updated_on",
	"benefits":      "benefit_id,person_id,kind,started_on,ended_on,updated_on",
	"training":      "enrolment_id,person_id,course,started_on,ended_on,hours,status,qualification,digital,programme,provider,fund,updated_on",
	"vacancies":     "vacancy_id,opened_on,closed_on,positions,occupation,occupation_version,sector,sector_version,comune,contract,updated_on",
	"centres":       "cpi,month,plan_line,programme,assigned,filled,planned_works,completed_works,allocated_eur,committed_eur,paid_eur,staff_trained",
	"funding":       "programme,fund,year,district,kind,amount_eur",
	"providers":     "provider,kind,site,comune,services,valid_from,valid_to",
	"population":    "comune,district,year,sex,age_band,persons",
}

// alphabet has no letters that look like digits; 32 of them, five bits each.
const alphabet = "abcdefghjkmnpqrstuvwxyz123456789"

// appendCode writes a number as eight letters and digits that follow no
// order: a pseudonym that looks like one, and like nothing else.
func appendCode(b []byte, n uint64) []byte {
	n = (n*0x5851F42D4C957F2D + 0x14057B7EF7) & (1<<40 - 1)
	n ^= n >> 17
	for range 8 {
		b = append(b, alphabet[n&31])
		n >>= 5
	}
	return b
}

func appendID(b []byte, kind byte, person uint64, seq int) []byte {
	b = appendCode(append(b, kind), person)
	return appendSeq(append(b, '-'), seq)
}

func appendSeq(b []byte, seq int) []byte {
	return strconv.AppendInt(b, int64(seq+1), 10)
}

func appendBool(b []byte, v bool) []byte {
	if v {
		return append(b, "true"...)
	}
	return append(b, "false"...)
}

// appendHundredths writes 1234 as 12.34.
func appendHundredths(b []byte, n int) []byte {
	b = strconv.AppendInt(b, int64(n/100), 10)
	return append(b, '.', byte('0'+n/10%10), byte('0'+n%10))
}

func (r registration) stamp() day { return r.updated }

func (r registration) line(b []byte, w *world, p *person) []byte {
	c := w.comuni[r.comune]
	b = appendID(b, 'r', p.number, r.seq)
	b = appendCode(append(b, ",p"...), p.number)
	b = w.append(append(b, ','), r.on)
	b = w.append(append(b, ','), r.closed)
	b = append(b, ',')
	if r.closed != none {
		b = append(b, closeReasons[r.reason]...)
	}
	b = append(append(b, ','), sexes[r.sex]...)
	b = strconv.AppendInt(append(b, ','), int64(r.birthYear), 10)
	b = append(append(b, ','), citizenships[p.citizenship]...)
	b = append(append(b, ','), educations[r.education]...)
	b = append(b, ',')
	if r.districtOnly {
		b = append(append(b, ','), w.districts[c.district].code...)
	} else {
		b = append(append(b, c.code...), ',')
	}
	b = append(append(b, ','), c.cpi...)
	b = append(b, ',')
	if r.months >= 0 {
		b = strconv.AppendInt(b, int64(r.months), 10)
	}
	b = appendBool(append(b, ','), p.disability)
	if r.profiled == none {
		b = append(b, ",,,,"...)
	} else {
		b = append(append(b, ','), w.profiling(r.profiled)...)
		b = strconv.AppendInt(append(b, ','), int64(r.class), 10)
		b = appendHundredths(append(b, ','), int(r.index))
		b = w.append(append(b, ','), r.profiled)
	}
	return w.append(append(b, ','), r.updated)
}

func (s service) stamp() day { return s.updated }

func (s service) line(b []byte, w *world, p *person) []byte {
	l := &w.lep[s.lep]
	if s.employer >= 0 {
		b = appendID(b, 'd', uint64(s.employer), s.seq)
		b = appendCode(append(b, ",employer,,e"...), uint64(s.employer))
		b = append(b, ',')
	} else {
		b = appendID(b, 's', p.number, s.seq)
		b = appendCode(append(b, ",person,p"...), p.number)
		b = append(b, ",,"...)
		if s.registration >= 0 {
			b = appendID(b, 'r', p.number, s.registration)
		}
	}
	b = append(append(b, ','), l.slug...)
	b = append(append(b, ','), measures[s.measure]...)
	b = append(append(b, ','), l.behaviour.sap...)
	b = append(b, ',', '0'+s.event/10, '0'+s.event%10)
	b = w.append(append(b, ','), s.proposed)
	b = w.append(append(b, ','), s.started)
	b = w.append(append(b, ','), s.ended)
	b = append(append(b, ','), providerKinds[kindOf(s.accredited)]...)
	b = append(append(b, ','), w.providers[s.provider].code...)
	b = append(append(b, ','), channels[s.channel]...)
	b = append(b, ',')
	if s.programme >= 0 {
		b = append(b, programmes[s.programme]...)
	}
	b = append(b, ',')
	if s.hours > 0 {
		b = strconv.AppendInt(b, int64(s.hours), 10)
	}
	b = append(b, ',')
	if s.costCents > 0 {
		b = appendHundredths(b, s.costCents)
	}
	return w.append(append(b, ','), s.updated)
}

func (a agreement) stamp() day { return a.updated }

func (a agreement) line(b []byte, w *world, p *person) []byte {
	b = appendID(b, 'a', p.number, a.seq)
	b = appendCode(append(b, ",p"...), p.number)
	b = appendID(append(b, ','), 'r', p.number, a.registration)
	b = w.append(append(b, ','), a.on)
	b = append(append(b, ','), programmes[a.programme]...)
	b = append(b, ',')
	if a.path > 0 {
		b = append(b, '0'+a.path)
	}
	b = w.append(append(b, ','), a.assessed)
	b = appendBool(append(b, ','), a.team)
	b = append(b, ',')
	if a.fragility >= 0 {
		b = strconv.AppendInt(b, int64(a.fragility), 10)
	}
	b = w.appendSlugs(append(b, ','), a.planned)
	b = w.append(append(b, ','), a.closed)
	b = append(b, ',')
	if a.closed != none {
		b = append(b, closeReasons[a.reason]...)
	}
	return w.append(append(b, ','), a.updated)
}

func (w *world) appendSlugs(b []byte, set uint64) []byte {
	parted := false
	for i := range w.lep {
		if set&(1<<i) == 0 {
			continue
		}
		if parted {
			b = append(b, '|')
		}
		b = append(b, w.lep[i].slug...)
		parted = true
	}
	return b
}
