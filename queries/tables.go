package queries

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"osservatorio/warehouse"
)

// tableFunctions are the only ones a view may read from: they make rows out of
// nothing. Whatever reads a file or the catalogue is refused.
var tableFunctions = []string{"range", "generate_series", "unnest"}

// reading is what a statement reads: the tables, sorted, each as "schema.table",
// and the contracts to which it narrows some of them wherever it reads them.
type reading struct {
	tables []string
	narrow map[string][]string
}

// tablesOf returns what a statement reads. It walks DuckDB's own parse tree, so that no spelling of a
// join hides one. Names of CTEs are left out; any other name without a schema
// is an error, and so is a table function that reads files.
func tablesOf(ctx context.Context, db *warehouse.DB, statement string) (reading, error) {
	var text string
	row := db.QueryRowContext(ctx, `SELECT CAST(json_serialize_sql(CAST(? AS VARCHAR)) AS VARCHAR)`, statement)
	if err := row.Scan(&text); err != nil {
		return reading{}, fmt.Errorf("parse statement: %w", err)
	}
	var tree struct {
		Error      bool   `json:"error"`
		Message    string `json:"error_message"`
		Statements []any  `json:"statements"`
	}
	if err := json.Unmarshal([]byte(text), &tree); err != nil {
		return reading{}, fmt.Errorf("parse statement: %w", err)
	}
	switch {
	case tree.Error:
		return reading{}, fmt.Errorf("parse statement: %s", tree.Message)
	case len(tree.Statements) != 1:
		return reading{}, fmt.Errorf("parse statement: %d statements: expected one SELECT", len(tree.Statements))
	}
	w := tableWalk{ctes: map[string]bool{}, tables: map[string]int{}, narrowed: map[string]int{}, contracts: map[string][]string{}}
	w.walk(tree.Statements[0])
	return w.result()
}

type tableWalk struct {
	ctes      map[string]bool
	tables    map[string]int      // how often each is read
	narrowed  map[string]int      // how often of these to some contracts
	contracts map[string][]string // which
	bare      []string            // names without a schema
	functions []string            // table functions that are not allowed
}

func (w *tableWalk) walk(node any) {
	switch n := node.(type) {
	case []any:
		for _, child := range n {
			w.walk(child)
		}
	case map[string]any:
		w.visit(n)
		for _, child := range n {
			w.walk(child)
		}
	}
}

func (w *tableWalk) visit(n map[string]any) {
	if ctes, ok := n["cte_map"].(map[string]any); ok {
		entries, _ := ctes["map"].([]any)
		for _, entry := range entries {
			if e, ok := entry.(map[string]any); ok {
				w.ctes[text(e["key"])] = true
			}
		}
	}
	switch n["type"] {
	case "SELECT_NODE":
		w.narrow(n)
	case "BASE_TABLE":
		w.baseTable(text(n["schema_name"]), text(n["table_name"]))
	case "TABLE_FUNCTION":
		function, _ := n["function"].(map[string]any)
		if name := text(function["function_name"]); !slices.Contains(tableFunctions, name) {
			w.functions = append(w.functions, name)
		}
	}
}

func (w *tableWalk) baseTable(schema, table string) {
	if schema == "" {
		w.bare = append(w.bare, table)
		return
	}
	w.tables[schema+"."+table]++
}

func (w *tableWalk) result() (reading, error) {
	slices.Sort(w.functions)
	for _, name := range w.functions {
		return reading{}, fmt.Errorf("table function %s: a view reads tables and views only", name)
	}
	slices.Sort(w.bare)
	for _, name := range w.bare {
		if !w.ctes[name] {
			return reading{}, fmt.Errorf("table %q: expected schema.table, as in staging.%s", name, name)
		}
	}
	out := reading{tables: slices.Sorted(maps.Keys(w.tables)), narrow: map[string][]string{}}
	for name, contracts := range w.contracts {
		if w.narrowed[name] == w.tables[name] {
			slices.Sort(contracts)
			out.narrow[name] = slices.Compact(contracts)
		}
	}
	return out, nil
}

func text(value any) string {
	s, _ := value.(string)
	return s
}
