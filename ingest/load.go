package ingest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"filippo.io/age"

	"osservatorio/ingest/contract"
	"osservatorio/ingest/fetch"
	"osservatorio/ingest/privacy"
	"osservatorio/warehouse"
)

// loader takes one delivery from the inbox to the warehouse.
type loader struct {
	Options
	source    Source
	contract  contract.Contract
	file      fetch.File
	synthetic bool
	seen      fetch.Inspection
	header    []string // of the table, mapped if the source says so
	thorough  bool     // tell every broken rule of a row
}

func (l *loader) load(ctx context.Context) Load {
	done := Load{Source: l.source.Name, File: l.file.Base, Period: l.file.Period}
	err := l.try(ctx, &done)
	if err == nil {
		return done
	}
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	if done.Status != "" { // the warehouse has it; only the file is still where it was
		done.Err = &RefusedError{Source: l.source.Name, Period: l.file.Period, Err: err}
		return done
	}
	done.Status = Refused
	done.Err = &RefusedError{Source: l.source.Name, Period: l.file.Period, Err: err}
	if ctx.Err() == nil && !l.KeepInbox {
		if err := writeReport(l.file.Path, done, l.Now()); err != nil {
			done.Err = errors.Join(done.Err, err)
		}
	}
	return done
}

func (l *loader) try(ctx context.Context, done *Load) error {
	var err error
	guard := &privacy.Scanner{}
	if l.seen, err = fetch.Inspect(ctx, l.file.Path, guard, func(bytes int64) { l.progress("check", 0, bytes) }); err != nil {
		return err
	}
	done.SHA256 = l.seen.SHA256
	known, err := l.known(ctx)
	if err != nil {
		return err
	}
	if known {
		done.Status = Known
		return l.putAway(ctx)
	}
	if err := l.mayEnter(); err != nil {
		return err
	}
	dir, remove, err := workFolder(l.Options)
	if err != nil {
		return fmt.Errorf("make work folder: %w", err)
	}
	defer remove()
	table, err := l.open(ctx, dir, guard)
	if err != nil {
		return err
	}
	defer table.Close()
	done.Notes = table.Notes
	spool, err := l.spool(ctx, table, dir, done)
	if err != nil {
		return err
	}
	if done.Outcome, err = l.stage(ctx, spool); err != nil {
		return err
	}
	done.Status = Loaded
	l.Log.InfoContext(ctx, "loaded", "source", l.source.Name, "period", l.file.Period, "file", l.file.Base,
		"rows", done.Outcome.Rows, "accepted", done.Outcome.Accepted, "quarantined", done.Outcome.Quarantined, "superseded", done.Outcome.Superseded)
	return l.putAway(ctx)
}

func (l *loader) progress(step string, rows, bytes int64) {
	if l.Progress != nil {
		l.Progress(Progress{Source: l.source.Name, File: l.file.Base, Step: step, Rows: rows, Bytes: bytes, Total: l.file.Bytes})
	}
}

// known asks the ledger: the same bytes change nothing, other bytes with the
// same date of issue are refused, since nothing says which of the two holds.
func (l *loader) known(ctx context.Context) (bool, error) {
	same, ok, err := l.DB.KnownBySum(ctx, l.seen.SHA256)
	if err != nil {
		return false, err
	}
	if ok {
		if same.Source != l.source.Name || same.Period != l.file.Period {
			return false, refuse("one of the two was delivered by mistake: remove it",
				"%s: these very bytes were loaded as %s %s (%s): expected a delivery of its own", l.file.Base, same.Source, same.Period, same.File)
		}
		return true, nil
	}
	twin, ok, err := l.DB.KnownByIssue(ctx, l.source.Name, l.file.Period, l.file.IssuedAt)
	if err != nil || !ok {
		return false, err
	}
	return false, refuse("if it is a correction, give it its own issued_at",
		"%s: issued at %s, as %s was with other content: expected a later issued_at",
		l.file.Base, l.file.IssuedAt.UTC().Format("2006-01-02 15:04:05"), twin.File)
}

// clockSlack is how far a supplier's clock and time zone may be ahead of ours.
const clockSlack = 24 * time.Hour

// mayEnter refuses what could not be kept safely afterwards.
func (l *loader) mayEnter() error {
	if now := l.Now(); !l.source.Synthetic && l.file.IssuedAt.After(now.Add(clockSlack)) {
		return refuse("correct its issued_at: a date that is too late would hold against every later correction",
			"%s: issued at %s, which is yet to come: expected %s or before", l.file.Base, l.file.IssuedAt.UTC().Format(time.DateOnly), now.UTC().Format(time.DateOnly))
	}
	if len(l.contract.Pseudonyms) > 0 && l.Key == nil {
		return refuse("osservatorio init makes one", "%s: no secret key to re-key %s with", l.file.Base, strings.Join(l.contract.Pseudonyms, ", "))
	}
	if l.archives() && l.ArchiveRecipient == "" && !l.plainArchive() {
		return refuse("make a key pair on another machine with age-keygen and give its public key as the archive's recipient",
			"%s: %s deliveries are archived encrypted, and no public key is given", l.file.Base, l.contract.Protection)
	}
	if l.archives() && l.ArchiveRecipient != "" {
		if _, err := age.ParseX25519Recipient(l.ArchiveRecipient); err != nil {
			return refuse("age-keygen prints it: it begins with age1", "archive recipient %q: %v", l.ArchiveRecipient, err)
		}
	}
	return nil
}

// open sniffs the file, guards the door, maps the table if the source says so
// and sees that it has the contract's columns.
func (l *loader) open(ctx context.Context, dir string, guard *privacy.Scanner) (fetch.Table, error) {
	want := fetch.Want{Inspection: &l.seen, Watch: guard, Temp: dir, Memory: l.Memory, Threads: l.Threads}
	want.Dialect, want.Layout = l.source.Dialect, l.source.Layout
	if want.Encoding == "" {
		want.Encoding = l.source.Encoding
	}
	if l.source.Mapping == "" {
		want.Columns, want.Numbers = l.contract.Columns(), l.contract.Numbers()
	}
	table, err := fetch.Sniff(ctx, l.file.Path, want)
	if err != nil {
		return table, err
	}
	if err := errors.Join(privacy.Guard(table.Header, table.Sample), guard.Finish()); err != nil {
		return table, fmt.Errorf("%s: %w", l.file.Base, err)
	}
	if l.source.Mapping != "" {
		if table, err = l.mapped(ctx, table, dir); err != nil {
			return table, err
		}
	}
	l.header = table.Header
	return table, l.checkHeader(table)
}

func (l *loader) mapped(ctx context.Context, table fetch.Table, dir string) (fetch.Table, error) {
	mapping, err := os.ReadFile(l.source.Mapping)
	if err != nil {
		return table, fmt.Errorf("read mapping: %w", err)
	}
	return fetch.Map(ctx, table, string(mapping), dir)
}

// checkHeader refuses a table that lacks a column; columns that the contract
// does not have are left at the door.
func (l *loader) checkHeader(table fetch.Table) error {
	var lacking []string
	for _, c := range l.contract.Columns() {
		if !slices.Contains(table.Header, c) {
			lacking = append(lacking, c)
		}
	}
	if len(lacking) == 0 {
		return nil
	}
	advice := "osservatorio contract " + l.contract.Name + " prints the columns; a source whose file has other names needs a mapping"
	if capital := inCapitals(table.Header, lacking); len(capital) > 0 {
		return refuse(advice, "%s: line %d: no column %s: found %s: expected names in small letters, as the contract writes them", l.file.Base, table.HeaderLine(), someNames(lacking), someNames(capital))
	}
	if len(lacking) == len(l.contract.Columns()) { // what stands there may be a row, which is nobody's to tell
		return refuse(advice, "%s: line %d: none of %d columns has a name of the contract: expected %s", l.file.Base, table.HeaderLine(), len(table.Header), someNames(lacking))
	}
	return refuse(advice, "%s: line %d: no column %s: found %s: expected the columns of the contract", l.file.Base, table.HeaderLine(), someNames(lacking), someNames(table.Header))
}

// inCapitals are the names of a header that only capital letters tell from
// names that are wanted.
func inCapitals(header, wanted []string) []string {
	var found []string
	for _, name := range header {
		if slices.Contains(wanted, strings.ToLower(name)) {
			found = append(found, name)
		}
	}
	return found
}

// someNames lists the first names on one line: a header may have hundreds, and
// line breaks in them.
func someNames(names []string) string {
	const most = 8
	var told []string
	for _, n := range names[:min(len(names), most)] {
		told = append(told, strings.Join(strings.Fields(n), " "))
	}
	if len(names) > most {
		told = append(told, fmt.Sprintf("… (%d)", len(names)))
	}
	return strings.Join(told, ", ")
}

// spool rewrites the table for the warehouse.
func (l *loader) spool(ctx context.Context, table fetch.Table, dir string, done *Load) (warehouse.Spool, error) {
	first := table.HeaderLine()
	if table.Parquet() {
		var err error
		if table, err = l.asText(ctx, table, dir); err != nil {
			return warehouse.Spool{}, err
		}
		first = 0
	}
	for _, h := range table.Header {
		if _, ok := l.contract.Field(h); !ok {
			done.Notes = append(done.Notes, "column "+h+": not of the contract: left out")
		}
	}
	s := spooler{table: table, missing: l.contract.MissingValues, key: l.Key, first: first, workers: l.Workers,
		rows: func(rows, bytes int64) { l.progress("read", rows, bytes) }}
	for _, f := range l.contract.Fields {
		s.columns = append(s.columns, spoolColumn{
			at:        slices.Index(table.Header, f.Name),
			pseudonym: slices.Contains(l.contract.Pseudonyms, f.Name),
			number:    f.Type == "number",
			key:       slices.Contains(l.contract.PrimaryKey, f.Name),
		})
	}
	spool, err := s.spool(ctx, dir)
	if err != nil {
		return spool, err
	}
	if spool.Rows+spool.TornRow == 0 {
		return spool, refuse("have it written and sent again", "%s: a header without rows: expected one row or more", l.file.Base)
	}
	return spool, l.seen.Unchanged()
}

// asText has DuckDB write a Parquet table as CSV, so that every delivery
// passes the same door.
func (l *loader) asText(ctx context.Context, table fetch.Table, dir string) (fetch.Table, error) {
	out := filepath.Join(dir, "text.csv")
	box, err := warehouse.OpenSandbox(ctx, warehouse.ForeignTable{Path: table.Path, Format: "parquet"}, out,
		warehouse.Options{Memory: l.Memory, Threads: l.Threads, Temp: filepath.Join(dir, "text-spill")})
	if err != nil {
		return table, fmt.Errorf("read %s: %w", table.Path, err)
	}
	defer box.Close()
	if _, err := box.WriteText(ctx); err != nil {
		return table, fmt.Errorf("read %s: %w", table.Path, err)
	}
	table.Path, table.Format = out, "csv"
	table.Dialect = fetch.Dialect{Delimiter: ",", Quote: `"`, Decimal: ".", Encoding: "utf-8"}
	return table, nil
}

// stage has the warehouse judge the rows and keep the good ones, in one
// transaction with the ledger.
func (l *loader) stage(ctx context.Context, spool warehouse.Spool) (o warehouse.Outcome, err error) {
	l.progress("validate", spool.Rows, l.file.Bytes)
	delivery := warehouse.Delivery{
		Source: l.source.Name, Contract: l.contract.Name, Protection: l.contract.Protection,
		Period: l.file.Period, PeriodFrom: l.file.PeriodFrom, PeriodTo: l.file.PeriodTo,
		IssuedAt: l.file.IssuedAt, Mode: l.file.Mode, Synthetic: l.synthetic,
		File: l.file.Base, SHA256: l.seen.SHA256, Bytes: l.seen.Bytes, LoadedAt: l.Now(), Thorough: l.thorough,
	}
	err = l.DB.Tx(ctx, func(tx *sql.Tx) error {
		o, err = warehouse.Stage(ctx, tx, Table(l.contract), spool, delivery, l.source.maxBadShare())
		return err
	})
	var tooMany *warehouse.TooManyBad
	if errors.As(err, &tooMany) {
		o = tooMany.Outcome
		err = refuse("the report beside the file lists the reasons with their lines; raise max_bad_share only if you know why", "%s: %v", l.file.Base, tooMany)
	}
	return o, err
}
