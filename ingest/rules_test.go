package ingest

import (
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"osservatorio/ingest/contract"
	"osservatorio/ingest/words"
)

// spoilt is a row that breaks one rule, and what the quarantine must say.
type spoilt struct {
	row  map[string]string
	want string // "column rule", column - for a rule over several
}

// spoil breaks every rule of a contract once, starting from a good row.
func spoil(c contract.Contract, good map[string]string) []spoilt {
	var all []spoilt
	add := func(want string, cells map[string]string) {
		row := map[string]string{}
		for _, f := range c.Fields {
			row[f.Name] = good[f.Name]
		}
		for name, cell := range cells {
			row[name] = cell
		}
		all = append(all, spoilt{row, want})
	}
	for _, f := range c.Fields {
		for rule, cell := range badCells(f) {
			add(f.Name+" "+rule, map[string]string{f.Name: cell})
		}
	}
	for _, k := range c.ForeignKeys {
		f, _ := c.Field(k.Column)
		cell := map[string]string{"": "ZZ-99", "^[0-9]{6}$": "999999", "^[A-Z]$": "Z", "^[A-Z]{2}$": "ZZ"}[f.Pattern]
		add(k.Column+" reference", map[string]string{k.Column: cell})
	}
	for _, r := range c.Rules {
		add("- "+r.Name, breaking(c, r, good))
	}
	slices.SortFunc(all, func(a, b spoilt) int { return strings.Compare(a.want, b.want) })
	return all
}

// badCells gives a cell that breaks each rule of one column, by rule.
func badCells(f contract.Field) map[string]string {
	cells := map[string]string{}
	if f.Required {
		cells["required"] = ""
	}
	if f.Type != "string" {
		cells["type"] = "x"
	}
	if f.Pattern != "" {
		cells["pattern"] = "§"
	}
	if len(f.Enum) > 0 {
		cells["enum"] = "§"
	}
	if f.Minimum != "" {
		cells["minimum"] = moved(f.Minimum, -1)
	}
	if f.Maximum != "" {
		cells["maximum"] = moved(f.Maximum, +1)
	}
	return cells
}

// moved is a bound of a date or a number, some days or units away.
func moved(bound string, by int) string {
	if day, err := time.Parse(time.DateOnly, bound); err == nil {
		return day.AddDate(0, 0, by).Format(time.DateOnly)
	}
	n, err := strconv.Atoi(bound)
	if err != nil {
		panic(err)
	}
	return strconv.Itoa(n + by)
}

// breaking gives the cells with which a good row breaks a rule.
func breaking(c contract.Contract, r contract.Rule, good map[string]string) map[string]string {
	cells := map[string]string{}
	switch r.Kind {
	case "not_before":
		cells[r.Earlier], cells[r.Later] = "2000-01-02", "2000-01-01" // before every other date of the row
	case "at_least_one":
		for _, name := range r.Columns {
			cells[name] = ""
		}
	case "exactly_one":
		for _, name := range r.Columns {
			cells[name] = "X-1"
		}
	case "together":
		cells[r.Columns[0]], cells[r.Columns[1]] = "", good[r.Columns[1]]
		if f, _ := c.Field(r.Columns[1]); good[f.Name] == "" {
			cells[f.Name] = "1"
			if len(f.Enum) > 0 {
				cells[f.Name] = f.Enum[0]
			}
		}
	}
	return cells
}

// exampleRow is the first row of a contract's example.
func exampleRow(t *testing.T, name string) map[string]string {
	t.Helper()
	example, err := contract.Example(name)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(example)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	row := map[string]string{}
	for i, column := range rows[0] {
		row[column] = rows[1][i]
	}
	return row
}

// asCSV writes rows under the header of a contract.
func asCSV(t *testing.T, c contract.Contract, rows []map[string]string) string {
	t.Helper()
	var b strings.Builder
	w := csv.NewWriter(&b)
	if err := w.Write(c.Columns()); err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		cells := make([]string, len(c.Fields))
		for i, f := range c.Fields {
			cells[i] = row[f.Name]
		}
		if err := w.Write(cells); err != nil {
			t.Fatal(err)
		}
	}
	w.Flush()
	return b.String()
}

func TestEveryRuleOfEveryContractPutsItsRowAside(t *testing.T) {
	sources := sourcesOfAll()
	for i := range sources {
		sources[i].MaxBadShare = 0.999
	}
	italian, err := words.Italian()
	if err != nil {
		t.Fatal(err)
	}
	h := newHouse(t, sources...)
	h.lists("emilia-romagna")
	want := map[string][]string{}
	for _, name := range contract.Names() {
		c, err := contract.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		good := exampleRow(t, name)
		rows := []map[string]string{good}
		for _, s := range spoil(c, good) {
			rows = append(rows, s.row)
			want[name] = append(want[name], fmt.Sprintf("%d %s", len(rows)+1, s.want))
		}
		h.put(name+"_2026-Q1_2026-04-15.csv", asCSV(t, c, rows))
	}
	for _, l := range h.mustRun().Loads {
		got := h.text(`SELECT line, "column", rule FROM ledger.quarantine JOIN ledger.deliveries USING (load_id) WHERE source = '` + l.Source + `' ORDER BY line`)
		if got != strings.Join(want[l.Source], "\n") {
			t.Errorf("%s:\n%s", l.Source, difference(strings.Split(got, "\n"), want[l.Source]))
		}
		if l.Outcome.Accepted != 1 {
			t.Errorf("%s: %d rows accepted, want the good one", l.Source, l.Outcome.Accepted)
		}
		for _, r := range l.Outcome.Reasons {
			for _, text := range []string{r.Wanted, r.Shape} {
				if text != "" && italian.Text(text) == text {
					t.Errorf("%s: %s %s: %q has no Italian words", l.Source, r.Column, r.Rule, text)
				}
			}
		}
	}
}

// difference lists what only one of two lists has.
func difference(got, want []string) string {
	var out []string
	for _, s := range got {
		if !slices.Contains(want, s) {
			out = append(out, "got  "+s)
		}
	}
	for _, s := range want {
		if !slices.Contains(got, s) {
			out = append(out, "want "+s)
		}
	}
	return strings.Join(out, "\n")
}

func TestATaxCodeInAnyTextRefusesAnyDeliveryWhole(t *testing.T) {
	for _, name := range contract.Names() {
		t.Run(name, func(t *testing.T) {
			c, err := contract.Load(name)
			if err != nil {
				t.Fatal(err)
			}
			source := Source{Name: name, Contract: name, Pattern: "{source}_{period}_{issued}.csv", Synthetic: true, MaxBadShare: 0.99}
			h := newHouse(t, source)
			h.lists("emilia-romagna")
			good, bad := exampleRow(t, name), exampleRow(t, name)
			text := c.Fields[slices.IndexFunc(c.Fields, func(f contract.Field) bool { return f.Type == "string" })].Name
			bad[text] = "RSSMRA85T10A562S"
			h.put(name+"_2026-Q1_2026-04-15.csv", asCSV(t, c, []map[string]string{good, bad}))
			_, err = h.run()
			var refused *RefusedError
			if !errors.As(err, &refused) || !strings.Contains(err.Error(), "line 3: column "+strconv.Quote(text)+": looks like a tax code") {
				t.Errorf("got %v", err)
			}
			if n := h.number(`SELECT (SELECT count(*) FROM raw.` + name + `) + (SELECT count(*) FROM ledger.deliveries)`); n != 0 {
				t.Errorf("%d rows of it in the warehouse, want none", n)
			}
		})
	}
}

func TestADeliveryWithTooManyBadRowsIsRefusedWholeWhateverItsContract(t *testing.T) {
	h := newHouse(t, sourcesOfAll()...) // which allow no bad row
	h.lists("emilia-romagna")
	for _, name := range contract.Names() {
		c, err := contract.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		good := exampleRow(t, name)
		h.put(name+"_2026-Q1_2026-04-15.csv", asCSV(t, c, []map[string]string{good, spoil(c, good)[0].row}))
	}
	report, err := h.run()
	if err == nil || report.Count(Refused) != len(contract.Names()) {
		t.Errorf("%d of %d refused, %v", report.Count(Refused), len(contract.Names()), err)
	}
	for _, l := range report.Loads {
		if l.Err == nil || !strings.Contains(l.Err.Error(), "1 of 2 rows are bad") || !strings.Contains(l.Err.Error(), "row 3") {
			t.Errorf("%s: %v", l.Source, l.Err)
		}
	}
	if n := h.number(`SELECT count(*) FROM ledger.deliveries`); n != 0 {
		t.Errorf("%d deliveries in the ledger, want none", n)
	}
}
