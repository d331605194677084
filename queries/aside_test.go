package queries

import (
	"database/sql"
	"errors"
	"strings"
	"testing"

	"osservatorio/warehouse"
)

// leftAside counts what stands under a name of what is being made.
func leftAside(t *testing.T, db *warehouse.DB) int {
	t.Helper()
	var n int
	if err := db.QueryRow(`SELECT count(*) FROM information_schema.tables WHERE table_name LIKE '%' || ?`, asideSuffix).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func count(t *testing.T, db *warehouse.DB, table string) int {
	t.Helper()
	var n int
	if err := db.QueryRow(`SELECT count(*) FROM ` + table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestWhoReadsWhileViewsAreMadeSeesThoseThatStood(t *testing.T) {
	db, views := sourcesHouse(t), sourcesViews()
	plan := must(NewPlan(t.Context(), db, parsed(t, views)))
	if err := Apply(t.Context(), db, plan); err != nil {
		t.Fatal(err)
	}
	load(t, db, "a", 2)
	told := 0
	err := ApplyTelling(t.Context(), db, plan, func(v View) {
		told++
		if n := count(t, db, "marts.ta"); n != 1 {
			t.Errorf("after %s was made aside marts.ta has %d rows: expected the one of before", v.Path, n)
		}
	})
	if err != nil || told != len(plan.Views) {
		t.Fatalf("%d of %d views told, %v", told, len(plan.Views), err)
	}
	if n := count(t, db, "marts.ta"); n != 2 || leftAside(t, db) > 0 {
		t.Errorf("afterwards marts.ta has %d rows, %d objects stay aside: expected 2 and 0", n, leftAside(t, db))
	}
}

func TestADeliveryThatComesWhileViewsAreMadeIsNotCountedByHalf(t *testing.T) {
	db, views := sourcesHouse(t), sourcesViews()
	plan := must(NewPlan(t.Context(), db, parsed(t, views)))
	if err := Apply(t.Context(), db, plan); err != nil {
		t.Fatal(err)
	}
	come := false
	err := ApplyTelling(t.Context(), db, plan, func(v View) {
		if !come {
			load(t, db, "b", 2)
			come = true
		}
	})
	if err == nil || !strings.Contains(err.Error(), "deliveries changed") {
		t.Errorf("got %v", err)
	}
	if n := count(t, db, "marts.tb"); n != 1 || leftAside(t, db) > 0 {
		t.Errorf("marts.tb has %d rows, %d objects stay aside: expected 1 and 0", n, leftAside(t, db))
	}
}

func TestWhatAKilledProcessMadeAsideIsSwept(t *testing.T) {
	db, views := sourcesHouse(t), sourcesViews()
	updated(t, db, views)
	if _, err := db.Exec(`CREATE TABLE marts.ta__aside AS SELECT 1 AS id; CREATE VIEW staging.a__aside AS SELECT 1 AS id; CREATE TABLE cubes.gone__aside AS SELECT 1 AS id`); err != nil {
		t.Fatal(err)
	}
	load(t, db, "a", 2)
	updated(t, db, views)
	if n := leftAside(t, db); n > 0 {
		t.Errorf("%d objects stay aside", n)
	}
}

func TestAFailedUpdateLeavesNothingAside(t *testing.T) {
	db, views := sourcesHouse(t), sourcesViews()
	updated(t, db, views)
	load(t, db, "a", 2)
	views["marts/c.sql"] = "-- grain: id\n-- materialize: table\n\nSELECT nothing AS id FROM marts.ta"
	if _, err := Update(t.Context(), db, must(NewPlan(t.Context(), db, parsed(t, views)))); err == nil {
		t.Fatal("no error")
	}
	if n := leftAside(t, db); n > 0 {
		t.Errorf("%d objects stay aside", n)
	}
}

func TestANameSpelledInAnotherWayDoesNotStandForTheEarlierTable(t *testing.T) {
	for _, spelled := range []string{`marts."ta"`, `"marts".ta`, `MARTS.ta`} {
		db, views := sourcesHouse(t), sourcesViews()
		views["marts/c.sql"] = "-- grain: id\n-- materialize: table\n\nSELECT id FROM " + spelled
		plan, err := NewPlan(t.Context(), db, parsed(t, views))
		if err != nil {
			continue // refused already
		}
		if err := Apply(t.Context(), db, plan); err == nil || !strings.Contains(err.Error(), "names of tables") {
			t.Errorf("%s: got %v", spelled, err)
		}
	}
}

// The memory may end after a view was made, while Update sums up what it holds.
func TestAViewWhoseMakerIsAskedAgainIsMadeOnce(t *testing.T) {
	db, views := sourcesHouse(t), sourcesViews()
	plan := must(NewPlan(t.Context(), db, parsed(t, views)))
	twice := func(a *aside) error {
		for _, v := range plan.Views {
			if err := errors.Join(a.create(t.Context(), v), a.create(t.Context(), v)); err != nil {
				return err
			}
		}
		return nil
	}
	if err := replace(t.Context(), db, plan, twice, func(*sql.Tx) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if n := count(t, db, "marts.ta"); n != 1 || leftAside(t, db) > 0 {
		t.Errorf("marts.ta has %d rows, %d objects stay aside: expected 1 and 0", n, leftAside(t, db))
	}
}
