package site

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"osservatorio/dashboards"
	"osservatorio/dashboards/chart/charttest"
	"osservatorio/dashboards/render"
	"osservatorio/dashboards/words"
	"osservatorio/queries/release"
	"osservatorio/site/serve"
	"osservatorio/site/sitetest"
)

// lookedAt is the invented region with every view that the dashboards know, really
// drawn: all themes, the first territory, the last report. It tells the folder too.
func lookedAt(t *testing.T) (*httptest.Server, string) {
	t.Helper()
	needAssets(t)
	draw, err := render.New(render.Options{Workers: 2})
	if err != nil {
		t.Skip("drawing engine not here: run make assets")
	}
	rel := charttest.Whole()
	opt := options()
	opt.Renderer, opt.Picturer, opt.ReleaseDir, opt.Content = draw, nil, nil, sitetest.Content(rel)
	opt.Pages = func(ctx context.Context, rel *release.Release, w *words.Catalogue) ([]dashboards.Page, error) {
		pages, err := dashboards.Pages(ctx, rel, w)
		profiles := 0
		return slices.DeleteFunc(pages, func(p dashboards.Page) bool {
			if p.Geo != "" && p.ID != pageHome {
				profiles++
			}
			return profiles > 1 && p.Geo != ""
		}), err
	}
	opt.Reports = func(ctx context.Context, rel *release.Release, w *words.Catalogue) ([]dashboards.Report, error) {
		list, err := dashboards.Reports(ctx, rel, w)
		return list[:min(len(list), 1)], err
	}
	dir := filepath.Join(t.TempDir(), "site")
	built(t, dir, rel, opt)
	s := httptest.NewServer(serve.Handler(dir, serve.Options{Headers: SecurityHeaders(), Framed: EmbedHeaders(), FramedPaths: EmbedPaths()}))
	t.Cleanup(s.Close)
	return s, dir
}

// everyKind is one page of every kind of a built site: of those that the page of all
// pages lists the first of each folder, and what it does not list.
func everyKind(t *testing.T, dir, lang string) []string {
	t.Helper()
	list := map[string]string{"it": "mappa-del-sito", "en": "en/sitemap"}[lang]
	var out []string
	kinds := map[string]bool{}
	take := func(at string) {
		kind := path.Dir(strings.TrimSuffix(at, "/"))
		if kind != "/" && kind != "/en" && kinds[kind] {
			return
		}
		kinds[kind] = true
		if !slices.Contains(out, at) {
			out = append(out, at)
		}
	}
	for _, m := range regexp.MustCompile(`href="(/[a-z0-9/-]*/)"`).FindAllStringSubmatch(readSite(t, dir, list+"/index.html"), -1) {
		if (lang == "en") == strings.HasPrefix(m[1], "/en/") {
			take(m[1])
		}
	}
	more := map[string][]string{"it": {"distretti/*/scheda", "confronta/*", "embed/lep-timely-ranking", "embed/lep-timely-course", "r/*/rapporto/*"}, "en": {"en/districts/*/sheet", "embed/lep-timely-ranking/en"}}
	for _, pattern := range more[lang] {
		found, err := filepath.Glob(filepath.Join(dir, pattern, "index.html"))
		if err != nil || len(found) == 0 {
			t.Fatalf("no page %s", pattern)
		}
		rel, _ := filepath.Rel(dir, filepath.Dir(found[0]))
		out = append(out, "/"+filepath.ToSlash(rel)+"/")
	}
	if lang == "it" {
		out = append(out, "/404.html", "/cerca/?q=lavoro")
	}
	return out
}

// waysToLook are the widths and media in which a page must look right: on a screen,
// on a tablet, on a phone, with forced colours, on paper (A4 between a centimetre).
var waysToLook = []struct {
	name, media string
	width       int64
	emulate     emulation.SetEmulatedMediaParams
}{
	{"1280 px", "screen", 1280, emulation.SetEmulatedMediaParams{}},
	{"768 px", "screen", 768, emulation.SetEmulatedMediaParams{}},
	{"360 px", "screen", 360, emulation.SetEmulatedMediaParams{}},
	{"forced colours", "forced", 1280, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "forced-colors", Value: "active"}, {Name: "prefers-color-scheme", Value: "dark"}}}},
	{"paper", "print", 718, emulation.SetEmulatedMediaParams{Media: "print"}},
}

// Nothing scrolls sideways, no text is cut, small or covered, no drawing loses a
// text or is stretched, everything can be hit with a finger, no mark vanishes.
func TestEveryKindOfPageLooksRightOnScreensPhonesAndPaper(t *testing.T) {
	ctx := browser(t)
	s, dir := lookedAt(t)
	script, err := os.ReadFile(filepath.Join("testdata", "looks.js"))
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range words.Langs {
		pages := everyKind(t, dir, lang)
		if len(pages) < 20 {
			t.Fatalf("only %d kinds of page in %s: %v", len(pages), lang, pages)
		}
		t.Logf("%s: %d pages: %v", lang, len(pages), pages)
		for _, page := range pages {
			if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(s.URL+page)); err != nil {
				t.Fatalf("%s: %v", page, err)
			}
			for _, way := range waysToLook {
				if lang != words.Langs[0] && way.media != "screen" { // the words differ, the rest does not
					continue
				}
				for _, fault := range looks(t, ctx, string(script), way.media, way.width, way.emulate) {
					t.Errorf("%s, %s: %s", page, way.name, fault)
				}
			}
			if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// looks lists what is wrong with the open page, all of its folds open.
func looks(t *testing.T, ctx context.Context, script, media string, width int64, emulate emulation.SetEmulatedMediaParams) []string {
	t.Helper()
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulate); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 900)); err != nil {
		t.Fatal(err)
	}
	open := `document.querySelectorAll("details").forEach((d) => { d.open = true; }); document.fonts.ready.then(() => (` + script + fmt.Sprintf(`)(%q))`, media)
	faults, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](open, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	return faults
}
