package disclosure

import (
	"testing"

	"osservatorio/queries"
	"osservatorio/queries/release"
)

// quarterly is a stock and what moved it in a quarter: how many were there, came
// and left. The measure that is secret is hidden for its own size.
type quarterly struct {
	stock, came, left int64
	secret            string
}

// stocksOf are the views of both, with a line for each quarter.
func stocksOf(all *crossing, quarters ...quarterly) []*masked {
	stock := &masked{job: job{header: release.Header{View: "positions"}, cube: queries.View{Header: queries.Header{
		Sums: queries.Sums{Moved: &queries.Moved{View: "flows", Came: "starts", Left: "ends", By: "contract_group", Went: "transformations"}}}}}}
	flows := &masked{job: job{header: release.Header{View: "flows"}}, mask: Mask{Rules: Rules{Threshold: 3}}}
	for i, q := range quarters {
		period := []string{"2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4"}[i]
		stock.lines = append(stock.lines, line{view: stock, kind: "quarter", period: period, crossing: all, measure: "positions", n: q.stock})
		for _, of := range []struct {
			measure string
			n       int64
		}{{"starts", q.came}, {"ends", q.left}, {"transformations", 0}} {
			hidden := of.measure == q.secret
			flows.lines = append(flows.lines, line{view: flows, kind: "quarter", period: period, crossing: all, measure: of.measure, n: of.n, hidden: hidden, before: hidden})
		}
	}
	return []*masked{stock, flows}
}

func TestAStockIsHiddenWhereItTellsAFewWhoCameOrLeft(t *testing.T) {
	sector := &crossing{text: "sector=L", lists: []string{"sector"}, codes: []string{"L"}}
	for _, c := range []struct {
		claim    string
		quarters []quarterly
		from     int // the first quarter that is hidden; 4: none
	}{
		{"nobody left: one who came is the difference", []quarterly{{6, 3, 0, ""}, {6, 0, 0, ""}, {7, 1, 0, "starts"}, {8, 1, 1, ""}}, 2},
		{"many left, perhaps on the last day: the difference tells nothing", []quarterly{{60, 9, 9, ""}, {60, 9, 9, ""}, {52, 1, 9, "starts"}, {52, 9, 9, ""}}, 4},
		{"one left before, perhaps on the last day: one or two came, and both are few", []quarterly{{6, 3, 1, ""}, {6, 1, 1, ""}, {7, 1, 0, "starts"}, {7, 0, 0, ""}}, 2},
		{"last days that are known from the quarter before", []quarterly{{9, 3, 0, ""}, {18, 9, 0, ""}, {19, 5, 4, ""}, {20, 1, 0, "starts"}}, 3},
		{"nobody came: one who left is the difference, as long as nobody leaves after", []quarterly{{9, 3, 0, ""}, {9, 0, 0, ""}, {8, 0, 1, "ends"}, {8, 0, 0, ""}}, 2},
		{"nothing is secret", []quarterly{{6, 3, 0, ""}, {6, 0, 0, ""}, {7, 1, 0, ""}, {7, 0, 0, ""}}, 4},
	} {
		t.Run(c.claim, func(t *testing.T) {
			views := stocksOf(sector, c.quarters...)
			hideStocks(views)
			for i := range views[0].lines {
				l := &views[0].lines[i]
				if want := i >= c.from; l.hidden != want {
					t.Errorf("%s: hidden %t, want %t", l.period, l.hidden, want)
				}
				if l.hidden && l.need[0] != l.n+3 {
					t.Errorf("%s: %d must be able to hold %d, want %d", l.period, l.n, l.need[0], l.n+3)
				}
			}
		})
	}
}

func TestAStockByACodeThatChangesTellsAFewWhoChangedIt(t *testing.T) {
	group := &crossing{text: "contract_group=x", lists: []string{"contract_group"}, codes: []string{"x"}}
	for left, hidden := range map[int64]bool{0: true, 9: false} {
		views := stocksOf(group, quarterly{9, 9, left, ""}, quarterly{13 - left, 5, left, "transformations"})
		views[1].lines[5].n = 1
		hideStocks(views)
		if got := views[0].lines[1].hidden; got != hidden {
			t.Errorf("%d left, one changed: the stock is hidden %t, want %t", left, got, hidden)
		}
	}
}

func TestAStockThatAnEarlierReleaseShowedStands(t *testing.T) {
	sector := &crossing{text: "sector=L", lists: []string{"sector"}, codes: []string{"L"}}
	views := stocksOf(sector, quarterly{6, 3, 0, ""}, quarterly{7, 1, 0, "starts"}, quarterly{7, 0, 0, ""})
	views[0].lines[1].known = true
	hideStocks(views)
	if views[0].lines[1].hidden || !views[0].lines[2].hidden {
		t.Errorf("hidden: what is out %t, what comes after %t: want false, true", views[0].lines[1].hidden, views[0].lines[2].hidden)
	}
}

func TestAFewWhoChangeACodeHideNobodyWhoCameInWhatIsNotPartedByIt(t *testing.T) {
	sector := &crossing{text: "sector=M", lists: []string{"sector"}, codes: []string{"M"}}
	views := stocksOf(sector, quarterly{13, 7, 3, ""}, quarterly{17, 4, 0, ""}, quarterly{17, 2, 4, "starts"}, quarterly{14, 4, 5, ""})
	changed := &views[1].lines[8]
	changed.n, changed.hidden, changed.before = 1, true, true
	hideStocks(views)
	for i, l := range views[0].lines {
		if want := i >= 2; l.hidden != want {
			t.Errorf("%s: hidden %t, want %t", l.period, l.hidden, want)
		}
	}
}
