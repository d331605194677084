package warehouse

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// Reason counts the rows that one rule of one column sent to quarantine.
type Reason struct {
	Column string  `json:"column,omitempty"` // "" of a rule over several columns, or of a torn row
	Rule   string  `json:"rule"`
	Rows   int64   `json:"rows"`
	Shape  string  `json:"shape"` // of the first
	Lines  []int64 `json:"lines"` // the first few, from 1
	Wanted string  `json:"wanted,omitempty"`
	Found  string  `json:"found,omitempty"` // the first value, if it is a mere code; else ""
	Values []Value `json:"-"`               // of a thorough outcome and a rule about codes: the most frequent ones
}

// TooManyBad is the refusal of a whole delivery for its share of bad rows.
type TooManyBad struct {
	Outcome Outcome
	Max     float64 // share allowed, 0 to 1
	Line    int64   // of the first bad row
	First   Reason
}

func (e *TooManyBad) Error() string {
	return fmt.Sprintf("row %d: %s: %d of %d rows are bad, allowed %.3g %%",
		e.Line, e.First, e.Outcome.Quarantined, e.Outcome.Rows, 100*e.Max)
}

// String tells what was found and what was wanted, without telling a value
// that might identify someone.
func (r Reason) String() string {
	found := r.Shape
	if r.Found != "" {
		found = `"` + r.Found + `"`
	}
	if r.Rule == "reference" {
		return fmt.Sprintf("%s %s: not in %s", r.Column, found, strings.TrimPrefix(r.Wanted, "a code of "))
	}
	what := r.Rule
	if r.Column != "" {
		what = r.Column + " " + found
	}
	if r.Wanted == "" {
		return what
	}
	return what + ": expected " + r.Wanted
}

// badSQL writes down the bad rows with the first rule that each breaks.
func (st *staging) badSQL() string {
	return "INSERT INTO bad_rows\n" + st.toldSQL(`SELECT *, `+firstFailing(st.rules)+` AS code FROM judged WHERE NOT (`+good(st.rules)+`)`) + `
SELECT line, code, "column", rule, CASE WHEN "column" IS NOT NULL THEN ` + shape("value") + ` END, ` + harmless("value") + ` FROM told`
}

// toldSQL yields the CTEs that end in "told": of each row of coded, which has a
// rule's code, its line, the rule with its column and the column's value.
func (st *staging) toldSQL(coded string) string {
	var columns, rules, values strings.Builder
	for i, r := range st.rules {
		fmt.Fprintf(&rules, " WHEN %d THEN %s", i, text(r.name))
		if r.column != "" {
			fmt.Fprintf(&columns, " WHEN %d THEN %s", i, text(r.column))
			fmt.Fprintf(&values, " WHEN %d THEN %s", i, name(r.column))
		}
	}
	pick := func(cases strings.Builder) string {
		if cases.Len() == 0 {
			return "NULL"
		}
		return "CASE code" + cases.String() + " END"
	}
	return st.rest + `, coded AS (
  ` + coded + `
), told AS (
  SELECT line, code, ` + pick(columns) + ` AS "column", ` + pick(rules) + ` AS rule, ` + pick(values) + ` AS value FROM coded
)`
}

// harmless is the SQL of a value that is short and has a digit, as codes and
// dates have and names have not; NULL of any other. Only messages to the
// operator tell it.
func harmless(value string) string {
	return fmt.Sprintf(`CASE WHEN regexp_full_match(%[1]s, '[0-9]{4}-[0-9]{2}-[0-9]{2}|[A-Za-z0-9.-]{1,6}') AND regexp_matches(%[1]s, '[0-9]') THEN %[1]s END`, value)
}

func (st *staging) reasons(ctx context.Context, thorough bool) ([]Reason, error) {
	if thorough {
		return st.allReasons(ctx)
	}
	return reasons(ctx, st.tx, countReasons("FROM bad_rows"), st.wanted)
}

// countReasons is the SQL that counts rows of line, code, "column", rule,
// shape and found by reason, the most frequent first.
func countReasons(from string) string {
	return `SELECT coalesce("column", ''), rule, count(*), coalesce(arg_min(shape, line), ''),
  coalesce(arg_min(found, line), ''), min(code), array_to_string(list_sort(min(line, 5)), ' ')
` + from + ` GROUP BY "column", rule ORDER BY count(*) DESC, min(line), coalesce("column", '')`
}

// wanted tells what the rule with this code asked for.
func (st *staging) wanted(code sql.NullInt64) string {
	if !code.Valid {
		return ""
	}
	return st.rules[code.Int64].wanted
}

// supersede marks the good rows whose key comes again in the same delivery: the

// querier is what a *sql.Tx, a *sql.Conn and a *sql.DB can do.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func number(ctx context.Context, q querier, query string, args ...any) (int64, error) {
	var n int64
	err := q.QueryRowContext(ctx, query, args...).Scan(&n)
	return n, err
}

// reasons reads rows of column, rule, count, shape, found, code, lines.
func reasons(ctx context.Context, q querier, query string, wanted func(sql.NullInt64) string, args ...any) ([]Reason, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("count reasons: %w", err)
	}
	defer rows.Close()
	var list []Reason
	for rows.Next() {
		var r Reason
		var code sql.NullInt64
		var lines string
		if err := rows.Scan(&r.Column, &r.Rule, &r.Rows, &r.Shape, &r.Found, &code, &lines); err != nil {
			return nil, fmt.Errorf("count reasons: %w", err)
		}
		for _, f := range strings.Fields(lines) {
			var n int64
			if _, err := fmt.Sscan(f, &n); err != nil {
				return nil, fmt.Errorf("count reasons: %w", err)
			}
			r.Lines = append(r.Lines, n)
		}
		r.Wanted = wanted(code)
		list = append(list, r)
	}
	return list, rows.Err()
}
