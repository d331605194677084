package release

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// idForm is the month of publication, and the number of a revision of it.
var idForm = regexp.MustCompile(`^[0-9]{4}-(0[1-9]|1[0-2])(\.[1-9][0-9]{0,5})?$`)

// CheckID tells whether id may be that of a release: a month of publication
// such as "2026-10", a revision of it such as "2026-10.1". An id becomes a
// folder and an address.
func CheckID(id string) error {
	if !idForm.MatchString(id) {
		return fmt.Errorf("release %q: expected the month of publication, such as 2026-10, or a revision of it, such as 2026-10.1", id)
	}
	return nil
}

// SplitID parts an id into its month and the number of its revision, 0 for none.
func SplitID(id string) (month string, revision int) {
	month, rest, _ := strings.Cut(id, ".")
	revision, _ = strconv.Atoi(rest) // 0 where there is none
	return month, revision
}

// CompareID orders ids: 2026-10 < 2026-10.2 < 2026-10.10 < 2026-11.
func CompareID(a, b string) int {
	aMonth, aRevision := SplitID(a)
	bMonth, bRevision := SplitID(b)
	if aMonth != bMonth {
		return strings.Compare(aMonth, bMonth)
	}
	return aRevision - bRevision
}
