package oracle

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// figure is one published figure: the last version of it that was delivered,
// of a territory that is known.
type figure struct {
	dataset, indicator, geo, period string
	by                              map[string]string
	value                           *float64
	status                          string
}

// tables are the data sets with their indicators and with what they are broken
// down by, as the note or the survey prints them.
var tables = []struct {
	dataset    string
	indicators []string
	by         map[string][]string
}{
	{"gol_1_1", []string{"individuals", "taken_in_charge", "last_year_share"}, map[string][]string{"entry_year": {"2022", "2023", "2024"}}},
	{"gol_1_2", []string{"path_share", "taken_in_charge"}, map[string][]string{"path": {"1", "2", "5"}}},
	{"gol_2_1", append([]string{"reached", "with_policy", "with_policy_share", "with_policy_or_traineeship", "with_policy_or_traineeship_share"}, deedsOfPolicies...), nil},
	{"gol_2_2", []string{"reached", "employed", "employed_share", "new_employed", "new_employed_share", "already_employed", "already_employed_share", "new_over_employed_share"},
		map[string][]string{"path": {"1", "4"}}},
	{"gol_a2_1", []string{"taken_in_charge", "share_of_italy", "target_pnrr_2022", "rate_pnrr_2022", "target_national_2022", "rate_national_2022"}, nil},
	{"gol_a2_1_1", []string{"taken_in_charge", "taken_in_charge_2023", "taken_in_charge_last_month", "monthly_growth", "share_2023", "target_2023", "rate_2023"}, nil},
	{"gol_a2_1_2", []string{"taken_in_charge", "target_2022_2023", "rate_2022_2023"}, nil},
	{"co_flussi", []string{"hires", "terminations", "hires_workers", "terminations_workers", "hires_per_worker", "terminations_per_worker"}, nil},
	{"labour_force", []string{"unemployment_rate", "employment_rate", "inactivity_rate", "another_rate"},
		map[string][]string{"sex": {"F", "M"}, "education": {"low", "high"}, "nationality": {"italian", "foreign"}}},
}

// deedsOfPolicies are the rows of the table of policies whose share of those
// reached is ours.
var deedsOfPolicies = []string{"lep_e", "lep_f1", "lep_f2", "lep_h", "lep_j", "lep_o", "training_c07", "training_c11", "training_c12", "traineeship"}

// publications draws what was published at three dates, some of it missing,
// some of it for nobody's territory, some of it told again later.
func publications(seed uint64, list lists) world {
	d := newDraw(seed, 23, list)
	for _, table := range tables {
		kinds := [][]string{{""}}
		for by, codes := range table.by {
			for _, code := range codes {
				kinds[0] = append(kinds[0], by+"="+code)
			}
		}
		slices.Sort(kinds[0])
		if table.dataset == "labour_force" {
			kinds[0] = append(kinds[0], "sex=F;education=low;nationality=foreign")
		}
		for _, period := range []string{"2022-10-07", "2023-12-31", "2024-12-31"} {
			for _, geo := range []string{"IT", "ITH5", "ITI2", "ITH1", "IT-ND", "NOWHERE"} {
				for _, indicator := range table.indicators {
					for _, by := range kinds[0] {
						if !unprinted(table.dataset, indicator, by) && !d.chance(15) {
							d.publish(table.dataset, indicator, geo, period, by)
						}
					}
				}
			}
		}
	}
	return d.world([]string{"observations"})
}

// unprinted is what the tables do not have: all paths together stand in the
// first one only, and only takings in charge are told by year.
func unprinted(dataset, indicator, by string) bool {
	return dataset == "gol_1_2" && by == "" || dataset == "gol_1_1" && by != "" && indicator != "taken_in_charge"
}

func (d *draw) publish(dataset, indicator, geo, period, by string) {
	r := row{"dataset": dataset, "indicator": indicator, "geo": geo, "period_type": "day", "period": period, "breakdown": by, "unit": "number",
		"reference_date": period, "source": "invented", "licence": "MIT", "label_as_published": strings.Join([]string{dataset, indicator, geo, period, by}, " ")}
	if r["obs_status"] = "O"; d.chance(90) {
		r["value"], r["obs_status"] = fmt.Sprint(d.IntN(1000)), pick(d, "A", "A", "P", "D")
		if strings.Contains(indicator, "share") || strings.Contains(indicator, "rate") || strings.Contains(indicator, "per_worker") {
			r["value"] = fmt.Sprintf("%d.%d", d.IntN(100), d.IntN(10))
		}
	}
	d.add("observations", r)
}

func published(w world, list lists) []figure {
	var out []figure
	for _, r := range current(w, "observations") {
		f := figure{dataset: r["dataset"], indicator: r["indicator"], geo: r["geo"], period: r["period"], by: map[string]string{}, status: r["obs_status"]}
		if list.level[f.geo] == "" {
			continue
		}
		for _, pair := range strings.Split(r["breakdown"], ";") {
			if name, code, ok := strings.Cut(pair, "="); ok {
				f.by[name] = code
			}
		}
		if x, err := strconv.ParseFloat(r["value"], 64); err == nil {
			f.value = &x
		}
		out = append(out, f)
	}
	return out
}

// book finds figures: those of some data sets, the first named first.
type book []figure

func (b book) of(datasets ...string) book {
	var out book
	for _, f := range b {
		if slices.Contains(datasets, f.dataset) {
			out = append(out, f)
		}
	}
	return out
}

// at is the value of an indicator of that place and day, broken down so.
func (b book) at(geo, period, indicator string, by map[string]string) *float64 {
	for _, f := range b {
		if f.geo == geo && f.period == period && f.indicator == indicator && breakdownOf(f.by) == breakdownOf(by) {
			return f.value
		}
	}
	return nil
}

func breakdownOf(by map[string]string) string {
	var pairs []string
	for name, code := range by {
		pairs = append(pairs, name+"="+code+";")
	}
	slices.Sort(pairs)
	return strings.Join(pairs, "")
}

// told is the line of a figure: its parts only where it has a value.
func (f figure) told(n, d *float64) string {
	reason := ""
	if f.status == "O" {
		reason = "not_published"
	}
	if f.value == nil {
		n, d = nil, nil
	}
	return strings.Join([]string{f.geo, f.period, breakdownOf(f.by), f.indicator, plain(n), plain(d), plain(f.value), "", "", f.status, reason}, ",")
}

func plain(x *float64) string {
	if x == nil {
		return ""
	}
	return number(*x)
}

// repeated are the lines of a cube of official figures: each as published, a
// share with the parts that it is of.
func (b book) repeated(parts func(f figure) (n, d *float64)) []string {
	var out []string
	for _, f := range b {
		n, d := parts(f)
		out = append(out, f.told(n, d))
	}
	return out
}

func none(figure) (n, d *float64) { return nil, nil }

// takenInCharge: a path's share is of all takings in charge, and so is that of
// the last year for which they are told.
func (b book) takenInCharge(f figure) (n, d *float64) {
	whole := func(by map[string]string) *float64 { return b.at(f.geo, f.period, "taken_in_charge", by) }
	switch f.indicator {
	case "path_share":
		return whole(map[string]string{"path": f.by["path"]}), whole(nil)
	case "last_year_share":
		for _, year := range []string{"2024", "2023", "2022"} {
			if x := whole(map[string]string{"entry_year": year}); x != nil {
				return x, whole(nil)
			}
		}
		return nil, whole(nil)
	}
	return nil, nil
}

// policies: shares are of those reached; those of each policy are ours.
func (b book) policies() []string {
	out := b.repeated(func(f figure) (n, d *float64) {
		part, ok := strings.CutSuffix(f.indicator, "_share")
		if n = b.at(f.geo, f.period, part, f.by); ok && n != nil {
			return n, b.at(f.geo, f.period, "reached", f.by)
		}
		return nil, nil
	})
	for _, f := range b {
		if !slices.Contains(deedsOfPolicies, f.indicator) {
			continue
		}
		share, reached := f, b.at(f.geo, f.period, "reached", f.by)
		share.indicator += "_share"
		if share.value = nil; f.value != nil && reached != nil && *reached > 0 {
			x := 100 * *f.value / *reached
			share.value = &x
		}
		line := share.told(f.value, reached)
		if f.value != nil && share.value == nil { // nobody to divide by
			share.status = "M"
			line = strings.Join([]string{f.geo, f.period, "", share.indicator, plain(f.value), plain(reached), "", "", "", "M", ""}, ",")
		}
		out = append(out, line)
	}
	return out
}

// employed: each share of those reached, but that of new among all employed.
func (b book) employed(f figure) (n, d *float64) {
	part, ok := strings.CutSuffix(f.indicator, "_share")
	switch {
	case !ok:
		return nil, nil
	case part == "new_over_employed":
		return b.at(f.geo, f.period, "new_employed", f.by), b.at(f.geo, f.period, "employed", f.by)
	}
	return b.at(f.geo, f.period, part, f.by), b.at(f.geo, f.period, "reached", f.by)
}

// balances are hires less terminations where both stand in the table.
func (b book) balances() []string {
	out := b.repeated(none)
	for _, f := range b {
		i := slices.IndexFunc(b, func(o figure) bool { return o.geo == f.geo && o.period == f.period && o.indicator == "terminations" })
		if f.indicator != "hires" || i < 0 {
			continue
		}
		balance := f
		balance.indicator, balance.value = "balance", nil
		if ends := b[i].value; f.value != nil && ends != nil {
			x := *f.value - *ends
			balance.value = &x
		} else {
			balance.status = "O"
		}
		out = append(out, balance.told(nil, nil))
	}
	return out
}

// rates of achievement and what they are parts of.
var achieved = map[string][2]string{"rate_pnrr_2022": {"taken_in_charge", "target_pnrr_2022"}, "rate_national_2022": {"taken_in_charge", "target_national_2022"},
	"share_2023": {"taken_in_charge_2023", "taken_in_charge"}, "rate_2023": {"taken_in_charge_2023", "target_2023"}, "rate_2022_2023": {"taken_in_charge", "target_2022_2023"}}

// targets: every region at every date of a table, with what it leaves out told
// as not published; and ours for the nation in 2025, which the law asks for.
func (b book) targets(list lists, individuals book, target float64) []string {
	slices.SortFunc(b, func(a, c figure) int { return cmp.Compare(a.dataset, c.dataset) })
	first, dates := map[string]figure{}, map[[2]string]bool{}
	for _, f := range b {
		key := f.geo + f.period + f.indicator
		if _, known := first[key]; !known {
			first[key] = f
		}
		dates[[2]string{f.period, f.indicator}] = true
	}
	value := func(geo, period, indicator string) *float64 { return first[geo+period+indicator].value }
	var out []string
	for geo, level := range list.level {
		for date := range dates {
			if level != "country" && level != "region" {
				continue
			}
			f, told := first[geo+date[0]+date[1]]
			if !told {
				f = figure{geo: geo, period: date[0], indicator: date[1], status: "O"}
			}
			var n, d *float64
			switch parts, rate := achieved[f.indicator]; {
			case rate:
				n, d = value(geo, f.period, parts[0]), value(geo, f.period, parts[1])
			case f.indicator == "share_of_italy":
				n, d = value(geo, f.period, "taken_in_charge"), value("IT", f.period, "taken_in_charge")
			case f.indicator == "monthly_growth":
				n = value(geo, f.period, "taken_in_charge_last_month")
				if all := value(geo, f.period, "taken_in_charge"); all != nil && n != nil {
					before := *all - *n
					d = &before
				}
			}
			out = append(out, f.told(n, d))
		}
	}
	for _, f := range individuals {
		if f.geo != "IT" || f.indicator != "individuals" || len(f.by) > 0 {
			continue
		}
		rate, goal := f, figure{geo: "IT", period: f.period, indicator: "target_pnrr_2025", value: &target, status: "A"}
		if rate.indicator = "rate_pnrr_2025"; f.value != nil {
			x := 100 * *f.value / target
			rate.value = &x
		}
		out = append(out, f.told(nil, nil), goal.told(nil, nil), rate.told(f.value, &target))
	}
	return out
}

func TestOfficialFiguresAreThoseOfTheWords(t *testing.T) {
	s := newStage(t, "italia")
	s.list.districts = nil // a country has none
	for seed := range uint64(seeds) {
		w := publications(seed, s.list)
		s.play(w, "cubes.gol_taken_in_charge", "cubes.gol_policies", "cubes.gol_employed", "cubes.gol_targets", "cubes.co_flows", "cubes.labour_force")
		all, where := book(published(w, s.list)), fmt.Sprintf("seed %d: ", seed)
		hold := func(view string, lines []string, by ...string) {
			s.hold(t, where, view, lines, s.cube("cubes."+view, by))
		}
		taken := all.of("gol_1_1", "gol_1_2")
		hold("gol_taken_in_charge", taken.repeated(taken.takenInCharge), "entry_year", "path")
		hold("gol_policies", all.of("gol_2_1").policies())
		employed := all.of("gol_2_2")
		hold("gol_employed", employed.repeated(employed.employed), "path")
		hold("gol_targets", all.of("gol_a2_1", "gol_a2_1_1", "gol_a2_1_2").targets(s.list, all.of("gol_1_1"), 3_000_000))
		hold("co_flows", all.of("co_flussi").balances())
		rates := slices.DeleteFunc(all.of("labour_force"), func(f figure) bool { return f.indicator == "another_rate" })
		hold("labour_force", rates.repeated(none), "education", "nationality", "sex")
	}
}
