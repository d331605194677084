package querytest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"osservatorio/queries"
	"osservatorio/warehouse"
)

// stage is the warehouse in memory on which examples are played.
type stage struct {
	db         *warehouse.DB
	house      House
	plan       queries.Plan
	protection map[string]string // by contract
	contracts  []string
	geography  string // whose reference is loaded; "" after an example that replaced some
}

func newStage(t testing.TB, house House) *stage {
	t.Helper()
	db, err := warehouse.Open(t.Context(), warehouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	s := &stage{db: db, house: house, protection: map[string]string{}}
	s.makeRaw(t)
	if s.plan, err = queries.NewPlan(t.Context(), db, house.Views); err != nil {
		t.Fatal(err)
	}
	return s
}

// contractFile is what the harness must know of a contract.
type contractFile struct {
	Name   string `json:"name"`
	Fields []struct {
		Name string `json:"name"`
		Type string `json:"type"`
	} `json:"fields"`
	Osservatorio struct {
		Protection string `json:"protection"`
	} `json:"osservatorio"`
}

var duckdbTypes = map[string]string{"string": "VARCHAR", "integer": "INTEGER", "number": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE"}

func (s *stage) makeRaw(t testing.TB) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(s.house.Contracts, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no contracts in %s: %v", s.house.Contracts, err)
	}
	for _, file := range files {
		var c contractFile
		data, err := os.ReadFile(file)
		if err == nil {
			err = json.Unmarshal(data, &c)
		}
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		columns := make([]string, 0, len(c.Fields)+2)
		for _, f := range c.Fields {
			columns = append(columns, f.Name+" "+duckdbTypes[f.Type])
		}
		columns = append(columns, "load_id INTEGER", "line BIGINT")
		s.exec(t, fmt.Sprintf(`CREATE TABLE raw.%s (%s)`, c.Name, strings.Join(columns, ", ")))
		s.protection[c.Name] = c.Osservatorio.Protection
		s.contracts = append(s.contracts, c.Name)
	}
}

func (s *stage) exec(t testing.TB, statement string, args ...any) {
	t.Helper()
	if _, err := s.db.ExecContext(t.Context(), statement, args...); err != nil {
		t.Fatalf("%v\n%s", err, statement)
	}
}

// play empties the stage, fills it with the example and builds the views it
// wants.
func (s *stage) play(t testing.TB, e *example) {
	t.Helper()
	for _, contract := range s.contracts {
		s.exec(t, `DELETE FROM raw.`+contract)
	}
	s.exec(t, `DELETE FROM ledger.quarantine; DELETE FROM ledger.deliveries`)
	if s.geography != e.geography {
		s.loadGeography(t, e.geography)
	}
	for name, content := range e.reference {
		s.exec(t, `DELETE FROM reference.`+name)
		s.insert(t, "reference."+name, content)
		s.exec(t, `DELETE FROM main.reference_sum`) // the lists are no longer those that were loaded
		s.geography = ""
	}
	loads := s.fillLedger(t, e)
	for _, contract := range e.rawOrder {
		s.fillRaw(t, contract, e.raw[contract], loads)
	}
	if err := queries.Apply(t.Context(), s.db, s.plan.Only(s.needed(t, e)...)); err != nil {
		t.Fatal(err)
	}
}

// needed names the views an example wants; a check needs those it reads.
func (s *stage) needed(t testing.TB, e *example) []string {
	t.Helper()
	var names []string
	for _, w := range e.wants {
		if _, ok := s.check(w.view); ok {
			names = append(names, s.plan.Upstream(w.view)...)
			continue
		}
		if _, ok := s.plan.Find(w.view); !ok {
			t.Fatalf("want %s: no such view", w.view)
		}
		names = append(names, w.view)
	}
	return names
}

func (s *stage) check(name string) (queries.View, bool) {
	i := slices.IndexFunc(s.plan.Checks, func(v queries.View) bool { return v.Qualified() == name })
	if i < 0 {
		return queries.View{}, false
	}
	return s.plan.Checks[i], true
}

// loadGeography fills the reference tables: the lists of the house and a
// built-in territory.
func (s *stage) loadGeography(t testing.TB, geography string) {
	t.Helper()
	territory, err := warehouse.GeographyFS(geography)
	if err != nil {
		t.Fatal(err)
	}
	if err := warehouse.LoadReference(t.Context(), s.db, warehouse.ReferenceFS(), territory); err != nil {
		t.Fatal(err)
	}
	s.geography = geography
}

// fillRaw inserts the rows of a contract; load_id is by default the first
// delivery of the contract, line the number of the row.
func (s *stage) fillRaw(t testing.TB, contract string, content table, loads map[string]int) {
	t.Helper()
	if _, ok := s.protection[contract]; !ok {
		t.Fatalf("raw.%s: no such contract", contract)
	}
	withLoad, withLine := content.index("load_id") >= 0, content.index("line") >= 0
	out := table{columns: slices.Clone(content.columns)}
	if !withLoad {
		out.columns = append(out.columns, "load_id")
	}
	if !withLine {
		out.columns = append(out.columns, "line")
	}
	for i, row := range content.rows {
		row = slices.Clone(row)
		if !withLoad {
			row = append(row, strconv.Itoa(loads[contract]))
		}
		if !withLine {
			row = append(row, strconv.Itoa(i+1))
		}
		out.rows = append(out.rows, row)
	}
	s.insert(t, "raw."+contract, out)
}

// insert adds rows to a table. A column that the section does not name is NULL,
// or empty, zero or false where NULL is not allowed.
func (s *stage) insert(t testing.TB, name string, content table) {
	t.Helper()
	schema, base, _ := strings.Cut(name, ".")
	types, defaults := s.columns(t, schema, base)
	columns := slices.Clone(content.columns)
	var values []string
	for _, c := range columns {
		if types[c] == "" {
			t.Fatalf("%s: no column %q", name, c)
		}
		values = append(values, "CAST(? AS "+types[c]+")")
	}
	for c, value := range defaults {
		if !slices.Contains(content.columns, c) {
			columns = append(columns, c)
			values = append(values, value)
		}
	}
	statement := fmt.Sprintf(`INSERT INTO %s ("%s") VALUES (%s)`, name, strings.Join(columns, `", "`), strings.Join(values, ", "))
	for _, row := range content.rows {
		args := make([]any, len(row))
		for i, cell := range row {
			if cell != "" {
				args[i] = cell
			}
		}
		s.exec(t, statement, args...)
	}
}

// columns returns the types of a table's columns and, for those that may not
// be NULL, a value for examples that leave them out.
func (s *stage) columns(t testing.TB, schema, table string) (types, defaults map[string]string) {
	t.Helper()
	rows, err := s.db.QueryContext(t.Context(), `
		SELECT column_name, data_type, is_nullable FROM information_schema.columns
		WHERE table_schema = ? AND table_name = ?`, schema, table)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	types, defaults = map[string]string{}, map[string]string{}
	for rows.Next() {
		var name, kind, nullable string
		if err := rows.Scan(&name, &kind, &nullable); err != nil {
			t.Fatal(err)
		}
		types[name] = kind
		if nullable == "NO" {
			defaults[name] = map[string]string{"VARCHAR": "''", "BOOLEAN": "false", "DATE": "DATE '2000-01-01'"}[kind]
			if defaults[name] == "" {
				defaults[name] = "0"
			}
		}
	}
	return types, defaults
}
