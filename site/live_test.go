package site

import (
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"osservatorio/site/serve"
	"osservatorio/site/sitetest"
	looking "osservatorio/site/watch"
)

// An editor has a page open and saves its text: the page shows the new one. A
// text with a broken link leaves the page and says what is wrong.
func TestASavedTextShowsInTheOpenPageByItself(t *testing.T) {
	needAssets(t)
	ctx := browser(t)
	content, dir := t.TempDir(), filepath.Join(t.TempDir(), "site")
	save := func(line string) {
		t.Helper()
		for _, lang := range []string{"it", "en"} {
			if err := os.MkdirAll(filepath.Join(content, lang), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(content, lang, "about.md"), []byte("# Osservatorio\n\nLead.\n\n"+line+"\n"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	save("First text.")
	opt := options()
	opt.Content = os.DirFS(content)
	built(t, dir, sitetest.Release(), opt)
	live := serve.NewLive(serve.Handler(dir, serve.Options{Headers: SecurityHeaders()}), EmbedPaths())
	s := httptest.NewServer(live)
	watching, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	t.Cleanup(func() { stop(); <-ended; live.Close(); s.Close() })
	go func() {
		ended <- looking.Files(watching, 20*time.Millisecond, []string{content}, func() {
			if _, err := rebuilt(dir, sitetest.Release(), opt); err != nil {
				live.Fault(err)
				return
			}
			live.Changed()
		})
	}()
	faults := watch(t, ctx, s.URL)
	if err := chromedp.Do(ctx, chromedp.Navigate(s.URL+"/osservatorio/")); err != nil {
		t.Fatal(err)
	}
	shows(t, ctx, "First text.")
	save("Second text.")
	shows(t, ctx, "Second text.")
	save("[Broken](page:nowhere)")
	shows(t, ctx, "page:nowhere")
	shows(t, ctx, "Second text.")
	save("Third text.")
	shows(t, ctx, "Third text.")
	faults.none(t)
}

// shows waits until the open page holds a text.
func shows(t *testing.T, ctx context.Context, text string) {
	t.Helper()
	seen := ""
	for range 100 {
		var err error
		if seen, err = chromedp.Run(ctx, chromedp.Evaluate[string](`document.body ? document.body.innerText : ""`)); err == nil && strings.Contains(seen, text) {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("the page does not show %q but:\n%s", text, seen)
}
