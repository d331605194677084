package export

import (
	"os"
	"path/filepath"
	"testing"

	"osservatorio/queries/release"
)

// TestNoCutOrFlippedParquetPanics reads a real file cut at many lengths and
// with single bytes turned: an error or the same number of rows, never a panic.
func TestNoCutOrFlippedParquetPanics(t *testing.T) {
	_, o := written(t)
	r, err := release.Open(o.Dir)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(o.Dir, "data", "shares.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	i := 0
	for r.Info.Views[i].View != "shares" {
		i++
	}
	header := r.Info.Views[i]
	for n := 0; n < len(data); n += 7 {
		if _, err := release.ReadParquet(t.Context(), header, data[:n]); err == nil {
			t.Errorf("a file cut at %d of %d bytes was read", n, len(data))
		}
		turned := append([]byte{}, data...)
		turned[n] ^= 0x55
		if frame, err := release.ReadParquet(t.Context(), header, turned); err == nil && frame.Len() > 1000 {
			t.Errorf("byte %d turned: %d rows appeared", n, frame.Len())
		}
	}
}
