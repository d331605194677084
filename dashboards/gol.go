package dashboards

import (
	"osservatorio/dashboards/chart"
	"osservatorio/queries/release"
)

const (
	golView  = "programme_gol"
	golMain  = "taken_in_charge_total"
	golStock = "gol_stock"
)

// gol answers: how many did the GOL programme take in charge and train, and who
// are they?
func (b *book) gol() (*Page, error) {
	last, ok := b.last(golView, golMain, b.root())
	if !ok {
		return nil, nil
	}
	page := b.topic("gol", "services", release.Text{IT: "gol", EN: "gol"}, last.Period)
	page.Headline = b.t("gol.headline", "n", b.w.Number(*last.Value, 0), "period", b.w.Period(last.Period))
	page.Lead = b.t("gol.lead")
	if trained, ok := b.row(golView, "trained_total", b.root(), last.Period); ok {
		page.Lead = b.t("gol.lead.trained", "n", b.w.Number(*trained.Value, 0))
	}
	page.Teaser.Number, page.Teaser.Says = b.w.Number(*last.Value, 0), b.t("gol.says")

	targets, course, who, work, where := b.shelf(), b.shelf(), b.shelf(), b.shelf(), b.shelf()
	targets.targets(panel{id: "gol-targets-table", view: golView}, chart.Goal{Measure: golMain, Target: "gol_beneficiaries"},
		chart.Goal{Measure: "trained_total", Target: "gol_trained", Instead: "trained"},
		chart.Goal{Measure: "trained_digital_total", Target: "gol_trained_digital", Instead: "trained_digital"})
	course.multiples(panel{id: "gol-course", view: golView}, []string{"taken_in_charge", "trained", "trained_digital"})
	course.trend(panel{id: "gol-total-trend", view: golView, measure: golMain})
	course.breakdowns(panel{id: "gol-taken", view: golView, measure: "taken_in_charge", year: true}, "path", "age_band", "sex")
	who.steps(panel{id: "gol-vulnerable", view: "programme_gol_vulnerable", year: true}, true, "", b.measured("programme_gol_vulnerable")...)
	who.multiples(panel{id: "gol-vulnerable-course", view: "programme_gol_vulnerable"}, b.measured("programme_gol_vulnerable"))
	work.multiples(panel{id: "gol-stock-course", view: golStock}, b.measured(golStock))
	work.breakdowns(panel{id: "gol-stock", view: golStock, measure: "employed_after_entry"}, "path")
	work.ranking(panel{id: "gol-stock-ranking", view: golStock, measure: "employed_after_entry", reference: b.root()})
	where.ranking(panel{id: "gol-taken-ranking", view: golView, measure: "taken_in_charge", year: true})
	return b.filled(&page, part{key: "targets", shelf: targets}, part{key: "course", shelf: course}, part{key: "who", shelf: who, titled: true, intro: b.vulnerableAsked()},
		part{key: "work", shelf: work, titled: true}, part{key: "where", shelf: where})
}

// vulnerableAsked says which share of vulnerable persons the plan asks for.
func (b *book) vulnerableAsked() string {
	for _, t := range b.targets("gol_vulnerable_share") {
		return b.t("gol.vulnerable", "share", t.Extra["value"]+"%")
	}
	return ""
}
