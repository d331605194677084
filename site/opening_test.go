package site

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"osservatorio/queries/release"
	"osservatorio/site/output"
)

func TestThePairThatOpensIsTheOneMostSurelyApart(t *testing.T) {
	row := func(value, low, high float64) release.Row {
		return release.Row{Status: release.Normal, Value: &value, Low: &low, High: &high}
	}
	geos := []release.Geo{{Code: "A"}, {Code: "B"}, {Code: "C"}, {Code: "D"}, {Code: "E"}}
	wide, narrow := row(90, 40, 99), row(70, 66, 74)
	cells := map[string]release.Row{"A": wide, "B": narrow, "C": row(20, 5, 60), "D": row(45, 42, 48), "E": {Status: release.Confidential}}
	above, below, ok := apart(compareRow{cells: cells}, geos)
	if !ok || above.Code != "B" || below.Code != "D" {
		t.Errorf("%s and %s (%t): the highest value and the lowest are the least sure", above.Code, below.Code, ok)
	}
	if _, _, ok := apart(compareRow{cells: map[string]release.Row{"A": wide, "C": row(20, 5, 60)}}, geos); ok {
		t.Error("intervals that touch open the page")
	}
	bare := func(value float64) release.Row { return release.Row{Status: release.Normal, Value: &value} }
	if above, below, ok := apart(compareRow{cells: map[string]release.Row{"A": bare(3), "B": bare(9), "C": bare(2)}}, geos); !ok || above.Code != "B" || below.Code != "C" {
		t.Errorf("%s and %s (%t) of values that have no interval, want B and C", above.Code, below.Code, ok)
	}
	if _, _, ok := apart(compareRow{cells: map[string]release.Row{"B": narrow}}, geos); ok {
		t.Error("one territory is apart from itself")
	}
}

func TestTheComparisonOpensFilledWithoutScripts(t *testing.T) {
	needAssets(t)
	rel, folder := edited(t, cellAt{}, nil)
	out := output.NewMemory()
	if _, err := Build(t.Context(), rel, out, editedOptions(rel, folder)); err != nil {
		t.Fatal(err)
	}
	for path, root := range map[string]string{"confronta/index.html": "Emilia-Romagna (regione)", "en/compare/index.html": "Emilia-Romagna (region)"} {
		page := string(out.Read(path))
		open := regexp.MustCompile(`data-open="([^"]+)"`).FindStringSubmatch(page)
		if open == nil || len(strings.Fields(open[1])) != 3 {
			t.Fatalf("%s opens with %q, want two territories and the whole", path, open)
		}
		if strings.Contains(page, `id="sheet" hidden`) || !strings.Contains(page, root) || !strings.Contains(page, `class="lead opening"`) {
			t.Errorf("%s: the table is hidden, without the whole or without its sentence", path)
		}
		rows, cells := strings.Count(page, "<tr data-row="), strings.Count(page, `<td data-place=`)
		if rows == 0 || cells != 3*rows {
			t.Errorf("%s: %d cells in %d rows", path, cells, rows)
		}
	}
}

// openedWith are the territories that a built page of comparisons shows of its own.
func openedWith(t *testing.T, dir string) []string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(dir, "confronta", "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	if open := regexp.MustCompile(`data-open="([^"]+)"`).FindSubmatch(page); open != nil {
		return strings.Fields(string(open[1]))
	}
	return nil
}
