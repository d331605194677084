package warehouse

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

// valuesTold is how many different values of one column and rule a thorough
// outcome has.
const valuesTold = 1000

// everySQL is toldSQL of all rules that a row breaks.
func (st *staging) everySQL() string {
	broken := make([]string, len(st.rules))
	for i, r := range st.rules {
		broken[i] = "CASE WHEN NOT (" + r.holds + ") THEN " + strconv.Itoa(i) + " END"
	}
	return st.toldSQL(`SELECT * FROM (SELECT *, unnest([` + strings.Join(broken, ", ") + `]) AS code FROM judged WHERE NOT (` + good(st.rules) + `)) WHERE code IS NOT NULL`)
}

// allReasons counts every broken rule of every bad row, and of rules about
// codes the values that no list has. The rows that were not taken are read once
// more for each: a table of all faults may be larger than the delivery.
func (st *staging) allReasons(ctx context.Context) ([]Reason, error) {
	if st.notTaken == 0 {
		return st.reasons(ctx, false)
	}
	list, err := reasons(ctx, st.tx, st.everySQL()+countReasons(`FROM (
  SELECT line, code, "column", rule, CASE WHEN "column" IS NOT NULL THEN `+shape("value")+` END AS shape, `+harmless("value")+` AS found FROM told
  UNION ALL BY NAME FROM bad_rows WHERE code IS NULL)`), st.wanted)
	if err != nil {
		return nil, err
	}
	at := map[Fault]*Reason{}
	for i, r := range list {
		at[Fault{Column: r.Column, Rule: r.Rule}] = &list[i]
	}
	rows, err := st.tx.QueryContext(ctx, st.everySQL()+`
SELECT "column", rule, value, count(*) AS n FROM told WHERE rule IN ('enum', 'reference') AND value IS NOT NULL GROUP BY "column", rule, value
QUALIFY row_number() OVER (PARTITION BY "column", rule ORDER BY n DESC, value) <= `+strconv.Itoa(valuesTold)+` ORDER BY n DESC, value`)
	if err != nil {
		return nil, fmt.Errorf("count values: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var f Fault
		var v Value
		if err := rows.Scan(&f.Column, &f.Rule, &v.Text, &v.Rows); err != nil {
			return nil, fmt.Errorf("count values: %w", err)
		}
		if r, ok := at[f]; ok {
			r.Values = append(r.Values, v)
		}
	}
	return list, rows.Err()
}
