package attacktest

import "osservatorio/queries/disclosure/linked"

// Safe says by brute force whether every hidden sensitive cell can hold what it
// needs; ok is false when there are too many tables to look at.
func Safe(f *linked.Family, known []bool) (is, ok bool) {
	low, high, ok := Of(f, known).Tables(f, known, 8)
	if !ok {
		return false, false
	}
	for i, c := range f.Cells {
		if c.Need > 0 && (high[i] < c.Need || low[i] == high[i]) {
			return false, true
		}
	}
	return true, true
}

// Tight publishes rows of a safe pattern as long as it stays safe; nil when the
// pattern is not safe or there is too much to look at. It changes hidden.
func Tight(f *linked.Family, hidden []bool) []bool {
	if is, ok := Safe(f, f.Known(hidden)); !is || !ok {
		return nil
	}
	for r := range hidden {
		if !hidden[r] {
			continue
		}
		hidden[r] = false
		is, ok := Safe(f, f.Known(hidden))
		if !ok {
			return nil
		}
		hidden[r] = !is
	}
	return hidden
}

// ShowsSensitive says whether a row shows a sensitive cell.
func ShowsSensitive(f *linked.Family, row linked.Row) bool {
	for _, c := range row.Cells {
		if f.Cells[c].Need > 0 {
			return true
		}
	}
	return false
}

// Half hides every second row, and all that show a sensitive cell, but for those
// that were published before.
func Half(f *linked.Family, seed uint64) []bool {
	hidden := make([]bool, len(f.Rows))
	for r, row := range f.Rows {
		hidden[r] = !row.Forced && ((uint64(r)+seed)%2 == 0 || ShowsSensitive(f, row))
	}
	return hidden
}
