package synthetic

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"time"
)

// rulebook is what the books read of the reference data beyond what lives
// need: horizons of each view, groups of sectors, meanings of transformations.
type rulebook struct {
	horizons   map[string][]horizon // by view, in their order
	sectorOf   map[string]string    // version and section, such as "2007C", to group
	stabilises map[string]bool      // transformations that make a job open-ended
	breaks     map[string]day       // by breakdown: first day of a new classification
	ofPersons  struct {             // what may be told of a cell of persons
		threshold, denominator uint32
	}
}

// horizon is one measure of a view and its days after the event.
type horizon struct {
	measure string
	days    day
}

func (r *reference) readRulebook(dir fs.FS) error {
	r.rulebook = rulebook{horizons: map[string][]horizon{}, sectorOf: map[string]string{}, stabilises: map[string]bool{}, breaks: map[string]day{}}
	rows, err := table(dir, "horizons.csv", "indicator", "measure", "days")
	if err != nil {
		return err
	}
	for _, row := range rows {
		n, err := strconv.Atoi(row["days"])
		if err != nil {
			return fmt.Errorf("read reference horizons.csv: %s: days %q: expected a number of days", row["measure"], row["days"])
		}
		r.horizons[row["indicator"]] = append(r.horizons[row["indicator"]], horizon{row["measure"], day(n)})
	}
	sections, err := table(dir, "sectors.csv", "version", "section", "sector")
	if err != nil {
		return err
	}
	for _, row := range sections {
		version := row["version"]
		r.sectorOf[version[max(0, len(version)-4):]+row["section"]] = row["sector"]
	}
	codes, err := table(dir, "transformations.csv", "code", "stabilises")
	if err != nil {
		return err
	}
	for _, row := range codes {
		r.stabilises[row["code"]] = row["stabilises"] == "true"
	}
	breaks, err := table(dir, "breaks.csv", "list", "break_on")
	if err != nil {
		return err
	}
	for _, row := range breaks {
		on, err := time.Parse(time.DateOnly, row["break_on"])
		if err != nil {
			return fmt.Errorf("read reference breaks.csv: %s: break_on %q: expected a date", row["list"], row["break_on"])
		}
		r.breaks[row["list"]] = dayOf(on)
	}
	return r.readPolicy(dir)
}

// readPolicy reads the rules of cells of persons.
func (r *reference) readPolicy(dir fs.FS) error {
	rows, err := table(dir, "disclosure_rules.csv", "policy", "threshold", "min_denominator")
	if err != nil {
		return err
	}
	for _, row := range rows {
		if row["policy"] != "persons" {
			continue
		}
		threshold, errThreshold := strconv.ParseUint(row["threshold"], 10, 32)
		least, errLeast := strconv.ParseUint(row["min_denominator"], 10, 32)
		if err := errors.Join(errThreshold, errLeast); err != nil {
			return fmt.Errorf("read reference disclosure_rules.csv: persons: %w", err)
		}
		r.ofPersons.threshold, r.ofPersons.denominator = uint32(threshold), uint32(least)
	}
	return nil
}

// sectorGroups are the groups of sectors in their order, with the one for
// what is not said.
func (r *reference) sectorGroups() []string {
	if groups := r.codes["sector_group"]; len(groups) > 0 {
		return groups
	}
	return r.codes[bySector]
}
