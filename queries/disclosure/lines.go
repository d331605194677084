package disclosure

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"
	"strings"

	"osservatorio/queries"
	"osservatorio/queries/release"
)

// line is one row of a published file that holds numbers: what of it can be
// added up.
type line struct {
	view         *masked
	cell         int64 // number in the table of cells, from 1
	geo          int32
	kind, period string // period_type and period
	crossing     *crossing
	measure      string
	n, d         int64    // numerator or value, and denominator
	parts        bool     // has both
	need         [2]int64 // what n and d must be able to hold while hidden, where one contribution dominates them
	hidden       bool
	before       bool // hidden by its own number
	unripe       bool // hidden until all its parts are shown

	prior  prior    // what earlier releases said of it
	blocks []*block // of its populations, for its territory and period
	known  bool     // an earlier release showed these very numbers
	keeps  bool     // its old numbers stay
	sticks bool     // it stays hidden
}

// crossing is the breakdowns of a line that are not totals, with their codes.
type crossing struct {
	text  string // "sex=F|age_band=55+"
	lists []string
	codes []string
}

// name is the breakdown as plans write it: "_T", "sex", "sex_age_band".
func (c *crossing) name() string {
	if len(c.lists) == 0 {
		return "_T"
	}
	return strings.Join(c.lists, "_")
}

// masked is a protected view on its way to publication, with its lines.
type masked struct {
	job   job
	mask  Mask
	lines []line
	seen  []period // of all lines
}

func (m *masked) header() queries.Header { return m.job.cube.Header }

// places numbers what lines have in common, so that they stay small.
type places struct {
	geo       map[string]int32
	crossings map[string]*crossing
}

// readLines reads the cells of one view that hold numbers.
func (p *places) readLines(ctx context.Context, tx *sql.Tx, m *masked) error {
	h := m.header()
	number := "value"
	if h.Kind.HasParts() {
		number = "numerator"
	}
	crossed := "''"
	if len(h.Breakdowns) > 0 {
		parts := make([]string, len(h.Breakdowns))
		for i, b := range h.Breakdowns {
			parts[i] = fmt.Sprintf(`CASE WHEN "%[1]s" <> '_T' THEN '%[1]s=' || "%[1]s" END`, b)
		}
		crossed = "concat_ws('|', " + strings.Join(parts, ", ") + ")"
	}
	rows, err := tx.QueryContext(ctx, fmt.Sprintf(`
		SELECT c.cell, geo, period_type, period, %s, measure, %s, denominator, h.cell IS NOT NULL, coalesce(n.need, 0), coalesce(d.need, 0)
		FROM %s c LEFT JOIN %s h ON h.cell = c.cell
		LEFT JOIN %[5]s n ON n.cell = c.cell AND NOT n.of_denominator
		LEFT JOIN %[5]s d ON d.cell = c.cell AND d.of_denominator
		WHERE %[2]s IS NOT NULL ORDER BY c.cell`, crossed, number, m.mask.Cells, m.mask.Hidden, m.mask.Needs))
	if err != nil {
		return fmt.Errorf("read cells: %w", err)
	}
	defer rows.Close()
	kinds := map[string]string{} // the same few texts, kept once
	for rows.Next() {
		var geo, kind, period, text, measure string
		var n, d sql.NullFloat64
		l := line{view: m}
		if err := rows.Scan(&l.cell, &geo, &kind, &period, &text, &measure, &n, &d, &l.hidden, &l.need[0], &l.need[1]); err != nil {
			return fmt.Errorf("read cells: %w", err)
		}
		at, known := p.geo[geo]
		if !known {
			return fmt.Errorf("read cells: territory %q: not in reference.geo", geo)
		}
		l.before = l.hidden
		l.geo, l.crossing = at, p.crossing(text)
		l.kind, l.period, l.measure = once(kinds, kind), once(kinds, period), once(kinds, measure)
		if l.n, err = whole(n.Float64); err != nil && !m.derived(measure) {
			return fmt.Errorf("read cells: measure %s: %w", measure, err)
		}
		if l.parts = h.Kind.HasParts() && d.Valid; l.parts {
			if l.d, err = whole(d.Float64); err != nil {
				return fmt.Errorf("read cells: measure %s: %w", measure, err)
			}
		}
		m.lines = append(m.lines, l)
	}
	return rows.Err()
}

func (m *masked) derived(measure string) bool {
	for _, d := range m.header().Derived {
		if d.Measure == measure {
			return true
		}
	}
	return false
}

func once(seen map[string]string, text string) string {
	if kept, ok := seen[text]; ok {
		return kept
	}
	seen[text] = text
	return text
}

func whole(n float64) (int64, error) {
	if n < 0 || n != math.Trunc(n) || n > 1<<52 {
		return 0, fmt.Errorf("a count is no whole number from zero")
	}
	return int64(n), nil
}

func (p *places) crossing(text string) *crossing {
	if c, ok := p.crossings[text]; ok {
		return c
	}
	c := &crossing{text: text}
	if text != "" {
		for part := range strings.SplitSeq(text, "|") {
			list, code, _ := strings.Cut(part, "=")
			c.lists, c.codes = append(c.lists, list), append(c.codes, code)
		}
	}
	p.crossings[text] = c
	return c
}

// counts tells what a line counts: one population, or two where numerators are
// not among denominators.
func (l *line) counts() queries.Counted { return l.view.header().Sums.Of(l.measure) }

// isCount says that the line holds one number.
func (l *line) isCount() bool { return l.view.job.header.Kind == release.Count }

// readGeography reads the territories of the instance. The finest are those
// that hold no other.
func readGeography(ctx context.Context, tx *sql.Tx) (*geography, *places, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT g.code, coalesce(list(c.code ORDER BY c.code), [g.code]), any_value(g.level) IN (`+finestLevels+`)
		FROM reference.geo g
		LEFT JOIN (
		  SELECT p.parent, p.code FROM reference.geo_parent p ANTI JOIN reference.geo_parent q ON q.parent = p.code
		) c ON c.parent = g.code
		GROUP BY g.code ORDER BY g.code`)
	if err != nil {
		return nil, nil, fmt.Errorf("read territories: %w", err)
	}
	defer rows.Close()
	g := &geography{}
	p := &places{geo: map[string]int32{}, crossings: map[string]*crossing{}}
	var below [][]string
	finest := map[string]int32{}
	for rows.Next() {
		var code string
		var leaves duckList
		var page bool
		if err := rows.Scan(&code, &leaves, &page); err != nil {
			return nil, nil, fmt.Errorf("read territories: %w", err)
		}
		p.geo[code] = int32(len(g.codes))
		g.codes, g.page = append(g.codes, code), append(g.page, page)
		if len(leaves) == 0 {
			leaves = duckList{code}
		}
		if len(leaves) == 1 && leaves[0] == code {
			finest[code] = int32(len(finest))
		}
		below = append(below, leaves)
	}
	for _, codes := range below {
		var leaves []int32
		for _, code := range codes {
			leaves = append(leaves, finest[code])
		}
		slices.Sort(leaves)
		g.leaves = append(g.leaves, leaves)
	}
	g.finest = len(finest)
	return g, p, rows.Err()
}

// duckList is a list of texts as the driver gives it.
type duckList []string

// Scan reads a list; the texts of an empty one are left out.
func (l *duckList) Scan(value any) error {
	*l = nil
	list, ok := value.([]any)
	if !ok {
		return fmt.Errorf("%T: expected a list", value)
	}
	for _, v := range list {
		if text, ok := v.(string); ok {
			*l = append(*l, text)
		}
	}
	return nil
}
