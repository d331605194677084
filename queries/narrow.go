package queries

import "slices"

// narrowBy is the column by which a view may say that it reads only some rows
// of a table that speaks of every source.
const narrowBy = "contract"

// narrow notes, for each table that a SELECT reads, the contracts to which its
// conditions narrow it: t.contract = 'x' or t.contract IN ('x', 'y') in WHERE,
// or in the condition of a join that leaves out what does not meet it.
func (w *tableWalk) narrow(node map[string]any) {
	from, _ := node["from_table"].(map[string]any)
	tables := baseTablesOf(from)
	for _, t := range tables {
		contracts := contractsIn(node["where_clause"], t, len(tables) == 1)
		if contracts == nil {
			contracts = contractsOfJoins(from, t)
		}
		if contracts == nil {
			continue
		}
		name := text(t["schema_name"]) + "." + text(t["table_name"])
		w.narrowed[name]++
		w.contracts[name] = append(w.contracts[name], contracts...)
	}
}

// baseTablesOf are the tables of a FROM clause, without those of subqueries.
func baseTablesOf(from map[string]any) []map[string]any {
	switch from["type"] {
	case "BASE_TABLE":
		return []map[string]any{from}
	case "JOIN":
		left, _ := from["left"].(map[string]any)
		right, _ := from["right"].(map[string]any)
		return append(baseTablesOf(left), baseTablesOf(right)...)
	}
	return nil
}

// contractsOfJoins looks for a condition in the joins above a table; only the
// side of a join that its condition may leave out counts.
func contractsOfJoins(from, table map[string]any) []string {
	if from["type"] != "JOIN" {
		return nil
	}
	sides := map[string][]string{"INNER": {"left", "right"}, "LEFT": {"right"}, "RIGHT": {"left"}, "SEMI": {"right"}, "ANTI": {"right"}}[text(from["join_type"])]
	for _, side := range []string{"left", "right"} {
		below, _ := from[side].(map[string]any)
		if !holds(below, table) {
			continue
		}
		if slices.Contains(sides, side) {
			if found := contractsIn(from["condition"], table, false); found != nil {
				return found
			}
		}
		return contractsOfJoins(below, table)
	}
	return nil
}

func holds(from, table map[string]any) bool {
	return slices.ContainsFunc(baseTablesOf(from), func(t map[string]any) bool {
		return t["query_location"] == table["query_location"] && text(t["table_name"]) == text(table["table_name"])
	})
}

// contractsIn returns the constants that a condition compares the table's
// contract with, nil where it does not; alone tells that no other table could
// have the column.
func contractsIn(condition any, table map[string]any, alone bool) []string {
	c, _ := condition.(map[string]any)
	children, _ := c["children"].([]any)
	switch c["type"] {
	case "CONJUNCTION_AND":
		for _, child := range children {
			if found := contractsIn(child, table, alone); found != nil {
				return found
			}
		}
	case "COMPARE_EQUAL":
		for _, sides := range [][2]string{{"left", "right"}, {"right", "left"}} {
			if isContract(c[sides[0]], table, alone) {
				return constants([]any{c[sides[1]]})
			}
		}
	case "COMPARE_IN":
		if len(children) > 1 && isContract(children[0], table, alone) {
			return constants(children[1:])
		}
	}
	return nil
}

func isContract(expression any, table map[string]any, alone bool) bool {
	e, _ := expression.(map[string]any)
	names, _ := e["column_names"].([]any)
	if e["type"] != "COLUMN_REF" || len(names) == 0 || text(names[len(names)-1]) != narrowBy {
		return false
	}
	alias := text(table["alias"])
	if alias == "" {
		alias = text(table["table_name"])
	}
	return len(names) == 2 && text(names[0]) == alias || len(names) == 1 && alone
}

// constants returns texts written out in SQL, nil if one is anything else.
func constants(expressions []any) []string {
	var out []string
	for _, expression := range expressions {
		e, _ := expression.(map[string]any)
		value, _ := e["value"].(map[string]any)
		content, isText := value["value"].(string)
		if e["type"] != "VALUE_CONSTANT" || !isText {
			return nil
		}
		out = append(out, content)
	}
	return out
}
