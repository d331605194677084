package synthetic_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"osservatorio/ingest/synthetic"
	"osservatorio/warehouse"
)

// contract is as much of a contract as is needed to judge a row without the
// code that loads deliveries.
type contract struct {
	Fields []struct {
		Name, Type  string
		TrueValues  []string
		FalseValues []string
		Constraints struct {
			Required         bool
			Enum             []string
			Pattern          string
			Minimum, Maximum any
		}
	}
	PrimaryKey  []string
	ForeignKeys []struct {
		Fields    string
		Reference struct{ Resource, Fields string }
	}
	Osservatorio struct {
		LatestBy string `json:"latest_by"`
		Rules    []struct {
			Name, Kind, Later, Earlier string
			Columns                    []string
		}
	}
	patterns map[string]*regexp.Regexp
	codes    map[string]map[string]bool
}

func readContract(t *testing.T, source string) *contract {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "contract", source+".json"))
	if err != nil {
		t.Fatal(err)
	}
	c := &contract{patterns: map[string]*regexp.Regexp{}, codes: map[string]map[string]bool{}}
	if err := json.Unmarshal(text, c); err != nil {
		t.Fatal(err)
	}
	for _, f := range c.Fields {
		if f.Constraints.Pattern != "" {
			c.patterns[f.Name] = regexp.MustCompile(f.Constraints.Pattern)
		}
	}
	for _, k := range c.ForeignKeys {
		c.codes[k.Fields] = readCodes(t, k.Reference.Resource, k.Reference.Fields)
	}
	return c
}

func readCodes(t *testing.T, list, column string) map[string]bool {
	t.Helper()
	var text []byte
	var err error
	if text, err = os.ReadFile(filepath.Join("testdata", "geography", list+".csv")); err != nil {
		f, err := warehouse.ReferenceFS().Open(list + ".csv")
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		info, _ := f.Stat()
		text = make([]byte, info.Size())
		if _, err := f.Read(text); err != nil {
			t.Fatal(err)
		}
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if first := strings.Split(lines[0], ",")[0]; first != column {
		t.Fatalf("%s.csv begins with %s: want %s", list, first, column)
	}
	codes := map[string]bool{}
	for _, l := range lines[1:] {
		codes[strings.Split(l, ",")[0]] = true
	}
	return codes
}

// judge names the rules that a row breaks.
func (c *contract) judge(values []string) []string {
	if len(values) != len(c.Fields) {
		return []string{"fields"}
	}
	var broken []string
	row := map[string]string{}
	for i, f := range c.Fields {
		v := values[i]
		row[f.Name] = v
		switch {
		case v == "" && f.Constraints.Required:
			broken = append(broken, "required")
		case v == "":
		case !c.typed(f.Type, v, append(f.TrueValues, f.FalseValues...)):
			broken = append(broken, "type")
		case below(v, f.Constraints.Minimum):
			broken = append(broken, "minimum")
		case f.Constraints.Maximum != nil && !below(v, f.Constraints.Maximum) && v != fmt.Sprint(f.Constraints.Maximum):
			broken = append(broken, "maximum")
		case c.patterns[f.Name] != nil && !c.patterns[f.Name].MatchString(v):
			broken = append(broken, "pattern")
		case len(f.Constraints.Enum) > 0 && !slices.Contains(f.Constraints.Enum, v):
			broken = append(broken, "enum")
		case c.codes[f.Name] != nil && !c.codes[f.Name][v]:
			broken = append(broken, "reference")
		}
	}
	return append(broken, c.rules(row)...)
}

func (c *contract) typed(kind, v string, booleans []string) bool {
	var err error
	switch kind {
	case "integer":
		_, err = strconv.Atoi(v)
	case "number":
		_, err = strconv.ParseFloat(v, 64)
	case "date":
		_, err = time.Parse(time.DateOnly, v)
	case "boolean":
		return slices.Contains(booleans, v)
	}
	return err == nil
}

// below compares a value with a bound: dates as text, numbers as numbers.
func below(v string, bound any) bool {
	switch b := bound.(type) {
	case string:
		return v < b
	case float64:
		n, _ := strconv.ParseFloat(v, 64)
		return n < b
	}
	return false
}

func (c *contract) rules(row map[string]string) (broken []string) {
	for _, r := range c.Osservatorio.Rules {
		given := 0
		for _, column := range r.Columns {
			if row[column] != "" {
				given++
			}
		}
		holds := true
		switch r.Kind {
		case "not_before":
			holds = row[r.Later] == "" || row[r.Earlier] == "" || row[r.Later] >= row[r.Earlier]
		case "at_least_one":
			holds = given > 0
		case "exactly_one":
			holds = given == 1
		case "together":
			holds = given == 0 || given == len(r.Columns)
		default:
			holds = false
		}
		if !holds {
			broken = append(broken, r.Name)
		}
	}
	return broken
}

// sourcesOf are the contracts that the generator writes for.
var sourcesOf = []string{
	"registrations", "services", "agreements", "placements", "convocations", "benefits", "training", "vacancies",
	"providers", "population", "centres", "funding",
}

// quarterly is how many of them are delivered by quarter.
const quarterly = 8

func TestEveryRowKeepsItsContractButThoseListedAsBad(t *testing.T) {
	dir, _, truth := region(t, nil)
	contracts := map[string]*contract{}
	for _, s := range sourcesOf {
		contracts[s] = readContract(t, s)
	}
	for _, d := range truth.Deliveries {
		found, superseded := judgeFile(t, filepath.Join(dir, d.File), contracts[d.Source])
		bad := 0
		for _, n := range found {
			bad += n
		}
		if fmt.Sprint(found) != fmt.Sprint(d.Quarantined) || superseded != d.Superseded {
			t.Errorf("%s: found %v and %d superseded, truth says %v and %d", d.File, found, superseded, d.Quarantined, d.Superseded)
		}
		if float64(bad) > .008*float64(d.Rows) {
			t.Errorf("%s: %d of %d rows are bad: want less than 0.8 %%", d.File, bad, d.Rows)
		}
	}
}

// judgeFile counts broken rules and superseded rows. A bad row breaks one
// rule alone, so that nobody can book it under another.
func judgeFile(t *testing.T, path string, c *contract) (map[string]int, int) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	header := strings.Split(lines[0], ",")
	for i, f := range c.Fields {
		if header[i] != f.Name {
			t.Fatalf("%s: column %d is %s: want %s", path, i+1, header[i], f.Name)
		}
	}
	found, keys := map[string]int{}, map[string]int{}
	for _, line := range lines[1:] {
		values := strings.Split(line, ",")
		broken := c.judge(values)
		if len(broken) > 1 {
			t.Errorf("%s: %s breaks %v: want one rule", path, line, broken)
		}
		if len(broken) > 0 {
			found[broken[0]]++
			continue
		}
		key := ""
		for _, k := range c.PrimaryKey {
			key += values[slices.Index(header, k)] + "|"
		}
		keys[key]++
	}
	superseded := 0
	for _, n := range keys {
		superseded += n - 1
	}
	return found, superseded
}

// allRules are the names of all that a row of the contract can break.
func (c *contract) allRules() []string {
	want := []string{"fields", "required"}
	for _, f := range c.Fields {
		for name, declared := range map[string]bool{
			"type": f.Type != "string", "minimum": f.Constraints.Minimum != nil, "maximum": f.Constraints.Maximum != nil,
			"pattern": f.Constraints.Pattern != "", "enum": f.Constraints.Enum != nil,
		} {
			if declared && !slices.Contains(want, name) {
				want = append(want, name)
			}
		}
	}
	if len(c.ForeignKeys) > 0 {
		want = append(want, "reference")
	}
	for _, r := range c.Osservatorio.Rules {
		want = append(want, r.Name)
	}
	return want
}

func TestEveryRuleThatAContractDeclaresIsBrokenSomewhere(t *testing.T) {
	_, _, truth := region(t, func(o *synthetic.Options) { o.Persons = 40_000 })
	found := map[string]bool{}
	for _, d := range truth.Deliveries {
		for rule := range d.Quarantined {
			found[d.Source+" "+rule] = true
		}
	}
	for _, s := range sourcesOf[:quarterly] {
		c := readContract(t, s)
		want := c.allRules()
		for _, rule := range want {
			if !found[s+" "+rule] {
				t.Errorf("%s: no row breaks %s", s, rule)
			}
		}
	}
}
