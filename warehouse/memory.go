package warehouse

import (
	"errors"

	"github.com/duckdb/duckdb-go/v2"
)

// OutOfMemory tells whether a statement failed because the memory that the
// database may use did not suffice.
func OutOfMemory(err error) bool {
	var fault *duckdb.Error
	return errors.As(err, &fault) && fault.Type == duckdb.ErrorTypeOutOfMemory
}
