package warehouse

import (
	"errors"
	"slices"
	"strings"

	"github.com/duckdb/duckdb-go/v2"
)

// ListError is a fault of what a reference list holds: whoever keeps the list
// mends it, and to load it again before that is of no use.
type ListError struct {
	List   string // such as geo; "" of a file that is no list
	Err    error
	Advice string
}

func (e *ListError) Error() string { return e.Err.Error() }
func (e *ListError) Unwrap() error { return e.Err }

// Hint is what to do next.
func (e *ListError) Hint() string { return e.Advice }

// Territory tells whether the list is one of those that make a territory.
func (e *ListError) Territory() bool { return slices.Contains(geographyLists(), e.List) }

// verifications are the states of a row, from the surest on.
func verifications() []string { return []string{"found", "derived", "proposal", "memory"} }

const mendList = "correct the list, then the same command again; until then the lists of before hold"

// listFault is a fault of a list's header, cells or rows.
func listFault(list string, err error) error { return &ListError{list, err, mendList} }

// headerFault is a fault of a list's header, with the columns that it lacks.
func headerFault(list string, err error, found, want []string) error {
	var lacking []string
	for _, w := range want {
		if !slices.Contains(found, w) {
			lacking = append(lacking, w)
		}
	}
	advice := mendList
	if len(lacking) > 0 {
		advice = "add to " + list + ".csv the column " + strings.Join(lacking, ", ") + ", where it is wanted"
	}
	if slices.Contains(lacking, "verification") {
		advice += "; verification says of each row how far it was checked: one of " + strings.Join(verifications(), ", ")
	}
	return &ListError{list, err, advice}
}

// insertFault tells a key that stands twice in a list from a fault of the
// database.
func insertFault(list string, err error) error {
	var fault *duckdb.Error
	if errors.As(err, &fault) && fault.Type == duckdb.ErrorTypeConstraint {
		return listFault(list, err)
	}
	return err
}
