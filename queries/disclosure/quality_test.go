package disclosure

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"osservatorio/warehouse"
)

// ledgerOf is a warehouse with the deliveries given as SQL VALUES of load_id,
// source, protection, rows, accepted, quarantined, superseded.
func ledgerOf(t *testing.T, deliveries string) *warehouse.DB {
	t.Helper()
	db, err := warehouse.Open(t.Context(), warehouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	_, err = db.Exec(`
		INSERT INTO reference.disclosure_rules VALUES ('persons', 3, false, 30, NULL, 'x', 'proposal'), ('fragility', 5, true, 30, NULL, 'x', 'proposal');
		INSERT INTO ledger.deliveries
		SELECT id, source, source, protection, '2025-Q' || id, DATE '2025-01-01', DATE '2025-04-01', TIMESTAMP '2026-01-01', 'full', true, 'f', 'sum' || id, 1, r, a, q, s, TIMESTAMP '2026-01-01'
		FROM (VALUES ` + deliveries + `) AS d(id, source, protection, r, a, q, s)`)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func putAside(t *testing.T, db *warehouse.DB, load int, rule string, rows int) {
	t.Helper()
	if _, err := db.Exec(fmt.Sprintf(`INSERT INTO ledger.quarantine SELECT %d, range, 'c', '%s', NULL FROM range(%d)`, load, rule, rows)); err != nil {
		t.Fatal(err)
	}
}

func qualityOf(t *testing.T, db *warehouse.DB) Quality {
	t.Helper()
	q, err := QualityOf(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func TestSmallCountsOfDeliveriesAreNotTold(t *testing.T) {
	db := ledgerOf(t, `(1, 'a', 'personal', 100, 98, 2, 0), (2, 'a', 'personal', 100, 97, 3, 0), (3, 'b', 'open', 100, 99, 1, 0), (4, 'a', 'personal', 100, 60, 39, 1)`)
	q := qualityOf(t, db)
	told := map[string]bool{}
	for _, d := range q.Sources {
		if (d.Accepted == nil) != (d.Quarantined == nil) || (d.Accepted == nil) != (d.Superseded == nil) || d.Rows != 100 {
			t.Errorf("half of a delivery is told: %+v", d)
		}
		told[d.Period] = d.Accepted != nil
	}
	if want := map[string]bool{"2025-Q1": false, "2025-Q2": true, "2025-Q3": true, "2025-Q4": false}; fmt.Sprint(told) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", told, want)
	}
}

func TestSmallCountsByReasonAreNotToldNorComputed(t *testing.T) {
	db := ledgerOf(t, `(1, 'a', 'personal', 100, 80, 20, 0), (2, 'b', 'personal', 100, 96, 4, 0), (3, 'c', 'open', 100, 99, 1, 0)`)
	putAside(t, db, 1, "dates", 2)
	putAside(t, db, 1, "keys", 5)
	putAside(t, db, 1, "codes", 13)
	putAside(t, db, 2, "dates", 2)
	putAside(t, db, 2, "keys", 2)
	putAside(t, db, 3, "dates", 1)
	got := map[string]string{}
	for _, p := range qualityOf(t, db).Quarantined {
		n, _ := json.Marshal(p.Rows)
		got[p.Source+" "+p.Rule] = string(n)
	}
	want := map[string]string{"a dates": "null", "a keys": "null", "a codes": "13", "b dates": "null", "b keys": "null", "c dates": "1"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestNoSmallCountFollowsFromWhatIsTold computes, as a reader would, a lone
// hidden reason from the rows put aside in all.
func TestNoSmallCountFollowsFromWhatIsTold(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 3))
		counts := make([]int, 1+r.IntN(4))
		sum := 0
		for i := range counts {
			counts[i] = 1 + r.IntN(6)
			sum += counts[i]
		}
		db := ledgerOf(t, fmt.Sprintf(`(1, 'a', 'personal', 1000, %d, %d, 0)`, 1000-sum, sum))
		for i, n := range counts {
			putAside(t, db, 1, fmt.Sprintf("rule%d", i), n)
		}
		q := qualityOf(t, db)
		left, hidden := int64(sum), 0
		for _, p := range q.Quarantined {
			if p.Rows == nil {
				hidden++
				continue
			}
			left -= *p.Rows
			if *p.Rows < 3 {
				t.Errorf("seed %d: %v: %d is told", seed, counts, *p.Rows)
			}
		}
		if hidden == 1 && q.Sources[0].Quarantined != nil && left < 3 {
			t.Errorf("seed %d: %v: %d can be computed", seed, counts, left)
		}
	}
}

func TestTerritoriesThatReportLateAreTold(t *testing.T) {
	db := ledgerOf(t, `(1, 'a', 'personal', 100, 97, 3, 0)`)
	if q := qualityOf(t, db); len(q.Territories) != 0 || len(q.Unusable) != 0 || len(q.Completeness) != 1 || q.Completeness[0].CompleteTo != "2025-03-31" {
		t.Errorf("without marts: got %+v", q)
	}
	_, err := db.Exec(`
		CREATE TABLE marts.volumes AS FROM (VALUES ('a', 'D1', '2025-Q1', 9), ('a', 'D1', '2025-Q2', 3), ('a', 'D2', '2025-Q1', 9), ('a', 'D2', '2025-Q2', 2)) v(contract, geo, period, cases);
		CREATE TABLE marts.quality AS FROM (VALUES ('none', 0), ('few', 2), ('many', 3)) v(reason, cases)`)
	if err != nil {
		t.Fatal(err)
	}
	q := qualityOf(t, db)
	if fmt.Sprint(q.Territories) != "[{a D1 2025-Q2 false} {a D2 2025-Q1 true}]" {
		t.Errorf("got %v", q.Territories)
	}
	told, _ := json.Marshal(q.Unusable)
	if string(told) != `[{"reason":"few","cases":null},{"reason":"many","cases":3},{"reason":"none","cases":0}]` {
		t.Errorf("got %s", told)
	}
}
