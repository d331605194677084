package fetch

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// footed is a file that ends as a Parquet file does, with that footer.
func footed(t *testing.T, footer []byte) string {
	t.Helper()
	file := append([]byte("PAR1"), footer...)
	file = binary.LittleEndian.AppendUint32(file, uint32(len(footer)))
	path := filepath.Join(t.TempDir(), "t.parquet")
	if err := os.WriteFile(path, append(file, "PAR1"...), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Version, one element of the schema and rows, as every footer begins: numbers,
// a list of structs, a name.
var footerBegins = []byte{0x15, 2, 0x19, 0x1c, 0x48, 6, 's', 'c', 'h', 'e', 'm', 'a', 0, 0x16, 2}

func TestAParquetFileWithEncryptedColumnsIsCalledByItsName(t *testing.T) {
	// The eighth field: how its columns are encrypted, a struct in a struct.
	encrypted := append(append([]byte{}, footerBegins...), 0x5c, 0x1c, 0, 0, 0)
	plain := append(append([]byte{}, footerBegins...), 0x19, 0x0c, 0)
	for name, c := range map[string]struct {
		footer []byte
		want   bool
	}{"encrypted": {encrypted, true}, "plain": {plain, false}, "cut": {encrypted[:len(footerBegins)], false}, "nothing": {nil, false},
		"a list without end": {[]byte{0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x0f}, false}, "structs without end": {bytesOf(0x1c, 4096), false}} {
		path := footed(t, c.footer)
		if got := encryptedColumns(path); got != c.want {
			t.Errorf("%s: encrypted %v, want %v", name, got, c.want)
		}
	}
	_, err := Sniff(t.Context(), footed(t, encrypted), Want{Temp: t.TempDir()})
	if err == nil || !strings.Contains(err.Error(), "an encrypted Parquet file") {
		t.Errorf("%v: want it called an encrypted Parquet file", err)
	}
}

func bytesOf(b byte, n int) []byte {
	out := make([]byte, n)
	for i := range out {
		out[i] = b
	}
	return out
}
