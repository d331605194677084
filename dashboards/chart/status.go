package chart

import (
	"strings"

	"osservatorio/queries/release"
)

// mark is how a row is drawn: every status has exactly one.
type mark int

// The marks. Only shown carries a value.
const (
	shown    mark = iota
	hidden        // confidential: hatch
	few           // too few persons to state a rate: outline, counts
	waiting       // not observable yet: pale block
	held          // known, but kept back till the annual revision: words only
	noRule        // no sourced rule: words only
	beyond        // not reached within the follow-up: words only
	gap           // a delivery of the source never came: words only
	absent        // the source has no value: words only
	cannotBe      // structurally nothing to measure
)

func markOf(r release.Row) mark {
	switch {
	case r.Status == release.Confidential || r.Conf == release.Hidden:
		return hidden
	case r.Status == release.LowReliability:
		return few
	case r.Status == release.CannotExist:
		return cannotBe
	case r.Status == release.Missing && r.Reason == release.NotObservable:
		return waiting
	case r.Status == release.Missing && r.Reason == release.RevisionHeld:
		return held
	case r.Status == release.Missing && r.Reason == release.NoRule:
		return noRule
	case r.Status == release.Missing && r.Reason == release.NotReached:
		return beyond
	case r.Status == release.Missing && r.Reason == release.SourceGap:
		return gap
	case r.Status.Shown() && r.Value != nil:
		return shown
	}
	return absent
}

// legendMark is the name under which the style sheet draws the mark.
func (m mark) legendMark() string {
	switch m {
	case hidden:
		return "hatch"
	case few:
		return "few"
	case waiting, held, noRule, beyond, gap, absent, cannotBe:
		return "pending"
	}
	return ""
}

// say writes a row as text: its value, or the short word for why there is none.
func (s scene) say(r release.Row) string {
	switch markOf(r) {
	case shown:
		return s.value(*r.Value) + s.flags(r)
	case few:
		return s.outOf(r)
	case hidden:
		return s.t("say.hidden")
	case waiting:
		return s.t("say.waiting")
	case held:
		return s.t("say.held")
	case noRule:
		return s.t("say.no_rule")
	case beyond:
		return s.t("say.beyond")
	case gap:
		return s.t("say.gap")
	case cannotBe:
		return s.t("say.cannot_be")
	}
	return s.t("say.absent")
}

// flagged are what a value may have beside it, in the order of their signs. The
// sign of a provisional value and of a break is explained where it is drawn, the
// others in a note.
var flagged = []struct {
	name string
	is   func(release.Row) bool
}{
	{"provisional", provisional},
	{"break", broken},
	{"estimated", func(r release.Row) bool { return r.Status == release.Estimated }},
	{"held", func(r release.Row) bool { return r.Reason == release.RevisionHeld && markOf(r) == shown }},
}

// flags writes the signs of a value: " (p)".
func (s scene) flags(r release.Row) string {
	out := ""
	for _, f := range flagged {
		if f.is(r) {
			out += " " + s.t("flag."+f.name)
		}
	}
	return out
}

// signs says in words what the drawing shows by signs: how many values are
// missing and why, how many are provisional, behind a break, an estimate or
// kept from an earlier release.
func (s scene) signsSaid(rows []release.Row) string {
	var out []string
	for _, l := range s.legendOf(rows) {
		out = append(out, l.Label+" "+l.Count)
	}
	for _, f := range flagged {
		n := 0
		for _, r := range rows {
			if f.is(r) {
				n++
			}
		}
		if n > 0 {
			out = append(out, s.t("flag."+f.name+".alt")+" "+s.Words.Int(n))
		}
	}
	if len(out) == 0 {
		return ""
	}
	return s.t("signs", "list", strings.Join(out, "; "))
}

// outOf writes the counts of a rate that is not stated: "19 su 27".
func (s scene) outOf(r release.Row) string {
	if r.Numerator == nil || r.Denominator == nil {
		return s.t("say.few")
	}
	return s.t("say.out_of", "n", s.Words.Number(*r.Numerator, 0), "d", s.Words.Number(*r.Denominator, 0))
}

// why writes the reason at length.
func (s scene) why(m mark) string {
	switch m {
	case hidden:
		return s.t("why.hidden")
	case few:
		return s.intervalRead("why.few")
	case waiting:
		return s.t("why.waiting")
	case held:
		return s.t("why.held")
	case noRule:
		return s.t("why.no_rule")
	case beyond:
		return s.t("why.beyond")
	case gap:
		return s.t("why.gap")
	case cannotBe:
		return s.t("why.cannot_be")
	}
	return s.t("why.absent")
}

// cell is a row in a table.
func (s scene) cell(r release.Row) Cell {
	return Cell{Text: s.say(r), Mark: markOf(r).legendMark()}
}

// interval writes "76,7–77,7%", empty where the row has none.
func (s scene) interval(r release.Row) string {
	if r.Low == nil || r.High == nil || markOf(r) != shown {
		return ""
	}
	if s.percent() {
		return s.Words.Number(*r.Low, 1) + "–" + s.value(*r.High)
	}
	return s.value(*r.Low) + "–" + s.value(*r.High)
}

func hasInterval(r release.Row) bool { return r.Low != nil && r.High != nil }

// against tells whether a row's interval clears the reference's: 1 above, −1
// below, 0 not distinguishable. Without both intervals nothing is distinguished.
func against(r, ref release.Row) int {
	if !hasInterval(r) || !hasInterval(ref) {
		return 0
	}
	switch {
	case *r.Low > *ref.High:
		return 1
	case *r.High < *ref.Low:
		return -1
	}
	return 0
}

// legendOf returns the legend lines of the marks without value that appear.
func (s scene) legendOf(rows []release.Row) []LegendItem {
	count := map[mark]int{}
	for _, r := range rows {
		count[markOf(r)]++
	}
	var out []LegendItem
	for _, m := range []mark{hidden, few, waiting, held, beyond, gap, noRule, cannotBe, absent} {
		if count[m] > 0 {
			out = append(out, LegendItem{Mark: m.legendMark(), Label: s.why(m), Count: s.Words.Int(count[m])})
		}
	}
	return out
}
