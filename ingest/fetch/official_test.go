package fetch

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// message puts a message of another room's testdata into a folder.
func message(t *testing.T, dir, from, name string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.FromSlash(from))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestOfficialStatisticsAreOneTableForMappingSQL(t *testing.T) {
	const select4 = `SELECT %AREA% AS geo, TIME_PERIOD AS period, OBS_VALUE AS value, OBS_STATUS AS status FROM delivery ORDER BY 1, 2`
	for name, c := range map[string]struct{ from, area string }{
		"rates.csv":          {"../sdmx/testdata/flat-1.0.csv", "REF_AREA"},
		"labels.csv":         {"../sdmx/testdata/labels-1.0.csv", "REF_AREA"},
		"semicolon.csv":      {"../sdmx/testdata/semicolon-2.0.csv", "REF_AREA"},
		"specific.xml":       {"../sdmx/testdata/specific-2.1.xml", "REF_AREA"},
		"generic.xml":        {"../sdmx/testdata/generic-2.1.xml", "REF_AREA"},
		"three.xml":          {"../sdmx/testdata/specific-3.0.xml", "REF_AREA"},
		"name that lies.csv": {"../sdmx/testdata/specific-2.1.xml", "REF_AREA"},
		"cube.json":          {"../jsonstat/testdata/rates.json", "geo"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			table, err := Sniff(context.Background(), message(t, dir, c.from, name), Want{Temp: t.TempDir()})
			if err != nil {
				t.Fatal(err)
			}
			defer table.Close()
			mapped, err := Map(context.Background(), table, strings.Replace(select4, "%AREA%", c.area, 1), t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			defer mapped.Close()
			var got []string
			for _, r := range mapped.Sample {
				got = append(got, strings.Join(r, " "))
			}
			want := []string{"ITXX1 2023 5.0 ", "ITXX1 2024 4.3 p", "ITXX2 2023 7.7 ", "ITXX2 2024  m"}
			if c.area == "geo" {
				want[1] = "ITXX1 2024 4.30 p"
			}
			if !slices.Equal(got, want) {
				t.Errorf("got %q, want %q; notes %v", got, want, table.Notes)
			}
		})
	}
}

func TestAStructureMessageBesideTheDataGivesLabels(t *testing.T) {
	dir := t.TempDir()
	path := message(t, dir, "../sdmx/testdata/specific-2.1.xml", "rates.xml")
	message(t, dir, "../sdmx/testdata/structure-2.1.xml", "rates.xml"+StructureSuffix)
	table, err := Sniff(context.Background(), path, Want{Temp: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	at := slices.Index(table.Header, "REF_AREA_label")
	if at < 0 || table.Sample[0][at] != "Provincia inventata" {
		t.Errorf("header %v, first row %v", table.Header, table.Sample[0])
	}
}

func TestMessagesWithoutDataAreRefusedWithTheServersWords(t *testing.T) {
	for from, want := range map[string]string{
		"../sdmx/testdata/error.xml":         "code 100 No records found",
		"../sdmx/testdata/footer.xml":        "code 413",
		"../sdmx/testdata/structure-2.1.xml": "a structure message",
	} {
		_, err := Sniff(context.Background(), message(t, t.TempDir(), from, "rates.xml"), Want{Temp: t.TempDir()})
		var refusal *Refusal
		if !errors.As(err, &refusal) || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "rates.xml") {
			t.Errorf("%s: %v, want a refusal that says %q", from, err, want)
		}
	}
}

func TestMessagesInAFolderAreFoundAndWhatLiesBesideThemIsNot(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"rates_2026-Q1_2026-05-01.xml", "rates_2026-Q1_2026-05-01.xml" + StructureSuffix, "rates_2026-Q1_2026-05-02.json", "rates_2026-Q1_2026-05-02.json" + ManifestSuffix, "truth.json"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(`{"source": "rates", "period": "2026-Q1", "issued_at": "2026-05-02", "mode": "full"}`), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for pattern, want := range map[string]string{"{source}_{period}_{issued}.xml": "rates_2026-Q1_2026-05-01.xml", "{source}_{period}_{issued}.json": "rates_2026-Q1_2026-05-02.json"} {
		files, err := Folder(context.Background(), Request{Dir: dir, Source: "rates", Pattern: pattern})
		if err != nil || len(files) != 1 || files[0].Base != want {
			t.Errorf("%s: %v, error %v, want %s alone", pattern, files, err, want)
		}
	}
	lying, err := Lying(dir)
	if err != nil || slices.Contains(lying, "truth.json") || !slices.Contains(lying, "rates_2026-Q1_2026-05-01.xml") {
		t.Errorf("lying: %v, error %v", lying, err)
	}
}
