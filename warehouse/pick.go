package warehouse

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
)

// pickSpan is how many lines one number of a bitmap stands for: a BIGINT that
// stays positive.
const pickSpan = 60

// lines asks for line numbers in ascending order, answered from a query that
// yields, ascending, a span of lines and the bits of those in it.
type lines struct {
	rows *sql.Rows
	span int64
	bits uint64
	more bool
}

// has tells whether a line is among those of the query. The next one asked for
// is a later one.
func (l *lines) has(line int64) (bool, error) {
	for l.more && l.span < line/pickSpan {
		if l.more = l.rows.Next(); l.more {
			if err := l.rows.Scan(&l.span, &l.bits); err != nil {
				return false, err
			}
		}
	}
	return l.span == line/pickSpan && l.bits>>(line%pickSpan)&1 == 1, l.rows.Err()
}

// pick copies the records of the spool whose line is not among those of the
// query's column line. The spool is read once from its beginning, and neither
// it nor the lines are held.
func (s Spool) pick(ctx context.Context, tx *sql.Tx, to, query string) (err error) {
	rows, err := tx.QueryContext(ctx, fmt.Sprintf(`SELECT line // %[1]d, bit_or(1::BIGINT << (line %% %[1]d)::INTEGER) FROM (%[2]s) GROUP BY 1 ORDER BY 1`, pickSpan, query))
	if err != nil {
		return err
	}
	defer rows.Close()
	in, err := os.Open(s.Path)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	w := bufio.NewWriter(out)
	known := lines{rows: rows, span: -1, more: true}
	return errors.Join(pickRecords(in, w, known.has), w.Flush())
}

// pickRecords copies the records whose line is not known. A record ends at the
// first line end that is not within quotes.
func pickRecords(in io.Reader, w io.Writer, known func(line int64) (bool, error)) error {
	reader := bufio.NewReaderSize(in, 1<<20)
	begins, quoted, copying := true, false, false
	for {
		piece, err := reader.ReadSlice('\n')
		if len(piece) > 0 && begins {
			digits, _, _ := bytes.Cut(piece, []byte{','})
			line, err := strconv.ParseInt(string(digits), 10, 64)
			if err != nil {
				return err
			}
			is, err := known(line)
			if err != nil {
				return err
			}
			copying = !is
		}
		if copying {
			if _, err := w.Write(piece); err != nil {
				return err
			}
		}
		if bytes.Count(piece, []byte{'"'})%2 == 1 {
			quoted = !quoted
		}
		begins = !quoted && bytes.HasSuffix(piece, []byte{'\n'})
		if err == io.EOF {
			return nil
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
}
