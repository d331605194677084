package picture

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
)

// shared is the maker of all tests: starting one takes seconds.
var shared = sync.OnceValues(func() (*Maker, error) { return New(2) })

func maker(t testing.TB) *Maker { return opened(t, shared) }

// opened is what open gives; the test is skipped without assets.
func opened(t testing.TB, open func() (*Maker, error)) *Maker {
	t.Helper()
	m, err := open()
	var missing *MissingAssets
	if errors.As(err, &missing) {
		t.Skip("rasteriser not here: run make assets")
	}
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func svg(body string) []byte {
	return []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100" viewBox="0 0 200 100" font-family="Titillium Web" font-size="20">` + body + `</svg>`)
}

func picture(t *testing.T, m *Maker, body string) []byte {
	t.Helper()
	out, err := m.PNG(context.Background(), svg(body), 400)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func decoded(t *testing.T, data []byte) image.Image {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

const drawing = `<defs><pattern id="p" width="8" height="8" patternUnits="userSpaceOnUse"><path d="M0 8L8 0" stroke="#7A8CA3"/></pattern></defs>
<rect width="90" height="90" fill="url(#p)"/><circle cx="140" cy="50" r="30" fill="#0066CC"/><text x="5" y="60" font-weight="700">Forlì 76,4%</text>`

func TestOneDrawingIsOnePictureWhateverWasDrawnBefore(t *testing.T) {
	first, second := maker(t), opened(t, func() (*Maker, error) { return New(1) })
	defer func() {
		if err := second.Close(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	a := picture(t, first, drawing)
	picture(t, second, `<text x="9" y="9">something else</text>`)
	if b := picture(t, second, drawing); !bytes.Equal(a, b) {
		t.Error("two makers, two pictures")
	}
	if c := picture(t, first, drawing); !bytes.Equal(a, c) {
		t.Error("drawn again, another picture")
	}
}

func TestManyAtOnceAreTheSameAsOneByOne(t *testing.T) {
	m := maker(t)
	want := picture(t, m, drawing)
	var group sync.WaitGroup
	for range 6 {
		group.Go(func() {
			got, err := m.PNG(context.Background(), svg(drawing), 400)
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("another picture (%v)", err)
			}
		})
	}
	group.Wait()
}

func TestAPictureHasItsWidthAndTheShapeOfItsDrawing(t *testing.T) {
	img := decoded(t, picture(t, maker(t), drawing))
	if got := img.Bounds().Size(); got != image.Pt(400, 200) {
		t.Errorf("size %v, want 400 by 200", got)
	}
	if got := color.RGBAModel.Convert(img.At(290, 100)); got != (color.RGBA{0, 0x66, 0xcc, 255}) {
		t.Errorf("the disc is %v", got)
	}
	if got := color.RGBAModel.Convert(img.At(395, 195)); got != (color.RGBA{255, 255, 255, 255}) {
		t.Errorf("the ground is %v, want white", got)
	}
}

func TestTextIsDrawnInTheFontOfTheHouse(t *testing.T) {
	m := maker(t)
	empty := picture(t, m, "")
	regular := picture(t, m, `<text x="5" y="60">Perché</text>`)
	bold := picture(t, m, `<text x="5" y="60" font-weight="700">Perché</text>`)
	if bytes.Equal(regular, empty) || bytes.Equal(bold, regular) {
		t.Error("text or weight makes no difference")
	}
	if other := picture(t, m, `<text x="5" y="60" font-family="Nowhere Sans">Perché</text>`); !bytes.Equal(other, regular) {
		t.Error("a font that is not here is not drawn in ours")
	}
}

func TestABrokenDrawingIsAnErrorAndTheNextIsDrawn(t *testing.T) {
	m := maker(t)
	if _, err := m.PNG(context.Background(), []byte("<svg"), 400); err == nil || !strings.HasPrefix(err.Error(), "draw picture: ") {
		t.Errorf("error: %v", err)
	}
	decoded(t, picture(t, m, drawing))
}

func TestManyShadesFitThePalette(t *testing.T) {
	pixels := make([]byte, 0, 64*64*4)
	for x := range 64 {
		for y := range 64 {
			pixels = append(pixels, byte(4*x), byte(4*y), byte(x+y), 255)
		}
	}
	data, err := encode(pixels, 64, 64)
	if err != nil {
		t.Fatal(err)
	}
	img := decoded(t, data)
	if p, ok := img.(*image.Paletted); !ok || len(p.Palette) > mostColours {
		t.Fatalf("%T: no palette", img)
	}
	far := 0
	for i := 0; i < len(pixels); i += 4 {
		got := color.RGBAModel.Convert(img.At(i/4%64, i/4/64)).(color.RGBA)
		far = max(far, int(got.R)-int(pixels[i]), int(pixels[i])-int(got.R), int(got.G)-int(pixels[i+1]), int(pixels[i+1])-int(got.G))
	}
	if far > 32 {
		t.Errorf("a colour moved by %d", far)
	}
}

func TestBlackAndWhiteKeepWhatTheyAre(t *testing.T) {
	for keep := 2; keep <= 8; keep++ {
		if got := shade(0xffffff, keep); got != 0xffffff {
			t.Errorf("white in %d bits is %06x", keep, got)
		}
		if got := shade(0, keep); got != 0 {
			t.Errorf("black in %d bits is %06x", keep, got)
		}
	}
}

func TestTheKeyNamesDrawingAndWidth(t *testing.T) {
	m := maker(t)
	if m.Key(svg(drawing), 400) == m.Key(svg(drawing), 401) || m.Key(svg(drawing), 400) == m.Key(svg(""), 400) {
		t.Error("two pictures under one key")
	}
}

func BenchmarkPNG(b *testing.B) {
	m := maker(b)
	if _, err := m.PNG(context.Background(), svg(drawing), 400); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := m.PNG(context.Background(), svg(drawing), 1200); err != nil {
			b.Fatal(err)
		}
	}
}

func TestEveryPixelIsTheShadeOfItsColour(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	for _, most := range []int{10, 300, 3000} {
		pixels := make([]byte, 4*320*100)
		for i := 0; i < len(pixels); i += 4 {
			c := uint32(dice.IntN(most)) * 5003 % (1 << 24)
			pixels[i], pixels[i+1], pixels[i+2] = byte(c>>16), byte(c>>8), byte(c)
		}
		out, err := encode(pixels, 320, 100)
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(out))
		if err != nil {
			t.Fatal(err)
		}
		keep := 8
		for ; ; keep-- {
			if _, ok := shades(coloursOf(pixels), keep); ok {
				break
			}
		}
		for i := 0; i < len(pixels); i += 4 {
			r, g, b, _ := img.At(i/4%320, i/4/320).RGBA()
			if got, want := r>>8<<16|g>>8<<8|b>>8, shade(colourOf(pixels[i:]), keep); got != want {
				t.Fatalf("%d colours, pixel %d: %06x, want %06x", most, i/4, got, want)
			}
		}
	}
}
