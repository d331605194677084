package synthetic

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"time"
)

// reference is what the generator knows of the instance: territory, LEP
// catalogue, contract codes, parameters. Nothing of it stands in code.
type reference struct {
	rulebook
	districts []district // of the level that has pages
	wider     []territory
	comuni    []comune
	cpi       []string
	lep       []lep
	contracts []contractCode
	parameter map[string]float64
	codes     map[string][]string // codes of each list, in order
	sectors   map[byte]string     // section of ATECO 2007 → group of sectors
}

type district struct {
	code, level string
	tileX       float64
	tileY       float64
	cpi         string // the first of the district
	comuni      []int  // indexes of reference.comuni
	wider       []int  // indexes of reference.wider that contain it
}

type territory struct{ code, level string }

type lep struct {
	slug       string
	employer   bool
	rule       string // every, planned, fragility, no_rule
	profiling  bool   // measured by profiling instead of by services
	window     day    // days
	measured   int    // index among the LEP with a rule, −1 without
	behaviour  behaviour
	registered bool // its rule reads registrations alone
}

type contractCode struct {
	code, group string
	qualifying  bool
	from, to    day // first and last day of validity; none is open
}

// table reads a CSV with a header into rows by column name.
func table(dir fs.FS, name string, columns ...string) ([]map[string]string, error) {
	f, err := dir.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read reference %s: %w", name, err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	header, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("read reference %s: header: %w", name, err)
	}
	for _, c := range columns {
		if !slices.Contains(header, c) {
			return nil, fmt.Errorf("read reference %s: column %q: missing: expected %v", name, c, columns)
		}
	}
	var rows []map[string]string
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read reference %s: %w", name, err)
		}
		row := make(map[string]string, len(header))
		for i, c := range header {
			row[c] = record[i]
		}
		rows = append(rows, row)
	}
}

func readReference(codes, geography fs.FS) (*reference, error) {
	r := &reference{parameter: map[string]float64{}, codes: map[string][]string{}, sectors: map[byte]string{}}
	steps := []func() error{
		func() error { return r.readTerritory(geography) },
		func() error { return r.readComuni(geography) },
		func() error { return r.readLEP(codes) },
		func() error { return r.readContracts(codes) },
		func() error { return r.readParameters(codes) },
		func() error { return r.readCodes(codes) },
		func() error { return r.readRulebook(codes) },
		func() error { return r.readSectors(codes) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// readTerritory reads the level that has pages as districts, and all that
// contain them.
func (r *reference) readTerritory(dir fs.FS) error {
	levels, err := table(dir, "geo_levels.csv", "level", "page")
	if err != nil {
		return err
	}
	page := ""
	for _, l := range levels {
		if l["page"] == "true" {
			page = l["level"]
		}
	}
	geo, err := table(dir, "geo.csv", "code", "level", "tile_x", "tile_y")
	if err != nil {
		return err
	}
	at, level := map[string]int{}, map[string]string{}
	for _, g := range geo {
		level[g["code"]] = g["level"]
		if g["level"] != page {
			continue
		}
		x, _ := strconv.ParseFloat(g["tile_x"], 64)
		y, _ := strconv.ParseFloat(g["tile_y"], 64)
		at[g["code"]] = len(r.districts)
		r.districts = append(r.districts, district{code: g["code"], level: page, tileX: x, tileY: y})
	}
	if len(r.districts) == 0 {
		return fmt.Errorf("read reference geo.csv: level %q: no territory: expected one or more of the level with pages", page)
	}
	return r.readParents(dir, at, level)
}

func (r *reference) readParents(dir fs.FS, districts map[string]int, level map[string]string) error {
	parents, err := table(dir, "geo_parent.csv", "code", "parent")
	if err != nil {
		return err
	}
	at := map[string]int{}
	for _, p := range parents {
		d, ok := districts[p["code"]]
		if !ok {
			continue
		}
		i, known := at[p["parent"]]
		if !known {
			i = len(r.wider)
			at[p["parent"]] = i
			r.wider = append(r.wider, territory{p["parent"], level[p["parent"]]})
		}
		r.districts[d].wider = append(r.districts[d].wider, i)
	}
	return nil
}

func (r *reference) readLEP(dir fs.FS) error {
	rows, err := table(dir, "lep.csv", "slug", "beneficiary", "entitlement_rule", "measured_by", "window_days")
	if err != nil {
		return err
	}
	measured := 0
	for _, row := range rows {
		l := lep{
			slug: row["slug"], employer: row["beneficiary"] == "employer", rule: row["entitlement_rule"],
			profiling: row["measured_by"] == "profiling", measured: -1,
		}
		if l.rule != ruleNone {
			days, err := strconv.Atoi(row["window_days"])
			if err != nil {
				return fmt.Errorf("read reference lep.csv: %s: window_days %q: expected days", l.slug, row["window_days"])
			}
			l.window, l.measured = day(days), measured
			measured++
		}
		l.registered = l.rule == ruleEvery
		l.behaviour = behaviourOf(l)
		r.lep = append(r.lep, l)
	}
	if measured == 0 || len(rows) > 64 {
		return fmt.Errorf("read reference lep.csv: %d LEP, %d with a rule: expected 1 to 64, one or more with a rule", len(rows), measured)
	}
	return nil
}

func (r *reference) readContracts(dir fs.FS) error {
	rows, err := table(dir, "contracts.csv", "code", "contract_group", "qualifying", "valid_from", "valid_to")
	if err != nil {
		return err
	}
	for _, row := range rows {
		from, errFrom := parseDay(row["valid_from"])
		to, errTo := parseDay(row["valid_to"])
		if err := errors.Join(errFrom, errTo); err != nil {
			return fmt.Errorf("read reference contracts.csv: %s: %w", row["code"], err)
		}
		r.contracts = append(r.contracts, contractCode{row["code"], row["contract_group"], row["qualifying"] == "true", from, to})
	}
	return nil
}

func (r *reference) readParameters(dir fs.FS) error {
	rows, err := table(dir, "parameters.csv", "name", "value")
	if err != nil {
		return err
	}
	for _, row := range rows {
		v, err := strconv.ParseFloat(row["value"], 64)
		if err != nil {
			return fmt.Errorf("read reference parameters.csv: %s: value %q: expected a number", row["name"], row["value"])
		}
		r.parameter[row["name"]] = v
	}
	for _, name := range parameters {
		if _, ok := r.parameter[name]; !ok {
			return fmt.Errorf("read reference parameters.csv: %s: missing: expected %v", name, parameters)
		}
	}
	return nil
}

// qualifies says whether some contract of the group counts as employment;
// agency work does by its form.
func (r *reference) qualifies(group string) bool {
	return group == groupAgency || slices.ContainsFunc(r.contracts, func(c contractCode) bool {
		return c.group == group && c.qualifying
	})
}

func (r *reference) readCodes(dir fs.FS) error {
	rows, err := table(dir, "codes.csv", "list", "code")
	if err != nil {
		return err
	}
	for _, row := range rows {
		r.codes[row["list"]] = append(r.codes[row["list"]], row["code"])
	}
	return nil
}

// readSectors reads the group of each section of ATECO 2007, which are the
// sections that are invented.
func (r *reference) readSectors(dir fs.FS) error {
	rows, err := table(dir, "sectors.csv", "version", "section", "sector")
	if err != nil {
		return err
	}
	for _, row := range rows {
		if row["version"] == "ATECO2007" && row["section"] != "" {
			r.sectors[row["section"][0]] = row["sector"]
		}
	}
	return nil
}

func parseDay(text string) (day, error) {
	if text == "" {
		return none, nil
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return none, fmt.Errorf("date %q: expected YYYY-MM-DD", text)
	}
	return dayOf(t), nil
}
