package warehouse_test

import (
	"encoding/csv"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"osservatorio/warehouse"
)

// publicTable reads a table of the public data by path below data/, or skips
// the test where they are not here. Rows are maps from column to cell.
func publicTable(t *testing.T, path string) []map[string]string {
	t.Helper()
	root := os.Getenv("OSSERVATORIO_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "shared")
	}
	file, err := os.Open(filepath.Join(root, "data", filepath.FromSlash(path)))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("shared data not here: set OSSERVATORIO_SHARED")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	return csvRows(t, path, file)
}

// listOf reads a list of a built-in territory.
func listOf(t *testing.T, geography, list string) []map[string]string {
	t.Helper()
	territory, err := warehouse.GeographyFS(geography)
	if err != nil {
		t.Fatal(err)
	}
	file, err := territory.Open(list)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	return csvRows(t, list, file)
}

func csvRows(t *testing.T, path string, file fs.File) []map[string]string {
	t.Helper()
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	var rows []map[string]string
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, cell := range record {
			row[records[0][i]] = cell
		}
		rows = append(rows, row)
	}
	return rows
}

// by picks one column of rows by another.
func by(rows []map[string]string, key, value string) map[string]string {
	out := map[string]string{}
	for _, row := range rows {
		out[row[key]] = row[value]
	}
	return out
}

// regionsOfISTAT are the built-in territories that are one region, by its code.
var regionsOfISTAT = map[string]string{"08": "emilia-romagna", "10": "umbria"}

func TestComuniAreThoseOfTheOfficialList(t *testing.T) {
	official := publicTable(t, "01-geo/istat-comuni/comuni_2025-01-01_situas.csv")
	for region, geography := range regionsOfISTAT {
		ours := by(listOf(t, geography, "comuni.csv"), "comune", "name")
		want := map[string]string{}
		for _, row := range official {
			if row["COD_REG"] == region {
				want[row["PRO_COM_T"]] = row["COMUNE_IT"]
			}
		}
		for code, name := range want {
			if ours[code] != name {
				t.Errorf("%s: comune %s: %q, official list %q", geography, code, ours[code], name)
			}
		}
		if len(ours) != len(want) {
			t.Errorf("%s: %d comuni, official list %d", geography, len(ours), len(want))
		}
	}
}

func TestProvincesHaveTheirOfficialCodes(t *testing.T) {
	official := publicTable(t, "01-geo/istat-comuni/comuni_2025-01-01_situas.csv")
	for region, geography := range regionsOfISTAT {
		want, got := map[string]string{}, map[string]string{}
		for _, row := range official {
			if row["COD_REG"] == region {
				want[row["COM_NUTS3_2024"]] = row["COD_PROV_STORICO"] + " " + row["SIGLA_AUTOMOBILISTICA"]
			}
		}
		for _, row := range listOf(t, geography, "geo.csv") {
			switch row["level"] {
			case "province":
				got[row["code"]] = row["istat"] + " " + row["short"]
			case "region":
				if row["istat"] != region {
					t.Errorf("%s: region code %q, want %s", geography, row["istat"], region)
				}
			}
		}
		if !maps.Equal(got, want) {
			t.Errorf("%s: provinces\ngot  %v\nwant %v", geography, got, want)
		}
	}
}

// The districts were found by laying the official comuni over the districts'
// boundaries; the table of centres, another source, must draw the same lines.
func TestDistrictsAndAUSLAreThoseOfThePublicCrosswalk(t *testing.T) {
	crosswalk := publicTable(t, "01-geo/er-distretti-sanitari/comuni_distretto_er.csv")
	geo := listOf(t, "emilia-romagna", "geo.csv")
	boundary, names := by(geo, "code", "boundary"), by(geo, "code", "name_it")
	district := by(listOf(t, "emilia-romagna", "comuni.csv"), "comune", "geo")
	ausl := map[string]string{}
	for _, row := range listOf(t, "emilia-romagna", "geo_parent.csv") {
		if strings.HasPrefix(row["parent"], "ER-A") {
			ausl[row["code"]] = names[row["parent"]]
		}
	}
	for _, row := range crosswalk {
		code := district[row["pro_com_t"]]
		if want := "distretti:cod_distretto=" + row["cod_distretto_tipsae"]; boundary[code] != want {
			t.Errorf("comune %s %s: district %s is %s, want %s", row["pro_com_t"], row["comune"], code, boundary[code], want)
		}
		if ausl[code] != row["ausl"] {
			t.Errorf("comune %s %s: %s, want %s", row["pro_com_t"], row["comune"], ausl[code], row["ausl"])
		}
	}
	if len(crosswalk) != len(district) {
		t.Errorf("%d comuni, crosswalk %d", len(district), len(crosswalk))
	}
}

// The list of centres is older than two of them: Castelfranco Emilia opened
// later, and two comuni that moved into the region still stand with Urbino.
func TestCentresAreThoseOfThePublicRegistry(t *testing.T) {
	registry := publicTable(t, "01-geo/cpi/cpi_anagrafica_italia.csv")
	pairs := publicTable(t, "01-geo/cpi/comuni_cpi_er_umbria_lazio.csv")
	known := by(registry, "cod_cpi", "regione")
	names := map[string]string{"emilia-romagna": "Emilia-Romagna", "umbria": "Umbria"}
	for geography, region := range names {
		ours := by(listOf(t, geography, "cpi.csv"), "cpi", "geo")
		for code := range ours {
			if known[code] != region && code != "ER-CPI-D20" {
				t.Errorf("%s: centre %s: in the registry of %q", geography, code, known[code])
			}
		}
		for code, of := range known {
			if _, ok := ours[code]; of == region && !ok {
				t.Errorf("%s: centre %s of the registry is missing", geography, code)
			}
		}
		centre := by(listOf(t, geography, "comuni.csv"), "comune", "cpi")
		var moved []string
		for _, row := range pairs {
			if row["regione"] == region && centre[row["pro_com_t"]] != row["cod_cpi"] {
				moved = append(moved, row["pro_com_t"])
			}
		}
		slices.Sort(moved)
		want := map[string]string{
			"emilia-romagna": "036001 036002 036006 036027 036034 036036 099030 099031",
		}[geography]
		if got := strings.Join(moved, " "); got != want {
			t.Errorf("%s: comuni of another centre than in the table: %s, want %s", geography, got, want)
		}
	}
}

// A comune that was founded or joined the region after the year 2000 says when.
func TestComuniSayFromWhenTheyAre(t *testing.T) {
	began := map[string]time.Time{}
	for _, row := range publicTable(t, "04-codelist/vocabolari-italia/cities.csv") {
		on, err := time.Parse("02-01-2006", row["DATA_INIZIO_VALIDITA"])
		if err != nil {
			t.Fatal(err)
		}
		if first, ok := began[row["CODICE_COMUNE"]]; !ok || on.Before(first) {
			began[row["CODICE_COMUNE"]] = on
		}
	}
	for _, geography := range regionsOfISTAT {
		for code, from := range by(listOf(t, geography, "comuni.csv"), "comune", "valid_from") {
			want := ""
			if on := began[code]; on.Year() >= 2000 {
				want = on.Format(time.DateOnly)
			}
			if from != want {
				t.Errorf("%s: comune %s: valid from %q, want %q", geography, code, from, want)
			}
		}
	}
}
