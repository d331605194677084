package ingest

import (
	"context"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"osservatorio/ingest/fetch"
)

func TestEveryRuleSendsItsRowToQuarantineOnItsLine(t *testing.T) {
	source := placements
	source.MaxBadShare = 0.99
	h := newHouse(t, source)
	rows := []struct{ row, want string }{
		{placement(1, "person_id="), "person_id required empty"},
		{placement(2, "person_id=NULL"), "person_id required empty"},
		{placement(3, "event_on=01/07/2026"), "event_on type day/month/year(10)"},
		{placement(4, "event_on=2026-02-30"), "event_on type date(10)"},
		{placement(5, "event_on=1900-01-01"), "event_on minimum date(10)"},
		{placement(6, "planned_end_on=2201-01-01"), "planned_end_on maximum date(10)"},
		{placement(7, "cessation=d1"), "cessation pattern letters and digits(2)"},
		{placement(8, "working_hours=Rossi"), "working_hours pattern letters(5)"},
		{placement(16, "working_hours=X"), "working_hours reference letters(1)"},
		{placement(9, "contract=Z.99.99"), "contract reference text(7)"},
		{placement(10, "cancelled=yes"), "cancelled type letters(3)"},
		{placement(11, "planned_end_on=2026-06-30"), "- planned_end_before_event -"},
		{placement(12, "event=begun", "event_on=x"), "event enum letters(5)"}, // the first column's rule
		{"1,2,3\n", "- fields fields(3)"},
		{strings.Replace(placement(13), "D1", `"D1`, 1), "- quote -"},
		{placement(14, "occupation=\"1.1\nx\""), "occupation pattern text with spaces at its ends or with signs that are not seen(5)"},
		{placement(15, "sector=\"=cmd|' /C calc'!A0\""), "sector pattern text(18)"},
	}
	var file, want strings.Builder
	file.WriteString(placementsHeader + placement(100))
	line := 3
	for _, r := range rows {
		file.WriteString(r.row)
		fmt.Fprintf(&want, "%d %s\n", line, r.want)
		line += strings.Count(r.row, "\n")
	}
	file.WriteString(placement(101))
	h.put(goodName, file.String())
	o := h.mustRun().Loads[0].Outcome
	if o.Accepted != 2 || o.Quarantined != int64(len(rows)) {
		t.Errorf("%+v", o)
	}
	if got := h.text(`SELECT line, "column", rule, shape FROM ledger.quarantine ORDER BY line`); got+"\n" != want.String() {
		t.Errorf("got\n%s\nwant\n%s", got, want.String())
	}
	if got := h.text(`SELECT line FROM raw.placements ORDER BY line`); got != fmt.Sprintf("2\n%d", line) {
		t.Errorf("lines kept: %s", got)
	}
	q, err := Quarantine(t.Context(), h.db, "placements", "")
	if err != nil || len(q) != 1 || q[0].Outcome.Quarantined != int64(len(rows)) || q[0].Outcome.Reasons[0].Rows != 2 {
		t.Errorf("quarantine report: %+v, %v", q, err)
	}
	if _, err := Quarantine(t.Context(), h.db, "placements", "zz"); err == nil {
		t.Error("a delivery that is not there has a report")
	}
}

func TestOfRowsWithOneKeyTheLatestStays(t *testing.T) {
	h := newHouse(t, placements)
	h.put(goodName, many(0,
		placement(1, "received_on=2026-07-09", "sector=A1"),
		placement(1, "received_on=2026-07-05", "sector=B2"),
		placement(2, "received_on=2026-07-05", "sector=C3"),
		placement(2, "received_on=2026-07-05", "sector=D4"),
		placement(3, "received_on=2026-07-05", "sector=E5")))
	o := h.mustRun().Loads[0].Outcome
	if o.Accepted != 3 || o.Superseded != 2 {
		t.Errorf("%+v", o)
	}
	if got := h.text(`SELECT sector FROM raw.placements ORDER BY line`); got != "A1\nD4\nE5" {
		t.Errorf("kept %s", got)
	}
}

func TestTheSamePersonHasOnePseudonymInEveryArchive(t *testing.T) {
	agreements := Source{Name: "agreements", Contract: "agreements", Pattern: "agreements_{period}_{issued}.csv", Synthetic: true}
	h := newHouse(t, placements, agreements)
	h.put(goodName, many(0, placement(1, "person_id=SAME")))
	h.put("agreements_2026-Q3_2026-10-15.csv", "agreement_id,person_id,registration_id,signed_on,programme,path,assessed_on,team_assessed,fragility_score,planned_leps,closed_on,close_reason,updated_on\nA1,SAME,R1,2026-07-01,gol,1,,true,\"3,5\",,,,2026-07-01\n")
	h.options.Sources[1].MaxBadShare = 0.99
	h.mustRun()
	if n := h.number(`SELECT count(*) FROM raw.placements p JOIN raw.agreements a ON a.person_id = p.person_id WHERE p.person_id <> 'SAME'`); n != 1 {
		t.Errorf("%d links, want 1", n)
	}
}

// staged is what staging will see: the rows of the current loads, of each key
// the latest.
const staged = `SELECT event_id, sector, received_on FROM raw.placements JOIN ledger.current_loads USING (load_id)
QUALIFY row_number() OVER (PARTITION BY event_id ORDER BY received_on DESC, issue_order DESC, line DESC) = 1 ORDER BY ALL`

func TestTheOrderOfArrivalDoesNotMatter(t *testing.T) {
	full, additions := placements, placements
	additions.Name, additions.Mode, additions.Pattern = "additions", "incremental", "additions_{period}_{issued}.csv"
	files := []struct{ name, content string }{
		{"placements_2026-Q2_2026-07-15.csv", many(0, placement(1, "sector=A1"), placement(2, "sector=A2"))},
		{"placements_2026-Q2_2026-08-15.csv", many(0, placement(1, "sector=B1"))}, // corrected: 2 is gone
		{"additions_2026-07_2026-08-01.csv", many(0, placement(3, "sector=C3", "received_on=2026-08-01"))},
		{"placements_2026-Q3_2026-10-15.csv", many(0, placement(3, "sector=A3"))},
		{"additions_2026-08_2026-09-01.csv", many(0, placement(3, "sector=D3", "received_on=2026-07-20"), placement(4, "sector=D4"))},
		{"additions_2026-09_2026-09-01.csv", many(0, placement(4, "sector=E4"))}, // of the same moment
	}
	var first, completeFirst string
	permute(len(files), func(order []int) {
		h := newHouse(t, full, additions)
		for _, i := range order {
			h.put(files[i].name, files[i].content)
			h.mustRun()
		}
		got, complete := h.text(staged), h.text(`SELECT * FROM ledger.completeness`)
		if first == "" {
			first, completeFirst = got, complete
			if strings.Contains(got, "A2") || !strings.Contains(got, "B1") || !strings.Contains(got, "C3") || strings.Count(got, "\n") != 2 {
				t.Fatalf("staged:\n%s", got)
			}
		}
		if got != first || complete != completeFirst {
			t.Errorf("order %v: staged\n%s\ncomplete %s\nwant\n%s\ncomplete %s", order, got, complete, first, completeFirst)
		}
		h.db.Close()
	})
}

// permute calls do with all orders of the first three of n things, the others
// first, or last and backwards.
func permute(n int, do func([]int)) {
	for i, first := range [][]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
		var others []int
		for k := 3; k < n; k++ {
			others = append(others, k)
		}
		if i%2 == 0 {
			do(append(slices.Clone(first), others...))
			continue
		}
		slices.Reverse(others)
		do(append(others, first...))
	}
}

func TestCountsAddUpWhateverComes(t *testing.T) {
	source := placements
	source.MaxBadShare = 1
	for seed := range uint64(5) {
		r := rand.New(rand.NewPCG(seed, 1))
		h := newHouse(t, source)
		var b strings.Builder
		b.WriteString(placementsHeader)
		bad, torn, rows := 0, 0, 300
		for i := range rows {
			switch r.IntN(8) {
			case 0:
				b.WriteString(placement(i, "event=begun"))
				bad++
			case 1:
				b.WriteString(placement(i) + strings.Repeat("\n", r.IntN(3)))
			case 2:
				b.WriteString("too,few\n")
				torn++
			case 3:
				b.WriteString(placement(r.IntN(20)+1000, "occupation=\"1.\n1\"")) // a line end within quotes
				bad++
			default:
				b.WriteString(placement(r.IntN(200)))
			}
		}
		h.put(goodName, b.String())
		o := h.mustRun().Loads[0].Outcome
		if o.Rows != int64(rows) || o.Accepted+o.Quarantined+o.Superseded != o.Rows || o.Quarantined != int64(bad+torn) {
			t.Errorf("seed %d: %+v, want %d bad of %d", seed, o, bad+torn, rows)
		}
		if n := h.number(`SELECT count(*) - count(DISTINCT event_id) FROM raw.placements`); n != 0 {
			t.Errorf("seed %d: %d keys twice", seed, n)
		}
		taken, aside := h.number(`SELECT count(*) FROM raw.placements`), h.number(`SELECT count(DISTINCT line) FROM ledger.quarantine`)
		if taken != o.Accepted || aside != o.Quarantined {
			t.Errorf("seed %d: the tables hold %d rows and %d put aside, the ledger counts %d and %d", seed, taken, aside, o.Accepted, o.Quarantined)
		}
		h.db.Close()
	}
}

// spoolText passes text through the door with blocks cut as they come.
func spoolText(t testing.TB, text, delimiter, quote string, header []string) (rows, torn int64, out [][]string, lines string) {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "in.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s := spooler{table: fetch.Table{Path: path, Header: header, Dialect: fetch.Dialect{Delimiter: delimiter, Quote: quote}},
		missing: []string{""}, first: 1, workers: 2, rows: func(int64, int64) {}}
	for i := range header {
		s.columns = append(s.columns, spoolColumn{at: i})
	}
	spool, err := s.spool(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	good, err := os.Open(spool.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer good.Close()
	reader := csv.NewReader(good)
	reader.FieldsPerRecord = len(header) + 1
	if out, err = reader.ReadAll(); err != nil {
		t.Fatalf("the spool is no CSV: %v", err)
	}
	raw, err := os.ReadFile(spool.Torn)
	if err != nil {
		t.Fatal(err)
	}
	return spool.Rows, spool.TornRow, out, string(raw)
}

func TestTheDoorReadsQuotesAndOnlyTheFaultyRowIsTorn(t *testing.T) {
	text := "a,b\n\"x,1\",\"he said \"\"no\"\"\"\n\"two\nlines\",3\n\"open,4\n5,6\n7,\"8\"9\n10\n\n11,12"
	rows, torn, out, lines := spoolText(t, text, ",", `"`, []string{"a", "b"})
	want := [][]string{{"2", "x,1", `he said "no"`}, {"3", "two\nlines", "3"}, {"6", "5", "6"}, {"10", "11", "12"}}
	if rows != 4 || torn != 3 || fmt.Sprint(out) != fmt.Sprint(want) {
		t.Errorf("%d rows, %d torn: %q", rows, torn, out)
	}
	if lines != "5,,quote,\n7,,quote,\n8,,fields,fields(1)\n" {
		t.Errorf("torn: %q", lines)
	}
}

func TestBlocksAreCutBetweenRecords(t *testing.T) {
	for _, quoted := range []bool{false, true} {
		var b strings.Builder
		b.WriteString("a,b\n")
		n := 3*blockBytes/40 + 7
		for i := range n {
			if quoted && i%3 == 0 {
				fmt.Fprintf(&b, "\"%035d\n\",x\n", i)
				continue
			}
			fmt.Fprintf(&b, "%036d,x\n", i)
		}
		rows, torn, out, _ := spoolText(t, b.String(), ",", `"`, []string{"a", "b"})
		if rows != int64(n) || torn != 0 {
			t.Fatalf("quoted %t: %d rows, %d torn, want %d", quoted, rows, torn, n)
		}
		line := 2
		for i, r := range out {
			if r[0] != fmt.Sprint(line) || !strings.HasSuffix(strings.TrimSpace(r[1]), fmt.Sprint(i)) {
				t.Fatalf("quoted %t: row %d: %q, want line %d", quoted, i, r, line)
			}
			line += 1 + strings.Count(r[1], "\n")
		}
	}
}

func TestALineWithoutEndIsRefused(t *testing.T) {
	h := newHouse(t, placements)
	h.put(goodName, many(1)+strings.Repeat("x", 2*lineLimit)+"\n")
	if _, err := h.run(); err == nil || !strings.Contains(err.Error(), "line 3") {
		t.Errorf("error: %v", err)
	}
}

func FuzzTheDoor(f *testing.F) {
	f.Add("a,b\n1,2\n", ",", true)
	f.Add("a;b\r\n\"1\";\"2\"\r\n\"", ";", true)
	f.Add("a\tb\n\"x\ny\"\tz\n\"x\"y\t\xff\n\x00\t1", "\t", false)
	f.Fuzz(func(t *testing.T, text, delimiter string, quoted bool) {
		if len(delimiter) != 1 || strings.ContainsAny(delimiter, "\"\r\n") {
			t.Skip()
		}
		quote := ""
		if quoted {
			quote = `"`
		}
		rows, torn, out, lines := spoolText(t, text, delimiter, quote, []string{"a", "b"})
		if int64(len(out)) != rows || int64(strings.Count(lines, "\n")) != torn {
			t.Errorf("%d rows and %d torn are said, %d and %d are there", rows, torn, len(out), strings.Count(lines, "\n"))
		}
		last := 0
		for _, r := range out {
			var line int
			fmt.Sscan(r[0], &line)
			if line <= last {
				t.Errorf("line %d after line %d", line, last)
			}
			last = line
		}
	})
}
