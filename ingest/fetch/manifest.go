package fetch

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"
)

// ManifestSuffix is what a manifest's name adds to its delivery's.
const ManifestSuffix = ".manifest.json"

// manifestLimit is the greatest size of a manifest in bytes; it is five short
// texts.
const manifestLimit = 64 << 10

// Statement is what is known of a delivery before it is opened.
type Statement struct {
	Source    string
	Period    string
	IssuedAt  time.Time
	Mode      string // full or incremental
	Synthetic bool
}

// ParseManifest reads a manifest strictly. source, period and issued_at are
// required; mode is full if it is not said.
func ParseManifest(r io.Reader) (Statement, error) {
	var m struct {
		Source    string `json:"source"`
		Period    string `json:"period"`
		IssuedAt  string `json:"issued_at"`
		Mode      string `json:"mode"`
		Synthetic bool   `json:"synthetic"`
	}
	d := json.NewDecoder(io.LimitReader(r, manifestLimit))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		return Statement{}, fmt.Errorf("%w: expected one JSON object with source, period, issued_at, mode, synthetic", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Statement{}, errors.New("text after the manifest: expected one JSON object")
	}
	if m.Source == "" {
		return Statement{}, errors.New("source: not said: expected the name of a source")
	}
	return statement(m.Source, m.Period, m.IssuedAt, m.Mode, m.Synthetic)
}

func statement(source, period, issued, mode string, synthetic bool) (Statement, error) {
	_, _, periodErr := ParsePeriod(period)
	at, issuedErr := parseIssued(issued)
	mode, modeErr := parseMode(mode)
	if err := errors.Join(periodErr, issuedErr, modeErr); err != nil {
		return Statement{}, err
	}
	return Statement{Source: source, Period: period, IssuedAt: at, Mode: mode, Synthetic: synthetic}, nil
}

func parseMode(mode string) (string, error) {
	switch mode {
	case "":
		return "full", nil
	case "full", "incremental":
		return mode, nil
	}
	return "", fmt.Errorf("mode %q: expected full or incremental", mode)
}

// Pattern is a file-name pattern such as {source}_{period}_{issued}.csv:
// {source} stands for the source's own name, {period} and {issued} for what
// the name says, * for any text. A container's ending (.gz, .zst) may follow.
type Pattern struct {
	text  string
	match *regexp.Regexp
}

var placeholder = regexp.MustCompile(`\{[^{}]*\}|[*]`)

// CompilePattern reads a pattern for the named source.
func CompilePattern(text, source string) (Pattern, error) {
	if strings.ContainsAny(text, `/\`) {
		return Pattern{}, fmt.Errorf("pattern %q: has a path: expected a file name such as {source}_{period}_{issued}.csv", text)
	}
	var b strings.Builder
	var used []string
	rest := 0
	for _, at := range placeholder.FindAllStringIndex(text, -1) {
		b.WriteString(regexp.QuoteMeta(text[rest:at[0]]))
		rest = at[1]
		mark := text[at[0]:at[1]]
		if mark != "*" && slices.Contains(used, mark) {
			return Pattern{}, fmt.Errorf("pattern %q: %s twice: expected it once", text, mark)
		}
		used = append(used, mark)
		switch mark {
		case "{source}":
			b.WriteString(regexp.QuoteMeta(source))
		case "{period}":
			b.WriteString(`(?P<period>[0-9A-Za-z-]+)`)
		case "{issued}":
			b.WriteString(`(?P<issued>[0-9A-Za-z-]+)`)
		case "*":
			b.WriteString(`.*`)
		default:
			return Pattern{}, fmt.Errorf("pattern %q: %s: expected {source}, {period}, {issued} or *", text, mark)
		}
	}
	b.WriteString(regexp.QuoteMeta(text[rest:]))
	match, err := regexp.Compile(`(?s)^` + b.String() + `(?:\.gz|\.zst)?$`)
	if err != nil {
		return Pattern{}, fmt.Errorf("pattern %q: %w", text, err)
	}
	return Pattern{text: text, match: match}, nil
}

// Match reports whether a file name has the form of the pattern.
func (p Pattern) Match(name string) bool { return p.match.MatchString(name) }

// parts finds what a file name says; ok is false for a name of another form.
func (p Pattern) parts(name string) (period, issued string, ok bool) {
	m := p.match.FindStringSubmatch(name)
	if m == nil {
		return "", "", false
	}
	for i, group := range p.match.SubexpNames() {
		switch group {
		case "period":
			period = m[i]
		case "issued":
			issued = m[i]
		}
	}
	return period, issued, true
}
