package disclosure

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"osservatorio/queries"
	"osservatorio/queries/release"
	"osservatorio/warehouse"
)

// Numbers are those of one cell, nil where there is none.
type Numbers struct {
	Numerator   *float64 `json:"numerator"`
	Denominator *float64 `json:"denominator"`
	Value       *float64 `json:"value"`
	Low         *float64 `json:"low"`
	High        *float64 `json:"high"`
}

// Cell is one cell as a release would publish it, and beside it what the cube
// holds: that is for the operator alone.
type Cell struct {
	Rules     *Rules             // nil for open views
	Computed  bool               // the cube has such a cell
	Requested bool               // the plan asks for it
	Status    release.Status     // these and Shown only where it is requested
	Conf      release.ConfStatus //
	Reason    string
	Notes     string
	Shown     Numbers
	Cube      Numbers // unprotected
	CubeSays  string  // status that the cube gave itself, with its reason
	Primary   bool    // confidential by its own numbers, not by those of others
	Dominated bool    // because they tell one contribution too closely
}

// errLooked ends the transaction of Look: nothing that it wrote stays.
var errLooked = errors.New("looked")

// Look judges one cube as Protect does and returns one of its cells by the
// columns of its key. Nothing is written.
func Look(ctx context.Context, db *warehouse.DB, plan queries.Plan, policy Policy, cube queries.View, key map[string]string) (Cell, error) {
	only := plan.Only(cube.Qualified())
	if err := only.CheckProtection(policy.Contracts); err != nil {
		return Cell{}, err
	}
	jobs, err := prepare(ctx, db, only)
	if err != nil {
		return Cell{}, err
	}
	at := slices.IndexFunc(jobs, func(j job) bool { return j.cube.Path == cube.Path })
	if at < 0 {
		return Cell{}, fmt.Errorf("look at %s: no cube", cube.Path)
	}
	if jobs[at].rules != nil {
		if err := policy.fill(ctx, db); err != nil {
			return Cell{}, err
		}
	}
	l := looking{ctx: ctx, job: jobs[at], policy: policy, key: key, cell: Cell{Rules: jobs[at].rules}}
	if err := db.Tx(ctx, l.look); !errors.Is(err, errLooked) {
		return l.cell, fmt.Errorf("look at %s: %w", cube.Path, err)
	}
	return l.cell, nil
}

type looking struct {
	ctx    context.Context
	job    job
	policy Policy
	key    map[string]string
	cell   Cell
	tx     *sql.Tx
}

func (l *looking) look(tx *sql.Tx) error {
	l.tx = tx
	confidential, err := l.standing()
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(l.ctx, `DROP SCHEMA IF EXISTS published CASCADE; CREATE SCHEMA published`); err != nil {
		return err
	}
	steps := append(primaryRules(), l.policy.Secondary...)
	p := &protection{jobs: []job{l.job}, policy: l.policy, steps: steps}
	if err := p.collect(l.ctx, tx, 0); err != nil {
		return err
	}
	if err := publish(l.ctx, tx, l.job, p.masks[0]); err != nil {
		return err
	}
	for _, read := range []func() error{l.readCube, l.readPublished} {
		if err := read(); err != nil {
			return err
		}
	}
	if confidential && l.cell.Status != release.Missing {
		l.cell.Shown, l.cell.Status, l.cell.Conf, l.cell.Reason, l.cell.Notes = Numbers{}, release.Confidential, release.Hidden, "", ""
	}
	return errLooked
}

// standing says whether the release that stands hides the cell: one view alone
// does not tell what others would give away.
func (l *looking) standing() (bool, error) {
	var there bool
	err := l.tx.QueryRowContext(l.ctx, `
		SELECT count(*) > 0 FROM information_schema.tables
		WHERE table_catalog = current_database() AND table_schema = 'published' AND table_name = ?`, l.job.header.View).Scan(&there)
	if err != nil || !there {
		return false, err
	}
	condition, args := l.where()
	var hidden bool
	err = l.tx.QueryRowContext(l.ctx, `SELECT count(*) > 0 FROM published.`+l.job.header.View+` WHERE obs_status = 'Q' AND `+condition, args...).Scan(&hidden)
	return hidden, err
}

// where is the condition of the cell, its values as parameters.
func (l *looking) where() (string, []any) {
	var tests []string
	var args []any
	for _, column := range l.job.cube.Key() {
		tests = append(tests, fmt.Sprintf(`"%s" = ?`, column))
		args = append(args, l.key[column])
	}
	return strings.Join(tests, " AND "), args
}

func (l *looking) readCube() error {
	condition, args := l.where()
	primary := "false"
	if l.job.rules != nil {
		primary = "coalesce(" + primaryRule(Mask{View: l.job.cube, Rules: *l.job.rules}) + ", false)"
	}
	n := &l.cell.Cube
	err := l.tx.QueryRowContext(l.ctx, `SELECT numerator, denominator, value, low, high, concat_ws(' ', obs_status, reason), `+primary+
		` FROM `+l.job.cube.Qualified()+` WHERE `+condition, args...).
		Scan(&n.Numerator, &n.Denominator, &n.Value, &n.Low, &n.High, &l.cell.CubeSays, &l.cell.Primary)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	l.cell.Computed = err == nil
	if err != nil || l.job.rules == nil {
		return err
	}
	err = l.tx.QueryRowContext(l.ctx, `SELECT count(*) > 0 FROM temp.protect_cells_0 c JOIN temp.protect_needs_0 USING (cell) WHERE `+condition, args...).Scan(&l.cell.Dominated)
	l.cell.Primary = l.cell.Primary || l.cell.Dominated
	return err
}

func (l *looking) readPublished() error {
	condition, args := l.where()
	n := &l.cell.Shown
	err := l.tx.QueryRowContext(l.ctx, `SELECT numerator, denominator, value, low, high, obs_status, conf_status, coalesce(reason, ''), coalesce(note_ids, '')
		FROM published.`+l.job.header.View+` WHERE `+condition, args...).
		Scan(&n.Numerator, &n.Denominator, &n.Value, &n.Low, &n.High, &l.cell.Status, &l.cell.Conf, &l.cell.Reason, &l.cell.Notes)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	l.cell.Requested = err == nil
	return err
}
