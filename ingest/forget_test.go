package ingest

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"osservatorio/warehouse"
)

// archive lists the files of the archive.
func (h *house) archive() []string {
	h.t.Helper()
	var names []string
	err := filepath.WalkDir(h.options.Archive, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, d.Name())
		}
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		h.t.Fatal(err)
	}
	return names
}

const usual = "{source}_{period}_{issued}.csv"

// on sets the clock.
func (h *house) on(day string) {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		h.t.Fatal(err)
	}
	h.options.Now = func() time.Time { return at }
}

func TestTheArchiveKeepsACopyForItsMonthsAndNoLonger(t *testing.T) {
	short, long := placements, placements
	short.Name, short.Pattern, short.RetentionMonths = "short", usual, 6
	long.Name, long.Pattern = "long", usual
	h := newHouse(t, short, long)
	first := placementsHeader + placement(1)
	h.on("2026-08-01")
	h.put("short_2026-07_2026-08-01.csv", first)
	h.put("long_2026-07_2026-08-01.csv", placementsHeader+placement(2))
	h.mustRun()
	h.on("2026-12-01")
	h.put("short_2026-08_2026-09-01.csv", placementsHeader+placement(3))
	h.mustRun()
	for _, step := range []struct {
		day  string
		gone int
	}{{"2027-01-31", 0}, {"2027-02-02", 1}, {"2027-02-03", 0}, {"2027-06-02", 1}, {"2036-01-01", 0}} {
		h.on(step.day)
		if gone, err := Retain(t.Context(), h.options); err != nil || len(gone) != step.gone {
			t.Errorf("%s: %d copies went: %v: want %d", step.day, len(gone), err, step.gone)
		}
	}
	if left := h.archive(); len(left) != 1 || !strings.Contains(left[0], "long_") {
		t.Errorf("left: %v: want what is kept for ever", left)
	}
	if n := h.number(`SELECT count(*) FROM raw.placements`); n != 3 {
		t.Errorf("%d rows in the warehouse: want all 3", n)
	}
	h.put("short_2026-07_2026-08-01.csv", first) // the supplier sends it again
	if r := h.mustRun(); r.Count(Known) != 1 || len(h.archive()) != 1 {
		t.Errorf("sent again: %+v, archive %v", r.Loads, h.archive())
	}
}

func TestAForgottenPersonIsTurnedAwayAndNoCopyOfTheRowsIsKept(t *testing.T) {
	source := placements
	source.MaxBadShare, source.Pattern = 0.9, usual
	h := newHouse(t, source)
	h.put("placements_2026-07_2026-08-01.csv", placementsHeader+placement(1)+placement(3))
	h.mustRun()
	person := h.options.Key.Pseudonym("P0")
	list, err := warehouse.ErasePerson(t.Context(), h.db, PersonColumn, person, warehouse.Because{Reason: "asked for", On: h.options.Now()})
	if err != nil || len(list) != 1 || list[0].Rows != 1 {
		t.Fatalf("%+v: %v", list, err)
	}
	if gone, err := EraseArchived(t.Context(), h.db, h.options.Archive); err != nil || len(gone) != 1 || len(h.archive()) != 0 {
		t.Errorf("copies that went: %v: %v: left %v", gone, err, h.archive())
	}
	h.put("placements_2026-08_2026-09-01.csv", placementsHeader+placement(1, "event_id=E9")+placement(4))
	r := h.mustRun()
	o := r.Loads[0].Outcome
	if o.Accepted != 1 || o.Quarantined != 1 || !slices.ContainsFunc(o.Reasons, func(r warehouse.Reason) bool { return r.Rule == "forgotten" && r.Column == PersonColumn }) {
		t.Errorf("delivered again: %+v", o)
	}
	if left := h.archive(); len(left) != 0 {
		t.Errorf("the archive keeps the rows of a forgotten person: %v", left)
	}
	if n := h.number(`SELECT count(*) FROM raw.placements WHERE person_id = '` + person + `'`); n != 0 {
		t.Errorf("%d rows of a forgotten person", n)
	}
}
