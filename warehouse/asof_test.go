package warehouse

import (
	"path/filepath"
	"testing"
)

func TestAWarehouseCanBeSeenAsItWas(t *testing.T) {
	path := filepath.Join(t.TempDir(), "it's.duckdb")
	db, err := Open(t.Context(), Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec(`
		CREATE TABLE raw.people AS SELECT * FROM (VALUES (1, 'a'), (2, 'b'), (3, 'c')) r(load_id, id);
		INSERT INTO ledger.deliveries SELECT i, 's', 'people', 'open', '2025', DATE '2025-01-01', DATE '2026-01-01', TIMESTAMP '2026-01-01' + to_days(i), 'full', false, 'f', 'sum' || i, 1, 1, 1, 0, 0, TIMESTAMP '2026-02-01' FROM range(1, 4) r(i);
		INSERT INTO ledger.releases SELECT i, '2026-0' || i, NULL, 'x', i, NULL, NULL, NULL, NULL FROM range(1, 4) r(i);
		CREATE TABLE released.v AS SELECT i AS release, i * 10 AS value FROM range(1, 4) r(i)`)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	then, err := OpenAsOf(t.Context(), Options{}, path, Moment{LastLoad: 2, Release: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer then.Close()
	for query, want := range map[string]string{
		`SELECT string_agg(p.id, ',' ORDER BY p.id) FROM raw.people p JOIN ledger.current_loads l ON l.load_id = p.load_id`: "b",
		`SELECT string_agg(sha256, ',' ORDER BY load_id) FROM ledger.deliveries`:                                            "sum1,sum2",
		`SELECT string_agg(id, ',' ORDER BY seq) FROM ledger.releases`:                                                      "2026-01",
		`SELECT string_agg(CAST(value AS VARCHAR), ',') FROM released.v`:                                                    "10",
	} {
		var got string
		if err := then.QueryRow(query).Scan(&got); err != nil || got != want {
			t.Errorf("%s: got %q (%v), want %q", query, got, err, want)
		}
	}
	if _, err := then.Exec(`DELETE FROM standing.ledger.deliveries`); err == nil {
		t.Error("the standing warehouse can be written to")
	}
	if _, err := OpenAsOf(t.Context(), Options{}, filepath.Join(t.TempDir(), "none.duckdb"), Moment{}); err == nil {
		t.Error("a warehouse that is not there was seen")
	}
}
