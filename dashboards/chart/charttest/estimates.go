package charttest

import (
	"math"
	"strconv"

	"osservatorio/queries/release"
)

// Years of the invented release; the last is not whole yet.
var years = []string{"2023", "2024", "2025"}

// LastYear is the last year that the invented views show.
const LastYear = "2025"

// table is one invented view under way.
type table struct {
	b    *builder
	head release.Header
	rows []release.Row
}

// newTable starts a view; by are its breakdown columns.
func (b *builder) newTable(h release.Header, by ...string) *table {
	h.Definition, h.Breakdowns = h.View+"@1", by
	if h.Source.IT == "" {
		h.Source = text("Fonti di prova (dati inventati)", "Test sources (invented data)")
	}
	if h.Method == "" {
		h.Method = h.View
	}
	h.Grain = append(append([]string{"geo_level", "geo", "period_type", "period"}, by...), "measure")
	return &table{b: b, head: h}
}

// row adds a shown row of totals and returns it for changes.
func (t *table) row(g release.Geo, period, measure string, n, d, value *float64) *release.Row {
	return t.rowBy(g, period, measure, "", "", n, d, value)
}

// rowBy is row at one category of one breakdown.
func (t *table) rowBy(g release.Geo, period, measure, by, code string, n, d, value *float64) *release.Row {
	r := release.Row{GeoLevel: g.Level, Geo: g.Code, PeriodType: "quarter", Period: period, Measure: measure, Numerator: n, Denominator: d, Value: value,
		Unit: t.head.Unit, Status: release.Normal, Conf: release.Free, Definition: t.head.Definition}
	if len(period) == 4 {
		r.PeriodType = "year"
	}
	if m, ok := t.head.Measure(measure); ok && m.Unit != "" {
		r.Unit = m.Unit
	}
	for _, name := range t.head.Breakdowns {
		c := release.Total
		if name == by {
			c = code
		}
		r.By = append(r.By, c)
	}
	t.rows = append(t.rows, r)
	return &t.rows[len(t.rows)-1]
}

func (t *table) done() *release.Frame {
	return arranged(t.head, t.rows)
}

// hide makes a row confidential; lack leaves the counts of a cell too thin.
func hide(r *release.Row) {
	r.Numerator, r.Denominator, r.Value, r.Low, r.High = nil, nil, nil, nil, nil
	r.Status, r.Conf = release.Confidential, release.Hidden
}

func lack(r *release.Row) {
	r.Value, r.Low, r.High = nil, nil, nil
	r.Status = release.LowReliability
}

func miss(r *release.Row, reason string) {
	r.Numerator, r.Denominator, r.Value, r.Low, r.High = nil, nil, nil, nil, nil
	r.Status, r.Reason = release.Missing, reason
}

// share fills a row with a rate and its interval.
func share(r *release.Row, n, d float64) *release.Row {
	low, high := wilson(n, d)
	r.Numerator, r.Denominator, r.Value, r.Low, r.High = ptr(n), ptr(d), ptr(100*n/d), ptr(low), ptr(high)
	return r
}

// size is about how many persons a territory has, by its weight.
func (b *builder) size(g release.Geo) float64 {
	total := 0.0
	for _, d := range b.level("district") {
		if d.Code == g.Code || contains(d.Parents, g.Code) {
			total += b.weight[d.Code]
		}
	}
	return total
}

func contains(list []string, code string) bool {
	for _, x := range list {
		if x == code {
			return true
		}
	}
	return false
}

// curveDays are the days at which curves are published.
var curveDays = []int{0, 30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 330, 365}

// SlowOne is a place where half of the cohort does not reach the event.
const SlowOne = "ER-D37"

// curveFrame is a view of curves: events by the day, of which the first is what
// the view is about. HiddenOne has hidden days, Few too few persons from day
// 180, the last quarter is not observable beyond day 90 and provisional before.
func (b *builder) curveFrame(h release.Header, median string, events ...string) *release.Frame {
	h.Kind, h.Unit, h.Protection = release.Estimate, "percent", "personal"
	for i, e := range events[:len(events):len(events)] {
		for _, day := range curveDays {
			h.Measures = append(h.Measures, release.Measure{Code: e + "_" + strconv.Itoa(day), Unit: "percent",
				Label: text("Evento "+strconv.Itoa(i+1)+" entro "+strconv.Itoa(day)+" giorni", "Event "+strconv.Itoa(i+1)+" within "+strconv.Itoa(day)+" days")})
		}
	}
	h.Measures = append(h.Measures, release.Measure{Code: median, Unit: "days", Label: text("Giorni alla metà", "Days to half")})
	h.Numerator, h.Denominator = text("persone a cui è accaduto entro il giorno", "people to whom it has happened by the day"), text("persone della coorte", "people in the cohort")
	t := b.newTable(h, "sex", "age_band")
	for _, g := range b.geos {
		for i, period := range []string{"2025-Q2", "2025-Q3", "2026-Q2", "2025"} {
			t.curve(g, period, i, median, "", "", 1, events)
			if g.Level == "district" && len(period) > 4 {
				continue
			}
			for j, code := range b.codes["age_band"].Codes {
				t.curve(g, period, i, median, "age_band", code.Code, 1.2-.13*float64(j), events)
			}
		}
	}
	return t.done()
}

func (t *table) curve(g release.Geo, period string, i int, median, by, code string, pace float64, events []string) {
	size := math.Max(20, math.Round(t.b.size(g)*.9))
	top := .68 + .1*t.b.tilt(g.Code)
	if g.Code == SlowOne {
		top = .44
	}
	at := func(k, day int) float64 {
		most, tau := top, 110/pace
		if k > 0 {
			most, tau = .05/float64(k), 250
		}
		return most * (1 - math.Exp(-float64(day)/tau))
	}
	for k, e := range events {
		for _, day := range curveDays {
			p := at(k, day)
			n := math.Round(p * size)
			low, high := wilson(n, size)
			r := t.rowBy(g, period, e+"_"+strconv.Itoa(day), by, code, ptr(n), ptr(size), ptr(100*p))
			r.Low, r.High = ptr(math.Min(low, 100*p)), ptr(math.Max(high, 100*p))
			switch {
			case period == "2026-Q2" && day > 90:
				miss(r, release.NotObservable)
			case period == "2026-Q2":
				r.Status = release.Provisional
			case g.Code == HiddenOne && (day == 60 || day == 90):
				hide(r)
			case g.Code == Few && day > 180:
				lack(r)
			}
		}
	}
	half := -110 / pace * math.Log(1-.5/top)
	r := t.rowBy(g, period, median, by, code, ptr(math.Round(size*.5)), ptr(size), ptr(math.Round(half)))
	if top <= .5 || half > 365 || period == "2026-Q2" {
		r.Value, r.Status, r.Reason = nil, release.Missing, release.NotReached
	}
}

func (b *builder) timeToJob() *release.Frame {
	return b.curveFrame(release.Header{View: "out_time_to_job", Title: text("Tempo al primo lavoro", "Time to the first job"),
		Universe: text("persone che firmano il patto e non lavorano", "people who sign the agreement and are not in work")}, "job_median", "job", "left")
}

func (b *builder) wait() *release.Frame {
	return b.curveFrame(release.Header{View: "lep_wait", Title: text("Attesa del patto", "Waiting for the agreement"),
		Universe: text("persone registrate nel trimestre", "people registered in the quarter")}, "agreement_median", "agreement", "employed", "closed")
}

// expected is observed against expected by year: Ordinary lies above the
// limits, Below under them, Few has too few persons, HiddenOne is hidden.
func (b *builder) expected() *release.Frame {
	h := release.Header{View: "out_expected", Kind: release.Estimate, Unit: "number", Protection: "personal", Title: text("Osservati e attesi al lavoro", "Observed and expected at work"),
		Universe:  text("persone che firmano il patto e non lavorano", "people who sign the agreement and are not in work"),
		Numerator: text("persone al lavoro a 180 giorni", "people in work at 180 days"), Denominator: text("persone con patto", "people with an agreement"),
		Measures: append(append(measures("number", "ratio", "Osservati su attesi per 100", "Observed over expected times 100"),
			measures("persons", "expected", "Attesi", "Expected")...), measures("number",
			"limit_95_low", "Limite 95% inferiore", "95% limit, lower", "limit_95_high", "Limite 95% superiore", "95% limit, upper",
			"limit_998_low", "Limite 99,8% inferiore", "99.8% limit, lower", "limit_998_high", "Limite 99,8% superiore", "99.8% limit, upper",
			"overdispersion", "Sovradispersione", "Overdispersion")...)}
	t := b.newTable(h)
	const phi = 1.8
	for _, year := range years[1:] {
		for _, g := range b.geos {
			d := math.Round(b.size(g) * 2.1)
			e := math.Round(d*4.6) / 10
			tilt := 25 * b.tilt(g.Code)
			if g.Level != "district" {
				tilt = 0
			}
			o := math.Round(e * (1 + tilt/100))
			ratio := t.row(g, year, "ratio", ptr(o), ptr(d), ptr(100*o/e))
			ratio.Low, ratio.High = ptr(100*(o-1.96*math.Sqrt(o))/e), ptr(100*(o+1.96*math.Sqrt(o))/e)
			t.row(g, year, "expected", ptr(o), ptr(d), ptr(e))
			for _, limit := range []struct {
				code string
				z    float64
			}{{"limit_95_low", -1.96}, {"limit_95_high", 1.96}, {"limit_998_low", -3.09}, {"limit_998_high", 3.09}} {
				t.row(g, year, limit.code, ptr(o), ptr(d), ptr(100+100*limit.z*math.Sqrt(phi/e)))
			}
			if g.Code == Root {
				t.row(g, year, "overdispersion", ptr(o), ptr(d), ptr(phi))
			}
			for i := range t.rows {
				r := &t.rows[i]
				switch {
				case r.Geo != g.Code || r.Period != year || !r.Status.Shown():
				case g.Code == Few:
					r.Numerator, r.Denominator = ptr(22), ptr(41)
					lack(r)
				case g.Code == HiddenOne:
					hide(r)
				}
			}
		}
	}
	return t.done()
}

var funnelSteps = []string{"reception", "Accoglienza", "Reception", "did", "DID", "Declaration", "profile", "Profilo quantitativo", "Quantitative profile",
	"assessment", "Valutazione dei bisogni", "Assessment of needs", "agreement", "Patto di servizio", "Service agreement",
	"first_measure", "Prima misura", "First measure", "placement", "Avviamento al lavoro", "Job start"}

var funnelShares = []float64{.86, 1, .79, .66, .74, .31, .52}

// funnel and funnelDays are the steps of taking up; HiddenOne hides a step,
// Few has too few persons at one.
func (b *builder) funnel() *release.Frame {
	t := b.newTable(release.Header{View: "funnel", Kind: release.Rate, Unit: "percent", Protection: "personal", Title: text("Il percorso dalla registrazione al lavoro", "From registration to work"),
		Universe: text("persone registrate nel periodo", "people registered in the period"), Numerator: text("persone che raggiungono il passo", "people who reach the step"),
		Denominator: text("persone registrate", "people registered"), Measures: measures("percent", funnelSteps...)}, "programme")
	for _, g := range b.geos {
		for _, period := range []string{"2025-Q1", "2025-Q2", "2025-Q3", "2024"} {
			for k, m := range t.head.Measures {
				d := math.Round(b.size(g))
				r := share(t.row(g, period, m.Code, nil, nil, nil), math.Round(d*funnelShares[k]), d)
				switch {
				case period == "2025-Q3":
					miss(r, release.NotObservable)
				case g.Code == HiddenOne && m.Code == "first_measure":
					hide(r)
				case g.Code == Few && m.Code == "placement":
					r.Numerator, r.Denominator = ptr(13), ptr(27)
					lack(r)
				}
				if g.Level == "district" && len(period) > 4 || period == "2025-Q3" {
					continue
				}
				for j, code := range b.codes["programme"].Codes {
					d := math.Round(b.size(g) * shares(len(b.codes["programme"].Codes))[j])
					share(t.rowBy(g, period, m.Code, "programme", code.Code, nil, nil, nil), math.Round(d*funnelShares[k]), d)
				}
			}
		}
	}
	return t.done()
}

func (b *builder) funnelDays() *release.Frame {
	t := b.newTable(release.Header{View: "funnel_days", Kind: release.Estimate, Unit: "days", Protection: "personal", Method: "funnel", Title: text("Giorni fino a ogni passo", "Days to each step"),
		Universe: text("persone che raggiungono il passo", "people who reach the step"), Numerator: text("persone che raggiungono il passo", "people who reach the step"),
		Denominator: text("persone registrate", "people registered"), Measures: measures("days", funnelSteps...)}, "programme")
	for _, g := range b.geos {
		for _, period := range []string{"2025-Q1", "2025-Q2", "2024"} {
			for k, m := range t.head.Measures {
				d := math.Round(b.size(g))
				r := t.row(g, period, m.Code, ptr(math.Round(d*funnelShares[k])), ptr(d), ptr(float64(3+19*k)))
				if g.Code == HiddenOne && m.Code == "first_measure" {
					hide(r)
				}
			}
		}
	}
	return t.done()
}
