package queries

import (
	"context"
	"fmt"
	"math"
	"slices"

	"osservatorio/queries/release"
)

// TotalsMoved is the name of the check that compares totals with the release
// before.
const TotalsMoved = "totals_moved"

// leastCompared is the number below which a total moves by chance.
const leastCompared = 100

// runMoved compares the totals of the whole territory with those that the
// release before published: counts by their value, rates and estimates by
// their denominator. A definition of another version, what was not shown then,
// and official figures, which their own source revises, are not compared.
func (i *inspection) runMoved(ctx context.Context) error {
	if i.how.Previous == nil || i.how.About != nil {
		return nil
	}
	f := Failure{Check: TotalsMoved, Name: TotalsMoved, Severity: Stop, Columns: []string{"view", "geo", "period", "measure"},
		Message: "Totals moved by more than check_total_moved_percent against " + i.how.Previous.Info.ID +
			": compare the latest deliveries with the suppliers, or sign that the change is real."}
	limit, err := i.parameter(ctx, "check_total_moved_percent")
	if err != nil {
		return fmt.Errorf("check %s: %w", TotalsMoved, err)
	}
	for _, cube := range i.plan.Cubes() {
		moved, err := i.moved(ctx, cube, limit)
		if err != nil {
			return fmt.Errorf("check %s: %s: %w", TotalsMoved, cube.Path, err)
		}
		for _, row := range moved {
			if i.signsMoved(row) {
				continue
			}
			f.Count++
			if len(f.Rows) < offendersShown {
				f.Rows = append(f.Rows, []string{cube.Header.View, row.Geo, row.Period, row.Measure})
			}
		}
	}
	i.add(f)
	return nil
}

func (i *inspection) parameter(ctx context.Context, name string) (value float64, err error) {
	err = i.db.QueryRowContext(ctx, `SELECT value FROM reference.parameters WHERE name = ?`, name).Scan(&value)
	if err != nil {
		return 0, fmt.Errorf("parameter %s: %w", name, err)
	}
	return value, nil
}

func (i *inspection) signsMoved(r release.Row) bool {
	for n, o := range i.how.Overrides {
		if o.Check == TotalsMoved && (o.Period == "" || o.Period == r.Period) && (o.Geo == "" || o.Geo == r.Geo) {
			i.used[n] = true
			return true
		}
	}
	return false
}

// moved returns the published totals of a view that its cube now contradicts.
func (i *inspection) moved(ctx context.Context, cube View, limit float64) ([]release.Row, error) {
	before := i.how.Previous
	if !before.Has(cube.Header.View) || cube.Header.Kind == release.Observation {
		return nil, nil
	}
	frame, err := before.Frame(ctx, cube.Header.View)
	if err != nil || frame.Header.Definition != cube.Header.Definition {
		return nil, err
	}
	now, err := i.totals(ctx, cube)
	if err != nil {
		return nil, err
	}
	var out []release.Row
	for _, r := range frame.Where(release.Select{Geo: before.Info.Region.Root}) {
		was := sizeOf(r, cube.Header.Kind)
		if was == nil || *was < leastCompared || cube.derives(r.Measure) {
			continue
		}
		if is, there := now[[3]string{r.PeriodType, r.Period, r.Measure}]; !there || math.Abs(is-*was) > limit/100**was {
			out = append(out, r)
		}
	}
	return out, nil
}

// derives tells whether a measure is computed from others, such as a balance,
// whose sign and size are free.
func (v View) derives(measure string) bool {
	return slices.ContainsFunc(v.Header.Derived, func(d Derived) bool { return d.Measure == measure })
}

// sizeOf is the number of a published row that is compared, nil where it was
// not shown.
func sizeOf(r release.Row, kind release.Kind) *float64 {
	if kind.HasParts() {
		return r.Denominator
	}
	return r.Value
}

// totals reads the same numbers from a cube, for the territory that holds all.
func (i *inspection) totals(ctx context.Context, cube View) (map[[3]string]float64, error) {
	column := "value"
	if cube.Header.Kind.HasParts() {
		column = "denominator"
	}
	condition := "geo = " + quote(i.how.Previous.Info.Region.Root)
	for _, b := range cube.Header.Breakdowns {
		condition += " AND " + name(b) + " = '_T'"
	}
	rows, err := i.db.QueryContext(ctx, fmt.Sprintf(`SELECT period_type, period, measure, %s FROM %s WHERE %s AND %[1]s IS NOT NULL`, column, cube.Qualified(), condition))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[[3]string]float64{}
	for rows.Next() {
		var key [3]string
		var n float64
		if err := rows.Scan(&key[0], &key[1], &key[2], &n); err != nil {
			return nil, err
		}
		out[key] = n
	}
	return out, rows.Err()
}
