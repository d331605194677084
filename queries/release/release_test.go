package release

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// folder writes a small release without data files: one view is promised.
func folder(t *testing.T, changes map[string]string) string {
	t.Helper()
	files := map[string]string{
		"release.json":     `{"id":"2026-01","views":[{"view":"flows","breakdowns":[],"measures":[]}]}`,
		"notes.json":       `[{"id":"n1","text":{"it":"Nota","en":"Note"},"applies_to":["flows"]}]`,
		"codes/geo.csv":    "code,level,name_it,name_en,slug,parents,tile_x,tile_y,short\nR,region,Terra,Land,terra,,,,TER\nD,district,Di,Dee,di,R,3,4,DIS\n",
		"codes/sex.csv":    "code,label_it,label_en,source\nF,Donne,Women,x\n",
		"boundaries/d.txt": "not a map",
		"boundaries/district.geojson": `{"type":"FeatureCollection","features":[]}
`,
	}
	for name, text := range changes {
		files[name] = text
	}
	dir := t.TempDir()
	var sums strings.Builder
	for name, text := range files {
		if text == "" {
			continue
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256([]byte(text))
		sums.WriteString(hex.EncodeToString(sum[:]) + "  " + name + "\n")
	}
	if files["SHA256SUMS"] == "" {
		if err := os.WriteFile(filepath.Join(dir, "SHA256SUMS"), []byte(sums.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestAFolderIsRead(t *testing.T) {
	r, err := Open(folder(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	if r.Info.ID != "2026-01" || len(r.Notes) != 1 || len(r.Geos) != 2 || r.Geos[0].TileX != -1 || r.Geos[1].TileY != 4 || r.Codes["sex"].Codes[0].Extra["source"] != "x" {
		t.Errorf("got %+v", r)
	}
	if _, ok := r.Boundaries("district"); !ok || len(r.Files) != 6 {
		t.Errorf("boundaries %v, files %v", ok, r.Files)
	}
}

func TestABrokenFolderNamesItsFile(t *testing.T) {
	cases := []struct{ claim, file, text, want string }{
		{"a missing file", "notes.json", "", "notes.json"},
		{"a cut file", "release.json", `{"id":"2026-01","vie`, "release.json: unexpected EOF"},
		{"an unknown key", "release.json", `{"id":"2026-01","colour":"red"}`, `release.json: json: unknown field "colour"`},
		{"a second value", "notes.json", `[] []`, "notes.json: text after the end"},
		{"a view that is a path", "release.json", `{"id":"x","views":[{"view":"../../secret"}]}`, `view "../../secret": expected lower case`},
		{"a list without codes", "codes/sex.csv", "name\nF\n", "codes/sex.csv: column code: missing"},
		{"a ragged list", "codes/sex.csv", "code,label_it,label_en\nF\n", "codes/sex.csv: record on line 2: wrong number of fields"},
		{"an empty list", "codes/sex.csv", "\n", "codes/sex.csv: empty"},
		{"a tile that is no number", "codes/geo.csv", "code,level,name_it,name_en,slug,parents,tile_x,tile_y,short\nR,region,T,L,t,,x,0,T\n", "codes/geo.csv: row 2: tile"},
		{"no territories", "codes/geo.csv", "", "codes/geo.csv: no territories"},
		{"a map that is none", "boundaries/district.geojson", `{"type":"Topology"}`, `boundaries/district.geojson: type "Topology"`},
		{"a manifest that is none", "SHA256SUMS", "hello\n", "SHA256SUMS:1: expected"},
		{"a manifest that leaves the folder", "SHA256SUMS", strings.Repeat("0", 64) + "  ../secret\n", "expected a file inside the folder"},
		{"a manifest of a file that is not there", "SHA256SUMS", strings.Repeat("0", 64) + "  data/x.csv\n", "SHA256SUMS: data/x.csv"},
	}
	for _, c := range cases {
		t.Run(c.claim, func(t *testing.T) {
			_, err := Open(folder(t, map[string]string{c.file: c.text}))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestAViewIsReadOnlyAsTheManifestHasIt(t *testing.T) {
	r, err := Open(folder(t, map[string]string{"data/flows.parquet": "PAR1 and then nothing PAR1"}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Frame(t.Context(), "flows"); err == nil || !strings.Contains(err.Error(), "data/flows.parquet: not a readable Parquet file") {
		t.Errorf("hostile file: got %v", err)
	}
	if _, err := r.Frame(t.Context(), "other"); err == nil || !strings.Contains(err.Error(), `no view "other"`) {
		t.Errorf("unknown view: got %v", err)
	}
	dir := folder(t, map[string]string{"data/flows.parquet": "as it was"})
	if r, err = Open(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "data", "flows.parquet"), []byte("changed"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Frame(t.Context(), "flows"); err == nil || !strings.Contains(err.Error(), "data/flows.parquet: sha256") {
		t.Errorf("changed file: got %v", err)
	}
}

func TestVerifyNamesEveryDifference(t *testing.T) {
	dir := folder(t, nil)
	if err := VerifySums(dir); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"notes.json": "[]", "stranger.txt": "x"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(filepath.Join(dir, "codes", "sex.csv")); err != nil {
		t.Fatal(err)
	}
	err := VerifySums(dir)
	for _, want := range []string{"notes.json: sha256", "stranger.txt: not in SHA256SUMS", "codes/sex.csv"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want also %s", err, want)
		}
	}
}

func TestAFrameKeepsThePromiseOfItsStatuses(t *testing.T) {
	one := 1.0
	for _, c := range []struct {
		row  Row
		want string
	}{
		{Row{Status: Normal, Conf: Free, Value: &one}, ""},
		{Row{Status: LowReliability, Conf: Free, Numerator: &one}, ""},
		{Row{Status: Confidential, Conf: Hidden, Low: &one}, "a number under status Q"},
		{Row{Status: Confidential, Conf: Free}, "obs_status Q with conf_status F"},
		{Row{Status: Normal, Conf: Free}, "no value under status A"},
		{Row{Status: LowReliability, Conf: Free, Value: &one}, "a value under status U"},
	} {
		err := NewFrame(Header{Kind: Rate}, []Row{c.row}).Check()
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: got %v, want %q", c.row, err, c.want)
		}
	}
}
