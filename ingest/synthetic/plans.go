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
	trained         float64 // staff to be trained; 0: the line trains nobody
	euros           float64
	from            float64 // year in which half of it is done where quality is middling
}

var planLines = []planLine{
	{"staff", "poc_spao", 2.2, 0, 0, 90_000, 2019.5},
	{"staff", "pon_inclusione", 1.3, 0, 0, 55_000, 2020},
	{"staff", "piano_straordinario", 16, 0, 0, 620_000, 2023.4},
	{"training", "piano_straordinario", 0, 0, 14, 45_000, 2023},
	{"communication", "piano_straordinario", 0, 0, 0, 18_000, 2023.8},
	{"observatory", "piano_straordinario", 0, 0, 0, 25_000, 2024.6},
	{"infrastructure", "piano_straordinario", 0, 2, 0, 310_000, 2024.2},
	{"infrastructure", "pnrr", 0, 3, 0, 420_000, 2025},
	{"information_systems", "pnrr", 0, 1, 0, 140_000, 2024.4},
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

// share is a whole number of things to do and how many of them are done; none
// to do where the line has no such things.
type share struct{ all, done int }

// state is what one centre has of one line at the end of a month: posts, works
// and staff trained only where the line has them, euros as they are summed up to then.
type state struct {
	posts, works, trained      share
	allocated, committed, paid int // cents
}

// planned is the state of a centre's line; a pure function of its place and day.
func (w *world) planned(centre, n, year, month int) state {
	l := &planLines[n]
	h := mix(mix(w.seed, streamPlans+uint64(centre)), uint64(n))
	d := w.centreDistrict(centre)
	size := w.weight(d) * float64(len(w.districts)) * (.85 + .3*unit(h))
	at := float64(year) + float64(month)/12
	late := l.from - .8*w.effects[d].quality + .8*(unit(mix(h, 1))-.5)
	done := progress(at - late)
	allocated := int(l.euros*size) * 100
	return state{
		posts: shareOf(l.posts*size, done), works: shareOf(l.works*size, progress(at-late-.8)), trained: shareOf(l.trained*size, progress(at-late-.3)),
		allocated: allocated, committed: int(float64(allocated) * done), paid: int(float64(allocated) * done * progress(at-late-.5)),
	}
}

// centreDistrict is where a job centre lies.
func (w *world) centreDistrict(centre int) int {
	return w.comuni[w.providers[centre].sites[0].comune].district
}

// shareOf is a whole number, one or more, and the share of it that is done.
func shareOf(all, done float64) share {
	if all == 0 {
		return share{}
	}
	n := max(1, int(math.Round(all)))
	return share{n, int(float64(n)*done + .3)}
}

func (w *world) planRow(centre, n, year, month int) []byte {
	l, s := &planLines[n], w.planned(centre, n, year, month)
	b := append([]byte(w.providers[centre].code), fmt.Sprintf(",%04d-%02d,%s,%s,", year, month, l.line, l.programme)...)
	b = appendShare(b, s.posts)
	b = appendShare(append(b, ','), s.works)
	b = appendHundredths(append(b, ','), s.allocated)
	b = appendHundredths(append(b, ','), s.committed)
	b = append(appendHundredths(append(b, ','), s.paid), ',')
	if s.trained.all > 0 {
		b = strconv.AppendInt(b, int64(s.trained.done), 10)
	}
	return b
}

// appendShare writes two fields, empty where there is nothing to do.
func appendShare(b []byte, s share) []byte {
	if s.all == 0 {
		return append(b, ',')
	}
	b = strconv.AppendInt(b, int64(s.all), 10)
	return strconv.AppendInt(append(b, ','), int64(s.done), 10)
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

// funded are the whole euros of a fund in a year and district: allocated,
// committed, paid; false in a year that the fund does not know.
func (w *world) funded(i, d, year int) (euros [3]int, ok bool) {
	fund := &fundings[i]
	if year < fund.from || year > fund.to {
		return euros, false
	}
	h := mix(mix(w.seed, streamPlans+uint64(i)), uint64(year*1000+d))
	all := fund.euros * w.weight(d) * float64(len(w.districts)) * (.8 + .4*unit(h))
	committed := .72 + .16*w.effects[d].quality + .1*unit(mix(h, 1))
	for n, share := range []float64{1, committed, committed * (.55 + .3*unit(mix(h, 2)))} {
		euros[n] = int(all * share)
	}
	return euros, true
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
		for d := range w.districts {
			euros, ok := w.funded(i, d, year)
			for n, kind := range amountKinds {
				if !ok {
					break
				}
				b := append([]byte(fund.programme), ","+fund.fund+","+strconv.Itoa(year)+","+w.districts[d].code+","+kind+","...)
				g.addOpen(f, appendHundredths(b, euros[n]*100))
			}
		}
	}
	return g.finish(f)
}

var amountKinds = [...]string{"allocated", "committed", "paid"}
