package picture

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"slices"
)

// mostColours is how many a palette holds.
const mostColours = 256

// encode writes opaque pixels (red, green, blue, alpha a byte each) as a PNG with
// a palette: a drawing has few colours, and the shades of its edges are rounded,
// more and more coarsely, until they fit. Fewer bytes and less work than one
// colour a pixel.
func encode(pixels []byte, width, height int) ([]byte, error) {
	exact := coloursOf(pixels)
	for keep := 8; ; keep-- {
		palette, ok := shades(exact, keep)
		if !ok {
			continue
		}
		var out bytes.Buffer
		enc := png.Encoder{CompressionLevel: png.DefaultCompression}
		if err := enc.Encode(&out, painted(pixels, width, height, places(exact, keep, palette), palette)); err != nil {
			return nil, err
		}
		return out.Bytes(), nil
	}
}

// none is no colour.
const none = uint32(1) << 31

// colourOf is the colour of a pixel, 0xRRGGBB.
func colourOf(p []byte) uint32 { return uint32(p[0])<<16 | uint32(p[1])<<8 | uint32(p[2]) }

// coloursOf lists the colours of a picture, each once: far fewer than it has
// pixels, so that only they are rounded.
func coloursOf(pixels []byte) []uint32 {
	seen := map[uint32]bool{}
	last := none
	for i := 0; i+3 < len(pixels); i += 4 {
		if c := colourOf(pixels[i:]); c != last {
			last = c
			seen[c] = true
		}
	}
	list := make([]uint32, 0, len(seen))
	for c := range seen {
		list = append(list, c)
	}
	return list
}

// shade is a colour of which each part keeps only its first bits.
func shade(c uint32, keep int) uint32 {
	if keep == 8 {
		return c
	}
	cut := func(part uint32) uint32 {
		levels := uint32(1)<<keep - 1 // black and white stay what they are
		return (part*levels + 127) / 255 * 255 / levels
	}
	return cut(c>>16)<<16 | cut(c>>8&255)<<8 | cut(c&255)
}

// shades lists the shades of colours, sorted; false where they are too many.
func shades(exact []uint32, keep int) ([]uint32, bool) {
	seen := map[uint32]bool{}
	for _, c := range exact {
		if seen[shade(c, keep)] = true; len(seen) > mostColours {
			return nil, false
		}
	}
	list := make([]uint32, 0, len(seen))
	for s := range seen {
		list = append(list, s)
	}
	slices.Sort(list)
	return list, true
}

// places finds each colour's shade in a palette.
func places(exact []uint32, keep int, palette []uint32) map[uint32]uint8 {
	out := make(map[uint32]uint8, len(exact))
	for _, c := range exact {
		at, _ := slices.BinarySearch(palette, shade(c, keep))
		out[c] = uint8(at)
	}
	return out
}

func painted(pixels []byte, width, height int, places map[uint32]uint8, palette []uint32) *image.Paletted {
	colours := make(color.Palette, len(palette))
	for i, s := range palette {
		colours[i] = color.RGBA{uint8(s >> 16), uint8(s >> 8), uint8(s), 255}
	}
	img := image.NewPaletted(image.Rect(0, 0, width, height), colours)
	last, index := none, uint8(0)
	for i := range img.Pix {
		if c := colourOf(pixels[4*i:]); c != last {
			last, index = c, places[c]
		}
		img.Pix[i] = index
	}
	return img
}
