package disclosure

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"osservatorio/queries"
	"osservatorio/queries/release"
	"osservatorio/warehouse"
)

// Asked is one line of reference.plan_measures: a measure that is published of
// a view in a tier of the plan. A view that no line names shows all of its
// measures in every tier; one that stands there shows these alone.
type Asked struct {
	View string // as published
	Tier
	Measure string // code, or every
}

// every stands in the plan for all measures of a view: so a view asks for fewer
// tiers than others without a line for each of its measures.
const every = "*"

// askedOf reads which measures the plan of the instance asks for.
func askedOf(ctx context.Context, db *warehouse.DB) ([]Asked, error) {
	rows, err := db.QueryContext(ctx, `SELECT view, period_type, finest, breakdown, measure FROM reference.plan_measures ORDER BY ALL`)
	if err != nil {
		return nil, fmt.Errorf("protect: read measures of the plan: %w", err)
	}
	defer rows.Close()
	var asked []Asked
	for rows.Next() {
		var a Asked
		if err := rows.Scan(&a.View, &a.PeriodType, &a.Finest, &a.Breakdown, &a.Measure); err != nil {
			return nil, fmt.Errorf("protect: read measures of the plan: %w", err)
		}
		asked = append(asked, a)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("protect: read measures of the plan: %w", err)
	}
	return asked, nil
}

// ReadMeasures reads measures as reference.plan_measures holds them. The first
// line that cannot be one is an error with its number; whether views have such
// measures and tiers is asked when they are judged.
func ReadMeasures(r io.Reader, name string) ([]Asked, error) {
	rows := csv.NewReader(r)
	header := []string{"view", "period_type", "finest", "breakdown", "measure", "source", "verification"}
	first, err := rows.Read()
	if err != nil || !slices.Equal(first, header) {
		return nil, fmt.Errorf("read measures of a plan: %s:1: expected %s", name, strings.Join(header, ","))
	}
	asked := []Asked{}
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return asked, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read measures of a plan: %s: %w", name, err)
		}
		line, _ := rows.FieldPos(0)
		a := Asked{View: row[0], Tier: Tier{PeriodType: row[1], Finest: row[2] == "true", Breakdown: row[3]}, Measure: row[4]}
		if row[2] != "true" && row[2] != "false" {
			return nil, fmt.Errorf("read measures of a plan: %s:%d: finest %q: expected true or false", name, line, row[2])
		}
		if slices.Contains(asked, a) {
			return nil, fmt.Errorf("read measures of a plan: %s:%d: said twice", name, line)
		}
		asked = append(asked, a)
	}
}

// checkAsked holds the measures of a plan to its tiers and to the views that
// are there: a measure that is misspelt would not be published, and nothing
// would say so. Lines about views that the instance does not have ask nothing.
func checkAsked(asked []Asked, tiers []Tier, jobs []job) error {
	for _, a := range asked {
		at := slices.IndexFunc(jobs, func(j job) bool { return j.header.View == a.View })
		if at < 0 {
			continue
		}
		if tiers != nil && !slices.Contains(tiers, a.Tier) {
			return wrongList{"plan_measures", fmt.Errorf("view %s: %s, finest %t, breakdown %s: expected a line of reference.plan", a.View, a.PeriodType, a.Finest, a.Breakdown)}
		}
		if a.Measure != every && !slices.ContainsFunc(jobs[at].header.Measures, func(m release.Measure) bool { return m.Code == a.Measure }) {
			return wrongList{"plan_measures", fmt.Errorf("view %s: measure %q: the view has no such measure", a.View, a.Measure)}
		}
	}
	return nil
}

// measured is the condition that the plan asks for the measure of a cell, with
// "true" where it names none of the view.
func measured(v queries.View, asked []Asked) string {
	if len(asked) == 0 {
		return "true"
	}
	var named []string
	for _, a := range asked {
		measure := quoted([]string{a.Measure})
		if a.Measure == every {
			measure = "measure"
		}
		named = append(named, fmt.Sprintf("(%s, %t, %s, %s)", quoted([]string{a.PeriodType}), a.Finest, quoted([]string{a.Breakdown}), measure))
	}
	return fmt.Sprintf("(period_type, geo_level IN (%s), %s, measure) IN (%s)", finestLevels, crossed(v.Header.Breakdowns), strings.Join(named, ", "))
}

// of keeps the lines of one view.
func of(view string, asked []Asked) []Asked {
	return slices.DeleteFunc(slices.Clone(asked), func(a Asked) bool { return a.View != view })
}

// fill reads what the policy leaves to the plan of the instance.
func (p *Policy) fill(ctx context.Context, db *warehouse.DB) (err error) {
	if p.Plan == nil {
		if p.Plan, err = tiersOf(ctx, db); err != nil {
			return err
		}
	}
	if p.Measures == nil {
		p.Measures, err = askedOf(ctx, db)
	}
	return err
}
