// Package privacy knows what may never enter: tax codes, names, e-mail
// addresses, phone and account numbers, full birth dates; and how supplied
// pseudonyms become the instance's own. It must not know files, contracts or
// what is done with a delivery.
package privacy

import "fmt"

// Kind says what a column or value looks like.
type Kind string

const (
	TaxCode   Kind = "a tax code"
	Name      Kind = "a person's name"
	Email     Kind = "an e-mail address"
	Phone     Kind = "a phone number"
	IBAN      Kind = "an IBAN"
	BirthDate Kind = "a full birth date"
	Address   Kind = "a person's address"
)

// Refusal is a delivery that may not enter. It names the place and the kind,
// never the value.
type Refusal struct {
	Kind     Kind
	Column   string // its name; "" where it is not known
	Position int    // of the column, from 1; 0 where it is not known
	Line     int64  // of the file, from 1; the header's line if the name tells
}

func (r *Refusal) Error() string {
	where := fmt.Sprintf("guard: line %d", r.Line)
	switch {
	case r.Column != "":
		where += fmt.Sprintf(": column %q", r.Column)
	case r.Position > 0:
		where += fmt.Sprintf(": column %d", r.Position)
	}
	return fmt.Sprintf("%s: looks like %s: expected data without direct identifiers", where, r.Kind)
}

// Hint says what to do.
func (r *Refusal) Hint() string {
	return "nothing was loaded; have it written anew with pseudonyms, and erase this copy"
}
