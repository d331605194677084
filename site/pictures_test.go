package site

import (
	"bytes"
	"context"
	"errors"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"osservatorio/dashboards/picture"
	"osservatorio/dashboards/render"
	"osservatorio/site/output"
	"osservatorio/site/sitetest"
)

// asked is a Picturer that keeps the drawings that it is asked to make pictures of.
type asked struct {
	sitetest.Picturer
	mu   sync.Mutex
	svgs []string
}

func (a *asked) PNG(ctx context.Context, svg []byte, width int) ([]byte, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.svgs = append(a.svgs, string(svg))
	return a.Picturer.PNG(ctx, svg, width)
}

func TestEveryPictureOfASyntheticReleaseSaysSo(t *testing.T) {
	needAssets(t)
	keep, opt := &asked{}, options()
	opt.Picturer = keep
	if _, err := Build(context.Background(), sitetest.Release(), output.NewMemory(), opt); err != nil {
		t.Fatal(err)
	}
	// Two languages: the card of the site, and picture and card of the first drawing of four pages.
	if want := 2 * (1 + 4*2); len(keep.svgs) != want {
		t.Errorf("%d pictures, want %d", len(keep.svgs), want)
	}
	for _, svg := range keep.svgs {
		if !strings.Contains(svg, "Dati sintetici") && !strings.Contains(svg, "Synthetic data") {
			t.Errorf("a picture does not say that its numbers are invented: %s", svg)
		}
		if strings.Contains(svg, "clip-path") || strings.Count(svg, "<svg") != 1 {
			t.Errorf("a picture that costs ten times as much: %s", svg)
		}
	}
}

func TestEveryPageHasAPictureForSocialNetworks(t *testing.T) {
	out := tinySite(t)
	card := regexp.MustCompile(`<meta property="og:image" content="https://osservatorio\.example\.org/(card/(it|en)/[^"]+\.png)">`)
	for name, page := range htmlPages(out) {
		m := card.FindStringSubmatch(page)
		if m == nil || out.Read(m[1]) == nil {
			t.Errorf("%s: no picture (%v)", name, m)
			continue
		}
		if !strings.Contains(page, `<html lang="`+m[2]+`">`) {
			t.Errorf("%s: a picture in another language: %s", name, m[1])
		}
		if !strings.Contains(page, `<meta name="twitter:card" content="summary_large_image">`) || !strings.Contains(page, `<meta property="og:image:alt" content="`) {
			t.Errorf("%s: no card, or a picture without words", name)
		}
	}
	if page := string(out.Read("en/districts/alfa/index.html")); !strings.Contains(page, "card/en/profile-alfa-bars.png") {
		t.Error("a profile does not show its own figure")
	}
}

func TestPicturesAreMadeOnceAndOfAllFiguresIfAsked(t *testing.T) {
	needAssets(t)
	opt := options()
	opt.CacheDir = t.TempDir()
	first, err := Build(context.Background(), sitetest.Release(), output.NewMemory(), opt)
	if err != nil {
		t.Fatal(err)
	}
	second, err := Build(context.Background(), sitetest.Release(), output.NewMemory(), opt)
	if err != nil {
		t.Fatal(err)
	}
	if first.Pictures == 0 || second.Pictures != 0 || second.PicturesCached == 0 {
		t.Errorf("made %d, then %d and %d kept", first.Pictures, second.Pictures, second.PicturesCached)
	}
	opt.Pictures = "some"
	if _, err := Build(context.Background(), sitetest.Release(), output.NewMemory(), opt); err == nil || !strings.Contains(err.Error(), `pictures "some"`) {
		t.Errorf("error: %v", err)
	}
}

func TestRealPicturesAreOfTheSizeThatPagesSayAndTheSameTwice(t *testing.T) {
	needAssets(t)
	draw, err := render.New(render.Options{Workers: 2})
	if err != nil {
		t.Skip("drawing engine not here: run make assets")
	}
	var before []byte
	for range 2 {
		make, err := picture.New(2)
		var missing *picture.MissingAssets
		if errors.As(err, &missing) {
			t.Skip("rasteriser not here: run make assets")
		}
		if err != nil {
			t.Fatal(err)
		}
		opt, target := options(), filepath.Join(t.TempDir(), "site")
		opt.Renderer, opt.Picturer = draw, make
		built(t, target, sitetest.Release(), opt)
		if err := make.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		card, err := os.ReadFile(filepath.Join(target, "card", "en", "lep-bars.png"))
		if err != nil {
			t.Fatal(err)
		}
		size, err := png.DecodeConfig(bytes.NewReader(card))
		if err != nil || size.Width != cardWidth || size.Height != cardHeight || len(card) > 300_000 {
			t.Errorf("a card of %d by %d pixels, %d bytes (%v)", size.Width, size.Height, len(card), err)
		}
		if before != nil && !bytes.Equal(before, card) {
			t.Error("two builds, two pictures")
		}
		before = card
	}
}

func TestADescriptionIsNeitherEmptyNorCutByOthers(t *testing.T) {
	said := regexp.MustCompile(`<meta name="description" content="([^"]*)">`)
	for name, page := range htmlPages(tinySite(t)) {
		if m := said.FindStringSubmatch(page); m == nil || len([]rune(m[1])) < leastDescribed || len([]rune(m[1])) > mostDescribed+60 { // entities
			t.Errorf("%s: described as %v", name, m)
		}
	}
	if got := shorten("Una frase intera che dice molto. Un’altra che non ci sta", 40); got != "Una frase intera che dice molto." {
		t.Errorf("cut to %q", got)
	}
	if got := shorten(strings.Repeat("parola, ", 10), 20); got != "parola, parola…" {
		t.Errorf("cut to %q", got)
	}
}
