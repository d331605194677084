package synthetic

const (
	ruleEvery     = "every"
	rulePlanned   = "planned"
	ruleFragility = "fragility"
	ruleNone      = "no_rule"
)

// parameters are the names that parameters.csv must hold.
var parameters = []string{
	"registrations_lag_days", "services_lag_days", "agreements_lag_days", "placements_lag_days",
	"convocations_lag_days", "benefits_lag_days", "training_lag_days", "vacancies_lag_days", "centres_lag_days", "funding_lag_days",
	"fragility_threshold", "stale_start_year", "stale_age", "first_agreement_days",
	"end_rule", "gap_days", "stable_days", "gol_stock_days", "funnel_days", "curve_min_at_risk", "centre_threshold_percent",
}

// behaviour is how often, how soon and how a LEP is delivered in the invented
// region. Shares are invented; where the catalogue has a LEP that is not in
// the table it behaves as its rule does.
type behaviour struct {
	share      float64 // of those entitled, that it is ever proposed to
	reach      float64 // weight of the district's quality, in share points
	delay      float64 // mean days from the event to the start
	length     int     // greatest duration, days
	again      float64 // probability of another activity of the same LEP
	accredited float64 // share delivered by accredited bodies
	hours      int     // greatest number of hours
	cost       int     // standard cost, cents per hour; 0 none
	plan       [6]float64
	sap        string
}

// behaviourOf finds the behaviour of a LEP by its slug. plan holds the
// probability that an agreement names it, by path (0 without a path).
func behaviourOf(l lep) behaviour {
	switch l.slug {
	case "accoglienza":
		return behaviour{share: .90, reach: .07, delay: 9, length: 0, again: .05, hours: 1, sap: "A01"}
	case "did_profilazione":
		return behaviour{share: .90, reach: .06, delay: 12, again: .02, hours: 1, sap: "A01"}
	case "orientamento_base":
		return behaviour{share: .76, reach: .14, delay: 26, length: 3, again: .10, hours: 2, sap: "A02"}
	case "patto_servizio":
		return behaviour{share: .97, delay: 0, again: 0, hours: 1, sap: "A02"}
	case "orientamento_specialistico":
		return planned(behaviour{share: .72, reach: .15, delay: 40, length: 30, again: .15, accredited: .35, hours: 8, cost: 3730, sap: "A03"}, .35, .45, .55, .60, .80, .50)
	case "accompagnamento":
		return planned(behaviour{share: .66, reach: .16, delay: 45, length: 60, again: .20, accredited: .60, hours: 20, cost: 3730, sap: "B03"}, .30, .70, .40, .35, .45, .60)
	case "tirocinio_attivazione":
		return planned(behaviour{share: .45, reach: .12, delay: 60, length: 180, again: .05, accredited: .70, hours: 600, sap: "C06"}, .08, .08, .15, .25, .45, .10)
	case "ido_persona":
		return planned(behaviour{share: .60, reach: .18, delay: 42, length: 0, again: .45, accredited: .10, hours: 1}, .40, .75, .40, .30, .20, .55)
	case "avviamento_formazione":
		return planned(behaviour{share: .58, reach: .17, delay: 65, length: 120, again: .12, accredited: .95, hours: 300, cost: 84, sap: "C01"}, .20, .22, .85, .90, .45, .50)
	case "presa_in_carico_integrata":
		return behaviour{share: .70, reach: .16, delay: 24, length: 240, again: .05, hours: 6}
	case "collocamento_mirato_persona":
		return behaviour{share: .02, delay: 40, length: 0, hours: 2}
	case "graduatorie_pa":
		return behaviour{share: .02, delay: 90, hours: 1}
	case "imp_accoglienza":
		return behaviour{share: .45, length: 0, hours: 1}
	case "imp_ido":
		return behaviour{share: .55, length: 20, hours: 4}
	case "imp_tirocini":
		return behaviour{share: .20, length: 10, accredited: .55, hours: 3}
	case "imp_mirato":
		return behaviour{share: .12, length: 40, hours: 4}
	}
	return planned(behaviour{share: .012, delay: 70, length: 30, hours: 3}, .1, .1, .1, .1, .1, .1)
}

func planned(b behaviour, byPath ...float64) behaviour {
	copy(b.plan[:], byPath)
	return b
}
