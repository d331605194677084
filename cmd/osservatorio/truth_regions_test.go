package main

import (
	"os"
	"path/filepath"
	"testing"

	"osservatorio/warehouse"
)

// Reference data alone make another region: no view, no rule and no judge of
// them may know where it is.

func TestCubesEqualTheTruthOfOtherGeographies(t *testing.T) {
	umbria, err := warehouse.GeographyFS("umbria")
	must(t, err)
	t.Run("centres instead of districts", func(t *testing.T) {
		t.Parallel()
		loadGeography(t, 3, "umbria", umbria).compare(t)
	})
	t.Run("a city of several centres", func(t *testing.T) {
		t.Parallel()
		city := os.DirFS(filepath.Join("..", "..", "warehouse", "testdata", "several-centres"))
		loadGeography(t, 3, "several-centres", city).compare(t)
	})
}
