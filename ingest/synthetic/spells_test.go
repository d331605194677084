package synthetic

import "testing"

// ev makes one event of an invented relationship; days count from 2024-01-01.
func ev(kind eventKind, on int, change func(*event)) event {
	e := event{kind: kind, on: newDay(2024, 1, 1) + day(on), planned: none, corrects: -1, cancelOn: none, sector: "C10.5"}
	e.received = e.on + 2
	if change != nil {
		change(&e)
	}
	return e
}

func until(on int) func(*event) {
	return func(e *event) { e.planned = newDay(2024, 1, 1) + day(on) }
}

func corrects(i int) func(*event) { return func(e *event) { e.corrects = i } }

func TestCommunicationsBecomeTheSpellThatTheyMean(t *testing.T) {
	cancelled := func(e *event) { e.cancelled = true }
	both := func(fs ...func(*event)) func(*event) {
		return func(e *event) {
			for _, f := range fs {
				f(e)
			}
		}
	}
	urgent := func(e *event) { e.form = formUNIURG }
	to := func(code string, change func(*event)) func(*event) {
		return func(e *event) {
			e.transformation = code
			if change != nil {
				change(e)
			}
		}
	}
	const open, nothing = -1, -2
	for claim, c := range map[string]struct {
		events   []event
		missing  int // index of an event that was not delivered; −1 none
		from, to int
	}{
		"a start alone is open":                   {[]event{ev(eventStart, 3, nil)}, -1, 3, open},
		"a fixed term ends as planned":            {[]event{ev(eventStart, 3, until(20))}, -1, 3, 20},
		"a reported end is stronger":              {[]event{ev(eventStart, 3, until(20)), ev(eventEnd, 9, nil)}, -1, 3, 9},
		"it may end on the day of its start":      {[]event{ev(eventStart, 3, nil), ev(eventEnd, 3, nil)}, -1, 3, 3},
		"an extension moves the planned end":      {[]event{ev(eventStart, 3, until(20)), ev(eventExtension, 21, until(40))}, -1, 3, 40},
		"one that stabilises opens it":            {[]event{ev(eventStart, 3, until(20)), ev(eventTransformation, 15, to("DI", nil))}, -1, 3, open},
		"to full time it keeps its planned end":   {[]event{ev(eventStart, 3, until(20)), ev(eventTransformation, 15, to("PP", nil))}, -1, 3, 20},
		"a transfer keeps the planned end":        {[]event{ev(eventStart, 3, until(20)), ev(eventTransformation, 15, nil)}, -1, 3, 20},
		"a transfer may state another":            {[]event{ev(eventStart, 3, until(20)), ev(eventTransformation, 15, until(30))}, -1, 3, 30},
		"an extension without end opens it":       {[]event{ev(eventStart, 3, until(20)), ev(eventExtension, 21, nil)}, -1, 3, open},
		"of a chain of corrections the last":      {[]event{ev(eventStart, 3, nil), ev(eventStart, 4, corrects(0)), ev(eventStart, 5, corrects(1))}, -1, 5, open},
		"a correction that never came is no loss": {[]event{ev(eventStart, 3, nil), ev(eventStart, 4, corrects(0))}, 1, 3, open},
		"a chain whose last is cancelled is gone": {[]event{ev(eventStart, 3, nil), ev(eventStart, 4, both(corrects(0), cancelled))}, -1, nothing, nothing},
		"a cancelled start is no job":             {[]event{ev(eventStart, 3, cancelled)}, -1, nothing, nothing},
		"a cancelled end does not end it":         {[]event{ev(eventStart, 3, nil), ev(eventEnd, 9, cancelled)}, -1, 3, open},
		"an urgent hire gives way":                {[]event{ev(eventStart, 2, urgent), ev(eventStart, 3, nil)}, -1, 3, open},
		"an urgent hire alone counts":             {[]event{ev(eventStart, 2, urgent), ev(eventStart, 3, nil)}, 1, 2, open},
		"an end before the start is no spell":     {[]event{ev(eventStart, 9, nil), ev(eventEnd, 3, nil)}, -1, nothing, nothing},
		"without a start there is no spell":       {[]event{ev(eventStart, 3, nil), ev(eventEnd, 9, nil)}, 0, nothing, nothing},
	} {
		t.Run(claim, func(t *testing.T) {
			w := &world{reference: &reference{contracts: []contractCode{{code: "A.01.00", qualifying: true}}, comuni: []comune{{}}}}
			w.parameter, w.stabilises = map[string]float64{"end_rule": 1}, map[string]bool{"DI": true}
			s := newSimulator(w)
			for i, e := range c.events {
				s.p.seen.evs = append(s.p.seen.evs, e)
				s.p.seen.ev = append(s.p.seen.ev, i != c.missing)
			}
			got, ok := s.chained(0, len(c.events))
			if ok != (c.from != nothing) {
				t.Fatalf("spell %v %+v: want from %d", ok, got, c.from)
			}
			zero := newDay(2024, 1, 1)
			if ok && (got.from != zero+day(c.from) || (c.to == open) != (got.to == none) || c.to >= 0 && got.to != zero+day(c.to)) {
				t.Errorf("spell %s to %s: want %d to %d", got.from, got.to, c.from, c.to)
			}
		})
	}
}

func TestTraineeshipsAreNeverEmployment(t *testing.T) {
	w := &world{reference: &reference{contracts: []contractCode{{code: "C.01.00", group: groupTrainee, qualifying: true}}, comuni: []comune{{}}}}
	for _, form := range []formKind{formUNILAV, formUNISOMM} {
		if sp := w.spellOf(0, none, 0, form, 0, "C10.5", "6.2.1.4"); sp.covers(10) {
			t.Errorf("a traineeship by %s counts as employment", formNames[form])
		}
	}
}

func TestWorkBeyondTheRegionIsEmploymentAndNoFlow(t *testing.T) {
	w := &world{reference: &reference{contracts: []contractCode{{code: "A.01.00", qualifying: true}}, comuni: []comune{{code: "1", district: 3}}}, beyond: []string{"9"}}
	away := w.spellOf(10, 20, 0, formUNILAV, -1, "A01", "6.4.1.1")
	if away.district != -1 || !away.covers(15) {
		t.Errorf("beyond the region: %+v, want a spell that covers day 15 without a district", away)
	}
	if near := w.spellOf(10, 20, 0, formUNILAV, 0, "A01", "6.4.1.1"); near.district != 3 {
		t.Errorf("in the region: district %d, want 3", near.district)
	}
	if w.workplaceCode(-1) != "9" || w.workplaceCode(0) != "1" {
		t.Error("a workplace has the wrong code")
	}
	w.setBeyond()
	for _, code := range w.beyond {
		if code == "1" {
			t.Error("a municipality of the region is beyond it")
		}
	}
}

func TestWithoutPlannedEndsOnlyACessationEndsAJob(t *testing.T) {
	w := &world{reference: &reference{contracts: []contractCode{{code: "A.01.00", qualifying: true}}, comuni: []comune{{}}}}
	w.parameter = map[string]float64{"end_rule": 0}
	s := newSimulator(w)
	for _, e := range []event{ev(eventStart, 3, until(20))} {
		s.p.seen.evs, s.p.seen.ev = append(s.p.seen.evs, e), append(s.p.seen.ev, true)
	}
	if sp, ok := s.chained(0, 1); !ok || sp.to != none {
		t.Errorf("a fixed term without cessation: %+v, want it open", sp)
	}
}

func TestEmploymentJoinsJobsWithoutADayBetween(t *testing.T) {
	job := func(from, to day) spell { return spell{from: from, to: to, qualifying: true, turned: none} }
	stale, trainee := job(0, none), job(0, 99)
	stale.stale, trainee.qualifying = true, false
	for claim, c := range map[string]struct {
		jobs []spell
		gap  day
		want []interval
	}{
		"the day after is no gap":        {[]spell{job(11, 20), job(1, 10)}, 0, []interval{{1, 20}}},
		"a day between is one":           {[]spell{job(1, 10), job(12, 20)}, 0, []interval{{1, 10}, {12, 20}}},
		"unless it is tolerated":         {[]spell{job(1, 10), job(12, 20)}, 1, []interval{{1, 20}}},
		"two jobs at once are one":       {[]spell{job(1, 30), job(5, 10), job(31, 40)}, 0, []interval{{1, 40}}},
		"an open one takes what follows": {[]spell{job(1, 5), job(3, none), job(50, 60)}, 0, []interval{{1, none}}},
		"what does not count is nothing": {[]spell{stale, trainee}, 0, nil},
	} {
		got := employment(nil, c.jobs, c.gap)
		if len(got) != len(c.want) {
			t.Errorf("%s: %v, want %v", claim, got, c.want)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%s: %v, want %v", claim, got, c.want)
			}
		}
	}
}
