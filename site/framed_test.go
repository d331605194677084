package site

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"osservatorio/dashboards/picture"
	"osservatorio/dashboards/render"
	"osservatorio/site/serve"
	"osservatorio/site/sitetest"
)

// framedSite is the tiny site, really drawn, served under the address that its
// snippets name, and a host of another origin that pastes them.
type framedSite struct {
	site, host *httptest.Server
	snippets   map[string]string // by name, of the bars of the theme page
}

// hostPolicy is what a strict host allows: frames, one script and images of the
// site, no inline style and nothing else.
const hostPolicy = "default-src 'none'; script-src %[1]s; frame-src %[1]s; img-src %[1]s"

func framed(t *testing.T) framedSite {
	t.Helper()
	needAssets(t)
	draw, err := render.New(render.Options{Workers: 2})
	if err != nil {
		t.Skip("drawing engine not here: run make assets")
	}
	make, err := picture.New(2)
	if err != nil {
		t.Skip("rasteriser not here: run make assets")
	}
	t.Cleanup(func() { make.Close(context.Background()) })
	dir := filepath.Join(t.TempDir(), "site")
	f := framedSite{snippets: map[string]string{}}
	f.site = httptest.NewServer(serve.Handler(dir, serve.Options{Headers: SecurityHeaders(), Framed: EmbedHeaders(), FramedPaths: EmbedPaths(), OpenPaths: OpenPaths()}))
	t.Cleanup(f.site.Close)
	opt := options()
	opt.Renderer, opt.Picturer, opt.BaseURL = draw, make, f.site.URL
	built(t, dir, sitetest.Release(), opt)
	page := readSite(t, dir, "livelli-essenziali/index.html")
	for _, m := range regexp.MustCompile(`(?s)<pre id="lep-bars-embed-([a-z]+)"[^>]*>(.*?)</pre>`).FindAllStringSubmatch(page, -1) {
		f.snippets[m[1]] = html.UnescapeString(m[2])
	}
	f.host = httptest.NewServer(http.HandlerFunc(f.serveHost))
	t.Cleanup(f.host.Close)
	return f
}

// serveHost answers /<snippet>?strict&sandbox=… with a page that holds it.
func (f framedSite) serveHost(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	text := f.snippets[strings.TrimPrefix(r.URL.Path, "/")]
	if text == "" {
		text = `<iframe title="x" src="` + f.site.URL + r.URL.Path + `"></iframe>`
	}
	if q.Has("strict") {
		w.Header().Set("Content-Security-Policy", fmt.Sprintf(hostPolicy, f.site.URL))
	}
	if q.Has("sandbox") {
		text = strings.Replace(text, "<iframe ", `<iframe sandbox="`+q.Get("sandbox")+`" `, 1)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprintf(w, `<!DOCTYPE html><html lang="it"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="icon" href="%s/figure/it/lep-bars.svg"><title>host</title></head><body>%s</body></html>`, f.site.URL, text)
}

// at is the address of a host page: by name and not by number, so that the two
// are not even of one site.
func (f framedSite) at(path string) string {
	return strings.Replace(f.host.URL, "127.0.0.1", "localhost", 1) + path
}

// settledFrame waits until the frame of the page has kept one size for a while and
// returns its width and height.
func settledFrame(t *testing.T, ctx context.Context) (width, height float64) {
	t.Helper()
	last, same := []float64{0, 0}, 0
	for range 80 {
		time.Sleep(100 * time.Millisecond)
		now, err := chromedp.Run(ctx, chromedp.Evaluate[[]float64](`(() => { const r = document.querySelector("iframe").getBoundingClientRect(); return [r.width, r.height]; })()`))
		if err != nil {
			t.Fatal(err)
		}
		if now[1] == last[1] {
			same++
		} else {
			same = 0
		}
		if last = now; same == 12 {
			break
		}
	}
	return last[0], last[1]
}

// pageHeight is how high a page of the site is in a window of that width.
func pageHeight(t *testing.T, ctx context.Context, address string, width float64) float64 {
	t.Helper()
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(int64(width), 300), chromedp.Navigate(address)); err != nil {
		t.Fatal(err)
	}
	got, err := chromedp.Run(ctx, chromedp.Evaluate[[]float64](`document.fonts.ready.then(() => [document.body.getBoundingClientRect().height, document.documentElement.scrollWidth])`, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	if got[1] > width {
		t.Errorf("%s is %.0f px wide in %.0f", address, got[1], width)
	}
	return got[0]
}

func TestAFrameOfAnotherOriginTakesTheHeightOfItsFigure(t *testing.T) {
	ctx, f := browser(t), framed(t)
	faults := watch(t, ctx, "http")
	for _, c := range []struct {
		claim, page string
		widths      []int64
	}{
		{"pasted as it is", "/frame", []int64{320, 600, 1200}},
		{"in a page with a strict policy", "/frame?strict", []int64{600}},
		{"in a sandbox without an origin", "/frame?sandbox=allow-scripts", []int64{600}},
	} {
		for _, width := range c.widths {
			if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 700), chromedp.Navigate(f.at(c.page))); err != nil {
				t.Fatal(err)
			}
			wide, high := settledFrame(t, ctx)
			if want := pageHeight(t, ctx, f.site.URL+"/embed/lep-bars/", wide); high < want-1 || high > want+2 {
				t.Errorf("%s, at %d px: the frame is %.0f high, its page %.0f", c.claim, width, high, want)
			}
		}
	}
	faults.none(t)
}

func TestAFrameWithoutAScriptIsHighEnough(t *testing.T) {
	ctx, f := browser(t), framed(t)
	if _, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	faults := watch(t, ctx, "http")
	for _, page := range []string{"/plain?strict", "/plain?sandbox=", "/pinned"} {
		for _, width := range []int64{320, 600, 800} {
			if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 700), chromedp.Navigate(f.at(page))); err != nil {
				t.Fatal(err)
			}
			wide, high := settledFrame(t, ctx)
			address := f.site.URL + "/embed/lep-bars/"
			if page == "/pinned" {
				address = f.site.URL + "/r/2026-10/embed/lep-bars/"
			}
			if want := pageHeight(t, ctx, address, wide); high < want {
				t.Errorf("%s, at %d px: the frame is %.0f high, its page %.0f", page, width, high, want)
			}
		}
	}
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.body.innerText`))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text, "Due territori si distinguono") || !strings.Contains(text, "Dati sintetici") || !strings.Contains(text, "rilascio 2026-10") {
		t.Errorf("the figure says only %q", text)
	}
	faults.none(t)
}

func TestAPastedImageIsShownByAStrictHost(t *testing.T) {
	ctx, f := browser(t), framed(t)
	faults := watch(t, ctx, "http")
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1200, 700), chromedp.Navigate(f.at("/image?strict"))); err != nil {
		t.Fatal(err)
	}
	got, err := chromedp.Run(ctx, chromedp.Evaluate[[]float64](`(() => { const i = document.querySelector("img"); i.loading = "eager"; return i.decode().then(() => [i.naturalWidth / i.naturalHeight, i.width / i.height]); })()`, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	if got[0] == 0 || got[0]/got[1] > 1.01 || got[0]/got[1] < 0.99 {
		t.Errorf("the image is %.3f wide for its height, its place %.3f", got[0], got[1])
	}
	faults.none(t)
}

func TestAPageOfTheSiteCannotBeFramedElsewhere(t *testing.T) {
	ctx, f := browser(t), framed(t)
	faults := watch(t, ctx, "http")
	if err := chromedp.Do(ctx, chromedp.Navigate(f.at("/dati/"))); err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Second)
	if !strings.Contains(strings.Join(faults.list, "\n"), "frame-ancestors") {
		t.Errorf("the browser framed it: %v", faults.list)
	}
}

func TestTheCopyButtonOfASnippetWorksByKeyboard(t *testing.T) {
	ctx, f := browser(t), framed(t)
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(f.site.URL+"/livelli-essenziali/")); err != nil {
		t.Fatal(err)
	}
	_, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`(() => {
		window.copied = ""; navigator.clipboard.writeText = (text) => { window.copied = text; return Promise.resolve(); };
		document.querySelector("#lep-bars-embed summary").focus(); return true; })()`))
	if err != nil {
		t.Fatal(err)
	}
	// Enter opens the fold; Tab leads over links and text to the first button.
	keys := chromedp.KeyEvent("\r")
	for range 12 {
		if err := chromedp.Do(ctx, keys); err != nil {
			t.Fatal(err)
		}
		there, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`document.activeElement.dataset.copy === "lep-bars-embed-frame"`))
		if err != nil {
			t.Fatal(err)
		}
		if keys = chromedp.KeyEvent("\t"); there {
			break
		}
	}
	if err := chromedp.Do(ctx, chromedp.KeyEvent("\r")); err != nil {
		t.Fatal(err)
	}
	got, err := chromedp.Run(ctx, chromedp.Evaluate[string](`window.copied`))
	if err != nil {
		t.Fatal(err)
	}
	if got != f.snippets["frame"] {
		t.Errorf("copied %q, want %q", got, f.snippets["frame"])
	}
}

func TestAxeFindsNothingInAFigureAlone(t *testing.T) {
	ctx, f := browser(t), framed(t)
	for i, page := range []string{"/embed/lep-bars/", "/embed/lep-table/en/", "/r/2026-10/embed/home-bars/"} {
		width := int64(320 + 400*i)
		for _, fault := range axeFaults(t, ctx, f.site.URL+page, width) {
			t.Errorf("%s at %d px: %s", page, width, fault)
		}
	}
}
