package sdmx_test

import (
	"context"
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"osservatorio/ingest/sdmx"
)

// tableOf reads messages, given as text, into rows by column name.
func tableOf(t *testing.T, o sdmx.Options, messages ...string) ([]map[string]string, sdmx.Summary, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "table.csv")
	table, err := sdmx.Create(path, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range messages {
		if err := table.Add(context.Background(), strings.NewReader(m)); err != nil {
			table.Discard()
			return nil, sdmx.Summary{}, err
		}
	}
	sum, err := table.Close()
	if err != nil {
		return nil, sum, err
	}
	return rowsOf(t, path), sum, nil
}

func rowsOf(t *testing.T, path string) []map[string]string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]string
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, name := range records[0] {
			row[name] = record[i]
		}
		rows = append(rows, row)
	}
	return rows
}

func testdata(t *testing.T, name string) string {
	t.Helper()
	text, err := readTestdata(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func readTestdata(name string) (string, error) {
	raw, err := os.ReadFile(filepath.Join("testdata", name))
	return string(raw), err
}

func structures(t *testing.T, messages ...string) *sdmx.Structures {
	t.Helper()
	var all []string
	all = append(all, messages...)
	s, err := sdmx.ReadStructures(strings.NewReader(strings.Join(all, "")))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The same four observations in every dress: two of one series, the last two
// with a flag and with nothing.
var dresses = map[string]string{
	"SDMX-CSV 1.0":                "flat-1.0.csv",
	"SDMX-CSV 1.0 with labels":    "labels-1.0.csv",
	"SDMX-CSV 2.0":                "flat-2.0.csv",
	"SDMX-CSV 2.0 with semicolon": "semicolon-2.0.csv",
	"structure-specific 2.1":      "specific-2.1.xml",
	"structure-specific flat":     "specific-flat-2.1.xml",
	"structure-specific 3.0":      "specific-3.0.xml",
	"generic 2.1":                 "generic-2.1.xml",
	"generic flat":                "generic-flat-2.1.xml",
	"generic 2.0":                 "generic-2.0.xml",
	"compact 2.0":                 "compact-2.0.xml",
}

func TestTheSameObservationsInEveryDressReadTheSame(t *testing.T) {
	want := [][]string{{"2023", "5.0", ""}, {"2024", "4.3", "p"}, {"2023", "7.7", ""}, {"2024", "", "m"}}
	for dress, file := range dresses {
		t.Run(dress, func(t *testing.T) {
			rows, _, err := tableOf(t, sdmx.Options{}, testdata(t, file))
			if err != nil {
				t.Fatal(err)
			}
			if len(rows) != len(want) {
				t.Fatalf("%d rows, want %d: %v", len(rows), len(want), rows)
			}
			for i, row := range rows {
				area := map[int]string{0: "ITXX1", 1: "ITXX1", 2: "ITXX2", 3: "ITXX2"}[i]
				got := []string{row["TIME_PERIOD"], row["OBS_VALUE"], row["OBS_STATUS"]}
				if row["FREQ"] != "A" || row["REF_AREA"] != area || row["UNIT_MEASURE"] != "PC" || strings.Join(got, "|") != strings.Join(want[i], "|") {
					t.Errorf("row %d: %v, want FREQ A, REF_AREA %s, UNIT_MEASURE PC, then %v", i+1, row, area, want[i])
				}
			}
		})
	}
}

func TestCodesGetTheLabelsOfTheStructureMessage(t *testing.T) {
	for _, structure := range []string{"structure-2.1.xml", "structure-3.0.xml"} {
		t.Run(structure, func(t *testing.T) {
			o := sdmx.Options{Structures: structures(t, testdata(t, structure))}
			rows, _, err := tableOf(t, o, testdata(t, "specific-2.1.xml"))
			if err != nil {
				t.Fatal(err)
			}
			if got := rows[0]["REF_AREA_label"]; got != "Provincia inventata" {
				t.Errorf("label of ITXX1: %q, want the Italian one", got)
			}
			if got := rows[2]["REF_AREA_label"]; got != "Another province" {
				t.Errorf("label of ITXX2: %q, want the English one, since there is no Italian one", got)
			}
			if got := rows[1]["OBS_STATUS_label"]; got != "dato provvisorio" {
				t.Errorf("label of status p: %q", got)
			}
			if _, has := rows[0]["TIME_PERIOD_label"]; has {
				t.Error("TIME_PERIOD has no list of codes, but a column of labels")
			}
		})
	}
}

func TestLabelsWithinCSVBecomeColumns(t *testing.T) {
	rows, sum, err := tableOf(t, sdmx.Options{}, testdata(t, "labels-1.0.csv"))
	if err != nil {
		t.Fatal(err)
	}
	if rows[3]["REF_AREA_label"] != "Another province" || rows[0]["DATAFLOW_label"] != "Invented rates" {
		t.Errorf("labels: %v", rows[3])
	}
	for _, name := range sum.Columns {
		if strings.Contains(name, ": ") {
			t.Errorf("column %q keeps its label in its name", name)
		}
	}
}

func TestAttributesOfGroupsReachTheirObservationsOnly(t *testing.T) {
	rows, _, err := tableOf(t, sdmx.Options{}, testdata(t, "groups-2.1.xml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		want := map[string]string{"ITXX1": "note on one", "ITXX2": ""}[row["REF_AREA"]]
		if row["TITLE"] != want || row["PUBLISHER"] != "Invented office" {
			t.Errorf("%s %s: title %q, want %q; publisher %q", row["REF_AREA"], row["TIME_PERIOD"], row["TITLE"], want, row["PUBLISHER"])
		}
	}
}

func TestMeasuresThatAreTypesBecomeADimension(t *testing.T) {
	rows, _, err := tableOf(t, sdmx.Options{}, testdata(t, "measures-2.1.xml"))
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 2 || rows[0]["INDIC"] != "UNEM" || rows[1]["INDIC"] != "EMPL" || rows[1]["OBS_VALUE"] != "70.1" || rows[0]["TIME_PERIOD"] != "2024" {
		t.Errorf("rows: %v", rows)
	}
}

func TestValuesInSeveralLanguagesAndSeveralValuesAreOneCell(t *testing.T) {
	rows, _, err := tableOf(t, sdmx.Options{}, testdata(t, "specific-3.0.xml"))
	if err != nil {
		t.Fatal(err)
	}
	if rows[0]["TITLE"] != "Testo italiano" || rows[0]["SOURCES"] != "RCFL;CO" {
		t.Errorf("title %q, sources %q", rows[0]["TITLE"], rows[0]["SOURCES"])
	}
}

func TestWhatIsNotDataIsRefusedInPlainWords(t *testing.T) {
	whole := testdata(t, "specific-2.1.xml")
	for _, c := range []struct{ name, message, want string }{
		{"nothing", "", "nothing"},
		{"web page", "<!DOCTYPE html><html><head><title>Manutenzione programmata</title></head></html>", `a web page: "Manutenzione programmata"`},
		{"error of the standard", testdata(t, "error.xml"), "code 100 No records found"},
		{"SOAP fault", `<?xml version="1.0"?><S:Fault xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><faultcode>100</faultcode><faultstring>No Results Found</faultstring></S:Fault>`, "code 100 No Results Found"},
		{"footer in place of data", testdata(t, "footer.xml"), "code 413"},
		{"structure", testdata(t, "structure-2.1.xml"), "a structure message"},
		{"cut", whole[:len(whole)-90], "the message ends within"},
		{"cut in a tag", whole[:strings.Index(whole, `OBS_VALUE="7.7"`)+4], "the message ends within"},
		{"crossed elements", strings.Replace(whole, "</Series>", "</Serie>", 1), "</Serie> ends what did not begin"},
		{"no observation", strings.ReplaceAll(whole, "<Obs ", "<Other "), "no observation"},
		{"ragged CSV", testdata(t, "flat-1.0.csv") + "IT1:X(1.0),A\n", "wrong number of fields"},
		{"JSON", `{"error":[{"status":413,"label":"EXTRACTION_TOO_BIG"}]}`, "code 413 EXTRACTION_TOO_BIG"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := tableOf(t, sdmx.Options{}, c.message)
			var fault *sdmx.Fault
			if !errors.As(err, &fault) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want a fault that says %q", err, c.want)
			}
		})
	}
}

func TestAFooterBelowDataIsReportedAndACutOneRefused(t *testing.T) {
	whole := testdata(t, "specific-2.1.xml")
	footer := func(code, severity string) string {
		return strings.Replace(whole, "</message:StructureSpecificData>", `<footer:Footer xmlns:footer="x"><footer:Message code="`+code+`" severity="`+severity+
			`"><common:Text>A word of the server</common:Text></footer:Message></footer:Footer></message:StructureSpecificData>`, 1)
	}
	_, sum, err := tableOf(t, sdmx.Options{}, footer("1", "Information"))
	if err != nil || !strings.Contains(strings.Join(sum.Notes, "\n"), "A word of the server") {
		t.Errorf("notes %v, error %v", sum.Notes, err)
	}
	if _, _, err := tableOf(t, sdmx.Options{}, footer("510", "Warning")); err == nil {
		t.Error("data that the server says it cut were taken for whole")
	}
}

func TestUTF16AndLatin1MessagesAreRead(t *testing.T) {
	latin := strings.Replace(testdata(t, "specific-2.1.xml"), `encoding="utf-8"`, `encoding="iso-8859-1"`, 1)
	latin = strings.Replace(latin, `UNIT_MEASURE="PC"`, "UNIT_MEASURE=\"PC\" NOTE=\"citt\xe0\"", 1)
	rows, _, err := tableOf(t, sdmx.Options{}, latin)
	if err != nil || rows[0]["NOTE"] != "città" {
		t.Errorf("rows %v, error %v", rows, err)
	}
	wide := "\xff\xfe"
	for _, r := range strings.Replace(testdata(t, "specific-2.1.xml"), `encoding="utf-8"`, `encoding="utf-16"`, 1) {
		wide += string([]byte{byte(r), byte(r >> 8)})
	}
	if rows, _, err := tableOf(t, sdmx.Options{}, wide); err != nil || len(rows) != 4 {
		t.Errorf("%d rows, error %v", len(rows), err)
	}
}

func TestNoElementAndNoTextFillsTheMemory(t *testing.T) {
	for name, message := range map[string]string{
		"attribute": `<message:StructureSpecificData xmlns:message="http://www.sdmx.org/x" a="` + strings.Repeat("x", 20<<20),
		"text":      `<message:StructureSpecificData xmlns:message="http://www.sdmx.org/x"><message:Header>` + strings.Repeat("x", 20<<20),
		"depth":     `<message:StructureSpecificData xmlns:message="http://www.sdmx.org/x">` + strings.Repeat("<a>", 1<<20),
	} {
		if _, _, err := tableOf(t, sdmx.Options{}, message); err == nil {
			t.Errorf("%s: was read without a bound", name)
		}
	}
}
