package oracle

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"osservatorio/queries"
)

// fault is something done on purpose to what is built, and the check that must
// find it. What names a view by its schema alone is made a table first.
type fault struct {
	check  string
	may    notice
	view   string
	change string
}

// notice is what an operator may do about a check: sign with a reason what is
// no fault of ours, never what is, and of a warning nothing is asked.
type notice string

const (
	signed notice = "stops unless it is signed"
	never  notice = "stops, and cannot be signed"
	warned notice = "warns"
)

func noticeOf(c queries.View) notice {
	switch {
	case c.Notice.Severity == queries.Warn:
		return warned
	case c.Notice.Signed:
		return signed
	}
	return never
}

var faults = []fault{
	{"codes_too_many", never, "marts.code_numbers", `UPDATE marts.code_numbers SET number = 999 WHERE list = 'sex' AND code = 'F'`},
	{"cohorts_overlap", never, "marts.cohorts", `INSERT INTO marts.cohorts SELECT * REPLACE ('AX' AS agreement_id, signed_on + 1 AS signed_on) FROM marts.cohorts LIMIT 1`},
	{"cohorts_twice_a_year", never, "", `UPDATE reference.parameters SET value = 364 WHERE name = 'first_agreement_days'`},
	{"flows_add_up", never, "cubes.flows", `UPDATE cubes.flows SET value = value + 1 WHERE geo = 'UM-C02' AND measure = 'starts'`},
	{"keys_shared", never, "", `CREATE TEMP MACRO hash(id) AS length(id)`},
	{"lep_coverage_adds_up", never, "cubes.lep_coverage", `UPDATE cubes.lep_coverage SET denominator = denominator + 1 WHERE geo = 'UM-C02'`},
	{"lep_timely_adds_up", never, "cubes.lep_timely", `UPDATE cubes.lep_timely SET numerator = numerator + 1 WHERE geo = 'UM-C02'`},
	{"lep_without_window", never, "", `UPDATE reference.lep SET window_days = NULL WHERE slug = 'accoglienza'`},
	{"municipalities_without_district", never, "", `UPDATE reference.comuni SET geo = 'ZZ' WHERE comune = '054001'`},
	{"out_employed_adds_up", never, "cubes.out_employed", `DELETE FROM cubes.out_employed WHERE geo = 'UM-C02'`},
	{"parameters_missing", never, "", `DELETE FROM reference.parameters WHERE name = 'gap_days'`},
	{"plan_without_territory", signed, "", `UPDATE raw.centres SET cpi = 'ZZ'`},
	{"registrations_unknown", signed, "staging.convocations", `UPDATE staging.convocations SET registration_id = 'ZZ'`},
	{"registrations_without_district", signed, "marts.registrations", `UPDATE marts.registrations SET district = 'ZZ'`},
	{"sequences_impossible", signed, "marts.relationships", `UPDATE marts.relationships SET end_on = start_on - 1`},
	{"services_of_unknown_lep", signed, "marts.activities", `UPDATE marts.activities SET lep = 'zz', lep_no = NULL`},
	{"source_late", signed, "marts.completeness", `UPDATE marts.completeness SET complete_to = complete_to - 200 WHERE contract = 'benefits'`},
	{"spells_end_before_start", never, "marts.spells", `UPDATE marts.spells SET end_on = start_on - 1`},
	{"spells_of_unknown_contract", signed, "marts.spells", `UPDATE marts.spells SET contract = 'ZZ'`},
	{"territories_counted_twice", never, "marts.geo_paths", `INSERT INTO marts.geo_paths SELECT * REPLACE ('ZZ' AS geo) FROM marts.geo_paths`},
	{"territories_left_out", never, "marts.geo_paths", `DELETE FROM marts.geo_paths WHERE leaf = 'UM-C02' AND geo_level = 'province'`},
	{"values_out_of_range", warned, "marts.registrations", `UPDATE marts.registrations SET birth_year = 1850`},
	{"volume_fell", signed, "marts.volumes", `UPDATE marts.volumes SET cases = CASE WHEN period < '2024' THEN 1000 ELSE 0 END`},
}

// Nothing is wrong until something is broken; then the check that is there for
// it finds it, and tells rows that were not told before.
func TestEachCheckFindsWhatIsBrokenOnPurpose(t *testing.T) {
	s := newStage(t, "umbria")
	s.play(fullWorld(305, s.list), s.read()...)
	s.exec(`UPDATE reference.parameters SET value = 60 WHERE name = 'check_impossible_percent'`) // drawn lives are wilder than real ones
	broken := map[string]bool{}
	for _, f := range faults {
		broken[f.check] = true
		t.Run(f.check, func(t *testing.T) { s.breaks(t, f) })
	}
	for _, c := range s.plan.Checks {
		if !broken[c.Name] {
			t.Errorf("%s: nothing is broken to try it", c.Path)
		}
		if len(c.Notice.Message) < 40 {
			t.Errorf("%s: %q tells nobody what to do", c.Path, c.Notice.Message)
		}
	}
}

// read are the views that checks read.
func (s *stage) read() []string {
	var out []string
	for _, c := range s.plan.Checks {
		for _, name := range s.plan.Reads(c.Qualified()) {
			if _, built := s.plan.Find(name); built {
				out = append(out, name)
			}
		}
	}
	return out
}

// breaks does the fault in a transaction that is given up.
func (s *stage) breaks(t *testing.T, f fault) {
	t.Helper()
	i := slices.IndexFunc(s.plan.Checks, func(c queries.View) bool { return c.Name == f.check })
	if i < 0 {
		t.Fatalf("no check %s", f.check)
	}
	check := s.plan.Checks[i]
	if may := noticeOf(check); may != f.may {
		t.Errorf("%s: %s, want that it %s", check.Path, may, f.may)
	}
	tx, err := s.db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	before := offenders(t, tx, check.Select)
	if f.view != "" {
		if err := asTable(t.Context(), tx, f.view); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := tx.ExecContext(t.Context(), f.change); err != nil {
		t.Fatal(err)
	}
	for row := range offenders(t, tx, check.Select) {
		if !before[row] {
			return
		}
	}
	t.Errorf("%s: %s: found nothing, besides %d rows from before", f.check, f.change, len(before))
}

// asTable puts a table with the same rows in the place of a view or table.
func asTable(ctx context.Context, tx *sql.Tx, view string) error {
	if _, err := tx.ExecContext(ctx, `CREATE TABLE main.broken AS FROM `+view); err != nil {
		return err
	}
	schema, name, _ := strings.Cut(view, ".")
	kind := "TABLE"
	var views int
	if err := tx.QueryRowContext(ctx, fmt.Sprintf(`SELECT count(*) FROM duckdb_views() WHERE schema_name = '%s' AND view_name = '%s'`, schema, name)).Scan(&views); err != nil {
		return err
	}
	if views > 0 {
		kind = "VIEW"
	}
	_, err := tx.ExecContext(ctx, fmt.Sprintf(`DROP %s %s; CREATE TABLE %s AS FROM main.broken; DROP TABLE main.broken`, kind, view, view))
	return err
}

func offenders(t *testing.T, tx *sql.Tx, query string) map[string]bool {
	t.Helper()
	rows, err := tx.QueryContext(t.Context(), "SELECT CAST(c AS VARCHAR) FROM ("+query+") c")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	out := map[string]bool{}
	for rows.Next() {
		var row string
		if err := rows.Scan(&row); err != nil {
			t.Fatal(err)
		}
		out[row] = true
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}
