package release

// Changes is changes.json: what differs between two releases. It is made of
// the two public folders alone and tells no number that is not in one of them.
type Changes struct {
	Format    int           `json:"format"`
	Release   string        `json:"release"`
	Follows   string        `json:"follows"` // the release compared with, "" for the first
	New       int64         `json:"new"`     // cells that the other does not have
	Revised   int64         `json:"revised"` // cells of both that say something else
	Withdrawn int64         `json:"withdrawn"`
	Unchanged int64         `json:"unchanged"`
	Views     []ViewChanges `json:"views"` // by name, of both releases
}

// ViewChanges is what differs in one view.
type ViewChanges struct {
	View             string     `json:"view"`
	Only             string     `json:"only,omitempty"` // id of the release that alone has the view
	DefinitionBefore string     `json:"definition_before,omitempty"`
	Definition       string     `json:"definition,omitempty"` // id@version
	New              int64      `json:"new"`
	Revised          int64      `json:"revised"`
	Withdrawn        int64      `json:"withdrawn"`
	Unchanged        int64      `json:"unchanged"`
	Reasons          []Change   `json:"reasons"`
	Revisions        []Revision `json:"revisions"` // how large, by measure
}

// The kinds of change.
const (
	NewCell       = "new"
	RevisedCell   = "revised"
	WithdrawnCell = "withdrawn"
)

// Change counts the cells of a view that changed for one reason.
type Change struct {
	Kind   string `json:"kind"`
	Reason string `json:"reason"` // a code of codes/change.csv
	Cells  int64  `json:"cells"`
}

// Revision is how much the values of a measure moved, of the cells that show
// one in both releases; of a cell that was hidden, or now is, nothing is told.
type Revision struct {
	Measure string  `json:"measure"`
	Unit    Unit    `json:"unit"`
	Cells   int64   `json:"cells"`
	Median  float64 `json:"median_absolute"` // in the unit of the measure
	Largest float64 `json:"largest_absolute"`
	Below1  int64   `json:"below_1_percent"` // cells that moved by less than 1 % of what they were
	Below5  int64   `json:"from_1_below_5_percent"`
	Above5  int64   `json:"from_5_percent"` // also those that were 0
}
