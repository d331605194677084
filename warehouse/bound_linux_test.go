package warehouse_test

import (
	"testing"

	"golang.org/x/sys/unix"

	"osservatorio/warehouse"
)

// kept says how much memory of blocks a database keeps while it makes tables.
func kept(t *testing.T, memory string) (size string) {
	t.Helper()
	db, err := warehouse.Open(t.Context(), warehouse.Options{Memory: memory})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Lightly(t.Context(), 1, func() error {
		return db.QueryRowContext(t.Context(), `SELECT current_setting('block_allocator_memory')`).Scan(&size)
	})
	if err != nil {
		t.Fatal(err)
	}
	return size
}

func TestMemoryOfBlocksIsKeptUpToTheLimitAndOnlyWhereMappingsHaveNoBound(t *testing.T) {
	if got := kept(t, "512MiB"); got != "512.0 MiB" {
		t.Errorf("with a limit of 512 MiB %s are kept", got)
	}
	if got := kept(t, "900TB"); got != "0 bytes" {
		t.Errorf("with a limit above what the machine has %s are kept: expected none, and no fault", got)
	}
	for name, resource := range map[string]int{"data": unix.RLIMIT_DATA, "address space": unix.RLIMIT_AS} {
		var free unix.Rlimit
		if err := unix.Getrlimit(resource, &free); err != nil {
			t.Fatal(err)
		}
		if err := unix.Setrlimit(resource, &unix.Rlimit{Cur: 1 << 50, Max: free.Max}); err != nil {
			t.Fatal(err)
		}
		got := kept(t, "512MiB")
		if err := unix.Setrlimit(resource, &free); err != nil {
			t.Fatal(err)
		}
		if got != "0 bytes" {
			t.Errorf("where %s has a bound %s are kept: expected none", name, got)
		}
	}
}
