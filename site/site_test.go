package site

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/andybalholm/brotli"

	"osservatorio/dashboards"
	"osservatorio/dashboards/words"
	"osservatorio/queries/release"
	"osservatorio/site/output"
	"osservatorio/site/sitetest"
)

var update = flag.Bool("update", false, "write the golden files anew (refused where CI is set)")

// needAssets skips where style and scripts were not built.
func needAssets(t testing.TB) {
	t.Helper()
	if _, err := embeddedAssets(); err != nil {
		t.Skip("site assets not here: run make assets")
	}
}

func options() Options {
	return Options{Renderer: sitetest.Renderer{}, Picturer: sitetest.Picturer{}, Pages: sitetest.Pages, Reports: sitetest.Reports, ReleaseDir: sitetest.Folder(), Workers: 2}
}

// tiny is the site of the tiny release, built once for all tests that only read it.
var tiny = sync.OnceValues(buildTiny)

func buildTiny() (*output.Memory, error) {
	out := output.NewMemory()
	_, err := Build(context.Background(), sitetest.Release(), out, options())
	return out, err
}

func tinySite(t testing.TB) *output.Memory {
	t.Helper()
	needAssets(t)
	out, err := tiny()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// buildError builds and returns the error that a fault must bring.
func buildError(t *testing.T, rel *release.Release, opt Options) error {
	t.Helper()
	needAssets(t)
	_, err := Build(context.Background(), rel, output.NewMemory(), opt)
	if err == nil {
		t.Fatal("the site was built")
	}
	return err
}

// htmlPages are the pages of the site itself; framedPages are the figures alone.
func htmlPages(out *output.Memory) map[string]string {
	return pagesWhere(out, func(path string) bool { return !isAlone(path) })
}

func framedPages(out *output.Memory) map[string]string {
	return pagesWhere(out, func(path string) bool { return isAlone(path) && strings.Contains("/"+path, "/embed/") })
}

// isAlone says that a page stands without the site round it: a figure, or what a
// release pins.
func isAlone(path string) bool {
	return strings.HasPrefix(path, "embed/") || strings.HasPrefix(path, "r/")
}

func pagesWhere(out *output.Memory, keep func(path string) bool) map[string]string {
	pages := map[string]string{}
	for _, p := range out.Paths() {
		if strings.HasSuffix(p, ".html") && keep(p) {
			pages[p] = string(out.Read(p))
		}
	}
	return pages
}

var assetHash = regexp.MustCompile(`\.[0-9a-f]{10}\.`)

func TestATinyReleaseHasTheseAddresses(t *testing.T) {
	var got strings.Builder
	for _, p := range tinySite(t).Paths() {
		if !strings.HasSuffix(p, ".gz") && !strings.HasSuffix(p, ".br") {
			got.WriteString(assetHash.ReplaceAllString(p, ".HASH.") + "\n")
		}
	}
	golden(t, "testdata/tree.txt", got.String())
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if os.Getenv("CI") != "" {
			t.Fatal("-update: refused where CI is set")
		}
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs, run the test with -update and read the change:\n%s", name, got)
	}
}

func TestTheSameReleaseTwiceIsTheSameBytes(t *testing.T) {
	first := tinySite(t)
	second, err := buildTiny()
	if err != nil {
		t.Fatal(err)
	}
	if a, b := first.Paths(), second.Paths(); strings.Join(a, "\n") != strings.Join(b, "\n") {
		t.Fatalf("paths differ: %d and %d", len(a), len(b))
	}
	for _, p := range first.Paths() {
		if !bytes.Equal(first.Read(p), second.Read(p)) {
			t.Errorf("%s differs", p)
		}
	}
}

func TestEveryPageHasATwinInTheOtherLanguage(t *testing.T) {
	pages := htmlPages(tinySite(t))
	twin := regexp.MustCompile(`<a href="([^"]+)" lang="(it|en)" hreflang="(?:it|en)">`)
	for name, html := range pages {
		if name == "404.html" {
			continue // one page in both languages
		}
		m := twin.FindStringSubmatch(html)
		if m == nil {
			t.Errorf("%s: no link to the other language", name)
			continue
		}
		other := pages[file(m[1])]
		if !strings.Contains(other, `<html lang="`+m[2]+`">`) {
			t.Errorf("%s: its twin %s is no page in %s", name, m[1], m[2])
		}
		if !strings.Contains(other, `href="/`+strings.TrimSuffix(name, "index.html")+`"`) {
			t.Errorf("%s: its twin %s does not lead back", name, m[1])
		}
	}
}

func TestNoPageHoldsInlineStyleOrScriptOrAsksOthers(t *testing.T) {
	loaded := regexp.MustCompile(`<(?:script|img|iframe|source|video|audio|embed|object)\b[^>]*\s(?:src|data)="([^"]*)"|<link\b[^>]*\srel="(?:stylesheet|preload|icon)"[^>]*\shref="([^"]*)"|url\(([^)]*)\)`)
	out := tinySite(t)
	for _, p := range out.Paths() {
		ext := filepath.Ext(p)
		if ext != ".html" && ext != ".css" && ext != ".svg" {
			continue
		}
		text := string(out.Read(p))
		for _, m := range loaded.FindAllStringSubmatch(text, -1) {
			if url := m[1] + m[2] + m[3]; strings.Contains(url, "//") {
				t.Errorf("%s asks %s", p, url)
			}
		}
		if ext == ".html" && inlines.MatchString(text) {
			t.Errorf("%s: inline style or script: %s", p, inlines.FindString(text))
		}
		if strings.Contains(text, ` style="`) {
			t.Errorf("%s: a style attribute", p)
		}
	}
}

func TestEveryPageOfASyntheticReleaseSaysSo(t *testing.T) {
	for name, html := range htmlPages(tinySite(t)) {
		want := "Dati sintetici."
		if strings.HasPrefix(name, "en/") {
			want = "Synthetic data."
		}
		if !strings.Contains(html, want) {
			t.Errorf("%s does not say %q", name, want)
		}
	}
}

func TestEveryPageHasOneHeadingTitleAndMain(t *testing.T) {
	for name, html := range htmlPages(tinySite(t)) {
		for _, once := range []string{"<h1", "<main ", "<title", `class="skiplinks"`, `rel="stylesheet"`} {
			if n := strings.Count(html, once); n != 1 {
				t.Errorf("%s: %d of %s, want one", name, n, once)
			}
		}
		if n := strings.Count(html, "<nav aria-label="); n == 0 {
			t.Errorf("%s: a menu without a name", name)
		}
	}
}

func TestTheTextOfAReleaseCannotBecomeMarkup(t *testing.T) {
	out := tinySite(t)
	page := string(out.Read("distretti/beta/index.html"))
	if strings.Contains(page, "<&>") || !strings.Contains(page, "Beta &lt;&amp;&gt;") {
		t.Error("the name Beta <&> is not escaped")
	}
}

func TestTheFirstChartIsReadableWithinSixtyKilobytes(t *testing.T) {
	out := tinySite(t)
	total := len(out.Read("index.html.gz"))
	for _, p := range out.Paths() {
		if strings.HasPrefix(p, "assets/style.") && strings.HasSuffix(p, ".css.gz") {
			total += len(out.Read(p))
		}
	}
	if total > 60_000 {
		t.Errorf("page and style: %d bytes gzip", total)
	}
}

func TestCompressedTwinsHoldTheSameBytes(t *testing.T) {
	out := tinySite(t)
	for _, p := range []string{"index.html", "en/data/lep-coverage/index.html", "robots.txt"} {
		plain := out.Read(p)
		if len(plain) == 0 {
			t.Errorf("%s: not written", p)
			continue
		}
		if len(plain) < tooSmall {
			continue
		}
		gz, err := gzip.NewReader(bytes.NewReader(out.Read(p + ".gz")))
		if err != nil {
			t.Fatalf("%s.gz: %v", p, err)
		}
		same(t, p+".gz", gz, plain)
		same(t, p+".br", brotli.NewReader(bytes.NewReader(out.Read(p+".br"))), plain)
	}
}

func same(t *testing.T, name string, r io.Reader, want []byte) {
	t.Helper()
	got, err := io.ReadAll(r)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s: holds other bytes (%v)", name, err)
	}
}

func TestTheReleaseIsMirroredAtTheRoot(t *testing.T) {
	out := tinySite(t)
	for name, f := range sitetest.Folder() {
		if !bytes.Equal(out.Read(name), f.Data) {
			t.Errorf("%s: not the release's bytes", name)
		}
	}
}

func TestABrokenSiteIsNotBuilt(t *testing.T) {
	content := func(name, text string) Options {
		opt := options()
		opt.Content = fstest.MapFS{name: &fstest.MapFile{Data: []byte(text)}}
		return opt
	}
	pages := func(change func(w *words.Catalogue, p []dashboards.Page) []dashboards.Page) Options {
		opt := options()
		opt.Pages = func(ctx context.Context, rel *release.Release, w *words.Catalogue) ([]dashboards.Page, error) {
			p, err := sitetest.Pages(ctx, rel, w)
			return change(w, p), err
		}
		return opt
	}
	for claim, c := range map[string]struct {
		opt  Options
		want string
	}{
		"a link to no page":         {content("it/about.md", "# Titolo\n\nCapo.\n\n[x](page:nowhere)"), "page:nowhere"},
		"a link to no file":         {content("it/about.md", "# Titolo\n\nCapo.\n\n[x](/data/nothing.csv)"), "/data/nothing.csv: leads nowhere"},
		"an anchor that is nowhere": {content("en/about.md", "# Title\n\nLead.\n\n[x](page:glossary#nothing)"), "no such place"},
		"an image without words":    {content("en/about.md", "# Title\n\nLead.\n\n![](/assets/x.png)"), "leads nowhere"},
		"a text without a title":    {content("it/about.md", "Capo."), "want the title"},
		"a word nobody filled":      {content("it/about.md", "# Titolo\n\nCapo {{.Nothing}}."), "Nothing"},
		"a page in one language": {pages(func(w *words.Catalogue, p []dashboards.Page) []dashboards.Page {
			if w.Lang == "en" {
				return p[:len(p)-1]
			}
			return p
		}), "not in en"},
		"two pages at one address": {pages(func(_ *words.Catalogue, p []dashboards.Page) []dashboards.Page {
			p[1].Slug = release.Text{IT: "dati", EN: "data"}
			return p
		}), "is taken"},
		"no home page": {pages(func(_ *words.Catalogue, p []dashboards.Page) []dashboards.Page { return p[1:] }), `no page "home"`},
		"a page without a headline": {pages(func(_ *words.Catalogue, p []dashboards.Page) []dashboards.Page {
			p[1].Headline = ""
			return p
		}), "no headline"},
	} {
		t.Run(claim, func(t *testing.T) {
			if err := buildError(t, sitetest.Release(), c.opt); !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %q does not say %q", err, c.want)
			}
		})
	}
}

func TestAViewWithoutAMethodPageIsNotBuilt(t *testing.T) {
	rel := sitetest.Release()
	rel.Info.Views[0].Method = "unwritten"
	if err := buildError(t, rel, options()); !strings.Contains(err.Error(), "method/unwritten.md") {
		t.Errorf("error: %v", err)
	}
}

func TestAPageThatNothingLeadsToIsAFault(t *testing.T) {
	c := checker{links: map[string][]string{"/": {"/a/"}}}
	c.orphans([]*readPage{{path: "/"}, {path: "/a/"}, {path: "/b/"}, {path: "/404.html"}})
	if len(c.faults) != 1 || !strings.Contains(c.faults[0], "/b/") {
		t.Errorf("faults: %v", c.faults)
	}
}

func TestAnImageWithoutWordsIsAFault(t *testing.T) {
	p := readOf(rendered{path: "/", html: []byte(`<img src=x> <svg viewBox="0 0 1 1"></svg> <p style="a:b">`)})
	if len(p.faults) != 3 {
		t.Errorf("faults: %v", p.faults)
	}
}

func TestWithoutAssetsTheErrorSaysWhatToDo(t *testing.T) {
	_, err := loadAssets(fstest.MapFS{})
	if !errors.Is(err, ErrNoAssets) || !strings.Contains(err.Error(), "run make assets") {
		t.Errorf("error: %v", err)
	}
}

func TestNothingChangedMeansNothingBuilt(t *testing.T) {
	needAssets(t)
	target := filepath.Join(t.TempDir(), "site")
	opt := options()
	opt.CacheDir = filepath.Join(t.TempDir(), "cache")
	first := buildDir(t, target, opt)
	if first.Unchanged || first.Drawn == 0 || first.Cached != 0 {
		t.Fatalf("first build: %+v", first)
	}
	if again := buildDir(t, target, opt); !again.Unchanged {
		t.Errorf("second build: %+v", again)
	}
	opt.Software = "another version"
	if third := buildDir(t, target, opt); third.Unchanged || third.Drawn != 0 || third.Cached != first.Drawn {
		t.Errorf("build by another version: %+v, want all %d drawings from the cache", third, first.Drawn)
	}
}

func buildDir(t *testing.T, target string, opt Options) Report {
	t.Helper()
	out, err := output.NewDir(target)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	report, err := Build(context.Background(), sitetest.Release(), out, opt)
	if err != nil {
		t.Fatal(err)
	}
	if err := out.Commit(); err != nil {
		t.Fatal(err)
	}
	return report
}

func TestEveryTextOfTheHouseStandsInBothLanguages(t *testing.T) {
	for _, dirs := range [][2]string{{"content/it", "content/en"}, {"content/en", "content/it"}} {
		names, err := filepath.Glob(dirs[0] + "/*.md")
		if err != nil {
			t.Fatal(err)
		}
		method, err := filepath.Glob(dirs[0] + "/method/*.md")
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, method...)
		if len(names) < 10 {
			t.Fatalf("%s: only %d texts", dirs[0], len(names))
		}
		for _, name := range names {
			rel := strings.TrimPrefix(name, dirs[0])
			if _, err := os.Stat(dirs[1] + rel); err != nil {
				t.Errorf("%s: not in %s", rel, dirs[1])
			}
			raw, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := parseProse(raw); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func TestAFigureFileCarriesItsTitleAndSource(t *testing.T) {
	svg := string(tinySite(t).Read("figure/it/home-bars.svg"))
	for _, want := range []string{"Due territori si distinguono", "Dati sintetici. Fonte: SIL di prova, estrazione del 31 ottobre 2026.", `role="img"`} {
		if !strings.Contains(svg, want) {
			t.Errorf("the file does not say %q", want)
		}
	}
}

func TestTheReleasesPageSaysWhatTheChecksDid(t *testing.T) {
	page := string(tinySite(t).Read("rilasci/index.html"))
	if want := `<td class="r">1.210</td><td class="r">1.204</td><td class="r">6</td>`; !strings.Contains(page, want) {
		t.Errorf("no row with %s", want)
	}
}
