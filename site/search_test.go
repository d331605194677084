package site

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"osservatorio/site/output"
)

// settle is how long a page may take to fetch a small file and show it.
const settle = 400 * time.Millisecond

func TestTheSearchIndexHoldsEveryKindInBothLanguages(t *testing.T) {
	out := tinySite(t)
	for lang, want := range map[string][]string{
		"it": {"Tema|/livelli-essenziali/", "Distretto|/distretti/alfa/", "Indicatore|/metodo/lep-coverage/", "Insieme di dati|/dati/co-flows/", "Pagina|/osservatorio/", "Grafico|/livelli-essenziali/#lep-bars"},
		"en": {"Theme|/en/essential-levels/", "District|/en/districts/alfa/", "Indicator|/en/method/lep-coverage/", "Data set|/en/data/co-flows/", "Page|/en/about/", "Chart|/en/essential-levels/#lep-bars"},
	} {
		have := map[string]bool{}
		for _, e := range indexOf(t, out, lang) {
			have[e.Kind+"|"+e.Path] = true
		}
		for _, w := range want {
			if !have[w] {
				t.Errorf("%s: the index lacks %s", lang, w)
			}
		}
	}
}

// indexOf reads the index as the page's script does.
func indexOf(t *testing.T, out *output.Memory, lang string) []found {
	t.Helper()
	var index struct {
		Kinds   []string
		Entries [][]any
	}
	if err := json.Unmarshal(out.Read("search/"+lang+".json"), &index); err != nil {
		t.Fatal(err)
	}
	var all []found
	for _, e := range index.Entries {
		all = append(all, found{index.Kinds[int(e[0].(float64))], e[1].(string), e[2].(string), e[3].(string), e[4].(string)})
	}
	return all
}

func TestEveryAddressOfTheSearchIndexExists(t *testing.T) {
	out := tinySite(t)
	for _, lang := range []string{"it", "en"} {
		for _, e := range indexOf(t, out, lang) {
			path, anchor, _ := strings.Cut(e.Path, "#")
			page := string(out.Read(file(path)))
			if page == "" || anchor != "" && !strings.Contains(page, ` id="`+anchor+`"`) {
				t.Errorf("%s: %q leads to %s, which is not there", lang, e.Title, e.Path)
			}
			if e.Title == "" || e.Kind == "" {
				t.Errorf("%s: %s has no title or kind", lang, e.Path)
			}
		}
	}
}

func TestEveryPageLeadsToTheSearchOfItsLanguage(t *testing.T) {
	for name, html := range htmlPages(tinySite(t)) {
		want := `href="/cerca/"`
		if strings.HasPrefix(name, "en/") {
			want = `href="/en/search/"`
		}
		if !strings.Contains(html, want) {
			t.Errorf("%s: no %s", name, want)
		}
	}
}

func TestTheIndexFromAToZIsInOrder(t *testing.T) {
	page := string(tinySite(t).Read("cerca/index.html"))
	names := regexp.MustCompile(`<h3 class="letter" id="az-([a-z0-9-]+)">`).FindAllStringSubmatch(page, -1)
	if len(names) < 8 {
		t.Fatalf("only %d letters", len(names))
	}
	for i := 1; i < len(names); i++ {
		if names[i-1][1] >= names[i][1] {
			t.Errorf("%s stands before %s", names[i-1][1], names[i][1])
		}
	}
}

// typed types into the search field and returns the count and the titles found.
func typed(t *testing.T, ctx context.Context, text string) (string, []string) {
	t.Helper()
	err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](`(() => { const q = document.getElementById("q"); q.focus(); q.value = ""; })()`), chromedp.SendKeys(chromedp.CSS("#q"), text), chromedp.Sleep(settle))
	if err != nil {
		t.Fatal(err)
	}
	count, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.getElementById("found-count").textContent`))
	if err != nil {
		t.Fatal(err)
	}
	titles, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`[...document.querySelectorAll("#found a")].map((a) => a.textContent)`))
	if err != nil {
		t.Fatal(err)
	}
	return count, titles
}

func TestSearchFindsByBeginningsWithoutAccentsAndDespiteOneWrongLetter(t *testing.T) {
	ctx, s := browser(t), drawnSite(t)
	faults := watch(t, ctx, s.URL)
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(360, 800), chromedp.Navigate(s.URL+"/cerca/")); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ asked, first string }{
		{"alf", "Alfa"}, {"ALFA", "Alfa"}, {"copertura lep", "Copertura dei LEP"}, {"privacy", "Informativa privacy"},
		{"accessibilità", "Accessibilità"}, {"accessibilita", "Accessibilità"},
		{"coprtura", "Copertura"}, {"profilazioni", "Profilazione"},
	} {
		count, titles := typed(t, ctx, c.asked)
		if len(titles) == 0 || titles[0] != c.first || count == "" {
			t.Errorf("%q: %q, %v, want %s first", c.asked, count, titles, c.first)
		}
	}
	if count, titles := typed(t, ctx, "zzzzzz"); len(titles) != 0 || !strings.HasPrefix(count, "Nessun risultato per «zzzzzz»") {
		t.Errorf("of nothing: %q, %v", count, titles)
	}
	wide, err := chromedp.Run(ctx, chromedp.Evaluate[int64](`document.documentElement.scrollWidth`))
	if err != nil || wide > 360 {
		t.Errorf("the page is %d px wide (%v)", wide, err)
	}
	faults.none(t)
}

func TestSearchWorksByKeyboardAndByItsAddress(t *testing.T) {
	ctx, s := browser(t), drawnSite(t)
	if err := chromedp.Do(ctx, chromedp.Navigate(s.URL+"/en/search/?q=beta"), chromedp.Sleep(settle), chromedp.Focus(chromedp.CSS("#q"))); err != nil {
		t.Fatal(err)
	}
	active := func() string {
		t.Helper()
		text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.activeElement.id || document.activeElement.textContent`))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	for _, step := range []struct{ key, want string }{{kb.ArrowDown, "Beta <&>"}, {kb.ArrowUp, "q"}, {kb.Enter, "Beta <&>"}, {kb.Escape, "q"}} {
		if err := chromedp.Do(ctx, chromedp.KeyEvent(step.key)); err != nil {
			t.Fatal(err)
		}
		if got := active(); got != step.want {
			t.Errorf("after %q the focus is on %q, want %q", step.key, got, step.want)
		}
	}
	if err := chromedp.Do(ctx, chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(kb.Enter), chromedp.Sleep(settle)); err != nil {
		t.Fatal(err)
	}
	at, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.pathname`))
	if err != nil || at != "/en/districts/beta/" {
		t.Errorf("Enter on a result leads to %q (%v)", at, err)
	}
}

func TestWithoutScriptsTheSearchPageIsAnIndex(t *testing.T) {
	ctx, s := browser(t), drawnSite(t)
	if _, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(s.URL+"/cerca/")); err != nil {
		t.Fatal(err)
	}
	seen, err := chromedp.Run(ctx, chromedp.Evaluate[[]bool](`[document.querySelector("form").offsetParent !== null, [...document.querySelectorAll("#az a")].some((a) => a.textContent === "Alfa" && a.offsetParent !== null)]`))
	if err != nil {
		t.Fatal(err)
	}
	if seen[0] || !seen[1] {
		t.Errorf("a field that does nothing is shown: %v; the index is shown: %v", seen[0], seen[1])
	}
}

// html/template takes an attribute that begins with on, also after data-, for a
// handler and writes its text as a script would, in quotes.
func TestNoAttributeOfATemplateIsTakenForAHandler(t *testing.T) {
	names, err := filepath.Glob("templates/*.html")
	if err != nil || len(names) == 0 {
		t.Fatalf("no templates (%v)", err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if found := regexp.MustCompile(`\s(data-)?on[\w-]*=`).Find(text); found != nil {
			t.Errorf("%s: %s", name, found)
		}
	}
}
