package released

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"osservatorio/queries/release"
)

// numbers are the columns of a cell that the ledger keeps; words, units and
// notes stand in the folders.
var numbers = []string{"numerator", "denominator", "value", "low", "high", "obs_status", "reason"}

// recording is one release on its way into the ledger.
type recording struct {
	ctx     context.Context
	tx      *sql.Tx
	release *release.Release
	seq     int64
}

func (r *recording) run(sums string, made Made) error {
	info := r.release.Info
	err := r.tx.QueryRowContext(r.ctx, `
		INSERT INTO ledger.releases
		SELECT coalesce(max(seq), 0) + 1, ?, nullif(?, ''), ?, ?, CAST(nullif(?, '') AS DATE), nullif(?, ''), nullif(?, ''), nullif(?, '') FROM ledger.releases
		RETURNING seq`,
		info.ID, info.Supersedes, sums, made.LastLoad, made.On, made.Software, made.Configuration, made.Lists).Scan(&r.seq)
	if err != nil {
		return err
	}
	for _, h := range info.Views {
		if err := r.view(h); err != nil {
			return fmt.Errorf("view %s: %w", h.View, err)
		}
	}
	return r.gone()
}

// view writes what a view says for the first time.
func (r *recording) view(h release.Header) error {
	path, err := r.release.Path("data/" + h.View + ".parquet")
	if err != nil {
		return err
	}
	key, err := r.table(h)
	if err != nil {
		return err
	}
	columns := []string{"*"}
	for _, k := range key {
		if !slices.Contains(h.FileColumns(), k) {
			columns = append(columns, `'`+release.Total+`' AS "`+k+`"`) // no longer broken down by it
		}
	}
	now := `(SELECT ` + strings.Join(columns, ", ") + ` FROM read_parquet('` + noPattern.Replace(path) + `'))`
	written, err := r.write(h.View, key, now)
	if err != nil {
		return err
	}
	_, err = r.tx.ExecContext(r.ctx, `INSERT INTO ledger.released_views SELECT ?, ?, ?, count(*), ? FROM `+now, r.seq, h.View, h.Definition, written)
	return err
}

// noPattern keeps DuckDB from taking a letter of a path for a wildcard or the
// end of the text.
var noPattern = strings.NewReplacer("*", "[*]", "?", "[?]", "[", "[[]", "'", "''")

// table makes the table of a view, or gives it the breakdowns that are new, and
// returns the columns that tell one cell from another.
func (r *recording) table(h release.Header) ([]string, error) {
	columns := slices.Concat([]string{"geo_level", "geo", "period_type", "period"}, h.Breakdowns, []string{"measure"})
	statement := `CREATE TABLE IF NOT EXISTS ` + Table(h.View) + ` (release INTEGER NOT NULL, "` + strings.Join(columns, `" VARCHAR NOT NULL, "`) + `" VARCHAR NOT NULL,
		numerator DOUBLE, denominator DOUBLE, value DOUBLE, low DOUBLE, high DOUBLE, obs_status VARCHAR, reason VARCHAR)`
	if _, err := r.tx.ExecContext(r.ctx, statement); err != nil {
		return nil, err
	}
	for _, b := range h.Breakdowns {
		statement := `ALTER TABLE ` + Table(h.View) + ` ADD COLUMN IF NOT EXISTS "` + b + `" VARCHAR DEFAULT '` + release.Total + `'`
		if _, err := r.tx.ExecContext(r.ctx, statement); err != nil {
			return nil, err
		}
	}
	return keyOf(r.ctx, r.tx, h.View)
}

// write adds the cells that say something new, and an empty row for each that
// is gone. now is what is public of the view.
func (r *recording) write(view string, key []string, now string) (int64, error) {
	statement := strings.NewReplacer(
		"TABLE", Table(view), "KEY", list(key), "STANDING", At(view, key, r.seq-1), "NOW", now,
		"WRITTEN", list(numbers), "BEFORE", "s."+strings.Join(numbers, ", s."), "AFTER", "n."+strings.Join(numbers, ", n."), "SEQ", fmt.Sprint(r.seq),
	).Replace(`
		INSERT INTO TABLE BY NAME
		SELECT SEQ AS release, KEY, AFTER
		FROM NOW n LEFT JOIN STANDING s USING (KEY)
		WHERE s.obs_status IS NULL OR (AFTER) IS DISTINCT FROM (BEFORE)
		UNION ALL BY NAME
		SELECT SEQ AS release, KEY FROM STANDING s ANTI JOIN NOW n USING (KEY)
		ORDER BY KEY`)
	result, err := r.tx.ExecContext(r.ctx, statement)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// gone empties the views that are no longer published.
func (r *recording) gone() error {
	rows, err := r.tx.QueryContext(r.ctx, `
		SELECT DISTINCT view FROM ledger.released_views WHERE release = ? - 1 AND view NOT IN (SELECT view FROM ledger.released_views WHERE release = ?) ORDER BY view`, r.seq, r.seq)
	if err != nil {
		return err
	}
	var views []string
	for rows.Next() {
		var view string
		if err := rows.Scan(&view); err != nil {
			rows.Close()
			return err
		}
		views = append(views, view)
	}
	if err := rows.Close(); err != nil {
		return err
	}
	for _, view := range views {
		key, err := keyOf(r.ctx, r.tx, view)
		if err != nil {
			return err
		}
		if _, err := r.write(view, key, `(SELECT * FROM `+Table(view)+` WHERE false)`); err != nil {
			return err
		}
	}
	return nil
}

func list(columns []string) string { return `"` + strings.Join(columns, `", "`) + `"` }
