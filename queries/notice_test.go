package queries

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"osservatorio/queries/release"
)

func TestTheHeadOfACheckIsStrict(t *testing.T) {
	head := func(lines ...string) (Notice, error) {
		v, err := Parse("checks/x.sql", strings.Join(lines, "\n")+"\n\nSELECT 1 AS x")
		return v.Notice, err
	}
	n, err := head("-- Ask the supplier.", "-- severity: warn", "-- override: never")
	if err != nil || n != (Notice{Message: "Ask the supplier.", Severity: Warn}) {
		t.Errorf("got %+v, %v", n, err)
	}
	if n, err = head("-- Ask the supplier."); err != nil || n.Severity != Stop || !n.Signed {
		t.Errorf("what is not said: got %+v, %v", n, err)
	}
	cases := []struct {
		claim string
		lines []string
		want  string
	}{
		{"no message", []string{"-- severity: stop"}, "checks/x.sql:1: no message"},
		{"an unknown severity", []string{"-- Ask.", "-- severity: mild"}, `checks/x.sql:2: severity "mild": expected stop or warn`},
		{"an unknown key", []string{"-- Ask.", "-- colour: red"}, "checks/x.sql:2: \"-- colour: red\": expected"},
		{"a key said twice", []string{"-- Ask.", "-- severity: stop", "-- severity: warn"}, "checks/x.sql:3: key severity: said already"},
		{"an unknown override", []string{"-- Ask.", "-- override: yes"}, `override "yes": expected signed or never`},
		{"prose below the message", []string{"-- Ask.", "-- It matters."}, "a comment on the SQL goes below an empty line"},
	}
	for _, c := range cases {
		t.Run(c.claim, func(t *testing.T) {
			if _, err := head(c.lines...); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestEveryCheckOfTheHouseSaysItsSeverityAndWhatToDo(t *testing.T) {
	views, err := Views()
	if err != nil {
		t.Fatal(err)
	}
	signed := SignedChecks(views)
	for _, v := range views {
		if v.Layer != Checks {
			continue
		}
		text, err := files.ReadFile(v.Path)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), "\n-- severity: ") {
			t.Errorf("%s: no severity", v.Path)
		}
		if strings.HasSuffix(v.Name, "_adds_up") && v.Notice.Signed {
			t.Errorf("%s: sums that do not add up could be signed away", v.Path)
		}
		if v.Notice.Severity == Warn && signed[v.Name] {
			t.Errorf("%s: a warning could be signed", v.Path)
		}
		delete(signed, v.Name)
	}
	if len(signed) != 1 || !signed[TotalsMoved] {
		t.Errorf("checks that may be signed and have no file: %v", signed)
	}
}

// inspected builds views and inspects them.
func inspected(t *testing.T, how Inspection, files map[string]string) Findings {
	t.Helper()
	db := house(t)
	_, err := db.Exec(`
		INSERT INTO reference.geo (code, level, name_it, name_en, slug, position, source) VALUES ('R1', 'region', 'R', 'R', 'r', 1, 'invented');
		INSERT INTO reference.codes VALUES ('sex', 'F', 'Donne', 'Women', 1, 'invented', 'proposal');
		INSERT INTO reference.parameters (name, value, unit, source, verification) VALUES ('check_total_moved_percent', 20, 'percent', 'x', 'proposal')`)
	if err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	views, err := ParseAll(fsys)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := NewPlan(t.Context(), db, views)
	if err != nil {
		t.Fatal(err)
	}
	if err := Apply(t.Context(), db, plan); err != nil {
		t.Fatal(err)
	}
	found, err := Inspect(t.Context(), db, plan, how)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// late is a check with three offending rows.
const late = "-- Ask the supplier.\n-- severity: stop\n\nSELECT 'ER-D' || n AS geo, '2025-Q' || n AS period FROM range(1, 4) t(n)"

func TestAnOverrideTakesAwayWhatItCovers(t *testing.T) {
	cases := []struct {
		claim     string
		overrides []Override
		left      int64
		signed    int
	}{
		{"without one all rows stop", nil, 3, 0},
		{"a period", []Override{{Check: "late", Period: "2025-Q1"}}, 2, 1},
		{"a territory", []Override{{Check: "late", Geo: "ER-D2"}}, 2, 1},
		{"two periods", []Override{{Check: "late", Period: "2025-Q1"}, {Check: "late", Period: "2025-Q3"}}, 1, 2},
		{"a period in another territory covers nothing", []Override{{Check: "late", Period: "2025-Q1", Geo: "ER-D2"}}, 3, 0},
		{"the whole check", []Override{{Check: "late"}}, 0, 1},
		{"of two that cover the same only the first is used", []Override{{Check: "late"}, {Check: "late", Period: "2025-Q1"}}, 0, 1},
		{"another check", []Override{{Check: "early"}}, 3, 0},
	}
	for _, c := range cases {
		t.Run(c.claim, func(t *testing.T) {
			found := inspected(t, Inspection{Overrides: c.overrides}, map[string]string{"checks/late.sql": late})
			var left int64
			for _, f := range found.Failures {
				left += f.Count
				if f.Name != "late" {
					t.Errorf("name %q", f.Name)
				}
			}
			if left != c.left || len(found.Signed) != c.signed || len(found.Unused) != len(c.overrides)-c.signed {
				t.Errorf("got %d rows, %+v", left, found)
			}
		})
	}
}

func TestNobodySignsAwayAGrainOrASum(t *testing.T) {
	cube := cubeOf(t, goodRow+", "+goodRow)
	never := strings.Replace(late, "severity: stop", "override: never", 1)
	overrides := []Override{{Check: "grain"}, {Check: "cubes/invented.sql: grain"}, {Check: "invented"}, {Check: "late"}}
	found := inspected(t, Inspection{Overrides: overrides}, map[string]string{"checks/late.sql": never, "cubes/invented.sql": cubeHead + "\n" + cube.Select})
	if len(found.Failures) != 2 || len(found.Unused) != 4 || found.Failures[0].Name != "" || found.Failures[1].Name != "" {
		t.Errorf("got %+v", found)
	}
}

func TestAWarningDoesNotStop(t *testing.T) {
	found := inspected(t, Inspection{}, map[string]string{"checks/late.sql": strings.Replace(late, "severity: stop", "severity: warn", 1)})
	if len(found.Failures) != 0 || len(found.Warnings) != 1 || found.Warnings[0].Count != 3 {
		t.Errorf("got %+v", found)
	}
}

func TestTotalsThatMovedAgainstTheReleaseBeforeAreFound(t *testing.T) {
	total := func(period string, d int) string {
		return strings.NewReplacer("'F'", "'_T'", "2025-Q1", period, "1, 2,", fmt.Sprintf("1, %d,", d)).Replace(goodRow)
	}
	rows := strings.Join([]string{total("2025-Q1", 120), total("2025-Q2", 121), total("2025-Q3", 79), total("2025-Q4", 20)}, ", ")
	before := func(definition string) *release.Release {
		var rows []release.Row
		for _, period := range []string{"2025-Q1", "2025-Q2", "2025-Q3", "2026-Q1"} {
			d := 100.0
			rows = append(rows, release.Row{GeoLevel: "region", Geo: "R1", PeriodType: "quarter", Period: period, By: []string{"_T"}, Measure: "a", Denominator: &d})
		}
		few := 99.0
		rows = append(rows, release.Row{GeoLevel: "region", Geo: "R1", PeriodType: "quarter", Period: "2025-Q4", By: []string{"_T"}, Measure: "a", Denominator: &few})
		return release.InMemory(release.Info{ID: "2026-01", Region: release.Region{Root: "R1"}}, nil, nil,
			release.NewFrame(release.Header{View: "invented", Kind: release.Rate, Definition: definition, Breakdowns: []string{"sex"}}, rows))
	}
	head := cubeHead
	inspect := func(how Inspection) Findings {
		return inspected(t, how, map[string]string{"cubes/invented.sql": head + "\n" + cubeOf(t, rows).Select})
	}
	found := inspect(Inspection{Previous: before("invented@2")})
	if len(found.Failures) != 1 || found.Failures[0].Name != TotalsMoved || found.Failures[0].Count != 3 {
		t.Fatalf("got %+v", found.Failures)
	}
	text := found.Failures[0].String()
	for _, period := range []string{"2025-Q2", "2025-Q3", "2026-Q1"} {
		if !strings.Contains(text, "view=invented geo=R1 period="+period+" measure=a") {
			t.Errorf("%s is not told: %s", period, text)
		}
	}
	if found := inspect(Inspection{Previous: before("invented@1")}); len(found.Failures) != 0 {
		t.Errorf("another definition was compared: %+v", found.Failures)
	}
	signed := []Override{{Check: TotalsMoved, Period: "2025-Q2"}, {Check: TotalsMoved, Period: "2025-Q3"}, {Check: TotalsMoved, Period: "2025-Q1"}}
	found = inspect(Inspection{Previous: before("invented@2"), Overrides: signed})
	if len(found.Failures) != 1 || found.Failures[0].Count != 1 || len(found.Signed) != 2 || len(found.Unused) != 1 {
		t.Errorf("got %+v", found)
	}
	// plans, funds and sites count no persons: a tenfold sum of euro is told all the same
	head = strings.NewReplacer("protection: personal", "protection: open", "-- rules: persons\n", "").Replace(cubeHead)
	if found := inspect(Inspection{Previous: before("invented@2")}); len(found.Failures) != 1 || found.Failures[0].Count != 3 {
		t.Errorf("of an open view: got %+v", found.Failures)
	}
}
