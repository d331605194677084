package jsonstat

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
)

// writer writes cubes as one table.
type writer struct {
	out     *csv.Writer
	columns []string
	at      map[string]int
	row     []string
	sum     Summary
	empty   int64
}

func write(ctx context.Context, cubes []*cube, to io.Writer) (Summary, error) {
	w := &writer{out: csv.NewWriter(to), at: map[string]int{}}
	for _, c := range cubes {
		w.plan(c)
	}
	w.column("OBS_VALUE")
	w.column("OBS_STATUS")
	if slices.ContainsFunc(cubes, func(c *cube) bool { return len(c.Extension.labels) > 0 }) {
		w.column("OBS_STATUS_label")
	}
	for _, name := range []string{"DATASET", "SOURCE", "UPDATED"} {
		w.column(name)
	}
	w.row = make([]string, len(w.columns))
	w.sum.Columns = w.columns
	if err := w.out.Write(w.columns); err != nil {
		return w.sum, fmt.Errorf("write table: %w", err)
	}
	for _, c := range cubes {
		if err := w.cube(ctx, c); err != nil {
			return w.sum, err
		}
	}
	w.out.Flush()
	if err := w.out.Error(); err != nil {
		return w.sum, fmt.Errorf("write table: %w", err)
	}
	if w.empty > 0 {
		w.sum.Notes = append(w.sum.Notes, fmt.Sprintf("%d cells with neither value nor status: left out", w.empty))
	}
	if w.sum.Rows == 0 {
		return w.sum, &Fault{Found: "no cell with a value or a status", Wanted: "one or more", Advice: "check categories and period of the question"}
	}
	return w.sum, nil
}

// plan adds the columns that a cube needs.
func (w *writer) plan(c *cube) {
	for _, axis := range c.axes {
		w.column(axis.id)
		if len(axis.labels) > 0 {
			w.column(axis.id + "_label")
		}
		if len(axis.units) > 0 {
			w.column(axis.id + "_unit")
		}
	}
	if c.time != "" {
		w.column("TIME_PERIOD")
	}
}

func (w *writer) column(name string) {
	if _, known := w.at[name]; !known {
		w.at[name] = len(w.columns)
		w.columns = append(w.columns, name)
	}
}

func (w *writer) set(name, value string) {
	if i, known := w.at[name]; known {
		w.row[i] = value
	}
}

// cube writes a row for each cell that says something. The last dimension runs
// fastest.
func (w *writer) cube(ctx context.Context, c *cube) error {
	place := make([]int, len(c.axes))
	for i := range c.cells {
		if i%65536 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		value, status := c.Value.at(i), c.Status.at(i)
		if value == "" && status == "" {
			w.empty++
		} else if err := w.cell(c, place, value, status); err != nil {
			return err
		}
		for d := len(place) - 1; d >= 0; d-- {
			if place[d]++; place[d] < len(c.axes[d].codes) {
				break
			}
			place[d] = 0
		}
	}
	w.sum.Updated = or(c.Updated, w.sum.Updated)
	return nil
}

func (w *writer) cell(c *cube, place []int, value, status string) error {
	clear(w.row)
	for d, axis := range c.axes {
		code := axis.codes[place[d]]
		w.set(axis.id+"_label", axis.labels[code])
		w.set(axis.id+"_unit", axis.units[code])
		if axis.id == c.time {
			w.set("TIME_PERIOD", code)
		}
	}
	w.set("OBS_VALUE", value)
	w.set("OBS_STATUS", status)
	w.set("OBS_STATUS_label", c.Extension.labels[status])
	w.set("DATASET", c.Label)
	w.set("SOURCE", c.Source)
	w.set("UPDATED", c.Updated)
	for d, axis := range c.axes { // last: a dimension keeps its name against ours
		w.set(axis.id, axis.codes[place[d]])
	}
	w.sum.Rows++
	if err := w.out.Write(w.row); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}
