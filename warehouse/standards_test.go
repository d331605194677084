package warehouse_test

import (
	"maps"
	"strings"
	"testing"

	"osservatorio/warehouse"
)

const ministry = "04-codelist/mlps-classificazioni-standard/"

// houseList reads a list of the house.
func houseList(t *testing.T, list string) []map[string]string {
	t.Helper()
	file, err := warehouse.ReferenceFS().Open(list)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	return csvRows(t, list, file)
}

func TestContractCodesAndTheirDaysAreTheMinistrys(t *testing.T) {
	want, got := map[string]string{}, map[string]string{}
	for _, row := range publicTable(t, ministry+"tab_rapportilavoro.csv") {
		want[row["cod_tipologiacontr"]] = row["dat_inizio"] + " " + row["dat_fine"]
	}
	for _, row := range houseList(t, "contracts.csv") {
		got[row["code"]] = row["valid_from"] + " " + row["valid_to"]
	}
	if !maps.Equal(got, want) {
		for code := range want {
			if got[code] != want[code] {
				t.Errorf("%s: %q, want %q", code, got[code], want[code])
			}
		}
		t.Errorf("%d codes, want %d", len(got), len(want))
	}
}

func TestOccupationsSectionsAndOutcomesAreTheMinistrys(t *testing.T) {
	occupations := by(publicTable(t, ministry+"tab_qualprofliv0.csv"), "cod_qualprofliv0", "dat_inizio")
	for _, row := range houseList(t, "occupations.csv") {
		if row["version"] == "CP2011" && occupations[row["code"]] != row["valid_from"] {
			t.Errorf("occupation %s: from %s, want %s", row["code"], row["valid_from"], occupations[row["code"]])
		}
	}
	sections := by(publicTable(t, ministry+"tab_atecoliv0.csv"), "cod_atecoliv0", "cod_atecoliv0")
	outcomes := by(publicTable(t, ministry+"dec_esito_convocazione.csv"), "cod_esito_convocazione", "cod_esito_convocazione")
	ours := map[string]map[string]string{"sections": {}, "outcomes": {}}
	for _, row := range houseList(t, "sectors.csv") {
		if row["version"] == "ATECO2007" {
			ours["sections"][row["section"]] = row["section"]
		}
	}
	for _, row := range houseList(t, "codes.csv") {
		if row["list"] == "convocation_outcome" {
			ours["outcomes"][row["code"]] = row["code"]
		}
	}
	if !maps.Equal(ours["sections"], sections) {
		t.Errorf("sections: %v, want %v", ours["sections"], sections)
	}
	if !maps.Equal(ours["outcomes"], outcomes) {
		t.Errorf("outcomes: %v, want %v", ours["outcomes"], outcomes)
	}
}

// The correspondence table says into which section each section of ATECO 2007
// went; both must be in one group of ours, or the group would not be stable.
func TestEachSectionOfATECO2007WentIntoItsOwnGroup(t *testing.T) {
	group := map[string]string{}
	for _, row := range houseList(t, "sectors.csv") {
		group[row["version"]+row["section"]] = row["sector"]
	}
	seen := 0
	for _, row := range publicTable(t, "04-codelist/ateco/ateco_2022_2025_corrispondenza.csv") {
		old, now := row["CODICE_ATECO_2022"], row["CODICE_ATECO_2025_RAPPRESENTATIVO"]
		if len(old) != 1 || strings.HasPrefix(now, "n.d") {
			continue
		}
		seen++
		if group["ATECO2007"+old] != group["ATECO2025"+now] {
			t.Errorf("section %s (%s) went into %s (%s)", old, group["ATECO2007"+old], now, group["ATECO2025"+now])
		}
	}
	if seen != 20 { // J alone was parted
		t.Errorf("%d sections compared, want 20", seen)
	}
}
