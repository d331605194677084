package release

// Text is one text in both languages of the site.
type Text struct {
	IT string `json:"it"`
	EN string `json:"en"`
}

// In returns the text in lang ("it" or "en"); any other language is Italian.
func (t Text) In(lang string) string {
	if lang == "en" {
		return t.EN
	}
	return t.IT
}

// Kind says what the numbers of a view are.
type Kind string

// The kinds of view. A rate has numerator, denominator and value = 100·n/d; a
// count has value only; an observation is an official figure copied unchanged;
// an estimate (a median, a mean, a point of a curve, a sum of money) has a value
// of its own, perhaps with an interval, and in numerator and denominator the
// persons or events that it rests on.
const (
	Rate        Kind = "rate"
	Count       Kind = "count"
	Observation Kind = "observation"
	Estimate    Kind = "estimate"
)

// HasParts tells whether numerator and denominator of the kind are counts of
// persons or events by which a cell is judged.
func (k Kind) HasParts() bool { return k == Rate || k == Estimate }

// Unit is what a value counts in: percent (0–100), points, persons, events,
// employers, relationships, days, number, eur, per_1000, per_10000.
type Unit string

// Header describes one published view. It is written once, in the head of the
// view's SQL file, and travels to Parquet metadata, schemas, captions, axis
// titles and the data dictionary.
type Header struct {
	View        string    `json:"view"`
	Title       Text      `json:"title"`
	Description Text      `json:"description"`
	Universe    Text      `json:"universe"`
	Kind        Kind      `json:"kind"`
	Unit        Unit      `json:"unit"`       // default unit; a measure may differ
	Definition  string    `json:"definition"` // id@version
	Method      string    `json:"method"`     // slug of the method page
	Numerator   Text      `json:"numerator"`
	Denominator Text      `json:"denominator"`
	Source      Text      `json:"source"` // source line of captions
	Caveats     []Text    `json:"caveats"`
	Protection  string    `json:"protection"` // personal, establishment or open
	Breakdowns  []string  `json:"breakdowns"` // breakdown columns, in file order; code list of the same name
	Measures    []Measure `json:"measures"`   // in the order of display
	Grain       []string  `json:"grain"`
	SQLHash     string    `json:"sql_sha256"` // of the SELECT the definition stands for
	// Columns holds words for columns, such as the title of a breakdown.
	Columns map[string]Text `json:"columns,omitempty"`
}

// Measure is one quantity of a view, a code of its measure column.
type Measure struct {
	Code  string `json:"code"`
	Label Text   `json:"label"`
	Unit  Unit   `json:"unit"`
}

// Measure returns the measure of that code and whether the view has it.
func (h Header) Measure(code string) (Measure, bool) {
	for _, m := range h.Measures {
		if m.Code == code {
			return m, true
		}
	}
	return Measure{}, false
}
