// Package chart knows the forms: each turns rows of a published view into a
// Figure, through go-echarts options. It must not know SQL, database handles,
// paths or URLs.
package chart

import "encoding/json"

// Figure is one drawn answer in one language, ready to be put on a page, an
// embed or a file. It holds text and options, no HTML and no address.
type Figure struct {
	ID        string // file name, anchor, chart id and test name at once: "lep-ranking-er-d21"; same in both languages
	Form      string // headline, trend, ranking, district_map, breakdown, table
	Lang      string
	Title     string // headline that states what the figure shows, computed
	Subtitle  string // measure, area, period, unit, in that order
	Sentence  string // one computed sentence; also the alt text
	Wide      Drawing
	Narrow    Drawing // for screens under 736 px; both zero for a Table form
	Legend    []LegendItem
	Reading   []string // paragraphs of "how to read it"
	Table     Table
	Notes     []string // what is odd about the rows shown, two at most
	About     []string // definition, further notes and caveats: for who asks
	Unit      string
	Period    string
	Source    string // source line
	Extracted string // extraction date in words
	View      string // published view, measure and place that the figure stands on
	Measure   string
	Geo       string
	Cells     Cells  // the rows that it was made of
	Method    string // slug of the method page
	Synthetic bool
}

// Drawing is one ECharts option and the size it is made for. No JavaScript
// functions stand in it: the browser and the build draw the same.
type Drawing struct {
	Option json.RawMessage
	Width  int
	Height int
	Maps   []string // geo levels whose boundaries the option names, "map:<level>"
}

// LegendItem is one line of the HTML legend. Mark is a closed set of names that
// the style sheet draws: seq-1…seq-5, hatch, few, pending, accent, reference,
// context, below, band, dashed, delay, break, bar, bar-context, track.
type LegendItem struct {
	Mark  string
	Label string
	Count string
	// Share is how many of a hundred values that are shown bear the mark, drawn as a
	// bar beside the count of a table; 0 draws none.
	Share int
}

// Table is the accessible twin of a drawing.
type Table struct {
	Caption string
	Columns []Column
	Rows    [][]Cell
}

// Column is one column of a table; numeric ones are set right. Letter and Note
// (its own period) stand above and under a short label; Full is the whole name
// where Label is shortened.
type Column struct {
	Label   string
	Numeric bool
	Letter  string
	Note    string
	Full    string
}

// Cell is one cell: text as shown, Mark as in LegendItem (hatch, few, pending,
// seq-1…), "words" for a sentence in the place of a number, or empty. Header cells
// name their row; a Group cell stands alone in its row and names those under it.
// Href is set by the site only from Geo.
type Cell struct {
	Text   string
	Mark   string
	Header bool
	Group  bool
	Geo    string
}

// Key is a key figure: one number with its change, interval and small trend.
type Key struct {
	ID       string
	Label    string
	Value    string // "77,2"
	Unit     string // "%", "giorni"
	Change   string // "+2,9 punti su un anno prima"
	Interval string // "Intervallo 95%: 76,7–77,7%"
	Alt      string // sentence for the small drawing
	Spark    Drawing
	Page     string // id of the page that says more
	View     string
	Measure  string
}
