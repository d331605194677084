package privacy

import (
	"bytes"
	"strings"
)

const (
	// phoneShare is the share of a column's cells that must look like phone
	// numbers without a country's prefix: one number of ten digits proves
	// nothing.
	phoneShare = 0.6
	// phoneCells is the least number of cells for such a judgement.
	phoneCells = 3
	// chance is the share of random tokens of the right length that may look
	// like a tax code or an IBAN; it is below 1 in 50,000 for any alphabet.
	chance = 0.001
)

// Guard judges a table by the names of its columns and by a sample of its
// rows; row i of the sample stands on line i+2. It is nil if nothing looks
// like a direct identifier, else a *Refusal. Column names that say a person's
// tax code, name, e-mail, phone, IBAN, birth date or address are refused
// whatever they hold; values are tax codes and IBANs with a right check
// character, e-mail addresses and phone numbers.
func Guard(header []string, sample [][]string) error {
	for i, name := range header {
		if kind := textKind([]byte(name)); kind != "" { // data where a header should be
			return &Refusal{Kind: kind, Position: i + 1, Line: 1}
		}
		if kind := nameKind(name); kind != "" {
			return &Refusal{Kind: kind, Column: name, Position: i + 1, Line: 1}
		}
	}
	width := 0
	for _, row := range sample {
		width = max(width, len(row))
	}
	for i := range width {
		if err := guardColumn(header, sample, i); err != nil {
			return err
		}
	}
	return nil
}

func guardColumn(header []string, sample [][]string, i int) error {
	usual := usualLength(sample, i)
	hits := map[Kind]*Refusal{}
	counts := map[Kind]int{}
	cells, phones := 0, 0
	var phone *Refusal
	refusal := func(kind Kind, row int) *Refusal {
		r := &Refusal{Kind: kind, Position: i + 1, Line: int64(row + 2)}
		if i < len(header) {
			r.Column = header[i]
		}
		return r
	}
	for row := range sample {
		cell := cellOf(sample, row, i)
		if cell == "" {
			continue
		}
		cells++
		if kind := textKind([]byte(cell)); kind != "" {
			if kind == Email || len(cell) != usual {
				return refusal(kind, row)
			}
			counts[kind]++
			if hits[kind] == nil {
				hits[kind] = refusal(kind, row)
			}
		}
		if surePhone.MatchString(cell) {
			return refusal(Phone, row)
		}
		if mobilePhone.MatchString(cell) || landPhone.MatchString(cell) {
			if phones++; phone == nil {
				phone = refusal(Phone, row)
			}
		}
	}
	for kind, n := range counts {
		if float64(n) > chance*float64(cells) && n > 1 {
			return hits[kind]
		}
	}
	if phones >= phoneCells && float64(phones) >= phoneShare*float64(cells) && varied(sample, i) {
		return phone
	}
	return nil
}

func cellOf(sample [][]string, row, i int) string {
	if i >= len(sample[row]) {
		return ""
	}
	return strings.TrimSpace(sample[row][i])
}

// textKind judges a text: the tokens in it, e-mail addresses, and an IBAN
// printed in groups.
func textKind(text []byte) Kind {
	for at := 0; ; at++ {
		next := bytes.IndexByte(text[at:], '@')
		if next < 0 {
			break
		}
		if at += next; emailAt(text, at) {
			return Email
		}
	}
	for start := 0; start < len(text); start++ {
		end := start
		for end < len(text) && class[text[end]] != 0 {
			end++
		}
		if kind := tokenKind(text[start:end]); kind != "" {
			return kind
		}
		start = end
	}
	if joined := bytes.ReplaceAll(text, []byte(" "), nil); len(joined) < len(text) && len(joined) <= ibanLongest && allTokens(joined) {
		return tokenKind(joined)
	}
	return ""
}

func allTokens(text []byte) bool {
	for _, b := range text {
		if class[b] == 0 {
			return false
		}
	}
	return len(text) > 0
}

// usualLength is the length of the tokens of a column of pseudonyms: of one
// token in each cell, nine in ten of one length, and hardly any of them an
// identifier. Among very many random tokens of that length some look like tax
// codes by chance; the caller forgives so few. 0 if the column is no such one.
func usualLength(sample [][]string, i int) int {
	lengths := map[int]int{}
	cells, real := 0, 0
	for row := range sample {
		cell := cellOf(sample, row, i)
		if cell == "" {
			continue
		}
		cells++
		if !allTokens([]byte(cell)) {
			continue
		}
		lengths[len(cell)]++
		if tokenKind([]byte(cell)) != "" {
			real++
		}
	}
	if cells < 20 || real > max(1, cells/100) {
		return 0
	}
	for length, n := range lengths {
		if n*10 >= cells*9 {
			return length
		}
	}
	return 0
}

// varied reports whether a column's cells begin in three ways or more, as
// phone numbers do and numbered rows do not.
func varied(sample [][]string, i int) bool {
	begins := map[string]bool{}
	for row := range sample {
		if cell := cellOf(sample, row, i); len(cell) >= 3 {
			begins[cell[:3]] = true
		}
	}
	return len(begins) >= 3
}
