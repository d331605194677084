package export

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"math"
	"strings"
	"testing"

	"osservatorio/queries/release"
)

// oneColumn is a table of texts and, beside each, a number.
func oneColumn(texts []string, number float64) *release.Table {
	t := &release.Table{Header: release.Header{View: "texts"}, Rows: len(texts)}
	words, numbers := release.Column{Name: "geo", Words: texts}, release.Column{Name: "value"}
	for i := range texts {
		words.Codes, numbers.Values, numbers.Null = append(words.Codes, int32(i)), append(numbers.Values, number), append(numbers.Null, false)
	}
	t.Columns = []release.Column{words, numbers}
	return t
}

func writtenSheet(t *testing.T, s sheet, table *release.Table) string {
	t.Helper()
	var out bytes.Buffer
	buffer := bufio.NewWriter(&out)
	if err := s.write(buffer, table); err != nil {
		t.Fatal(err)
	}
	if err := buffer.Flush(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestHostileTextsStayOneCell(t *testing.T) {
	texts := []string{"a;b", "a,b", `say "no"`, "two\nlines", " leading", "é 男", `back\slash`, "", `"`, "tab\tinside"}
	for _, s := range []sheet{machines(), excelIT()} {
		text := strings.TrimPrefix(writtenSheet(t, s, oneColumn(texts, 1.5)), s.start)
		reader := csv.NewReader(strings.NewReader(text))
		reader.Comma = rune(s.comma)
		records, err := reader.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if len(records) != len(texts)+1 {
			t.Fatalf("%d lines of %d texts", len(records), len(texts))
		}
		for i, want := range texts {
			if got := records[i+1]; got[0] != want || got[1] != "1"+string(s.point)+"5" {
				t.Errorf("row %d: got %q, want %q and 1.5", i, got, want)
			}
		}
	}
}

// A spreadsheet takes a cell for a formula by its first letter, whatever
// quotation marks stand around it.
func TestNoTextIsAFormulaInExcel(t *testing.T) {
	texts := []string{"=1+1", "+39 051", "-1", "@SUM(A1)", "\t=1", "\r=1", "=HYPERLINK(\"http://x\";\"y\")", "\n=1", "＝1+1", "＋1", "－1", "＠x"}
	text := writtenSheet(t, excelIT(), oneColumn(texts, -2))
	reader := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, byteOrderMark)))
	reader.Comma = ';'
	records, err := reader.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records[1:] {
		if !strings.HasPrefix(r[0], "'") {
			t.Errorf("%q is a formula", r[0])
		}
		if r[1] != "-2" {
			t.Errorf("a number became a text: %q", r[1])
		}
	}
	if !strings.HasPrefix(text, byteOrderMark+"geo;value\r\n") {
		t.Errorf("not what an Italian Excel opens: %q", text[:20])
	}
}

func TestNumbersHaveNoExponentAndReadBack(t *testing.T) {
	for number, want := range map[float64]string{0: "0", 40: "40", -12.345678: "-12,345678", 1e21: "1000000000000000000000", 1e-7: "0,0000001", 1.0 / 3: "0,3333333333333333", math.MaxInt32: "2147483647"} {
		if got := string(excelIT().number(nil, number)); got != want {
			t.Errorf("%v: got %s, want %s", number, got, want)
		}
	}
}
