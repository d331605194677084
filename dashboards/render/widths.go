package render

import (
	_ "embed"
	"encoding/json"
	"strconv"
	"strings"
	"sync"

	"github.com/dop251/goja"
)

// widthsJSON holds the advance widths of Titillium Web, made by font-widths.mjs.
//
//go:embed widths.json
var widthsJSON []byte

// average stands for a character that the font lacks, in thousandths of an em.
const average = 560

// widthTables is weight → character → width.
var widthTables = sync.OnceValue(func() map[string]map[rune]float64 {
	written := map[string]map[string]float64{}
	if err := json.Unmarshal(widthsJSON, &written); err != nil {
		panic("read widths.json: " + err.Error())
	}
	tables := map[string]map[rune]float64{}
	for weight, widths := range written {
		tables[weight] = map[rune]float64{}
		for character, width := range widths {
			for _, r := range character {
				tables[weight][r] = width
			}
		}
	}
	return tables
})

// TextWidth returns the width of text in pixels at that size and weight (400,
// 600 or 700) of the figures' font.
func TextWidth(text string, size float64, weight int) float64 {
	table := widthTables()[weightName(weight)]
	sum := 0.0
	for _, r := range text {
		w, ok := table[r]
		if !ok {
			w = average
		}
		sum += w
	}
	return sum * size / 1000
}

func weightName(weight int) string {
	switch {
	case weight >= 700:
		return "700"
	case weight >= 600:
		return "600"
	}
	return "400"
}

// measureIn answers ECharts' measureText(text, font).
func measureIn(vm *goja.Runtime) func(goja.FunctionCall) goja.Value {
	return func(call goja.FunctionCall) goja.Value {
		size, weight := parseFont(call.Argument(1).String())
		out := vm.NewObject()
		_ = out.Set("width", TextWidth(call.Argument(0).String(), size, weight)) // a fresh object takes it
		return out
	}
}

// parseFont reads size and weight of a CSS font: "normal 600 14px Titillium Web".
func parseFont(font string) (size float64, weight int) {
	size, weight = 14, 400
	for _, word := range strings.Fields(font) {
		if n, ok := strings.CutSuffix(word, "px"); ok {
			if s, err := strconv.ParseFloat(n, 64); err == nil {
				size = s
			}
		} else if w, err := strconv.Atoi(word); err == nil {
			weight = w
		} else if word == "bold" {
			weight = 700
		}
	}
	return size, weight
}
