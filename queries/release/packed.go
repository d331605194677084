package release

// codes is a column of places in a list, −1 for none, in as few bytes as they
// need: none where all rows say the same, one where the list is short.
type codes struct {
	same  int32
	small []uint8 // one more than the place
	wide  []int32
}

// packed packs places in a list of that length.
func packed(of []int32, length int) codes {
	switch {
	case allSame(of):
		if len(of) == 0 {
			return codes{}
		}
		return codes{same: of[0]}
	case length > 255:
		return codes{wide: of}
	}
	small := make([]uint8, len(of))
	for i, code := range of {
		small[i] = uint8(code + 1)
	}
	return codes{small: small}
}

func allSame(of []int32) bool {
	for _, code := range of {
		if code != of[0] {
			return false
		}
	}
	return true
}

func (c *codes) at(row int) int32 {
	switch {
	case c.small != nil:
		return int32(c.small[row]) - 1
	case c.wide != nil:
		return c.wide[row]
	}
	return c.same
}

// texts is a column of texts, each word kept once.
type texts struct {
	words []string
	codes codes
}

// at is the text of a row, "" where there is none.
func (t *texts) at(row int) string {
	if code := t.codes.at(row); code >= 0 {
		return t.words[code]
	}
	return ""
}

// numbers is a column of numbers, empty where no row has one.
type numbers struct {
	values []float64
	null   []bool // nil where every row has one
}

func numbersOf(c *Column) numbers {
	nulls := 0
	for _, null := range c.Null {
		if null {
			nulls++
		}
	}
	switch nulls {
	case len(c.Null):
		return numbers{}
	case 0:
		return numbers{values: c.Values}
	}
	return numbers{c.Values, c.Null}
}

// at points to the number of a row, nil where there is none.
func (n *numbers) at(row int) *float64 {
	if n.values == nil || n.null != nil && n.null[row] {
		return nil
	}
	return &n.values[row]
}
