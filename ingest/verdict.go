package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"osservatorio/ingest/contract"
	"osservatorio/ingest/fetch"
	"osservatorio/ingest/privacy"
	"osservatorio/warehouse"
)

// Trial is one file that a supplier wants judged before it is delivered.
type Trial struct {
	DB      *warehouse.DB // in memory, with the reference lists of a territory; it is filled
	Source  Source        // contract, mapping, layout and allowed share
	File    string
	Codes   func(table, column string) ([]string, error) // known codes of a reference list
	Temp    string                                       // folder for work files; "" is the system's
	Memory  string
	Threads int
	Now     func() time.Time

	Progress func(Progress) // nil if nobody looks
}

// Verdict is what a supplier is told of a file: shapes, codes and lines, and
// no value that may identify someone.
type Verdict struct {
	File        string    `json:"file"`
	Contract    string    `json:"contract"`
	Pass        bool      `json:"pass"`
	Refused     string    `json:"refused,omitempty"` // why nothing of it was read; "" if it was
	Hint        string    `json:"hint,omitempty"`
	Missing     []string  `json:"missing_columns,omitempty"`
	Beyond      []string  `json:"columns_left_out,omitempty"` // not of the contract
	Notes       []string  `json:"notes,omitempty"`            // what was found out of the file
	Rows        int64     `json:"rows"`
	Quarantined int64     `json:"quarantined"`
	Superseded  int64     `json:"superseded"`
	Share       float64   `json:"quarantined_share"`  // 0 to 1
	Allowed     float64   `json:"allowed_share"`      // 0 to 1
	Findings    []Finding `json:"findings,omitempty"` // every rule that a row breaks, so that more may be counted than rows
	Err         error     `json:"-"`                  // what Refused and Hint say; nil if it was read
}

// Finding is one rule that rows of a file break.
type Finding struct {
	warehouse.Reason
	Unknown []Unknown `json:"unknown_codes,omitempty"` // of rules about codes, the most frequent first
}

// Unknown is a code that no list has.
type Unknown struct {
	Code    string   `json:"code,omitempty"` // "" if it may be more than a code
	Rows    int64    `json:"rows"`
	Nearest []string `json:"nearest,omitempty"` // known codes that are written alike
}

// unknownTold is how many unknown codes are told of one rule.
const unknownTold = 20

// Try judges a file as a delivery would be, against nothing but the contract
// and the lists. The error is that of the machine; what is wrong with the
// file stands in the verdict.
func Try(ctx context.Context, t Trial) (Verdict, error) {
	v := Verdict{File: filepath.Base(t.File), Contract: t.Source.Contract, Allowed: t.Source.maxBadShare()}
	l, remove, err := t.loader(ctx)
	if err != nil {
		return v, err
	}
	defer remove()
	var done Load
	err = l.try(ctx, &done)
	v.columns(l.contract, l.header)
	if err != nil {
		return v.refused(ctx, err)
	}
	o := done.Outcome
	v.Notes, v.Rows, v.Quarantined, v.Superseded = done.Notes, o.Rows, o.Quarantined, o.Superseded
	v.Share = float64(o.Quarantined) / float64(o.Rows)
	v.Pass = v.Share <= v.Allowed
	if 2*o.Superseded > o.Rows {
		v.Notes = append(v.Notes, fmt.Sprintf("key %s: more than half of the rows have one that stands in another row, and of each key one row is taken", strings.Join(l.contract.PrimaryKey, ", ")))
	}
	for _, r := range o.Reasons {
		f := Finding{Reason: r}
		if r.Rule == "fields" {
			f.Wanted = fmt.Sprintf("%d cells", len(l.header))
		}
		if zerosLost(l.contract, r) {
			f.Wanted += ", zeros in front included"
		}
		if f.Unknown, err = t.told(l.contract, r); err != nil {
			return v, err
		}
		v.Findings = append(v.Findings, f)
	}
	return v, nil
}

// fixedDigits is the form of a code that has so many digits and nothing else.
var fixedDigits = regexp.MustCompile(`^\^\[0-9\]\{([0-9]+)\}\$$`)

// zerosLost tells whether codes of digits alone came shorter than they are: what
// a spreadsheet makes of 037006.
func zerosLost(c contract.Contract, r warehouse.Reason) bool {
	field, ok := c.Field(r.Column)
	if !ok || r.Rule != "pattern" {
		return false
	}
	form := fixedDigits.FindStringSubmatch(field.Pattern)
	var want, have int
	if form == nil {
		return false
	}
	fmt.Sscanf(form[1], "%d", &want)
	n, _ := fmt.Sscanf(r.Shape, "digits(%d)", &have)
	return n == 1 && have < want
}

// loader is one that takes whatever share of bad rows, with a key of the
// moment and nowhere to put the file away.
func (t Trial) loader(ctx context.Context) (*loader, func(), error) {
	c, err := contract.Load(t.Source.Contract)
	if err != nil {
		return nil, nil, err
	}
	if err := Prepare(ctx, t.DB); err != nil {
		return nil, nil, err
	}
	dir, err := os.MkdirTemp(t.Temp, "trial-")
	if err != nil {
		return nil, nil, err
	}
	remove := func() { os.RemoveAll(dir) }
	key, err := privacy.NewKey(filepath.Join(dir, "key"))
	if err != nil {
		remove()
		return nil, nil, err
	}
	s := t.Source
	s.MaxBadShare = 1
	o := Options{DB: t.DB, KeepInbox: true, Key: &key, Temp: dir, Workers: max(1, t.Threads), Memory: t.Memory, Threads: t.Threads, Now: t.Now, Log: slog.New(slog.DiscardHandler), Progress: t.Progress}
	info, err := os.Stat(t.File)
	if err != nil {
		remove()
		return nil, nil, fmt.Errorf("check %s: %w", t.File, err)
	}
	file := fetch.File{Path: t.File, Base: filepath.Base(t.File), Bytes: info.Size(), Period: "all", Mode: "full", IssuedAt: t.Now().UTC()}
	return &loader{Options: o, source: s, contract: c, file: file, thorough: true}, remove, nil
}

func (v Verdict) refused(ctx context.Context, err error) (Verdict, error) {
	if ctx.Err() != nil {
		return v, ctx.Err()
	}
	v.Refused, v.Err = err.Error(), err
	var h interface{ Hint() string }
	if errors.As(err, &h) {
		v.Hint = h.Hint()
	}
	return v, nil
}

// columns compares the header with the contract's.
func (v *Verdict) columns(c contract.Contract, header []string) {
	if len(header) == 0 {
		return
	}
	for _, name := range c.Columns() {
		if !slices.Contains(header, name) {
			v.Missing = append(v.Missing, name)
		}
	}
	if len(v.Missing) == len(c.Columns()) {
		return // what stands in the place of a header may be a row
	}
	for _, name := range header {
		if _, ok := c.Field(name); !ok {
			v.Beyond = append(v.Beyond, name)
		}
	}
}

// mereCode is a text that is a code or a date and cannot be a name: short,
// and with a digit.
var mereCode = regexp.MustCompile(`^([0-9]{4}-[0-9]{2}-[0-9]{2}|[A-Za-z0-9.-]{1,6})$`)

// told makes of counted values what a supplier may read.
func (t Trial) told(c contract.Contract, r warehouse.Reason) ([]Unknown, error) {
	if len(r.Values) == 0 {
		return nil, nil
	}
	known, err := t.known(c, r.Column, r.Rule)
	if err != nil {
		return nil, err
	}
	var all []Unknown
	for _, value := range r.Values {
		u := Unknown{Rows: value.Rows, Nearest: nearest(value.Text, known)}
		if mereCode.MatchString(value.Text) && strings.ContainsAny(value.Text, "0123456789") && !slices.Contains(c.Pseudonyms, r.Column) {
			u.Code = value.Text
		}
		all = addUnknown(all, u)
	}
	slices.SortFunc(all, func(a, b Unknown) int {
		return cmp.Or(cmp.Compare(b.Rows, a.Rows), cmp.Compare(a.Code, b.Code), cmp.Compare(strings.Join(a.Nearest, " "), strings.Join(b.Nearest, " ")))
	})
	return all[:min(len(all), unknownTold)], nil
}

// addUnknown adds a value, to those that are not shown either and have the same
// nearest codes: twenty lines that say nothing of twenty texts help nobody.
func addUnknown(all []Unknown, u Unknown) []Unknown {
	for i := range all {
		if u.Code == "" && all[i].Code == "" && slices.Equal(all[i].Nearest, u.Nearest) {
			all[i].Rows += u.Rows
			return all
		}
	}
	return append(all, u)
}

// known are the codes that a column may have.
func (t Trial) known(c contract.Contract, column, rule string) ([]string, error) {
	field, ok := c.Field(column)
	if ok && rule == "enum" {
		return field.Enum, nil
	}
	for _, k := range c.ForeignKeys {
		if k.Column == column {
			return t.Codes(k.Table, k.Target)
		}
	}
	return nil, nil
}

// nearest lists at most three known codes that differ from value in little:
// case, spaces, or one letter in three.
func nearest(value string, known []string) []string {
	type near struct {
		code string
		far  int
	}
	var found []near
	text := strings.ToLower(strings.TrimSpace(value))
	if len(text) > 64 {
		return nil
	}
	for _, code := range known {
		far := distance(text, strings.ToLower(code))
		if far <= max(1, len(code)/3) && far < len(code) {
			found = append(found, near{code, far})
		}
	}
	slices.SortFunc(found, func(a, b near) int { return cmp.Or(a.far-b.far, cmp.Compare(a.code, b.code)) })
	var codes []string
	for _, n := range found[:min(len(found), 3)] {
		codes = append(codes, n.code)
	}
	return codes
}

// distance counts the letters to add, leave out or change between two texts.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
