package synthetic_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"
)

func TestSomeWorkLiesBeyondTheRegion(t *testing.T) {
	dir, _, truth := region(t, nil)
	own := readCodes(t, "comuni", "comune")
	starts, away := 0, 0
	for _, d := range truth.Deliveries {
		if d.Source != "placements" {
			continue
		}
		f, err := os.Open(filepath.Join(dir, d.File))
		if err != nil {
			t.Fatal(err)
		}
		reader := csv.NewReader(f)
		reader.FieldsPerRecord = -1 // some rows are bad
		rows, err := reader.ReadAll()
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows[1:] {
			if r[4] != "start" {
				continue
			}
			starts++
			if !own[r[15]] {
				away++
			}
		}
	}
	if share := float64(away) / float64(starts); share < .01 || share > .06 {
		t.Errorf("%d of %d starts lie beyond the region: want about 3 %%", away, starts)
	}
}
