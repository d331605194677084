// Package site knows how pages are laid out, addressed, linked and written. It
// reads a release and the dashboards made of it; it must not know SQL, the
// warehouse or what an ECharts option means.
package site

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"strings"

	"osservatorio/dashboards"
	"osservatorio/dashboards/chart"
	"osservatorio/dashboards/words"
	"osservatorio/queries/release"
	"osservatorio/site/output"
)

// Renderer draws an option as an SVG element with title and description. id makes
// the ids inside it unique on a page. Key names the bytes that SVG would return,
// for keeping them between builds. Both must be safe for concurrent use.
type Renderer interface {
	SVG(ctx context.Context, d chart.Drawing, title, desc, id string) ([]byte, error)
	Key(d chart.Drawing, title, desc, id string) string
}

// PagesFunc fills the dashboards with a release's figures in one language;
// dashboards.Pages is the one of the house.
type PagesFunc func(ctx context.Context, rel *release.Release, w *words.Catalogue) ([]dashboards.Page, error)

// ReportsFunc fills the annual reports with a release's figures in one language,
// the newest year first; dashboards.Reports is the one of the house.
type ReportsFunc func(ctx context.Context, rel *release.Release, w *words.Catalogue) ([]dashboards.Report, error)

// Options says what a build needs beside the release.
type Options struct {
	// Renderer draws the charts. Required.
	Renderer Renderer
	// Pages fills the dashboards. Required.
	Pages PagesFunc
	// Picturer makes PNGs of charts and cards for social networks. nil: none are made.
	Picturer Picturer
	// Pictures says of which figures; "" means the first drawing of each page.
	Pictures Pictures
	// Reports fills the annual reports; nil: the site has none.
	Reports ReportsFunc
	// Printer makes PDFs of the pages made for paper. nil: none are made.
	Printer Printer
	// Content holds pages of the instance that stand in for ours: it/about.md,
	// en/method/lep_coverage.md. nil means none.
	Content fs.FS
	// ReleaseDir is the release folder, whose files are offered for download.
	// nil: the site offers none; for tests of pages alone.
	ReleaseDir fs.FS
	// Archive holds a folder for each release of Index, from which versions and
	// feeds are told. nil: this release alone.
	Archive fs.FS
	// CacheDir keeps drawings between builds. "" means no cache.
	CacheDir string
	// BaseURL is the public address, without a slash at its end. "" takes the
	// publisher's; without either no page names a canonical address.
	BaseURL string
	// Index says how the releases of the instance stand; the notice of pinned
	// figures is made of it. The zero Index knows of none withdrawn.
	Index release.Index
	// Calendar holds the releases that are announced, in their order; nil: the site
	// has no page of them.
	Calendar []Planned
	// Commitments are hashes of coming releases to publish before these are; nil: none.
	Commitments []Commitment
	// Software tells two builds of the program apart in the stamp.
	Software string
	// Workers is how many pages and figures are made at once; 0 means one a core.
	Workers int
	// Progress hears of every step: what is being made and how far it is. nil: nobody does.
	Progress func(what string, done, total int)
}

// Report says what a build did.
type Report struct {
	Unchanged bool // the site stood already, from the same inputs
	Pages     int  // HTML pages
	Embeds    int  // pages of a figure alone, to be framed elsewhere
	Figures   int  // figures, both languages
	Drawn     int  // SVG drawings made
	Cached    int  // SVG drawings taken from the cache
	Pictures  int  // PNGs made
	// PicturesCached are PNGs taken from the cache.
	PicturesCached int
	Files          int   // files of the site
	Kept           int   // of these, files that stood already, byte for byte
	Bytes          int64 // of all files
}

// stamped is an Output that remembers what its present site was built from.
type stamped interface{ Stamp() string }

// Build writes the whole site of a release. An output that already holds the site
// of the same inputs is left alone; of another site it keeps the files that are
// the same. Anything broken (a link, a missing text, an
// image without words) is an error and nothing is published.
func Build(ctx context.Context, rel *release.Release, out output.Output, opt Options) (Report, error) {
	opt = opt.withDefaults(rel)
	if err := opt.validate(); err != nil {
		return Report{}, err
	}
	built, err := embeddedAssets()
	if err != nil {
		return Report{}, fmt.Errorf("build site: %w", err)
	}
	stamp, err := opt.stamp(rel)
	if err != nil {
		return Report{}, fmt.Errorf("build site: %w", err)
	}
	if s, ok := out.(stamped); ok && stamp != "" && s.Stamp() == stamp {
		return Report{Unchanged: true}, nil
	}
	w, err := newWriter(out, opt.Workers)
	if err != nil {
		return Report{}, fmt.Errorf("build site: %w", err)
	}
	b := &builder{ctx: ctx, rel: rel, opt: opt, assets: built, out: w}
	if err := b.run(stamp); err != nil {
		return b.report, fmt.Errorf("build site of release %s: %w", rel.Info.ID, err)
	}
	return b.report, nil
}

func (o Options) withDefaults(rel *release.Release) Options {
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.BaseURL == "" {
		o.BaseURL = rel.Info.Publisher.BaseURL
	}
	o.BaseURL = strings.TrimRight(o.BaseURL, "/")
	if o.Progress == nil {
		o.Progress = func(string, int, int) {}
	}
	return o
}

func (o Options) validate() error {
	if o.Renderer == nil || o.Pages == nil {
		return errors.New("build site: options: Renderer and Pages are required")
	}
	if o.Pictures != PicturesLead && o.Pictures != PicturesAll {
		return fmt.Errorf("build site: options: pictures %q: expected %q or nothing", o.Pictures, PicturesAll)
	}
	return nil
}

// Stamp tells what Build would make the site of, for comparing it with what one
// was built from; "" where the release has no folder.
func Stamp(rel *release.Release, opt Options) (string, error) {
	opt = opt.withDefaults(rel)
	if err := opt.validate(); err != nil {
		return "", err
	}
	return opt.stamp(rel)
}

// stamp is one hash over everything that the site is made of, "" where the
// release has no folder whose checksums could stand for it.
func (o Options) stamp(rel *release.Release) (string, error) {
	if o.ReleaseDir == nil {
		return "", nil
	}
	sums, err := fs.ReadFile(o.ReleaseDir, "SHA256SUMS")
	if err != nil {
		return "", fmt.Errorf("read release %s: %w", rel.Info.ID, err)
	}
	h := sha256.New()
	fmt.Fprintln(h, rel.Info.ID, o.BaseURL, o.Software, o.Renderer.Key(chart.Drawing{}, "", "", ""))
	if o.Picturer != nil {
		fmt.Fprintln(h, o.Pictures, o.Picturer.Key(nil, 0))
	}
	if o.Printer != nil {
		fmt.Fprintln(h, o.Printer.Key())
	}
	for _, said := range []any{o.Index, o.Calendar, o.Commitments} {
		if err := json.NewEncoder(h).Encode(said); err != nil {
			return "", fmt.Errorf("hash inputs: %w", err)
		}
	}
	h.Write(sums)
	for _, tree := range []fs.FS{builtAssets, templateFiles, contentFiles, o.Content} {
		if tree == nil {
			continue
		}
		sum, err := hashTree(tree)
		if err != nil {
			return "", fmt.Errorf("hash inputs: %w", err)
		}
		fmt.Fprintln(h, sum)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
