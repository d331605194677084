package queries_test

import (
	"testing"

	"osservatorio/queries"
	"osservatorio/queries/querytest"
)

// house is where the tests of this room find contracts and reference.
func house(t testing.TB) querytest.House {
	t.Helper()
	views, err := queries.Views()
	if err != nil {
		t.Fatal(err)
	}
	return querytest.House{Views: views, Contracts: "../ingest/contract", Reference: "../warehouse/reference"}
}

func TestViewsKeepTheClaimsOfTheirExamples(t *testing.T) {
	querytest.Run(t, "testdata", house(t))
}
