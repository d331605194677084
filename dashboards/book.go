package dashboards

import (
	"context"
	"fmt"

	"osservatorio/dashboards/chart"
	"osservatorio/dashboards/words"
	"osservatorio/queries/release"
)

// Pages fills every dashboard that the release has the views for, in one
// language: home first, then the pages of the menu, then the profiles. A
// figure for which no row carries a value is left out.
func Pages(ctx context.Context, rel *release.Release, w *words.Catalogue) ([]Page, error) {
	b, err := open(ctx, rel, w)
	if err != nil {
		return nil, err
	}
	var topics []Page
	for _, build := range b.builders() {
		page, err := build()
		if err != nil {
			return nil, err
		}
		if page != nil {
			if err := b.answer(page); err != nil {
				return nil, err
			}
			topics = append(topics, *page)
			b.built[page.ID] = true
		}
	}
	home, err := b.home(topics)
	if err != nil {
		return nil, err
	}
	profiles, err := b.profiles()
	return append(append([]Page{home}, topics...), profiles...), err
}

// open reads the views of a release for filling in one language.
func open(ctx context.Context, rel *release.Release, w *words.Catalogue) (*book, error) {
	b := &book{ctx: ctx, rel: rel, w: w, views: map[string]view{}, built: map[string]bool{}, thin: map[string]bool{}, sized: map[string][]size{}}
	return b, b.read()
}

// builders are the dashboards in the order of the menu. Each returns nil where
// the release lacks its views.
func (b *book) builders() []func() (*Page, error) {
	return []func() (*Page, error){
		b.coverage, b.outcomes, b.takeUp, b.gol, b.inclusion, b.training, b.benefits, b.flows, b.demand, b.strengthening, b.funding,
		b.golPolicies, b.golEmployed, b.golTargets, b.coFlows,
	}
}

// book is a release being turned into pages in one language.
type book struct {
	ctx   context.Context
	rel   *release.Release
	w     *words.Catalogue
	views map[string]view
	thin  map[string]bool   // by view and measure: quarters show too few territories
	built map[string]bool   // ids of the pages of the menu that the release fills
	year  string            // that the book ends with: what has no value of it is passed over; "" for none
	sized map[string][]size // by level: the counts by which territories are similar
}

// view is a published view as the dashboards read it. Most figures ask for
// totals only: a frame of those is far shorter than the whole.
type view struct {
	whole  *release.Frame
	totals *release.Frame
	period string // the kind of period it is looked at by
}

func viewOf(f *release.Frame) view {
	return view{whole: f, totals: f.Totals(), period: chart.PeriodType(f)}
}

func (b *book) read() error {
	for _, h := range b.rel.Info.Views {
		f, err := b.rel.Frame(b.ctx, h.View)
		if err != nil {
			return fmt.Errorf("fill dashboards: %w", err)
		}
		b.views[h.View] = viewOf(f)
	}
	return nil
}

func (b *book) t(key string, args ...any) string { return b.w.T("dash."+key, args...) }

func (b *book) root() string  { return b.rel.Info.Region.Root }
func (b *book) level() string { return b.rel.Info.Region.PageLevel }

func (b *book) regionName() string { return b.rel.Info.Region.Name.In(b.w.Lang) }

func (b *book) name(geo string) string {
	if g, ok := b.rel.Geo(geo); ok {
		return g.Name.In(b.w.Lang)
	}
	return geo
}

// latest is the last period with a value of a measure at a place, "" if none.
func (b *book) latest(view, measure, geo string) string {
	v, ok := b.views[view]
	if !ok {
		return ""
	}
	p, _ := v.totals.LatestPeriod(release.Select{Geo: geo, Measure: measure, PeriodType: v.period})
	return p
}

// row is the total of a measure at a place and period.
func (b *book) row(view, measure, geo, period string) (release.Row, bool) {
	v, ok := b.views[view]
	if !ok || period == "" {
		return release.Row{}, false
	}
	r, ok := v.totals.One(release.Select{Geo: geo, Measure: measure, Period: period})
	return r, ok && r.Status.Shown() && r.Value != nil
}

// last is the latest row of a measure at a place that carries its value.
func (b *book) last(view, measure, geo string) (release.Row, bool) {
	return b.row(view, measure, geo, b.latest(view, measure, geo))
}

// at are the rows of a measure at the level of the profiles in one period.
func (b *book) at(view, measure, period string) []release.Row {
	return b.views[view].totals.Where(release.Select{GeoLevel: b.level(), Measure: measure, Period: period})
}

// targets are the targets of a code that a plan sets, from the release's list.
func (b *book) targets(code string) []release.Code {
	var out []release.Code
	for _, c := range b.rel.Codes["targets"].Codes {
		if kind, has := c.Extra["kind"]; c.Code == code && (!has || kind == "target") {
			out = append(out, c)
		}
	}
	return out
}

// sides counts how many territories clear the reference, cannot be told from
// it or stay below: intervals that touch are not ordered.
func sides(rows []release.Row, ref release.Row) (above, same, below int) {
	for _, r := range rows {
		switch {
		case !r.Status.Shown() || r.Low == nil || r.High == nil || ref.Low == nil || ref.High == nil:
		case *r.Low > *ref.High:
			above++
		case *r.High < *ref.Low:
			below++
		default:
			same++
		}
	}
	return above, same, below
}

// sections keeps those that have a figure.
func sections(all ...Section) []Section {
	var out []Section
	for _, s := range all {
		if len(s.Figures) > 0 {
			out = append(out, s)
		}
	}
	return out
}
