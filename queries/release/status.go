package release

// Status is an observation status, a code of SDMX CL_OBS_STATUS.
type Status string

// The statuses that a published row may carry. Value and parts are shown for
// A, P and B; value nil and counts shown for U; everything nil for Q, M and O,
// but for an estimate that is not_reached: there the parts are shown.
const (
	Normal         Status = "A"
	Provisional    Status = "P"
	SeriesBreak    Status = "B"
	DefinitionDiff Status = "D" // official observations only
	Estimated      Status = "E" // official observations only
	Unvalidated    Status = "V" // official observations only
	LowReliability Status = "U"
	Confidential   Status = "Q"
	CannotExist    Status = "M"
	Missing        Status = "O"
)

// ConfStatus is a confidentiality status, a code of SDMX CL_CONF_STATUS: F
// (free) or C (confidential). One public code serves primary and secondary
// suppression alike.
type ConfStatus string

// The two confidentiality statuses of a public file.
const (
	Free   ConfStatus = "F"
	Hidden ConfStatus = "C"
)

// Reasons that go with Missing.
const (
	NotObservable = "not_observable" // the follow-up has not passed yet
	SourceGap     = "source_gap"     // a period of a source never came
	NoRule        = "no_rule"        // no sourced rule says who is entitled
	NotReached    = "not_reached"    // the median lies beyond the follow-up
	NotPublished  = "not_published"  // the source itself gives no value ("n.d.")
)

// RevisionHeld is the reason of a row whose numbers are those of an earlier
// release: with the new ones, their difference would point to few. They follow
// with the scheduled annual revision. It goes with any status; with Missing it
// says that a number is there and waits.
const RevisionHeld = "revision_held"

// Total is the code of "all categories" in every breakdown column (SDMX _T).
const Total = "_T"

// Shown tells whether a row of this status carries its value.
func (s Status) Shown() bool {
	switch s {
	case Normal, Provisional, SeriesBreak, DefinitionDiff, Estimated, Unvalidated:
		return true
	}
	return false
}
