package release

import (
	"iter"
	"slices"
)

// Select names the rows wanted: an empty field means "any", By holds the
// breakdowns that must have that code; a breakdown not named must be Total.
type Select struct {
	GeoLevel, Geo, PeriodType, Period, Measure string
	By                                         map[string]string
	AnyBreakdown                               bool // do not ask for Total where By is silent
}

// wanted is a Select in the codes of the columns: numbers compare faster than texts.
type wanted struct {
	codes  []wantedCode
	geo    int32  // -1 is any
	tuples []bool // by tuple of categories; nil where any will do
}

type wantedCode struct {
	of   *codes
	code int32
}

// want translates a Select; ok is false where it asks for a word that the
// columns do not have.
func (f *Frame) want(s Select) (w wanted, ok bool) {
	w.geo = -1
	if s.Geo != "" {
		if w.geo, ok = f.columns.geo.code(s.Geo); !ok {
			return w, false
		}
	}
	for _, part := range []struct {
		of   *texts
		word string
	}{{&f.columns.measure, s.Measure}, {&f.columns.period, s.Period}, {&f.columns.periodType, s.PeriodType}, {&f.columns.geoLevel, s.GeoLevel}} {
		if part.word == "" {
			continue
		}
		code, there := part.of.code(part.word)
		if !there {
			return w, false
		}
		w.codes = append(w.codes, wantedCode{&part.of.codes, code})
	}
	w.tuples = f.wantTuples(s)
	return w, w.tuples == nil || slices.Contains(w.tuples, true)
}

func (t *texts) code(word string) (int32, bool) {
	i := slices.Index(t.words, word)
	return int32(i), i >= 0
}

// wantTuples tells which tuples of categories match.
func (f *Frame) wantTuples(s Select) []bool {
	if f.columns.tuples == nil {
		return nil
	}
	out := make([]bool, len(f.columns.tuples))
	for i, by := range f.columns.tuples {
		out[i] = f.wantsTuple(s, by)
	}
	return out
}

func (f *Frame) wantsTuple(s Select, by []string) bool {
	for i, name := range f.Header.Breakdowns {
		want, named := s.By[name]
		switch {
		case named && by[i] != want:
			return false
		case !named && !s.AnyBreakdown && by[i] != Total:
			return false
		}
	}
	return true
}

// matches goes through the places in the columns of the rows that match. Rows of
// other territories are passed over whole.
func (f *Frame) matches(s Select) iter.Seq[int] {
	return func(yield func(int) bool) {
		w, ok := f.want(s)
		if !ok {
			return
		}
		for _, stay := range f.stays {
			if w.geo >= 0 && stay.geo != w.geo {
				continue
			}
			for i := stay.from; i < stay.to; i++ {
				if at := f.at(int(i)); f.fits(w, at) && !yield(at) {
					return
				}
			}
		}
	}
}

func (f *Frame) fits(w wanted, at int) bool {
	for _, c := range w.codes {
		if c.of.at(at) != c.code {
			return false
		}
	}
	return w.tuples == nil || w.tuples[f.columns.by.at(at)]
}
