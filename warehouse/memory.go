package warehouse

import (
	"context"
	"errors"

	"github.com/duckdb/duckdb-go/v2"
)

// OutOfMemory tells whether a statement failed because the memory that the
// database may use did not suffice.
func OutOfMemory(err error) bool {
	var fault *duckdb.Error
	return errors.As(err, &fault) && fault.Type == duckdb.ErrorTypeOutOfMemory
}

// keepBlocks lets DuckDB keep the memory of its blocks, up to its limit, until
// the file is closed. Given back and taken anew it is zeroed by the system each
// time, by a virtual machine's host too. DuckDB maps most of the machine's memory for it, and
// touches what it needs: a process that may not map as much as it likes does
// without. It moves no result, so that a refusal is no fault: DuckDB refuses a
// limit above what it would map.
func (db *DB) keepBlocks(ctx context.Context) {
	if db.memory != "" && !bounded() {
		db.ExecContext(ctx, "SET GLOBAL block_allocator_memory = "+text(db.memory))
	}
}
