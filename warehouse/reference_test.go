package warehouse_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"osservatorio/warehouse"
)

func loaded(t *testing.T, geography string) *warehouse.DB {
	t.Helper()
	db, err := warehouse.Open(context.Background(), warehouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	load(t, db, geography)
	return db
}

func load(t *testing.T, db *warehouse.DB, geography string) {
	t.Helper()
	territory, err := warehouse.GeographyFS(geography)
	if err != nil {
		t.Fatal(err)
	}
	if err := warehouse.LoadReference(context.Background(), db, warehouse.ReferenceFS(), territory); err != nil {
		t.Fatal(err)
	}
}

func number(t *testing.T, db *warehouse.DB, query string) int {
	t.Helper()
	var n int
	if err := db.QueryRow(query).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

func TestEmiliaRomagnaIsWhole(t *testing.T) {
	db := loaded(t, "emilia-romagna")
	for query, want := range map[string]int{
		`SELECT count(*) FROM reference.geo WHERE level = 'district'`: 38,
		`SELECT count(*) FROM reference.geo WHERE level = 'province'`: 9,
		`SELECT count(*) FROM reference.geo WHERE level = 'ausl'`:     8,
		`SELECT count(*) FROM reference.geo WHERE level = 'region'`:   1,
		`SELECT count(*) FROM reference.comuni`:                       330,
		`SELECT count(*) FROM reference.cpi`:                          38,
		`SELECT count(DISTINCT geo) FROM reference.comuni`:            38,
		`SELECT count(DISTINCT geo) FROM reference.cpi`:               38,
		// every district lies in one region, one province and one AUSL
		`SELECT count(*) FROM reference.geo g WHERE level = 'district' AND (
			SELECT list(p.level ORDER BY p.level) FROM reference.geo_parent x JOIN reference.geo p ON p.code = x.parent WHERE x.code = g.code
		) = ['ausl', 'province', 'region']`: 38,
		// every comune lies in the province that its code says
		`SELECT count(*) FROM reference.comuni c
			JOIN reference.geo_parent x ON x.code = c.geo
			JOIN reference.geo p ON p.code = x.parent AND p.level = 'province'
			WHERE p.istat <> left(c.comune, 3)`: 0,
		// the AUSL della Romagna crosses provinces, Imola shares one
		`SELECT count(DISTINCT p2.parent) FROM reference.geo_parent a
			JOIN reference.geo_parent p2 ON p2.code = a.code AND p2.parent LIKE 'ITH5_'
			WHERE a.parent = 'ER-A08'`: 3,
		`SELECT count(*) FROM reference.comuni c JOIN reference.cpi p ON p.cpi = c.cpi WHERE p.geo <> c.geo`: 0,
	} {
		if got := number(t, db, query); got != want {
			t.Errorf("%s\ngot %d, want %d", query, got, want)
		}
	}
}

func TestUmbriaIsWhole(t *testing.T) {
	db := loaded(t, "umbria")
	for query, want := range map[string]int{
		`SELECT count(*) FROM reference.geo WHERE level = 'cpi'`:      5,
		`SELECT count(*) FROM reference.geo WHERE level = 'province'`: 2,
		`SELECT count(*) FROM reference.geo WHERE level = 'ausl'`:     0,
		`SELECT count(*) FROM reference.geo`:                          8,
		`SELECT count(*) FROM reference.comuni`:                       92,
		`SELECT count(*) FROM reference.cpi`:                          5,
		// every centre lies in the region and in one province
		`SELECT count(*) FROM reference.geo g WHERE level = 'cpi' AND (
			SELECT list(p.level ORDER BY p.level) FROM reference.geo_parent x JOIN reference.geo p ON p.code = x.parent WHERE x.code = g.code
		) = ['province', 'region']`: 5,
		// every comune lies in the province that its code says, and where its centre is
		`SELECT count(*) FROM reference.comuni c
			JOIN reference.geo_parent x ON x.code = c.geo
			JOIN reference.geo p ON p.code = x.parent AND p.level = 'province'
			WHERE p.istat <> left(c.comune, 3)`: 0,
		`SELECT count(*) FROM reference.comuni c JOIN reference.cpi p ON p.cpi = c.cpi WHERE p.geo <> c.geo`: 0,
	} {
		if got := number(t, db, query); got != want {
			t.Errorf("%s\ngot %d, want %d", query, got, want)
		}
	}
	var got string
	if err := db.QueryRow(`SELECT string_agg(CAST(n AS VARCHAR), ' ' ORDER BY geo) FROM (SELECT geo, count(*) AS n FROM reference.comuni GROUP BY geo)`).Scan(&got); err != nil {
		t.Fatal(err)
	}
	if want := "13 23 23 13 20"; got != want {
		t.Errorf("comuni by centre: got %s, want %s", got, want)
	}
}

// Rome is one comune with several centres: nothing but the supplier's centre
// tells which territory a row belongs to.
func TestAComuneOfSeveralCentresHasNoTerritoryOfItsOwn(t *testing.T) {
	db, err := warehouse.Open(context.Background(), warehouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := warehouse.LoadReference(context.Background(), db, warehouse.ReferenceFS(), os.DirFS("testdata/several-centres")); err != nil {
		t.Fatal(err)
	}
	if n := number(t, db, `SELECT count(*) FROM reference.comuni WHERE comune = '058091' AND geo IS NULL AND cpi IS NULL`); n != 1 {
		t.Errorf("Rome: %d rows without a territory, want 1", n)
	}
	if n := number(t, db, `SELECT count(*) FROM reference.cpi p JOIN reference.geo g ON g.code = p.geo JOIN reference.geo_levels USING (level) WHERE page`); n != 3 {
		t.Errorf("%d centres with a territory that has a page, want 3", n)
	}
}

// The counts of comuni by district are those that the table of the domain
// reference states, found there from another source than ours.
func TestDistrictsHaveTheirComuni(t *testing.T) {
	db := loaded(t, "emilia-romagna")
	want := "21 1 24 4 11 13 16 8 7 8 6 6 7 4 9 1 8 10 9 6 1 5 12 6 15 6 10 7 5 9 3 9 6 15 6 9 13 14"
	var got string
	if err := db.QueryRow(`SELECT string_agg(CAST(n AS VARCHAR), ' ' ORDER BY geo) FROM (SELECT geo, count(*) AS n FROM reference.comuni GROUP BY geo)`).Scan(&got); err != nil {
		t.Fatal(err)
	}
	if got != want {
		t.Errorf("comuni by district\ngot  %s\nwant %s", got, want)
	}
}

func TestTerritoriesAreToldApart(t *testing.T) {
	for _, geography := range []string{"emilia-romagna", "italia", "umbria"} {
		db := loaded(t, geography)
		for _, column := range []string{"slug", "short", "name_it", "name_en", "position", "boundary", "tile_x * 100 + tile_y"} {
			query := `SELECT count(*) FROM (SELECT 1 FROM reference.geo WHERE ` + column + ` IS NOT NULL GROUP BY ` + column + ` HAVING count(*) > 1)`
			if n := number(t, db, query); n != 0 {
				t.Errorf("%s: %d values of %s stand twice", geography, n, column)
			}
		}
		if n := number(t, db, `SELECT count(*) FROM reference.geo WHERE length(short) > 4 OR slug <> lower(slug) OR regexp_matches(slug, '[^a-z0-9-]')`); n != 0 {
			t.Errorf("%s: %d territories with a long short name or a slug unfit for an address", geography, n)
		}
	}
}

func TestPagesHaveATile(t *testing.T) {
	for geography, want := range map[string]int{"emilia-romagna": 38, "italia": 21, "umbria": 5} {
		db := loaded(t, geography)
		query := `SELECT count(*) FROM reference.geo JOIN reference.geo_levels USING (level) WHERE page AND tile_x >= 0 AND tile_y >= 0`
		if got := number(t, db, query); got != want {
			t.Errorf("%s: %d tiles, want %d", geography, got, want)
		}
		alone := `SELECT count(*) FROM reference.geo a WHERE tile_x IS NOT NULL AND NOT EXISTS (
			SELECT 1 FROM reference.geo b WHERE b.code <> a.code AND abs(a.tile_x - b.tile_x) <= 1 AND abs(a.tile_y - b.tile_y) <= 1)`
		if got := number(t, db, alone); got > 1 { // Sardinia is an island
			t.Errorf("%s: %d tiles touch no other", geography, got)
		}
	}
}

func TestEveryRowOfAListStatesItsSourceInBothLanguages(t *testing.T) {
	db := loaded(t, "emilia-romagna")
	for query, want := range map[string]int{
		`SELECT count(*) FROM reference.lep`:                                            21,
		`SELECT count(*) FROM reference.lep WHERE beneficiary = 'employer'`:             4,
		`SELECT count(*) FROM reference.lep WHERE entitlement_rule <> 'no_rule'`:        10,
		`SELECT count(*) FROM reference.contracts`:                                      52,
		`SELECT count(*) FROM reference.contracts WHERE qualifying AND code LIKE 'C.%'`: 0,
		`SELECT count(*) FROM (SELECT verification FROM reference.lep UNION ALL SELECT verification FROM reference.contracts
			UNION ALL SELECT verification FROM reference.parameters UNION ALL SELECT verification FROM reference.disclosure_rules
			UNION ALL SELECT verification FROM reference.targets) WHERE verification NOT IN ('found', 'derived', 'proposal', 'memory')`: 0,
		`SELECT count(*) FROM reference.lep WHERE (window_days IS NULL) <> (entitlement_rule = 'no_rule')`: 0,
	} {
		if got := number(t, db, query); got != want {
			t.Errorf("%s\ngot %d, want %d", query, got, want)
		}
	}
}

func TestLoadingReferenceTwiceChangesNothing(t *testing.T) {
	db := loaded(t, "emilia-romagna")
	sum := `SELECT count(*) + sum(position) FROM (SELECT position FROM reference.geo UNION ALL SELECT position FROM reference.codes)`
	before := number(t, db, sum)
	load(t, db, "emilia-romagna")
	if after := number(t, db, sum); after != before {
		t.Errorf("got %d, want %d", after, before)
	}
}

func TestAnotherGeographyReplacesTheFirst(t *testing.T) {
	db := loaded(t, "emilia-romagna")
	load(t, db, "italia")
	if n := number(t, db, `SELECT count(*) FROM reference.comuni`); n != 0 {
		t.Errorf("%d comuni are left", n)
	}
	if n := number(t, db, `SELECT count(*) FROM reference.geo_parent WHERE parent = 'IT'`); n != 22 {
		t.Errorf("%d territories of Italy, want 21 and the unallocated one", n)
	}
}

func TestAnInstanceAddsItsOwnNotes(t *testing.T) {
	db := loaded(t, "italia")
	territory, _ := warehouse.GeographyFS("italia")
	own := fstest.MapFS{"notes.csv": {Data: []byte("id,text_it,text_en,applies_to\nmia,Nota,Note,\n")}}
	if err := warehouse.LoadReference(context.Background(), db, warehouse.ReferenceFS(), territory, own); err != nil {
		t.Fatal(err)
	}
	if n := number(t, db, `SELECT count(*) FROM reference.notes WHERE id IN ('mia', 'lep_letters')`); n != 2 {
		t.Errorf("%d notes, want the instance's and the house's", n)
	}
}

func TestABrokenListIsRefusedAndTheOldOneStays(t *testing.T) {
	tests := map[string]struct{ list, old, new, want string }{
		"a column too many":         {"geo.csv", "code,level", "code,extra,level", "load reference: geo.csv: header: found code,extra"},
		"a word for a number":       {"geo.csv", ",0,2,", ",zero,2,", `column tile_x: found "zero": want a whole number`},
		"a comune in no territory":  {"comuni.csv", "Agazzano,ER-D01", "Agazzano,ER-D99", `comuni.csv: geo "ER-D99": not in geo.csv`},
		"two territories, one slug": {"geo.csv", "sud-est-parma", "sud-est-ferrara", `geo.csv: slug "sud-est-ferrara": stands twice`},
		"an empty name":             {"geo.csv", "ITH5,region,Emilia-Romagna", "ITH5,region,", "line 2: column name_it: empty: want a value"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			db := loaded(t, "emilia-romagna")
			err := warehouse.LoadReference(context.Background(), db, warehouse.ReferenceFS(), edited(t, test.list, test.old, test.new))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want it to say %s", err, test.want)
			}
			if n := number(t, db, `SELECT count(*) FROM reference.comuni`); n != 330 {
				t.Errorf("%d comuni are left, want all", n)
			}
		})
	}
}

func TestAnUnknownGeographyNamesThoseThereAre(t *testing.T) {
	_, err := warehouse.GeographyFS("atlantide")
	if err == nil || !strings.Contains(err.Error(), "want one of emilia-romagna, italia, umbria or a folder") {
		t.Errorf("got %v", err)
	}
}

// The crosswalk names every shape of the boundary files, and each territory
// that it names has a shape.
func TestBoundariesAndTerritoriesFindEachOther(t *testing.T) {
	root := os.Getenv("OSSERVATORIO_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "shared")
	}
	dir := filepath.Join(root, "data", "01-geo", "istat-confini-2025")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("shared data not here: set OSSERVATORIO_SHARED")
	}
	for geography, file := range map[string]string{
		"emilia-romagna": "emilia_romagna_comuni_cpi_distretti.topo.json", "italia": "italia_comuni_2025.topo.json",
		"umbria": "umbria_comuni_cpi_distretti.topo.json",
	} {
		db := loaded(t, geography)
		rows, err := db.Query(`SELECT code, boundary FROM reference.geo WHERE boundary IS NOT NULL`)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		wanted := map[string]string{}
		for rows.Next() {
			var code, boundary string
			if err := rows.Scan(&code, &boundary); err != nil {
				t.Fatal(err)
			}
			wanted[boundary] = code
		}
		found := map[string]int{}
		for object, shapes := range shapesOf(t, filepath.Join(dir, file)) {
			asked := false
			for boundary := range wanted {
				asked = asked || strings.HasPrefix(boundary, object+":")
			}
			for i, properties := range shapes {
				named := 0
				for property, value := range properties {
					boundary := fmt.Sprintf("%s:%s=%v", object, property, value)
					if _, ok := wanted[boundary]; ok {
						named++
						found[boundary]++
					}
				}
				if asked && named != 1 {
					t.Errorf("%s: %s, shape %d: named by %d territories, want one", geography, object, i+1, named)
				}
			}
		}
		for boundary, code := range wanted {
			if found[boundary] == 0 {
				t.Errorf("%s: %s: no shape with %s", geography, code, boundary)
			}
		}
	}
}

// shapesOf reads the properties of the shapes of a TopoJSON file, by object.
func shapesOf(t *testing.T, path string) map[string][]map[string]any {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var topology struct {
		Objects map[string]struct {
			Geometries []struct{ Properties map[string]any }
		}
	}
	if err := json.Unmarshal(text, &topology); err != nil {
		t.Fatal(err)
	}
	out := map[string][]map[string]any{}
	for name, object := range topology.Objects {
		for _, g := range object.Geometries {
			out[name] = append(out[name], g.Properties)
		}
	}
	return out
}

func TestListsAreCleanCSV(t *testing.T) {
	err := fs.WalkDir(warehouse.ReferenceFS(), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".csv") {
			return err
		}
		text, err := fs.ReadFile(warehouse.ReferenceFS(), path)
		if err != nil {
			return err
		}
		rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
		if err != nil {
			t.Errorf("%s: %v", path, err)
		}
		for i, row := range rows {
			for _, cell := range row {
				if cell != strings.TrimSpace(cell) {
					t.Errorf("%s: row %d: %q has spaces around it", path, i+1, cell)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// edited is the built-in Emilia-Romagna with one text of one list replaced.
func edited(t *testing.T, list, before, after string) fs.FS {
	t.Helper()
	territory, err := warehouse.GeographyFS("emilia-romagna")
	if err != nil {
		t.Fatal(err)
	}
	out := fstest.MapFS{}
	for _, name := range []string{"geo.csv", "geo_levels.csv", "geo_parent.csv", "comuni.csv", "cpi.csv"} {
		text, err := fs.ReadFile(territory, name)
		if err != nil {
			t.Fatal(err)
		}
		if name == list {
			changed := strings.Replace(string(text), before, after, 1)
			if changed == string(text) {
				t.Fatalf("%s holds no %q", name, before)
			}
			text = []byte(changed)
		}
		out[name] = &fstest.MapFile{Data: text}
	}
	return out
}

func TestListsAreWrittenAgainOnlyWhenTheyChanged(t *testing.T) {
	db := loaded(t, "emilia-romagna")
	if _, err := db.Exec(`DELETE FROM reference.cpi`); err != nil {
		t.Fatal(err)
	}
	load(t, db, "emilia-romagna")
	if n := number(t, db, `SELECT count(*) FROM reference.cpi`); n != 0 {
		t.Errorf("%d rows: the same lists were written again", n)
	}
	load(t, db, "italia")
	load(t, db, "emilia-romagna")
	if n := number(t, db, `SELECT count(*) FROM reference.cpi`); n != 38 {
		t.Errorf("%d rows, want 38: changed lists were not written", n)
	}
}

func TestAFileOfAnInstanceThatIsNoListIsRefused(t *testing.T) {
	db := loaded(t, "emilia-romagna")
	geography, err := warehouse.GeographyFS("emilia-romagna")
	if err != nil {
		t.Fatal(err)
	}
	head := "policy,threshold,protect_complement,min_denominator,valid_from,source,verification\n"
	for name, refused := range map[string]bool{"disclosure_rule.csv": true, "plan.csv.txt": true, "geo.csv": true, "README.md": false, ".plan.csv.swp": false, "disclosure_rules.csv": false} {
		err := warehouse.LoadReference(t.Context(), db, warehouse.ReferenceFS(), geography, fstest.MapFS{name: {Data: []byte(head)}})
		if want := name + ": no such list: expected lep.csv, "; refused != (err != nil) || refused && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, refused: want %t", name, err, refused)
		}
	}
}
