// Package render draws figures: an ECharts option in, a small safe SVG out,
// by running ECharts' own code in Go. It knows the engine, the font's widths
// and what the site's content policy allows; it must not know releases, words,
// pages or what a drawing means.
package render

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"sync"

	"osservatorio/dashboards/chart"

	"github.com/dop251/goja"
)

//go:embed all:dist
var dist embed.FS

// bundle is ECharts built for this package, see site/assets.
const bundle = "dist/echarts.ssr.js"

// MissingAssets says that ECharts has not been built yet.
type MissingAssets struct{ File string }

func (e *MissingAssets) Error() string {
	return "open drawing engine: " + e.File + ": not built"
}

// Hint says what to do.
func (e *MissingAssets) Hint() string { return "run make assets" }

// Options sets up a Renderer.
type Options struct {
	// Workers is how many figures may be drawn at once, each in a virtual
	// machine of about 30 MB; 0 means one a core.
	Workers int
	// Boundaries gives the GeoJSON of a geo level, as Release.Boundaries does;
	// nil means that no drawing has a map.
	Boundaries func(level string) (json.RawMessage, bool)
}

// Renderer draws figures. It may be used by many goroutines at once.
type Renderer struct {
	program    func() (*goja.Program, error)
	engine     string // hash of everything that draws, part of every key
	boundaries func(level string) (json.RawMessage, bool)
	sums       sync.Map      // of boundaries by level, made once
	machines   chan *machine // nil until the slot is first used
}

// New makes a renderer that compiles ECharts once, when the first drawing is
// asked for: a build that draws nothing does not pay for it.
func New(o Options) (*Renderer, error) {
	source, err := dist.ReadFile(bundle)
	if err != nil {
		return nil, &MissingAssets{File: bundle}
	}
	program := sync.OnceValues(func() (*goja.Program, error) { return goja.Compile(bundle, string(source), false) })
	r := &Renderer{program: program, engine: engineHash(source), boundaries: o.Boundaries}
	if r.boundaries == nil {
		r.boundaries = func(string) (json.RawMessage, bool) { return nil, false }
	}
	workers := o.Workers
	if workers < 1 {
		workers = runtime.GOMAXPROCS(0)
	}
	r.machines = make(chan *machine, workers)
	for range cap(r.machines) {
		r.machines <- nil
	}
	return r, nil
}

// SVG draws d. The title and desc are read by screen readers; id names the
// drawing inside a page and must be unique there. Equal input gives equal
// bytes, whatever was drawn before.
func (r *Renderer) SVG(ctx context.Context, d chart.Drawing, title, desc, id string) ([]byte, error) {
	raw, err := r.draw(ctx, d)
	if err != nil {
		return nil, fmt.Errorf("draw %s: %w", id, err)
	}
	out, err := clean(raw, frame{ID: id, Title: title, Desc: desc, Width: d.Width, Height: d.Height})
	if err != nil {
		return nil, fmt.Errorf("draw %s: clean: %w", id, err)
	}
	return out, nil
}

// Key names the bytes that SVG would return for the same arguments: a caller
// may keep them under it between builds.
func (r *Renderer) Key(d chart.Drawing, title, desc, id string) string {
	h := sha256.New()
	for _, part := range []string{r.engine, title, desc, id, fmt.Sprint(d.Width, "x", d.Height), string(d.Option)} {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	for _, level := range d.Maps {
		fmt.Fprintf(h, "%s:%x", level, r.sumOf(level))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// sumOf is the hash of the boundaries of a level, which are long.
func (r *Renderer) sumOf(level string) [sha256.Size]byte {
	if sum, ok := r.sums.Load(level); ok {
		return sum.([sha256.Size]byte)
	}
	b, _ := r.boundaries(level)
	sum := sha256.Sum256(b)
	r.sums.Store(level, sum)
	return sum
}

func (r *Renderer) draw(ctx context.Context, d chart.Drawing) (string, error) {
	var m *machine
	select {
	case m = <-r.machines:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	if m == nil {
		var err error
		if m, err = newMachine(r.program); err != nil {
			r.machines <- nil
			return "", err
		}
	}
	svg, err := m.draw(ctx, d, r.boundaries)
	if err != nil {
		m = nil // what an interrupted or failed machine holds is not known
	}
	r.machines <- m
	return svg, err
}

func engineHash(source []byte) string {
	h := sha256.New()
	h.Write(source)
	h.Write(widthsJSON)
	h.Write([]byte(cleanVersion))
	return hex.EncodeToString(h.Sum(nil))
}

// machine is one warm JavaScript engine with ECharts in it.
type machine struct {
	vm       *goja.Runtime
	svg      goja.Callable
	register goja.Callable
	known    map[string]bool
}

func newMachine(compiled func() (*goja.Program, error)) (*machine, error) {
	program, err := compiled()
	if err != nil {
		return nil, fmt.Errorf("compile drawing engine: %w", err)
	}
	vm := goja.New()
	// ECharts asks for a timer when it loads; a drawing made at once needs none.
	if err := vm.Set("setTimeout", func(goja.FunctionCall) goja.Value { return vm.ToValue(0) }); err != nil {
		return nil, fmt.Errorf("start drawing engine: %w", err)
	}
	if err := vm.Set("measure", measureIn(vm)); err != nil {
		return nil, fmt.Errorf("start drawing engine: %w", err)
	}
	if _, err := vm.RunProgram(program); err != nil {
		return nil, fmt.Errorf("start drawing engine: %w", err)
	}
	setup, err := vm.RunString(`osservatorioCharts.setPlatformAPI({measureText: measure});
		({svg: (o, w, h) => osservatorioCharts.svg(JSON.parse(o), w, h),
		  register: (name, json) => osservatorioCharts.registerMap(name, JSON.parse(json))})`)
	if err != nil {
		return nil, fmt.Errorf("start drawing engine: %w", err)
	}
	m := &machine{vm: vm, known: map[string]bool{}}
	m.svg, _ = goja.AssertFunction(setup.ToObject(vm).Get("svg"))
	m.register, _ = goja.AssertFunction(setup.ToObject(vm).Get("register"))
	return m, nil
}

func (m *machine) draw(ctx context.Context, d chart.Drawing, boundaries func(string) (json.RawMessage, bool)) (string, error) {
	if err := m.learn(d.Maps, boundaries); err != nil {
		return "", err
	}
	stop := context.AfterFunc(ctx, func() { m.vm.Interrupt(ctx.Err()) })
	v, err := m.svg(goja.Undefined(), m.vm.ToValue(string(d.Option)), m.vm.ToValue(d.Width), m.vm.ToValue(d.Height))
	if !stop() {
		return "", ctx.Err() // the interrupt may still be pending: the machine is not used again
	}
	if err != nil {
		return "", fmt.Errorf("run option: %s", strings.TrimSpace(err.Error()))
	}
	return v.String(), nil
}

func (m *machine) learn(levels []string, boundaries func(string) (json.RawMessage, bool)) error {
	for _, level := range levels {
		if m.known[level] {
			continue
		}
		b, ok := boundaries(level)
		if !ok {
			return fmt.Errorf("map %q: no boundaries", level)
		}
		b, err := simplify(b)
		if err != nil {
			return fmt.Errorf("map %q: %w", level, err)
		}
		if _, err := m.register(goja.Undefined(), m.vm.ToValue("map:"+level), m.vm.ToValue(string(b))); err != nil {
			return fmt.Errorf("map %q: register boundaries: %w", level, err)
		}
		m.known[level] = true
	}
	return nil
}
