package warehouse_test

import (
	"context"
	"errors"
	"testing"

	"osservatorio/warehouse"
)

func TestCallersShareTheThreadsAndAllIsAsBeforeAfterwards(t *testing.T) {
	for _, c := range []struct{ threads, callers, told int }{{4, 2, 3}, {2, 2, 1}, {1, 1, 1}, {1, 2, 1}} {
		db, err := warehouse.Open(t.Context(), warehouse.Options{Threads: c.threads})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		before, fault := settings(t, db), errors.New("a fault")
		err = db.Lightly(t.Context(), c.callers, func() error {
			if n, err := db.Threads(t.Context()); n != c.told || err != nil {
				t.Errorf("%d threads and %d callers: DuckDB has %d, %v: expected %d", c.threads, c.callers, n, err, c.told)
			}
			if err := db.Alone(t.Context()); err != nil {
				t.Error(err)
			}
			if n, err := db.Threads(t.Context()); n != c.threads || err != nil {
				t.Errorf("%d threads, one caller alone: DuckDB has %d, %v: expected all", c.threads, n, err)
			}
			return fault
		})
		if after := settings(t, db); !errors.Is(err, fault) || after != before {
			t.Errorf("%d threads and %d callers: afterwards %v, %v: expected %v and the fault", c.threads, c.callers, after, err, before)
		}
	}
}

func TestSettingsComeBackWhereTheRunWasCancelled(t *testing.T) {
	db, err := warehouse.Open(t.Context(), warehouse.Options{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	before := settings(t, db)
	ctx, cancel := context.WithCancel(t.Context())
	err = db.Lightly(ctx, 2, func() error { cancel(); return ctx.Err() })
	if after := settings(t, db); !errors.Is(err, context.Canceled) || after != before {
		t.Errorf("afterwards %v, %v: expected %v", after, err, before)
	}
}

// settings are those that Lightly changes.
func settings(t *testing.T, db *warehouse.DB) (s [4]string) {
	t.Helper()
	for i, name := range []string{"threads", "disabled_compression_methods", "disabled_optimizers", "preserve_insertion_order"} {
		if err := db.QueryRow(`SELECT CAST(current_setting(?) AS VARCHAR)`, name).Scan(&s[i]); err != nil {
			t.Fatal(err)
		}
	}
	return s
}
