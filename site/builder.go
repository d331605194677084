package site

import (
	"context"
	"fmt"
	"html/template"
	"io/fs"
	"slices"
	"strings"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"osservatorio/dashboards"
	"osservatorio/dashboards/words"
	"osservatorio/queries/release"
)

// builder carries one build from release to files.
type builder struct {
	ctx    context.Context
	rel    *release.Release
	opt    Options
	assets assets
	out    *writer
	report Report

	words      map[string]*words.Catalogue
	dashboards map[string][]dashboards.Page   // by language
	reports    map[string][]dashboards.Report // by language, the newest year first
	views      []*viewFacts                   // by name, in the order of the release
	changes    release.Changes                // changes.json of this release, empty where it has none
	editions   []edition                      // this release and those before, newest first
	notes      []editorNote                   // of the instance
	read       map[string]bool                // texts that pages asked for
	comparable []comparableMeasure            // what territories are compared by
	made       map[string][]byte              // files composed with the pages, by name
	hidden     map[string]statusCount         // cells by status, by territory
	extracts   map[string]extract             // all data of a territory, by its code
	routes     *routes
	drawings   *drawings
	docs       []*doc

	sheets  map[string]map[string]*template.Template // by language and name
	toPrint paperPages                               // pages made for paper
	placed  []placed                                 // every figure once a language
	framed  map[string]bool                          // addresses of figures alone
	pins    pins

	pictures                   map[string]bool // "it lep-map": figures with a PNG and a card
	picturesMade, picturesKept atomic.Int64
}

// run is the order of a build: read, address, draw, write down, check, publish.
func (b *builder) run(stamp string) error {
	steps := []func() error{
		b.readWords, b.readDashboards, b.readReports, b.readViews, b.address, b.place, b.draw, b.compose,
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	pages, err := b.render()
	if err != nil {
		return err
	}
	embeds, err := b.renderEmbeds()
	if err != nil {
		return err
	}
	b.report.Pages, b.report.Embeds = len(pages), len(embeds)
	editions, err := b.renderPinnedReports()
	if err != nil {
		return err
	}
	pages = slices.Concat(pages, embeds, editions)
	if err := b.check(pages); err != nil {
		return err
	}
	return b.publish(pages, stamp)
}

// settle writes a finished page and keeps of it what the check needs: a site has
// more pages than fit in memory at once. A site that the check refuses is not
// published, whatever was written of it.
func (b *builder) settle(p rendered) (*readPage, error) {
	b.toPrint.keep(p)
	if strings.HasPrefix(p.path, pinnedRoot) {
		return readOf(p), b.pin(p.file, p.html)
	}
	return readOf(p), b.out.put(p.file, p.html)
}

func (b *builder) readWords() error {
	b.words = map[string]*words.Catalogue{}
	for _, lang := range words.Langs {
		w, err := words.Load(lang)
		if err != nil {
			return err
		}
		b.words[lang] = w
	}
	return nil
}

func (b *builder) readDashboards() error {
	b.dashboards = map[string][]dashboards.Page{}
	for i, lang := range words.Langs {
		b.opt.Progress("dashboards", i, len(words.Langs))
		pages, err := b.opt.Pages(b.ctx, b.rel, b.words[lang])
		if err != nil {
			return fmt.Errorf("fill dashboards (%s): %w", lang, err)
		}
		b.dashboards[lang] = pages
	}
	b.opt.Progress("dashboards", len(words.Langs), len(words.Langs))
	if err := b.sameInBothLanguages(); err != nil {
		return err
	}
	return b.readNotes()
}

// sameInBothLanguages refuses a page or a figure that one language lacks.
func (b *builder) sameInBothLanguages() error {
	first := words.Langs[0]
	for _, lang := range words.Langs[1:] {
		have, want := figureIDs(b.dashboards[lang]), figureIDs(b.dashboards[first])
		for id := range want {
			if !have[id] {
				return fmt.Errorf("page %s: in %s, not in %s", id, first, lang)
			}
		}
		for id := range have {
			if !want[id] {
				return fmt.Errorf("page %s: in %s, not in %s", id, lang, first)
			}
		}
	}
	return nil
}

// figureIDs lists "page" and "page#figure" of all pages.
func figureIDs(pages []dashboards.Page) map[string]bool {
	ids := map[string]bool{}
	for _, p := range pages {
		ids[p.ID] = true
		for _, s := range p.Sections {
			for _, f := range s.Figures {
				ids[p.ID+"#"+f.ID] = true
			}
		}
	}
	return ids
}

// parallel runs the jobs 0…n−1 on the workers of the build.
func (b *builder) parallel(what string, n int, job func(i int) error) error {
	group, ctx := errgroup.WithContext(b.ctx)
	group.SetLimit(b.opt.Workers)
	tick := newTicker(n, func(done int) { b.opt.Progress(what, done, n) })
	for i := range n {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			defer tick()
			return job(i)
		})
	}
	return group.Wait()
}

// publish writes what stands beside the pages: papers, drawings, downloads and
// plumbing.
func (b *builder) publish(pages []*readPage, stamp string) error {
	if err := b.writePapers(); err != nil {
		return err
	}
	for _, step := range []func() error{b.writeFigures, b.writePictures, b.writeCarried, b.writeOEmbed, b.writeDownloads, b.writeBoundaries, b.writePlumbing} {
		if err := step(); err != nil {
			return err
		}
	}
	if err := b.writePins(pages); err != nil {
		return err
	}
	if err := b.assets.write(b.out.put); err != nil {
		return err
	}
	if err := b.writeMade(); err != nil {
		return err
	}
	if stamp != "" {
		if err := b.out.plain(".stamp", []byte(stamp+"\n")); err != nil {
			return err
		}
	}
	b.report.Pictures, b.report.PicturesCached = int(b.picturesMade.Load()), int(b.picturesKept.Load())
	if err := b.out.plain(packingFile, []byte(b.out.packing)); err != nil {
		return err
	}
	b.report.Files, b.report.Kept, b.report.Bytes = int(b.out.files.Load()), int(b.out.kept.Load()), b.out.bytes.Load()
	return nil
}

// writeDownloads mirrors the release at the root of the site, so that paths in
// its data package and checksums hold there too.
func (b *builder) writeDownloads() error {
	if b.opt.ReleaseDir == nil {
		return nil
	}
	names, err := b.downloadNames()
	if err != nil {
		return err
	}
	return b.parallel("downloads", len(names), func(i int) error {
		data, err := fs.ReadFile(b.opt.ReleaseDir, names[i])
		if err != nil {
			return fmt.Errorf("read release file %s: %w", names[i], err)
		}
		return b.out.put(names[i], data)
	})
}

func (b *builder) downloadNames() ([]string, error) {
	var names []string
	err := fs.WalkDir(b.opt.ReleaseDir, ".", func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, p)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list release files: %w", err)
	}
	return names, nil
}
