package warehouse_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"osservatorio/warehouse"
)

func TestTheExtractionDateIsThatOfTheArchivesAndNotOfYearlyFigures(t *testing.T) {
	for name, c := range map[string]struct {
		deliveries [][4]string // contract, protection, first day, day after the last
		want       string
	}{
		"the archive that is furthest behind": {[][4]string{
			{"registrations", "personal", "2026-07-01", "2026-10-01"}, {"placements", "personal", "2026-04-01", "2026-07-01"},
		}, "2026-06-30"},
		"funds of last year do not hold it back": {[][4]string{
			{"registrations", "personal", "2026-07-01", "2026-10-01"}, {"funding", "open", "2025-01-01", "2026-01-01"},
		}, "2026-09-30"},
		"nor does this year's population push it on": {[][4]string{
			{"vacancies", "establishment", "2026-07-01", "2026-10-01"}, {"population", "open", "2026-01-01", "2027-01-01"},
		}, "2026-09-30"},
		"open figures alone tell it": {[][4]string{
			{"observations", "open", "2025-01-01", "2026-01-01"},
		}, "2025-12-31"},
		"without periods the day of issue": {[][4]string{
			{"observations", "open", "", ""},
		}, "2026-10-15"},
		"of nothing there is none": {nil, "0001-01-01"},
	} {
		t.Run(name, func(t *testing.T) {
			db, err := warehouse.Open(context.Background(), warehouse.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			for i, d := range c.deliveries {
				_, err := db.Exec(`INSERT INTO ledger.deliveries VALUES (?, ?, ?, ?, ?, nullif(?, '')::DATE, nullif(?, '')::DATE, TIMESTAMP '2026-10-15 08:00:00',
					'full', true, 'f', ?, 1, 1, 1, 0, 0, TIMESTAMP '2026-10-16')`, i+1, d[0], d[0], d[1], "all", d[2], d[3], fmt.Sprint(i))
				if err != nil {
					t.Fatal(err)
				}
			}
			got, err := warehouse.ExtractionDate(context.Background(), db)
			if err != nil || got.Format(time.DateOnly) != c.want {
				t.Errorf("got %s, %v, want %s", got.Format(time.DateOnly), err, c.want)
			}
		})
	}
}
