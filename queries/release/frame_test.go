package release

import (
	"strings"
	"testing"
)

func TestAnEstimateKeepsThePromiseOfItsStatus(t *testing.T) {
	n := 40.0
	cases := []struct {
		claim, want string
		row         Row
	}{
		{"a value with its parts", "", Row{Status: Normal, Numerator: &n, Denominator: &n, Value: &n}},
		{"parts of a median that is not reached", "", Row{Status: Missing, Reason: NotReached, Numerator: &n, Denominator: &n}},
		{"parts under another reason", "row 1: a number under status O", Row{Status: Missing, Reason: SourceGap, Numerator: &n}},
		{"a median that is not reached", "row 1: a value under reason not_reached", Row{Status: Missing, Reason: NotReached, Low: &n}},
		{"a value under low reliability", "row 1: a value under status U", Row{Status: LowReliability, Numerator: &n, Value: &n}},
		{"an interval under low reliability", "row 1: a value under status U", Row{Status: LowReliability, Numerator: &n, High: &n}},
		{"parts of a hidden cell", "row 1: a number under status Q", Row{Status: Confidential, Conf: Hidden, Denominator: &n}},
	}
	for _, c := range cases {
		t.Run(c.claim, func(t *testing.T) {
			err := (&Frame{Header: Header{Kind: Estimate}, Rows: []Row{c.row}}).Check()
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	rate := &Frame{Header: Header{Kind: Rate}, Rows: []Row{{Status: Missing, Reason: NotReached, Numerator: &n}}}
	if rate.Check() == nil {
		t.Error("a missing rate kept its parts")
	}
}
