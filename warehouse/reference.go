package warehouse

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"
)

//go:embed reference
var reference embed.FS

// sharedLists are the code lists that hold for every region, one CSV file and
// one table of schema reference each.
func sharedLists() []string {
	return []string{
		"lep", "contracts", "parameters", "horizons", "disclosure_rules", "dominance_rules", "codes", "notes", "targets", "plan", "plan_measures", "breaks",
		"transformations", "cessations", "working_hours", "sectors", "occupations",
	}
}

// geographyLists are the lists that make a territory.
func geographyLists() []string {
	return []string{"geo_levels", "geo", "geo_parent", "cpi", "comuni"}
}

// insertBatch rows go into one INSERT: DuckDB plans each statement anew, so
// single rows would make opening a small warehouse slow.
const insertBatch = 200

// ReferenceFS holds the lists of the house: one CSV file a list, and the
// built-in territories under geographies/.
func ReferenceFS() fs.FS {
	sub, err := fs.Sub(reference, "reference")
	if err != nil {
		panic(err) // the name is a constant of this file
	}
	return sub
}

// GeographyFS is a built-in territory by name, such as "emilia-romagna".
func GeographyFS(name string) (fs.FS, error) {
	entries, err := fs.ReadDir(ReferenceFS(), "geographies")
	if err != nil {
		return nil, fmt.Errorf("read geographies: %w", err)
	}
	var names []string
	for _, e := range entries {
		if e.Name() == name {
			return fs.Sub(ReferenceFS(), "geographies/"+name)
		}
		names = append(names, e.Name())
	}
	return nil, fmt.Errorf("find geography %q: not built in: want one of %s or a folder", name, strings.Join(names, ", "))
}

// LoadReference replaces all reference tables in one transaction: the shared
// lists from shared, the territory from geography. Each extra file system may
// hold further rows of shared lists (an instance's own notes.csv, say); the
// lists that it lacks are left alone. Columns must be exactly those of the
// table, empty cells are NULL. Loading the same lists again writes nothing. A
// file of an extra system that is no list is an error: its rows would be missed
// by nobody.
func LoadReference(ctx context.Context, db *DB, shared, geography fs.FS, extra ...fs.FS) error {
	for _, e := range extra {
		if err := onlyLists(e); err != nil {
			return fmt.Errorf("load reference: %w", err)
		}
	}
	sum, err := sumLists(shared, geography, extra)
	if err != nil {
		return fmt.Errorf("load reference: %w", err)
	}
	err = db.Tx(ctx, func(tx *sql.Tx) error {
		if known, err := listsKnown(ctx, tx, sum); err != nil || known {
			return err
		}
		if err := emptyReference(ctx, tx); err != nil {
			return err
		}
		if err := loadLists(ctx, tx, geography, geographyLists(), true); err != nil {
			return err
		}
		if err := loadLists(ctx, tx, shared, sharedLists(), true); err != nil {
			return err
		}
		for _, e := range extra {
			if err := loadLists(ctx, tx, e, sharedLists(), false); err != nil {
				return err
			}
		}
		if err := checkReference(ctx, tx); err != nil {
			return err
		}
		return rememberLists(ctx, tx, sum)
	})
	if err != nil {
		return fmt.Errorf("load reference: %w", err)
	}
	return nil
}

// onlyLists refuses files that are no lists but for a README and hidden ones: a
// rule in a misspelt file would protect nobody.
func onlyLists(from fs.FS) error {
	entries, err := fs.ReadDir(from, ".")
	if err != nil {
		return err
	}
	for _, e := range entries {
		list, isCSV := strings.CutSuffix(e.Name(), ".csv")
		if isCSV && slices.Contains(sharedLists(), list) || e.Name()[0] == '.' || e.Name() == "README.md" {
			continue
		}
		return &ListError{Err: fmt.Errorf("%s: no such list: expected %s.csv, or README.md", e.Name(), strings.Join(sharedLists(), ".csv, ")),
			Advice: "give it the name of its list, or another folder"}
	}
	return nil
}

// sumLists is one hash over all lists that would be loaded, in their order.
func sumLists(shared, geography fs.FS, extra []fs.FS) (string, error) {
	h := sha256.New()
	for i, from := range slices.Concat([]fs.FS{shared, geography}, extra) {
		for _, list := range slices.Concat(sharedLists(), geographyLists()) {
			text, err := fs.ReadFile(from, list+".csv")
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return "", err
			}
			fmt.Fprintln(h, i, list, len(text))
			h.Write(text)
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func listsKnown(ctx context.Context, tx *sql.Tx, sum string) (bool, error) {
	var known bool
	err := tx.QueryRowContext(ctx, "SELECT count(*) > 0 FROM main.reference_sum WHERE sha256 = ?", sum).Scan(&known)
	return known, err
}

func rememberLists(ctx context.Context, tx *sql.Tx, sum string) error {
	if _, err := tx.ExecContext(ctx, "DELETE FROM main.reference_sum"); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, "INSERT INTO main.reference_sum VALUES (?)", sum)
	return err
}

func emptyReference(ctx context.Context, tx *sql.Tx) error {
	for _, list := range slices.Concat(sharedLists(), geographyLists()) {
		if _, err := tx.ExecContext(ctx, "DELETE FROM reference."+list); err != nil {
			return fmt.Errorf("%s: %w", list, err)
		}
	}
	return nil
}

func loadLists(ctx context.Context, tx *sql.Tx, from fs.FS, lists []string, required bool) error {
	for _, list := range lists {
		err := loadList(ctx, tx, from, list)
		if errors.Is(err, fs.ErrNotExist) {
			if !required {
				continue
			}
			err = &ListError{list, err, "each territory has " + strings.Join(geographyLists(), ".csv, ") + ".csv"}
		}
		if err != nil {
			return fmt.Errorf("%s.csv: %w", list, err)
		}
	}
	return nil
}

func loadList(ctx context.Context, tx *sql.Tx, from fs.FS, list string) error {
	file, err := from.Open(list + ".csv")
	if err != nil {
		return err
	}
	defer file.Close()
	columns, err := referenceColumns(ctx, tx, list)
	if err != nil {
		return err
	}
	rows, err := readList(file, list, columns)
	if err != nil {
		return err
	}
	for batch := range slices.Chunk(rows, insertBatch) {
		if err := insertRows(ctx, tx, list, len(columns), batch); err != nil {
			return insertFault(list, err)
		}
	}
	return nil
}

// listColumn is one column of a reference table; required means NOT NULL.
type listColumn struct {
	name, dataType string
	required       bool
}

func referenceColumns(ctx context.Context, tx *sql.Tx, list string) ([]listColumn, error) {
	rows, err := tx.QueryContext(ctx, `SELECT column_name, data_type, is_nullable = 'NO'
		FROM information_schema.columns WHERE table_catalog = current_database() AND table_schema = 'reference' AND table_name = ? ORDER BY ordinal_position`, list)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var columns []listColumn
	for rows.Next() {
		var c listColumn
		if err := rows.Scan(&c.name, &c.dataType, &c.required); err != nil {
			return nil, err
		}
		columns = append(columns, c)
	}
	return columns, rows.Err()
}

// readList reads a list: its header must name the table's columns in order. An
// error is a *ListError.
func readList(file io.Reader, list string, columns []listColumn) ([][]any, error) {
	reader := csv.NewReader(file)
	header, err := reader.Read()
	if err != nil {
		return nil, listFault(list, fmt.Errorf("header: %w", err))
	}
	want := make([]string, len(columns))
	for i, c := range columns {
		want[i] = c.name
	}
	if !slices.Equal(header, want) {
		return nil, headerFault(list, fmt.Errorf("header: found %s: want %s", strings.Join(header, ","), strings.Join(want, ",")), header, want)
	}
	var rows [][]any
	for {
		record, err := reader.Read()
		if err == io.EOF {
			return rows, nil
		}
		if err != nil {
			return nil, listFault(list, err)
		}
		row, err := typedRow(record, columns)
		if err != nil {
			line, _ := reader.FieldPos(0)
			return nil, listFault(list, fmt.Errorf("line %d: %w", line, err))
		}
		rows = append(rows, row)
	}
}

func typedRow(record []string, columns []listColumn) ([]any, error) {
	row := make([]any, len(columns))
	for i, c := range columns {
		value, err := typedCell(record[i], c)
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", c.name, err)
		}
		row[i] = value
	}
	return row, nil
}

func typedCell(text string, c listColumn) (any, error) {
	if text == "" {
		if c.required {
			return nil, errors.New("empty: want a value")
		}
		return nil, nil
	}
	switch c.dataType {
	case "INTEGER":
		return typed(text, "a whole number", strconv.Atoi)
	case "DOUBLE":
		return typed(text, "a number", func(s string) (float64, error) { return strconv.ParseFloat(s, 64) })
	case "BOOLEAN":
		return typed(text, "true or false", strconv.ParseBool)
	case "DATE":
		return typed(text, "a date like 2026-09-30", func(s string) (time.Time, error) { return time.Parse(time.DateOnly, s) })
	default:
		return text, nil
	}
}

func typed[T any](text, want string, parse func(string) (T, error)) (any, error) {
	value, err := parse(text)
	if err != nil {
		return nil, fmt.Errorf("found %q: want %s", text, want)
	}
	return value, nil
}

func insertRows(ctx context.Context, tx *sql.Tx, list string, width int, rows [][]any) error {
	one := "(" + strings.TrimSuffix(strings.Repeat("?,", width), ",") + ")"
	values := strings.TrimSuffix(strings.Repeat(one+",", len(rows)), ",")
	_, err := tx.ExecContext(ctx, "INSERT INTO reference."+list+" VALUES "+values, slices.Concat(rows...)...)
	return err
}

// referenceRule finds the first value that must not stand in a list.
type referenceRule struct{ message, query string }

// referenceRules are the references between lists. DuckDB's own foreign keys
// would forbid replacing a list inside one transaction.
func referenceRules() []referenceRule {
	return []referenceRule{
		{"geo.csv: level %q: not in geo_levels.csv", `SELECT level FROM reference.geo WHERE level NOT IN (SELECT level FROM reference.geo_levels) ORDER BY 1 LIMIT 1`},
		{"geo.csv: slug %q: stands twice", `SELECT slug FROM reference.geo GROUP BY slug HAVING count(*) > 1 ORDER BY 1 LIMIT 1`},
		{"geo_parent.csv: code %q: not in geo.csv", `SELECT code FROM reference.geo_parent WHERE code NOT IN (SELECT code FROM reference.geo) ORDER BY 1 LIMIT 1`},
		{"geo_parent.csv: parent %q: not in geo.csv", `SELECT parent FROM reference.geo_parent WHERE parent NOT IN (SELECT code FROM reference.geo) ORDER BY 1 LIMIT 1`},
		{"cpi.csv: geo %q: not in geo.csv", `SELECT geo FROM reference.cpi WHERE geo NOT IN (SELECT code FROM reference.geo) ORDER BY 1 LIMIT 1`},
		{"comuni.csv: geo %q: not in geo.csv", `SELECT geo FROM reference.comuni WHERE geo NOT IN (SELECT code FROM reference.geo) ORDER BY 1 LIMIT 1`},
		{"sectors.csv: sector %q: not in list sector of codes.csv", notInList("sectors", "sector", "sector")},
		{"occupations.csv: code %q: not in list occupation of codes.csv", notInList("occupations", "code", "occupation")},
		{"contracts.csv: contract_group %q: not in list contract_group of codes.csv", notInList("contracts", "contract_group", "contract_group")},
		{"cessations.csv: cessation_group %q: not in list cessation_group of codes.csv", notInList("cessations", "cessation_group", "cessation_group")},
		{"breaks.csv: list %q: not in codes.csv", `SELECT list FROM reference.breaks WHERE list NOT IN (SELECT list FROM reference.codes) ORDER BY 1 LIMIT 1`},
		{"targets.csv: kind %q: not one of target, allocation, published", `SELECT kind FROM reference.targets WHERE kind NOT IN ('target', 'allocation', 'published') ORDER BY 1 LIMIT 1`},
		{"comuni.csv: cpi %q: not in cpi.csv", `SELECT cpi FROM reference.comuni WHERE cpi NOT IN (SELECT cpi FROM reference.cpi) ORDER BY 1 LIMIT 1`},
	}
}

// notInList finds a value of a list's column that has no label in codes.csv.
func notInList(table, column, list string) string {
	return fmt.Sprintf(`SELECT %[1]s FROM reference.%[2]s WHERE %[1]s NOT IN (SELECT code FROM reference.codes WHERE list = '%[3]s') ORDER BY 1 LIMIT 1`, column, table, list)
}

// statedLists are the lists whose rows say how far they were checked.
func statedLists() []string {
	return []string{
		"lep", "contracts", "parameters", "horizons", "disclosure_rules", "dominance_rules", "codes", "targets", "plan_measures", "breaks",
		"transformations", "cessations", "working_hours", "sectors", "occupations", "geo", "cpi", "comuni",
	}
}

// verificationRules hold each stated list to the four states, an empty one
// being none of them.
func verificationRules() []referenceRule {
	var rules []referenceRule
	for _, list := range statedLists() {
		rules = append(rules, referenceRule{
			list + ".csv: verification %q: not one of " + strings.Join(verifications(), ", "),
			`SELECT coalesce(verification, '') FROM reference.` + list + `
			WHERE coalesce(verification, '') NOT IN (` + texts(verifications()) + `) ORDER BY 1 LIMIT 1`,
		})
	}
	return rules
}

func checkReference(ctx context.Context, tx *sql.Tx) error {
	for _, rule := range slices.Concat(referenceRules(), verificationRules()) {
		var offender string
		err := tx.QueryRowContext(ctx, rule.query).Scan(&offender)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return err
		}
		list, _, _ := strings.Cut(rule.message, ".csv:")
		return listFault(list, fmt.Errorf(rule.message, offender))
	}
	return nil
}
