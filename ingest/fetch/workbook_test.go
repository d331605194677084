package fetch

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// workbookOf makes an .xlsx of sheets, which fill in what they hold.
func workbookOf(t *testing.T, sheets map[string]func(set func(cell string, value any), f *excelize.File), order ...string) string {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, name := range order {
		if i == 0 {
			f.SetSheetName("Sheet1", name)
		} else if _, err := f.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		sheets[name](func(cell string, value any) {
			if err := f.SetCellValue(name, cell, value); err != nil {
				t.Fatal(err)
			}
		}, f)
	}
	path := filepath.Join(t.TempDir(), "book.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return path
}

type setter = func(cell string, value any)

func sniffed(t *testing.T, path string, w Want) Table {
	t.Helper()
	w.Temp = t.TempDir()
	table, err := Sniff(t.Context(), path, w)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { table.Close() })
	return table
}

func TestAWorkbookIsReadAsStoredNotAsShown(t *testing.T) {
	path := workbookOf(t, map[string]func(setter, *excelize.File){"Note": func(set setter, f *excelize.File) {
		set("A1", "Nota metodologica")
	}, "Dati": func(set setter, f *excelize.File) {
		for cell, value := range map[string]any{"A1": "codice", "B1": "giorno", "C1": "ora", "D1": "importo", "E1": "testo", "F1": "formula", "G1": "durata",
			"A2": "001", "B2": time.Date(2026, 10, 15, 0, 0, 0, 0, time.UTC), "C2": time.Date(2026, 10, 15, 10, 30, 0, 0, time.UTC), "D2": 1234567.891, "E2": "a,\"b\"\nc", "G2": 1.5,
			"A4": "002", "D4": "1.234,5", "E4": 0.1 + 0.2} {
			set(cell, value)
		}
		money := "#,##0.0 €"
		style, _ := f.NewStyle(&excelize.Style{CustomNumFmt: &money})
		f.SetCellStyle("Dati", "D2", "D2", style)
		italian := `[$-410]dd\ mmmm\ yyyy;@`
		style, _ = f.NewStyle(&excelize.Style{CustomNumFmt: &italian})
		f.SetCellStyle("Dati", "B2", "B2", style)
		hours := "[h]:mm"
		style, _ = f.NewStyle(&excelize.Style{CustomNumFmt: &hours})
		f.SetCellStyle("Dati", "G2", "G2", style)
		f.SetCellFormula("Dati", "F2", "1+1")
		f.SetCellValue("Dati", "F2", 2)
	}}, "Note", "Dati")
	var watched bytes.Buffer
	table := sniffed(t, path, Want{Watch: &watched, Layout: Layout{Sheet: "Dati"}})
	if got := strings.Join(table.Header, "|"); got != "codice|giorno|ora|importo|testo|formula|durata" {
		t.Error(got)
	}
	if got := strings.Join(table.Sample[0], "|"); got != `001|2026-10-15|2026-10-15 10:30:00|1234567.891|a,"b" c|2|1.5` {
		t.Error(got)
	}
	if got := strings.Join(table.Sample[1], "|"); got != "002|||1.234,5|0.3||" {
		t.Error(got)
	}
	if table.Decimal != "," || table.Thousands != "" || !strings.Contains(watched.String(), "1234567.891") {
		t.Errorf("%+v %q", table.Dialect, watched.String())
	}
	text, _ := os.ReadFile(table.Path)
	if lines := strings.Split(string(text), "\n"); lines[2] != "" || !strings.HasPrefix(lines[3], "002") {
		t.Errorf("lines are not the rows of the sheet: %q", lines)
	}
}

// A workbook of an old Macintosh counts its days from 1904: a date is the same
// day in both.
func TestDatesAreTheSameDayWhereverAWorkbookCountsFrom(t *testing.T) {
	for _, mac := range []bool{false, true} {
		path := workbookOf(t, map[string]func(setter, *excelize.File){"Dati": func(set setter, f *excelize.File) {
			if err := f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &mac}); err != nil {
				t.Fatal(err)
			}
			serial := 46310.0 // 15 October 2026 from the end of 1899
			if mac {
				serial -= 1462
			}
			style, err := f.NewStyle(&excelize.Style{NumFmt: 14})
			if err != nil {
				t.Fatal(err)
			}
			for cell, value := range map[string]any{"A1": "codice", "B1": "giorno", "C1": "testo", "A2": "001", "B2": serial, "C2": "15/10/2026"} {
				set(cell, value)
			}
			f.SetCellStyle("Dati", "B2", "B2", style)
		}}, "Dati")
		table := sniffed(t, path, Want{})
		if got := strings.Join(table.Sample[0], "|"); got != "001|2026-10-15|15/10/2026" {
			t.Errorf("counted from 1904 %v: %s", mac, got)
		}
	}
}

func TestTheTableOfAWorkbookIsFoundBelowTitlesAndMergedHeaders(t *testing.T) {
	path := workbookOf(t, map[string]func(setter, *excelize.File){"Tavola 1": func(set setter, f *excelize.File) {
		for cell, value := range map[string]any{"A1": "Tavola 1. Disoccupati", "A3": "Provincia", "B3": "Maschi", "D3": "Femmine", "B4": "15-24", "C4": "25-34", "D4": "15-24", "E4": "25-34",
			"A5": "Parma", "B5": 1, "C5": 2, "D5": 3, "E5": 4, "A6": "Totale", "B6": 1, "C6": 2, "D6": 3, "E6": 4, "A8": "Fonte: inventata"} {
			set(cell, value)
		}
		for _, m := range [][2]string{{"A1", "E1"}, {"A3", "A4"}, {"B3", "C3"}, {"D3", "E3"}} {
			if err := f.MergeCell("Tavola 1", m[0], m[1]); err != nil {
				t.Fatal(err)
			}
		}
	}}, "Tavola 1")
	want := "Provincia|Maschi 15-24|Maschi 25-34|Femmine 15-24|Femmine 25-34"
	for name, layout := range map[string]Layout{"range": {Range: "A3:E6", Footer: 1}, "skipped": {SkipRows: 2, Footer: 2}, "pinned": {SkipRows: 2, HeaderRows: 2, Footer: 2}} {
		table := sniffed(t, path, Want{Layout: layout})
		if got := strings.Join(table.Header, "|"); got != want || table.HeaderLine() != 4 || len(table.Sample) != 1 {
			t.Errorf("%s: %s, line %d, %v", name, got, table.HeaderLine(), table.Sample)
		}
	}
	found := sniffed(t, path, Want{Columns: []string{"Provincia"}})
	if found.HeaderLine() != 4 || found.Header[1] != "Maschi 15-24" || !strings.Contains(strings.Join(found.Notes, "\n"), "rows 3–4") && !strings.Contains(strings.Join(found.Notes, "\n"), "row 3–4") {
		t.Errorf("%d %v %v", found.HeaderLine(), found.Header, found.Notes)
	}
}

// zipOf makes an archive of names and contents, in pairs.
func zipOf(t *testing.T, pairs ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "d.zip")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := zip.NewWriter(file)
	for i := 0; i < len(pairs); i += 2 {
		m, err := w.Create(pairs[i])
		if err == nil {
			_, err = m.Write([]byte(pairs[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), file.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTheTableOfAnArchiveIsTheOnlyOneOrTheOneChosen(t *testing.T) {
	for name, c := range map[string]struct {
		path   string
		member string
	}{
		"only":    {zipOf(t, "out/tabella.csv", plainTable, "leggimi.pdf", "x", "__MACOSX/out/._tabella.csv", "x"), ""},
		"package": {zipOf(t, "data/tabella.csv", plainTable, "datapackage.json", "{}"), ""},
		"chosen":  {zipOf(t, "a.csv", "x,y\n1,2\n", "b_2026.csv", plainTable), "b_*.csv"},
		"by path": {zipOf(t, "a/t.csv", "x,y\n1,2\n", "b/t.csv", plainTable), "b/t.csv"},
	} {
		var watched bytes.Buffer
		table := sniffed(t, c.path, Want{Watch: &watched, Layout: Layout{Member: c.member}})
		if strings.Join(table.Header, "|") != "code|città|ore" || !strings.Contains(watched.String(), "1.250,75") {
			t.Errorf("%s: %v, watched %q", name, table.Header, watched.String())
		}
	}
}

func TestArchivesThatNobodySendsInGoodFaithAreRefused(t *testing.T) {
	bomb := zipOf(t, "bomb.csv", strings.Repeat("0", 70<<20))
	for name, c := range map[string]struct {
		path string
		want string
	}{
		"out":     {zipOf(t, "../../etc/cron.csv", "a,b\n"), "leads out"},
		"windows": {zipOf(t, `..\..\x.csv`, "a,b\n"), "leads out"},
		"root":    {zipOf(t, "/etc/x.csv", "a,b\n"), "absolute"},
		"drive":   {zipOf(t, `C:x.csv`, "a,b\n"), "absolute"},
		"bomb":    {bomb, "at most 250 times"},
		"several": {zipOf(t, "a.csv", "a,b\n", "b.csv", "a,b\n"), "2 tables"},
		"none":    {zipOf(t, "a.pdf", "a,b\n"), "no such file"},
		"nested":  {zipOf(t, "a.csv", gz(t, plainTable)), "an archive within"},
		"cut":     {put(t, t.TempDir(), "d.zip", "PK\x03\x04 and no more"), "broken ZIP"},
	} {
		_, err := Sniff(t.Context(), c.path, Want{Temp: t.TempDir()})
		var r *Refusal
		if !errors.As(err, &r) || !strings.Contains(err.Error(), c.want) || r.Hint() == "" {
			t.Errorf("%s: %v: want %q and a hint", name, err, c.want)
		}
	}
	if unsafeMember("x.csv", fs.ModeSymlink) == "" {
		t.Error("a link is unpacked")
	}
}

func TestWorkbooksThatCannotBeReadAreRefused(t *testing.T) {
	book := workbookOf(t, map[string]func(setter, *excelize.File){"Uno": func(set setter, _ *excelize.File) { set("A1", "a"); set("B1", "b"); set("A2", 1) }, "Vuoto": func(setter, *excelize.File) {}}, "Uno", "Vuoto")
	for name, c := range map[string]struct {
		path   string
		layout Layout
		want   string
	}{
		"no sheet":  {book, Layout{Sheet: "Due"}, "Uno"},
		"empty":     {book, Layout{Sheet: "2"}, "nothing in it"},
		"bad range": {book, Layout{Range: "A0:!"}, "range such as"},
		"not one":   {zipOf(t, "xl/workbook.xml", "<workbook/>"), Layout{}, "workbook"},
	} {
		_, err := Sniff(t.Context(), c.path, Want{Temp: t.TempDir(), Layout: c.layout})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v: want %q", name, err, c.want)
		}
	}
}

// BenchmarkAWorkbookOf100000Rows prints what the reading of a sheet takes that
// has a value in every cell, in seconds of processor time.
func BenchmarkAWorkbookOf100000Rows(b *testing.B) {
	for _, columns := range []int{10, 20} {
		b.Run(fmt.Sprintf("%d columns", columns), func(b *testing.B) {
			path := bigWorkbook(b, columns)
			before := processor(b)
			for b.Loop() {
				table, err := Sniff(b.Context(), path, Want{Temp: b.TempDir()})
				if err != nil || table.Sample[0][1] == "" {
					b.Fatal(err)
				}
				table.Close()
			}
			b.ReportMetric((processor(b)-before)/float64(b.N), "cpu-s/op")
		})
	}
}

func bigWorkbook(b *testing.B, columns int) string {
	f := excelize.NewFile()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		b.Fatal(err)
	}
	line := make([]any, columns)
	for r := range 100_001 {
		for c := range line {
			switch {
			case r == 0:
				line[c] = fmt.Sprintf("column_%d", c)
			case c%3 == 0:
				line[c] = fmt.Sprintf("text %d", r*c%5000)
			default:
				line[c] = float64(r*c) / 7
			}
		}
		if err := w.SetRow(fmt.Sprintf("A%d", r+1), line); err != nil {
			b.Fatal(err)
		}
	}
	path := filepath.Join(b.TempDir(), "big.xlsx")
	if err := errors.Join(w.Flush(), f.SaveAs(path), f.Close()); err != nil {
		b.Fatal(err)
	}
	return path
}

// processor is the processor time of this process so far, in seconds.
func processor(b *testing.B) float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}

// Whoever hits Ctrl-End and a key leaves a cell a million rows below the table.
func TestACellFarBelowTheTableIsARowOfItsOwnAndTakesNoTimeToReach(t *testing.T) {
	f := excelize.NewFile()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	const far = 300_000
	for _, r := range []struct {
		at    string
		cells []any
	}{{"A1", []any{"service_id", "lep"}}, {"A2", []any{"s1", "A"}}, {fmt.Sprintf("A%d", far), []any{"x"}}} {
		if err := w.SetRow(r.at, r.cells); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "far.xlsx")
	if err := errors.Join(w.Flush(), f.SaveAs(path), f.Close()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	table, err := Sniff(ctx, path, Want{Temp: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	text, err := os.ReadFile(table.Path)
	if err != nil {
		t.Fatal(err)
	}
	if lines := bytes.Split(bytes.TrimRight(text, "\n"), []byte("\n")); len(lines) != far || string(lines[far-1]) != "x," {
		t.Errorf("%d lines, the last %q: want %d with the cell in the last", len(lines), lines[len(lines)-1], far)
	}
}
