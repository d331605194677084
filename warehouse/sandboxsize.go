package warehouse

import "context"

// PlainBytes tells how many bytes a Parquet file becomes when it is unpacked,
// as its footer says: those of its pages, and at least one for each cell.
func (s *Sandbox) PlainBytes(ctx context.Context, path string) (int64, error) {
	var bytes float64
	err := s.db.QueryRowContext(ctx, `
		SELECT greatest(coalesce(sum(total_uncompressed_size), 0), count(DISTINCT column_id) * coalesce(sum(row_group_num_rows) FILTER (column_id = 0), 0))::DOUBLE
		FROM parquet_metadata(?)`, path).Scan(&bytes)
	if err != nil {
		return 0, shielded(err)
	}
	return int64(min(bytes, 1<<62)), nil
}
