package ingest

import (
	"strings"
	"testing"
)

// What spreadsheets and copying do to a cell is told by its name.
func TestWhatASpreadsheetMadeOfACellIsToldByItsName(t *testing.T) {
	for name, c := range map[string]struct{ cell, rule, shape, wanted string }{
		"an error":           {"contract=#N/D", "contract reference", "error of a spreadsheet(4)", ""},
		"another error":      {"contract=#DIV/0!", "contract reference", "error of a spreadsheet(7)", ""},
		"a hard space":       {"contract=A.01.00\u00a0", "contract reference", "text with spaces at its ends or with signs that are not seen(8)", ""},
		"no width":           {"contract=A.01\u200b.00", "contract reference", "text with spaces at its ends or with signs that are not seen(8)", ""},
		"a sign that counts": {"contract=A-01-00", "contract reference", "text(7)", ""},
		"zeros lost":         {"workplace_comune=37006", "workplace_comune pattern", "digits(5)", "the form ^[0-9]{6}$, zeros in front included"},
		"a digit too many":   {"workplace_comune=0370061", "workplace_comune pattern", "digits(7)", "the form ^[0-9]{6}$"},
	} {
		v := tried(t, placementsHeader+placement(1, c.cell))
		if len(v.Findings) != 1 {
			t.Errorf("%s: %+v", name, v.Findings)
			continue
		}
		f := v.Findings[0]
		if f.Column+" "+f.Rule != c.rule || f.Shape != c.shape || c.wanted != "" && f.Wanted != c.wanted {
			t.Errorf("%s: %s %s [%s] (%s), want %s [%s] (%s)", name, f.Column, f.Rule, f.Shape, f.Wanted, c.rule, c.shape, c.wanted)
		}
	}
}

func TestAFileThatEndsWithinARowIsRefusedAndANoteBelowTheTableIsNot(t *testing.T) {
	whole := many(3)
	v := tried(t, whole[:len(whole)-60])
	if v.Pass || !strings.Contains(v.Refused, "line 4: the file ends within a row, after ") || !strings.Contains(v.Hint, "cut on its way") {
		t.Errorf("a file that is cut: %+v", v)
	}
	for name, text := range map[string]string{"a note without a line end": whole + "Fonte: SIL", "no line end": strings.TrimSuffix(whole, "\n"), "a torn row with its end": whole + "E9,R9\n"} {
		if v := tried(t, text); v.Refused != "" || v.Rows < 3 {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

func TestAKeyThatIsNoneIsToldThoughEveryRowIsGood(t *testing.T) {
	one := placement(1)
	if v := tried(t, placementsHeader+strings.Repeat(one, 9)); v.Superseded != 8 || !strings.Contains(strings.Join(v.Notes, "\n"), "key event_id: more than half of the rows") {
		t.Errorf("%+v", v)
	}
	if v := tried(t, placementsHeader+one+one); strings.Contains(strings.Join(v.Notes, "\n"), "more than half") {
		t.Errorf("half of two rows: %+v", v)
	}
}
