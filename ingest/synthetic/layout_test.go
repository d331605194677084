package synthetic_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"osservatorio/ingest/synthetic"
	"osservatorio/warehouse"
)

func TestTheForeignLayoutHasItsOwnNamesCodesAndEncoding(t *testing.T) {
	geography, err := warehouse.GeographyFS("emilia-romagna")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	_, err = synthetic.Generate(t.Context(), synthetic.Options{Persons: 60, Seed: 3, From: "2024-01", To: "2024-03", Dir: dir, Layout: synthetic.LayoutSIL,
		Reference: warehouse.ReferenceFS(), Geography: geography, GeographyName: "emilia-romagna"})
	if err != nil {
		t.Fatal(err)
	}
	for _, gone := range []string{"registrations", "services", "agreements", "placements"} {
		if left, _ := filepath.Glob(filepath.Join(dir, gone+"_*")); len(left) > 0 {
			t.Errorf("still in the columns of the contract: %v", left)
		}
	}
	raw, err := os.ReadFile(filepath.Join(dir, "sap_anagrafica_2024-Q1_2024-04-20.csv"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	if !strings.HasPrefix(text, "ID_DID;ID_SAP;DATA_DID;") || !strings.Contains(text, "ANZIANIT\xc0_MESI") || !strings.Contains(text, "/2024;") || !strings.HasSuffix(text, "\r\n") {
		t.Errorf("not the layout of the system:\n%.400q", text)
	}
	manifest, err := os.ReadFile(filepath.Join(dir, "sap_anagrafica_2024-Q1_2024-04-20.csv.manifest.json"))
	if err != nil || !strings.Contains(string(manifest), `"source": "sap_anagrafica"`) {
		t.Errorf("manifest %s: %v", manifest, err)
	}
}

func TestAnUnknownLayoutIsRefused(t *testing.T) {
	_, err := synthetic.Generate(t.Context(), synthetic.Options{Persons: 1, From: "2024-01", To: "2024-03", Layout: "sap", Dir: t.TempDir()})
	if err == nil || !strings.Contains(err.Error(), `layout "sap"`) {
		t.Errorf("error %v", err)
	}
}
