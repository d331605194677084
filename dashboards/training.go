package dashboards

import "osservatorio/queries/release"

const (
	trainingView = "training_completion"
	trainingMain = "training_completed"
)

// training answers: who completes a course, and who works afterwards?
func (b *book) training() (*Page, error) {
	ref, ok := b.last(trainingView, trainingMain, b.root())
	if !ok {
		return nil, nil
	}
	page := b.topic("training", "outcomes", release.Text{IT: "formazione", EN: "training"}, ref.Period)
	page.Headline = b.t("training.headline", "share", b.w.Percent(*ref.Value), "period", b.w.Period(ref.Period))
	page.Lead = b.t("training.lead", "n", b.partOf(ref.Numerator), "d", b.partOf(ref.Denominator))
	page.Teaser.Number, page.Teaser.Says = b.w.Percent(*ref.Value), b.t("training.says")

	course, where, who := b.shelf(), b.shelf(), b.shelf()
	course.multiples(panel{id: "training-course", view: trainingView}, b.measured(trainingView))
	where.ranking(panel{id: "training-ranking", view: trainingView, measure: trainingMain, reference: b.root(), year: true})
	where.ranking(panel{id: "training-employed-ranking", view: trainingView, measure: "training_employed_180", reference: b.root(), year: true})
	who.breakdowns(panel{id: "training", view: trainingView, measure: trainingMain, year: true}, "programme", "age_band", "sex", "citizenship", "education")
	who.breakdowns(panel{id: "training-employed", view: trainingView, measure: "training_employed_180", year: true}, "programme", "education")
	return b.filled(&page, part{key: "course", shelf: course}, part{key: "where", shelf: where}, part{key: "who", shelf: who})
}
