package warehouse

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A record is cut out whole wherever its lines end, and nothing else: not a
// line within quotes that looks like another record, not one past the buffer.
func TestRowsThatWereNotTakenAreCutOutOfTheSpoolWhole(t *testing.T) {
	db, err := Open(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	records := map[int]string{
		3:    "3,\"two\n4,lines\",\"and a \"\" quote\"\n",
		5:    "5,five,\n",
		59:   "59,\"a\n60,b\",\n",
		60:   "60,sixty,\n",
		61:   "61," + strings.Repeat("x", 3<<20) + ",\n",
		7000: "7000,far,\n",
	}
	inOrder := []int{3, 5, 59, 60, 61, 7000}
	var text strings.Builder
	for _, line := range inOrder {
		text.WriteString(records[line])
	}
	spool := Spool{Path: filepath.Join(t.TempDir(), "rows.csv")}
	if err := os.WriteFile(spool.Path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	for taken := range 1 << len(inOrder) {
		query, want := "SELECT 1::BIGINT AS line", ""
		for i, line := range inOrder {
			if taken>>i&1 == 1 {
				query += fmt.Sprintf(" UNION ALL SELECT %d", line)
			} else {
				want += records[line]
			}
		}
		left := spool.Path + ".left"
		if err := db.Tx(t.Context(), func(tx *sql.Tx) error { return spool.pick(t.Context(), tx, left, query) }); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(left)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("%s: %d bytes are left, want %d", query, len(got), len(want))
		}
	}
}
