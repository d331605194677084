package synthetic

import (
	"fmt"
	"math"
	"strconv"
)

// planLine is one line of the plan that strengthens the job centres, paid by
// one programme. Posts, works and euros are invented, per centre of mean size.
type planLine struct {
	line, programme string
	posts           float64 // 0: the line has no posts
	works           float64 // 0: the line has no works
	euros           float64
	from            float64 // year in which half of it is done where quality is middling
}

var planLines = []planLine{
	{"staff", "poc_spao", 2.2, 0, 90_000, 2019.5},
	{"staff", "pon_inclusione", 1.3, 0, 55_000, 2020},
	{"staff", "piano_straordinario", 16, 0, 620_000, 2023.4},
	{"training", "piano_straordinario", 0, 0, 45_000, 2023},
	{"communication", "piano_straordinario", 0, 0, 18_000, 2023.8},
	{"observatory", "piano_straordinario", 0, 0, 25_000, 2024.6},
	{"infrastructure", "piano_straordinario", 0, 2, 310_000, 2024.2},
	{"infrastructure", "pnrr", 0, 3, 420_000, 2025},
	{"information_systems", "pnrr", 0, 1, 140_000, 2024.4},
}

// wholeYears are the years of which every day lies in the run or before it:
// what is accounted by year comes in the January after.
func (w *world) wholeYears() []int {
	var out []int
	for year := w.firstYear; newDay(year+1, 1, 1)-1 <= w.to; year++ {
		out = append(out, year)
	}
	return out
}

// accounted is the day on which the accounts of a year are issued.
func accounted(year int) day { return newDay(year+1, 1, 1) + issuedAfter }

// writeCentres writes one full delivery: centre × month × line of the plan.
func (g *generator) writeCentres(year int) error {
	f, err := g.create("centres", strconv.Itoa(year), accounted(year), modeFull)
	if err != nil {
		return err
	}
	for i := range g.world.providers {
		p := &g.world.providers[i]
		if p.accredited {
			continue
		}
		for month := 1; month <= 12; month++ {
			for n := range planLines {
				g.addOpen(f, g.world.planRow(i, n, year, month))
			}
		}
	}
	return g.finish(f)
}

// planRow is what one centre has of one line at the end of a month: posts and
// works only where the line has them, euros as they are summed up to then.
func (w *world) planRow(centre, n, year, month int) []byte {
	p, l := &w.providers[centre], &planLines[n]
	h := mix(mix(w.seed, streamPlans+uint64(centre)), uint64(n))
	d := w.comuni[p.sites[0].comune].district
	size := w.weight(d) * float64(len(w.districts)) * (.85 + .3*unit(h))
	at := float64(year) + float64(month)/12
	late := l.from - .8*w.effects[d].quality + .8*(unit(mix(h, 1))-.5)
	done := progress(at - late)
	b := append([]byte(p.code), fmt.Sprintf(",%04d-%02d,%s,%s,", year, month, l.line, l.programme)...)
	b = appendPair(b, l.posts*size, done)
	b = appendPair(append(b, ','), l.works*size, progress(at-late-.8))
	allocated := int(l.euros*size) * 100
	b = appendHundredths(append(b, ','), allocated)
	b = appendHundredths(append(b, ','), int(float64(allocated)*done))
	return appendHundredths(append(b, ','), int(float64(allocated)*done*progress(at-late-.5)))
}

// appendPair writes a whole number, one or more, and the share of it that is
// done; two empty fields where there is nothing to do.
func appendPair(b []byte, all, done float64) []byte {
	if all == 0 {
		return append(b, ',')
	}
	n := max(1, int(math.Round(all)))
	b = strconv.AppendInt(b, int64(n), 10)
	return strconv.AppendInt(append(b, ','), int64(float64(n)*done+.3), 10)
}

// progress goes from 0 to 1 over some four years around the middle.
func progress(years float64) float64 { return 1 / (1 + math.Exp(-1.8*years)) }

// weight is the share of a district among the homes of the region.
func (w *world) weight(d int) float64 {
	if d == 0 {
		return w.homes[0]
	}
	return w.homes[d] - w.homes[d-1]
}

// fundings are the funds of each programme with invented euros of one year in a
// district of mean size.
var fundings = []struct {
	programme, fund string
	euros           float64
	from, to        int
}{
	{"poc_spao", "POC", 210_000, 2018, 2023},
	{"pon_inclusione", "FSE", 95_000, 2018, 2023},
	{"piano_straordinario", "Stato", 880_000, 2019, 2099},
	{"pnrr", "NGEU", 1_650_000, 2021, 2026},
	{"lr14", "FSE+", 510_000, 2022, 2029},
	{"lr14", "FSE", 480_000, 2015, 2021},
	{"lr14", "Regione", 130_000, 2015, 2099},
}

// writeFunding writes one full delivery: what was allocated, committed and paid
// in a year by programme, fund and district.
func (g *generator) writeFunding(year int) error {
	w := g.world
	f, err := g.create("funding", strconv.Itoa(year), accounted(year), modeFull)
	if err != nil {
		return err
	}
	for i, fund := range fundings {
		if year < fund.from || year > fund.to {
			continue
		}
		for d := range w.districts {
			h := mix(mix(w.seed, streamPlans+uint64(i)), uint64(year*1000+d))
			euros := fund.euros * w.weight(d) * float64(len(w.districts)) * (.8 + .4*unit(h))
			committed := .72 + .16*w.effects[d].quality + .1*unit(mix(h, 1))
			for n, share := range []float64{1, committed, committed * (.55 + .3*unit(mix(h, 2)))} {
				b := append([]byte(fund.programme), ","+fund.fund+","+strconv.Itoa(year)+","+w.districts[d].code+","+amountKinds[n]+","...)
				g.addOpen(f, appendHundredths(b, int(euros*share)*100))
			}
		}
	}
	return g.finish(f)
}

var amountKinds = [...]string{"allocated", "committed", "paid"}
