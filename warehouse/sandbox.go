package warehouse

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/duckdb/duckdb-go/v2"
)

// ForeignTable is a table in a file that is not ours: where it lies and how
// to read it.
type ForeignTable struct {
	Path      string   // absolute; no *, ? or [ in it
	Format    string   // csv, parquet or jsonl
	Delimiter string   // of csv
	Quote     string   // of csv
	Header    []string // of csv: the names, which stand in the file's first record
}

// Sandbox is a DuckDB in memory for one foreign table, seen as the view
// "delivery" with every column VARCHAR as read (an empty CSV cell is NULL).
// Statements in it reach that file and one output file; they can reach no
// other file, no network, no extension, and cannot change these settings.
type Sandbox struct {
	db     *sql.DB
	output string
}

// OpenSandbox opens a sandbox for table. output is the one file that Write
// may write; "" if nothing is to be written. Of o count Memory, Threads and
// Temp, the folder where the sandbox alone may spill ("": no spilling).
func OpenSandbox(ctx context.Context, table ForeignTable, output string, o Options) (*Sandbox, error) {
	o.Path, o.ReadOnly = "", false
	connector, err := duckdb.NewConnector(dsn(o), nil)
	if err != nil {
		return nil, fmt.Errorf("open sandbox: %w", err)
	}
	s := &Sandbox{db: sql.OpenDB(connector), output: output}
	s.db.SetMaxOpenConns(1)
	if err := s.prepare(ctx, table, o.Temp != ""); err != nil {
		s.Close()
		return nil, fmt.Errorf("open sandbox for %s: %w", filepath.Base(table.Path), shielded(err))
	}
	return s, nil
}

// Close ends the sandbox; its view and settings end with it.
func (s *Sandbox) Close() error { return s.db.Close() }

func (s *Sandbox) prepare(ctx context.Context, table ForeignTable, spill bool) error {
	paths := []string{table.Path}
	if s.output != "" {
		paths = append(paths, s.output)
	}
	settings := []string{
		"SET allow_community_extensions = false",
		"SET allowed_paths = " + sqlTexts(paths),
		"SET enable_external_access = false",
	}
	if !spill {
		settings = slices.Insert(settings, 0, "SET temp_directory = ''")
	}
	for _, set := range settings {
		if _, err := s.db.ExecContext(ctx, set); err != nil {
			return err
		}
	}
	if err := s.view(ctx, table); err != nil {
		return err
	}
	_, err := s.db.ExecContext(ctx, "SET lock_configuration = true")
	return err
}

func (s *Sandbox) view(ctx context.Context, table ForeignTable) error {
	var source string
	var err error
	switch table.Format {
	case "csv":
		source = csvSource(table)
	case "parquet":
		source, err = s.parquetSource(ctx, table.Path)
	case "jsonl":
		source, err = s.jsonSource(ctx, table.Path)
	default:
		return fmt.Errorf("format %q: expected csv, parquet or jsonl", table.Format)
	}
	if err != nil {
		return err
	}
	_, err = s.db.ExecContext(ctx, "CREATE VIEW delivery AS "+source)
	return err
}

// csvSource reads a CSV file as its header says, with nothing guessed.
func csvSource(t ForeignTable) string {
	columns := make([]string, len(t.Header))
	for i, name := range t.Header {
		columns[i] = sqlText(name) + ": 'VARCHAR'"
	}
	return fmt.Sprintf(`SELECT * FROM read_csv(%s, auto_detect = false, header = true, columns = {%s}, delim = %s, quote = %s, escape = %s, compression = 'none')`,
		sqlText(t.Path), strings.Join(columns, ", "), sqlText(t.Delimiter), sqlText(t.Quote), sqlText(t.Quote))
}

func (s *Sandbox) parquetSource(ctx context.Context, path string) (string, error) {
	from := "read_parquet(" + sqlText(path) + ")"
	names, err := s.column(ctx, "SELECT column_name FROM (DESCRIBE SELECT * FROM "+from+")")
	if err != nil {
		return "", err
	}
	types, err := s.column(ctx, "SELECT column_type FROM (DESCRIBE SELECT * FROM "+from+")")
	if err != nil {
		return "", err
	}
	casts := make([]string, len(names))
	for i, name := range names {
		casts[i] = asText(sqlName(name), types[i]) + " AS " + sqlName(name)
	}
	return "SELECT " + strings.Join(casts, ", ") + " FROM " + from, nil
}

// asText is the SQL of a value as text. Programs that have no empty whole number
// write whole numbers as floating point: 3.0 is 3, as far as each is exact. Those
// that have no days write them as midnights; where a moment is meant the zone is told.
func asText(column, sqlType string) string {
	plain := "CAST(" + column + " AS VARCHAR)"
	switch sqlType {
	case "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS":
		return "regexp_replace(" + plain + ", ' 00:00:00$', '')"
	case "DOUBLE", "FLOAT":
	default:
		return plain
	}
	const exact = "9007199254740992"
	return fmt.Sprintf("CASE WHEN isfinite(%[1]s) AND abs(%[1]s) < %[2]s AND %[1]s = trunc(%[1]s) THEN CAST(CAST(%[1]s AS BIGINT) AS VARCHAR) ELSE %[3]s END", column, exact, plain)
}

// jsonSource reads JSON lines without guessing types, so that every value
// stays as written: the columns are the keys of all lines, in order of their
// first appearance.
func (s *Sandbox) jsonSource(ctx context.Context, path string) (string, error) {
	from := "read_ndjson_objects(" + sqlText(path) + ", compression = 'uncompressed')"
	keys, err := s.column(ctx, `
		SELECT key FROM (
		  SELECT line, unnest(keys) AS key, unnest(range(len(keys))) AS place
		  FROM (SELECT json_keys(json) AS keys, row_number() OVER () AS line FROM `+from+`)
		) GROUP BY key ORDER BY min(row(line, place))`)
	if err != nil {
		return "", err
	}
	if len(keys) == 0 {
		return "", errors.New("no keys: expected one JSON object a line")
	}
	values := make([]string, len(keys))
	for i, key := range keys {
		pointer := "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(key)
		values[i] = fmt.Sprintf("json_extract_string(json, %s) AS %s", sqlText(pointer), sqlName(key))
	}
	return "SELECT " + strings.Join(values, ", ") + " FROM " + from, nil
}

// Head reads the names of the delivery's columns and its first n rows, NULL
// as "".
func (s *Sandbox) Head(ctx context.Context, n int) (header []string, rows [][]string, err error) {
	found, err := s.db.QueryContext(ctx, "SELECT * FROM delivery LIMIT ?", n)
	if err != nil {
		return nil, nil, shielded(err)
	}
	defer found.Close()
	if header, err = found.Columns(); err != nil {
		return nil, nil, shielded(err)
	}
	for found.Next() {
		cells := make([]sql.NullString, len(header))
		into := make([]any, len(header))
		for i := range cells {
			into[i] = &cells[i]
		}
		if err := found.Scan(into...); err != nil {
			return nil, nil, shielded(err)
		}
		row := make([]string, len(header))
		for i, c := range cells {
			row[i] = c.String
		}
		rows = append(rows, row)
	}
	return header, rows, shielded(found.Err())
}

// Map writes what the query yields to the output file as Parquet and counts
// the rows. query is one SELECT, written by the operator; anything else is an
// error.
func (s *Sandbox) Map(ctx context.Context, query string) (rows int64, err error) {
	if err := s.oneSelect(ctx, query); err != nil {
		return 0, err
	}
	if _, err := s.db.ExecContext(ctx, "CREATE VIEW mapped AS "+query); err != nil {
		return 0, shielded(err)
	}
	return s.copy(ctx, "mapped", "FORMAT parquet, COMPRESSION snappy, USE_TMP_FILE false")
}

// Rewrite writes the delivery itself to the output file as Parquet.
func (s *Sandbox) Rewrite(ctx context.Context) (rows int64, err error) {
	return s.copy(ctx, "delivery", "FORMAT parquet, COMPRESSION snappy, USE_TMP_FILE false")
}

// WriteText writes the delivery itself to the output file as CSV, for eyes
// that read text.
func (s *Sandbox) WriteText(ctx context.Context) (rows int64, err error) {
	return s.copy(ctx, "delivery", "FORMAT csv, HEADER true, USE_TMP_FILE false")
}

func (s *Sandbox) copy(ctx context.Context, view, options string) (int64, error) {
	result, err := s.db.ExecContext(ctx, fmt.Sprintf("COPY (SELECT * FROM %s) TO %s (%s)", view, sqlText(s.output), options))
	if err != nil {
		return 0, shielded(err)
	}
	return result.RowsAffected()
}

// oneSelect checks with DuckDB's own parser that query is one SELECT.
func (s *Sandbox) oneSelect(ctx context.Context, query string) error {
	var raw string
	if err := s.db.QueryRowContext(ctx, "SELECT CAST(json_serialize_sql(CAST(? AS VARCHAR)) AS VARCHAR)", query).Scan(&raw); err != nil {
		return shielded(err)
	}
	var parsed struct {
		Error      bool              `json:"error"`
		Message    string            `json:"error_message"`
		Statements []json.RawMessage `json:"statements"`
	}
	if err := json.Unmarshal([]byte(raw), &parsed); err != nil {
		return fmt.Errorf("parse: %w", err)
	}
	if parsed.Error {
		return fmt.Errorf("%s: expected one SELECT", parsed.Message)
	}
	if len(parsed.Statements) != 1 {
		return fmt.Errorf("%d statements: expected one SELECT", len(parsed.Statements))
	}
	return nil
}

func (s *Sandbox) column(ctx context.Context, query string) ([]string, error) {
	rows, err := s.db.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

var (
	csvLine   = regexp.MustCompile(`CSV Error on Line: ([0-9]+)`)
	csvWidth  = regexp.MustCompile(`Expected Number of Columns: ([0-9]+) Found: ([0-9]+)`)
	castValue = regexp.MustCompile(`(?s)(Could not convert string|invalid [a-z ]+ field format:|Failed to cast value:?) *['"].*?['"]( |$|,)`)
)

// shielded keeps what DuckDB says of an error and leaves out the values and
// lines of the delivery that it quotes.
func shielded(err error) error {
	if err == nil {
		return nil
	}
	message := err.Error()
	if m := csvLine.FindStringSubmatch(message); m != nil {
		what := "not readable as CSV"
		if w := csvWidth.FindStringSubmatch(message); w != nil {
			what = fmt.Sprintf("%s columns: expected %s", w[2], w[1])
		}
		return fmt.Errorf("line %s: %s", m[1], what)
	}
	shielded := castValue.ReplaceAllString(message, "$1 (value left out)$2")
	if shielded == message {
		return err
	}
	return errors.New(shielded)
}

// sqlText is s as a SQL string.
func sqlText(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func sqlTexts(all []string) string {
	quoted := make([]string, len(all))
	for i, s := range all {
		quoted[i] = sqlText(s)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// sqlName is s as a quoted SQL name.
func sqlName(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
