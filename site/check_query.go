package site

import (
	"slices"
	"strings"

	"osservatorio/dashboards/chart"
	"osservatorio/queries/release"
)

// checkQuery is the DuckDB query with which a reader finds in the published
// file the rows that a figure was made of, and no others.
func checkQuery(h release.Header, c chart.Cells, file string) string {
	show := []string{"geo", "period"}
	if c.Breakdown != "" {
		show = append(show, identifier(c.Breakdown))
	}
	show = append(show, "measure", "value", "numerator", "denominator", "low", "high", "obs_status")
	q := "SELECT " + strings.Join(show, ", ") + "\nFROM " + literal(file)
	if where := checkConditions(h, c); len(where) > 0 {
		q += "\nWHERE " + strings.Join(where, "\n  AND ")
	}
	return q + "\nORDER BY geo, period, measure;"
}

func checkConditions(h release.Header, c chart.Cells) []string {
	var where []string
	add := func(s string) {
		if s != "" {
			where = append(where, s)
		}
	}
	add(placesCondition(c))
	add(partsCondition(c.Parts))
	add(periodCondition(c))
	for _, b := range h.Breakdowns {
		code, named := c.By[b]
		switch {
		case named && code != "":
			add(identifier(b) + " = " + literal(code))
		case b != c.Breakdown:
			add(identifier(b) + " = " + literal(release.Total))
		}
	}
	return where
}

// placesCondition asks for a level, for single territories or for both.
func placesCondition(c chart.Cells) string {
	places := oneOf("geo", c.Geos)
	switch {
	case c.Level == "":
		return places
	case places == "":
		return "geo_level = " + literal(c.Level)
	}
	return "(geo_level = " + literal(c.Level) + " OR " + places + ")"
}

// periodCondition asks for one kind of period where some rows are wanted of
// every period: quarters and years stand in one file.
func periodCondition(c chart.Cells) string {
	every := func(p chart.Part) bool { return p.Period == "" }
	if c.PeriodType == "" || len(c.Parts) > 0 && !slices.ContainsFunc(c.Parts, every) {
		return ""
	}
	return "period_type = " + literal(c.PeriodType)
}

// partsCondition asks for measures, those of one period together.
func partsCondition(parts []chart.Part) string {
	var periods []string
	measures := map[string][]string{}
	for _, p := range parts {
		if measures[p.Period] == nil {
			periods = append(periods, p.Period)
		}
		measures[p.Period] = append(measures[p.Period], p.Measure)
	}
	slices.Sort(periods)
	var any []string
	for _, period := range periods {
		one := oneOf("measure", measures[period])
		if period != "" {
			one += " AND period = " + literal(period)
		}
		any = append(any, one)
	}
	if len(any) > 1 {
		return "(" + strings.Join(any, "\n    OR ") + ")"
	}
	return strings.Join(any, "")
}

func oneOf(column string, values []string) string {
	switch len(values) {
	case 0:
		return ""
	case 1:
		return column + " = " + literal(values[0])
	}
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = literal(v)
	}
	return column + " IN (" + strings.Join(quoted, ", ") + ")"
}

func literal(text string) string    { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
func identifier(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
