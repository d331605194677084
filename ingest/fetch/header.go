package fetch

import (
	"slices"
	"strings"
	"unicode"
)

// lookRows is how many rows of a beginning are searched for the header.
const lookRows = 60

// headerRow finds the row of the header among the first rows of a table,
// blank ones included: the one that has most of the wanted names; without
// these, the first that is as wide as most rows are and has no empty cell,
// if what stands above it are lines of one cell (a title, a note). It is 0
// where the first row may be the header itself.
func headerRow(rows [][]string, wanted []string) int {
	if len(rows) == 0 {
		return 0
	}
	if len(wanted) > 0 {
		return wantedRow(rows, wanted)
	}
	width := usualWidth(rows)
	if width < 2 {
		return firstFilled(rows)
	}
	for i, row := range rows[:min(len(rows), lookRows)] {
		n := filled(row)
		if n > 1 && i > 0 && n == width && n == extent(row) && named(row) {
			return i
		}
		if n > 1 {
			return firstFilled(rows) // no title: the table begins here, whatever it is
		}
	}
	return firstFilled(rows)
}

// named tells whether each cell has a letter, as names have and numbers have not.
func named(row []string) bool {
	return !slices.ContainsFunc(row, func(c string) bool { return !strings.ContainsFunc(c, unicode.IsLetter) })
}

func wantedRow(rows [][]string, wanted []string) int {
	best, most := firstFilled(rows), 0
	for i, row := range rows[:min(len(rows), lookRows)] {
		n := 0
		for _, cell := range row {
			if slices.Contains(wanted, strings.TrimSpace(cell)) {
				n++
			}
		}
		if n > most {
			best, most = i, n
		}
	}
	if 2*most < len(wanted) {
		return firstFilled(rows)
	}
	return best
}

func firstFilled(rows [][]string) int {
	return max(0, slices.IndexFunc(rows, func(row []string) bool { return filled(row) > 0 }))
}

// usualWidth is the extent that most rows have.
func usualWidth(rows [][]string) int {
	count := map[int]int{}
	best := 0
	for _, row := range rows {
		w := extent(row)
		if w == 0 {
			continue
		}
		if count[w]++; count[w] > count[best] || count[w] == count[best] && w > best {
			best = w
		}
	}
	return best
}

// filled counts the cells that hold something.
func filled(row []string) int {
	n := 0
	for _, cell := range row {
		if strings.TrimSpace(cell) != "" {
			n++
		}
	}
	return n
}

// extent is the number of cells up to the last that holds something.
func extent(row []string) int {
	for i := len(row); i > 0; i-- {
		if strings.TrimSpace(row[i-1]) != "" {
			return i
		}
	}
	return 0
}

// joined makes one header of several rows, each name the parts of its column
// from above, parted by a space. span says how far to the right a part holds
// beyond its own cell; nil lets it hold up to the next part of its row.
func joined(rows [][]string, span func(row, column int) int) []string {
	width := 0
	for _, row := range rows {
		width = max(width, extent(row))
	}
	parts := make([][]string, width)
	for r, row := range rows {
		last := r == len(rows)-1
		for c := 0; c < width; c++ {
			text := cell(row, c)
			if text == "" {
				continue
			}
			to := c
			switch {
			case span != nil:
				to = min(c+span(r, c), width-1)
			case !last:
				for to+1 < width && cell(row, to+1) == "" && cell(rows[len(rows)-1], to+1) != "" {
					to++
				}
			}
			for k := c; k <= to; k++ {
				parts[k] = append(parts[k], text)
			}
		}
	}
	header := make([]string, width)
	for i, p := range parts {
		header[i] = strings.Join(p, " ")
	}
	return header
}

// cell is the text of a cell on one line; "" beyond the row.
func cell(row []string, at int) string {
	if at >= len(row) {
		return ""
	}
	return strings.Join(strings.Fields(row[at]), " ")
}
