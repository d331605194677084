// Package gol_test runs the example on the real tables and reads the same
// tables a second time, by other means.
package gol_test

import (
	"context"
	"database/sql"
	"encoding/csv"
	"fmt"
	"io"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pelletier/go-toml/v2"

	"osservatorio/ingest"
	"osservatorio/ingest/contract"
	"osservatorio/queries"
	"osservatorio/queries/disclosure"
	"osservatorio/warehouse"
)

// sharedData is the folder that --source-dir names.
func sharedData(t *testing.T) string {
	t.Helper()
	root := os.Getenv("OSSERVATORIO_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "..", "..", "shared")
	}
	dir := filepath.Join(root, "data", "02-lavoro")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("shared data not here: set OSSERVATORIO_SHARED")
	}
	return dir
}

func sources(t *testing.T) []ingest.Source {
	t.Helper()
	var config struct {
		Source []struct {
			Name, Contract, Path, Mapping, Mode, Period, Licence string
			IssuedAt                                             string  `toml:"issued_at"`
			MaxBadShare                                          float64 `toml:"max_bad_share"`
		}
	}
	text, err := os.ReadFile("osservatorio.toml")
	if err != nil {
		t.Fatal(err)
	}
	if err := toml.Unmarshal(text, &config); err != nil {
		t.Fatal(err)
	}
	var out []ingest.Source
	for _, s := range config.Source {
		issued, err := time.Parse(time.DateOnly, s.IssuedAt)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, ingest.Source{Name: s.Name, Contract: s.Contract, Path: s.Path, Mapping: s.Mapping, Mode: s.Mode,
			Period: s.Period, Licence: s.Licence, IssuedAt: issued, MaxBadShare: s.MaxBadShare})
	}
	return out
}

func protections(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, name := range contract.Names() {
		c, err := contract.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = c.Protection
	}
	return out
}

// published loads the real tables as the configuration says, builds the views
// and publishes them. It returns the report of the load too.
func published(t *testing.T, dir string) (*warehouse.DB, ingest.Report) {
	t.Helper()
	ctx := context.Background()
	db, err := warehouse.Open(ctx, warehouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	italy, err := warehouse.GeographyFS("italia")
	if err != nil {
		t.Fatal(err)
	}
	if err := warehouse.LoadReference(ctx, db, warehouse.ReferenceFS(), italy, os.DirFS("lists")); err != nil {
		t.Fatal(err)
	}
	if err := ingest.Prepare(ctx, db); err != nil {
		t.Fatal(err)
	}
	report, err := ingest.Run(ctx, ingest.Options{
		DB: db, Sources: sources(t), SourceDir: dir, KeepInbox: true, Temp: t.TempDir(),
		Now: func() time.Time { return time.Date(2026, 5, 12, 0, 0, 0, 0, time.UTC) },
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	views, err := queries.Views()
	if err != nil {
		t.Fatal(err)
	}
	plan, err := queries.NewPlan(ctx, db, views)
	if err != nil {
		t.Fatal(err)
	}
	if err := queries.Apply(ctx, db, plan); err != nil {
		t.Fatal(err)
	}
	failures, err := queries.Check(ctx, db, plan)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range failures {
		t.Errorf("check: %s", f)
	}
	if _, err := disclosure.Protect(ctx, db, plan, disclosure.Policy{Contracts: protections(t)}); err != nil {
		t.Fatal(err)
	}
	return db, report
}

// table is a file of the source as records by column name.
func table(t *testing.T, path string, comma rune) []map[string]string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	reader := csv.NewReader(file)
	reader.Comma = comma
	records, err := reader.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, name := range records[0] {
			row[name] = record[i]
		}
		out = append(out, row)
	}
	return out
}

// names are the territories of the tables as reference has them, with the
// spellings of the sources that differ.
func names(t *testing.T, db *warehouse.DB) map[string]string {
	t.Helper()
	out := map[string]string{
		"Totale": "IT", "Totale (d)": "IT", "N.D. (c )": "IT-ND", "Bolzano/Bolzen": "ITH1", "Trento": "ITH2",
		"Emilia Romagna": "ITH5", "Friuli Venezia Giulia": "ITH4", "Valle d’Aosta/Vallée d’Aoste": "ITC2",
	}
	rows, err := db.Query(`SELECT name_it, code FROM reference.geo`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name, code string
		if err := rows.Scan(&name, &code); err != nil {
			t.Fatal(err)
		}
		out[name] = code
	}
	return out
}

// figure is one figure of a published view: geo, period, entry_year, path, measure.
type figure [5]string

func figures(t *testing.T, db *warehouse.DB, view, entryYear, path string) map[figure]float64 {
	t.Helper()
	rows, err := db.Query(fmt.Sprintf(`SELECT geo, period, %s, %s, measure, value FROM published.%s WHERE value IS NOT NULL`, entryYear, path, view))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	out := map[figure]float64{}
	for rows.Next() {
		var f figure
		var value float64
		if err := rows.Scan(&f[0], &f[1], &f[2], &f[3], &f[4], &value); err != nil {
			t.Fatal(err)
		}
		out[f] = value
	}
	return out
}

func compare(t *testing.T, got map[figure]float64, want map[figure]float64) {
	t.Helper()
	wrong := 0
	for f, value := range want {
		if found, ok := got[f]; !ok || found != value {
			if wrong++; wrong <= 5 {
				t.Errorf("%v: got %v (there: %v), want %v", f, found, ok, value)
			}
		}
	}
	if wrong > 5 {
		t.Errorf("and %d more", wrong-5)
	}
}

func parsed(t *testing.T, text string) float64 {
	t.Helper()
	value, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func number(t *testing.T, db *warehouse.DB, query string) int {
	t.Helper()
	var n sql.NullInt64
	if err := db.QueryRow(query).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return int(n.Int64)
}

var (
	paths = map[string]string{"": "_T", "1_reinserimento_lavorativo": "1", "2_aggiornamento_upskilling": "2",
		"3_riqualificazione_reskilling": "3", "4_lavoro_inclusione": "4", "5_ricollocazione_collettiva": "5"}
	policies = map[string]string{"raggiunti": "reached", "con_politica": "with_policy", "con_politica_pc": "with_policy_share",
		"con_pol_o_tiroc": "with_policy_or_traineeship", "con_pol_o_tiroc_pc": "with_policy_or_traineeship_share",
		"lep_e": "lep_e", "lep_f1": "lep_f1", "lep_f2": "lep_f2", "lep_h": "lep_h", "lep_j": "lep_j", "lep_o": "lep_o",
		"c07_form_incl_dig": "training_c07", "c11_form_no_dig": "training_c11", "c12_form_spec_dig": "training_c12", "tirocinio_co": "traineeship"}
	jobs = map[string]string{"presi_in_carico": "reached", "occupati_totale": "employed", "occupati_pc": "employed_share",
		"nuovi_occupati": "new_employed", "nuovi_occupati_pc": "new_employed_share", "gia_occupati": "already_employed",
		"gia_occupati_pc": "already_employed_share", "quota_nuovi_su_occ": "new_over_employed_share"}
)

func TestEveryFigureOfTheTablesIsPublishedUnchanged(t *testing.T) {
	dir := sharedData(t)
	db, report := published(t, dir)
	place := names(t, db)
	long := func(name string) []map[string]string {
		return table(t, filepath.Join(dir, "gol-monitoraggio", "csv_long", name), ',')
	}

	t.Run("no row is lost", func(t *testing.T) {
		want := map[string]int64{"gol_prese_in_carico": 1826, "gol_percorsi": 2640, "gol_politiche": 3960,
			"gol_occupati": 2496, "gol_obiettivi": 861, "co_flussi": 3 * 1610}
		for _, load := range report.Loads {
			o := load.Outcome
			if load.Status != ingest.Loaded || o.Rows != want[load.Source] || o.Accepted != o.Rows {
				t.Errorf("%s: %s: %d rows, %d accepted, want %d: %v", load.Source, load.Status, o.Rows, o.Accepted, want[load.Source], load.Err)
			}
			delete(want, load.Source)
		}
		if len(want) > 0 {
			t.Errorf("never came: %v", want)
		}
	})
	t.Run("taken in charge, table 1.1 and 1.2", func(t *testing.T) {
		want := map[figure]float64{}
		for _, r := range long("tab_1_1_long.csv") {
			year, measure := "_T", "taken_in_charge"
			switch v := r["variabile"]; v {
			case "totale":
			case "individui":
				measure = "individuals"
			case "incidenza_pc":
				measure = "last_year_share"
			default:
				year = v
			}
			want[figure{place[r["etichetta"]], r["data_riferimento"], year, "_T", measure}] = parsed(t, r["valore"])
		}
		for _, r := range long("tab_1_2_long.csv") {
			measure := "taken_in_charge"
			if strings.HasSuffix(r["variabile"], "_pc") {
				measure = "path_share"
			}
			want[figure{place[r["etichetta"]], r["data_riferimento"], "_T", paths[r["percorso"]], measure}] = parsed(t, r["valore"])
		}
		got := figures(t, db, "gol_taken_in_charge", "entry_year", "path")
		if len(want) != 1826+2640 || len(got) != len(want) {
			t.Errorf("%d figures published, %d in the tables, want %d", len(got), len(want), 1826+2640)
		}
		compare(t, got, want)
	})
	t.Run("policies, table 2.1", func(t *testing.T) {
		want := map[figure]float64{}
		for _, r := range long("tab_2_1_long.csv") {
			want[figure{place[r["etichetta"]], r["data_riferimento"], "_T", "_T", policies[r["variabile"]]}] = parsed(t, r["valore"])
		}
		if len(want) != 3960 {
			t.Errorf("%d figures in the table, want 3960", len(want))
		}
		compare(t, figures(t, db, "gol_policies", "'_T'", "'_T'"), want)
		lepE := figure{"IT", "2025-12-31", "_T", "_T", "lep_e"}
		if want[lepE] != 2691396 {
			t.Errorf("LEP E in Italy at the end of 2025: %v, want 2691396", want[lepE])
		}
	})
	t.Run("employed, table 2.2", func(t *testing.T) {
		want := map[figure]float64{}
		for _, r := range long("tab_2_2_long.csv") {
			geo := place[r["etichetta"]]
			if r["dimensione"] == "percorso" {
				geo = "IT"
			}
			want[figure{geo, r["data_riferimento"], "_T", paths[r["percorso"]], jobs[r["variabile"]]}] = parsed(t, r["valore"])
		}
		got := figures(t, db, "gol_employed", "'_T'", "path")
		if len(want) != 2496 || len(got) != len(want) {
			t.Errorf("%d figures published, %d in the table, want 2496", len(got), len(want))
		}
		compare(t, got, want)
	})
	t.Run("targets", func(t *testing.T) {
		// The number parsed by the file's author is the second reading of the
		// token that the mapping reads.
		want := map[string]int{}
		for _, r := range table(t, filepath.Join(dir, "gol-monitoraggio", "dataset_long", "gol_A2_long.csv"), ',') {
			want[place[r["anchor"]]+" "+r["data_riferimento"]+" "+strconv.FormatFloat(parsed(t, r["valore_num"]), 'f', -1, 64)]++
		}
		rows, err := db.Query(`SELECT geo, period, value FROM staging.observations WHERE starts_with(dataset, 'gol_a2_')`)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var geo, period string
			var value float64
			if err := rows.Scan(&geo, &period, &value); err != nil {
				t.Fatal(err)
			}
			want[geo+" "+period+" "+strconv.FormatFloat(value, 'f', -1, 64)]--
		}
		for cell, left := range want {
			if left != 0 {
				t.Errorf("%s: %+d in the table", cell, left)
			}
		}
	})
	t.Run("hires and terminations", func(t *testing.T) {
		want := map[figure]float64{}
		flow := map[string]string{"avviamenti": "hires", "cessazioni": "terminations"}
		for _, r := range table(t, filepath.Join(dir, "cob-inps", "co_regionale_avviamenti_cessazioni_long.csv"), ';') {
			at := figure{place[r["regione"]], r["anno"] + "-Q" + r["trimestre"], "_T", "_T"}
			for column, suffix := range map[string]string{"rapporti": "", "lavoratori": "_workers", "media": "_per_worker"} {
				at[4] = flow[r["flusso"]] + suffix
				want[at] = parsed(t, r[column])
			}
			at[4] = "balance"
			if r["flusso"] == "avviamenti" {
				want[at] += parsed(t, r["rapporti"])
			} else {
				want[at] -= parsed(t, r["rapporti"])
			}
		}
		got := figures(t, db, "co_flows", "'_T'", "'_T'")
		if len(want) != 7*805 || len(got) != len(want) {
			t.Errorf("%d figures published, %d in the table, want %d", len(got), len(want), 7*805)
		}
		compare(t, got, want)
	})
	t.Run("published rates agree with their counts", func(t *testing.T) {
		for _, cube := range []string{"gol_taken_in_charge", "gol_policies", "gol_employed", "gol_targets"} {
			var worst float64
			if err := db.QueryRow(`SELECT max(abs(value - 100 * numerator / denominator)) FROM cubes.` + cube + ` WHERE denominator > 0`).Scan(&worst); err != nil {
				t.Fatal(err)
			}
			if worst > 0.05+1e-9 || math.IsNaN(worst) {
				t.Errorf("%s: a rate is %.3f points from its counts, want rounding to one decimal at most", cube, worst)
			}
		}
	})
	t.Run("what is odd is marked", func(t *testing.T) {
		for query, want := range map[string]int{
			// the copied table of January 2025, and nothing else, is not validated
			`SELECT count(*) FROM cubes.gol_employed WHERE obs_status = 'V'`:                            208,
			`SELECT count(*) FROM cubes.gol_employed WHERE obs_status = 'V' AND period <> '2025-01-31'`: 0,
			`SELECT count(*) FROM cubes.gol_employed a JOIN cubes.gol_employed b USING (geo, path, measure, value)
				WHERE a.period = '2024-06-30' AND b.period = '2025-01-31'`: 208,
			// regions that do not add up to Italy: three dates of table 2.2
			`SELECT count(*) FROM (SELECT period FROM cubes.gol_employed WHERE measure = 'reached' AND path = '_T' GROUP BY period
				HAVING sum(value) FILTER (geo <> 'IT') <> sum(value) FILTER (geo = 'IT'))`: 3,
			`SELECT count(*) FROM cubes.gol_employed WHERE obs_status = 'D' AND geo = 'IT' AND period >= '2025-10-31'`: 24,
			// and there the regions are the individuals of table 1.1, Italy the sum of the four paths
			`SELECT count(*) FROM cubes.gol_employed e JOIN cubes.gol_taken_in_charge i USING (geo, period)
				WHERE e.measure = 'reached' AND e.path = '_T' AND i.measure = 'individuals' AND e.period >= '2025-10-31'
				AND geo <> 'IT' AND e.value = i.value`: 63,
			`SELECT count(*) FROM (SELECT period FROM cubes.gol_employed WHERE measure = 'reached' AND geo = 'IT' GROUP BY period
				HAVING sum(value) FILTER (path <> '_T') <> sum(value) FILTER (path = '_T'))`: 0,
			// jobs without a region have a home, and with it the regions add up
			`SELECT count(*) FROM (SELECT period FROM cubes.co_flows WHERE measure = 'hires' GROUP BY period
				HAVING sum(value) FILTER (geo <> 'IT') <> sum(value) FILTER (geo = 'IT'))`: 0,
			`SELECT count(*) FROM cubes.co_flows WHERE geo_level = 'unallocated' AND measure = 'hires'`: 35,
			// cells that the notes of October 2022 do not give: two provinces and three rates
			`SELECT count(*) FROM cubes.gol_targets WHERE obs_status = 'O'`:                                                  2*2*4 + 3,
			`SELECT count(*) FROM cubes.gol_targets WHERE obs_status = 'O' AND (value IS NOT NULL OR numerator IS NOT NULL)`: 0,
			// every note has its text
			`SELECT count(*) FROM (SELECT unnest(string_split(note_ids, '|')) AS id FROM staging.observations)
				WHERE id NOT IN (SELECT id FROM reference.notes)`: 0,
		} {
			if got := number(t, db, query); got != want {
				t.Errorf("%s\ngot %d, want %d", query, got, want)
			}
		}
	})
}

func TestTheSameTablesTwiceChangeNothing(t *testing.T) {
	dir := sharedData(t)
	db, _ := published(t, dir)
	again, err := ingest.Run(context.Background(), ingest.Options{
		DB: db, Sources: sources(t), SourceDir: dir, KeepInbox: true, Temp: t.TempDir(),
		Now: time.Now, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := again.Count(ingest.Known); n != 6 {
		t.Errorf("%d of 6 known, want all", n)
	}
	if n := number(t, db, `SELECT count(*) FROM raw.observations`); n != 16613 {
		t.Errorf("%d observations, want 16613", n)
	}
}

func TestALabelThatNobodyKnowsIsNotDropped(t *testing.T) {
	dir := sharedData(t)
	text, err := os.ReadFile(filepath.Join(dir, "gol-monitoraggio", "csv_long", "tab_2_1_long.csv"))
	if err != nil {
		t.Fatal(err)
	}
	inbox := t.TempDir()
	file := filepath.Join(inbox, "gol-monitoraggio", "csv_long", "tab_2_1_long.csv")
	if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(text), ",Abruzzo,", ",Abruzo,", 1)), 0o640); err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	db, err := warehouse.Open(ctx, warehouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	italy, _ := warehouse.GeographyFS("italia")
	if err := warehouse.LoadReference(ctx, db, warehouse.ReferenceFS(), italy, os.DirFS("lists")); err != nil {
		t.Fatal(err)
	}
	if err := ingest.Prepare(ctx, db); err != nil {
		t.Fatal(err)
	}
	var policies []ingest.Source
	for _, s := range sources(t) {
		if s.Name == "gol_politiche" {
			policies = append(policies, s)
		}
	}
	report, err := ingest.Run(ctx, ingest.Options{
		DB: db, Sources: policies, SourceDir: inbox, KeepInbox: true, Temp: t.TempDir(),
		Now: time.Now, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if report.Count(ingest.Refused) != 1 {
		t.Errorf("got %+v, %v, want the file refused", report, err)
	}
	if n := number(t, db, `SELECT count(*) FROM raw.observations`); n != 0 {
		t.Errorf("%d observations of a refused file", n)
	}
}

// followers are claims on the published tables, each with the cells that break
// it. A cell that a note explains breaks nothing.
var followers = []struct{ claim, offenders string }{
	{"taken in charge: Italy is the sum of the regions", `
		SELECT period, entry_year, path, measure FROM published.gol_taken_in_charge WHERE measure IN ('taken_in_charge', 'individuals')
		GROUP BY ALL HAVING sum(value) FILTER (geo_level = 'region') <> max(value) FILTER (geo = 'IT')`},
	{"taken in charge: paths and years of entry sum to the total", `
		SELECT geo, period FROM published.gol_taken_in_charge WHERE measure = 'taken_in_charge' GROUP BY ALL
		HAVING sum(value) FILTER (path <> '_T') <> max(value) FILTER (path = '_T' AND entry_year = '_T')
		    OR sum(value) FILTER (entry_year <> '_T') <> max(value) FILTER (path = '_T' AND entry_year = '_T')`},
	{"policies: Italy is the sum of the regions", `
		SELECT period, measure FROM published.gol_policies WHERE measure NOT LIKE '%share'
		GROUP BY ALL HAVING sum(value) FILTER (geo_level = 'region') <> max(value) FILTER (geo = 'IT')`},
	{"policies: a share is its part of those reached", `
		SELECT p.geo, p.period, p.measure FROM published.gol_policies s
		JOIN published.gol_policies p ON s.measure = p.measure || '_share' AND p.geo = s.geo AND p.period = s.period
		JOIN published.gol_policies r ON r.measure = 'reached' AND r.geo = s.geo AND r.period = s.period
		WHERE abs(100 * p.value / r.value - s.value) > 0.0501`},
	{"employed: new and already employed sum to the employed, and each share is its part", `
		SELECT geo, period, path FROM (
			PIVOT (SELECT geo, period, path, measure, value FROM published.gol_employed)
			ON measure IN ('reached', 'employed', 'new_employed', 'already_employed', 'employed_share', 'new_employed_share', 'already_employed_share', 'new_over_employed_share')
			USING max(value))
		WHERE new_employed + already_employed <> employed OR abs(100 * employed / reached - employed_share) > 0.0501
		   OR abs(100 * new_employed / reached - new_employed_share) > 0.0501 OR abs(100 * already_employed / reached - already_employed_share) > 0.0501
		   OR abs(100 * new_employed / employed - new_over_employed_share) > 0.0501`},
	{"employed: Italy is the sum of the regions wherever no note says otherwise", `
		SELECT period, measure FROM published.gol_employed WHERE path = '_T' AND measure NOT LIKE '%share' GROUP BY ALL
		HAVING sum(value) FILTER (geo_level = 'region') <> max(value) FILTER (geo = 'IT')
		   AND NOT coalesce(bool_or(note_ids LIKE '%gol_2_2_percorso_5%' AND obs_status = 'D') FILTER (geo = 'IT'), false)`},
	{"flows: the balance is hires less terminations", `
		SELECT geo, period FROM published.co_flows GROUP BY ALL HAVING max(value) FILTER (measure = 'balance')
		<> max(value) FILTER (measure = 'hires') - max(value) FILTER (measure = 'terminations')`},
	{"flows: a rate is events over workers", `
		SELECT geo, period FROM published.co_flows GROUP BY ALL HAVING NOT abs(max(value) FILTER (measure = 'hires') / max(value) FILTER (measure = 'hires_workers')
		- max(value) FILTER (measure = 'hires_per_worker')) < 1e-9 OR NOT abs(max(value) FILTER (measure = 'terminations')
		/ max(value) FILTER (measure = 'terminations_workers') - max(value) FILTER (measure = 'terminations_per_worker')) < 1e-9`},
	{"flows: where Italy is not the sum of the regions a note says so", `
		SELECT period, measure FROM published.co_flows WHERE measure NOT LIKE '%per_worker' GROUP BY ALL
		HAVING sum(value) FILTER (geo_level = 'region') <> max(value) FILTER (geo = 'IT') AND NOT bool_or(note_ids LIKE '%co_totale%') FILTER (geo = 'IT')`},
}

func TestTotalsSharesAndRatesFollowFromTheirParts(t *testing.T) {
	db, _ := published(t, sharedData(t))
	for _, f := range followers {
		t.Run(f.claim, func(t *testing.T) {
			rows, err := db.QueryContext(t.Context(), f.offenders)
			if err != nil {
				t.Fatal(err)
			}
			defer rows.Close()
			columns, err := rows.Columns()
			if err != nil {
				t.Fatal(err)
			}
			for rows.Next() {
				row, at := make([]string, len(columns)), make([]any, len(columns))
				for i := range row {
					at[i] = &row[i]
				}
				if err := rows.Scan(at...); err != nil {
					t.Fatal(err)
				}
				t.Errorf("not so for %s", strings.Join(row, " "))
			}
			if err := rows.Err(); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// The rows that do not add up are known one by one: four measures of table
// 2.2 at three dates, whose total for Italy leaves path 5 out.
func TestTheRowsThatDoNotAddUpAreKnown(t *testing.T) {
	db, _ := published(t, sharedData(t))
	var dates, cells int
	err := db.QueryRowContext(t.Context(), `
		SELECT count(DISTINCT period), count(*) FROM (
			SELECT period, measure FROM published.gol_employed WHERE path = '_T' AND measure NOT LIKE '%share' GROUP BY ALL
			HAVING sum(value) FILTER (geo_level = 'region') <> max(value) FILTER (geo = 'IT'))`).Scan(&dates, &cells)
	if err != nil {
		t.Fatal(err)
	}
	if dates != 3 || cells != 12 {
		t.Errorf("%d cells at %d dates do not add up, known are 12 at 3", cells, dates)
	}
}
