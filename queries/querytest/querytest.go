// Package querytest runs the examples of the SQL files: txtar archives that
// claim in prose what a view does, give the rows that come in and the rows
// that must come out. It is for tests only.
//
//	The first line of the comment is the claim.
//	-- ledger.csv --              contract,period (further columns of ledger.deliveries as needed)
//	-- raw.registrations.csv --   any columns of the contract; the others are NULL
//	-- reference.lep.csv --       replaces the whole reference table
//	-- geography --               italia (emilia-romagna where not said)
//	-- want.where --              condition on the rows compared
//	-- want cubes.x.csv --        the rows of the view, only the columns named; want checks.x.csv for a check
//
// Cells are trimmed, an empty cell is NULL, lines that start with # are comments,
// and the order of the rows does not matter.
package querytest

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"osservatorio/queries"
	"osservatorio/warehouse"
)

var update = flag.Bool("update", false, "rewrite the wanted results of tests; refused where CI is set")

// Updating tells whether goldens are to be rewritten. With CI set it fails the
// test instead: a golden is never made there.
func Updating(t testing.TB) bool {
	t.Helper()
	if *update && os.Getenv("CI") != "" {
		t.Fatal("-update refused: CI is set")
	}
	return *update
}

// House is where the examples find what they stand on, with paths
// from the folder of the test.
type House struct {
	Views     []queries.View
	Contracts string // folder of contract files: one <contract>.json each
}

// Run runs every archive below dir, each as a subtest named by its path. A
// warehouse in memory is made once and emptied between archives.
func Run(t *testing.T, dir string, house House) {
	t.Helper()
	files := archives(t, dir)
	stage := newStage(t, house)
	for _, file := range files {
		name := strings.TrimSuffix(filepath.ToSlash(strings.TrimPrefix(file, dir+string(filepath.Separator))), ".txtar")
		t.Run(name, func(t *testing.T) { runFile(t, stage, file) })
	}
}

func archives(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*", "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatalf("no examples below %s: expected %s/<layer>/<view>.txtar", dir, dir)
	}
	slices.Sort(files)
	return files
}

func runFile(t *testing.T, s *stage, file string) {
	archive, err := readArchive(file)
	if err != nil {
		t.Fatal(err)
	}
	example, err := readExample(archive)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	s.play(t, example)
	changed := false
	for i := range example.wants {
		changed = s.compare(t, archive, &example.wants[i], example.where) || changed
	}
	if changed {
		if err := archive.write(file); err != nil {
			t.Fatal(err)
		}
	}
}

// Open makes a warehouse in memory with the raw tables of the contracts and
// the reference of the house, and the plan of its views; for tests that need
// more than an example.
func Open(t testing.TB, house House) (*warehouse.DB, queries.Plan) {
	t.Helper()
	s := newStage(t, house)
	s.loadGeography(t, defaultGeography)
	return s.db, s.plan
}
