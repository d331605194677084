package ingest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// tried judges a text as a delivery of placements.
func tried(t *testing.T, content string) Verdict {
	t.Helper()
	h := newHouse(t)
	path := filepath.Join(t.TempDir(), "prova.csv")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	v, err := Try(t.Context(), Trial{DB: h.db, Source: Source{Name: "placements", Contract: "placements"}, File: path, Temp: t.TempDir(), Threads: 1, Now: h.options.Now,
		Codes: func(table, column string) ([]string, error) { return []string{"A.01.00"}, nil }})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestASupplierIsToldWhatIsWrongWithAFileAndNoValueOfAnybody(t *testing.T) {
	v := tried(t, placementsHeader+placement(1)+placement(2, "event=Start")+placement(3, "event=Giovanna")+placement(4, "contract=A.01.0")+placement(5, "event_on=yesterday")+placement(6, "event=Giovanni"))
	if v.Pass || v.Rows != 6 || v.Quarantined != 5 || v.Share != 5.0/6 || v.Allowed != 0.01 {
		t.Errorf("%+v", v)
	}
	by := map[string]Finding{}
	for _, f := range v.Findings {
		by[f.Column+" "+f.Rule] = f
	}
	events := by["event enum"]
	if events.Rows != 3 || len(events.Unknown) != 2 || len(events.Lines) != 3 || events.Unknown[0].Rows != 2 {
		t.Fatalf("%+v", v.Findings)
	}
	for _, u := range events.Unknown {
		if u.Code != "" || len(u.Nearest) > 0 && u.Nearest[0] != "start" {
			t.Errorf("%+v", u)
		}
	}
	if c := by["contract reference"]; len(c.Unknown) != 1 || c.Unknown[0].Code != "A.01.0" || c.Unknown[0].Nearest[0] != "A.01.00" {
		t.Errorf("%+v", c)
	}
	if by["event_on type"].Rows != 1 {
		t.Errorf("%+v", v.Findings)
	}
	raw, err := json.Marshal(v)
	if err != nil || strings.Contains(string(raw), "Giovanna") || strings.Contains(string(raw), "yesterday") {
		t.Errorf("%s %v", raw, err)
	}
}

func TestAGoodFilePassesAndOneWithoutAColumnNamesIt(t *testing.T) {
	if v := tried(t, many(3)); !v.Pass || v.Rows != 3 || len(v.Findings) != 0 {
		t.Errorf("%+v", v)
	}
	v := tried(t, strings.Replace(many(3), "employer_id", "datore", 1))
	if v.Pass || strings.Join(v.Missing, " ") != "employer_id" || strings.Join(v.Beyond, " ") != "datore" || v.Refused == "" || v.Hint == "" {
		t.Errorf("%+v", v)
	}
	v = tried(t, strings.ToUpper(placementsHeader)+placement(1))
	if v.Pass || !strings.Contains(v.Refused, "found EVENT_ID, ") || !strings.Contains(v.Refused, "expected names in small letters") {
		t.Errorf("%+v", v)
	}
}

// A first row in the place of the header is told of by its width: what stands
// in it may be somebody's.
func TestARowInThePlaceOfTheHeaderIsNotTold(t *testing.T) {
	cells := make([]string, 21)
	for i := range cells {
		cells[i] = fmt.Sprintf("Giovanna %d", i)
	}
	row := strings.Join(cells, ",") + "\n"
	v := tried(t, row+row)
	told := v.Refused + strings.Join(v.Beyond, " ")
	if v.Pass || !strings.Contains(v.Refused, "none of 21 columns") || strings.Contains(told, "Giovanna") || len(v.Missing) != 21 {
		t.Errorf("%+v", v)
	}
}

// Who corrects a file wants to know all that is wrong with a row, not the first
// thing alone.
func TestEveryRuleThatARowBreaksIsToldAndTheRowIsCountedOnce(t *testing.T) {
	v := tried(t, placementsHeader+placement(1)+placement(2, "event=avvio", "contract=A.01.0", "event_on=31/12/2025", "received_on=ieri")+"E9,R9\n")
	if v.Rows != 3 || v.Quarantined != 2 {
		t.Errorf("%d rows, %d put aside: want 3 and 2", v.Rows, v.Quarantined)
	}
	told := map[string]Finding{}
	for _, f := range v.Findings {
		told[f.Column+" "+f.Rule] = f
	}
	for key, shape := range map[string]string{"event enum": "letters(5)", "contract reference": "text(6)", "event_on type": "day/month/year(10)", "received_on type": "letters(4)", " fields": "fields(2)"} {
		if f := told[key]; f.Rows != 1 || f.Shape != shape || len(f.Lines) != 1 {
			t.Errorf("%s: %+v", key, f)
		}
	}
	if len(told) != 5 || told[" fields"].Wanted != "21 cells" || told["contract reference"].Unknown[0].Nearest[0] != "A.01.00" {
		t.Errorf("%+v", v.Findings)
	}
}
