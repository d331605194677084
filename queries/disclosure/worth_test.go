package disclosure

import "testing"

// Of two lines that guard the same number, the one that fewer readers miss goes:
// a district before the region that holds it, a part before the total, few
// persons before many.
func TestTheRegionCostsMoreToHideThanItsDistricts(t *testing.T) {
	b := &builder{region: &geography{codes: []string{"R", "D"}, leaves: [][]int32{{0, 1, 2, 3}, {0}}}}
	total, part := &crossing{}, &crossing{lists: []string{"sex"}, codes: []string{"F"}}
	for what, pair := range map[string][2]line{
		"a district and its region":   {{geo: 1, crossing: part, n: 40}, {geo: 0, crossing: part, n: 40}},
		"a part and its total":        {{geo: 1, crossing: part, n: 40}, {geo: 1, crossing: total, n: 40}},
		"few persons and many":        {{geo: 1, crossing: part, n: 4}, {geo: 1, crossing: part, n: 4000}},
		"few asked of and many":       {{geo: 1, crossing: part, n: 4, d: 40}, {geo: 1, crossing: part, n: 4, d: 4000}},
		"nobody and the whole region": {{geo: 1, crossing: part}, {geo: 0, crossing: part}},
	} {
		if less, more := b.worth(&pair[0]), b.worth(&pair[1]); less <= 0 || more <= less {
			t.Errorf("%s: got %g and %g, want both above 0 and the second dearer", what, less, more)
		}
	}
}
