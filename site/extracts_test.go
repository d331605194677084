package site

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"maps"
	"slices"
	"strings"
	"testing"

	"osservatorio/queries/release"
	"osservatorio/site/sitetest"
)

// extractLines are the lines of a territory's CSV, by column.
func extractLines(t *testing.T, geo string) []map[string]string {
	t.Helper()
	raw := tinySite(t).Read("territory/" + geo + ".zip")
	archive, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	file, err := archive.Open(geo + ".csv")
	if err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(file).ReadAll()
	if err != nil || len(records) == 0 {
		t.Fatalf("%s.csv: %d lines, %v", geo, len(records), err)
	}
	var out []map[string]string
	for _, record := range records[1:] {
		line := map[string]string{}
		for i, name := range records[0] {
			line[name] = record[i]
		}
		out = append(out, line)
	}
	return out
}

func TestTheFileOfATerritoryHoldsEveryPublishedCellOfItAndNoOther(t *testing.T) {
	rel := sitetest.Release()
	for _, geo := range []string{"D1", "D2"} {
		want := map[string]string{}
		for _, h := range rel.Info.Views {
			f, err := rel.Frame(t.Context(), h.View)
			if err != nil {
				t.Fatal(err)
			}
			for r := range f.All() {
				if r.Geo == geo {
					want[strings.Join([]string{h.View, r.Period, brokenBy(h, r), r.Measure}, " ")] = plainNumber(r.Value) + " " + string(r.Status) + " " + r.Definition
				}
			}
		}
		got := map[string]string{}
		for _, l := range extractLines(t, geo) {
			got[strings.Join([]string{l["view"], l["period"], l["breakdown"], l["measure"]}, " ")] = l["value"] + " " + l["obs_status"] + " " + l["definition"]
			if l["geo"] != geo {
				t.Errorf("a line of %s in the file of %s", l["geo"], geo)
			}
		}
		if len(want) == 0 || !maps.Equal(got, want) {
			t.Errorf("%s: %d cells in the file, %d in the release\n%v\n%v", geo, len(got), len(want), got, want)
		}
	}
}

func TestAHiddenValueIsHiddenInTheFileOfItsTerritoryToo(t *testing.T) {
	hidden := 0
	for _, geo := range []string{"D1", "D2"} {
		for _, l := range extractLines(t, geo) {
			if l["obs_status"] == string(release.Confidential) {
				hidden++
				if l["value"]+l["numerator"]+l["denominator"]+l["low"]+l["high"] != "" {
					t.Errorf("a confidential line of %s carries a number: %v", geo, l)
				}
			}
		}
	}
	if hidden == 0 {
		t.Error("no confidential cell to look at")
	}
}

func TestBothFilesOfATerritorySayTheSame(t *testing.T) {
	raw := tinySite(t).Read("territory/D1.parquet")
	f, err := release.ReadParquet(t.Context(), extractHeader(), raw)
	if err != nil {
		t.Fatal(err)
	}
	lines := extractLines(t, "D1")
	if f.Len() != len(lines) {
		t.Fatalf("%d rows in the Parquet file, %d lines in the CSV", f.Len(), len(lines))
	}
	for i, l := range lines {
		r := f.Row(i)
		for _, name := range extractColumns() {
			if got := r.Text(extractHeader(), name, plainNumber); got != l[name] {
				t.Errorf("row %d: %s is %q in Parquet, %q in CSV", i+1, name, got, l[name])
			}
		}
	}
}

func TestAProfileLeadsToTheFilesOfItsTerritoryAndSaysTheirColumns(t *testing.T) {
	page := string(tinySite(t).Read("distretti/alfa/index.html"))
	for _, want := range append([]string{`href="/territory/D1.zip" download`, `href="/territory/D1.parquet" download`}, columnCells()...) {
		if !strings.Contains(page, want) {
			t.Errorf("the profile lacks %s", want)
		}
	}
	if !slices.Contains(OpenPaths(), extractRoot) {
		t.Error("other sites may not read the files of territories")
	}
}

func columnCells() []string {
	var out []string
	for _, name := range extractColumns() {
		out = append(out, `<th scope="row"><code>`+name+`</code></th>`)
	}
	return out
}
