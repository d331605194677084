package site

import (
	"context"
	"fmt"
	"math"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"osservatorio/dashboards/render"
	"osservatorio/site/output"
	"osservatorio/site/serve"
	"osservatorio/site/sitetest"
)

// browser starts Chromium, or skips with the line that installs it.
func browser(t *testing.T) context.Context {
	t.Helper()
	var at string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			at = found
			break
		}
	}
	if at == "" {
		t.Skip("Chromium not here: apt-get install --no-install-recommends chromium")
	}
	flags := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(at), chromedp.Flag("no-sandbox", true), chromedp.Flag("user-data-dir", t.TempDir()),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true))
	ctx, stop := chromedp.NewExecAllocator(context.Background(), flags...)
	t.Cleanup(stop)
	ctx, stopTab := chromedp.NewContext(ctx)
	t.Cleanup(stopTab)
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatalf("start Chromium: %v", err)
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// drawnSite builds the tiny site with the real renderer and serves it.
func drawnSite(t *testing.T) *httptest.Server {
	t.Helper()
	needAssets(t)
	draw, err := render.New(render.Options{Workers: 2})
	if err != nil {
		t.Skip("drawing engine not here: run make assets")
	}
	opt := options()
	opt.Renderer = draw
	dir, err := output.NewDir(filepath.Join(t.TempDir(), "site"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Build(context.Background(), sitetest.Release(), dir, opt); err != nil {
		t.Fatal(err)
	}
	if err := dir.Commit(); err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(serve.Handler(dir.Path(), serve.Options{Headers: SecurityHeaders()}))
	t.Cleanup(s.Close)
	return s
}

// shown are pages of every kind.
var shown = []string{
	"/", "/livelli-essenziali/", "/distretti/alfa/", "/territori/", "/cerca/?q=alfa", "/confronta/?t=D1&t=D2", "/confronta/beta/", "/dati/", "/dati/lep-coverage/", "/metodo/", "/metodo/lep-coverage/",
	"/metodo/riservatezza/", "/metodo/glossario/", "/rilasci/", "/osservatorio/", "/accessibilita/", "/mappa-del-sito/", "/404.html",
	"/en/", "/en/districts/alfa/", "/en/data/lep-coverage/",
}

func TestNoPageScrollsSidewaysOrBreaksItsPolicy(t *testing.T) {
	ctx, s := browser(t), drawnSite(t)
	faults := watch(t, ctx, s.URL)
	for _, width := range []int64{360, 1280} {
		for _, page := range shown {
			if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 900), chromedp.Navigate(s.URL+page)); err != nil {
				t.Fatalf("%s: %v", page, err)
			}
			wide, err := chromedp.Run(ctx, chromedp.Evaluate[int64](`document.documentElement.scrollWidth`))
			if err != nil {
				t.Fatalf("%s: %v", page, err)
			}
			if wide > width {
				t.Errorf("%s at %d px is %d px wide", page, width, wide)
			}
		}
	}
	faults.none(t)
}

// complaints are what the browser objects to: requests to others, answers that
// are errors, what the content policy refuses.
type complaints struct {
	mu   sync.Mutex
	list []string
}

func (c *complaints) add(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.list = append(c.list, text)
}

func (c *complaints) none(t *testing.T) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, text := range c.list {
		t.Errorf("the browser complains: %s", text)
	}
}

func watch(t *testing.T, ctx context.Context, home string) *complaints {
	t.Helper()
	c := &complaints{}
	err := chromedp.Listen(ctx, func(event any) {
		switch e := event.(type) {
		case *network.EventRequestWillBeSent:
			if !strings.HasPrefix(e.Request.URL, home) && !strings.HasPrefix(e.Request.URL, "data:") {
				c.add("asks " + e.Request.URL)
			}
		case *network.EventResponseReceived:
			if e.Response.Status >= 400 {
				c.add(fmt.Sprint(e.Response.Status, " ", e.Response.URL))
			}
		case *log.EventEntryAdded:
			if e.Entry.Level == "error" {
				c.add(e.Entry.Text)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, log.Enable, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAxeFindsNothing(t *testing.T) {
	ctx, s := browser(t), drawnSite(t)
	for i, page := range shown {
		width := int64(360) // every other page narrow: the kinds repeat
		if i%2 == 1 {
			width = 1280
		}
		for _, f := range axeFaults(t, ctx, s.URL+page, width) {
			t.Errorf("%s at %d px: %s", page, width, f)
		}
	}
}

// axeFaults lists what axe-core objects to on a page of that width.
func axeFaults(t *testing.T, ctx context.Context, address string, width int64) []string {
	t.Helper()
	axe, err := os.ReadFile(filepath.Join("assets", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Skip("axe-core not here: run make assets")
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 900), chromedp.Navigate(address)); err != nil {
		t.Fatalf("%s: %v", address, err)
	}
	found, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](string(axe)+`;
		axe.run().then(r => r.violations.map(v => v.id + ": " + v.nodes.map(n => n.html.slice(0, 160) + " " + n.failureSummary).slice(0, 3).join(" | ")))`,
		chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%s: %v", address, err)
	}
	return found
}

func TestWithoutScriptsThePageCanBeRead(t *testing.T) {
	ctx, s := browser(t), drawnSite(t)
	if _, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(s.URL+"/livelli-essenziali/")); err != nil {
		t.Fatal(err)
	}
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.querySelector("main").innerText`))
	if err != nil {
		t.Fatal(err)
	}
	buttons, err := chromedp.Run(ctx, chromedp.Evaluate[int](`[...document.querySelectorAll("button")].filter(b => b.offsetParent).length`))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text, "Titolo calcolato di lep") || !strings.Contains(text, "Come si legge") {
		t.Errorf("the page says only %q", text)
	}
	if buttons > 0 {
		t.Errorf("%d buttons are shown that do nothing", buttons)
	}
}

func TestTheInteractiveChartTakesThePlaceOfTheDrawing(t *testing.T) {
	ctx, s := browser(t), drawnSite(t)
	faults := watch(t, ctx, s.URL)
	scripts := chromedp.Evaluate[[]string](`[...document.querySelectorAll("script[src]")].map(s => s.src.replace(/^.*\/|\.[0-9a-f]{10}/g, ""))`)
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(s.URL+"/livelli-essenziali/")); err != nil {
		t.Fatal(err)
	}
	before, err := chromedp.Run(ctx, scripts)
	if err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.Click(chromedp.CSS("button[data-chart]")), chromedp.WaitVisible(chromedp.CSS(".live svg path"))); err != nil {
		t.Fatal(err)
	}
	after, err := chromedp.Run(ctx, scripts)
	if err != nil {
		t.Fatal(err)
	}
	if slices.Contains(before, "charts.js") || !slices.Contains(after, "charts.js") {
		t.Errorf("scripts before %v, after %v: the charts should come on request only", before, after)
	}
	faults.none(t)
}

func TestTheInteractiveChartHasTheSizeOfTheDrawing(t *testing.T) {
	ctx, s := browser(t), drawnSite(t)
	size := func(what string) []float64 {
		t.Helper()
		got, err := chromedp.Run(ctx, chromedp.Evaluate[[]float64](`(() => {
			const all = [...document.querySelector("button[data-chart]").closest("figure").querySelectorAll(".plot svg")];
			const r = all.find((e) => e.getBoundingClientRect().width > 0 && (e.closest(".live") !== null) === `+what+`).getBoundingClientRect();
			return [r.width, r.height];
		})()`))
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	for _, width := range []int64{360, 1280} {
		if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 900), chromedp.Navigate(s.URL+"/livelli-essenziali/")); err != nil {
			t.Fatal(err)
		}
		still := size("false")
		if err := chromedp.Do(ctx, chromedp.Click(chromedp.CSS("button[data-chart]")), chromedp.WaitVisible(chromedp.CSS(".live svg path"))); err != nil {
			t.Fatal(err)
		}
		live := size("true")
		for i, side := range []string{"wide", "high"} {
			if math.Abs(live[i]-still[i]) > 2 {
				t.Errorf("at %d px the drawing is %.1f %s, the interactive chart %.1f", width, still[i], side, live[i])
			}
		}
	}
}
