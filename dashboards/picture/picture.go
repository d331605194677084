// Package picture turns an SVG into a PNG: no browser, no program beside this
// one, no font of the machine, so that the same SVG is the same bytes anywhere.
// The rasteriser is resvg, compiled to WebAssembly and run in Go. It must not
// know what a picture shows.
package picture

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"runtime"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

//go:embed all:dist
var dist embed.FS

const program = "dist/resvg.wasm"

// fonts are the weights of the figures' font.
var fonts = []string{"dist/titillium-400.ttf", "dist/titillium-600.ttf", "dist/titillium-700.ttf"}

// family is the font that stands in where an SVG names none that is here.
const family = "Titillium Web"

// MissingAssets says that the rasteriser was not brought in yet.
type MissingAssets struct{ File string }

func (e *MissingAssets) Error() string { return "open rasteriser: " + e.File + ": not built" }

// Hint says what to do.
func (e *MissingAssets) Hint() string { return "run make assets" }

// Maker makes pictures. It may be used by many goroutines at once.
type Maker struct {
	engine   string // hash of rasteriser and fonts, part of every key
	wasm     []byte
	fonts    [][]byte
	cache    wazero.CompilationCache
	machines chan *machine // nil until the slot is first used
}

// New opens a maker that makes workers pictures at once, 0 for one a core. The
// rasteriser is compiled when the first picture is asked for.
func New(workers int) (*Maker, error) {
	m := &Maker{cache: wazero.NewCompilationCache()}
	h := sha256.New()
	for _, name := range append([]string{program}, fonts...) {
		data, err := dist.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, &MissingAssets{File: name}
		}
		if err != nil {
			return nil, fmt.Errorf("open rasteriser: %w", err)
		}
		h.Write(data)
		if name == program {
			m.wasm = data
		} else {
			m.fonts = append(m.fonts, data)
		}
	}
	m.engine = hex.EncodeToString(h.Sum(nil))
	if workers < 1 {
		workers = runtime.GOMAXPROCS(0)
	}
	m.machines = make(chan *machine, workers)
	for range workers {
		m.machines <- nil
	}
	return m, nil
}

// Close frees the rasteriser.
func (m *Maker) Close(ctx context.Context) error {
	for range cap(m.machines) {
		if one := <-m.machines; one != nil {
			if err := one.runtime.Close(ctx); err != nil {
				return fmt.Errorf("close rasteriser: %w", err)
			}
		}
	}
	return m.cache.Close(ctx)
}

// Key names the bytes that PNG would return, for keeping them between builds.
func (m *Maker) Key(svg []byte, width int) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s %d\n", m.engine, width)
	h.Write(svg)
	return hex.EncodeToString(h.Sum(nil))
}

// PNG draws an SVG on white, width pixels wide and as high as its shape asks.
// Equal input gives equal bytes, on any machine.
func (m *Maker) PNG(ctx context.Context, svg []byte, width int) ([]byte, error) {
	var one *machine
	select {
	case one = <-m.machines:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if one == nil {
		var err error
		if one, err = m.start(ctx); err != nil {
			m.machines <- nil
			return nil, fmt.Errorf("start rasteriser: %w", err)
		}
	}
	png, err := one.png(ctx, svg, width)
	if err != nil {
		_ = one.runtime.Close(ctx) // what a failed machine holds is not known
		one = nil
	}
	m.machines <- one
	if err != nil {
		return nil, fmt.Errorf("draw picture: %w", err)
	}
	return png, nil
}

// machine is one running rasteriser.
type machine struct {
	runtime wazero.Runtime
	host    *host
	module  api.Module
	fonts   [][]byte
}

func (m *Maker) start(ctx context.Context) (*machine, error) {
	// The context of a build must not end a machine that others wait for.
	ctx = context.WithoutCancel(ctx)
	r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().WithCompilationCache(m.cache))
	h := newHost()
	if err := bind(ctx, r, h); err != nil {
		return nil, errors.Join(err, r.Close(ctx))
	}
	module, err := r.Instantiate(ctx, m.wasm)
	if err != nil {
		return nil, errors.Join(err, r.Close(ctx))
	}
	h.module = module
	return &machine{r, h, module, m.fonts}, nil
}

// options are what resvg is told of a picture.
type options struct {
	Font       fontOptions `json:"font"`
	FitTo      fitOptions  `json:"fitTo"`
	Background string      `json:"background"`
}

type fontOptions struct {
	LoadSystemFonts bool   `json:"loadSystemFonts"`
	Default         string `json:"defaultFontFamily"`
	SansSerif       string `json:"sansSerifFamily"`
}

type fitOptions struct {
	Mode  string `json:"mode"`
	Value int    `json:"value"`
}

func (m *machine) png(ctx context.Context, svg []byte, width int) ([]byte, error) {
	said, err := json.Marshal(options{fontOptions{false, family, family}, fitOptions{"width", width}, "#ffffff"})
	if err != nil {
		return nil, err
	}
	m.host.reset()
	at, err := m.host.write(ctx, said)
	if err != nil {
		return nil, err
	}
	fonts := &list{}
	for _, f := range m.fonts {
		fonts.items = append(fonts.items, &block{f})
	}
	tree, err := m.call(ctx, "resvg_new", uint64(m.host.add(string(svg))), uint64(at), uint64(len(said)), uint64(m.host.add(fonts)))
	if err != nil {
		return nil, err
	}
	image, err := m.call(ctx, "resvg_render", uint64(tree))
	if err != nil {
		return nil, err
	}
	got, err := m.module.ExportedFunction("renderedimage_pixels").Call(ctx, uint64(image))
	if err != nil {
		return nil, err
	}
	pixels := m.host.bytesOf(m.host.take(uint32(got[0])))
	for name, held := range map[string]uint32{"__wbg_renderedimage_free": image, "__wbg_resvg_free": tree} {
		if _, err := m.module.ExportedFunction(name).Call(ctx, uint64(held)); err != nil {
			return nil, err
		}
	}
	return encode(pixels, width, len(pixels)/4/width)
}

// call runs a function that answers by writing (value, error, failed) where it
// is told.
func (m *machine) call(ctx context.Context, name string, args ...uint64) (uint32, error) {
	stack := m.module.ExportedFunction("__wbindgen_add_to_stack_pointer")
	got, err := stack.Call(ctx, uint64(0xfffffff0)) // −16
	if err != nil {
		return 0, err
	}
	at := uint32(got[0])
	if _, err := m.module.ExportedFunction(name).Call(ctx, append([]uint64{uint64(at)}, args...)...); err != nil {
		return 0, fmt.Errorf("%s: %w", name, err)
	}
	value, _ := m.module.Memory().ReadUint32Le(at)
	thrown, _ := m.module.Memory().ReadUint32Le(at + 4)
	failed, _ := m.module.Memory().ReadUint32Le(at + 8)
	if _, err := stack.Call(ctx, 16); err != nil {
		return 0, err
	}
	if failed != 0 {
		return 0, fmt.Errorf("%s: %v", name, m.host.take(thrown))
	}
	return value, nil
}
