package site

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"osservatorio/dashboards"
	"osservatorio/dashboards/chart"
	"osservatorio/dashboards/words"
)

// drawing is one SVG to be made: what the renderer is given.
type drawing struct {
	chart.Drawing
	Title, Desc, ID string
}

// drawings holds the SVG of every drawing of a build, by key.
type drawings struct {
	mu   sync.Mutex
	svgs map[string][]byte
}

// Ids inside a page: a figure is drawn wide and narrow, a key figure once.
func wideDrawing(f chart.Figure) drawing {
	return drawing{f.Wide, f.Title, f.Sentence, f.ID + "-w"}
}

func narrowDrawing(f chart.Figure) drawing {
	return drawing{f.Narrow, f.Title, f.Sentence, f.ID + "-n"}
}

func keyDrawing(k chart.Key) drawing {
	return drawing{k.Spark, k.Label, k.Alt, "key-" + k.ID}
}

// drawn tells whether there is anything to draw.
func drawn(d chart.Drawing) bool { return len(d.Option) > 0 }

// draw makes the SVG of every figure and key figure, from the cache where it can.
func (b *builder) draw() error {
	b.drawings = &drawings{svgs: map[string][]byte{}}
	jobs := b.drawingJobs()
	keys := sortedKeys(jobs)
	return b.parallel("figures", len(keys), func(i int) error {
		svg, cached, err := b.svg(keys[i], jobs[keys[i]])
		if err != nil {
			return fmt.Errorf("draw %s: %w", jobs[keys[i]].ID, err)
		}
		b.drawings.mu.Lock()
		defer b.drawings.mu.Unlock()
		b.drawings.svgs[keys[i]] = svg
		if cached {
			b.report.Cached++
		} else {
			b.report.Drawn++
		}
		return nil
	})
}

func (b *builder) drawingJobs() map[string]drawing {
	jobs := map[string]drawing{}
	add := func(d drawing) {
		if drawn(d.Drawing) {
			jobs[b.keyOf(d)] = d
		}
	}
	for _, lang := range words.Langs {
		for _, p := range b.dashboards[lang] {
			for _, k := range p.Keys {
				add(keyDrawing(k))
			}
			eachFigure(p, func(f chart.Figure) {
				b.report.Figures++
				add(wideDrawing(f))
				add(narrowDrawing(f))
			})
		}
		for _, r := range b.reports[lang] {
			for _, ch := range r.Chapters {
				for _, f := range b.figuresIn(lang, ch) {
					add(wideDrawing(f.Figure))
					add(narrowDrawing(f.Figure))
				}
			}
		}
	}
	return jobs
}

func eachFigure(p dashboards.Page, do func(chart.Figure)) {
	for _, s := range p.Sections {
		for _, f := range s.Figures {
			do(f)
		}
	}
}

func (b *builder) keyOf(d drawing) string {
	return b.opt.Renderer.Key(d.Drawing, d.Title, d.Desc, d.ID)
}

// svg returns the drawing of that key and whether the cache had it.
func (b *builder) svg(key string, d drawing) ([]byte, bool, error) {
	if b.opt.CacheDir == "" {
		svg, err := b.opt.Renderer.SVG(b.ctx, d.Drawing, d.Title, d.Desc, d.ID)
		return svg, false, err
	}
	at := filepath.Join(b.opt.CacheDir, key[:2], key+".svg")
	if svg, err := os.ReadFile(at); err == nil && bytes.HasSuffix(svg, []byte("</svg>")) {
		return svg, true, nil
	}
	svg, err := b.opt.Renderer.SVG(b.ctx, d.Drawing, d.Title, d.Desc, d.ID)
	if err != nil {
		return nil, false, err
	}
	return svg, false, keep(at, svg)
}

// keep writes a cache file whole or not at all.
func keep(at string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
		return fmt.Errorf("keep drawing: %w", err)
	}
	tmp, err := os.CreateTemp(filepath.Dir(at), "new-*")
	if err != nil {
		return fmt.Errorf("keep drawing: %w", err)
	}
	_, err = tmp.Write(data)
	if closeErr := tmp.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(tmp.Name(), at)
	}
	if err != nil {
		return fmt.Errorf("keep drawing: %w", err)
	}
	return nil
}

// drawingOf returns the SVG of a drawing that was made before.
func (b *builder) drawingOf(d drawing) ([]byte, error) {
	svg, ok := b.drawings.svgs[b.keyOf(d)]
	if !ok {
		return nil, fmt.Errorf("drawing %s: was not made", d.ID)
	}
	return svg, nil
}

// live is what the browser needs to draw a figure itself.
type live struct {
	Wide   liveForm          `json:"wide"`
	Narrow liveForm          `json:"narrow"`
	Maps   map[string]string `json:"maps,omitempty"` // name of a map → address of its boundaries
}

type liveForm struct {
	Option json.RawMessage `json:"option"`
	Width  int             `json:"width"`
	Height int             `json:"height"`
}

func liveOf(f chart.Figure) live {
	l := live{
		Wide:   liveForm{f.Wide.Option, f.Wide.Width, f.Wide.Height},
		Narrow: liveForm{f.Narrow.Option, f.Narrow.Width, f.Narrow.Height},
	}
	if !drawn(f.Narrow) {
		l.Narrow = l.Wide
	}
	for _, level := range f.Wide.Maps {
		if l.Maps == nil {
			l.Maps = map[string]string{}
		}
		l.Maps["map:"+level] = boundaryURL(level)
	}
	return l
}

func boundaryURL(level string) string { return "/boundaries/" + level + ".json" }

// writeFigures writes, for each figure, the SVG that stands alone and the option
// for the browser.
func (b *builder) writeFigures() error {
	return b.parallel("figure files", len(b.placed), func(i int) error {
		if !b.placed[i].drawn {
			return nil
		}
		return b.writeFigure(b.placed[i].lang, b.placed[i].fig)
	})
}

func (b *builder) writeFigure(lang string, f chart.Figure) error {
	svg, err := b.drawingOf(wideDrawing(f))
	if err != nil {
		return err
	}
	alone, err := standalone(f, svg, b.words[lang])
	if err != nil {
		return fmt.Errorf("figure %s: %w", f.ID, err)
	}
	if err := b.out.put(file(figureURL(lang, f.ID, "svg")), alone); err != nil {
		return err
	}
	if err := b.pin(file(b.pinned(figureURL(lang, f.ID, "svg"))), alone); err != nil {
		return err
	}
	option, err := json.Marshal(liveOf(f))
	if err != nil {
		return fmt.Errorf("figure %s: %w", f.ID, err)
	}
	return b.out.put(file(figureURL(lang, f.ID, "json")), option)
}

func figureURL(lang, id, kind string) string { return "/figure/" + lang + "/" + id + "." + kind }

// writeBoundaries offers the boundaries that live maps ask for.
func (b *builder) writeBoundaries() error {
	levels := map[string]bool{}
	for _, pages := range b.dashboards {
		for _, p := range pages {
			eachFigure(p, func(f chart.Figure) {
				for _, level := range f.Wide.Maps {
					levels[level] = true
				}
			})
		}
	}
	for _, level := range sortedKeys(levels) {
		raw, ok := b.rel.Boundaries(level)
		if !ok {
			return fmt.Errorf("figure with a map of level %s: the release has no boundaries of it", level)
		}
		if err := b.out.put(file(boundaryURL(level)), raw); err != nil {
			return err
		}
	}
	return nil
}
