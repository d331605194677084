package release

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
)

// Info is release.json: what this release is, what it was made from and by.
type Info struct {
	Format         int          `json:"format"`          // of the folder's layout; 0 in folders that precede it
	ID             string       `json:"id"`              // "2026-10", a revision "2026-10.1"
	ExtractionDate string       `json:"extraction_date"` // YYYY-MM-DD, the smallest of the sources read
	Embargo        string       `json:"embargo,omitempty"`
	NextRelease    string       `json:"next_release,omitempty"` // YYYY-MM-DD
	Supersedes     string       `json:"supersedes,omitempty"`
	Software       string       `json:"software"` // name and version
	Synthetic      bool         `json:"synthetic"`
	Publisher      Publisher    `json:"publisher"`
	Region         Region       `json:"region"`
	Definitions    []Definition `json:"definitions"`
	Batches        []Batch      `json:"batches"`
	Views          []Header     `json:"views"` // the published views, sorted by name
}

// Publisher is the public body that answers for the release.
type Publisher struct {
	Name             string `json:"name"`
	IPACode          string `json:"ipa_code"`
	Contact          string `json:"contact"`
	PEC              string `json:"pec"`
	AccessibilityURL string `json:"accessibility_url"`
	BaseURL          string `json:"base_url"`
	Licence          string `json:"licence"` // SPDX id, e.g. CC-BY-4.0
}

// Region is the territory observed and how it is divided.
type Region struct {
	Name      Text       `json:"name"`
	Root      string     `json:"root"`       // geo code of the whole
	PageLevel string     `json:"page_level"` // geo level that has a page each: district, region
	Levels    []GeoLevel `json:"levels"`     // from the whole to the finest
}

// GeoLevel is one level of the geography with its words.
type GeoLevel struct {
	Code   string `json:"code"`
	Name   Text   `json:"name"`
	Plural Text   `json:"plural"`
}

// Definition is one indicator definition in force in this release.
type Definition struct {
	ID      string `json:"id"`
	Version int    `json:"version"`
	View    string `json:"view"`
	SQLHash string `json:"sql_sha256"`
}

// Batch is one accepted delivery that the release reads.
type Batch struct {
	Source string `json:"source"`
	Period string `json:"period"`
	SHA256 string `json:"sha256"`
	Rows   int64  `json:"rows"`
}

// CodeList is one code list used, in its own order (codes/<name>.csv).
type CodeList struct {
	Name  string
	Codes []Code
}

// Code is one entry of a code list. Extra holds the list's further columns.
type Code struct {
	Code  string
	Label Text
	Extra map[string]string
}

// Label returns the label of a code in lang, the code itself if unknown.
func (l CodeList) Label(code, lang string) string {
	for _, c := range l.Codes {
		if c.Code == code {
			return c.Label.In(lang)
		}
	}
	return code
}

// Geo is one territory of codes/geo.csv.
type Geo struct {
	Code    string
	Level   string
	Name    Text
	Slug    string   // of its page, same in both languages
	Parents []string // codes, any level
	TileX   int      // column and row in the tile map, -1 where it has none
	TileY   int
	Short   string // label of a tile, at most four letters
}

// Note is a footnote or anomaly of a source, told in both languages.
type Note struct {
	ID        string   `json:"id"`
	Text      Text     `json:"text"`
	AppliesTo []string `json:"applies_to"` // views
}

// Release is one release, read from a folder or made in memory for tests.
type Release struct {
	Info  Info
	Codes map[string]CodeList // by name: sex, age_band, lep, …
	Geos  []Geo               // in display order
	Notes []Note
	// Files lists what the folder offers for download, sorted by path.
	Files []File

	dir        string // "" for one in memory
	frame      func(ctx context.Context, view string) (*Frame, error)
	forget     func() // nil for one in memory
	boundaries map[string]json.RawMessage
}

// File is one file of the release folder.
type File struct {
	Path   string // relative, slash-separated
	Bytes  int64
	SHA256 string
}

// InMemory makes a release of frames already at hand; for tests.
func InMemory(info Info, geos []Geo, codes map[string]CodeList, frames ...*Frame) *Release {
	byName := map[string]*Frame{}
	for _, f := range frames {
		byName[f.Header.View] = f
		info.Views = append(info.Views, f.Header)
	}
	return &Release{Info: info, Geos: geos, Codes: codes,
		frame: func(_ context.Context, view string) (*Frame, error) {
			if f, ok := byName[view]; ok {
				return f, nil
			}
			return nil, fmt.Errorf("release %s: no view %q", info.ID, view)
		}}
}

// Frame reads a published view whole.
func (r *Release) Frame(ctx context.Context, view string) (*Frame, error) {
	return r.frame(ctx, view)
}

// Forget lets go of the views that were read: who asks for one again has it read
// again. Frames handed out stay good.
func (r *Release) Forget() {
	if r.forget != nil {
		r.forget()
	}
}

// Path returns where a file of the folder lies, having held it to the manifest.
func (r *Release) Path(name string) (string, error) {
	for _, f := range r.Files {
		if f.Path == name {
			return filepath.Join(r.dir, filepath.FromSlash(name)), verifyFile(r.dir, f)
		}
	}
	return "", fmt.Errorf("release %s: %s: not in %s", r.Info.ID, name, sumsFile)
}

// Header returns the header of a published view and whether there is one.
func (r *Release) Header(view string) (Header, bool) {
	for _, v := range r.Info.Views {
		if v.View == view {
			return v, true
		}
	}
	return Header{}, false
}

// Has tells whether the release publishes that view.
func (r *Release) Has(view string) bool {
	for _, v := range r.Info.Views {
		if v.View == view {
			return true
		}
	}
	return false
}

// Boundaries returns the GeoJSON FeatureCollection of a geo level, each feature
// with properties code and name, and whether the operator supplied one.
func (r *Release) Boundaries(level string) (json.RawMessage, bool) {
	b, ok := r.boundaries[level]
	return b, ok
}

// SetBoundaries gives a release made in memory its boundaries; for tests.
func (r *Release) SetBoundaries(level string, geojson json.RawMessage) {
	if r.boundaries == nil {
		r.boundaries = map[string]json.RawMessage{}
	}
	r.boundaries[level] = geojson
}

// Geo returns the territory of that code and whether the release knows it.
func (r *Release) Geo(code string) (Geo, bool) {
	for _, g := range r.Geos {
		if g.Code == code {
			return g, true
		}
	}
	return Geo{}, false
}

// AtLevel returns the territories of a level in display order.
func (r *Release) AtLevel(level string) []Geo {
	var out []Geo
	for _, g := range r.Geos {
		if g.Level == level {
			out = append(out, g)
		}
	}
	return out
}
