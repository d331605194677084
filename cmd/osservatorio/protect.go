package main

import (
	"time"

	"osservatorio/queries/disclosure"
)

// policy is what the instance may publish. All views are protected together; a
// synthetic region may leave that out.
func (in *instance) policy() (disclosure.Policy, error) {
	key, err := in.key()
	if err != nil {
		return disclosure.Policy{}, err
	}
	p := disclosure.Policy{Contracts: protections(), Across: true, Together: in.together(), Mature: in.Disclosure.Mature, Tell: in.tellSeldom()}
	if key != nil {
		p.Salt = key.First().Pseudonym("\x00salt of disclosure control") // no value that a delivery can hold; a new key leaves it, so that releases can be made again
	}
	return p, nil
}

// together says whether all views are protected together: always, but for a
// synthetic region that says otherwise.
func (in *instance) together() bool {
	return !in.Region.Synthetic || in.Disclosure.Together == nil || *in.Disclosure.Together
}

// tellGate says what the gate did, with what is for the operator alone.
func (in *instance) tellGate(r disclosure.Report) {
	if r.Gate == nil {
		in.out.say("protected", "views", len(r.Views), "together", r.Complementary)
		return
	}
	g := r.Gate
	in.out.say("protected", "views", len(r.Views), "together", r.Complementary, "families", g.Families, "guarded", g.Guarded, "sums", g.Cells,
		"witnesses", g.Witnesses, "detail_given_up", g.GivenUp, "tiers_given_up", g.TooLong, "carried_over", g.Carried, "withheld", len(g.Withheld))
	in.tellWithheld(g.Withheld)
	if i := g.Interval; i.Attack == "passed" {
		in.out.say("interval attacker passed", "cells", i.Asked, "families", i.Families, "closest_above_need", i.Closest)
	}
}

// tellWithheld says which families stand as in the last release, and why: for the
// operator alone.
func (in *instance) tellWithheld(families []string) {
	for _, name := range families {
		in.out.say("withheld", "family", name,
			"why", "numbers that earlier releases showed at different times are right again at once and would tell a hidden one: the numbers of the last release stand, and nothing new is shown until one of them changes")
	}
}

// tellSeldom says every few seconds how many families are judged.
func (in *instance) tellSeldom() func(disclosure.Event) {
	last := in.now()
	return func(e disclosure.Event) {
		in.out.show("protect "+e.Family, int64(e.Done), int64(e.All))
		if now := in.now(); now.Sub(last) > 5*time.Second && !in.out.terminal {
			last = now
			in.log.Info("protecting", "family", e.Family, "work", e.Work, "judged", e.Done, "families", e.All)
		}
	}
}

// tellEach says what each family is and how long each work on it took.
func (in *instance) tellEach() func(disclosure.Event) {
	begun := map[string]time.Time{}
	work := map[string]disclosure.Work{}
	took := map[string]map[disclosure.Work]time.Duration{}
	return func(e disclosure.Event) {
		now := in.now()
		if took[e.Family] == nil {
			took[e.Family] = map[disclosure.Work]time.Duration{}
		}
		if was, ok := work[e.Family]; ok {
			took[e.Family][was] += now.Sub(begun[e.Family])
		}
		begun[e.Family], work[e.Family] = now, e.Work
		if e.Work == disclosure.Judged || e.Work == disclosure.Hidden {
			of := took[e.Family]
			in.out.say("family "+string(e.Work), "name", e.Family, "cells", e.Cells, "rows", e.Rows, "sensitive", e.Sensitive, "hidden", e.Hidden, "rungs", e.Rungs, "given", e.Given,
				"hide", of[disclosure.Hiding], "verify", of[disclosure.Verifying], "attack", of[disclosure.Attacking], "done", e.Done, "all", e.All)
		}
	}
}
