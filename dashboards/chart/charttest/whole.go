package charttest

import (
	"context"
	"math"

	"osservatorio/queries/release"
)

// Whole is Region with every other view that the dashboards know, in a simple
// shape: rates round a middle, counts by weight, by quarter and year, broken
// down above the district and, by year, everywhere.
func Whole() *release.Release {
	b := newBuilder("region")
	base := Region()
	frames := []*release.Frame{}
	for _, h := range base.Info.Views {
		f, err := base.Frame(context.Background(), h.View)
		if err != nil {
			panic(err)
		}
		frames = append(frames, f)
	}
	for _, s := range simpleViews() {
		frames = append(frames, b.simple(s))
	}
	info := base.Info
	info.Views = nil
	r := release.InMemory(info, b.geos, codes(), frames...)
	r.Notes = base.Notes
	return r
}

// simpleView describes an invented view: middle is the level of its values, per
// unit of weight for counts.
type simpleView struct {
	view     string
	kind     release.Kind
	unit     release.Unit
	it, en   string
	middle   float64
	by       []string
	measures []string // code, Italian, English
	list     string   // or the codes of this list
	yearly   bool     // years only
	bare     bool     // an estimate without interval
}

func simpleViews() []simpleView {
	rate, count, estimate := release.Rate, release.Count, release.Estimate
	return []simpleView{
		{view: "lep_no_show", kind: rate, unit: "percent", it: "Assenze alle convocazioni", en: "No-shows", middle: .14, by: []string{"sex", "age_band"}, measures: []string{"no_show", "Assenze", "Absences"}},
		{view: "lep_centres_meeting", kind: rate, unit: "percent", it: "LEP raggiunti", en: "Levels met", middle: .7, measures: []string{"lep_met", "LEP raggiunti", "Levels met", "centres_all", "Territori con tutti i LEP", "Places with all levels"}},
		{view: "provider_sites", kind: count, unit: "number", it: "Sedi", en: "Sites", middle: .1, yearly: true, by: []string{"provider_kind"}, measures: []string{"sites", "Sedi", "Sites", "sites_per_10000", "Sedi ogni 10.000 residenti", "Sites per 10,000 residents"}},
		{view: "lep_activities", kind: count, unit: "events", it: "Attività", en: "Activities", middle: 3, by: []string{"provider_kind"}, measures: []string{"orientamento_base", "Orientamento", "Guidance"}},
		{view: "out_ever", kind: rate, unit: "percent", it: "Almeno un lavoro", en: "At least one job", middle: .6, measures: []string{"ever_90", "Entro 90 giorni", "Within 90 days", "ever_365", "Entro un anno", "Within a year"}},
		{view: "out_stable", kind: rate, unit: "percent", it: "Lavoro stabile", en: "Stable work", middle: .3, measures: []string{"stable_365", "Lavoro stabile entro un anno", "Stable work within a year", "stable_placed", "Stabile fra chi lavora", "Stable among the placed"}},
		{view: "out_days", kind: estimate, unit: "percent", it: "Giorni lavorati", en: "Days worked", middle: .4, measures: []string{"days_365", "Quota di giorni lavorati", "Share of days worked"}},
		{view: "out_after_exit", kind: rate, unit: "percent", it: "Dopo la misura", en: "After the measure", middle: .5, by: []string{"measure_received"}, measures: []string{"after_exit_180", "Al lavoro dopo 180 giorni", "At work after 180 days"}},
		{view: "out_upgrade", kind: rate, unit: "percent", it: "Verso il tempo indeterminato", en: "Towards open-ended work", middle: .2, by: []string{"sex"}, measures: []string{"upgrade_180", "Dopo 180 giorni", "After 180 days", "upgrade_365", "Dopo un anno", "After a year"}},
		{view: "gol_stock", kind: rate, unit: "percent", it: "Occupati alla data", en: "At work on the date", middle: .35, by: []string{"path"}, measures: []string{"employed_after_entry", "Lavoro cominciato dopo", "Job begun after", "employed_before_entry", "Lavoro di prima", "Job from before"}},
		{view: "programme_gol", kind: count, unit: "persons", it: "GOL", en: "GOL", middle: 2, by: []string{"path", "sex"}, measures: []string{"taken_in_charge", "Prese in carico", "Taken in charge", "trained", "Formate", "Trained", "taken_in_charge_total", "Prese in carico dall’avvio", "Taken in charge since the start", "trained_total", "Formate dall’avvio", "Trained since the start"}},
		{view: "programme_gol_vulnerable", kind: rate, unit: "percent", it: "Persone vulnerabili", en: "Vulnerable persons", middle: .5, measures: []string{"women", "Donne", "Women", "under_30", "Sotto i 30 anni", "Under 30"}},
		{view: "standard_costs", kind: estimate, unit: "eur", it: "Costi standard", en: "Standard costs", middle: 4000, bare: true, by: []string{"provider_kind"}, measures: []string{"orientamento_base", "Orientamento", "Guidance", "accompagnamento", "Accompagnamento", "Support"}},
		{view: "inclusion_lr14", kind: rate, unit: "percent", it: "Inclusione", en: "Inclusion", middle: .5, measures: []string{"profiled", "Profilo di fragilità", "Fragility profile", "signed_team", "Programma con l’équipe", "Programme with the team", "placed", "Avviamento", "Job start"}},
		{view: "positions", kind: count, unit: "relationships", it: "Posizioni", en: "Jobs running", middle: 60, by: []string{"contract_group"}, measures: []string{"running", "Posizioni in essere", "Jobs running"}},
		{view: "contract_mix", kind: rate, unit: "percent", it: "Contratti", en: "Contracts", middle: .25, list: "contract_group"},
		{view: "contract_durations", kind: rate, unit: "percent", it: "Durate", en: "Durations", middle: .3, measures: []string{"d1", "1 giorno", "1 day", "gt365", "Oltre un anno", "Over a year"}},
		{view: "demand", kind: count, unit: "number", it: "Domanda", en: "Demand", middle: 1.5, by: []string{"contract_group"}, measures: []string{"vacancies", "Posti offerti", "Positions offered", "starts", "Attivazioni", "Starts", "seekers", "Persone in cerca", "Seekers"}},
		{view: "tightness", kind: estimate, unit: "ratio", it: "Posti per persona", en: "Positions per person", middle: .4, bare: true, measures: []string{"tightness", "Posti per persona in cerca", "Positions per seeker"}},
		{view: "benefits_stock", kind: count, unit: "persons", it: "Sostegno al reddito", en: "Income support", middle: 2, by: []string{"sex", "age_band"}, measures: []string{"naspi", "NASpI", "NASpI", "adi", "Assegno di inclusione", "Inclusion allowance"}},
		{view: "training_completion", kind: rate, unit: "percent", it: "Formazione", en: "Training", middle: .8, by: []string{"sex", "programme"}, measures: []string{"training_completed", "Corsi completati", "Courses completed", "training_employed_180", "Occupati dopo il corso", "Employed after the course"}},
		{view: "strengthening", kind: count, unit: "posts", it: "Potenziamento", en: "Strengthening", middle: .2, by: []string{"contract_group"}, measures: []string{"posts_assigned", "Posti assegnati", "Posts assigned", "posts_filled", "Posti coperti", "Posts filled", "posts_gap", "Posti scoperti", "Posts open", "allocated_eur", "Assegnato", "Allocated", "committed_eur", "Impegnato", "Committed", "paid_eur", "Pagato", "Paid", "works_planned", "Interventi previsti", "Works planned", "works_completed", "Interventi finiti", "Works completed"}},
		{view: "operators_per_1000", kind: count, unit: "per_1000", it: "Operatori", en: "Operators", middle: .02, yearly: true, measures: []string{"operators", "Operatori ogni 1.000 iscrizioni", "Operators per 1,000 registrations"}},
		{view: "funding_execution", kind: count, unit: "eur", it: "Risorse", en: "Funding", middle: 9000, yearly: true, measures: []string{"allocated", "Assegnato", "Allocated", "committed", "Impegnato", "Committed", "paid", "Pagato", "Paid", "committed_share", "Impegnato sull’assegnato", "Committed of allocated", "paid_share", "Pagato sull’assegnato", "Paid of allocated"}},
	}
}

func (b *builder) simple(s simpleView) *release.Frame {
	list := measures(s.unit, s.measures...)
	for _, c := range b.codes[s.list].Codes {
		list = append(list, release.Measure{Code: c.Code, Label: c.Label, Unit: s.unit})
	}
	for i, m := range list {
		if len(m.Code) > 6 && m.Code[len(m.Code)-6:] == "_share" {
			list[i].Unit = "percent"
		}
	}
	t := b.newTable(release.Header{View: s.view, Kind: s.kind, Unit: s.unit, Title: text(s.it, s.en), Universe: text("universo di prova", "test universe"), Protection: "personal",
		Numerator: text("persone contate", "people counted"), Denominator: text("persone in tutto", "people in all"), Measures: list}, s.by...)
	periods := []string{"2024-Q4", "2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4", "2024", "2025"}
	if s.yearly {
		periods = periods[5:]
	}
	for _, g := range b.geos {
		for i, period := range periods {
			for k, m := range list {
				b.simpleRow(t, s, g, period, i, k, m, "", "", 1)
				if g.Level == "district" && len(period) > 4 {
					continue
				}
				for _, by := range s.by {
					for j, code := range b.codes[by].Codes {
						b.simpleRow(t, s, g, period, i, k, m, by, code.Code, 1/float64(j+2))
					}
				}
			}
		}
	}
	return t.done()
}

func (b *builder) simpleRow(t *table, s simpleView, g release.Geo, period string, i, k int, m release.Measure, by, code string, part float64) {
	size := math.Max(1, math.Round(b.size(g)*part))
	level := s.middle * (1 + .05*float64(i) + .2*b.tilt(g.Code)) * math.Pow(.8, float64(k))
	r := t.rowBy(g, period, m.Code, by, code, nil, nil, nil)
	switch {
	case s.kind == release.Count && m.Unit == "percent":
		r.Value = ptr(100 * math.Pow(.8, float64(k)))
	case s.kind == release.Count:
		r.Value = ptr(math.Round(level * size))
	case s.unit == "percent":
		share(r, math.Round(math.Min(.97, level)*size), size)
	case s.unit == "ratio":
		r.Numerator, r.Denominator, r.Value = ptr(math.Round(level*size)), ptr(size), ptr(level)
	default:
		r.Numerator, r.Denominator, r.Value = ptr(size), ptr(size), ptr(math.Round(level*size))
	}
	if s.kind.HasParts() && size < 30 {
		lack(r)
	}
	if g.Code == HiddenOne && period == "2025-Q4" && s.kind != release.Estimate {
		hide(r)
	}
}
