package warehouse

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strconv"

	"github.com/duckdb/duckdb-go/v2"
)

// DuckDB lays what is new of its catalogue into free parts of blocks that are in
// use, and writes such a block over itself. A process that is killed within that
// write leaves a block of two halves, whose checksum is that of neither, and a
// file that cannot be opened. The parts in use are the same in both halves, so
// that the block is sound as it lies there: what it lacks is a checksum.
//
// It is given one only beside a log that shows that the process before did not
// end, and only if everything can be read then and the ledger counts as many rows
// as there are. Else the file is left as it was, and the damage is told.
const (
	firstBlock  = 3 * 4096
	blockBytes  = 256 << 10
	lastBlock   = 1 << 40
	sumBytes    = 8
	mostMended  = 64 // blocks; a kill tears one, a loss of power a few
	mendedNotes = ".mending"
)

var tornBlock = regexp.MustCompile(`computed checksum \d+ does not match stored checksum \d+ in block at location (\d+)`)

// mend puts right what a process that was killed left torn.
func mend(ctx context.Context, o Options) error {
	if o.Path == "" || o.ReadOnly {
		return nil
	}
	if err := unmend(o.Path); err != nil {
		return err
	}
	if _, err := os.Stat(o.Path + ".wal"); err != nil {
		return nil // the process before ended, or there was none
	}
	o.ReadOnly = true
	mended, err := mendBlocks(ctx, o)
	if err == nil && mended > 0 {
		err = soundAsALedgerSays(ctx, o)
	}
	if mended == 0 {
		return nil // opening it tells what else there is
	}
	if err != nil {
		return unmend(o.Path)
	}
	return os.Remove(o.Path + mendedNotes)
}

// mendBlocks gives every torn block of the catalogue the checksum of what it is.
func mendBlocks(ctx context.Context, o Options) (mended int, err error) {
	for range mostMended {
		var blocks []int64
		blocks, err = catalogueBlocks(ctx, o)
		if m := tornBlock.FindStringSubmatch(fmt.Sprint(err)); err != nil && m != nil {
			at, _ := strconv.ParseInt(m[1], 10, 64)
			if (at-firstBlock)%blockBytes != 0 {
				return mended, err
			}
			blocks = []int64{(at - firstBlock) / blockBytes}
		} else if err != nil {
			return mended, err
		}
		n := 0
		for _, b := range blocks {
			done, failed := mendBlock(o.Path, b)
			if failed != nil {
				return mended, failed
			}
			if done {
				n++
			}
		}
		mended += n
		if err == nil || n == 0 {
			return mended, err
		}
	}
	return mended, err
}

// catalogueBlocks are those that hold the catalogue.
func catalogueBlocks(ctx context.Context, o Options) (blocks []int64, err error) {
	db, err := opening(o)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	rows, err := db.QueryContext(ctx, `SELECT DISTINCT block_id FROM pragma_metadata_info()`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var b int64
		if err := rows.Scan(&b); err != nil {
			return nil, err
		}
		blocks = append(blocks, b)
	}
	return blocks, rows.Err()
}

func opening(o Options) (*sql.DB, error) {
	connector, err := duckdb.NewConnector(dsn(o), nil)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(connector), nil
}

// mendBlock writes the checksum of a block if another stands there, having noted
// that one.
func mendBlock(path string, block int64) (done bool, err error) {
	if block < 0 || block > lastBlock {
		return false, nil // one that is in memory alone
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return false, err
	}
	defer f.Close()
	at := firstBlock + block*blockBytes
	raw := make([]byte, blockBytes)
	if _, err := f.ReadAt(raw, at); err != nil {
		return false, nil // not on the disk yet
	}
	sum := checksum(raw[sumBytes:])
	was := binary.LittleEndian.Uint64(raw)
	if was == sum {
		return false, nil
	}
	if err := note(path, at, was); err != nil {
		return false, err
	}
	if _, err := f.WriteAt(binary.LittleEndian.AppendUint64(nil, sum), at); err != nil {
		return false, err
	}
	return true, f.Sync()
}

// checksum is DuckDB's of a block.
func checksum(data []byte) uint64 {
	sum := uint64(5381)
	for ; len(data) >= 8; data = data[8:] {
		sum ^= binary.LittleEndian.Uint64(data) * 0xbf58476d1ce4e5b9
	}
	return sum
}

// note keeps what stood at a place of the file, on the disk before it changes.
func note(path string, at int64, was uint64) error {
	f, err := os.OpenFile(path+mendedNotes, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(f, at, was)
	return errors.Join(err, f.Sync(), f.Close())
}

// unmend puts back what stood before a mending that was cut short or in vain.
func unmend(path string) error {
	notes, err := os.Open(path + mendedNotes)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	defer notes.Close()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	for {
		var at int64
		var was uint64
		if n, _ := fmt.Fscanln(notes, &at, &was); n < 2 { // the end, or a line that was cut: of that nothing was changed
			break
		}
		if _, err := f.WriteAt(binary.LittleEndian.AppendUint64(nil, was), at); err != nil {
			return err
		}
	}
	return errors.Join(f.Sync(), os.Remove(path+mendedNotes))
}

// soundAsALedgerSays reads all there is and holds the rows of each delivery to
// what the ledger counts: accepted − erased.
func soundAsALedgerSays(ctx context.Context, o Options) error {
	sqlDB, err := opening(o)
	if err != nil {
		return err
	}
	db := &DB{DB: sqlDB, path: o.Path}
	defer db.Close()
	tables, err := column1(ctx, db, `SELECT '"' || schema_name || '"."' || table_name || '"' FROM duckdb_tables() WHERE database_name = current_database()`)
	if err != nil {
		return err
	}
	for _, t := range tables {
		var all sql.NullString
		if err := db.QueryRowContext(ctx, `SELECT CAST(bit_xor(hash(r)) AS VARCHAR) FROM `+t+` r`).Scan(&all); err != nil {
			return fmt.Errorf("read %s: %w", t, err)
		}
	}
	if !slices.Contains(tables, `"ledger"."erasures"`) { // of a first opening, or of an earlier version
		return nil
	}
	contracts, err := column1(ctx, db, `SELECT DISTINCT contract FROM ledger.deliveries`)
	if err != nil {
		return err
	}
	for _, c := range contracts {
		var differ int
		if err := db.QueryRowContext(ctx, `SELECT count(*) FROM (
  SELECT load_id, accepted - coalesce((SELECT sum(rows) FROM ledger.erasures e WHERE e.load_id = d.load_id AND kind IN ('person', 'delivery')), 0) AS want,
         (SELECT count(*) FROM raw.`+name(c)+` r WHERE r.load_id = d.load_id) AS have
  FROM ledger.deliveries d WHERE contract = ?) WHERE want <> have`, c).Scan(&differ); err != nil {
			return err
		}
		if differ > 0 {
			return fmt.Errorf("raw.%s: %d deliveries have other rows than the ledger counts", c, differ)
		}
	}
	return nil
}
