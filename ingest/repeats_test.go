package ingest

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Whether the rows of a part are held or lie on disk, exactly those are found
// whose hash comes again, and no file is left.
func TestKeysThatComeAgainAreFoundInMemoryAndOnDisk(t *testing.T) {
	for _, rows := range []int64{0, 1, 1000, 3 * repeatParts * partRows} {
		dir := t.TempDir()
		r := &repeats{dir: dir}
		var want []string
		var spool strings.Builder
		for line := int64(2); line < rows+2; line++ {
			hash := uint64(line) * 0x9e3779b97f4a7c15
			if line%1001 == 0 { // the key of the line before
				hash = uint64(line-1) * 0x9e3779b97f4a7c15
				want = append(want, fmt.Sprint(line-1), fmt.Sprint(line))
			}
			from := spool.Len()
			fmt.Fprintln(&spool, line)
			must(t, r.add([]keyed{{hash, int64(from), int64(spool.Len() - from)}}))
		}
		path := filepath.Join(dir, "repeated.csv")
		n, err := r.write(path, strings.NewReader(spool.String()))
		must(t, err)
		raw, err := os.ReadFile(path)
		must(t, err)
		got := strings.Fields(string(raw))
		slices.Sort(got)
		slices.Sort(want)
		if n != int64(len(want)) || !slices.Equal(got, want) {
			t.Errorf("of %d rows %d come again, want %d", rows, len(got), len(want))
		}
		r.close()
		left, err := os.ReadDir(dir)
		must(t, err)
		if len(left) != 1 {
			t.Errorf("%d files are left of %d rows, want the list alone", len(left), rows)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
