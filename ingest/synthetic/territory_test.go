package synthetic_test

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"osservatorio/ingest/synthetic"
	"osservatorio/warehouse"
)

// columns reads a column of all deliveries of a source; rows with a wrong
// number of fields are left out.
func columns(t *testing.T, dir, source, name string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, source+"_*.csv"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %d deliveries (%v)", source, len(files), err)
	}
	var out []string
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(string(text)), "\n")
		header := strings.Split(lines[0], ",")
		at := slices.Index(header, name)
		for _, l := range lines[1:] {
			if values := strings.Split(l, ","); len(values) == len(header) {
				out = append(out, values[at])
			}
		}
	}
	return out
}

func codesOf(t *testing.T, geography fs.FS, list string) map[string]bool {
	t.Helper()
	text, err := fs.ReadFile(geography, list+".csv")
	if err != nil {
		t.Fatal(err)
	}
	codes := map[string]bool{}
	for _, l := range strings.Split(strings.TrimSpace(string(text)), "\n")[1:] {
		codes[strings.Split(l, ",")[0]] = true
	}
	return codes
}

func TestAnotherGeographyMakesAnotherRegion(t *testing.T) {
	geography, err := warehouse.GeographyFS("umbria")
	if err != nil {
		t.Fatal(err)
	}
	dir, _, truth := region(t, func(o *synthetic.Options) {
		o.Persons, o.Geography, o.GeographyName, o.BadShare = 3000, geography, "umbria", -1
	})
	for source, columns := range map[string]map[string]string{
		"registrations": {"comune": "comuni", "cpi": "cpi", "district": "geo"},
		"convocations":  {"cpi": "cpi"},
		"providers":     {"comune": "comuni"},
		"centres":       {"cpi": "cpi"},
		"funding":       {"district": "geo"},
		"population":    {"district": "geo"},
	} {
		for name, list := range columns {
			holds(t, dir, source, name, codesOf(t, geography, list))
		}
	}
	levels := map[string]int{}
	geo := codesOf(t, geography, "geo")
	for _, i := range truth.Indicators {
		levels[i.GeoLevel]++
		if !geo[i.Geo] {
			t.Fatalf("%+v: no territory of the geography", i)
		}
	}
	if got := slices.Sorted(maps.Keys(levels)); !slices.Equal(got, []string{"cpi", "province", "region"}) {
		t.Errorf("figures for %v: want centres, provinces and the region", got)
	}
}

// holds asks that a column has codes of the list alone, five of them or more.
func holds(t *testing.T, dir, source, name string, codes map[string]bool) {
	t.Helper()
	found := map[string]bool{}
	for _, v := range columns(t, dir, source, name) {
		if v != "" && !codes[v] {
			t.Fatalf("%s.%s: %q is none of the geography's codes", source, name, v)
		}
		found[v] = true
	}
	if len(found) < 5 {
		t.Errorf("%s.%s has %d values: want 5 or more", source, name, len(found))
	}
}

func TestAMunicipalityOfSeveralCentresIsToldApartByItsCentre(t *testing.T) {
	geography := os.DirFS(filepath.Join("..", "..", "warehouse", "testdata", "several-centres"))
	dir, _, truth := region(t, func(o *synthetic.Options) {
		o.Persons, o.Geography, o.GeographyName, o.BadShare = 3000, geography, "several-centres", -1
	})
	centres := columns(t, dir, "registrations", "cpi")
	of := map[string]map[string]int{}
	for i, c := range columns(t, dir, "registrations", "comune") {
		if of[c] == nil {
			of[c] = map[string]int{}
		}
		of[c][centres[i]]++
	}
	if len(of["058091"]) != 2 || len(of["058120"]) != 1 {
		t.Errorf("centres by municipality: %v: want two of the shared one and one of another", of)
	}
	flows, registered := map[string]int{}, map[string]int{}
	for _, i := range truth.Indicators {
		switch {
		case i.Breakdown != "":
		case i.View == "flows":
			flows[i.Geo] += i.Life[0]
		case i.View == "lep_coverage" && i.Measure == "accoglienza":
			registered[i.Geo] += i.Life[1]
		}
	}
	for _, centre := range []string{"LA-C01", "LA-C02", "LA-C03"} {
		if registered[centre] == 0 {
			t.Errorf("%s: nobody is registered", centre)
		}
	}
	if flows["LA-C01"] > 0 || flows["LA-C02"] == 0 {
		t.Errorf("starts and ends %v: want none where no municipality tells the centre, some elsewhere", flows)
	}
}

func TestNoCodeOfThisPackageNamesARegion(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d files (%v)", len(files), err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"Emilia", "emilia", "ER-D", "Umbria", "umbria", "Lazio"} {
			if strings.Contains(string(text), name) && !strings.HasSuffix(f, "_test.go") {
				t.Errorf("%s names %s: want it from the reference data", f, name)
			}
		}
	}
}
