package site

import (
	"context"
	"fmt"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"osservatorio/dashboards"
	"osservatorio/dashboards/words"
	"osservatorio/queries/release"
	"osservatorio/site/serve"
	"osservatorio/site/sitetest"
)

// longPages are the invented pages with a theme of four sections and seven figures.
func longPages(ctx context.Context, rel *release.Release, w *words.Catalogue) ([]dashboards.Page, error) {
	pages, err := sitetest.Pages(ctx, rel, w)
	if err != nil {
		return nil, err
	}
	for i := range pages {
		if pages[i].ID != "lep" {
			continue
		}
		figure := pages[i].Sections[0].Figures[0]
		for k := range 5 {
			f := figure
			f.ID = fmt.Sprintf("lep-more-%d", k)
			f.Title = fmt.Sprintf("Answer %d", k)
			s := dashboards.Section{ID: fmt.Sprintf("s-more-%d", k)}
			if k == 0 {
				s.Title = "A question"
			}
			s.Figures = append(s.Figures, f)
			pages[i].Sections = append(pages[i].Sections, s)
		}
	}
	return pages, nil
}

func TestALongPageFoldsAllButItsFirstPartUnderWhatItSays(t *testing.T) {
	opt := options()
	opt.Pages = longPages
	dir := filepath.Join(t.TempDir(), "site")
	built(t, dir, sitetest.Release(), opt)
	page := readSite(t, dir, "livelli-essenziali/index.html")
	if got := strings.Count(page, `<details class="part"`); got != 5 {
		t.Errorf("%d folded parts, want 5", got)
	}
	first, rest, _ := strings.Cut(page, `<details class="part"`)
	if !strings.Contains(first, `id="lep-bars"`) || strings.Contains(rest, `id="lep-bars"`) {
		t.Error("the first part is folded")
	}
	for _, want := range []string{`<summary><h2>A question</h2><span class="sub">Answer 0</span>`, `<summary><h2>Answer 1</h2>`} {
		if !strings.Contains(rest, want) {
			t.Errorf("no fold says %s", want)
		}
	}
	if strings.Contains(rest, "<h3>Answer 1</h3>") || !strings.Contains(rest, "<h3>Answer 0</h3>") {
		t.Error("a figure alone says its title twice, or one among others not at all")
	}
	if strings.Contains(readSite(t, dir, "index.html"), `<details class="part"`) {
		t.Error("a short page is folded")
	}
}

// seen tells whether a figure can be seen when its permalink is opened.
const seen = `(() => { const f = document.getElementById("lep-more-3").getBoundingClientRect(); return f.height > 100 && f.top < innerHeight && f.bottom > 0 })()`

func TestAPermalinkOpensThePartThatHoldsItsFigureEvenWithoutScripts(t *testing.T) {
	ctx := browser(t)
	needAssets(t)
	opt := options()
	opt.Pages = longPages
	dir := filepath.Join(t.TempDir(), "site")
	built(t, dir, sitetest.Release(), opt)
	s := httptest.NewServer(serve.Handler(dir, serve.Options{Headers: SecurityHeaders()}))
	t.Cleanup(s.Close)
	for _, off := range []bool{false, true} {
		set := emulation.SetScriptExecutionDisabledParams{Value: off}
		if _, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, set); err != nil {
			t.Fatal(err)
		}
		if err := chromedp.Do(ctx, chromedp.Navigate("about:blank"), chromedp.Navigate(s.URL+"/livelli-essenziali/#lep-more-3")); err != nil {
			t.Fatal(err)
		}
		ok := false
		for end := time.Now().Add(5 * time.Second); !ok && time.Now().Before(end); time.Sleep(50 * time.Millisecond) { // the page scrolls smoothly
			var err error
			if ok, err = chromedp.Run(ctx, chromedp.Evaluate[bool](seen)); err != nil {
				t.Fatal(err)
			}
		}
		if !ok {
			t.Errorf("scripts off: %v: the figure cannot be seen", off)
		}
	}
	complaints := watch(t, ctx, s.URL)
	if err := chromedp.Do(ctx, chromedp.Navigate(s.URL+"/livelli-essenziali/")); err != nil {
		t.Fatal(err)
	}
	complaints.none(t)
}
