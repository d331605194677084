// Package ways knows by which independent ways each published number is held:
// the books of an invented region, rules recomputed in plain loops, and figures
// that others published. It keeps how much was compared in a CSV file beside
// the tests that compare. It is for tests only and knows no view.
package ways

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
)

// Key is one measure of one view.
type Key struct{ View, Measure string }

// Way is a row of the file: how many figures above zero were found equal by
// each way, and which published ones. Why says what is missing and cannot be had.
type Way struct {
	Key
	Truth, Oracle int
	Off           string // largest difference between cubes and books: "0", or a power of ten that it stays below
	Real          string // names of published examples, parted by |
	Why           string
}

var header = []string{"view", "measure", "truth", "oracle", "off", "real", "why"}

// Read reads the file, sorted by view and measure.
func Read(path string) ([]Way, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read ways: %w", err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) == 0 || !slices.Equal(rows[0], header) {
		return nil, fmt.Errorf("read ways %s: header: expected %v: %w", path, header, cmp.Or(err, errors.New("another one")))
	}
	var out []Way
	for i, r := range rows[1:] {
		w := Way{Key: Key{r[0], r[1]}, Off: r[4], Real: r[5], Why: r[6]}
		if w.Truth, err = strconv.Atoi(r[2]); err == nil {
			w.Oracle, err = strconv.Atoi(r[3])
		}
		if err != nil {
			return nil, fmt.Errorf("read ways %s: line %d: expected two whole numbers: %w", path, i+2, err)
		}
		out = append(out, w)
	}
	return out, nil
}

func write(path string, all []Way) error {
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("write ways: %w", err)
	}
	rows := [][]string{header}
	for _, w := range all {
		rows = append(rows, []string{w.View, w.Measure, strconv.Itoa(w.Truth), strconv.Itoa(w.Oracle), w.Off, w.Real, w.Why})
	}
	return errors.Join(csv.NewWriter(f).WriteAll(rows), f.Close())
}

// Column is the way that a tally is of.
type Column int

const (
	Truth Column = iota
	Oracle
)

func (w *Way) column(c Column) *int {
	if c == Truth {
		return &w.Truth
	}
	return &w.Oracle
}

// Tally counts what one run of a test found equal.
type Tally struct {
	above map[Key]int
	off   map[Key]float64
}

// Equal notes a figure that is as wanted but for so much; only those above zero
// count, for nothing equals nothing anywhere.
func (t *Tally) Equal(k Key, aboveZero bool, off float64) {
	if t.above == nil {
		t.above, t.off = map[Key]int{}, map[Key]float64{}
	}
	t.off[k] = max(t.off[k], off)
	if t.above[k] += 0; aboveZero {
		t.above[k]++
	}
}

// Hold compares a tally with the file: an error tells each measure of which
// fewer figures were compared than the file says. With update it writes what
// was counted into the file instead.
func (t *Tally) Hold(path string, c Column, update bool) error {
	all, err := Read(path)
	if err != nil {
		return err
	}
	if update {
		return write(path, t.into(all, c))
	}
	var errs []error
	for _, w := range all {
		if n, tried := t.above[w.Key]; tried && n < *w.column(c) {
			errs = append(errs, fmt.Errorf("hold %s %s: %d figures above zero are equal: expected %d or more as %s says", w.View, w.Measure, n, *w.column(c), path))
		}
	}
	return errors.Join(errs...)
}

func (t *Tally) into(all []Way, c Column) []Way {
	of := map[Key]Way{}
	for _, w := range all {
		of[w.Key] = w
	}
	for k, n := range t.above {
		w := of[k]
		w.Key = k
		*w.column(c) = n
		if c == Truth {
			w.Off = below(t.off[k])
		}
		of[k] = w
	}
	return slices.SortedFunc(maps.Values(of), func(a, b Way) int {
		return cmp.Or(cmp.Compare(a.View, b.View), cmp.Compare(a.Measure, b.Measure))
	})
}

// below is the power of ten that a difference stays below.
func below(off float64) string {
	if off == 0 {
		return "0"
	}
	return fmt.Sprintf("<1e%d", int(math.Floor(math.Log10(off)))+1)
}

// Further is the larger of two such differences.
func Further(a, b string) string {
	if power(a) < power(b) {
		return b
	}
	return a
}

// power is that of ten of a difference; below all powers where there is none.
func power(off string) int {
	if off == "" {
		return math.MinInt
	}
	n, err := strconv.Atoi(strings.TrimPrefix(off, "<1e"))
	if off == "0" || err != nil {
		return math.MinInt + 1
	}
	return n
}
