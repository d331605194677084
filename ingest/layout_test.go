package ingest

import (
	"path/filepath"
	"testing"

	"github.com/xuri/excelize/v2"

	"osservatorio/ingest/fetch"
)

func TestLinesOfAQuarantineAreThoseOfTheFileBelowAPreamble(t *testing.T) {
	h := newHouse(t, Source{Name: "population", Contract: "population", Pattern: "{source}_{period}_{issued}.csv", MaxBadShare: 0.9, Layout: fetch.Layout{Footer: 1}})
	h.put("population_2025_2026-01-15.csv", "Popolazione residente\n\n"+populationHeader+"037006,,2025,F,15-24,7\n037006,,2025,X,15-24,7\nFonte: inventata\n")
	if o := h.mustRun().Loads[0].Outcome; o.Rows != 2 || o.Accepted != 1 {
		t.Errorf("%+v", o)
	}
	if got := h.text(`SELECT line, "column", rule FROM ledger.quarantine`); got != "5 sex enum" {
		t.Error(got)
	}
	if got := h.text(`SELECT line FROM raw.population`); got != "4" {
		t.Error(got)
	}
}

func TestRowsOfAWorkbookAreThoseOfItsSheet(t *testing.T) {
	h := newHouse(t, Source{Name: "population", Contract: "population", Pattern: "{source}_{period}_{issued}.*", MaxBadShare: 0.9})
	f := excelize.NewFile()
	for cell, value := range map[string]any{"A1": "Popolazione residente", "A3": "comune", "B3": "district", "C3": "year", "D3": "sex", "E3": "age_band", "F3": "persons",
		"A4": "037006", "C4": 2025, "D4": "F", "E4": "15-24", "F4": 7, "A6": "037006", "C6": 2025, "D6": "M", "E6": "15-24", "F6": -1} {
		if err := f.SetCellValue("Sheet1", cell, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SaveAs(filepath.Join(h.options.SourceDir, "population_2025_2026-01-15.xlsx")); err != nil {
		t.Fatal(err)
	}
	if o := h.mustRun().Loads[0].Outcome; o.Rows != 2 || o.Accepted != 1 {
		t.Errorf("%+v", o)
	}
	if got := h.text(`SELECT line FROM raw.population UNION ALL SELECT line FROM ledger.quarantine ORDER BY 1`); got != "4\n6" {
		t.Errorf("rows %q", got)
	}
}
