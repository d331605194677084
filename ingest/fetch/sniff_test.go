package fetch

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

const plainTable = "code;città;ore\n001;Forlì;12,5\n002;Cefalù;1.250,75\n"

func encoded(t *testing.T, enc encoding.Encoding, text string) string {
	t.Helper()
	out, err := enc.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func gz(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func zst(t *testing.T, text string) string {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(w.EncodeAll([]byte(text), nil))
}

func TestTheSameTableInEveryDressReadsTheSame(t *testing.T) {
	for name, c := range map[string]struct{ content, encoding string }{
		"plain.csv":      {plainTable, "utf-8"},
		"bom.csv":        {"\xef\xbb\xbf" + plainTable, "utf-8"},
		"crlf.csv":       {strings.ReplaceAll(plainTable, "\n", "\r\n"), "utf-8"},
		"old mac.csv":    {strings.ReplaceAll(plainTable, "\n", "\r"), "utf-8"},
		"windows.csv":    {encoded(t, charmap.Windows1252, plainTable+"003;€ – x;1\n"), "windows-1252"},
		"latin.csv":      {encoded(t, charmap.ISO8859_1, plainTable), "iso-8859-1"},
		"utf16le.csv":    {encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), plainTable), "utf-16le"},
		"utf16be.csv":    {encoded(t, unicode.UTF16(unicode.BigEndian, unicode.UseBOM), plainTable), "utf-16be"},
		"utf16nobom.csv": {encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), plainTable), "utf-16le"},
		"table.csv.gz":   {gz(t, plainTable), "utf-8"},
		"table.csv.zst":  {zst(t, plainTable), "utf-8"},
		"hidden gz.csv":  {gz(t, encoded(t, charmap.ISO8859_1, plainTable)), "iso-8859-1"},
		"[odd]*.csv":     {plainTable, "utf-8"},
		"lies.csv.gz":    {plainTable, "utf-8"},
		"quoted.csv":     {"\"code\";\"città\";\"ore\"\n\"001\";\"Forlì\";\"12,5\"\n\"002\";\"Cefalù\";\"1.250,75\"\n", "utf-8"},
	} {
		t.Run(name, func(t *testing.T) {
			var watched bytes.Buffer
			path := put(t, t.TempDir(), name, c.content)
			table, err := Sniff(t.Context(), path, Want{Temp: t.TempDir(), Watch: &watched})
			if err != nil {
				t.Fatal(err)
			}
			defer table.Close()
			if strings.Join(table.Header, "|") != "code|città|ore" || table.Sample[1][1] != "Cefalù" || table.Encoding != c.encoding {
				t.Errorf("%v %v %s", table.Header, table.Sample, table.Encoding)
			}
			if table.Delimiter != ";" || table.Quote != `"` || table.Decimal != "," || table.Thousands != "." {
				t.Errorf("dialect %+v", table.Dialect)
			}
			if !strings.Contains(watched.String(), "1.250,75") || strings.Count(watched.String(), "code") != 1 {
				t.Errorf("the watcher saw %q", watched.String())
			}
			mapped, err := Map(t.Context(), table, `SELECT code, "città" AS name FROM delivery ORDER BY code`, t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			defer mapped.Close()
			if mapped.Sample[0][0] != "001" || mapped.Sample[0][1] != "Forlì" || mapped.Format != "parquet" {
				t.Errorf("mapped %+v", mapped)
			}
		})
	}
}

func TestAPlainUTF8FileIsNotCopied(t *testing.T) {
	temp := t.TempDir()
	path := put(t, t.TempDir(), "d.csv", plainTable)
	table, err := Sniff(t.Context(), path, Want{Temp: temp})
	if err != nil || table.Path != path {
		t.Errorf("%s %v", table.Path, err)
	}
	if left, _ := os.ReadDir(temp); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestClosingRemovesEveryCopy(t *testing.T) {
	temp := t.TempDir()
	for _, content := range []string{gz(t, plainTable), gz(t, ""), "{\"a\":1}\n", gz(t, "PK\x03\x04")} {
		table, err := Sniff(t.Context(), put(t, t.TempDir(), "d.csv", content), Want{Temp: temp})
		if err == nil {
			if err := table.Close(); err != nil {
				t.Fatal(err)
			}
		}
		if left, _ := os.ReadDir(temp); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	}
}

func parquet(t *testing.T) string {
	t.Helper()
	table, err := Sniff(t.Context(), put(t, t.TempDir(), "d.csv", plainTable), Want{Temp: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	mapped, err := Map(t.Context(), table, `SELECT code, 'x@y.example' AS mail, 1.5::DOUBLE AS n FROM delivery`, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(mapped.Path)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestParquetAndJSONLinesAreTablesAndAreWatched(t *testing.T) {
	for name, content := range map[string]string{
		"d.parquet": parquet(t), "no ending": parquet(t),
		"d.jsonl": `{"code":"001","mail":"x@y.example","n":1.5}` + "\n",
	} {
		var watched bytes.Buffer
		table, err := Sniff(t.Context(), put(t, t.TempDir(), name, content), Want{Temp: t.TempDir(), Watch: &watched})
		if err != nil {
			t.Error(err)
			continue
		}
		if !table.Parquet() || strings.Join(table.Header, " ") != "code mail n" || table.Sample[0][0] != "001" || table.Sample[0][2] != "1.5" {
			t.Errorf("%s: %v %v", name, table.Header, table.Sample)
		}
		if !strings.Contains(watched.String(), "x@y.example") {
			t.Errorf("%s: the watcher saw %q", name, watched.String())
		}
		table.Close()
	}
}

func TestWhatIsNoTableIsRefusedWithItsReason(t *testing.T) {
	whole := parquet(t)
	columns := []string{"service_id", "person_id", "lep"}
	long := strings.Repeat("a", 2<<20)
	for name, c := range map[string]struct{ content, says string }{
		"empty":               {"", "empty"},
		"only a mark":         {"\xef\xbb\xbf", "empty"},
		"only blanks":         {" \n\n ", "empty"},
		"half a Parquet file": {whole[:len(whole)/2], "without its end"},
		"a Parquet stump":     {"PAR1", "a Parquet file of 4 bytes"},
		"a broken footer":     {"PAR1xxxxxxxx\xff\xff\xff\x7fPAR1", "broken footer"},
		"a workbook cut":      {"PK\x03\x04....xl/workbook.xml", "broken ZIP"},
		"a zip":               {"PK\x03\x04....data.csv", "ZIP"},
		"a page":              {"<!doctype html>", "HTML"},
		"a PDF":               {"%PDF-1.7", "PDF"},
		"a JSON array":        {"[\n {\"a\":1}]", "JSON array"},
		"a JSON document":     {"{\n \"a\": 1\n}\n", "one JSON object over several lines"},
		"SDMX-JSON":           {`{"header":{"id":"x"},"dataSets":[{"action":"Append"}],"structure":{}}`, "an SDMX-JSON message"},
		"an .ods":             {packed(t, "mimetype", "application/vnd.oasis.opendocument.spreadsheet"), "an OpenDocument spreadsheet"},
		"an .xlsb":            {packed(t, "xl/workbook.bin", "x"), "a binary Excel workbook (.xlsb)"},
		"a Word document":     {packed(t, "word/document.xml", "<w/>"), "a Word document"},
		"an old workbook":     {"\xd0\xcf\x11\xe0" + strings.Repeat("\x00", 600), "an old Excel or Word document"},
		"a password":          {"\xd0\xcf\x11\xe0" + strings.Repeat("\x00", 600) + encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "EncryptedPackage"), "an Office document with a password"},
		"a picture":           {"\x89PNG\r\n\x1a\n\x00", "a picture"},
		"a RAR archive":       {"Rar!\x1a\x07\x01\x00", "an archive of another kind"},
		"a database":          {"SQLite format 3\x00", "a SQLite database"},
		"torn JSON":           {"{\"a\":1}\n{\"a\":", "line 2, byte 5: a JSON object that does not end"},
		"half a gz":           {gz(t, strings.Repeat(plainTable, 500))[:60], "broken .gz"},
		"half a zst":          {zst(t, strings.Repeat(plainTable, 500))[:40], "broken .zst"},
		"gz in gz":            {gz(t, gz(t, plainTable)), "archive within"},
		"a bomb":              {gz(t, strings.Repeat("0", 80<<20)), "more than"},
		"zero bytes":          {"a,b\n1,\x00\n", "line 2: a byte of value 0"},
		"two encodings":       {"a,b\nForlì,Cefalù\nForl\xec,x\n", "line 3, byte 5"},
		"no encoding":         {"a,b\nx\x81,1\n", "line 2, byte 2"},
		"UTF-32":              {"\xff\xfe\x00\x00a\x00\x00\x00", "UTF-32"},
		"a name twice":        {"service_id,person_id,Person_ID\n", `line 1, column 3: the name "Person_ID" stands in column 2 too, as "person_id"`},
		"a name empty":        {"service_id,,lep\n", "line 1, column 2: a column without a name"},
		"a last delimiter":    {"service_id;person_id;lep;\n", "line 1, column 4"},
		"wrong delimiter":     {"service_id^person_id^lep\n1^2^3\n", `one column, read with delimiter comma; its header is parted by "^"`},
		"lines in quotes":     {"\"service_id,person_id,lep\"\n\"1,2,3\"\n", "line 1: the whole line stands in quotes, as one cell"},
		"bad JSON":            {"{\"a\":1}\n\n{\"a\":x}\n", "line 3, byte 6: a character that JSON does not have there"},
		"a line before":       {"\nservice_id,person_id\n", "line 1: an empty line"},
		"no line end":         {long, "no line end"},
		"control characters":  {"\x01\x02\x03\x04\x05\x06", "control characters"},
		"an open quote":       {`"service_id,person_id` + "\n" + strings.Repeat("1,2\n", 400_000), "does not end"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Sniff(t.Context(), put(t, t.TempDir(), "d.csv", c.content), Want{Temp: t.TempDir(), Columns: columns})
			var r *Refusal
			if !errors.As(err, &r) || !strings.Contains(err.Error(), c.says) || !strings.HasSuffix(r.Path, "d.csv") {
				t.Errorf("got %v, want a refusal with %q", err, c.says)
			}
		})
	}
	if _, err := Sniff(t.Context(), t.TempDir(), Want{}); err == nil || !strings.Contains(err.Error(), "is a folder") {
		t.Errorf("a folder: %v", err)
	}
}

func TestAParquetFileThatUnpacksToMoreThanAnArchiveMayIsRefused(t *testing.T) {
	table, err := Sniff(t.Context(), put(t, t.TempDir(), "d.csv", plainTable), Want{Temp: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	bomb, err := Map(t.Context(), table, "SELECT 1 AS a, 2 AS b FROM range(40_000_000)", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer bomb.Close()
	_, err = Sniff(t.Context(), bomb.Path, Want{Temp: t.TempDir()})
	var r *Refusal
	if !errors.As(err, &r) || !strings.Contains(err.Error(), "bytes in a Parquet file of") {
		t.Errorf("%v", err)
	}
}

// packed is an archive that is told by its first member, with a table in it.
func packed(t *testing.T, name, content string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, member := range [][2]string{{name, content}, {"content.xml", "<x/>"}, {"data.csv", plainTable}} {
		w, err := z.CreateHeader(&zip.FileHeader{Name: member[0], Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(member[1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTheConfiguredEncodingIsBelieved(t *testing.T) {
	path := put(t, t.TempDir(), "d.csv", encoded(t, charmap.ISO8859_7, "a,b\nαβγ,1\n"))
	table, err := Sniff(t.Context(), path, Want{Temp: t.TempDir(), Dialect: Dialect{Encoding: "ISO-8859-7"}})
	if err != nil || table.Sample[0][0] != "αβγ" {
		t.Errorf("%v %v", table.Sample, err)
	}
	table.Close()
	for _, name := range []string{"utf-8", "utf-9"} {
		if _, err := Sniff(t.Context(), path, Want{Temp: t.TempDir(), Dialect: Dialect{Encoding: name}}); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func TestTheDecimalSignIsThatOfTheCells(t *testing.T) {
	for cells, want := range map[string]string{
		"1.5 2.25 62.01":    ". ",
		"12,5 7,25":         ", ",
		"1.234,56 7":        ", .",
		"1.234.567 12":      ", .",
		"1,234,567.5 2":     ". ,",
		"2.644":             ". ",
		"2.644 12,5 0,75":   ", .",
		"001 2026-09-30 ":   ". ",
		"48519.0 1.1937555": ". ",
	} {
		path := put(t, t.TempDir(), "d.csv", "n\tx\n"+strings.ReplaceAll(strings.ReplaceAll(cells, " ", "\tx\n"), "\tx\n", "\tx\n")+"\tx\n")
		table, err := Sniff(t.Context(), path, Want{Numbers: []string{"n"}})
		if got := table.Decimal + " " + table.Thousands; err != nil || got != want {
			t.Errorf("%s: got %q, want %q (%v)", cells, got, want, err)
		}
	}
}

func TestTheWantedColumnsDecideOnTheDelimiter(t *testing.T) {
	path := put(t, t.TempDir(), "d.csv", "dataset,note;value\na,b;1\n")
	for want, columns := range map[string][]string{",": {"dataset", "note;value"}, ";": {"value"}} {
		table, err := Sniff(t.Context(), path, Want{Columns: columns})
		if err != nil || table.Delimiter != want {
			t.Errorf("%v: %q %v", columns, table.Delimiter, err)
		}
	}
}

// meddler changes a file while it is read.
type meddler struct{ path string }

func (m meddler) Write(p []byte) (int, error) {
	file, err := os.OpenFile(m.path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	_, err = file.WriteString("more\n")
	return len(p), err
}

func TestAFileThatChangesWhileItIsReadIsRefused(t *testing.T) {
	path := put(t, t.TempDir(), "d.csv", strings.Repeat("a,b\n", 700_000))
	if _, err := Inspect(t.Context(), path, meddler{path}, nil); err == nil || !strings.Contains(err.Error(), "changed while it was read") {
		t.Errorf("got %v", err)
	}
	in, err := Inspect(t.Context(), path, nil, nil)
	if err != nil || in.Unchanged() != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if in.Unchanged() == nil {
		t.Error("a file that is gone counts as unchanged")
	}
}

func TestTheChecksumIsThatOfTheBytes(t *testing.T) {
	content := gz(t, strings.Repeat(plainTable, 100_000))
	path := put(t, t.TempDir(), "d.csv.gz", content)
	sum, size, err := Checksum(t.Context(), path)
	want := sha256.Sum256([]byte(content))
	if err != nil || sum != hex.EncodeToString(want[:]) || size != int64(len(content)) {
		t.Errorf("%s %d %v", sum, size, err)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if _, _, err := Checksum(stopped, path); !errors.Is(err, context.Canceled) {
		t.Errorf("a stopped reader went on: %v", err)
	}
}

func TestAMappingThatIsNotOneSelectIsRefused(t *testing.T) {
	dir := t.TempDir()
	other := put(t, dir, "other.csv", "a\n1\n")
	table, err := Sniff(t.Context(), put(t, dir, "d.csv", plainTable), Want{})
	if err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{"SELECT * FROM read_csv('" + other + "')", "SELECT 1; SELECT 2", "COPY delivery TO 'x'", "SELECT nothing FROM delivery"} {
		temp := t.TempDir()
		_, err := Map(t.Context(), table, query, temp)
		var r *Refusal
		if !errors.As(err, &r) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", query, err)
		}
		if left, _ := os.ReadDir(temp); len(left) > 0 {
			t.Errorf("%s: left behind %v", query, left)
		}
	}
}

func TestEveryRealBadTableIsReadOrRefusedInOneLine(t *testing.T) {
	bad := shared(t, "06-file-cattivi")
	read, refused := 0, 0
	for _, pattern := range []string{"csv-spectrum/csvs/*", "frictionless/*.*", "istat-elenco-comuni/*.csv", "parquet-testing/data/alltypes*"} {
		paths, err := filepath.Glob(filepath.Join(bad, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			table, err := Sniff(t.Context(), path, Want{Temp: t.TempDir()})
			var r *Refusal
			switch {
			case err == nil:
				read++
				if len(table.Header) == 0 || table.Delimiter == "" && !table.Parquet() {
					t.Errorf("%s: %+v", path, table)
				}
				table.Close()
			case !errors.As(err, &r) || strings.Contains(err.Error(), "\n"):
				t.Errorf("%s: %v", path, err)
			default:
				refused++
			}
		}
	}
	if read < 140 || refused < 20 {
		t.Errorf("%d read, %d refused", read, refused)
	}
}

func TestTheListOfMunicipalitiesIsMappedInAllItsNastiness(t *testing.T) {
	path := shared(t, "06-file-cattivi", "istat-elenco-comuni", "istat20190215.csv")
	table, err := Sniff(t.Context(), path, Want{Temp: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	if len(table.Header) != 23 || !strings.Contains(table.Header[1], "\n") || table.Encoding == "utf-8" {
		t.Errorf("%d columns, %q, %s", len(table.Header), table.Header[1], table.Encoding)
	}
	mapped, err := Map(t.Context(), table, `SELECT "Codice Comune formato alfanumerico" AS comune, "Denominazione in italiano" AS name FROM delivery WHERE "Codice Comune formato alfanumerico" IS NOT NULL`, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer mapped.Close()
	if !strings.Contains(strings.Join(mapped.Notes, " "), "7915 rows") && !strings.Contains(strings.Join(mapped.Notes, " "), "7917 rows") || mapped.Sample[0][0] != "001001" || mapped.Sample[0][1] != "Agliè" {
		t.Errorf("%v %v", mapped.Notes, mapped.Sample[0])
	}
}

// shared finds the public data that some tests run on; they skip where it is
// absent.
func shared(t *testing.T, parts ...string) string {
	t.Helper()
	dir := os.Getenv("OSSERVATORIO_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared")
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skip("shared data not here: set OSSERVATORIO_SHARED")
	}
	return filepath.Join(append([]string{dir, "data"}, parts...)...)
}

func FuzzText(f *testing.F) {
	f.Add([]byte("a,b\nForlì\n"), 3)
	f.Add([]byte("\xe2\x82\xac\xe2\x82\xff\x00\n\x81"), 1)
	f.Add([]byte("0123456789012345678901234567890123456789\xc3"), 2)
	f.Fuzz(func(t *testing.T, content []byte, size int) {
		if size < 1 {
			return
		}
		var whole, parts Text
		whole.add(content)
		whole.end()
		for rest := content; len(rest) > 0; {
			n := min(size, len(rest))
			parts.add(rest[:n])
			rest = rest[n:]
		}
		parts.end()
		whole.carry, parts.carry = nil, nil
		if whole.UTF8() != (strings.ToValidUTF8(string(content), "") == string(content)) {
			t.Errorf("UTF-8: %v", whole.UTF8())
		}
		if whole.Lines != parts.Lines || whole.Wide != parts.Wide || whole.Invalid != parts.Invalid || whole.BadLine != parts.BadLine || whole.BadColumn != parts.BadColumn || whole.Zero != parts.Zero || whole.ZeroLine != parts.ZeroLine {
			t.Errorf("in parts of %d: %+v, whole: %+v", size, parts, whole)
		}
	})
}

func FuzzSniff(f *testing.F) {
	f.Add([]byte(plainTable))
	f.Add([]byte("\"a\nb\";'c'\r\n1;\"2\"\"3\"\r"))
	f.Add([]byte("\xff\xfea\x00,\x00b\x00\n\x00"))
	f.Add([]byte("\x1f\x8b\x08\x00"))
	f.Add([]byte("{\"a\":[1,{}]}\n"))
	f.Add([]byte("PAR1PAR1PAR1"))
	f.Fuzz(func(t *testing.T, content []byte) {
		path := put(t, t.TempDir(), "d.csv", string(content))
		table, err := Sniff(t.Context(), path, Want{Temp: t.TempDir()})
		var r *Refusal
		switch {
		case err != nil && !errors.As(err, &r):
			t.Errorf("not a refusal: %v", err)
		case err == nil && len(table.Header) == 0:
			t.Error("a table without columns")
		case err == nil:
			table.Close()
		}
	})
}

func TestLineEndsThatWereWrittenTwiceAreReadAsOne(t *testing.T) {
	text := strings.ReplaceAll("service_id,person_id,lep\n1,2,A\n3,\"4\",B\n", "\n", "\r\r\n")
	table, err := Sniff(t.Context(), put(t, t.TempDir(), "d.csv", text), Want{Temp: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	if len(table.Sample) != 2 || table.Sample[0][2] != "A" || table.Sample[1][1] != "4" {
		t.Errorf("%q", table.Sample)
	}
	kept, err := os.ReadFile(table.Path)
	if err != nil || string(kept) != strings.ReplaceAll(text, "\r\r\n", "\r\n") {
		t.Errorf("%q, %v: want each line to end once", kept, err)
	}
	if !slices.Contains(table.Notes, "line ends: a carriage return too many, left out") {
		t.Errorf("%q", table.Notes)
	}
}
