package fetch

import (
	"errors"
	"os"
	"strings"
	"testing"
)

func TestPreamblesHeadersOfSeveralRowsAndFootersAreLeftOutAndTold(t *testing.T) {
	titled := "Tavola 1\nanno 2025\n\ncode;name;value\nA;x;1\nB;y;2\nTotale;;3\nFonte: inventata\n"
	for name, c := range map[string]struct {
		content string
		want    Want
		header  string
		rows    int
		line    int64
		notes   string
	}{
		"found by its shape": {titled, Want{}, "code|name|value", 4, 4, "header: line 4; 3 lines before it left out"},
		"found by names":     {"Elenco, al 2025\ncode,name,value\nA,x,1\n", Want{Columns: []string{"code", "name", "value"}}, "code|name|value", 1, 2, "1 line before"},
		"pinned":             {titled, Want{Layout: Layout{SkipRows: 3, Footer: 2}}, "code|name|value", 2, 4, "footer: last 2 lines"},
		"two rows":           {"Prov;Maschi;;Femmine\n;15-24;25-34;15-24\nParma;1;2;3\n", Want{Layout: Layout{HeaderRows: 2}}, "Prov|Maschi 15-24|Maschi 25-34|Femmine 15-24", 1, 2, "lines 1 to 2 make one"},
		"windows and a mark": {"\xef\xbb\xbf" + strings.ReplaceAll(titled, "\n", "\r\n"), Want{Layout: Layout{Footer: 2}}, "code|name|value", 2, 4, "footer"},
		"quoted over lines":  {"Titolo\n\"co\nde\",name\nA,\"x\ny\"\n", Want{Layout: Layout{SkipRows: 1}}, "co\nde|name", 1, 3, "header"},
		"nothing to do":      {plainTable, Want{}, "code|città|ore", 2, 1, ""},
		"mixed line ends":    {"a,b\r\n1,2\n3,4\r\n", Want{}, "a|b", 2, 1, ""},
	} {
		table := sniffed(t, put(t, t.TempDir(), "d.csv", c.content), c.want)
		if got := strings.Join(table.Header, "|"); got != c.header || len(table.Sample) != c.rows || table.HeaderLine() != c.line {
			t.Errorf("%s: %q, %d rows %q, line %d", name, got, len(table.Sample), table.Sample, table.HeaderLine())
		}
		if !strings.Contains(strings.Join(table.Notes, "\n"), c.notes) {
			t.Errorf("%s: %v: want %q", name, table.Notes, c.notes)
		}
		mapped, err := Map(t.Context(), table, "SELECT * FROM delivery", t.TempDir())
		if name == "found by its shape" { // a note of one cell is no row
			var r *Refusal
			if !errors.As(err, &r) || r.Where != "line 8" || !strings.Contains(r.Hint(), "footer") {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(mapped.Sample) != c.rows {
			t.Errorf("%s: mapped %v", name, mapped.Sample)
		}
		mapped.Close()
	}
}

func TestATotalAtTheEndIsTold(t *testing.T) {
	table := sniffed(t, put(t, t.TempDir(), "d.csv", "a,b\n1,2\nTotale,2\n"), Want{})
	if notes := strings.Join(table.Notes, "\n"); !strings.Contains(notes, `begins with "totale"`) || len(table.Sample) != 2 {
		t.Error(notes, table.Sample)
	}
}

func TestQuotesBehindBackslashesBecomeDoubled(t *testing.T) {
	table := sniffed(t, put(t, t.TempDir(), "d.csv", `a,b`+"\n"+`"say \"hi\", \\ or \n",c\d`+"\n"), Want{Dialect: Dialect{Escape: `\`}})
	text, err := os.ReadFile(table.Path)
	if want := "a,b\n" + `"say ""hi"", \ or \n",c\d` + "\n"; err != nil || string(text) != want {
		t.Errorf("%q, want %q (%v)", text, want, err)
	}
	if table.Sample[0][0] != `say "hi", \ or \n` {
		t.Error(table.Sample)
	}
}

func TestALayoutThatDoesNotFitIsRefused(t *testing.T) {
	for want, layout := range map[string]Layout{"a header of 9 rows": {HeaderRows: 9}, "no 90 last lines": {Footer: 90}, "line 3: blank lines in place of the header": {SkipRows: 2, HeaderRows: 2}} {
		_, err := Sniff(t.Context(), put(t, t.TempDir(), "d.csv", "a,b\n1,2\n\n\n3,4\n"), Want{Temp: t.TempDir(), Layout: layout})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: want %q", err, want)
		}
	}
}
