package queries_test

import (
	"testing"

	"osservatorio/queries"
	"osservatorio/queries/querytest"
)

// house is what the tests of this room stand on.
func house(t testing.TB) querytest.House {
	t.Helper()
	views, err := queries.Views()
	if err != nil {
		t.Fatal(err)
	}
	return querytest.House{Views: views, Contracts: "../ingest/contract"}
}

func TestViewsKeepTheClaimsOfTheirExamples(t *testing.T) {
	querytest.Run(t, "testdata", house(t))
}
