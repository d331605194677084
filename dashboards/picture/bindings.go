package picture

import (
	"context"
	"errors"
	"fmt"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// The rasteriser was compiled for JavaScript: it holds values of its host by
// number and asks the host to make, read and drop them. This file is that host,
// in Go. The names of what it asks for end in hashes of its build: another
// version of the rasteriser has others, and asset build and tests say so.

// Values that the rasteriser may hold.
type (
	memory   struct{}               // its own memory, and the buffer of it
	view     struct{ at, n uint32 } // a window on that memory
	block    struct{ bytes []byte } // bytes outside it
	list     struct{ items []any }
	iterator struct {
		of *list
		at int
	}
	step struct {
		value any
		done  bool
	}
	fault struct{ text string }
)

// reserved numbers stand for undefined, null, true and false.
const reserved = 132

// host holds the values of one machine, by number.
type host struct {
	module api.Module
	values map[uint32]any
	next   uint32
}

func newHost() *host {
	h := &host{}
	h.reset()
	return h
}

// reset forgets all values: between pictures the rasteriser holds none.
func (h *host) reset() { h.values, h.next = map[uint32]any{}, reserved }

func (h *host) add(v any) uint32 {
	n := h.next
	h.next++
	h.values[n] = v
	return n
}

func (h *host) take(n uint32) any {
	v := h.values[n]
	delete(h.values, n)
	return v
}

// read copies bytes out of the rasteriser's memory.
func (h *host) read(at, n uint32) []byte {
	raw, ok := h.module.Memory().Read(at, n)
	if !ok {
		panic(fmt.Errorf("read %d bytes at %d: beyond the memory", n, at))
	}
	return append([]byte(nil), raw...)
}

// write puts bytes into memory that the rasteriser gives for them.
func (h *host) write(ctx context.Context, data []byte) (at uint32, err error) {
	got, err := h.module.ExportedFunction("__wbindgen_malloc").Call(ctx, uint64(len(data)), 1)
	if err != nil {
		return 0, err
	}
	if at = uint32(got[0]); !h.module.Memory().Write(at, data) {
		return 0, errors.New("write: beyond the memory")
	}
	return at, nil
}

// bytesOf are the bytes that a typed array holds.
func (h *host) bytesOf(v any) []byte {
	switch v := v.(type) {
	case *block:
		return v.bytes
	case view:
		return h.read(v.at, v.n)
	}
	panic(fmt.Errorf("%T is no array of bytes", v))
}

// bind gives the rasteriser all that it asks of its host.
func bind(ctx context.Context, r wazero.Runtime, h *host) error {
	b := r.NewHostModuleBuilder("wbg")
	export := func(name string, f any) { b.NewFunctionBuilder().WithFunc(f).Export(name) }
	h.exportBytes(export)
	h.exportLists(export)
	h.exportText(export)
	_, err := b.Instantiate(ctx)
	return err
}

func (h *host) exportBytes(export func(name string, f any)) {
	export("__wbindgen_memory", func() uint32 { return h.add(memory{}) })
	export("__wbg_buffer_12d079cc21e14bdb", func(uint32) uint32 { return h.add(memory{}) })
	export("__wbg_newwithbyteoffsetandlength_aa4a17c33a06e5cb", func(_, at, n uint32) uint32 { return h.add(view{at, n}) })
	export("__wbg_new_63b92bc8671ed464", func(from uint32) uint32 {
		if _, whole := h.values[from].(memory); whole {
			return h.add(view{0, h.module.Memory().Size()})
		}
		return h.add(&block{h.bytesOf(h.values[from])})
	})
	export("__wbg_length_c20a40f15020d68a", func(n uint32) uint32 { return uint32(len(h.bytesOf(h.values[n]))) })
	export("__wbg_set_a47bac70306a19a7", func(to, from, at uint32) {
		target := h.values[to].(view)
		if !h.module.Memory().Write(target.at+at, h.bytesOf(h.values[from])) {
			panic(errors.New("set bytes: beyond the memory"))
		}
	})
	export("__wbg_instanceof_Uint8Array_2b3bbecd033d19f6", func(n uint32) uint32 {
		if _, ok := h.values[n].(*block); ok {
			return 1
		}
		return 0
	})
}

func (h *host) exportLists(export func(name string, f any)) {
	export("__wbg_new_16b304a2cfa7ff4a", func() uint32 { return h.add(&list{}) })
	export("__wbg_push_a5b05aedc7234f9f", func(to, item uint32) uint32 {
		l := h.values[to].(*list)
		l.items = append(l.items, h.values[item])
		return uint32(len(l.items))
	})
	export("__wbg_values_839f3396d5aac002", func(n uint32) uint32 { return h.add(&iterator{of: h.values[n].(*list)}) })
	export("__wbg_next_196c84450b364254", func(n uint32) uint32 {
		it := h.values[n].(*iterator)
		if it.at == len(it.of.items) {
			return h.add(step{done: true})
		}
		it.at++
		return h.add(step{value: it.of.items[it.at-1]})
	})
	export("__wbg_done_298b57d23c0fc80c", func(n uint32) uint32 {
		if h.values[n].(step).done {
			return 1
		}
		return 0
	})
	export("__wbg_value_d93c65011f51a456", func(n uint32) uint32 { return h.add(h.values[n].(step).value) })
}

func (h *host) exportText(export func(name string, f any)) {
	export("__wbindgen_object_drop_ref", func(n uint32) { h.take(n) })
	export("__wbindgen_string_new", func(at, n uint32) uint32 { return h.add(string(h.read(at, n))) })
	export("__wbg_new_28c511d9baebfa89", func(at, n uint32) uint32 { return h.add(fault{string(h.read(at, n))}) })
	export("__wbindgen_throw", func(at, n uint32) { panic(errors.New(string(h.read(at, n)))) })
	export("__wbindgen_string_get", func(ctx context.Context, ret, n uint32) {
		at, length := uint32(0), uint32(0)
		if text, ok := h.values[n].(string); ok {
			var err error
			if at, err = h.write(ctx, []byte(text)); err != nil {
				panic(err)
			}
			length = uint32(len(text))
		}
		h.module.Memory().WriteUint32Le(ret+4, length)
		h.module.Memory().WriteUint32Le(ret, at)
	})
}
