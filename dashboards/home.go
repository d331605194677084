package dashboards

import (
	"osservatorio/dashboards/chart"
	"osservatorio/queries/release"
)

// leading are the measures that may lead the home page, the best first.
func (b *book) leading() []panel {
	return []panel{
		{id: "home-lep", view: timely, measure: timelyMain, reference: b.root()},
		{id: "home-gol-lep", view: "gol_policies", measure: "with_policy_share", reference: b.root()},
		{id: "home-gol-employed", view: "gol_employed", measure: "new_employed_share", reference: b.root()},
		{id: "home-co", view: "co_flows", measure: "balance"},
		{id: "home-flows", view: "flows", measure: "balance"},
	}
}

// keyPanels are the key figures of home and of the profiles, those that matter
// most first: each page shows as many as have a value.
func keyPanels() []panel {
	return []panel{
		{id: "key-timely", view: timely, measure: timelyMain, page: "lep"},
		{id: "key-wait", view: waitView, measure: "agreement_median", page: "lep"},
		{id: "key-employed", view: employed, measure: employedMain, page: "outcomes"},
		{id: "key-job", view: jobView, measure: "job_median", page: "outcomes"},
		{id: "key-measure", view: funnelView, measure: "first_measure", page: "take-up"},
		{id: "key-inclusion", view: inclusionView, measure: inclusionMain, page: "inclusion"},
		{id: "key-stable", view: "out_stable", measure: "stable_365", page: "outcomes"},
		{id: "key-flows", view: "flows", measure: "balance", page: "flows"},
		{id: "key-coverage", view: lepView, measure: "orientamento_base", page: "lep"},
		{id: "key-gol-lep", view: "gol_policies", measure: "with_policy_share", page: "gol-lep"},
		{id: "key-gol-employed", view: "gol_employed", measure: "new_employed_share", page: "gol-employed"},
		{id: "key-gol-individuals", view: "gol_taken_in_charge", measure: "individuals", page: "gol-targets"},
		{id: "key-co", view: "co_flows", measure: "balance", page: "co-flows"},
		{id: "key-rates", view: ratesView, measure: rates()[0], year: true, page: "labour-force"},
	}
}

// home answers: how does the region stand, in one view?
func (b *book) home(topics []Page) (Page, error) {
	page := Page{ID: "home", Lang: b.w.Lang, Nav: b.t("home.nav")}
	page.Kicker = b.t("home.kicker", "region", b.regionName(), "release", b.rel.Info.ID)
	var err error
	p, ref, ok := b.leader()
	page.Keys, err = b.keys(8, b.homeKeys(p)...)
	if err != nil {
		return page, err
	}
	page.KeysNote = b.t("home.keysnote")
	if !ok {
		page.Headline, page.Lead = b.homeWithout(page.Keys)
		return b.homeSheet(page, topics)
	}
	b.lead(&page, p, ref)
	where, course := b.shelf(), b.shelf()
	p.id += "-map"
	where.districtMap(p)
	course.trend(panel{id: p.id + "-trend", view: p.view, measure: p.measure})
	page.Sections = sections(b.section("home.where", where), b.section("home.course", course))
	if err := firstError(where, course); err != nil {
		return page, err
	}
	return b.homeSheet(page, topics)
}

// homeSheet adds the sheet of the whole, drawn with figures of the themes.
func (b *book) homeSheet(page Page, topics []Page) (Page, error) {
	whole, ok := b.rel.Geo(b.root())
	if !ok {
		return page, nil
	}
	var figures []chart.Figure
	for _, id := range []string{"lep-wait", "take-up-steps", "outcomes-horizons", "flows-course", "gol-lep-trend", "gol-individuals-trend", "co-flows-course"} {
		for _, t := range topics {
			for _, s := range t.Sections {
				for _, f := range s.Figures {
					if f.ID == id {
						figures = append(figures, f)
					}
				}
			}
		}
	}
	var err error
	page.Sheet, err = b.sheet(whole, Similar{}, figures)
	return page, err
}

// homeKeys are the key figures of home; the leading measure is of the period of
// which the headline speaks.
func (b *book) homeKeys(leader panel) []panel {
	list := keyPanels()
	for i, p := range list {
		if p.view == leader.view && p.measure == leader.measure {
			list[i].year = leader.year
		}
	}
	return list
}

// leader is the measure that leads the home page: the best one that can be
// compared between places, else the best one that the whole shows at all.
func (b *book) leader() (p panel, ref release.Row, ok bool) {
	for _, q := range b.leading() {
		q = b.steady(q)
		row, shown := b.ref(q)
		if !shown {
			continue
		}
		if low, _ := extremes(b.at(q.view, q.measure, row.Period)); low.Value != nil {
			return q, row, true
		}
		if !ok {
			p, ref, ok = q, row, true
		}
	}
	return p, ref, ok
}

// homeWithout are the words of a home page without a leading measure: the first
// key figure, or that too little can be published yet, with the counts.
func (b *book) homeWithout(keys []chart.Key) (headline, lead string) {
	shown, hidden, pending := b.counts()
	lead = b.t("home.without.lead", "shown", b.w.Int(shown), "hidden", b.w.Int(hidden), "pending", b.w.Int(pending))
	if len(keys) > 0 {
		return b.t("home.key.headline", "region", b.regionName(), "label", keys[0].Label, "value", valueOf(keys[0])), lead
	}
	return b.t("home.without.headline", "region", b.regionName()), lead
}

// valueOf writes a key figure with its unit.
func valueOf(k chart.Key) string {
	if k.Unit == "%" || k.Unit == "" {
		return k.Value + k.Unit
	}
	return k.Value + " " + k.Unit
}

// counts are the cells of the whole release: with their value, confidential or
// too few, and those that have none for another reason.
func (b *book) counts() (shown, hidden, pending int) {
	for _, v := range b.views {
		for r := range v.whole.All() {
			switch {
			case r.Status == release.Confidential || r.Status == release.LowReliability:
				hidden++
			case r.Status.Shown() && r.Value != nil:
				shown++
			default:
				pending++
			}
		}
	}
	return shown, hidden, pending
}

// lead sets headline and lead of the home page from its leading measure. Where
// no place shows it there are no extremes to name.
func (b *book) lead(page *Page, p panel, ref release.Row) {
	low, high := extremes(b.at(p.view, p.measure, ref.Period))
	switch p.view {
	case timely:
		page.Headline = b.t("home.lep.headline", "share", b.w.Percent(*ref.Value))
		if low.Value == nil {
			page.Lead = b.t("home.alone.lead", "n", b.partOf(ref.Numerator), "d", b.partOf(ref.Denominator), "period", b.w.Period(ref.Period))
			return
		}
		above, same, below := sides(b.at(p.view, p.measure, ref.Period), ref)
		if above+below == 0 {
			page.Lead = b.t("home.lep.lead.same", "period", b.w.Period(ref.Period), "low", b.w.Percent(*low.Value), "lowest", b.name(low.Geo),
				"high", b.w.Percent(*high.Value), "highest", b.name(high.Geo))
			return
		}
		page.Lead = b.t("home.lep.lead", "period", b.w.Period(ref.Period), "low", b.w.Percent(*low.Value), "lowest", b.name(low.Geo),
			"high", b.w.Percent(*high.Value), "highest", b.name(high.Geo), "above", b.places(above), "below", b.w.Int(below), "same", b.w.Int(same))
	case "gol_policies":
		page.Headline = b.t("home.gol.headline", "share", b.w.Percent(*ref.Value))
		if low.Value == nil {
			page.Lead = b.t("home.alone.lead", "n", b.partOf(ref.Numerator), "d", b.partOf(ref.Denominator), "period", b.w.Period(ref.Period))
			return
		}
		page.Lead = b.t("home.gol.lead", "date", b.w.Period(ref.Period), "low", b.w.Percent(*low.Value), "lowest", b.name(low.Geo),
			"high", b.w.Percent(*high.Value), "highest", b.name(high.Geo))
	case "gol_employed":
		page.Headline = b.t("gol-employed.headline", "share", b.w.Percent(*ref.Value))
	case "co_flows":
		page.Headline, page.Lead = b.balanceWords(p.view, "hires", "terminations", ref)
	case "flows":
		page.Headline, page.Lead = b.balanceWords(p.view, "starts", "ends", ref)
	}
}
