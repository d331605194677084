package released

import (
	"context"
	"database/sql"
	"fmt"

	"osservatorio/queries/release"
	"osservatorio/warehouse"
)

// Rehearse takes into the ledger what is published, as a release of that id
// would, without a folder: for measurements over many releases. It is no release:
// an instance that has folders must use Record.
func Rehearse(ctx context.Context, db *warehouse.DB, id string, views []release.Header) error {
	err := db.Tx(ctx, func(tx *sql.Tx) error {
		r := recording{ctx: ctx, tx: tx}
		err := tx.QueryRowContext(ctx, `
			INSERT INTO ledger.releases (seq, id, sums_sha256, last_load)
			SELECT coalesce(max(seq), 0) + 1, ?, 'rehearsal', 0 FROM ledger.releases RETURNING seq`, id).Scan(&r.seq)
		if err != nil {
			return err
		}
		for _, h := range views {
			key, err := r.table(h)
			if err != nil {
				return fmt.Errorf("view %s: %w", h.View, err)
			}
			now := `published."` + h.View + `"`
			written, err := r.write(h.View, key, now)
			if err != nil {
				return fmt.Errorf("view %s: %w", h.View, err)
			}
			if _, err := tx.ExecContext(ctx, `INSERT INTO ledger.released_views SELECT ?, ?, ?, count(*), ? FROM `+now, r.seq, h.View, h.Definition, written); err != nil {
				return fmt.Errorf("view %s: %w", h.View, err)
			}
		}
		return r.gone()
	})
	if err != nil {
		return fmt.Errorf("rehearse release %s: %w", id, err)
	}
	return nil
}
