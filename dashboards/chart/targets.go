package chart

import (
	"strconv"
	"strings"

	"osservatorio/queries/release"
)

// TargetsInput asks how a place stands to what a plan asks for. Goals are
// measures of the view and, for each, the code of its targets in the release's
// list of targets, in the order of rows.
type TargetsInput struct {
	Input
	Geo   string
	Goals []Goal
}

// Goal is a measure and the code of what is asked of it. Instead is the measure
// of the single period that is told where the running total shows no value, "" for
// none: a total is hidden for good once one of its periods is.
type Goal struct{ Measure, Target, Instead string }

// Targets is a table: each target with whom it is asked of, by when and how sure
// its source is, beside the last value of the place. It has no drawing. A
// target of another place stands there for scale, not for comparison.
func Targets(in TargetsInput) (Figure, error) {
	s, err := newScene(in.Input)
	if err != nil {
		return Figure{}, err
	}
	f := s.figure("table", in.Geo)
	f.Measure = ""
	f.Cells = s.cells("", "", in.Geo)
	f.Cells.Parts = nil
	f.Table = Table{Caption: s.t("targets.caption", "geo", s.geoName(in.Geo)), Columns: []Column{{Label: s.t("targets.target")}, {Label: s.t("targets.asked")}, {Label: s.geoName(in.Geo), Numeric: true},
		{Label: s.t("column.period")}, {Label: s.t("targets.due")}, {Label: s.t("targets.of")}, {Label: s.t("targets.source")}}}
	var rows []release.Row
	var said []string
	title := s.t("targets.title", "geo", s.geoName(in.Geo))
	for _, goal := range in.Goals {
		m, ok := s.of(goal.Measure)
		if !ok {
			continue
		}
		row, ok := m.lastShown(in.Geo)
		if !ok {
			continue
		}
		list := s.targetsOf(goal.Target)
		part, partly := m.instead(in.Geo, goal.Instead, row)
		value := m.cell(row)
		if partly {
			value = Cell{Text: s.t("targets.instead", "value", part.say(part.row), "period", s.Words.Period(part.row.Period), "why", m.why(markOf(row))), Mark: "words"}
		}
		for _, t := range list {
			f.Table.Rows = append(f.Table.Rows, []Cell{{Text: t.Label.In(s.Words.Lang), Header: true}, {Text: m.asked(t)}, value,
				{Text: unbroken(s.Words.Period(row.Period))}, {Text: unbroken(s.Words.Date(t.Extra["due_on"]))}, {Text: s.askedOf(t)}, {Text: s.sure(t)}})
		}
		if len(list) > 0 && len(rows) == 0 && markOf(row) == shown {
			title = m.asksFor(list[len(list)-1], row)
		}
		if len(list) == 0 {
			continue
		}
		f.Cells.Parts = append(f.Cells.Parts, Part{goal.Measure, row.Period})
		if partly {
			rows, f.Cells.Parts = append(rows, part.row), append(f.Cells.Parts, Part{goal.Instead, part.row.Period})
			said = append(said, lower(m.label())+" "+value.Text)
			continue
		}
		rows, said = append(rows, row), append(said, lower(m.label())+" "+m.say(row))
	}
	if len(said) > 0 {
		f.Period = s.Words.Period(rows[0].Period)
	}
	s.titled(&f, title, s.geoName(in.Geo), s.t("measures.sentence", "geo", s.geoName(in.Geo), "list", strings.Join(said, "; ")))
	f.Subtitle = f.Table.Caption
	f.Reading = []string{s.t("targets.read")}
	f.Legend = s.legendOf(rows)
	s.noted(&f, rows)
	return f, nil
}

// lone is a row with the measure that it is of.
type lone struct {
	scene
	row release.Row
}

// instead is the last row of another measure of the place where the total shows no
// value; ok is false where the total has one, or the other has none either.
func (s scene) instead(geo, measure string, total release.Row) (one lone, ok bool) {
	if measure == "" || markOf(total) == shown {
		return one, false
	}
	if one.scene, ok = s.of(measure); !ok {
		return one, false
	}
	one.row, ok = one.lastShown(geo)
	return one, ok && markOf(one.row) == shown
}

// asksFor says how far a place is and what the plan asks for by its last date.
func (s scene) asksFor(t release.Code, row release.Row) string {
	return s.t("targets.title.said", "measure", s.label(), "value", s.value(*row.Value), "geo", s.geoName(row.Geo),
		"asked", s.asked(t), "of", s.askedOf(t), "due", s.Words.Date(t.Extra["due_on"]))
}

// unbroken keeps a date on one line of a narrow column.
func unbroken(date string) string { return strings.ReplaceAll(date, " ", "\u00a0") }

// lastShown is the last row of a place with its value; where that is out of date, or
// there is none, the last row that says why.
func (s scene) lastShown(geo string) (release.Row, bool) {
	s.Period = ""
	sel := s.ask(release.Select{Geo: geo, GeoLevel: s.geoLevel(geo)})
	period, ok := s.Frame.LatestPeriod(sel)
	if known := lastKnown(s.Frame, sel); !ok || release.YearsApart(period, known) {
		period = known
	}
	return s.pick(geo, period)
}

// targetsOf are the targets of a code, in the order of the list: a plan may ask
// the same at several dates.
func (s scene) targetsOf(code string) []release.Code {
	var out []release.Code
	for _, c := range s.Release.Codes["targets"].Codes {
		if kind, has := c.Extra["kind"]; c.Code == code && (!has || kind == "target") {
			out = append(out, c)
		}
	}
	return out
}

// askedOf is the place that a target is for: a release of a region does not know
// the country.
func (s scene) askedOf(t release.Code) string {
	if geo := t.Extra["geo"]; geo != "IT" {
		return s.geoName(geo)
	}
	return s.t("ref.country.short", "name", "")
}

// asked is the number of a target in its own unit.
func (s scene) asked(t release.Code) string {
	v, err := strconv.ParseFloat(t.Extra["value"], 64)
	if err != nil {
		return t.Extra["value"]
	}
	return s.inUnit(v, release.Unit(t.Extra["unit"]))
}

// sure is the source of a target and how far it was verified.
func (s scene) sure(t release.Code) string {
	mark := t.Extra["verification"]
	if key := "site.verification." + mark; s.Words.Has(key) {
		mark = s.Words.T(key)
	}
	return joinShown([]string{t.Extra["source"], mark}, " – ")
}
