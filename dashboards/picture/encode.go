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
	for keep := 8; ; keep-- {
		palette, ok := colours(pixels, keep)
		if !ok {
			continue
		}
		var out bytes.Buffer
		enc := png.Encoder{CompressionLevel: png.DefaultCompression}
		if err := enc.Encode(&out, painted(pixels, width, height, keep, palette)); err != nil {
			return nil, err
		}
		return out.Bytes(), nil
	}
}

// shade is a colour of which each part keeps only its first bits, 0xRRGGBB.
func shade(p []byte, keep int) uint32 {
	cut := func(c byte) uint32 {
		if keep == 8 {
			return uint32(c)
		}
		levels := uint32(1)<<keep - 1 // black and white stay what they are
		return (uint32(c)*levels + 127) / 255 * 255 / levels
	}
	return cut(p[0])<<16 | cut(p[1])<<8 | cut(p[2])
}

// colours lists the shades of a picture, sorted; false where they are too many.
func colours(pixels []byte, keep int) ([]uint32, bool) {
	seen := map[uint32]bool{}
	last := uint32(1) << 31 // no shade
	for i := 0; i+3 < len(pixels); i += 4 {
		if s := shade(pixels[i:], keep); s != last {
			last = s
			if seen[s] = true; len(seen) > mostColours {
				return nil, false
			}
		}
	}
	list := make([]uint32, 0, len(seen))
	for s := range seen {
		list = append(list, s)
	}
	slices.Sort(list)
	return list, true
}

func painted(pixels []byte, width, height, keep int, palette []uint32) *image.Paletted {
	at := map[uint32]uint8{}
	colours := make(color.Palette, len(palette))
	for i, s := range palette {
		at[s] = uint8(i)
		colours[i] = color.RGBA{uint8(s >> 16), uint8(s >> 8), uint8(s), 255}
	}
	img := image.NewPaletted(image.Rect(0, 0, width, height), colours)
	last, index := uint32(1)<<31, uint8(0)
	for i := range img.Pix {
		if s := shade(pixels[4*i:], keep); s != last {
			last, index = s, at[s]
		}
		img.Pix[i] = index
	}
	return img
}
