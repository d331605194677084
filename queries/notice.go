package queries

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Severity says what a check that found something does to a release.
type Severity string

// A check that stops keeps a release from being made; one that warns is told
// and published with the release.
const (
	Stop Severity = "stop"
	Warn Severity = "warn"
)

// Notice is the head of a check.
type Notice struct {
	Message  string   // what is wrong and what to do, to the operator
	Severity Severity // Stop where nothing is said
	Signed   bool     // an operator may sign that the release is made all the same
}

// parseNotice reads the leading comment of a check: the message on the first
// line, then "-- severity: stop|warn" and "-- override: signed|never". Any
// other line is a fault: a comment on the SQL goes below an empty line.
func parseNotice(path string, head []string) (Notice, error) {
	n := Notice{Severity: Stop, Signed: true}
	if len(head) > 0 {
		n.Message = strings.TrimSpace(strings.TrimPrefix(head[0], "--"))
	}
	var faults []error
	fault := func(line int, format string, args ...any) {
		faults = append(faults, fmt.Errorf("%s:%d: %s", path, line, fmt.Sprintf(format, args...)))
	}
	if key, _, _ := strings.Cut(n.Message, ":"); n.Message == "" || slices.Contains(noticeKeys, key) {
		fault(1, "no message: the first line of a check must be a comment that tells the operator what is wrong")
	}
	seen := map[string]bool{}
	for i, line := range head[min(1, len(head)):] {
		parts := headerLine.FindStringSubmatch(line)
		switch {
		case parts == nil || !slices.Contains(noticeKeys, parts[1]):
			fault(i+2, "%q: expected \"-- severity: stop|warn\" or \"-- override: signed|never\" (a comment on the SQL goes below an empty line)", line)
		case seen[parts[1]]:
			fault(i+2, "key %s: said already", parts[1])
		case parts[1] == "severity" && !slices.Contains([]Severity{Stop, Warn}, Severity(parts[2])):
			fault(i+2, "severity %q: expected stop or warn", parts[2])
		case parts[1] == "override" && parts[2] != "signed" && parts[2] != "never":
			fault(i+2, "override %q: expected signed or never", parts[2])
		case parts[1] == "severity":
			n.Severity = Severity(parts[2])
		default:
			n.Signed = parts[2] == "signed"
		}
		if parts != nil {
			seen[parts[1]] = true
		}
	}
	return n, errors.Join(faults...)
}

var noticeKeys = []string{"severity", "override"}

// SignedChecks are the names of the checks that stop a release and that an
// operator may sign.
func SignedChecks(views []View) map[string]bool {
	out := map[string]bool{TotalsMoved: true}
	for _, v := range views {
		if v.Layer == Checks && v.Notice.Signed && v.Notice.Severity == Stop {
			out[v.Name] = true
		}
	}
	return out
}
