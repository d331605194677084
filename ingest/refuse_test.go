package ingest

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"osservatorio/warehouse"
)

const goodName = "placements_2026-Q3_2026-10-15.csv"

func wide(text string) string {
	b := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(text)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return string(b)
}

// many rows, so that one bad one is below the share that is allowed.
func many(n int, rows ...string) string {
	var b strings.Builder
	b.WriteString(placementsHeader)
	for i := range n {
		b.WriteString(placement(1000 + i))
	}
	return b.String() + strings.Join(rows, "")
}

func TestABadDeliveryIsRefusedWholeAndTheWarehouseStays(t *testing.T) {
	header := strings.TrimSpace(placementsHeader)
	for name, c := range map[string]struct {
		content string
		want    []string
	}{
		"an empty file":            {"", []string{"empty"}},
		"a header alone":           {placementsHeader, []string{"a header without rows"}},
		"a wrong header":           {"a,b,c\n1,2,3\n", []string{"line 1", "event_id"}},
		"a missing column":         {strings.Replace(many(3), "received_on", "received", 1), []string{"line 1", "no column received_on", "expected the columns of the contract"}},
		"a column twice":           {strings.Replace(many(3), "corrects", "event", 1), []string{"line 1", `"event"`}},
		"a tax code in a row":      {many(200, placement(1, "employer_id=RSSMRA85T10A562S")), []string{"line 202", "tax code"}},
		"a name column":            {strings.Replace(many(3), header, header+",cognome", 1), []string{"cognome"}},
		"all rows bad":             {placementsHeader + placement(1, "event=begun") + placement(2, "event=begun"), []string{"row 2", "event", "2 of 2 rows are bad", "expected one of start"}},
		"a contract of no list":    {many(3, placement(1, "contract=Z.9.99")), []string{"row 5", `contract "Z.9.99": not in reference contracts`}},
		"a date of 1900":           {many(3, placement(1, "event_on=1900-01-01")), []string{"row 5", "event_on", `"1900-01-01"`, "1950-01-01 or more"}},
		"a date of 2201":           {many(3, placement(1, "event_on=2201-01-01")), []string{"row 5", "2100-12-31 or less"}},
		"a Parquet file cut short": {"PAR1" + strings.Repeat("x", 500), []string{"Parquet"}},
		"a workbook that was cut":  {"PK\x03\x04" + strings.Repeat("xl/", 50), []string{"broken ZIP"}},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, placements)
			path := h.put(goodName, c.content)
			r, err := h.run()
			if err == nil {
				t.Fatalf("accepted: %+v", r)
			}
			var refused *RefusedError
			if !errors.As(err, &refused) || !strings.HasPrefix(err.Error(), "load placements 2026-Q3: ") {
				t.Errorf("error: %v", err)
			}
			for _, want := range append(c.want, goodName) {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("no word of %s in: %v", want, err)
				}
			}
			if strings.Contains(err.Error(), "RSSMRA") || strings.Contains(err.Error(), "\n") {
				t.Errorf("the message tells too much: %v", err)
			}
			if n := h.number(`SELECT (SELECT count(*) FROM raw.placements) + (SELECT count(*) FROM ledger.deliveries) + (SELECT count(*) FROM ledger.quarantine)`); n != 0 {
				t.Errorf("%d rows came in", n)
			}
			checkReport(t, path, err)
		})
	}
}

// checkReport sees that the file stayed, with its report beside it.
func checkReport(t *testing.T, path string, refused error) {
	t.Helper()
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
	raw, err := os.ReadFile(path + reportSuffix)
	if err != nil {
		t.Fatal(err)
	}
	var r refusal
	if err := json.Unmarshal(raw, &r); err != nil {
		t.Fatal(err)
	}
	if r.Message != refused.Error() || r.File != filepath.Base(path) || r.RefusedAt.IsZero() {
		t.Errorf("report: %s", raw)
	}
}

func TestWhatOnlyLooksOddIsRead(t *testing.T) {
	for name, content := range map[string]string{
		"UTF-16":              wide(many(2)),
		"a semicolon":         strings.ReplaceAll(many(2), ",", ";"),
		"Windows line ends":   strings.ReplaceAll(many(2), "\n", "\r\n"),
		"old line ends":       strings.ReplaceAll(many(2), "\n", "\r"),
		"no last line end":    strings.TrimSuffix(many(2), "\n"),
		"a byte order mark":   "\ufeff" + many(2),
		"blank lines":         strings.ReplaceAll(many(2), "\n", "\n\n"),
		"every cell quoted":   quoteAll(many(2)),
		"a column of its own": strings.Replace(strings.ReplaceAll(many(2), "\n", ",x\n"), ",x\n", ",remark\n", 1),
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, placements)
			h.put(goodName, content)
			if r := h.mustRun(); r.Loads[0].Outcome.Accepted != 2 {
				t.Errorf("%+v", r.Loads[0])
			}
		})
	}
}

func quoteAll(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(`"` + strings.ReplaceAll(strings.TrimSpace(line), ",", `","`) + "\"\n")
	}
	return b.String()
}

func TestADirectoryForAFileIsRefused(t *testing.T) {
	source := placements
	source.Path = goodName
	h := newHouse(t, source)
	if err := os.Mkdir(filepath.Join(h.options.SourceDir, goodName), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := h.run(); err == nil || !strings.Contains(err.Error(), "is a folder") {
		t.Errorf("error: %v", err)
	}
}

func TestAnAgeOf221IsQuarantined(t *testing.T) {
	source := Source{Name: "registrations", Contract: "registrations", Pattern: "registrations_{period}_{issued}.csv", Synthetic: true, MaxBadShare: 0.5}
	h := newHouse(t, source)
	h.put("registrations_2026-Q3_2026-10-15.csv", `registration_id,person_id,registered_on,closed_on,close_reason,sex,birth_year,citizenship,education,comune,district,cpi,months_unemployed,disability,profiling_scheme,profiling_class,profiling_index,profiled_on,updated_on
R1,P1,2026-07-01,,,F,1980,it,low,037006,,BO1,3,false,,,,,2026-07-02
R2,P2,2026-07-01,,,F,1805,it,low,037006,,BO1,3,false,,,,,2026-07-02
R3,P3,2026-07-01,2026-06-01,employed,F,1980,it,low,037006,,BO1,3,false,,,,,2026-07-02
`)
	h.options.Sources[0].MaxBadShare = 0.9
	if o := h.mustRun().Loads[0].Outcome; o.Accepted != 1 || o.Quarantined != 2 {
		t.Fatalf("%+v", o)
	}
	want := "3 birth_year minimum digits(4)\n4 - closed_before_registered -"
	if got := h.text(`SELECT line, "column", rule, shape FROM ledger.quarantine ORDER BY line`); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestAFileThatChangesWhileItIsReadIsRefused(t *testing.T) {
	h := newHouse(t, placements)
	path := h.put(goodName, many(50))
	h.options.Progress = func(p Progress) {
		if p.Step == "read" {
			if err := os.WriteFile(path, []byte(many(51)), 0o644); err != nil {
				t.Error(err)
			}
		}
	}
	if _, err := h.run(); err == nil || !strings.Contains(err.Error(), "changed while it was read") {
		t.Errorf("error: %v", err)
	}
	if n := h.number(`SELECT count(*) FROM raw.placements`); n != 0 {
		t.Errorf("%d rows came in", n)
	}
	h.options.Progress = nil
	if r := h.mustRun(); r.Count(Loaded) != 1 {
		t.Errorf("not loaded when whole: %+v", r)
	}
}

func TestTwoFilesOfOneIssueAreNotBothTaken(t *testing.T) {
	h := newHouse(t, placements)
	h.put(goodName, many(2))
	h.mustRun()
	h.put(goodName, many(3))
	_, err := h.run()
	if err == nil || !strings.Contains(err.Error(), "expected a later issued_at") {
		t.Errorf("error: %v", err)
	}
	if n := h.number(`SELECT count(*) FROM raw.placements`); n != 2 {
		t.Errorf("%d rows, want the first two", n)
	}
}

func TestTheSameBytesTwiceChangeNothing(t *testing.T) {
	h := newHouse(t, placements)
	for range 2 {
		h.put(goodName, many(2))
		h.mustRun()
	}
	if got := h.text(`SELECT count(*), (SELECT count(*) FROM ledger.deliveries) FROM raw.placements`); got != "2 1" {
		t.Errorf("rows and deliveries: %s, want 2 1", got)
	}
	if left, _ := filepath.Glob(filepath.Join(h.options.SourceDir, "*")); len(left) != 0 {
		t.Errorf("left in the inbox: %v", left)
	}
}

func TestPersonalDeliveriesAreArchivedEncryptedOrNotTaken(t *testing.T) {
	source := placements
	source.Synthetic = false
	h := newHouse(t, source)
	h.put(goodName, many(2))
	_, err := h.run()
	var hinted interface{ Hint() string }
	if err == nil || !errors.As(err, &hinted) || !strings.Contains(hinted.Hint(), "age-keygen") {
		t.Fatalf("error: %v", err)
	}
	h.options.ArchiveRecipient = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
	h.mustRun()
	archived, _ := filepath.Glob(filepath.Join(h.options.Archive, "placements", "2026-Q3", "*.csv.age"))
	if len(archived) != 1 {
		t.Fatalf("archive: %v", archived)
	}
	raw, err := os.ReadFile(archived[0])
	if err != nil || !strings.HasPrefix(string(raw), "age-encryption.org/v1") || strings.Contains(string(raw), "P333") {
		t.Errorf("archived as %.40q: %v", raw, err)
	}
	if left, _ := filepath.Glob(filepath.Join(h.options.SourceDir, "*")); len(left) != 0 {
		t.Errorf("left in the inbox: %v", left)
	}
}

func TestASupplierCannotHaveItsFileArchivedInPlainText(t *testing.T) {
	source := placements
	source.Synthetic = false
	h := newHouse(t, source)
	h.put(goodName, many(2))
	h.put(goodName+".manifest.json", `{"source": "placements", "period": "2026-Q3", "issued_at": "2026-10-15", "synthetic": true}`)
	if _, err := h.run(); err == nil || !strings.Contains(err.Error(), "archived encrypted") {
		t.Errorf("a manifest that says synthetic: %v", err)
	}
}

func TestAFolderThatIsOnlyReadStaysAsItIs(t *testing.T) {
	h := newHouse(t, placements)
	h.options.KeepInbox = true
	path := h.put(goodName, many(2))
	h.put("placements_2026-Q2_2026-07-15.csv", "")
	r, err := h.run()
	if err == nil || r.Count(Loaded) != 1 || r.Count(Refused) != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
	if entries, _ := os.ReadDir(h.options.SourceDir); len(entries) != 2 {
		t.Errorf("%d entries, want the two that were there", len(entries))
	}
	if r, _ := h.run(); r.Count(Known) != 1 {
		t.Errorf("second run: %+v", r)
	}
}

func TestACancelledRunLoadsNothingAndBlamesNobody(t *testing.T) {
	h := newHouse(t, placements)
	path := h.put(goodName, many(200))
	ctx, cancel := context.WithCancel(t.Context())
	h.options.Progress = func(Progress) { cancel() }
	if _, err := Run(ctx, h.options); !errors.Is(err, context.Canceled) {
		t.Errorf("error: %v", err)
	}
	if n := h.number(`SELECT count(*) FROM ledger.deliveries`); n != 0 {
		t.Errorf("%d deliveries", n)
	}
	if _, err := os.Stat(path + reportSuffix); err == nil {
		t.Error("a report stands beside a file that has no fault")
	}
}

func TestTheLedgerItselfRefusesTwoOfOneIssue(t *testing.T) {
	h := newHouse(t, placements)
	h.put(goodName, many(1))
	h.mustRun()
	spool := warehouse.Spool{Path: filepath.Join(t.TempDir(), "rows.csv")}
	if err := os.WriteFile(spool.Path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	d := warehouse.Delivery{Source: "placements", Contract: "placements", Protection: "personal", Period: "2026-Q3",
		IssuedAt: time.Date(2026, 10, 15, 0, 0, 0, 0, time.UTC), Mode: "full", File: "other", SHA256: "other"}
	err := h.db.Tx(t.Context(), func(tx *sql.Tx) error {
		_, err := warehouse.Stage(t.Context(), tx, warehouse.TableSpec{Name: "placements"}, spool, d, 0)
		return err
	})
	if err == nil {
		t.Error("accepted")
	}
}

func TestWorkFilesOfAKilledRunAreRemovedWhateverTheFolderIsCalled(t *testing.T) {
	h := newHouse(t, placements)
	h.options.Temp = filepath.Join(t.TempDir(), "te'mp [1]*")
	left := filepath.Join(h.options.Temp, "ingest-123", "rows.csv")
	if err := os.MkdirAll(filepath.Dir(left), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(left, []byte("somebody's rows"), 0o600); err != nil {
		t.Fatal(err)
	}
	h.put(goodName, many(2))
	h.options.Progress = func(Progress) { checkPrivate(t, h.options.Temp) }
	h.mustRun()
	if entries, _ := os.ReadDir(h.options.Temp); len(entries) != 0 {
		t.Errorf("left in the work folder: %v", entries)
	}
	h.put(goodName, many(1, placement(1, "event=begun")))
	if _, err := h.run(); err == nil {
		t.Error("a bad delivery was taken")
	}
	if entries, _ := os.ReadDir(h.options.Temp); len(entries) != 0 {
		t.Errorf("left in the work folder by a refusal: %v", entries)
	}
}

// checkPrivate sees that nobody else may read what lies in the work folder.
func checkPrivate(t *testing.T, dir string) {
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().Type() != fs.ModeSymlink && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", d.Name(), info.Mode())
		}
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}
