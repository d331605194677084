package export

import (
	"testing"

	"osservatorio/queries/disclosure"
	"osservatorio/warehouse"
)

// Of a list's codes a reader may make a key; targets alone repeat theirs, by date.
func TestEveryListOfAReleaseHasRowsWithLabelsAndCodesOfTheirOwn(t *testing.T) {
	db, err := warehouse.Open(t.Context(), warehouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	territory, err := warehouse.GeographyFS("umbria")
	if err != nil {
		t.Fatal(err)
	}
	if err := warehouse.LoadReference(t.Context(), db, warehouse.ReferenceFS(), territory); err != nil {
		t.Fatal(err)
	}
	said, err := readColumns()
	if err != nil {
		t.Fatal(err)
	}
	for name, query := range lists {
		label := "label_it"
		if name == "geo" {
			label = "name_it"
		}
		var rows, codes, labels int
		if err := db.QueryRow(`SELECT count(*), count(DISTINCT code), count(nullif(`+label+`, '')) FROM (`+query+`)`).Scan(&rows, &codes, &labels); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if rows == 0 || labels != rows || codes != rows && name != "targets" {
			t.Errorf("%s: %d rows, %d codes, %d labels", name, rows, codes, labels)
		}
		columns, err := db.Query(query)
		if err != nil {
			t.Fatal(err)
		}
		named, err := columns.Columns()
		columns.Close()
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range append(named, name) {
			if said[c].titleIT == "" && said["codes."+c].titleIT == "" {
				t.Errorf("codes/%s.csv: no words for %s in words/columns.csv", name, c)
			}
		}
	}
}

// An instance may wait where the house does not: a list that says 0 beside views
// that waited would be wrong.
func TestTheParametersOfAReleaseTellWhetherOutcomesWaited(t *testing.T) {
	db, err := warehouse.Open(t.Context(), warehouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	territory, err := warehouse.GeographyFS("umbria")
	if err != nil {
		t.Fatal(err)
	}
	if err := warehouse.LoadReference(t.Context(), db, warehouse.ReferenceFS(), territory); err != nil {
		t.Fatal(err)
	}
	for waited, want := range map[bool]string{true: "1.0", false: "0.0"} {
		w := &writer{o: Options{Report: disclosure.Report{Mature: waited}}}
		var value, other string
		var rows, all int
		if err := db.QueryRow(`SELECT max(value) FILTER (code = 'outcomes_at_maturity'), max(value) FILTER (code = 'services_lag_days'), count(*) FROM (`+w.inForce("parameters")+`)`).Scan(&value, &other, &rows); err != nil {
			t.Fatal(err)
		}
		if err := db.QueryRow(`SELECT count(*) FROM (` + lists["parameters"] + `)`).Scan(&all); err != nil {
			t.Fatal(err)
		}
		if value != want || other == want || rows != all {
			t.Errorf("waited %v: outcomes_at_maturity %s, services_lag_days %s, %d of %d rows", waited, value, other, rows, all)
		}
	}
}
