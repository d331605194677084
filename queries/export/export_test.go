package export

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"osservatorio/queries"
	"osservatorio/queries/disclosure"
	"osservatorio/queries/release"
	"osservatorio/warehouse"
)

// head is the header of an invented cube; KIND, PROTECTION, UNIT and RULES are
// put in by cubeText.
const head = `-- title.it: Titolo della vista
-- title.en: Title of the view
-- description.it: Che cos'è
-- description.en: What it is
-- grain: geo_level, geo, period_type, period, sex, measure
-- protection: PROTECTION
-- kind: KIND
-- unit: UNIT
-- definition: NAME@1
-- method: invented
-- universe.it: Tutti
-- universe.en: All
-- numerator.it: N
-- numerator.en: N
-- denominator.it: D
-- denominator.en: D
-- source.it: Fonte, l'inventata
-- source.en: Invented source
-- breakdowns: sex
-- measure.a.it: A
-- measure.a.en: A
-- measure.b.it: B
-- measure.b.en: B
`

func cubeText(name, kind, protection, unit, rules, rows string) string {
	text := strings.NewReplacer("NAME", name, "KIND", kind, "PROTECTION", protection, "UNIT", unit).Replace(head)
	if rules != "" {
		text += "-- rules: " + rules + "\n"
	}
	return text + `
SELECT geo_level, geo, period_type, period, sex, measure, CAST(numerator AS DOUBLE) AS numerator, CAST(denominator AS DOUBLE) AS denominator,
  CAST(value AS DOUBLE) AS value, CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high, CAST(obs_status AS VARCHAR) AS obs_status,
  CAST(reason AS VARCHAR) AS reason, CAST(note_ids AS VARCHAR) AS note_ids
FROM (VALUES ` + rows + `) AS r(geo_level, geo, period_type, period, sex, measure, numerator, denominator, value, obs_status, reason, note_ids)`
}

const rateRows = `('region', 'R', 'quarter', '2025-Q2', '_T', 'a', 40, 100, NULL, NULL, NULL, 'n1'),
  ('region', 'R', 'quarter', '2025-Q1', '_T', 'a', 1, 3, NULL, NULL, NULL, NULL),
  ('region', 'R', 'quarter', '2025-Q1', 'F', 'a', 10, 20, NULL, NULL, NULL, NULL),
  ('district', 'D', 'quarter', '2025-Q1', '_T', 'a', 0, 0, NULL, NULL, NULL, NULL),
  ('district', 'D', 'quarter', '2025-Q2', '_T', 'a', NULL, NULL, NULL, 'O', 'not_observable', NULL)`

const openRows = `('region', 'R', 'year', '2024', '_T', 'b', NULL, NULL, -12.345678, 'B', NULL, 'n1|n2'),
  ('region', 'R', 'year', '2025', '_T', 'b', NULL, NULL, NULL, 'O', 'not_published', NULL)`

// world is a warehouse with an invented region and two cubes, one of them
// empty unless rows are given.
func world(t testing.TB) (*warehouse.DB, Options) {
	t.Helper()
	db, err := warehouse.Open(t.Context(), warehouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	_, err = db.Exec(`
		INSERT INTO reference.geo_levels VALUES ('region', 'Regione', 'Region', 'Regioni', 'Regions', 1, false), ('district', 'Distretto', 'District', 'Distretti', 'Districts', 2, true);
		INSERT INTO reference.geo VALUES ('R', 'region', 'Terra', 'Land', 'terra', 'TER', NULL, NULL, NULL, NULL, 1, NULL, NULL, 'invented', 'proposal'),
		  ('D', 'district', '=Distretto', 'District', 'd', 'DIS', NULL, 'zone:code=1', 3, 4, 2, NULL, NULL, 'invented', 'proposal');
		INSERT INTO reference.geo_parent VALUES ('D', 'R');
		INSERT INTO reference.codes VALUES ('sex', 'F', 'Donne', 'Women', 1, 'invented', 'proposal'), ('sex', 'M', 'Uomini', 'Men', 2, 'invented', 'proposal');
		INSERT INTO reference.notes VALUES ('n1', 'Nota uno', 'Note one', NULL), ('n3', 'Nota tre', 'Note three', 'other'), ('n2', 'Nota due', 'Note two', 'figures');
		INSERT INTO reference.targets VALUES ('t', 'R', DATE '2025-12-31', 'target', 10, 'persons', 'T', 'T', 'x', 'found');
		INSERT INTO reference.plan VALUES ('quarter', true, '_T'), ('quarter', false, '_T'), ('quarter', false, 'sex');
		INSERT INTO reference.disclosure_rules VALUES ('persons', 3, false, 30, NULL, 'x', 'proposal');
		INSERT INTO ledger.deliveries VALUES (1, 'src', 'c', 'personal', '2025-Q1', DATE '2025-01-01', DATE '2025-04-01', TIMESTAMP '2026-01-02 10:00:00', 'full', true, 'f', 'aa', 1, 10, 9, 1, 0, TIMESTAMP '2026-01-03'),
		  (2, 'late', 'c', 'personal', '2025-Q1', DATE '2025-01-01', DATE '2025-04-01', TIMESTAMP '2025-12-24 10:00:00', 'full', true, 'f', 'bb', 1, 5, 5, 0, 0, TIMESTAMP '2026-01-03')`)
	if err != nil {
		t.Fatal(err)
	}
	var views []queries.View
	for name, text := range map[string]string{
		"cubes/shares.sql":  cubeText("shares", "rate", "personal", "percent", "persons", rateRows),
		"cubes/figures.sql": cubeText("figures", "observation", "open", "eur", "", openRows),
		"cubes/empty.sql":   strings.Replace(cubeText("empty", "observation", "open", "eur", "", openRows), ") AS r(", ") AS r(", 1) + " WHERE false",
	} {
		v, err := queries.Parse(name, text)
		if err != nil {
			t.Fatal(err)
		}
		views = append(views, v)
	}
	plan, err := queries.NewPlan(t.Context(), db, views)
	if err != nil {
		t.Fatal(err)
	}
	if err := queries.Apply(t.Context(), db, plan); err != nil {
		t.Fatal(err)
	}
	report, err := disclosure.Protect(t.Context(), db, plan, disclosure.Policy{})
	if err != nil {
		t.Fatal(err)
	}
	info := release.Info{ID: "2026-01", Software: "osservatorio test", Synthetic: true,
		Publisher: release.Publisher{Name: "Ente d'esempio", Licence: "CC-BY-4.0", BaseURL: "https://example.org"}}
	return db, Options{Dir: filepath.Join(t.TempDir(), "releases", "2026-01"), Info: info, Plan: plan, Report: report}
}

func written(t *testing.T) (*warehouse.DB, Options) {
	t.Helper()
	db, o := world(t)
	if err := os.MkdirAll(filepath.Dir(o.Dir), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := Write(t.Context(), db, o); err != nil {
		t.Fatal(err)
	}
	return db, o
}

// tree reads every file below dir.
func tree(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		out[filepath.ToSlash(name)], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestTheSameWarehouseGivesTheSameBytes(t *testing.T) {
	_, first := written(t)
	_, second := written(t)
	a, b := tree(t, first.Dir), tree(t, second.Dir)
	if len(a) != len(b) || len(a) < 20 {
		t.Fatalf("got %d and %d files", len(a), len(b))
	}
	for name := range a {
		if !bytes.Equal(a[name], b[name]) {
			t.Errorf("%s differs between two releases of one warehouse", name)
		}
	}
}

func TestAReleaseReadsBackWhatDuckDBWrote(t *testing.T) {
	db, o := written(t)
	r, err := release.Open(o.Dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := release.VerifySums(o.Dir); err != nil {
		t.Error(err)
	}
	for _, view := range []string{"shares", "figures"} {
		frame, err := r.Frame(t.Context(), view)
		if err != nil {
			t.Fatal(err)
		}
		if err := frame.Check(); err != nil {
			t.Errorf("%s: %v", view, err)
		}
		sameRows(t, db, frame)
	}
}

// sameRows compares a frame read by arrow-go with the table that DuckDB holds:
// every row, every NULL.
func sameRows(t *testing.T, db *warehouse.DB, frame *release.Frame) {
	t.Helper()
	rows, err := db.Query(`SELECT geo_level, geo, period_type, period, sex, measure, numerator, denominator, value, unit, low, high, obs_status, conf_status, reason, note_ids, definition
		FROM published.` + frame.Header.View + ` ORDER BY geo_level, geo, period_type, period, sex, measure`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	n := 0
	for ; rows.Next(); n++ {
		var want release.Row
		want.By = make([]string, 1)
		var reason, notes *string
		if err := rows.Scan(&want.GeoLevel, &want.Geo, &want.PeriodType, &want.Period, &want.By[0], &want.Measure, &want.Numerator, &want.Denominator, &want.Value,
			&want.Unit, &want.Low, &want.High, &want.Status, &want.Conf, &reason, &notes, &want.Definition); err != nil {
			t.Fatal(err)
		}
		if reason != nil {
			want.Reason = *reason
		}
		if notes != nil {
			want.Notes = strings.Split(*notes, "|")
		}
		if n >= frame.Len() {
			t.Fatalf("%s: more rows in DuckDB than the %d of the file", frame.Header.View, n)
		}
		got, _ := json.Marshal(frame.Row(n))
		wanted, _ := json.Marshal(want)
		if !bytes.Equal(got, wanted) {
			t.Errorf("%s row %d:\ngot  %s\nwant %s", frame.Header.View, n+1, got, wanted)
		}
	}
	if n != frame.Len() {
		t.Errorf("%s: %d rows in the file, %d in DuckDB", frame.Header.View, frame.Len(), n)
	}
}

func TestTheFolderSaysWhatItHolds(t *testing.T) {
	_, o := written(t)
	r, err := release.Open(o.Dir)
	if err != nil {
		t.Fatal(err)
	}
	if r.Has("empty") || !r.Has("shares") || len(r.Info.Views) != 2 || r.Info.Views[0].View != "figures" {
		t.Errorf("views: got %+v", r.Info.Views)
	}
	if got := r.Info.Views[0].Measures; len(got) != 1 || got[0].Code != "b" {
		t.Errorf("a measure without rows stays: %v", got)
	}
	if r.Info.ExtractionDate != "2025-12-24" || len(r.Info.Batches) != 2 || r.Info.Region.Root != "R" || r.Info.Region.PageLevel != "district" || r.Info.Region.Name.EN != "Land" {
		t.Errorf("info: got %+v", r.Info)
	}
	if d, ok := r.Geo("D"); !ok || d.TileX != 3 || d.TileY != 4 || len(d.Parents) != 1 || d.Parents[0] != "R" {
		t.Errorf("geo: got %+v", d)
	}
	if whole, _ := r.Geo("R"); whole.TileX != -1 || whole.Parents != nil {
		t.Errorf("geo: got %+v", whole)
	}
	if len(r.Notes) != 2 || r.Notes[0].ID != "n1" {
		t.Errorf("notes: got %+v, want n1 (on a row) and n2 (applies to a view)", r.Notes)
	}
	if r.Codes["sex"].Label("F", "en") != "Women" || r.Codes["obs_status"].Label("Q", "it") != "Riservato" || r.Codes["targets"].Codes[0].Extra["due_on"] != "2025-12-31" {
		t.Errorf("codes: got %v", r.Codes)
	}
	for _, f := range r.Files {
		if f.Bytes == 0 || len(f.SHA256) != 64 {
			t.Errorf("file: got %+v", f)
		}
	}
}

func TestParquetCarriesItsWords(t *testing.T) {
	_, o := written(t)
	data, err := os.ReadFile(filepath.Join(o.Dir, "data", "shares.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	meta, err := release.ParquetMetadata(data)
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{"title": "Titolo della vista", "title_en": "Title of the view", "description": "Che cos'è", "unit": "percent",
		"definition": "shares@1", "license": "CC-BY-4.0", "release": "2026-01", "synthetic": "true", "source": "Fonte, l'inventata"} {
		if meta[key] != want {
			t.Errorf("%s: got %q, want %q", key, meta[key], want)
		}
	}
}

func TestCSVIsForMachinesAndForExcel(t *testing.T) {
	_, o := written(t)
	files := tree(t, o.Dir)
	plain, excel := string(files["data/figures.csv"]), string(files["data/figures.excel-it.csv"])
	if !strings.Contains(plain, "region,R,year,2024,_T,b,,,-12.345678,eur,,,B,F,,n1|n2,figures@1\n") {
		t.Errorf("plain: got %s", plain)
	}
	if !strings.HasPrefix(excel, "\ufeffgeo_level;geo;") || !strings.Contains(excel, ";-12,345678;eur;") {
		t.Errorf("excel: got %s", excel)
	}
	if !strings.Contains(string(files["data/shares.csv"]), "region,R,quarter,2025-Q1,_T,a,,,,percent,,,Q,C,,,shares@1\n") {
		t.Errorf("a confidential cell is not empty: %s", files["data/shares.csv"])
	}
	if got := harmless("=1+1") + harmless("+39") + harmless("@x") + harmless("abc"); got != "'=1+1'+39'@xabc" {
		t.Errorf("formula guard: got %s", got)
	}
}

func TestSchemasAndPackageAgreeWithTheFiles(t *testing.T) {
	_, o := written(t)
	files := tree(t, o.Dir)
	var p struct {
		Resources []struct {
			Name, Path, Format, Hash string
			Bytes                    int
			Schema                   json.RawMessage
		} `json:"resources"`
	}
	if err := json.Unmarshal(files["datapackage.json"], &p); err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, r := range p.Resources {
		if len(files[r.Path]) != r.Bytes || !strings.HasPrefix(r.Hash, "sha256:") || names[r.Name] {
			t.Errorf("resource %s (%s): %d bytes, file has %d", r.Name, r.Path, r.Bytes, len(files[r.Path]))
		}
		names[r.Name] = true
	}
	if !names["shares"] || !names["shares-parquet"] || !names["codes-geo"] || !names["codes-sex"] {
		t.Errorf("resources: got %v", names)
	}
	if bytes.Contains(files["datapackage.json"], []byte("excel-it")) {
		t.Error("a sheet with decimal commas is in the package, whose readers expect points")
	}
	var s struct {
		Fields []struct {
			Name        string
			Constraints struct{ Enum []string }
		}
		PrimaryKey []string
	}
	if err := json.Unmarshal(files["data/shares.schema.json"], &s); err != nil {
		t.Fatal(err)
	}
	header, err := csv.NewReader(bytes.NewReader(files["data/shares.csv"])).Read()
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range s.Fields {
		if f.Name != header[i] {
			t.Errorf("field %d: schema says %s, file says %s", i, f.Name, header[i])
		}
		if f.Name == "sex" && strings.Join(f.Constraints.Enum, ",") != "_T,F,M" {
			t.Errorf("codes of sex: got %v", f.Constraints.Enum)
		}
	}
	if strings.Join(s.PrimaryKey, ",") != "geo_level,geo,period_type,period,sex,measure" {
		t.Errorf("primary key: got %v", s.PrimaryKey)
	}
}

func TestAReleaseIsNeverOverwritten(t *testing.T) {
	db, o := written(t)
	before := tree(t, o.Dir)
	if err := Write(t.Context(), db, o); err != nil {
		t.Errorf("the same release again: %v", err)
	}
	o.Info.Software = "osservatorio next"
	err := Write(t.Context(), db, o)
	if !errors.Is(err, ErrExists) || !strings.Contains(err.Error(), "make a revision") {
		t.Errorf("got %v", err)
	}
	after := tree(t, o.Dir)
	for name := range before {
		if !bytes.Equal(before[name], after[name]) {
			t.Errorf("%s was changed", name)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(o.Dir), ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestNothingButPublishedIsRead(t *testing.T) {
	for name, text := range tree(t, ".") {
		if strings.HasSuffix(name, "_test.go") || !strings.HasSuffix(name, ".go") {
			continue
		}
		for _, schema := range []string{"raw.", "staging.", "marts.", "cubes."} {
			for _, verb := range []string{"FROM ", "JOIN "} {
				if bytes.Contains(text, []byte(verb+schema)) {
					t.Errorf("%s reads %s", name, schema)
				}
			}
		}
	}
}

func TestEveryPublishedViewSaysWhichDefinitionAndWhichSQLItHas(t *testing.T) {
	_, o := written(t)
	r, err := release.Open(o.Dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Info.Definitions) != len(r.Info.Views) || len(r.Info.Views) == 0 {
		t.Fatalf("%d definitions of %d views", len(r.Info.Definitions), len(r.Info.Views))
	}
	for i, cube := range []string{"cubes.figures", "cubes.shares"} {
		d, h := r.Info.Definitions[i], r.Info.Views[i]
		if fmt.Sprintf("%s@%d", d.ID, d.Version) != h.Definition || d.View != h.View || d.SQLHash != o.Plan.SQLHash(cube) || h.SQLHash != d.SQLHash {
			t.Errorf("%s: got %+v", h.View, d)
		}
		data, err := os.ReadFile(filepath.Join(o.Dir, "data", h.View+".parquet"))
		if err != nil {
			t.Fatal(err)
		}
		said, err := release.ParquetMetadata(data)
		if err != nil || said["definition"] != h.Definition || said["sql_sha256"] != d.SQLHash {
			t.Errorf("%s: the file says %v, %v", h.View, said, err)
		}
	}
}

func TestQualityTellsWarningsAndSignatures(t *testing.T) {
	db, o := world(t)
	o.Findings = queries.Findings{
		Warnings: []queries.Failure{{Check: "checks/w.sql", Message: "Look.", Count: 4, Rows: [][]string{{"secret"}}}},
		Signed:   []queries.Override{{Check: "source_late", Reason: "known", SignedBy: "N. N.", SignedOn: "2026-11-01", Until: "2026-12-31"}},
	}
	if err := Write(t.Context(), db, o); err != nil {
		t.Fatal(err)
	}
	text := string(tree(t, o.Dir)["quality.json"])
	for _, want := range []string{`"check": "checks/w.sql",` + "\n" + `      "message": "Look."`, `"check": "source_late"`, `"signed_by": "N. N."`, `"reason": "known"`} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in %s", want, text)
		}
	}
	if strings.Contains(text, "secret") || strings.Contains(text, `"rows": 4`) {
		t.Errorf("what a check found is published: %s", text)
	}
}
