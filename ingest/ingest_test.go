package ingest

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"osservatorio/ingest/privacy"
	"osservatorio/warehouse"
)

// testKey is a secret that everybody may know.
func testKey(t *testing.T) *privacy.Key {
	t.Helper()
	path := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(path, []byte(strings.Repeat("0f", 32)), 0o600); err != nil {
		t.Fatal(err)
	}
	key, err := privacy.LoadKey(path)
	if err != nil {
		t.Fatal(err)
	}
	return &key
}

// house is a warehouse in memory with an inbox and an archive.
type house struct {
	t       *testing.T
	db      *warehouse.DB
	options Options
}

func newHouse(t *testing.T, sources ...Source) *house {
	t.Helper()
	db, err := warehouse.Open(t.Context(), warehouse.Options{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	dir := t.TempDir()
	h := &house{t: t, db: db, options: Options{
		DB: db, Sources: sources, SourceDir: filepath.Join(dir, "inbox"), Archive: filepath.Join(dir, "archive"),
		Key: testKey(t), Temp: filepath.Join(dir, "temp"), Workers: 2,
		Now: func() time.Time { return time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC) },
		Log: slog.New(slog.DiscardHandler),
	}}
	if err := os.MkdirAll(h.options.SourceDir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, reference := range []string{
		`INSERT INTO reference.comuni VALUES ('037006', 'Bologna', 'ER-D01', NULL, NULL, NULL, 'invented', 'proposal')`,
		`INSERT INTO reference.contracts VALUES ('A.01.00', 'a', 'a', 'open_ended', true, NULL, NULL, 'invented', 'proposal')`,
		`INSERT INTO reference.working_hours VALUES ('F', 'f', 'f', NULL, NULL, 'invented', 'proposal')`,
	} {
		h.exec(reference)
	}
	return h
}

func (h *house) exec(query string) {
	h.t.Helper()
	if _, err := h.db.Exec(query); err != nil {
		h.t.Fatal(err)
	}
}

// put lays a file into the inbox.
func (h *house) put(name, content string) string {
	h.t.Helper()
	path := filepath.Join(h.options.SourceDir, name)
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		h.t.Fatal(err)
	}
	return path
}

func (h *house) run() (Report, error) { return Run(context.Background(), h.options) }

func (h *house) mustRun() Report {
	h.t.Helper()
	r, err := h.run()
	if err != nil {
		h.t.Fatal(err)
	}
	return r
}

// number reads one number.
func (h *house) number(query string) (n int64) {
	h.t.Helper()
	if err := h.db.QueryRow(query).Scan(&n); err != nil {
		h.t.Fatalf("%s: %v", query, err)
	}
	return n
}

// text reads rows as text, one a line, cells parted by spaces, NULL as -.
func (h *house) text(query string) string {
	h.t.Helper()
	rows, err := h.db.Query(`SELECT COLUMNS(*)::VARCHAR FROM (` + query + `)`)
	if err != nil {
		h.t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		h.t.Fatal(err)
	}
	var lines []string
	for rows.Next() {
		cells := make([]any, len(columns))
		for i := range cells {
			cells[i] = &sql.NullString{}
		}
		if err := rows.Scan(cells...); err != nil {
			h.t.Fatal(err)
		}
		var line []string
		for _, c := range cells {
			if s := c.(*sql.NullString); s.Valid {
				line = append(line, s.String)
			} else {
				line = append(line, "-")
			}
		}
		lines = append(lines, strings.Join(line, " "))
	}
	return strings.Join(lines, "\n")
}

const placementsHeader = "event_id,relationship_id,person_id,employer_id,event,event_on,planned_end_on,contract,working_hours,transformation,cessation,sector,sector_version,occupation,occupation_version,workplace_comune,form,seasonal,corrects,cancelled,received_on\n"

// placement is a good row; with changes column=value.
func placement(id int, changes ...string) string {
	cells := map[string]string{
		"event_id": fmt.Sprintf("E%d", id), "relationship_id": fmt.Sprintf("R%d", id/2), "person_id": fmt.Sprintf("P%d", id/3),
		"employer_id": "D1", "event": "start", "event_on": "2026-07-01", "contract": "A.01.00", "workplace_comune": "037006",
		"form": "UNILAV", "cancelled": "false", "received_on": "2026-07-02",
	}
	for _, c := range changes {
		column, value, _ := strings.Cut(c, "=")
		cells[column] = value
	}
	var row []string
	for _, column := range strings.Split(strings.TrimSpace(placementsHeader), ",") {
		row = append(row, cells[column])
	}
	return strings.Join(row, ",") + "\n"
}

var placements = Source{Name: "placements", Contract: "placements", Pattern: "placements_{period}_{issued}.csv", Synthetic: true}

func TestAGoodFileIsLoadedRekeyedAndArchived(t *testing.T) {
	h := newHouse(t, placements)
	path := h.put("placements_2026-Q3_2026-10-15.csv", placementsHeader+placement(1)+placement(2)+placement(3, "planned_end_on=2026-12-31"))
	r := h.mustRun()
	if r.Count(Loaded) != 1 || r.Loads[0].Outcome.Accepted != 3 {
		t.Fatalf("%+v", r)
	}
	got := h.text(`SELECT person_id, event_on, planned_end_on, cancelled, line, load_id FROM raw.placements ORDER BY line`)
	want := testKey(t).Pseudonym("P0") + " 2026-07-01 - false 2 1"
	if !strings.HasPrefix(got, want) {
		t.Errorf("got %s, want %s …", got, want)
	}
	if n := h.number(`SELECT count(DISTINCT person_id) FROM raw.placements`); n != 2 {
		t.Errorf("%d persons, want 2", n)
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Error("the file is still in the inbox")
	}
	archived, _ := filepath.Glob(filepath.Join(h.options.Archive, "placements", "2026-Q3", "*-placements_2026-Q3_2026-10-15.csv"))
	if len(archived) != 1 {
		t.Errorf("archive: %v", archived)
	}
}
