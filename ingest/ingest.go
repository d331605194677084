// Package ingest knows how deliveries come into the warehouse: which files
// are new, what is refused at the door, how rows are re-keyed, and where a
// delivery's file goes afterwards. It must not know views, charts, or the
// columns of any one source: those stand in the contracts.
package ingest

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"osservatorio/ingest/contract"
	"osservatorio/ingest/fetch"
	"osservatorio/ingest/fetch/place"
	"osservatorio/ingest/privacy"
	"osservatorio/warehouse"
)

// Source is one supplier's stream of deliveries, as the configuration has it.
type Source struct {
	Name            string
	Contract        string    // name of a contract
	Path            string    // file or folder below Options.SourceDir; "" is the folder itself
	Pattern         string    // file-name pattern with {source}, {period}, {issued}, *; "" takes every table
	Mode            string    // full (also "") or incremental, of files that do not say theirs
	Mapping         string    // path of the mapping SQL; "" if the file has the contract's columns
	Encoding        string    // "" is found out
	MaxBadShare     float64   // share of bad rows above which all is refused, 0 to 1; 0 is 0.01, negative allows none
	RetentionMonths int       // how long the archive keeps deliveries; 0 is for ever
	Licence         string    // of open data
	Period          string    // of files that do not say theirs
	IssuedAt        time.Time // of files that do not say theirs
	Synthetic       bool      // every delivery is invented

	Dialect fetch.Dialect // how its tables are written; empty parts are found out
	Layout  fetch.Layout  // where in its file the table stands; likewise

	Place place.Place // where deliveries are fetched; the zero value if they are brought into the inbox
}

// defaultMaxBadShare is the share of bad rows that a source may have if its
// configuration says nothing.
const defaultMaxBadShare = 0.01

func (s Source) maxBadShare() float64 {
	switch {
	case s.MaxBadShare < 0:
		return 0
	case s.MaxBadShare == 0:
		return defaultMaxBadShare
	}
	return s.MaxBadShare
}

// Options say what a run reads and where things go.
type Options struct {
	DB               *warehouse.DB
	Sources          []Source
	SourceDir        string       // folder that the sources' paths are in: the inbox, or any other
	Spool            string       // folder for what is fetched, one folder a source in it; "" allows no source with a place
	KeepInbox        bool         // leave files where they are: no archive, no report beside a refused file; nothing is fetched
	Archive          string       // folder for accepted files; "" leaves them in the inbox
	ArchiveRecipient string       // age public key; "" allows synthetic and open deliveries only
	Key              *privacy.Key // nil allows only contracts without pseudonyms
	Temp             string       // the instance's own folder for work files, emptied after each delivery and before a run; "" is the system's
	Workers          int          // 0 is one for each processor
	Memory           string       // DuckDB memory limit of mapping and of reading Parquet and JSON lines, beside the warehouse's own; "" leaves DuckDB's
	Threads          int          // of the same; 0 leaves DuckDB's
	Now              func() time.Time
	Log              *slog.Logger
	Progress         func(Progress) // nil if nobody looks
}

// Progress tells how far one delivery is.
type Progress struct {
	Source string
	File   string
	Step   string // fetch, check, read, validate
	Rows   int64  // so far
	Bytes  int64  // so far, of Total
	Total  int64
}

// What became of a delivery.
const (
	Loaded  = "loaded"
	Known   = "known"   // the very same bytes were loaded before
	Refused = "refused" // nothing of it was loaded
)

// Load is what became of one delivery.
type Load struct {
	Source  string
	File    string // base name
	Period  string
	Status  string // loaded, known, refused
	SHA256  string
	Outcome warehouse.Outcome
	Notes   []string // what was found out about the file
	Err     error    // of a refused one
}

// Report is what a run did, delivery by delivery.
type Report struct {
	Loads     []Load
	Unclaimed []string // base names of files in SourceDir that look like tables and that no source took for its own
}

// Count tells how many deliveries ended with this status.
func (r Report) Count(status string) int {
	n := 0
	for _, l := range r.Loads {
		if l.Status == status {
			n++
		}
	}
	return n
}

// Prepare makes the raw tables of all contracts, so that views bind on
// contracts of which nothing has come yet.
func Prepare(ctx context.Context, db *warehouse.DB) error {
	tables, err := Tables()
	if err != nil {
		return err
	}
	return warehouse.CreateRaw(ctx, db, tables)
}

// Table tells the warehouse what it must know of a contract.
func Table(c contract.Contract) warehouse.TableSpec {
	t := warehouse.TableSpec{Name: c.Name, Key: c.PrimaryKey, LatestBy: c.LatestBy}
	if slices.Contains(c.Pseudonyms, PersonColumn) {
		t.Person = PersonColumn
	}
	for _, f := range c.Fields {
		column := warehouse.Column{
			Name: f.Name, Type: f.Type, Required: f.Required, Enum: f.Enum, Pattern: f.Pattern,
			Minimum: f.Minimum, Maximum: f.Maximum, TrueValues: f.TrueValues, FalseValues: f.FalseValues,
			Random: slices.Contains(c.Pseudonyms, f.Name),
		}
		for _, k := range c.ForeignKeys {
			if k.Column == f.Name {
				column.Reference = warehouse.Reference{Table: k.Table, Column: k.Target}
			}
		}
		t.Columns = append(t.Columns, column)
	}
	for _, r := range c.Rules {
		t.Rules = append(t.Rules, warehouse.RowRule{Name: r.Name, Kind: r.Kind, Columns: r.Columns, Later: r.Later, Earlier: r.Earlier})
	}
	return t
}
