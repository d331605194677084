package ingest

import (
	"strings"
	"testing"

	"osservatorio/ingest/contract"
	"osservatorio/warehouse"
)

// lists loads the house's own code lists and a built-in territory.
func (h *house) lists(geography string) {
	h.t.Helper()
	territory, err := warehouse.GeographyFS(geography)
	if err != nil {
		h.t.Fatal(err)
	}
	if err := warehouse.LoadReference(h.t.Context(), h.db, warehouse.ReferenceFS(), territory); err != nil {
		h.t.Fatal(err)
	}
}

// sourcesOfAll is one invented source for each contract there is.
func sourcesOfAll() []Source {
	var all []Source
	for _, name := range contract.Names() {
		all = append(all, Source{Name: name, Contract: name, Pattern: "{source}_{period}_{issued}.csv", Synthetic: true, MaxBadShare: -1})
	}
	return all
}

// relocated is an example with places of Umbria.
func relocated(t *testing.T, name, example string) string {
	t.Helper()
	c, err := contract.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	codes := map[string]string{"comuni.comune": "054039", "cpi.cpi": "G478C000452", "geo.code": "UM-C02"}
	out, err := contract.Relocate(c, example, func(table, column string) string { return codes[table+"."+column] })
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestTheExampleOfEveryContractIsAccepted(t *testing.T) {
	for _, geography := range []string{"emilia-romagna", "umbria"} {
		t.Run(geography, func(t *testing.T) {
			h := newHouse(t, sourcesOfAll()...)
			h.lists(geography)
			rows := map[string]int64{}
			for _, name := range contract.Names() {
				example, err := contract.Example(name)
				if err != nil {
					t.Fatal(err)
				}
				if geography == "umbria" {
					example = relocated(t, name, example)
				}
				rows[name] = int64(strings.Count(example, "\n") - 1)
				h.put(name+"_2026-Q1_2026-04-15.csv", example)
			}
			for _, l := range h.mustRun().Loads {
				if l.Status != Loaded || l.Outcome.Accepted != rows[l.Source] || rows[l.Source] < 2 {
					t.Errorf("%s: %s, %+v of %d rows", l.Source, l.Status, l.Outcome, rows[l.Source])
				}
				delete(rows, l.Source)
			}
			if len(rows) > 0 {
				t.Errorf("no load of %v", rows)
			}
		})
	}
}
