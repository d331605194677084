package site

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"
)

// pageQuality is the page about what came in and what stayed out.
const pageQuality = "quality"

// quality is what quality.json of a release says. A count is nil where it is
// confidential.
type quality struct {
	Sources []struct {
		Source      string `json:"source"`
		Contract    string `json:"contract"`
		Period      string `json:"period"`
		Rows        int64  `json:"rows"`
		Accepted    *int64 `json:"accepted"`
		Quarantined *int64 `json:"quarantined"`
	} `json:"sources"`
	Completeness []struct {
		Contract   string `json:"contract"`
		CompleteTo string `json:"complete_to"`
	} `json:"completeness"`
	Territories []struct {
		Contract string `json:"contract"`
		Geo      string `json:"geo"`
		Last     string `json:"last_period"`
		Late     bool   `json:"late"`
	} `json:"territories"`
	Quarantined []struct {
		Source string `json:"source"`
		Column string `json:"column"`
		Rule   string `json:"rule"`
		Rows   *int64 `json:"rows"`
	} `json:"quarantined"`
	Unusable []struct {
		Reason string `json:"reason"`
		Cases  *int64 `json:"cases"`
	} `json:"unusable"`
	Warnings []struct {
		Check   string `json:"check"`
		Message string `json:"message"`
	} `json:"warnings"`
	Overrides []struct {
		Check    string `json:"check"`
		Period   string `json:"period"`
		Geo      string `json:"geo"`
		Reason   string `json:"reason"`
		SignedBy string `json:"signed_by"`
		SignedOn string `json:"signed_on"`
		Until    string `json:"until"`
	} `json:"overrides"`
}

// quality reads quality.json and tells whether the release has it.
func (b *builder) quality() (quality, bool, error) {
	var q quality
	if !b.hasQuality() {
		return q, false, nil
	}
	raw, err := fs.ReadFile(b.opt.ReleaseDir, "quality.json")
	if err == nil {
		err = json.Unmarshal(raw, &q)
	}
	if err != nil {
		return q, false, fmt.Errorf("read release file quality.json: %w", err)
	}
	return q, len(q.Sources) > 0, nil
}

func (b *builder) hasQuality() bool { return b.opt.ReleaseDir != nil && b.offers("quality.json") }

// qualityBody is quality.json in words.
type qualityBody struct {
	Headline string
	Reach    []reachLine
	Late     []lateLine
	Aside    []asideLine
	Unusable []unusableLine
	None     string // reasons of which there is no case
	Warnings []string
	Signed   []signedLine
	Hidden   bool // whether some count is not told
}

// reachLine says up to which day a source came.
type reachLine struct{ Source, To, Behind string }

// lateLine counts the territories that have fewer quarters of a source.
type lateLine struct {
	Source string
	Count  string // "3 of 38"
	Places []placePeriod
}

type placePeriod struct{ Name, Last string }

// asideLine counts rows that a rule put aside; nil where that is confidential.
type asideLine struct {
	Source, Where, Why string
	Rows               *int64
}

type unusableLine struct {
	What  string
	Cases *int64
}

// signedLine is a warning that somebody answers for.
type signedLine struct{ What, Where, Reason, Who string }

// qualityPage composes the page, where the release says something of it.
func (c composer) qualityPage() error {
	if !c.hasQuality() {
		return nil
	}
	q, _, err := c.quality()
	if err != nil {
		return err
	}
	body := qualityBody{Headline: c.w.T("quality.headline.plain"), Late: c.lateLines(q)}
	c.reachInto(&body, q)
	c.asideInto(&body, q)
	c.unusableInto(&body, q)
	for _, x := range q.Warnings {
		body.Warnings = append(body.Warnings, c.worded("check", x.Check, x.Message))
	}
	for _, o := range q.Overrides {
		line := signedLine{What: c.worded("check", o.Check, plainly(o.Check)), Reason: o.Reason,
			Who: c.w.T("quality.signed.who", "who", o.SignedBy, "on", c.w.Date(o.SignedOn), "until", c.w.Date(o.Until))}
		line.Where = strings.Join(slices.DeleteFunc([]string{c.geoName(o.Geo), c.periodOf(o.Period)}, func(s string) bool { return s == "" }), ", ")
		body.Signed = append(body.Signed, line)
	}
	c.add(doc{ID: pageQuality, Template: "quality", Title: c.w.T("quality.title"), Description: c.w.T("quality.lead"), Nav: pageData, Body: body},
		c.crumbTo(pageData), c.crumbTo(pageReleases))
	return nil
}

func (c composer) reachInto(body *qualityBody, q quality) {
	if len(q.Completeness) == 0 {
		return
	}
	// A source by year holds a year that is not over: what is known ends with the extraction.
	known := func(to string) string { return min(to, firstOf(c.rel.Info.ExtractionDate, to)) }
	first, last := known(q.Completeness[0].CompleteTo), known(q.Completeness[0].CompleteTo)
	for _, x := range q.Completeness {
		first, last = min(first, known(x.CompleteTo)), max(last, known(x.CompleteTo))
	}
	for _, x := range q.Completeness {
		to := known(x.CompleteTo)
		line := reachLine{c.sourceWord(x.Contract), c.w.Date(to), c.w.T("quality.reach.newest")}
		if n := daysBetween(to, last); n > 0 {
			line.Behind = c.w.Plural("quality.reach.days", n)
		}
		body.Reach = append(body.Reach, line)
	}
	if first < last {
		body.Headline = c.w.T("quality.headline", "n", len(q.Completeness), "first", c.w.Date(first), "last", c.w.Date(last))
	}
}

// daysBetween counts the days from one date of the release to another, 0 where one is none.
func daysBetween(from, to string) int {
	a, err := time.Parse(time.DateOnly, from)
	b, other := time.Parse(time.DateOnly, to)
	if err != nil || other != nil {
		return 0
	}
	return int(b.Sub(a).Hours() / 24)
}

func (c composer) lateLines(q quality) []lateLine {
	var out []lateLine
	all := map[string]int{}
	for _, x := range q.Territories {
		all[x.Contract]++
	}
	for _, contract := range sortedKeys(all) {
		line := lateLine{Source: c.sourceWord(contract)}
		for _, x := range q.Territories {
			if x.Contract == contract && x.Late {
				line.Places = append(line.Places, placePeriod{c.geoName(x.Geo), c.w.Period(x.Last)})
			}
		}
		line.Count = c.w.T("quality.late.of", "late", c.w.Int(len(line.Places)), "all", c.w.Int(all[contract]))
		out = append(out, line)
	}
	return out
}

func (c composer) asideInto(body *qualityBody, q quality) {
	for _, x := range q.Quarantined {
		line := asideLine{Source: c.sourceWord(x.Source), Where: c.w.T("quality.aside.row"), Why: c.worded("rule", x.Rule, plainly(x.Rule)), Rows: x.Rows}
		if x.Column != "" {
			line.Where = c.worded("column", x.Column, plainly(x.Column))
		}
		body.Aside = append(body.Aside, line)
		body.Hidden = body.Hidden || x.Rows == nil
	}
}

// unusableInto lists what was found, the most first, and names what was not.
func (c composer) unusableInto(body *qualityBody, q quality) {
	var none []string
	for _, x := range q.Unusable {
		what := c.worded("unusable", x.Reason, plainly(x.Reason))
		if x.Cases != nil && *x.Cases == 0 {
			none = append(none, what)
			continue
		}
		body.Unusable = append(body.Unusable, unusableLine{what, x.Cases})
		body.Hidden = body.Hidden || x.Cases == nil
	}
	slices.SortStableFunc(body.Unusable, func(a, b unusableLine) int { return int(countOf(b.Cases) - countOf(a.Cases)) })
	if len(none) > 0 {
		body.None = c.w.T("quality.unusable.none", "list", strings.Join(none, "; "))
	}
}

func countOf(n *int64) int64 {
	if n == nil {
		return 0
	}
	return *n
}

// worded writes a code of quality.json in words; the codes of an instance's own
// checks have none, and are told as the instance does.
func (c composer) worded(kind, code, otherwise string) string {
	if key := "quality." + kind + "." + code; c.w.Has(key) {
		return c.w.T(key)
	}
	return otherwise
}

// sourceWord is the title of a source's contract; an instance may name its
// sources as it likes.
func (c composer) sourceWord(name string) string { return c.worded("source", name, plainly(name)) }

// sourceOf tells a source apart from others of the same contract.
func (c composer) sourceOf(name, contract string) string {
	if contract == "" || name == contract {
		return c.sourceWord(name)
	}
	return c.worded("source", name, c.sourceWord(contract)+": "+plainly(name))
}

func plainly(code string) string { return strings.ReplaceAll(code, "_", " ") }

func (c composer) geoName(code string) string {
	if g, ok := c.rel.Geo(code); ok {
		return g.Name.In(c.lang)
	}
	return code
}

func (c composer) periodOf(period string) string {
	if period == "" {
		return ""
	}
	return c.w.Period(period)
}
