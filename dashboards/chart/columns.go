package chart

import (
	"math"
	"strings"
)

// columns joins texts that stand evenly under each other and look alike into
// one text of many lines: ECharts takes far longer over many elements than
// over many lines, and draws the same.
func columns(list []element) []element {
	out := make([]element, 0, len(list))
	taken := make([]bool, len(list))
	for i, e := range list {
		if taken[i] {
			continue
		}
		first, ok := e.Style.(textStyle)
		if !ok {
			out = append(out, e)
			continue
		}
		lines, ys := []string{first.Text}, []float64{e.Y}
		for j := i + 1; j < len(list); j++ {
			next, ok := list[j].Style.(textStyle)
			if !ok || taken[j] || list[j].X != e.X || !alike(first, next) || !even(ys, list[j].Y) {
				continue
			}
			lines, ys = append(lines, next.Text), append(ys, list[j].Y)
			taken[j] = true
		}
		if len(ys) > 1 {
			first.Text, first.LineHeight = strings.Join(lines, "\n"), tenth(ys[1]-ys[0])
			e.Y, e.Style = tenth((ys[0]+ys[len(ys)-1])/2), first
		}
		out = append(out, e)
	}
	return out
}

func alike(a, b textStyle) bool {
	a.Text, b.Text = "", ""
	return a == b
}

// even tells whether y continues the steps of ys downward.
func even(ys []float64, y float64) bool {
	step := y - ys[len(ys)-1]
	if len(ys) == 1 {
		return step > 0
	}
	return math.Abs(step-(ys[1]-ys[0])) < .05
}
