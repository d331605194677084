// Package fetch knows how a delivery comes to hand: which files of a folder
// belong to a source, their checksum, and what kind of table they hold. It
// must not know contracts, views or what a column means.
package fetch

import (
	"fmt"
	"strings"
)

// Refusal is a delivery that cannot be taken in: where, what was found and
// what was expected, and apart from it what to do.
type Refusal struct {
	Op     string // "read", "find", "map"
	Path   string
	Where  string // "line 3, column 4"; "" for the file as a whole
	Found  string
	Wanted string
	Advice string
}

func (r *Refusal) Error() string {
	parts := []string{r.Op + " " + r.Path}
	if r.Where != "" {
		parts = append(parts, r.Where)
	}
	parts = append(parts, r.Found)
	if r.Wanted != "" {
		parts = append(parts, "expected "+r.Wanted)
	}
	return strings.Join(parts, ": ")
}

// Hint says what to do about it; "" if the error says it all.
func (r *Refusal) Hint() string { return r.Advice }

// line names a place in a file; lines and columns count from 1.
func line(n int64) string { return fmt.Sprintf("line %d", n) }

func lineColumn(n int64, column int) string { return fmt.Sprintf("line %d, column %d", n, column) }

// lineByte says where in a text that has no columns.
func lineByte(n, at int64) string { return fmt.Sprintf("line %d, byte %d", n, at) }

// rowColumn says where in a sheet.
func rowColumn(n int64, column int) string { return fmt.Sprintf("row %d, column %d", n, column) }
