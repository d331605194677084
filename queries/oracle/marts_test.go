package oracle

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"osservatorio/queries/oracle/ways"
)

const seeds = 3

// same compares two lists of lines and says in words which are on one side
// only, the first dozen of each.
func same(t *testing.T, what string, oracle, sql []string) {
	t.Helper()
	count := map[string]int{}
	for _, l := range sql {
		count[l]++
	}
	var missing, extra []string
	for _, l := range oracle {
		if count[l]--; count[l] < 0 {
			missing = append(missing, l)
		}
	}
	for _, l := range slices.Sorted(slices.Values(sql)) {
		if count[l] > 0 {
			count[l]--
			extra = append(extra, l)
		}
	}
	if len(missing)+len(extra) == 0 {
		return
	}
	t.Errorf("%s: of %d rows by the words, %d are not in the SQL:\n  %s\nand the SQL has %d others:\n  %s", what, len(oracle),
		len(missing), strings.Join(missing[:min(12, len(missing))], "\n  "), len(extra), strings.Join(extra[:min(12, len(extra))], "\n  "))
}

// hold compares a cube with the lines that it must have, and notes how many
// figures above zero of each measure were compared.
func (s *stage) hold(t *testing.T, where, view string, oracle, sql []string) {
	t.Helper()
	same(t, where+view, oracle, sql)
	for _, line := range oracle {
		cells := strings.Split(line, ",")
		none := cells[4] == "" || cells[4] == "0"
		s.tally.Equal(ways.Key{View: view, Measure: cells[3]}, !none || cells[6] != "" && cells[6] != "0", 0)
	}
}

func (s *stage) lines(query string) []string {
	s.t.Helper()
	var out []string
	for _, r := range s.rows(query) {
		out = append(out, strings.Join(r, ","))
	}
	return out
}

func TestEventsSpellsAndEmploymentAreThoseOfTheWords(t *testing.T) {
	s := newStage(t, "umbria")
	for seed := range uint64(seeds) {
		for _, options := range []map[string]int{{}, {"end_rule": 0}, {"gap_days": 30}} {
			w := newWorld(seed, s.list)
			w.parameters = options
			s.play(w, "marts.valid_events", "marts.spells", "marts.employment")
			s.holdMarts(t, know(w, s.list), fmt.Sprintf("seed %d, options %v: ", seed, options))
		}
	}
}

func (s *stage) holdMarts(t *testing.T, known *truth, where string) {
	t.Helper()
	var valid, spells, jobs []string
	for _, e := range known.valid {
		valid = append(valid, e.id)
	}
	for _, sp := range known.spells {
		spells = append(spells, sp.line())
	}
	for person, spans := range known.jobs {
		for _, sp := range spans {
			jobs = append(jobs, person+","+sp.start.String()+","+text(sp.end))
		}
	}
	if len(valid) < 100 || len(spells) < 50 || len(jobs) < 20 {
		t.Fatalf("%s%d valid events, %d spells, %d times of employment: too few to try anything", where, len(valid), len(spells), len(jobs))
	}
	same(t, where+"valid events", valid, s.lines(`SELECT event_id FROM marts.valid_events`))
	same(t, where+"spells", spells, s.lines(`
		SELECT relationship_id, person_id, employer_id, last_employer_id, CAST(start_on AS VARCHAR), CAST(end_on AS VARCHAR), contract, form, contract_group,
		  workplace_comune, CAST(stabilised_on AS VARCHAR), qualifying, stale FROM marts.spells`))
	same(t, where+"employment", jobs, s.lines(`SELECT person_id, CAST(start_on AS VARCHAR), CAST(end_on AS VARCHAR) FROM marts.employment`))
}
