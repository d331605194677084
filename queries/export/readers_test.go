package export

import (
	"bufio"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"osservatorio/queries/release"
	"osservatorio/warehouse"
)

// readBy is what a reader finds in a Parquet file.
type readBy struct {
	Rows    int
	Columns []readColumn
}

// readColumn is what is compared of a column; the hash is of its values in
// order, doubles by their bits.
type readColumn struct {
	Name, Type string
	Nulls      int
	Sum        float64
	Hash       string
}

// readers is what readers/read.mjs prints.
type readers struct {
	Parquet map[string]map[string]readBy
	Cubes   map[string]struct{ Places, Cells, Shown, Hidden, Wrong int }
	Graphs  map[string]struct {
		Statements int
		Hash       string
	}
}

// large is a view of several row groups and pages, one of its columns empty for
// whole pages.
const large = `CREATE TABLE published.large AS
	SELECT 'district' AS geo_level, 'D' || CAST(1000 + i // 5000 AS VARCHAR) AS geo, 'day' AS period_type, CAST(DATE '2000-01-01' + CAST(i % 5000 AS INTEGER) AS VARCHAR) AS period,
	  CASE i % 3 WHEN 0 THEN '_T' WHEN 1 THEN 'F' ELSE 'è "M"; 男' END AS sex, 'a' AS measure,
	  CASE WHEN i % 7 > 0 THEN CAST(i AS DOUBLE) END AS numerator, CASE WHEN i % 7 > 0 THEN i + CAST(0.1 AS DOUBLE) END AS denominator,
	  CASE WHEN i % 7 > 0 THEN -i / 3 END AS value, 'percent' AS unit, CAST(NULL AS DOUBLE) AS low, CASE WHEN i < 40000 THEN 1e-7 * i END AS high,
	  CASE WHEN i % 7 > 0 THEN 'A' ELSE 'Q' END AS obs_status, CASE WHEN i % 7 > 0 THEN 'F' ELSE 'C' END AS conf_status,
	  CASE WHEN i > 60000 THEN 'late' END AS reason, CAST(NULL AS VARCHAR) AS note_ids, 'large@1' AS definition
	FROM range(80000) r(i)`

// Every reader must find the rows, the NULLs, the types and the very bits that
// DuckDB holds.
func TestOtherReadersFindWhatDuckDBHolds(t *testing.T) {
	db, o := written(t)
	if _, err := db.Exec(large); err != nil {
		t.Fatal(err)
	}
	big := release.Header{View: "large", Breakdowns: []string{"sex"}}
	w := &writer{ctx: t.Context(), db: db, dir: o.Dir}
	table, err := w.read(big)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.stream("data/large.parquet", func(out *bufio.Writer) error { return release.WriteParquet(out, table, nil) }); err != nil {
		t.Fatal(err)
	}
	sameTable(t, "arrow-go, large", tableRead(t, filepath.Join(o.Dir, "data", "large.parquet"), big), held(t, db, big))
	found := readByOthers(t, o.Dir)
	for _, h := range []release.Header{{View: "shares", Breakdowns: []string{"sex"}}, {View: "figures", Breakdowns: []string{"sex"}}, big} {
		want := held(t, db, h)
		sameTable(t, "arrow-go, "+h.View, tableRead(t, filepath.Join(o.Dir, "data", h.View+".parquet"), h), want)
		by := found.Parquet[h.View+".parquet"]
		if len(by) != 3 {
			t.Errorf("%s: %d other readers", h.View, len(by))
		}
		for who, got := range by {
			sameTable(t, who+", "+h.View, got, want)
		}
	}
	if c := found.Cubes["shares.json"]; c.Cells != 25 || c.Hidden != 5 || c.Wrong != 0 {
		t.Errorf("the cube of shares: %+v", c)
	}
	ttl := found.Graphs["catalog.ttl"]
	if ttl.Statements < 100 || found.Graphs["catalog.rdf"] != ttl || found.Graphs["catalog.jsonld"] != ttl {
		t.Errorf("three catalogues: %+v", found.Graphs)
	}
}

// readByOthers installs the readers of npm, if they are not there, and runs
// them. Where CI is set they must be there.
func readByOthers(t *testing.T, folder string) readers {
	t.Helper()
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatalf("%s: not found: install Node.js 20.19 or later", tool)
			}
			t.Skip("other readers not run: install Node.js 20.19 or later")
		}
	}
	if !installed(t) {
		install := exec.Command("npm", "ci", "--no-audit", "--no-fund", "--loglevel=error")
		install.Dir = "readers"
		if out, err := install.CombinedOutput(); err != nil {
			t.Fatalf("install readers: npm ci: %v\n%s", err, out)
		}
	}
	var faults strings.Builder
	run := exec.Command("node", "read.mjs", folder)
	run.Dir, run.Stderr = "readers", &faults
	out, err := run.Output()
	if err != nil {
		t.Fatalf("read %s: node read.mjs: %v\n%s", folder, err, faults.String())
	}
	var found readers
	if err := json.Unmarshal(out, &found); err != nil {
		t.Fatal(err)
	}
	return found
}

// installed tells whether npm has installed what the lock file asks for.
func installed(t *testing.T) bool {
	t.Helper()
	done, err := os.Stat("readers/node_modules/.package-lock.json")
	if err != nil {
		return false
	}
	asked, err := os.Stat("readers/package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	return !done.ModTime().Before(asked.ModTime())
}

func sameTable(t *testing.T, who string, got, want readBy) {
	t.Helper()
	if got.Rows != want.Rows {
		t.Errorf("%s: %d rows, DuckDB holds %d", who, got.Rows, want.Rows)
	}
	if !slices.Equal(got.Columns, want.Columns) {
		t.Errorf("%s:\ngot  %v\nwant %v", who, got.Columns, want.Columns)
	}
}

// checksum is a column in the making; nil is NULL.
type checksum struct {
	column readColumn
	text   strings.Builder
}

func (c *checksum) number(v *float64) {
	if v == nil {
		c.null()
		return
	}
	c.column.Sum += *v
	fmt.Fprintf(&c.text, "%016x\n", math.Float64bits(*v))
}

func (c *checksum) word(v *string) {
	if v == nil {
		c.null()
		return
	}
	c.text.WriteString(*v + "\n")
}

func (c *checksum) null() {
	c.column.Nulls++
	c.text.WriteByte(1)
}

func (c *checksum) done() readColumn {
	sum := sha256.Sum256([]byte(c.text.String()))
	c.column.Hash = hex.EncodeToString(sum[:])
	return c.column
}

func checksums(h release.Header) []*checksum {
	var out []*checksum
	for _, name := range h.FileColumns() {
		c := &checksum{column: readColumn{Name: name, Type: "text"}}
		if release.Numeric(name) {
			c.column.Type = "double"
		}
		out = append(out, c)
	}
	return out
}

// held is what DuckDB holds of a view, read through its driver.
func held(t *testing.T, db *warehouse.DB, h release.Header) readBy {
	t.Helper()
	rows, err := db.Query(selectOf(h))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns := checksums(h)
	into := make([]any, len(columns))
	for i, c := range columns {
		into[i] = new(sql.Null[string])
		if c.column.Type == "double" {
			into[i] = new(sql.Null[float64])
		}
	}
	var out readBy
	for ; rows.Next(); out.Rows++ {
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		for i, c := range columns {
			switch v := into[i].(type) {
			case *sql.Null[string]:
				c.word(pointer(v))
			case *sql.Null[float64]:
				c.number(pointer(v))
			}
		}
	}
	for _, c := range columns {
		out.Columns = append(out.Columns, c.done())
	}
	return out
}

func pointer[T any](v *sql.Null[T]) *T {
	if !v.Valid {
		return nil
	}
	return &v.V
}

// tableRead is what arrow-go finds.
func tableRead(t *testing.T, path string, h release.Header) readBy {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	table, err := release.ReadTable(t.Context(), h, data)
	if err != nil {
		t.Fatal(err)
	}
	out := readBy{Rows: table.Rows}
	for i, c := range checksums(h) {
		column := &table.Columns[i]
		for row := range table.Rows {
			switch {
			case column.Codes != nil && column.Codes[row] >= 0:
				c.word(&column.Words[column.Codes[row]])
			case column.Null != nil && !column.Null[row]:
				c.number(&column.Values[row])
			default:
				c.null()
			}
		}
		out.Columns = append(out.Columns, c.done())
	}
	return out
}
