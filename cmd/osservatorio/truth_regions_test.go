package main

import (
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"osservatorio/warehouse"
)

// Reference data alone make another region: no view, no rule and no judge of
// them may know where it is.

func TestCubesEqualTheTruthOfOtherGeographies(t *testing.T) {
	umbria, err := warehouse.GeographyFS("umbria")
	must(t, err)
	t.Run("centres instead of districts", func(t *testing.T) {
		t.Parallel()
		// so that small strata and territories have expected numbers of their own
		few := withParameters(t, map[string]string{"expected_min_cohort": "20", "expected_min_stratum": "20"})
		g := loadGeography(t, 3, "umbria", umbria, few)
		g.compare(t)
		g.expectsApart(t)
	})
	t.Run("a city of several centres", func(t *testing.T) {
		t.Parallel()
		city := os.DirFS(filepath.Join("..", "..", "warehouse", "testdata", "several-centres"))
		loadGeography(t, 3, "several-centres", city, warehouse.ReferenceFS()).compare(t)
	})
}

// withParameters is the reference of the house with other values of some
// parameters, as another region may set them.
func withParameters(t *testing.T, values map[string]string) fs.FS {
	t.Helper()
	house, out := warehouse.ReferenceFS(), fstest.MapFS{}
	must(t, fs.WalkDir(house, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(house, path)
		out[path] = &fstest.MapFile{Data: text}
		return err
	}))
	lines := strings.Split(string(out["parameters.csv"].Data), "\n")
	set := 0
	for i, line := range lines {
		cells := strings.SplitN(line, ",", 3)
		if value, other := values[cells[0]]; other {
			cells[1] = value
			lines[i] = strings.Join(cells, ",")
			set++
		}
	}
	if set != len(values) {
		t.Fatalf("%d parameters set, want %v", set, values)
	}
	out["parameters.csv"] = &fstest.MapFile{Data: []byte(strings.Join(lines, "\n"))}
	return out
}

// expectsApart asks that the books have expected numbers that are not simply
// the observed ones, as those of a whole region are.
func (g *generated) expectsApart(t *testing.T) {
	t.Helper()
	apart := 0
	for _, i := range g.truth.Indicators {
		if i.View == "out_expected" && i.Measure == "expected" && i.Value != nil && *i.Value != math.Trunc(*i.Value) {
			apart++
		}
	}
	if apart < 3 {
		t.Errorf("%d territories with an expected number of their own: the model is not tried", apart)
	}
}
