// Screenshots photographs pages of built sites for the README.
//
//	go run ./site/screenshots [-region demo/public] [-country DIR] [-out site/screenshots]
package main

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"osservatorio/site"
	"osservatorio/site/serve"
)

// shot is one picture: a page at a width, cut after that many pixels.
type shot struct {
	file, path    string
	width, height int64
}

func main() {
	region := flag.String("region", "demo/public", "built site of a region")
	country := flag.String("country", "", "built site of the regions of a country; none: its picture is left as it is")
	out := flag.String("out", "site/screenshots", "folder for the pictures")
	flag.Parse()
	if err := run(*region, *country, *out); err != nil {
		fmt.Fprintln(os.Stderr, "screenshots:", err)
		os.Exit(1)
	}
}

func run(region, country, out string) error {
	district, err := firstProfile(region)
	if err != nil {
		return err
	}
	jobs := map[string][]shot{region: {
		{"home.png", "/", 1280, 2000}, {"home-360.png", "/", 360, 1600}, {"district.png", district, 1280, 2000},
	}}
	if country != "" {
		jobs[country] = []shot{{"gol.png", "/", 1280, 2000}}
	}
	ctx, stop := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.Flag("no-sandbox", true), chromedp.Flag("hide-scrollbars", true), chromedp.Flag("disable-background-networking", true))...)
	defer stop()
	ctx, closeTab := chromedp.NewContext(ctx)
	defer closeTab()
	for dir, shots := range jobs {
		if err := photograph(ctx, dir, out, shots); err != nil {
			return err
		}
	}
	return nil
}

// firstProfile finds the profile page that stands first in the folder of
// profiles, Italian.
func firstProfile(dir string) (string, error) {
	found, err := filepath.Glob(filepath.Join(dir, "distretti", "*", "index.html"))
	if err != nil || len(found) == 0 {
		return "", fmt.Errorf("find a profile in %s: no distretti/*/index.html: build the site first", dir)
	}
	rel, err := filepath.Rel(dir, filepath.Dir(found[0]))
	return "/" + filepath.ToSlash(rel) + "/", err
}

func photograph(ctx context.Context, dir, out string, shots []shot) error {
	l, err := serve.Listen("127.0.0.1", 8480)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: serve.Handler(dir, serve.Options{Headers: site.SecurityHeaders()}), ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(l) }() // ends with Close below
	defer server.Close()
	for _, s := range shots {
		err := chromedp.Do(ctx, chromedp.EmulateViewport(s.width, s.height), chromedp.Navigate("http://"+l.Addr().String()+s.path))
		if err != nil {
			return fmt.Errorf("open %s: %w", s.path, err)
		}
		shot, err := chromedp.Call(ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{Format: "png"})
		if err != nil {
			return fmt.Errorf("photograph %s: %w", s.path, err)
		}
		at := filepath.Join(out, s.file)
		if err := os.WriteFile(at, shot.Data, 0o644); err != nil {
			return fmt.Errorf("keep picture: %w", err)
		}
		fmt.Println(at)
	}
	return nil
}
