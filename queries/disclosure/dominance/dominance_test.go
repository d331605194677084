package dominance

import (
	"encoding/csv"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
)

// instances is the folder of tables that others wrote.
func instances(t *testing.T) string {
	t.Helper()
	root := os.Getenv("OSSERVATORIO_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "..", "shared")
	}
	dir := filepath.Join(root, "checks", "disclosure-instances")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("shared data not here: set OSSERVATORIO_SHARED")
	}
	return dir
}

func rows(t *testing.T, path ...string) []map[string]string {
	t.Helper()
	file, err := os.Open(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, field := range record {
			row[records[0][i]] = field
		}
		out = append(out, row)
	}
	return out
}

func amount(t *testing.T, field string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(field, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// cell sums up the records that have these codes; Total stands for any.
func cell(t *testing.T, records []map[string]string, column string, codes map[string]string) Cell {
	t.Helper()
	var contributions []float64
record:
	for _, r := range records {
		for name, code := range codes {
			if code != "Total" && r[name] != code {
				continue record
			}
		}
		contributions = append(contributions, amount(t, r[column]))
	}
	c, err := Of(contributions)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestThePrimariesOfEachRuleAreThoseOfAnotherProgram(t *testing.T) {
	dir := filepath.Join(instances(t), "ssb-magnitude1")
	records := rows(t, dir, "micro.csv")
	for _, rule := range []struct {
		file      string
		primaries int
		is        func(Cell) bool
	}{
		{"peer_dominance_1_80.csv", 4, func(c Cell) bool { is, _ := c.Dominated(1, 80); return is }},
		{"peer_few_contributors_1.csv", 2, func(c Cell) bool { return c.Few(2) }},
		{"peer_p_percent_10.csv", 8, func(c Cell) bool { return c.PPercent(10) }},
	} {
		n := 0
		for _, r := range rows(t, dir, rule.file) {
			c := cell(t, records, "value", map[string]string{"sector4": r["sector4"], "geo": r["geo"]})
			if math.Abs(c.Total-amount(t, r["value"])) > 1e-9 {
				t.Errorf("%s: %s, %s: %v summed up, %s stated", rule.file, r["sector4"], r["geo"], c.Total, r["value"])
			}
			if rule.is(c) != (r["primary"] == "TRUE") {
				t.Errorf("%s: %s, %s: stated %s, found otherwise: %+v", rule.file, r["sector4"], r["geo"], r["primary"], c)
			}
			if rule.is(c) {
				n++
			}
		}
		if n != rule.primaries {
			t.Errorf("%s: %d primaries: %d expected", rule.file, n, rule.primaries)
		}
	}
}

func TestThreeRulesFindTheTwoSensitiveCellsOfARecordFile(t *testing.T) {
	records := rows(t, instances(t), "sdctable-microdata1", "micro.csv")
	for name, rule := range map[string]func(Cell) bool{
		"p% with 70":          func(c Cell) bool { return c.PPercent(70) },
		"(2,75) dominance":    func(c Cell) bool { is, _ := c.Dominated(2, 75); return is },
		"pq with 60 of 80":    func(c Cell) bool { return c.PQ(60, 80) },
		"p% with 75, as p/q%": func(c Cell) bool { return c.PPercent(75) },
	} {
		var found []string
		for _, region := range []string{"Total", "A", "B", "C", "D"} {
			for _, gender := range []string{"Total", "female", "male"} {
				if rule(cell(t, records, "val", map[string]string{"region": region, "gender": gender})) {
					found = append(found, region+" "+gender)
				}
			}
		}
		if !slices.Equal(found, []string{"A female", "D male"}) {
			t.Errorf("%s: %v: A female and D male expected", name, found)
		}
	}
}

// The source's columns do not always agree; its states follow the smaller sum.
func TestSafetyStatesAndLevelsAreThoseOfTheSource(t *testing.T) {
	states := map[string]int{}
	for _, r := range rows(t, instances(t), "tauargus-pp", "cells.csv") {
		c := Cell{Total: min(amount(t, r["value"]), amount(t, r["shadow"])), First: amount(t, r["top1"]), Second: amount(t, r["top2"])}
		c.Contributors, _ = strconv.Atoi(r["freq"])
		state := "S"
		switch {
		case c.PPercent(15):
			state = "U"
		case c.Contributors == 0:
			state = "E"
		}
		states[state]++
		if state != r["status"] {
			t.Errorf("%s, %s: %s stated, %s found", r["size"], r["region"], r["status"], state)
		}
		if level := amount(t, r["upper_pl"]); state == "U" && c.First == amount(t, r["cost"]) && math.Abs(c.Lack(15)-level) > 0.005 {
			t.Errorf("%s, %s: level %v stated, %v found", r["size"], r["region"], level, c.Lack(15))
		}
	}
	if states["S"] != 110 || states["U"] != 9 || states["E"] != 43 {
		t.Errorf("%v: 110 safe, 9 unsafe and 43 empty cells expected", states)
	}
}

func TestOneOrTwoContributorsAreAlwaysSensitive(t *testing.T) {
	for _, contributions := range [][]float64{{7}, {7, 5}, {7, 7, 0}} {
		c, err := Of(contributions)
		if err != nil || !c.PPercent(10) || !c.Few(3) {
			t.Errorf("%v: not sensitive (%v)", contributions, err)
		}
		if need := c.Need(10, 1); float64(need) <= c.Total {
			t.Errorf("%v: needs to hold %d: more than %v expected", contributions, need, c.Total)
		}
	}
	if empty, err := Of(nil); err != nil || empty.PPercent(10) || empty.Few(3) || empty.Need(10, 1) != 0 {
		t.Errorf("an empty cell is sensitive (%v)", err)
	}
}

// What the rule promises: whoever gave the second largest subtracts his own
// from a total that could be as high as needed, and is off by p percent.
func TestWhatACellNeedsKeepsTheSecondFromTheLargest(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	sensitive := 0
	for range 5000 {
		contributions := make([]float64, 1+rng.IntN(6))
		for i := range contributions {
			contributions[i] = float64(rng.IntN(20)) * math.Exp(3*rng.Float64())
		}
		c, err := Of(contributions)
		if err != nil {
			t.Fatal(err)
		}
		need := c.Need(10, 100)
		if estimate := c.Total - c.Second; (estimate-c.First)*10 < c.First && need == 0 {
			t.Fatalf("%v: estimated %v and not sensitive", contributions, estimate)
		}
		if need == 0 {
			continue
		}
		sensitive++
		if estimate := float64(need)/100 - c.Second; (estimate-c.First)*10 < c.First*(1-1e-9) {
			t.Fatalf("%v: at %d hundredths the largest is estimated as %v", contributions, need, estimate)
		}
	}
	if sensitive < 500 {
		t.Fatalf("%d sensitive cells: 500 expected, else this shows nothing", sensitive)
	}
}

func TestTheLimitItselfIsSensitiveAndMustHoldMoreThanItHolds(t *testing.T) {
	at, err := Of([]float64{100, 30, 6, 4}) // the others made ten of a hundred
	if err != nil || !at.PPercent(10) || at.Need(10, 1) != 141 {
		t.Errorf("at the limit: sensitive %t, needs %d: 141 expected (%v)", at.PPercent(10), at.Need(10, 1), err)
	}
	if above, _ := Of([]float64{100, 30, 6, 5}); above.PPercent(10) || above.Need(10, 1) != 0 {
		t.Errorf("above the limit: sensitive, needs %d", above.Need(10, 1))
	}
}

func TestOrderDoesNotChangeASum(t *testing.T) {
	a, _ := Of([]float64{0.1, 0.7, 0.2, 1e9})
	b, _ := Of([]float64{1e9, 0.2, 0.7, 0.1})
	if a != b {
		t.Errorf("%+v and %+v", a, b)
	}
}

func TestAmountsBelowZeroAndOtherRulesAreRefused(t *testing.T) {
	for _, x := range []float64{-1, math.NaN(), math.Inf(1)} {
		if _, err := Of([]float64{1, x}); err == nil {
			t.Errorf("%v was summed up", x)
		}
	}
	if _, err := (Cell{Total: 1}).Dominated(3, 80); err == nil {
		t.Error("the three largest of a cell that knows two")
	}
}
