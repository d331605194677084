package queries

import (
	"fmt"
	"slices"
	"strings"

	"osservatorio/queries/release"
)

// generated is a check that follows from a header.
type generated struct{ what, message, query string }

func generatedChecks(v View) []generated {
	var out []generated
	if v.Layer == Cubes || len(v.Header.Grain) > 0 || len(v.Header.Columns) > 0 {
		out = append(out, columnCheck(v))
	}
	if len(v.Header.Grain) > 0 {
		out = append(out, grainChecks(v)...)
	}
	if v.Layer == Cubes {
		out = append(out, cubeChecks(v)...)
	}
	return out
}

func grainChecks(v View) []generated {
	grain := names(v.Header.Grain)
	return []generated{
		{"grain", "more than one row for one key",
			fmt.Sprintf("SELECT %s FROM %s GROUP BY %s HAVING count(*) > 1", grain, v.Qualified(), grain)},
		{"grain not null", "a key without a value",
			fmt.Sprintf("SELECT %s FROM %s WHERE %s", grain, v.Qualified(), anyNull(v.Header.Grain))},
	}
}

func names(columns []string) string {
	quoted := make([]string, len(columns))
	for i, c := range columns {
		quoted[i] = name(c)
	}
	return strings.Join(quoted, ", ")
}

func anyNull(columns []string) string {
	tests := make([]string, len(columns))
	for i, c := range columns {
		tests[i] = name(c) + " IS NULL"
	}
	return strings.Join(tests, " OR ")
}

// cubeNumbers are the columns that follow the key of a cube, with their types.
var cubeNumbers = [][2]string{
	{"numerator", "DOUBLE"}, {"denominator", "DOUBLE"}, {"value", "DOUBLE"}, {"low", "DOUBLE"}, {"high", "DOUBLE"},
	{"obs_status", "VARCHAR"}, {"reason", "VARCHAR"}, {"note_ids", "VARCHAR"},
}

// columnCheck compares a view with its header: a cube has exactly the columns
// of its key and cubeNumbers in that order; any other view has at least those
// its header names.
func columnCheck(v View) generated {
	// DESCRIBE looks at one view; information_schema.columns would list all of them for each.
	actual := fmt.Sprintf(`SELECT column_name AS "column", column_type AS "type", row_number() OVER () AS position FROM (DESCRIBE %s)`, v.Qualified())
	if v.Layer == Cubes {
		return generated{"columns", "columns differ from what the header declares", fmt.Sprintf(`
			WITH declared("column", expected, position) AS (VALUES %s), actual AS (%s)
			SELECT coalesce(a."column", d."column") AS "column", a."type", coalesce(d.expected, 'no such column') AS expected
			FROM actual a FULL JOIN declared d ON a."column" = d."column"
			WHERE d.position IS DISTINCT FROM a.position OR d.expected IS DISTINCT FROM a."type"`, declared(v), actual)}
	}
	wanted := slices.Clone(v.Header.Grain)
	for c := range v.Header.Columns {
		wanted = append(wanted, c)
	}
	slices.Sort(wanted)
	values := make([]string, len(wanted))
	for i, c := range wanted {
		values[i] = "(" + quote(c) + ")"
	}
	return generated{"columns", "the header names a column that the view does not have", fmt.Sprintf(`
		SELECT DISTINCT "column" FROM (VALUES %s) AS h("column") WHERE "column" NOT IN (SELECT "column" FROM (%s))`,
		strings.Join(values, ", "), actual)}
}

func declared(v View) string {
	var out []string
	add := func(column, kind string) {
		out = append(out, fmt.Sprintf("(%s, %s, %d)", quote(column), quote(kind), len(out)+1))
	}
	for _, c := range keyColumns(v.Header) {
		add(c, "VARCHAR")
	}
	for _, c := range cubeNumbers {
		add(c[0], c[1])
	}
	return strings.Join(out, ", ")
}

func cubeChecks(v View) []generated {
	from, key := v.Qualified(), names(keyColumns(v.Header))
	out := []generated{
		{"measures", "a measure that the header does not declare",
			fmt.Sprintf("SELECT DISTINCT measure FROM %s WHERE measure NOT IN (%s)", from, measureCodes(v))},
		{"territories", "a territory that reference.geo does not have at that level",
			fmt.Sprintf("SELECT DISTINCT geo_level, geo FROM %s c WHERE NOT EXISTS (FROM reference.geo g WHERE g.code = c.geo AND g.level = c.geo_level)", from)},
		{"notes", "a note that reference.notes does not have",
			fmt.Sprintf("SELECT DISTINCT note_id FROM (SELECT unnest(string_split(note_ids, '|')) AS note_id FROM %s) WHERE note_id <> '' AND note_id NOT IN (SELECT id FROM reference.notes)", from)},
		{"missing", "a cell without its number and without a reason, or with both",
			fmt.Sprintf("SELECT %s FROM %s WHERE %s", key, from, missingFault(v.Header.Kind))},
		{"finite", "a number that is infinite or none, or an interval that does not hold its value: look for a division by zero",
			fmt.Sprintf("SELECT %s FROM %s WHERE %s", key, from, infinite)},
	}
	if periods := v.Header.Periods; len(periods) > 0 {
		out = append(out, generated{"periods", "a kind of period that the header does not declare",
			fmt.Sprintf("SELECT DISTINCT period_type FROM %s WHERE period_type NOT IN (%s)", from, quotedAll(periods))})
	}
	if shares := percentMeasures(v); shares != "" {
		out = append(out, generated{"percent", "a percentage below 0 or above 100: correct the view",
			fmt.Sprintf("SELECT %s FROM %s WHERE measure IN (%s) AND (least(value, low) < 0 OR greatest(value, high) > 100)", key, from, shares)})
	}
	for _, b := range v.Header.Breakdowns {
		out = append(out, generated{"codes of " + b, "a code that reference.codes does not have in list " + b,
			fmt.Sprintf("SELECT DISTINCT %[1]s FROM %[2]s WHERE %[1]s <> '_T' AND %[1]s NOT IN (SELECT code FROM reference.codes WHERE list = %[3]s)", name(b), from, quote(b))})
	}
	return out
}

func quotedAll(texts []string) string {
	quoted := make([]string, len(texts))
	for i, t := range texts {
		quoted[i] = quote(t)
	}
	return strings.Join(quoted, ", ")
}

// percentMeasures is the SQL list of the measures of an estimate that are
// shares; "" for none. A rate's lies within 0 and 100 by its parts.
func percentMeasures(v View) string {
	const percent = "percent"
	if v.Header.Kind != release.Estimate {
		return ""
	}
	if v.Header.MeasureList != "" {
		if v.Header.Unit != percent {
			return ""
		}
		return measureCodes(v)
	}
	var codes []string
	for _, m := range v.Header.Measures {
		if m.Unit == percent {
			codes = append(codes, quote(m.Code))
		}
	}
	return strings.Join(codes, ", ")
}

// measureCodes is the SQL list of the measures a cube may have.
func measureCodes(v View) string {
	if v.Header.MeasureList != "" {
		return `SELECT code FROM (` + measureList(v.Header.MeasureList) + `)`
	}
	codes := make([]string, len(v.Header.Measures))
	for i, m := range v.Header.Measures {
		codes[i] = quote(m.Code)
	}
	return strings.Join(codes, ", ")
}

// missingFault is the condition of a row that breaks the convention on numbers
// and statuses of its kind.
func missingFault(kind release.Kind) string {
	const (
		noParts    = "numerator IS NULL AND denominator IS NULL"
		noValue    = "value IS NULL AND low IS NULL AND high IS NULL"
		wholeParts = "numerator IS NOT NULL AND denominator IS NOT NULL AND numerator >= 0 AND denominator >= 0 AND numerator = floor(numerator) AND denominator = floor(denominator)"
	)
	shown := map[release.Kind]string{
		release.Rate:     wholeParts + " AND numerator <= denominator AND " + noValue,
		release.Count:    noParts + " AND value IS NOT NULL AND low IS NULL AND high IS NULL",
		release.Estimate: wholeParts + " AND value IS NOT NULL",
	}[kind]
	missing := "reason IS NOT NULL AND " + noValue + " AND " + noParts
	thin := "false"
	if kind == release.Estimate {
		missing = "reason IS NOT NULL AND " + noValue + " AND CASE WHEN reason = 'not_reached' THEN " + wholeParts + " ELSE " + noParts + " END"
		thin = "reason IS NULL AND " + noValue + " AND " + wholeParts
	}
	if kind == release.Observation {
		return "obs_status IS NULL OR (value IS NULL AND obs_status NOT IN ('O', 'M', 'U')) OR (obs_status = 'O' AND value IS NOT NULL)"
	}
	return fmt.Sprintf(`NOT CASE obs_status WHEN 'O' THEN %s WHEN 'M' THEN reason IS NULL AND %s WHEN 'U' THEN %s
		ELSE (obs_status IS NULL OR obs_status IN ('P', 'B')) AND reason IS NULL AND %s END`, missing, noValue, thin, shown)
}

// infinite is the condition of a row with a number that is none, or an interval
// that does not hold its value.
const infinite = `NOT isfinite(coalesce(numerator, 0)) OR NOT isfinite(coalesce(denominator, 0))
	OR NOT isfinite(coalesce(value, 0)) OR NOT isfinite(coalesce(low, 0)) OR NOT isfinite(coalesce(high, 0))
	OR low > high OR (value IS NOT NULL AND (value < low OR value > high))`
