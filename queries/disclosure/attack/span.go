package attack

// span holds independent sets in echelon form, each with the sets it was made
// from, so that a set that depends on them is told by how.
type span struct {
	rows []spanRow // in order of arrival
}

type spanRow struct {
	lead   int
	values map[int]element
	from   map[int32]element
}

func newSpan() *span { return &span{} }

// insert adds a set; for one that depends on those before, it returns the
// weights with which all of them sum to nothing.
func (s *span) insert(set int32, codes []uint64) map[int32]element {
	row := spanRow{values: map[int]element{}, from: map[int32]element{set: 1}}
	for left := codes; ; {
		leaf := lowest(left)
		if leaf < 0 {
			break
		}
		row.values[leaf] = 1
		left = without(left, leaf)
	}
	for _, r := range s.rows {
		if f := row.values[r.lead]; f != 0 {
			take(row.values, r.values, f)
			take(row.from, r.from, f)
		}
	}
	if len(row.values) == 0 {
		return row.from
	}
	row.lead = -1
	for leaf := range row.values {
		if row.lead < 0 || leaf < row.lead {
			row.lead = leaf
		}
	}
	scale := invert(row.values[row.lead])
	times(row.values, scale)
	times(row.from, scale)
	s.rows = append(s.rows, row)
	return nil
}

// take subtracts factor times other from row; what becomes zero is dropped.
func take[K comparable](row, other map[K]element, factor element) {
	for k, value := range other {
		if rest := sub(row[k], mul(factor, value)); rest == 0 {
			delete(row, k)
		} else {
			row[k] = rest
		}
	}
}

func times[K comparable](row map[K]element, factor element) {
	for k, value := range row {
		row[k] = mul(value, factor)
	}
}
