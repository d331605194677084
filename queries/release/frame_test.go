package release

import (
	"reflect"
	"slices"
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
			err := NewFrame(Header{Kind: Estimate}, []Row{c.row}).Check()
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	rate := NewFrame(Header{Kind: Rate}, []Row{{Status: Missing, Reason: NotReached, Numerator: &n}})
	if rate.Check() == nil {
		t.Error("a missing rate kept its parts")
	}
}

// inventedRows are rows of two levels, three periods and two breakdowns, some
// without numbers or notes.
func inventedRows() (Header, []Row) {
	h := Header{View: "invented", Kind: Rate, Breakdowns: []string{"sex", "age_band"}}
	var rows []Row
	for _, place := range [][2]string{{"district", "D1"}, {"district", "D2"}, {"region", "R"}} {
		for i, period := range []string{"2025", "2025-Q1", "2025-Q2"} {
			for k, by := range [][]string{{"F", Total}, {"M", Total}, {Total, "15-24"}, {Total, Total}} {
				n := float64(10*i + k)
				r := Row{GeoLevel: place[0], Geo: place[1], PeriodType: "quarter", Period: period, By: by, Measure: "a", Numerator: &n, Value: &n, Unit: "percent", Status: Normal, Conf: Free, Definition: "invented@1"}
				if len(period) == 4 {
					r.PeriodType, r.Notes = "year", []string{"n1", "n2"}
				}
				if period == "2025-Q2" {
					r.Numerator, r.Value, r.Status, r.Conf, r.Reason = nil, nil, Confidential, Hidden, RevisionHeld
				}
				rows = append(rows, r)
			}
		}
	}
	return h, rows
}

func TestAFrameGivesBackTheRowsItWasMadeOf(t *testing.T) {
	h, rows := inventedRows()
	f := NewFrame(h, rows)
	if got := slices.Collect(f.All()); !reflect.DeepEqual(got, rows) {
		t.Errorf("got %+v, want %+v", got, rows)
	}
	for i := range rows {
		if !reflect.DeepEqual(f.Row(i), rows[i]) {
			t.Errorf("row %d: got %+v", i, f.Row(i))
		}
	}
	if got := f.Periods("quarter"); !slices.Equal(got, []string{"2025-Q1", "2025-Q2"}) {
		t.Errorf("periods %v", got)
	}
	if p, ok := f.LatestPeriod(Select{PeriodType: "quarter"}); p != "2025-Q1" || !ok {
		t.Errorf("latest period %q, %v: the last one is hidden", p, ok)
	}
}

// What comes in late makes the newest counts larger: they are no news yet. Official
// values are as good as they get, and those of a year ago are no news any more.
func TestTheLatestPeriodPassesOverWhatIsProvisional(t *testing.T) {
	row := func(geo, period string, status Status) Row {
		one := 1.0
		return Row{GeoLevel: "region", Geo: geo, PeriodType: "quarter", Period: period, Measure: "a", Value: &one, Status: status}
	}
	for _, c := range []struct {
		what string
		kind Kind
		rows []Row
		want string
	}{
		{"one provisional quarter", Count, []Row{row("R", "2025-Q3", Normal), row("R", "2025-Q4", Provisional)}, "2025-Q3"},
		{"two, and a break before them", Count, []Row{row("R", "2025-Q2", SeriesBreak), row("R", "2025-Q3", Provisional), row("R", "2025-Q4", Provisional)}, "2025-Q2"},
		{"all of them", Count, []Row{row("R", "2025-Q3", Provisional), row("R", "2025-Q4", Provisional)}, "2025-Q4"},
		{"more than a year of them", Count, []Row{row("R", "2024-Q3", Normal), row("R", "2025-Q4", Provisional)}, "2025-Q4"},
		{"a year of them", Count, []Row{row("R", "2024-Q4", Normal), row("R", "2025-Q4", Provisional)}, "2024-Q4"},
		{"official ones", Observation, []Row{row("R", "2025-Q3", Normal), row("R", "2025-Q4", Provisional)}, "2025-Q4"},
	} {
		if got, ok := NewFrame(Header{Kind: c.kind}, c.rows).LatestPeriod(Select{}); got != c.want || !ok {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
	}
	both := NewFrame(Header{Kind: Count}, []Row{row("A", "2025-Q2", Normal), row("A", "2025-Q3", Normal), row("A", "2025-Q4", Provisional), row("B", "2025-Q2", Normal), row("B", "2025-Q4", Provisional)})
	if got, ok := both.LatestShared(Select{Geo: "A"}, Select{Geo: "B"}); got != "2025-Q2" || !ok {
		t.Errorf("in common: %q, %v", got, ok)
	}
	if got, ok := both.LatestShared(Select{Geo: "A"}, Select{Geo: "C"}); ok {
		t.Errorf("in common with nobody: %q", got)
	}
}

func TestAFrameFindsWhatLookingAtEveryRowFinds(t *testing.T) {
	h, rows := inventedRows()
	whole := NewFrame(h, rows)
	for _, s := range []Select{
		{}, {AnyBreakdown: true}, {Geo: "D2"}, {Geo: "D2", Period: "2025", AnyBreakdown: true}, {GeoLevel: "district", PeriodType: "quarter"},
		{By: map[string]string{"sex": "F"}}, {By: map[string]string{"age_band": "15-24"}, Geo: "R"}, {By: map[string]string{"sex": "F"}, AnyBreakdown: true},
		{Geo: "nowhere"}, {Measure: "b"}, {Measure: "a", Period: "2025-Q2"}, {By: map[string]string{"sex": "X"}},
	} {
		want := slices.DeleteFunc(slices.Clone(rows), func(r Row) bool { return !looksLike(h, r, s) })
		got := whole.Where(s)
		if len(got) != len(want) || len(want) > 0 && !reflect.DeepEqual(got, want) {
			t.Errorf("%+v: got %d rows, want %d", s, len(got), len(want))
		}
		if whole.Has(s) != (len(want) > 0) {
			t.Errorf("%+v: has %v, want %v", s, whole.Has(s), !whole.Has(s))
		}
		if one, ok := whole.One(s); ok != (len(want) == 1) || ok && !reflect.DeepEqual(one, want[0]) {
			t.Errorf("%+v: one %+v, %v", s, one, ok)
		}
		if len(s.By) == 0 && !s.AnyBreakdown {
			if totals := whole.Totals().Where(s); !reflect.DeepEqual(totals, got) {
				t.Errorf("%+v: totals have %d rows, want %d", s, len(totals), len(got))
			}
		}
	}
	if n := whole.Totals().Len(); n != 9 {
		t.Errorf("%d totals, want 9", n)
	}
}

// looksLike says the same as Select in the plainest way.
func looksLike(h Header, r Row, s Select) bool {
	for _, part := range [][2]string{{s.GeoLevel, r.GeoLevel}, {s.Geo, r.Geo}, {s.PeriodType, r.PeriodType}, {s.Period, r.Period}, {s.Measure, r.Measure}} {
		if part[0] != "" && part[0] != part[1] {
			return false
		}
	}
	for i, name := range h.Breakdowns {
		if want, named := s.By[name]; named && r.By[i] != want || !named && !s.AnyBreakdown && r.By[i] != Total {
			return false
		}
	}
	return true
}

func TestAColumnReadsTheSameHoweverItIsPacked(t *testing.T) {
	for claim, c := range map[string]struct {
		of     []int32
		length int
	}{
		"one word in every row": {[]int32{0, 0, 0}, 1}, "no word at all": {[]int32{-1, -1}, 0}, "some rows without a word": {[]int32{1, -1, 0}, 2},
		"as many words as a byte holds": {[]int32{254, 0, -1}, 255}, "one more": {[]int32{255, 0, -1}, 256}, "no row": {nil, 0},
	} {
		packed := packed(c.of, c.length)
		for row, want := range c.of {
			if got := packed.at(row); got != want {
				t.Errorf("%s: row %d: got %d, want %d", claim, row, got, want)
			}
		}
	}
}

func TestARowThatIsClonedHasNumbersOfItsOwn(t *testing.T) {
	h, rows := inventedRows()
	f := NewFrame(h, rows)
	row := f.Row(0).Clone()
	*row.Value++
	if *f.Row(0).Value != *rows[0].Value || *row.Value != *rows[0].Value+1 || row.Low != nil {
		t.Errorf("frame %v, clone %v", *f.Row(0).Value, *row.Value)
	}
}
