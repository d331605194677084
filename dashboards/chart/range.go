package chart

import "osservatorio/queries/release"

// ranged is the headline of values that are shown, from the lowest to the highest
// where these differ. Where the lowest are zero it says how many: "from 0 (…)"
// reads like a fault.
func (r *ranking) ranged(key string, rows []release.Row, name func(release.Row) string, things func(n int) string) string {
	high, low := rows[0], rows[0]
	var zero []release.Row
	for _, row := range rows {
		if *row.Value > *high.Value {
			high = row
		}
		if *row.Value < *low.Value {
			low = row
		}
		if r.shownNumber(*row.Value) == 0 {
			zero = append(zero, row)
		}
	}
	args := []any{"measure", r.label(), "low", r.value(*low.Value), "lowest", name(low), "high", r.value(*high.Value), "highest", name(high)}
	switch {
	case len(rows) == 1:
		return r.only(high)
	case r.shownNumber(*high.Value) == r.shownNumber(*low.Value):
		return r.t("range.equal", append(args, "n", r.Words.Int(len(rows)), "things", things(len(rows)))...)
	case r.shownNumber(*low.Value) != 0:
		return r.t(key, args...)
	case len(zero) == 1:
		return r.t("range.zero.one", args...)
	}
	return r.t("range.zero", append(args, "n", r.Words.Int(len(zero)), "things", things(len(zero)))...)
}

// sayable are the rows that a headline may be about: those with a value, without
// the category of those of whom a source does not say.
func (r *ranking) sayable() []release.Row {
	var out []release.Row
	for _, row := range r.all {
		if markOf(row) == shown && !unsaid(row) {
			out = append(out, row)
		}
	}
	return out
}
