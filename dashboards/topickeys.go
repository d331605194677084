package dashboards

import (
	"cmp"
	"math"
	"slices"
)

// mostTopicKeys is how many key figures stand under the headline of a theme:
// one row on a wide screen.
const mostTopicKeys = 4

// topicKeys are the key figures of a theme, those that matter most first; a page
// shows as many as have a value.
func (b *book) topicKeys(id string) []panel {
	switch id {
	case "lep":
		return []panel{b.steady(of(timely, timelyMain)), of(waitView, "agreement_median"), of(lepView, "orientamento_base"), of("lep_no_show", "no_show"), of("lep_centres_meeting", "lep_met")}
	case "outcomes":
		return []panel{b.steady(of(employed, employedMain)), of(jobView, "job_median"), of("out_stable", "stable_365"), of(employed, "employed_365"), of("out_ever", "ever_365")}
	case "take-up":
		return shares(funnelView, []string{"did", "assessment", "agreement", "first_measure", "placement"})
	case "gol":
		return []panel{of(golView, golMain), of(golView, "taken_in_charge"), of(golView, "trained_total"), of(golStock, "employed_after_entry"), of(golView, "trained")}
	case "inclusion":
		return b.each(inclusionView)
	case "training":
		return b.each(trainingView)
	case "benefits":
		return b.largestFirst(benefitsView)
	case "flows":
		return append(shares("flows", []string{"balance", "starts", "ends"}), b.each("positions")...)
	case "demand":
		return append(b.each(demandView), b.each("tightness")...)
	case "strengthening":
		return append(shares(strengtheningView, []string{"posts_filled", "posts_gap", "staff_trained", "works_completed", "paid_eur"}), b.each("operators_per_1000")...)
	case "funding":
		return shares(fundingView, []string{"paid_share", "committed_share", "allocated", "paid"})
	case "gol-lep":
		return shares("gol_policies", append([]string{"with_policy_share"}, golLeps()...))
	case "gol-employed":
		return shares("gol_employed", []string{"new_employed_share", "employed_share", "already_employed_share"})
	case "gol-targets":
		return append(shares("gol_taken_in_charge", []string{"individuals", "taken_in_charge"}), shares("gol_targets", []string{"rate_pnrr_2025", "rate_2023"})...)
	case "labour-force":
		return shares(ratesView, rates())
	case "co-flows":
		return shares("co_flows", []string{"balance", "hires", "terminations"})
	}
	return nil
}

// largestFirst is one panel a measure of a view, in the order of their last
// values from the largest; those without one stand last.
func (b *book) largestFirst(view string) []panel {
	lastValue := func(p panel) float64 {
		if r, ok := b.last(view, p.measure, b.root()); ok {
			return *r.Value
		}
		return math.Inf(-1)
	}
	all := b.each(view)
	slices.SortStableFunc(all, func(p, q panel) int { return cmp.Compare(lastValue(q), lastValue(p)) })
	return all
}

// answer puts the key figures of a theme under its headline.
func (b *book) answer(page *Page) error {
	panels := b.topicKeys(page.ID)
	for i := range panels {
		panels[i].id = page.ID + "-key-" + dashed(panels[i].measure)
	}
	keys, err := b.keys(mostTopicKeys, panels...)
	if err != nil || len(keys) == 0 {
		return err
	}
	page.Keys, page.KeysNote = keys, b.t("home.keysnote")
	return nil
}
