// Package words knows how to tell a supplier in Italian what the door says in
// English. English is what errors are written in, and the key under which
// it.toml has the Italian text. It must not know contracts nor what a delivery
// holds.
package words

import (
	"cmp"
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"osservatorio/ingest/fetch"
)

//go:embed it.toml
var italian []byte

// hole is where a value stands in a text.
var hole = regexp.MustCompile(`\{([0-9]*)\}`)

// Catalogue tells English texts in Italian.
type Catalogue struct {
	exact map[string]string
	forms []form // the more letters of its own, the earlier
}

// form is a text with values in it.
type form struct {
	key     string
	match   *regexp.Regexp
	text    string
	letters int
}

// Italian reads the catalogue.
func Italian() (*Catalogue, error) {
	var all map[string]string
	if err := toml.Unmarshal(italian, &all); err != nil {
		return nil, fmt.Errorf("read words: %w", err)
	}
	c := &Catalogue{exact: map[string]string{}}
	for _, key := range slices.Sorted(maps.Keys(all)) {
		if !strings.Contains(key, "{}") {
			c.exact[key] = all[key]
			continue
		}
		match, err := regexp.Compile(`(?s)^` + strings.ReplaceAll(regexp.QuoteMeta(key), regexp.QuoteMeta("{}"), "(.*?)") + `$`)
		if err != nil {
			return nil, fmt.Errorf("read words: %q: %w", key, err)
		}
		c.forms = append(c.forms, form{key, match, all[key], len(strings.ReplaceAll(key, "{}", ""))})
	}
	slices.SortStableFunc(c.forms, func(a, b form) int { return cmp.Compare(b.letters, a.letters) })
	return c, nil
}

// Text tells a text in Italian, values in it as well; what it does not know
// stays as it is.
func (c *Catalogue) Text(text string) string {
	told, _ := c.look(text)
	return told
}

func (c *Catalogue) look(text string) (string, bool) {
	if told, ok := c.exact[text]; ok {
		return told, true
	}
	for _, f := range c.forms {
		if values := f.match.FindStringSubmatch(text); values != nil {
			return c.fill(f.text, values[1:]), true
		}
	}
	return text, false
}

// fill puts values in the place of {} in order, and of {1}, {2} by number.
func (c *Catalogue) fill(text string, values []string) string {
	next := 0
	return hole.ReplaceAllStringFunc(text, func(mark string) string {
		at := next
		if n, err := strconv.Atoi(mark[1 : len(mark)-1]); err == nil {
			at = n - 1
		} else {
			next++
		}
		if at < 0 || at >= len(values) {
			return mark
		}
		return c.Text(values[at])
	})
}

// ops are what was being done when a delivery was refused.
var ops = map[string]string{"read": "lettura di", "find": "ricerca di", "map": "mappatura di", "fetch": "scaricamento di"}

// Tell tells an error in Italian, in one line.
func (c *Catalogue) Tell(err error) string {
	if r, ok := err.(*fetch.Refusal); ok {
		return c.refusal(r)
	}
	switch e := err.(type) {
	case interface{ Unwrap() []error }:
		var parts []string
		for _, inner := range e.Unwrap() {
			parts = append(parts, c.Tell(inner))
		}
		return strings.Join(parts, "; ")
	case interface{ Unwrap() error }:
		inner := e.Unwrap()
		if inner == nil || inner.Error() == "" {
			break
		}
		if before, ok := strings.CutSuffix(err.Error(), inner.Error()); ok {
			return c.before(before) + c.Tell(inner)
		}
	}
	return c.Text(err.Error())
}

// before tells what stands before an error that another one wraps, such as
// "load services 2026-Q3: ".
func (c *Catalogue) before(text string) string {
	const mark = "\x00"
	told, ok := c.look(text + mark)
	if !ok {
		return text
	}
	return strings.TrimSuffix(told, mark)
}

func (c *Catalogue) refusal(r *fetch.Refusal) string {
	op := r.Op + " "
	if it, ok := ops[r.Op]; ok {
		op = it + " "
	}
	parts := []string{op + r.Path}
	if r.Where != "" {
		parts = append(parts, c.Text(r.Where))
	}
	parts = append(parts, c.Text(r.Found))
	if r.Wanted != "" {
		parts = append(parts, "atteso: "+c.Text(r.Wanted))
	}
	return strings.Join(parts, ": ")
}

// Hint tells what to do about an error in Italian; "" if it says it all.
func (c *Catalogue) Hint(err error) string {
	var h interface{ Hint() string }
	if !errors.As(err, &h) {
		return ""
	}
	return c.Text(h.Hint())
}
