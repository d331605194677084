package verify

import (
	"errors"
	"strings"
	"testing"

	"osservatorio/queries/disclosure/linked"
)

// Two tables of one population: place by sex, place by age. One woman in A.
//
//	A: F 1 M 5, young 2 old 4    B: F 4 M 6, young 5 old 5
func small() (*linked.Family, linked.Pattern) {
	dim := func(name string, codes ...string) linked.Dim {
		d := linked.Dim{Name: name, Nodes: []linked.Node{{Code: "T", Leaves: []int32{0, 1}}}}
		for i, c := range codes {
			d.Nodes = append(d.Nodes, linked.Node{Code: c, Leaves: []int32{int32(i)}})
		}
		return d
	}
	f := &linked.Family{Name: "small", Dims: []linked.Dim{dim("place", "A", "B"), dim("sex", "F", "M"), dim("age", "young", "old")}}
	table := func(second int32, n [4]int64) linked.Table {
		fine := []int32{1, 2}
		t := linked.Table{Axes: []linked.Axis{{Dim: 0, Nodes: fine}, {Dim: second, Nodes: fine}}}
		for i, v := range n {
			t.Counts = append(t.Counts, linked.Count{At: []int32{int32(i / 2), int32(i % 2)}, N: v})
		}
		return t
	}
	f.Tables = []linked.Table{table(1, [4]int64{1, 5, 4, 6}), table(2, [4]int64{2, 4, 5, 5})}
	show := func(n int64, at ...int32) {
		f.Cells = append(f.Cells, linked.Cell{At: at, N: n, Least: 1})
		f.Rows = append(f.Rows, linked.Row{Cells: []int32{int32(len(f.Cells) - 1)}})
	}
	show(16, 0, 0, 0)
	show(6, 1, 0, 0)
	show(10, 2, 0, 0)
	show(1, 1, 1, 0) // 3: the woman in A
	show(5, 1, 2, 0)
	show(4, 2, 1, 0)
	show(6, 2, 2, 0)
	show(5, 0, 1, 0)
	show(11, 0, 2, 0)
	show(2, 1, 0, 1)
	f.Cells[3].Need = 3
	hidden := make([]bool, len(f.Rows))
	for r := 3; r <= 6; r++ {
		hidden[r] = true
	}
	return f, linked.Pattern{Hidden: hidden, Witnesses: []linked.Witness{{Cell: 3, Changes: []linked.Change{
		{Table: 0, At: []int32{0, 0}, Add: 2}, {Table: 0, At: []int32{0, 1}, Add: -2},
		{Table: 0, At: []int32{1, 0}, Add: -2}, {Table: 0, At: []int32{1, 1}, Add: 2},
	}}}}
}

func TestSoundPatternPasses(t *testing.T) {
	f, p := small()
	if err := Pattern(f, p); err != nil {
		t.Error(err)
	}
}

func TestWhatIsWrongIsNamed(t *testing.T) {
	for name, one := range map[string]struct {
		wrong func(f *linked.Family, p *linked.Pattern)
		say   string
	}{
		"a hidden row is shown":              {func(f *linked.Family, p *linked.Pattern) { p.Hidden[6] = false }, "changes what is published"},
		"the sensitive cell is shown":        {func(f *linked.Family, p *linked.Pattern) { p.Hidden[3] = false }, "changes what is published"},
		"nothing guards it":                  {func(f *linked.Family, p *linked.Pattern) { p.Witnesses = nil }, "expected a witness"},
		"naming it as exposed is not enough": {func(f *linked.Family, p *linked.Pattern) { p.Witnesses, p.Exposed = nil, []int32{3} }, "expected a witness"},
		"exposed and shown by a row that could go": {func(f *linked.Family, p *linked.Pattern) {
			p.Witnesses, p.Exposed = nil, []int32{3}
			p.Hidden[3] = false
		}, "rows that could be hidden"},
		"the witness is lower than needed":          {func(f *linked.Family, p *linked.Pattern) { f.Cells[3].Need = 4 }, "less than is needed"},
		"a hidden cell is lower than all know":      {func(f *linked.Family, p *linked.Pattern) { f.Cells[5].Least = 3 }, "less than everybody knows"},
		"a table falls below zero":                  {func(f *linked.Family, p *linked.Pattern) { p.Witnesses[0].Changes[1].Add = -6 }, "below zero"},
		"one number of the witness is another":      {func(f *linked.Family, p *linked.Pattern) { p.Witnesses[0].Changes[0].Add = 3 }, "disagree"},
		"the tables move apart":                     {func(f *linked.Family, p *linked.Pattern) { p.Witnesses[0].Changes = p.Witnesses[0].Changes[:1] }, "disagree"},
		"a change of a place that is not there":     {func(f *linked.Family, p *linked.Pattern) { p.Witnesses[0].Changes[0].At = []int32{0, 2} }, "not there"},
		"a forced row is hidden":                    {func(f *linked.Family, p *linked.Pattern) { f.Rows[5].Forced = true }, "published before"},
		"a cell is not the sum of its places":       {func(f *linked.Family, p *linked.Pattern) { f.Cells[9].N = 3 }, "do not add up"},
		"the tables themselves disagree":            {func(f *linked.Family, p *linked.Pattern) { f.Tables[1].Counts[0].N = 3 }, "do not add up"},
		"no table holds a cell":                     {func(f *linked.Family, p *linked.Pattern) { f.Cells[9].At = []int32{1, 1, 1} }, "expected a table"},
		"a pattern of other rows":                   {func(f *linked.Family, p *linked.Pattern) { p.Hidden = p.Hidden[1:] }, "expected 10"},
		"shown under another name of the same code": {another, "changes what is published"},
	} {
		f, p := small()
		one.wrong(f, &p)
		err := Pattern(f, p)
		if err == nil || !strings.Contains(err.Error(), one.say) {
			t.Errorf("%s: %v: expected to hear %q", name, err, one.say)
		}
	}
}

// another publishes men in B under a code that means B.
func another(f *linked.Family, p *linked.Pattern) {
	f.Dims[0].Nodes = append(f.Dims[0].Nodes, linked.Node{Code: "B too", Leaves: []int32{1}})
	f.Cells = append(f.Cells, linked.Cell{At: []int32{3, 2, 0}, N: 6, Least: 1})
	f.Rows = append(f.Rows, linked.Row{Cells: []int32{int32(len(f.Cells) - 1)}})
	p.Hidden = append(p.Hidden, false)
}

func TestEachCellOfASharedWitnessMustHoldEnough(t *testing.T) {
	f, p := small()
	f.Cells[4].Need = 6 // men in A: 5, and 3 in the state of the witness
	p.Witnesses = append(p.Witnesses, linked.Witness{Cell: 4, Changes: p.Witnesses[0].Changes})
	if err := Pattern(f, p); err == nil || !strings.Contains(err.Error(), "less than is needed") {
		t.Errorf("%v: expected to hear that the second cell holds less than is needed", err)
	}
	f.Cells[4].Need = 0
	f.Cells[6].Need = 8 // men in B: 6, and 8 there
	p.Witnesses[1].Cell = 6
	if err := Pattern(f, p); err != nil {
		t.Error(err)
	}
}

func TestCellThatWasPublishedBeforeMayBeExposed(t *testing.T) {
	f, _ := small()
	f.Rows[3].Forced = true
	p := linked.Pattern{Hidden: make([]bool, len(f.Rows)), Exposed: []int32{3}}
	if err := Pattern(f, p); err != nil {
		t.Error(err)
	}
}

func TestEveryFailureIsCounted(t *testing.T) {
	f, p := small()
	f.Cells[2].Need, f.Cells[6].Need = 20, 20 // shown, and hidden without a witness
	var found *Failures
	if err := Pattern(f, p); !errors.As(err, &found) || found.Count != 2 {
		t.Errorf("%v: expected two failures", err)
	}
}
