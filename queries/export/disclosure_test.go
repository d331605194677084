package export

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"osservatorio/queries/disclosure"
)

var update = flag.Bool("update", false, "write the golden files anew (refused where CI is set)")

// The public report on protection, word for word: what it tells, and that it
// tells no more. What it counts is counted again from the Parquet files by
// release.Verify (TestWhatIsWrongWithAReleaseHasItsOwnName).
func TestTheReportOnProtectionTellsRulesCountsAndJudgesOnly(t *testing.T) {
	db, o := world(t)
	o.Report.Complementary = "run"
	o.Report.Gate = &disclosure.GateReport{Families: 2, Cells: 9, Verifier: "passed", Exact: "passed",
		Interval: disclosure.IntervalReport{Attack: "passed", Sample: 200, Asked: 71, Families: 72, Closest: 73},
		Guarded:  74, Witnesses: 75, GivenUp: 76, TooLong: 77, Carried: 78, Withheld: []string{"a family"}}
	if err := os.MkdirAll(filepath.Dir(o.Dir), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := Write(t.Context(), db, o); err != nil {
		t.Fatal(err)
	}
	got := tree(t, o.Dir)["disclosure.json"]
	golden := filepath.Join("testdata", "disclosure.json")
	if *update {
		if os.Getenv("CI") != "" {
			t.Fatal("golden files are not written where CI is set")
		}
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("disclosure.json:\n%s\nwant\n%s", got, want)
	}
}
