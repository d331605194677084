package synthetic

// The days on which classifications changed are facts of the field, kept
// where the rows that carry them are written.
var (
	atecoChanged     = newDay(2025, 4, 1)
	cpChanged        = newDay(2025, 4, 2)
	profilingChanged = newDay(2022, 5, 9)
)

// Versions of a code are told by the day on which the row was first sent: the
// supplier classifies what is new by the new lists and leaves the old as it is.

func (w *world) sectorVersion(sent day) string {
	if sent < atecoChanged {
		return "2007"
	}
	return "2025"
}

func (w *world) occupationVersion(sent day) string {
	if sent < cpChanged {
		return "2011"
	}
	return "2021"
}

func (w *world) profiling(d day) string {
	if d < profilingChanged {
		return "2016_4cl"
	}
	return "2022_3cl"
}

// appendSector writes an ATECO 2007 code as the list of that day has it. In
// ATECO 2025 information and communication (J) became two sections, J and K, and
// all letters after it moved on by one.
func (w *world) appendSector(b []byte, code string, sent day) []byte {
	letter := code[0]
	if sent >= atecoChanged && code >= "J61" {
		letter++
	}
	return append(append(b, letter), code[1:]...)
}
