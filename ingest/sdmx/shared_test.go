package sdmx_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"osservatorio/ingest/sdmx"
)

func sharedMessages(t *testing.T) string {
	t.Helper()
	root := os.Getenv("OSSERVATORIO_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	dir := filepath.Join(root, "data", "03-sdmx")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("shared data not here: set OSSERVATORIO_SHARED")
	}
	return dir
}

// Real messages of ISTAT and Eurostat: read right, or refused in plain words.
func TestRealMessagesAreReadRightOrRefusedInPlainWords(t *testing.T) {
	dir := sharedMessages(t)
	for _, c := range []struct {
		file    string
		rows    int
		wants   map[string]string // of the last row
		refused string
	}{
		{file: "istat/22_289.xml", rows: 8, wants: map[string]string{"DATAFLOW": "IT1:22_289(1.0)", "REF_AREA": "IT", "SEX": "2", "TIME_PERIOD": "2022", "OBS_VALUE": "30235705", "OBS_STATUS": "e", "SEX_label": ""}},
		{file: "istat/guida_filtro_esempio02.csv", rows: 18, wants: map[string]string{"DATAFLOW": "IT1:41_983(1.0)", "ITTER107": "082053", "TIME_PERIOD": "2018", "OBS_VALUE": "2787"}},
		{file: "istat/guida_filtro_esempio03.csv", rows: 36, wants: map[string]string{"OBS_VALUE": "2787"}},
		{file: "eurostat/NAMA_10_GDP-ss.xml", rows: 4, wants: map[string]string{"DATAFLOW": "ESTAT:NAMA_10_GDP(1.0)", "geo": "LU", "TIME_PERIOD": "2015", "OBS_VALUE": "54142.3"}},
		{file: "eurostat/demography-xs.xml", rows: 60, wants: map[string]string{"FREQ": "A", "DEMO": "DEATHST", "UNIT_MEASURE": "PERS"}},
		{file: "eurostat/footer.xml", refused: "code 413 Due to the large query"},
		{file: "eurostat/footer2.xml", refused: "code 413"},
		{file: "eurostat/esms.xml", refused: "reference metadata"},
		{file: "eurostat/esms-ss.xml", refused: "reference metadata"},
		{file: "istat/22_289-structure.xml", refused: "a structure message"},
		{file: "istat/guida_dataflow.xml", refused: "a structure message"},
		{file: "istat/actualconstraint-0.xml", refused: "a structure message"},
		{file: "eurostat/feed-small.rss", refused: "XML of another kind, <rss>"},
	} {
		t.Run(c.file, func(t *testing.T) {
			raw, err := os.ReadFile(filepath.Join(dir, c.file))
			if err != nil {
				t.Fatal(err)
			}
			rows, _, err := tableOf(t, sdmx.Options{}, string(raw))
			if c.refused != "" {
				if err == nil || !strings.Contains(err.Error(), c.refused) {
					t.Errorf("error %v, want %q", err, c.refused)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if len(rows) != c.rows {
				t.Fatalf("%d rows, want %d", len(rows), c.rows)
			}
			for name, want := range c.wants {
				if got := rows[len(rows)-1][name]; got != want {
					t.Errorf("%s of the last row: %q, want %q", name, got, want)
				}
			}
		})
	}
}

func TestRealStructuresGiveTheirLabels(t *testing.T) {
	dir := sharedMessages(t)
	for _, c := range []struct{ structure, component, message, code, want string }{
		{"istat/guida_CL_FREQ.xml", "FREQ", "istat/22_289.xml", "A", "annuale"},
		{"eurostat/GOV_10Q_GGNFA.xml", "geo", "eurostat/NAMA_10_GDP-ss.xml", "LU", "Luxembourg"},
		{"eurostat/demography-structure.xml", "COUNTRY", "eurostat/demography-xs.xml", "BE", "Belgium"},
		{"eurostat/demography-structure.xml", "DEMO", "eurostat/demography-xs.xml", "TFRNSI", ""},
	} {
		t.Run(c.structure, func(t *testing.T) {
			file, err := os.Open(filepath.Join(dir, c.structure))
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			s, err := sdmx.ReadStructures(file)
			if err != nil {
				t.Fatal(err)
			}
			raw, err := os.ReadFile(filepath.Join(dir, c.message))
			if err != nil {
				t.Fatal(err)
			}
			rows, _, err := tableOf(t, sdmx.Options{Structures: s}, string(raw))
			if err != nil {
				t.Fatal(err)
			}
			if rows[0][c.component] != c.code || rows[0][c.component+"_label"] != c.want {
				t.Errorf("%s %q has label %q, want %s with %q", c.component, rows[0][c.component], rows[0][c.component+"_label"], c.code, c.want)
			}
		})
	}
}
