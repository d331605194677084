package synthetic

// beyondShare is the invented share of jobs whose workplace lies outside the
// region: residents who commute, branches of its employers elsewhere.
const beyondShare = .03

// beyond are municipalities all over the country (ISTAT). Those that a
// geography has are not beyond it.
var beyond = []string{"001272", "010025", "015146", "023091", "027042", "048017", "058091", "063049", "072006", "082053"}

// setBeyond leaves the municipalities that are none of the region's.
func (w *world) setBeyond() {
	own := map[string]bool{}
	for _, c := range w.comuni {
		own[c.code] = true
	}
	for _, code := range beyond {
		if !own[code] {
			w.beyond = append(w.beyond, code)
		}
	}
}

// beyondRegion says whether a job of that employer and day is done outside the
// region, and where: −1 for the first municipality beyond, −2 for the second.
// It draws nothing from a person's random numbers.
func (w *world) beyondRegion(employer int, start day) (comune int, ok bool) {
	h := mix(mix(w.seed, uint64(employer)+streamEmployers), uint64(start)+4)
	if len(w.beyond) == 0 || unit(h) >= beyondShare {
		return 0, false
	}
	return -1 - int(mix(h, 1)%uint64(len(w.beyond))), true
}
