// Package dashboards knows which figures stand on which page and what the page
// says first. It reads a release and nothing else; it must not know SQL,
// database handles, paths of files or URLs.
package dashboards

import (
	"osservatorio/dashboards/chart"
	"osservatorio/queries/release"
)

// Page is one dashboard filled with a release's figures, in one language.
type Page struct {
	ID       string // home, lep, outcomes, flows, profile-er-d21 …
	Lang     string
	Slug     release.Text // last part of its address in each language; "" for home
	Nav      string       // name in the menu, "" if it is not in it
	Group    string       // of themes that it belongs to: services, outcomes, work, means; "" for none
	Geo      string       // code of the territory a profile is about, else ""
	Kicker   string       // line above the headline: place, period, release
	Headline string       // computed sentence, the h1
	Lead     string
	Keys     []chart.Key
	KeysNote string
	Sections []Section
	Teaser   Teaser  // how other pages announce this one
	Similar  Similar // of a profile: the territories closest in size
	Few      Facts   // of a profile: key figures published as counts only
	Centre   Facts   // of a profile of the finest level: its employment centre
	Sheet    *Sheet  // the territory on one page of paper; nil where the page is about none
}

// Section is a titled group of figures; a section of one figure has no title of
// its own.
type Section struct {
	ID      string
	Title   string
	Intro   string
	Figures []chart.Figure
}

// Teaser is the card of a page on the home page.
type Teaser struct {
	Title    string
	Question string
	Number   string
	Says     string
}
