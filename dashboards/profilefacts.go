package dashboards

import (
	"strings"

	"osservatorio/queries/release"
)

// Facts are figures told in words below a profile's key figures.
type Facts struct {
	Title string
	Says  string
	Items []Fact
}

// Fact is one of them: "21 su 26 (2025)".
type Fact struct{ Label, Value string }

// few are the key figures that are published as counts only: too few persons for
// a share, yet something to read in a small territory.
func (b *book) few(g release.Geo) Facts {
	f := Facts{Title: b.t("profile.few"), Says: b.t("profile.few.says")}
	for _, p := range keyPanels() {
		if r, ok := b.lastFew(p, g.Code); ok {
			f.Items = append(f.Items, Fact{b.measureName(p.view, p.measure), b.t("profile.few.item", "n", b.partOf(r.Numerator), "d", b.partOf(r.Denominator), "period", b.w.Period(r.Period))})
		}
	}
	return f
}

// lastFew is the last year of a share at a place, where it is counts only.
func (b *book) lastFew(p panel, geo string) (release.Row, bool) {
	v, ok := b.views[p.view]
	if !ok || v.whole.Header.Kind != release.Rate {
		return release.Row{}, false
	}
	var last release.Row
	for _, r := range v.totals.Where(release.Select{Geo: geo, Measure: p.measure, PeriodType: "year"}) {
		if r.Status.Shown() || r.Status == release.LowReliability {
			last = r
		}
	}
	return last, last.Status == release.LowReliability && last.Numerator != nil && last.Denominator != nil
}

// centre is the employment centre of a territory of the finest level, by name,
// with what the plan to strengthen centres gave it. Where a territory has several
// centres the figures are those of all.
func (b *book) centre(g release.Geo) Facts {
	if g.Level != b.level() {
		return Facts{}
	}
	var names []string
	for _, c := range b.rel.Codes["cpi"].Codes {
		if c.Extra["geo"] == g.Code {
			names = append(names, c.Label.In(b.w.Lang))
		}
	}
	f := Facts{Title: b.t("profile.centre"), Items: b.planOf(g)}
	switch len(names) {
	case 0:
	case 1:
		f.Title = b.t("profile.centre.named", "name", names[0])
	default:
		f.Title = b.t("profile.centres.named", "names", strings.Join(names, ", "))
	}
	if r, ok := b.last(strengtheningView, "posts_assigned", g.Code); ok {
		f.Says = b.t("profile.centre.says", "period", b.w.Period(r.Period))
	}
	return f
}

// planOf are the pairs of the plan to strengthen centres: what was assigned and
// what is done.
func (b *book) planOf(g release.Geo) []Fact {
	var out []Fact
	for _, pair := range []struct{ key, done, of string }{
		{"posts", "posts_filled", "posts_assigned"}, {"works", "works_completed", "works_planned"}, {"money", "paid_eur", "allocated_eur"},
	} {
		of, ok := b.last(strengtheningView, pair.of, g.Code)
		done, both := b.row(strengtheningView, pair.done, g.Code, of.Period)
		if !ok || !both {
			continue
		}
		value := b.t("profile.centre."+pair.key+".value", "done", b.w.Number(*done.Value, 0), "of", b.w.Number(*of.Value, 0))
		if done.Status == release.Provisional || of.Status == release.Provisional {
			value += " (p)"
		}
		out = append(out, Fact{b.t("profile.centre." + pair.key), value})
	}
	for _, m := range b.measured("operators_per_1000") {
		if r, ok := b.last("operators_per_1000", m, g.Code); ok {
			out = append(out, Fact{b.measureName("operators_per_1000", m), b.w.Number(*r.Value, 1) + " (" + b.w.Period(r.Period) + ")"})
		}
	}
	return out
}
