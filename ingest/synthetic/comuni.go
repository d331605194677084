package synthetic

import (
	"fmt"
	"io/fs"
)

// comune is a municipality. One with several centres has no territory of its
// own: it stands here once for each centre, and only rows that carry the centre
// can be told apart.
type comune struct {
	code     string
	district int // index of reference.districts
	cpi      string
	shared   bool
}

// readComuni reads centres and municipalities. A municipality without a
// territory belongs to the centre that it names, else to all that lie in it:
// those that no municipality names, and those whose codes begin alike, because
// a centre's code begins with the municipality of its seat.
func (r *reference) readComuni(dir fs.FS) error {
	centres, err := table(dir, "cpi.csv", "cpi", "geo")
	if err != nil {
		return err
	}
	comuni, err := table(dir, "comuni.csv", "comune", "geo", "cpi")
	if err != nil {
		return err
	}
	at := map[string]int{}
	for i, d := range r.districts {
		at[d.code] = i
	}
	seat, inside, named := map[string]int{}, map[string]bool{}, map[string]bool{}
	for _, c := range comuni {
		named[c["cpi"]] = true
	}
	for _, c := range centres {
		r.cpi = append(r.cpi, c["cpi"])
		d, ok := at[c["geo"]]
		if !ok {
			continue
		}
		seat[c["cpi"]] = d
		if !named[c["cpi"]] {
			inside[seatCode(c["cpi"])] = true
		}
		if r.districts[d].cpi == "" {
			r.districts[d].cpi = c["cpi"]
		}
	}
	for _, c := range comuni {
		if d, ok := at[c["geo"]]; ok {
			cpi := c["cpi"]
			if cpi == "" {
				cpi = r.districts[d].cpi
			}
			r.addComune(comune{c["comune"], d, cpi, false})
			continue
		}
		for _, cpi := range r.cpi {
			if d, ok := seat[cpi]; ok && c["geo"] == "" && (cpi == c["cpi"] || c["cpi"] == "" && inside[seatCode(cpi)]) {
				r.addComune(comune{c["comune"], d, cpi, true})
			}
		}
	}
	return r.checkComuni()
}

// seatCode is the municipality in the code of a centre.
func seatCode(cpi string) string { return cpi[:min(4, len(cpi))] }

func (r *reference) addComune(c comune) {
	r.districts[c.district].comuni = append(r.districts[c.district].comuni, len(r.comuni))
	r.comuni = append(r.comuni, c)
}

func (r *reference) checkComuni() error {
	for _, d := range r.districts {
		if len(d.comuni) == 0 || d.cpi == "" {
			return fmt.Errorf("read reference: %s %q: no comune or no CPI: expected both in comuni.csv and cpi.csv", d.level, d.code)
		}
	}
	return nil
}

// workplaceCode is the ISTAT code of a workplace.
func (w *world) workplaceCode(comune int) string {
	if comune < 0 {
		return w.beyond[-1-comune]
	}
	return w.comuni[comune].code
}

// workplaceDistrict is the district of a workplace; −1 beyond the region, and
// where the municipality alone does not tell it.
func (w *world) workplaceDistrict(comune int) int {
	if comune < 0 || w.comuni[comune].shared {
		return -1
	}
	return w.comuni[comune].district
}
