package site

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"osservatorio/dashboards/words"
	"osservatorio/queries/release"
)

func TestATerritoryStandsBesideThoseThatContainItWithoutScripts(t *testing.T) {
	page := string(tinySite(t).Read("confronta/alfa/index.html"))
	at := 0
	for _, want := range []string{"Alfa (distretto)", "Provincia Uno (provincia)", "Regione di prova (regione)", "D Patto di servizio", "II trim. 2026",
		`<td data-place="Alfa (distretto)"><b>70,0%</b>`, `<span class="ci">da 60,0 a 80,0</span>`, "Non pubblicato", `<b>72,0%</b>`, "/confronta/?t=D1&amp;t=P1&amp;t=R"} {
		next := strings.Index(page[at:], want)
		if next < 0 {
			t.Fatalf("no %q after the others", want)
		}
		at += next
	}
	if strings.Contains(page, "compare.js") || strings.Contains(page, "<form") {
		t.Error("a page that needs no script asks for one")
	}
}

func TestACellThatIsNotShownSaysWhyInWordsAndByASign(t *testing.T) {
	n, d, v := 12.0, 25.0, 41.5
	c := composer{lang: "it", w: italian(t)}
	for _, x := range []struct {
		claim string
		row   release.Row
		want  string
	}{
		{"hidden", release.Row{Status: release.Confidential}, `m-hatch" aria-hidden="true"></span>Dato riservato`},
		{"few", release.Row{Status: release.LowReliability, Numerator: &n, Denominator: &d}, `m-few" aria-hidden="true"></span>Troppo poche: 12 su 25`},
		{"pending", release.Row{Status: release.Missing, Reason: release.NotObservable}, `m-pending" aria-hidden="true"></span>Non ancora osservabile`},
		{"nobody", release.Row{Status: release.CannotExist}, `Non esiste`},
		{"provisional", release.Row{Status: release.Provisional, Value: &v, Unit: "percent"}, `<b>41,5%</b> <small>provvisorio</small>`},
	} {
		got := string(c.compareCell(compareRow{Top: 100, cells: map[string]release.Row{"D": x.row}}, "D"))
		if !strings.Contains(got, x.want) {
			t.Errorf("%s: %s lacks %s", x.claim, got, x.want)
		}
	}
	if got := string(c.compareCell(compareRow{}, "D")); got != "<td>Non pubblicato</td>" {
		t.Errorf("absent: %s", got)
	}
}

func TestThePeriodComparedIsTheLastThatMostTerritoriesShow(t *testing.T) {
	row := func(kind, period string, s release.Status) release.Row {
		return release.Row{GeoLevel: "district", PeriodType: kind, Period: period, Measure: "m", Status: s}
	}
	for _, c := range []struct {
		claim, want string
		rows        []release.Row
	}{
		{"the last quarter shows too few", "2026-Q1", []release.Row{row("quarter", "2026-Q1", "A"), row("quarter", "2026-Q1", "A"), row("quarter", "2026-Q1", "A"), row("quarter", "2026-Q2", "A")}},
		{"quarters show too few, years do not", "2025", []release.Row{row("quarter", "2026-Q1", "A"), row("year", "2025", "A"), row("year", "2025", "A"), row("year", "2025", "P"), row("year", "2026", "Q")}},
		{"the last quarter is provisional", "2026-Q1", []release.Row{row("quarter", "2026-Q1", "A"), row("quarter", "2026-Q2", "P")}},
		{"nothing is shown", "", []release.Row{row("quarter", "2026-Q1", "Q")}},
	} {
		if got := comparePeriod(release.NewFrame(release.Header{Kind: release.Count}, c.rows), "district", "m"); got != c.want {
			t.Errorf("%s: %q, want %q", c.claim, got, c.want)
		}
	}
}

func TestEachTerritoryHasOneFileWithACellForEveryRow(t *testing.T) {
	out := tinySite(t)
	rows := strings.Count(string(out.Read("confronta/index.html")), "<tr data-row=")
	for _, code := range []string{"D1", "D2", "P1", "R"} {
		var place struct{ Cells map[string]string }
		if err := json.Unmarshal(out.Read("compare/en/"+code+".json"), &place); err != nil || len(place.Cells) != rows || rows == 0 {
			t.Errorf("%s: %d cells for %d rows (%v)", code, len(place.Cells), rows, err)
		}
	}
}

// columnsShown are the heads of the table in the page, "" where it is hidden.
func columnsShown(t *testing.T, ctx context.Context) string {
	t.Helper()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`(() => { const s = document.getElementById("sheet");
		return s.hidden ? "" : [...s.querySelectorAll("thead th")].slice(1).map((h) => h.textContent).join(" | "); })()`))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestTheChoiceOfTerritoriesStandsInTheAddress(t *testing.T) {
	ctx, s := browser(t), drawnSite(t)
	faults := watch(t, ctx, s.URL)
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(360, 800), chromedp.Navigate(s.URL+"/confronta/?t=D2&t=R"), chromedp.Sleep(settle)); err != nil {
		t.Fatal(err)
	}
	if got := columnsShown(t, ctx); got != "Beta <&> (distretto) | Regione di prova (regione)" {
		t.Fatalf("columns: %q", got)
	}
	hidden, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.querySelector("tr[data-row] td").textContent`))
	if err != nil || hidden != "Dato riservato" {
		t.Errorf("the hidden cell says %q (%v)", hidden, err)
	}
	twin, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.querySelector("header a[hreflang]").getAttribute("href")`))
	if err != nil || !strings.HasSuffix(twin, "/en/compare/?t=D2&t=R") {
		t.Errorf("the English twin is %q (%v)", twin, err)
	}
	wide, err := chromedp.Run(ctx, chromedp.Evaluate[int64](`document.documentElement.scrollWidth`))
	if err != nil || wide > 360 {
		t.Errorf("the page is %d px wide (%v)", wide, err)
	}
	faults.none(t)
}

func TestTerritoriesAreAddedAndRemovedByKeyboard(t *testing.T) {
	ctx, s := browser(t), drawnSite(t)
	err := chromedp.Do(ctx, chromedp.Navigate(s.URL+"/confronta/"), chromedp.Sleep(settle), chromedp.Focus(chromedp.CSS("#add")),
		chromedp.KeyEvent("B"), chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(kb.Enter), chromedp.Sleep(settle))
	if err != nil {
		t.Fatal(err)
	}
	state := func() []string {
		t.Helper()
		got, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`[location.search, document.querySelector("[data-compare] [role=status]").textContent, document.activeElement.id]`))
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if got := state(); got[0] != "?t=D2" || got[1] != "Beta <&> aggiunto, 1 territori nel confronto" || columnsShown(t, ctx) != "Beta <&> (distretto)" {
		t.Errorf("after adding: %q", got)
	}
	if err := chromedp.Do(ctx, chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(kb.Enter), chromedp.Sleep(settle)); err != nil {
		t.Fatal(err)
	}
	if got := state(); got[0] != "" || !strings.HasPrefix(got[1], "Beta <&> tolto") || got[2] != "add" || columnsShown(t, ctx) != "" {
		t.Errorf("after removing: %q", got)
	}
	if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](`history.back()`), chromedp.Sleep(settle)); err != nil {
		t.Fatal(err)
	}
	if got := columnsShown(t, ctx); got != "Beta <&> (distretto)" {
		t.Errorf("one step back: %q", got)
	}
}

func TestWithoutScriptsReadyComparisonsAreOffered(t *testing.T) {
	ctx, s := browser(t), drawnSite(t)
	if _, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(s.URL+"/confronta/")); err != nil {
		t.Fatal(err)
	}
	seen, err := chromedp.Run(ctx, chromedp.Evaluate[[]bool](`[document.querySelector("form").offsetParent !== null, document.getElementById("sheet").offsetParent !== null, document.querySelector('a[href="/confronta/alfa/"]').offsetParent !== null]`))
	if err != nil {
		t.Fatal(err)
	}
	if seen[0] || seen[1] || !seen[2] {
		t.Errorf("form, empty table, ready comparison shown: %v, want only the last", seen)
	}
}

func italian(t *testing.T) *words.Catalogue {
	t.Helper()
	w, err := words.Load("it")
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestOnAPhoneTheRowsOfMostDataSetsWaitForATick(t *testing.T) {
	ctx, s := browser(t), drawnSite(t)
	shown := func(width int64) (rows, all int64) {
		t.Helper()
		if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 800), chromedp.Navigate(s.URL+"/confronta/alfa/"), chromedp.Sleep(settle),
			chromedp.Evaluate[chromedp.Void](`document.querySelector(".unfold input").checked = false`)); err != nil {
			t.Fatal(err)
		}
		got, err := chromedp.Run(ctx, chromedp.Evaluate[[]int64](`(() => { const all = [...document.querySelectorAll("tr[data-row]")];
			return [all.filter((r) => r.getClientRects().length > 0).length, all.length]; })()`))
		if err != nil {
			t.Fatal(err)
		}
		return got[0], got[1]
	}
	if rows, all := shown(360); rows >= all {
		t.Errorf("on a phone %d of %d rows are shown with a box unticked", rows, all)
	}
	if rows, all := shown(1280); rows != all || all == 0 {
		t.Errorf("on a wide screen %d of %d rows are shown", rows, all)
	}
}

// Four territories of three levels are wider than a phone: rows are folded there,
// and a table that is folded must stay one for who hears it.
func TestOnAPhoneAComparisonFitsAndStaysATable(t *testing.T) {
	ctx, s := browser(t), drawnSite(t)
	for _, path := range []string{"/confronta/beta/", "/confronta/?t=D1&t=D2&t=P1&t=R"} {
		for _, width := range []int64{320, 360} {
			if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 800), chromedp.Navigate(s.URL+path), chromedp.Sleep(settle)); err != nil {
				t.Fatal(err)
			}
			beyond, err := chromedp.Run(ctx, chromedp.Evaluate[int64](`Math.max(document.documentElement.scrollWidth - innerWidth, ...[...document.querySelectorAll(".scroll")].map((e) => e.scrollWidth - e.clientWidth))`))
			if err != nil || beyond > 0 {
				t.Errorf("%s at %d px scrolls %d px sideways (%v)", path, width, beyond, err)
			}
			unnamed, err := chromedp.Run(ctx, chromedp.Evaluate[int64](`[...document.querySelectorAll(".cmp [data-row] td")].filter((e) => !getComputedStyle(e, "::before").content.includes("attr(") && !getComputedStyle(e, "::before").content.includes(e.dataset.place)).length`))
			if err != nil || unnamed > 0 {
				t.Errorf("%s at %d px: %d cells do not tell their place (%v)", path, width, unnamed, err)
			}
			for role, want := range map[string]int{"table": 1, "columnheader": 3, "rowheader": 2, "cell": 3} {
				if got := heard(t, ctx, role); got < want {
					t.Errorf("%s at %d px: %d of role %s are heard, want at least %d", path, width, got, role, want)
				}
			}
		}
	}
}

// heard is how many nodes of a role the browser offers to a screen reader.
func heard(t *testing.T, ctx context.Context, role string) (n int) {
	t.Helper()
	tree, err := chromedp.Call(ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	if err != nil {
		t.Fatal(err)
	}
	for _, node := range tree.Nodes {
		if !node.Ignored && node.Role != nil && strings.Contains(string(node.Role.Value), `"`+role+`"`) {
			n++
		}
	}
	return n
}
