package site

import (
	"osservatorio/dashboards"
	"osservatorio/dashboards/chart"
)

// mostOpen is how many figures a page shows at once. A page with more opens with
// its first section; the others are folded under what they say, so that a
// reader sees all answers on a screen or two and opens those that matter.
const mostOpen = 5

// mostKeys is how many key figures a phone shows at once; the others are folded
// there. On a wide screen and on paper all are shown.
const mostKeys = 4

func fewKeys(keys []chart.Key) []chart.Key { return keys[:min(len(keys), mostKeys)] }

func restOfKeys(keys []chart.Key) []chart.Key { return keys[min(len(keys), mostKeys):] }

// partView is a section of a page as it is laid out.
type partView struct {
	dashboards.Section
	Titled bool   // has a title over its figures; else its one figure speaks for itself
	Folded bool   // behind its title until opened
	Head   string // title of a folded section
	Says   string // headline of its first figure, where the title is a question
}

// parts lays out the sections of a page.
func parts(sections []dashboards.Section) []partView {
	figures := 0
	for _, s := range sections {
		figures += len(s.Figures)
	}
	out := make([]partView, len(sections))
	for i, s := range sections {
		v := partView{Section: s, Titled: !alone(s), Folded: i > 0 && figures > mostOpen}
		v.Head = s.Title
		switch {
		case v.Head == "":
			v.Head = s.Figures[0].Title
		case len(s.Figures) > 0:
			v.Says = s.Figures[0].Title
		}
		out[i] = v
	}
	return out
}

// folds tells whether some section is folded.
func folds(list []partView) bool {
	for _, v := range list {
		if v.Folded {
			return true
		}
	}
	return false
}
