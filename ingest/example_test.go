package ingest

import (
	"maps"
	"os"
	"strconv"
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

func TestAPersonOfAComuneWithSeveralCentresEntersByHerCentre(t *testing.T) {
	source := Source{Name: "registrations", Contract: "registrations", Pattern: "{source}_{period}_{issued}.csv", Synthetic: true, MaxBadShare: 0.9}
	h := newHouse(t, source)
	if err := warehouse.LoadReference(t.Context(), h.db, warehouse.ReferenceFS(), os.DirFS("../warehouse/testdata/several-centres")); err != nil {
		t.Fatal(err)
	}
	row := exampleRow(t, "registrations")
	c, err := contract.Load("registrations")
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]string
	for i, cpi := range []string{"H501C000523", "H501C001019", "H501C999999"} {
		r := maps.Clone(row)
		r["registration_id"], r["comune"], r["cpi"] = "R"+strconv.Itoa(i), "058091", cpi
		rows = append(rows, r)
	}
	h.put("registrations_2026-Q1_2026-04-15.csv", asCSV(t, c, rows))
	h.mustRun()
	if got, want := h.text(`SELECT comune, p.geo FROM raw.registrations JOIN reference.cpi p USING (cpi) ORDER BY line`), "058091 LA-C01\n058091 LA-C02"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := h.text(`SELECT line, "column", rule FROM ledger.quarantine`); got != "4 cpi reference" {
		t.Errorf("put aside: %s", got)
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
