package disclosure

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"sync"

	"osservatorio/queries/release"
	"osservatorio/queries/released"
)

// AcrossReport is what earlier releases had to say in a new one, without any
// value.
type AcrossReport struct {
	Releases int           `json:"releases"` // earlier ones in the ledger, withdrawn or not
	Annual   bool          `json:"annual"`   // the scheduled revision: nothing is held
	Hidden   int           `json:"hidden"`   // cells that stay hidden because they were
	Blocks   []BlockReport `json:"blocks"`   // by population
}

// BlockReport counts the blocks of a population that were released before: a
// block is what all views say of it for one territory and period.
type BlockReport struct {
	Population string `json:"population"`
	Blocks     int    `json:"blocks"`
	Moved      int    `json:"moved"` // some number is another now
	Held       int    `json:"held"`  // of them, those whose old numbers stay
}

// prior is what earlier releases said of a line.
type prior struct {
	status string // of the last release; "" where it had no such cell
	shown  bool   // some release showed numbers
	n, d   int64  // those shown last
	known  bool   // some release showed the numbers of now
	of     int64  // whose numbers the last release shows: its own (its seq), or those of before a seq from which they were held (−seq)
}

// same says that a line stands as it was shown last.
func (l *line) same() bool { return l.prior.shown && l.prior.n == l.n && l.prior.d == l.d }

// union holds a release to all earlier ones: what they showed is known, what
// they hid stays hidden, and a revision that points to few is held back.
type union struct {
	views  []*masked
	geo    *geography
	last   int64 // seq of the last release
	count  int
	annual bool
	blocks map[string]*block
	names  []string // of blocks, in the order of lines
	sticky int
	priors []string // tables, by view

	mutex    sync.Mutex
	betrayed []betrayed
}

// begin reads the ledger of releases; nil where nothing was released yet.
func begin(ctx context.Context, tx *sql.Tx, views []*masked) (*union, error) {
	u := &union{views: views, blocks: map[string]*block{}}
	if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(seq), 0), count(*) FROM ledger.releases`).Scan(&u.last, &u.count); err != nil {
		return nil, fmt.Errorf("read ledger of releases: %w", err)
	}
	if u.count == 0 {
		return nil, nil
	}
	if err := u.territories(ctx, tx); err != nil {
		return nil, err
	}
	err := tx.QueryRowContext(ctx, `
		SELECT count(*) > 0 FROM reference.parameters
		WHERE name = 'annual_revision_month' AND value = (SELECT month(coalesce(
		  (SELECT min(complete_to) FROM ledger.completeness JOIN (SELECT DISTINCT contract FROM ledger.deliveries WHERE protection <> 'open') USING (contract)),
		  (SELECT min(complete_to) FROM ledger.completeness))))`).Scan(&u.annual)
	if err != nil {
		return nil, fmt.Errorf("read the month of the annual revision: %w", err)
	}
	return u, nil
}

// territories refuses a geography that has lost territories of earlier
// releases: what they showed could not be compared with what is shown now.
func (u *union) territories(ctx context.Context, tx *sql.Tx) error {
	lost := map[string]bool{}
	for _, v := range u.views {
		key, err := u.key(ctx, tx, v)
		if err != nil {
			return err
		}
		if len(key) == 0 {
			continue
		}
		rows, err := tx.QueryContext(ctx, `SELECT DISTINCT geo FROM `+released.Table(v.job.header.View)+` ANTI JOIN reference.geo ON geo = code ORDER BY geo`)
		if err != nil {
			return fmt.Errorf("read ledger of released cells: %w", err)
		}
		for rows.Next() {
			var code string
			if err := rows.Scan(&code); err != nil {
				rows.Close()
				return fmt.Errorf("read ledger of released cells: %w", err)
			}
			lost[code] = true
		}
		if err := rows.Close(); err != nil {
			return fmt.Errorf("read ledger of released cells: %w", err)
		}
	}
	if len(lost) == 0 {
		return nil
	}
	return &Unmapped{Territories: sorted(lost)}
}

// Unmapped says that earlier releases have territories that the geography of
// now does not know.
type Unmapped struct{ Territories []string }

func (e *Unmapped) Error() string {
	named := e.Territories
	more := ""
	if len(named) > 5 {
		named, more = named[:5], fmt.Sprintf(" and %d more", len(e.Territories)-5)
	}
	return "make release: territories " + strings.Join(named, ", ") + more + ": released before and not in reference.geo: expected them to stay beside the new ones"
}

// Hint says what can be done.
func (e *Unmapped) Hint() string {
	return "keep the old territories in geo.csv and say in geo_parent.csv what each consists of, so that old and new divisions share the same finest territories"
}

// key is the columns that tell the released cells of a view apart, none if it
// was never released.
func (u *union) key(ctx context.Context, tx *sql.Tx, v *masked) ([]string, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT column_name FROM information_schema.columns
		WHERE table_catalog = current_database() AND table_schema = 'released' AND table_name = ? ORDER BY ordinal_position`, v.job.header.View)
	if err != nil {
		return nil, fmt.Errorf("read ledger of released cells: %w", err)
	}
	defer rows.Close()
	var key []string
	for rows.Next() {
		var column string
		if err := rows.Scan(&column); err != nil {
			return nil, fmt.Errorf("read ledger of released cells: %w", err)
		}
		if !slices.Contains([]string{"release", "numerator", "denominator", "value", "low", "high", "obs_status", "reason"}, column) {
			key = append(key, column)
		}
	}
	return key, rows.Err()
}

// match is the SQL by which the released cell r is the cell c of now: a
// breakdown that only one of them has is a total.
func match(v *masked, key []string) string {
	var tests []string
	mine := v.job.cube.Key()
	for _, k := range key {
		if slices.Contains(mine, k) {
			tests = append(tests, fmt.Sprintf(`r."%[1]s" = c."%[1]s"`, k))
		} else {
			tests = append(tests, fmt.Sprintf(`r."%s" = '%s'`, k, release.Total))
		}
	}
	for _, k := range mine {
		if !slices.Contains(key, k) {
			tests = append(tests, fmt.Sprintf(`c."%s" = '%s'`, k, release.Total))
		}
	}
	return strings.Join(tests, " AND ")
}

// compare makes the table of what earlier releases said of each cell of a
// view, under the definition that it has now: another definition is another
// count. It returns false where there is none.
func (u *union) compare(ctx context.Context, tx *sql.Tx, i int) (bool, error) {
	v := u.views[i]
	key, err := u.key(ctx, tx, v)
	if err != nil || len(key) == 0 {
		return false, err
	}
	var first sql.NullInt64
	err = tx.QueryRowContext(ctx, `
		SELECT min(release) FROM ledger.released_views
		WHERE view = ?1 AND release > (SELECT coalesce(max(release), 0) FROM ledger.released_views WHERE view = ?1 AND definition <> ?2)`,
		v.job.header.View, v.job.header.Definition).Scan(&first)
	if err != nil || !first.Valid {
		return false, err
	}
	number := "value"
	if v.job.header.Kind.HasParts() {
		number = "numerator"
	}
	columns := `"` + strings.Join(key, `", "`) + `"`
	_, err = tx.ExecContext(ctx, strings.NewReplacer("PRIOR", bare(u.priors[i]), "CELLS", v.mask.Cells, "RELEASED", released.Table(v.job.header.View),
		"FIRST", fmt.Sprint(first.Int64), "LAST", fmt.Sprint(u.last), "KEY", columns, "MATCH", match(v, key), "NUMBER", number).Replace(`
		CREATE OR REPLACE TEMP TABLE PRIOR AS
		WITH versions AS (
		  SELECT * FROM RELEASED WHERE release > FIRST
		  UNION ALL BY NAME
		  SELECT * FROM (SELECT * FROM RELEASED WHERE release <= FIRST QUALIFY row_number() OVER (PARTITION BY KEY ORDER BY release DESC) = 1)
		), told AS (
		  SELECT c.cell, r.release, r.numerator, r.denominator, r.value, r.low, r.high, r.obs_status, r.reason,
		    r.NUMBER = c.NUMBER AND r.denominator IS NOT DISTINCT FROM c.denominator AS same
		  FROM CELLS c JOIN versions r ON MATCH
		), standing AS (SELECT * FROM told QUALIFY row_number() OVER (PARTITION BY cell ORDER BY release DESC) = 1),
		shown AS (SELECT * FROM told WHERE NUMBER IS NOT NULL QUALIFY row_number() OVER (PARTITION BY cell ORDER BY release DESC) = 1),
		same AS (SELECT cell, bool_or(coalesce(same, false)) AS known FROM told GROUP BY cell)
		SELECT s.cell, s.release, s.obs_status, s.reason, s.numerator, s.denominator, s.value, s.low, s.high,
		  l.NUMBER AS last_number, l.denominator AS last_denominator, known
		FROM standing s JOIN same USING (cell) LEFT JOIN shown l USING (cell) ORDER BY s.cell`))
	if err != nil {
		return false, fmt.Errorf("compare with earlier releases: %w", err)
	}
	return true, nil
}

// empty is compare where no release says anything of a view. What shares a held
// block with others waits all the same.
func (u *union) empty(ctx context.Context, tx *sql.Tx, i int) error {
	_, err := tx.ExecContext(ctx, `
		CREATE OR REPLACE TEMP TABLE `+bare(u.priors[i])+` AS
		SELECT cell, 0 AS release, obs_status, reason, numerator, denominator, value, low, high,
		  value AS last_number, denominator AS last_denominator, false AS known
		FROM `+u.views[i].mask.Cells+` WHERE false`)
	return err
}

// read finds what earlier releases said of the lines of all views.
func (u *union) read(ctx context.Context, tx *sql.Tx) error {
	u.priors = make([]string, len(u.views))
	for i, v := range u.views {
		u.priors[i] = fmt.Sprintf("temp.protect_prior_%d", i)
		there, err := u.compare(ctx, tx, i)
		if err == nil && there {
			err = u.readView(ctx, tx, i)
		}
		if err == nil && !there {
			err = u.empty(ctx, tx, i)
		}
		if err != nil {
			return fmt.Errorf("protect %s: %w", v.job.cube.Path, err)
		}
	}
	return nil
}

func (u *union) readView(ctx context.Context, tx *sql.Tx, i int) error {
	rows, err := tx.QueryContext(ctx, `
		SELECT cell, release, coalesce(obs_status, ''), coalesce(reason, ''), last_number, last_denominator, known FROM `+u.priors[i]+` ORDER BY cell`)
	if err != nil {
		return err
	}
	defer rows.Close()
	lines := u.views[i].lines
	at := 0
	for rows.Next() {
		var cell, seq int64
		var status, reason string
		var n, d sql.NullFloat64
		var known bool
		if err := rows.Scan(&cell, &seq, &status, &reason, &n, &d, &known); err != nil {
			return err
		}
		for at < len(lines) && lines[at].cell < cell {
			at++
		}
		if at == len(lines) || lines[at].cell != cell {
			continue // holds no number now
		}
		l := &lines[at]
		l.prior = prior{status: status, shown: n.Valid, known: known, of: u.last}
		if reason == release.RevisionHeld {
			l.prior.of = -seq
		}
		if l.prior.n, err = signedWhole(n.Float64); err != nil {
			return err
		}
		if l.prior.d, err = signedWhole(d.Float64); err != nil {
			return err
		}
	}
	return rows.Err()
}

// signedWhole is whole for numbers that may be negative, such as balances.
func signedWhole(n float64) (int64, error) {
	if n < 0 {
		m, err := whole(-n)
		return -m, err
	}
	return whole(n)
}
