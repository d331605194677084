package oracle

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"osservatorio/queries/oracle/ways"
)

// The list of ways by which each published number is held, and the examples of
// others that it names. The tests that compare hold the counts in it.
const (
	waysFile     = "testdata/ways.csv"
	examplesFile = "testdata/examples.csv"
)

// Each number has three ways: the books of invented regions, the rules again in
// plain loops, and what others published. Where one cannot be had the list says
// why; of what this prints nothing is written by hand but those reasons and the
// names of examples.
func TestWaysOfEachNumberAreThreeOrTheListSaysWhyNot(t *testing.T) {
	all, err := ways.Read(waysFile)
	if err != nil {
		t.Fatal(err)
	}
	examples := readExamples(t)
	of := map[ways.Key]ways.Way{}
	for _, w := range all {
		of[w.Key] = w
	}
	t.Logf("%-28s %-32s %8s %8s %7s  %s", "view", "measure", "truth", "oracle", "off", "real, or why not")
	for _, k := range newStage(t, "umbria").measures() {
		w, listed := of[k]
		delete(of, k)
		t.Logf("%-28s %-32s %8s %8s %7s  %s", k.View, k.Measure, figures(w.Truth), figures(w.Oracle), w.Off, strings.TrimSpace(w.Real+" "+w.Why))
		switch {
		case !listed:
			t.Errorf("%s %s: held by nothing: run the tests of truth and oracle with -update", k.View, k.Measure)
		case (w.Truth == 0 || w.Oracle == 0 || w.Real == "") && w.Why == "":
			t.Errorf("%s %s: truth %d, oracle %d, real %q: one is missing, and the list does not say why", k.View, k.Measure, w.Truth, w.Oracle, w.Real)
		}
		for _, name := range strings.Split(w.Real, "|") {
			if name != "" && !slices.Contains(examples, name) {
				t.Errorf("%s %s: %q is no example of %s", k.View, k.Measure, name, examplesFile)
			}
		}
	}
	for k := range of {
		t.Errorf("%s %s: listed, but no cube has it", k.View, k.Measure)
	}
	for _, line := range byView(all) {
		t.Log(line)
	}
}

// byView sums the list up, a line a view: measures, figures that the books and
// the oracle confirm, the largest difference from the books, published examples
// and, where one of the three is missing for some measures, of how many.
func byView(all []ways.Way) []string {
	out := []string{fmt.Sprintf("%-28s %8s %8s %8s %7s  %s", "view", "measures", "truth", "oracle", "off", "real; measures without one of the three")}
	for len(all) > 0 {
		n := slices.IndexFunc(all, func(w ways.Way) bool { return w.View != all[0].View })
		if n < 0 {
			n = len(all)
		}
		sum := all[0]
		sum.Truth, sum.Oracle = 0, 0
		var why []string
		for _, w := range all[:n] {
			sum.Truth, sum.Oracle = sum.Truth+w.Truth, sum.Oracle+w.Oracle
			sum.Off, sum.Real = ways.Further(sum.Off, w.Off), cmp.Or(sum.Real, w.Real)
			if w.Why != "" {
				why = append(why, w.Why)
			}
		}
		missing := ""
		if len(why) > 0 {
			missing = fmt.Sprintf("; %d: %s", len(why), why[0])
		}
		out = append(out, fmt.Sprintf("%-28s %8d %8s %8s %7s  %s%s", sum.View, n, figures(sum.Truth), figures(sum.Oracle), sum.Off, sum.Real, missing))
		all = all[n:]
	}
	return out
}

func figures(n int) string {
	if n == 0 {
		return "-"
	}
	return fmt.Sprint(n)
}

// measures are those of all cubes, in the order of views and of headers.
func (s *stage) measures() []ways.Key {
	var out []ways.Key
	for _, v := range s.plan.Cubes() {
		codes := s.list.codes[v.Header.MeasureList]
		if v.Header.MeasureList == "lep" {
			codes = s.list.leps
		}
		if v.Name == "lep_activities" { // of employers activities alone are counted
			codes = slices.Concat(s.list.leps, s.list.forEmployers)
		}
		for _, m := range v.Header.Measures {
			codes = append(codes, m.Code)
		}
		for _, code := range codes {
			out = append(out, ways.Key{View: v.Name, Measure: code})
		}
	}
	return out
}

// readExamples are the names of published examples; each must stand, with its
// source, in the test that it names.
func readExamples(t *testing.T) []string {
	t.Helper()
	file, err := os.Open(examplesFile)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil || len(rows) < 2 {
		t.Fatalf("%s: %v: expected example, source, file, text", examplesFile, err)
	}
	var out []string
	for _, r := range rows[1:] {
		text, err := os.ReadFile(filepath.Join("..", "..", r[2]))
		if err != nil || !strings.Contains(string(text), r[3]) {
			t.Errorf("%s: %q does not stand in %s: %v", r[0], r[3], r[2], err)
		}
		out = append(out, r[0])
	}
	return out
}
