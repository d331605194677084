package charttest

import (
	"math"
	"slices"
	"strings"

	"osservatorio/queries/release"
)

// rateMeasure is how an invented rate behaves: from start to end over the
// quarters, districts spread round it, the last quarter that can be observed.
type rateMeasure struct {
	code       string
	start, end float64
	spread     float64
	size       float64 // denominator per unit of a district's weight
	last       int     // index into quarters
	hide       bool    // confidential cells in the last observable quarter
	noRule     bool
	breakAt    string
}

var coverageMeasures = []rateMeasure{
	{code: "accoglienza", start: .88, end: .93, spread: .03, size: 1, last: 13},
	{code: "did_profilazione", start: .78, end: .89, spread: .05, size: 1, last: 13, breakAt: "2024-Q2"},
	{code: "orientamento_base", start: .74, end: .825, spread: .06, size: 1, last: 13},
	{code: "patto_servizio", start: .68, end: .772, spread: .12, size: 1, last: 13, hide: true},
	{code: "orientamento_specialistico", start: .5, end: .64, spread: .09, size: .42, last: 12, hide: true},
	{code: "accompagnamento", start: .47, end: .57, spread: .1, size: .35, last: 12, hide: true},
	{code: "tirocinio_attivazione", start: .38, end: .44, spread: .07, size: .12, last: 12, hide: true},
	{code: "avviamento_formazione", start: .41, end: .51, spread: .1, size: .3, last: 12, hide: true},
	{code: "presa_in_carico_integrata", start: .53, end: .68, spread: .1, size: .1, last: 13, hide: true},
	{code: "incentivi_autonomo", noRule: true},
}

func (b *builder) coverage() *release.Frame {
	h := release.Header{View: "lep_coverage", Kind: release.Rate, Unit: "percent", Definition: "lep_coverage@1", Method: "lep-coverage", Protection: "personal",
		Title:       text("Copertura dei LEP", "Coverage of essential levels"),
		Description: text("Quante persone raggiungono la prestazione entro la finestra.", "How many people reach the service within the window."),
		Universe:    text("persone con diritto alla prestazione nel trimestre", "people entitled to the service in the quarter"),
		Numerator:   text("persone raggiunte entro la finestra", "people reached within the window"),
		Denominator: text("persone con diritto alla prestazione", "people entitled to the service"),
		Source:      text("Sistema informativo lavoro (dati inventati)", "Employment information system (invented data)"),
		Caveats:     []release.Text{text("La formula è dell’osservatorio: non ne esiste una ufficiale.", "The formula is the observatory’s own: there is no official one.")},
		Breakdowns:  []string{"sex", "age_band"}, Grain: []string{"geo_level", "geo", "period_type", "period", "sex", "age_band", "measure"},
		Measures: measures("percent",
			"accoglienza", "Accoglienza e prima informazione", "Reception and first information",
			"did_profilazione", "DID e profilazione", "Declaration and profiling",
			"orientamento_base", "Orientamento di base", "Basic guidance",
			"patto_servizio", "Patto di servizio entro 60 giorni", "Service agreement within 60 days",
			"orientamento_specialistico", "Orientamento specialistico", "Specialist guidance",
			"accompagnamento", "Accompagnamento al lavoro", "Support into work",
			"tirocinio_attivazione", "Attivazione del tirocinio", "Traineeship activation",
			"avviamento_formazione", "Avviamento a formazione", "Referral to training",
			"presa_in_carico_integrata", "Presa in carico integrata", "Integrated support",
			"incentivi_autonomo", "Incentivi al lavoro autonomo", "Incentives for self-employment"),
	}
	return b.rateFrame(h, coverageMeasures)
}

func (b *builder) timely() *release.Frame {
	h := release.Header{View: "lep_timely", Kind: release.Rate, Unit: "percent", Definition: "lep_timely@1", Method: "lep-timely", Protection: "personal",
		Title: text("Tempestività del patto", "Timeliness of the agreement"), Universe: text("persone registrate nel trimestre", "people registered in the quarter"),
		Numerator: text("persone con patto entro i giorni indicati", "people with an agreement within the days stated"), Denominator: text("persone registrate", "people registered"),
		Source: text("Sistema informativo lavoro (dati inventati)", "Employment information system (invented data)"),
		Grain:  []string{"geo_level", "geo", "period_type", "period", "measure"},
		Measures: measures("percent",
			"timely_30", "Patto entro 30 giorni", "Agreement within 30 days", "timely_60", "Patto entro 60 giorni", "Agreement within 60 days",
			"timely_90", "Patto entro 90 giorni", "Agreement within 90 days", "timely_60_atrisk", "Patto entro 60 giorni, senza chi trova lavoro prima", "Agreement within 60 days, without those who find work first"),
	}
	return b.rateFrame(h, []rateMeasure{
		{code: "timely_30", start: .45, end: .56, spread: .1, size: 1, last: 13}, {code: "timely_60", start: .68, end: .77, spread: .1, size: 1, last: 13},
		{code: "timely_90", start: .75, end: .83, spread: .08, size: 1, last: 12}, {code: "timely_60_atrisk", start: .71, end: .8, spread: .1, size: .92, last: 13},
	})
}

func (b *builder) employed() *release.Frame {
	h := release.Header{View: "out_employed", Kind: release.Rate, Unit: "percent", Definition: "out_employed@1", Method: "out-employed", Protection: "personal",
		Title: text("Persone al lavoro dopo il patto", "People in work after the agreement"), Universe: text("persone che firmano il patto e non lavorano", "people who sign the agreement and are not in work"),
		Numerator: text("persone al lavoro al giorno indicato", "people in work on the day stated"), Denominator: text("persone con patto", "people with an agreement"),
		Source:     text("Comunicazioni obbligatorie (dati inventati)", "Mandatory communications (invented data)"),
		Breakdowns: []string{"sex", "age_band", "education", "duration", "path"}, Grain: []string{"geo_level", "geo", "period_type", "period", "sex", "age_band", "education", "duration", "path", "measure"},
		Measures: measures("percent", "employed_90", "Al lavoro dopo 90 giorni", "In work after 90 days",
			"employed_180", "Al lavoro dopo 180 giorni", "In work after 180 days", "employed_365", "Al lavoro dopo un anno", "In work after one year"),
	}
	return b.rateFrame(h, []rateMeasure{
		{code: "employed_90", start: .34, end: .38, spread: .05, size: .55, last: 12}, {code: "employed_180", start: .413, end: .461, spread: .06, size: .55, last: 11},
		{code: "employed_365", start: .5, end: .54, spread: .06, size: .55, last: 10},
	})
}

func (b *builder) rateFrame(h release.Header, list []rateMeasure) *release.Frame {
	var rows []release.Row
	for _, m := range list {
		rows = append(rows, b.grow(h, m)...)
	}
	return arranged(h, rows)
}

// flows counts starts, ends and their balance; the last quarter is provisional.
func (b *builder) flows() *release.Frame {
	h := release.Header{View: "flows", Kind: release.Count, Unit: "events", Definition: "flows@1", Method: "flows", Protection: "establishment",
		Title: text("Avviamenti e cessazioni", "Hirings and terminations"), Universe: text("rapporti di lavoro con sede nel territorio", "employment relationships with workplace in the territory"),
		Source:     text("Comunicazioni obbligatorie (dati inventati)", "Mandatory communications (invented data)"),
		Breakdowns: []string{"contract_group"}, Grain: []string{"geo_level", "geo", "period_type", "period", "contract_group", "measure"},
		Measures: measures("events", "starts", "Avviamenti", "Hirings", "ends", "Cessazioni", "Terminations", "balance", "Saldo", "Balance"),
	}
	var rows []release.Row
	season := []float64{1.05, 1.25, .95, .85}
	left := []float64{.75, .95, 1.2, 1.15}
	sums := map[string]map[string]cell{}
	for _, g := range b.level("district") {
		for i, q := range quarters {
			c := cell{math.Round(8 * b.weight[g.Code] * season[i%4] * (.95 + .1*b.rng.Float64())), math.Round(7.8 * b.weight[g.Code] * left[i%4] * (.95 + .1*b.rng.Float64()))}
			b.add(sums, g.Code, q, c)
			for _, p := range g.Parents {
				b.add(sums, p, q, c)
			}
		}
	}
	for _, g := range b.geos {
		for k, year := range years {
			var c cell
			for _, q := range quarters[4*k : 4*k+4] {
				c = cell{c.n + sums[g.Code][q].n, c.d + sums[g.Code][q].d}
			}
			rows = append(rows, flowRows(h, g, year, release.Total, 4*k+3, c.n, c.d)...)
		}
		for i, q := range quarters {
			c := sums[g.Code][q]
			rows = append(rows, flowRows(h, g, q, release.Total, i, c.n, c.d)...)
			if g.Level == "district" {
				continue
			}
			list := b.codes["contract_group"].Codes
			for j, code := range list {
				s := shares(len(list))[j]
				rows = append(rows, flowRows(h, g, q, code.Code, i, math.Round(c.n*s), math.Round(c.d*s))...)
			}
		}
	}
	return arranged(h, rows)
}

func flowRows(h release.Header, g release.Geo, q, group string, i int, starts, ends float64) []release.Row {
	base := release.Row{GeoLevel: g.Level, Geo: g.Code, PeriodType: "quarter", Period: q, By: []string{group}, Unit: "events",
		Status: release.Normal, Conf: release.Free, Definition: h.Definition}
	if len(q) == 4 {
		base.PeriodType = "year"
	}
	if i == len(quarters)-1 {
		base.Status = release.Provisional
	}
	if g.Code == HiddenOne && q == "2025-Q4" {
		base.Status, base.Conf = release.Confidential, release.Hidden
	}
	values := map[string]float64{"starts": starts, "ends": ends, "balance": starts - ends}
	var rows []release.Row
	for _, m := range []string{"starts", "ends", "balance"} {
		r := base
		r.Measure = m
		if r.Status.Shown() {
			r.Value = ptr(values[m])
		}
		rows = append(rows, r)
	}
	return rows
}

// arranged is a frame of rows sorted as a release file does.
func arranged(h release.Header, rows []release.Row) *release.Frame {
	keyed := make([]struct {
		key string
		row release.Row
	}, len(rows))
	for i, r := range rows {
		keyed[i].key, keyed[i].row = rowKey(r), r
	}
	order := make([]int, len(keyed))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(keyed[a].key, keyed[b].key) })
	for i, from := range order {
		rows[i] = keyed[from].row
	}
	return release.NewFrame(h, rows)
}

func rowKey(r release.Row) string {
	return strings.Join(append(append([]string{r.GeoLevel, r.Geo, r.PeriodType, r.Period}, r.By...), r.Measure), "\x00")
}

func measures(unit release.Unit, list ...string) []release.Measure {
	var out []release.Measure
	for i := 0; i+2 < len(list); i += 3 {
		out = append(out, release.Measure{Code: list[i], Label: text(list[i+1], list[i+2]), Unit: unit})
	}
	return out
}
