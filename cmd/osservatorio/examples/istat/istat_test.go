// Package istat_test runs the example: on the real files, read a second time
// with nothing but Go's CSV reader, and on an SDMX service on this machine.
package istat_test

import (
	"context"
	"database/sql"
	"encoding/csv"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pelletier/go-toml/v2"
	"golang.org/x/text/encoding/charmap"

	"osservatorio/ingest"
	"osservatorio/ingest/fetch/place"
	"osservatorio/ingest/sdmx"
	"osservatorio/ingest/sdmx/sdmxtest"
	"osservatorio/queries"
	"osservatorio/warehouse"
)

// source is what the configuration says of one.
type source struct {
	Name, Contract, Pattern, Mapping, Mode, Period, Licence string
	IssuedAt                                                string  `toml:"issued_at"`
	MaxBadShare                                             float64 `toml:"max_bad_share"`
	SDMX                                                    struct{ Service, Agency, Flow, Version, Key, Start, End, Pause string }
}

func configured(t *testing.T) []source {
	t.Helper()
	var config struct{ Source []source }
	text, err := os.ReadFile("osservatorio.toml")
	must(t, err)
	must(t, toml.Unmarshal(text, &config))
	return config.Source
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (s source) ingest(t *testing.T) ingest.Source {
	t.Helper()
	out := ingest.Source{Name: s.Name, Contract: s.Contract, Pattern: s.Pattern, Mapping: s.Mapping, Mode: s.Mode, Period: s.Period, Licence: s.Licence, MaxBadShare: s.MaxBadShare}
	if s.IssuedAt != "" {
		issued, err := time.Parse(time.DateOnly, s.IssuedAt)
		must(t, err)
		out.IssuedAt = issued
	}
	return out
}

// loaded is a warehouse with the sources' deliveries and the views on them.
func loaded(t *testing.T, o ingest.Options) *warehouse.DB {
	t.Helper()
	ctx := t.Context()
	db, err := warehouse.Open(ctx, warehouse.Options{})
	must(t, err)
	t.Cleanup(func() { db.Close() })
	must(t, warehouse.LoadReference(ctx, db, warehouse.ReferenceFS(), os.DirFS("geography"), os.DirFS("lists")))
	must(t, ingest.Prepare(ctx, db))
	o.DB, o.Temp, o.Log = db, t.TempDir(), slog.New(slog.DiscardHandler)
	o.Now = func() time.Time { return time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC) }
	report, err := ingest.Run(ctx, o)
	must(t, err)
	for _, l := range report.Loads {
		if l.Status != ingest.Loaded || l.Outcome.Accepted != l.Outcome.Rows {
			t.Errorf("%s: %s: %d rows, %d accepted: %v", l.Source, l.Status, l.Outcome.Rows, l.Outcome.Accepted, l.Err)
		}
	}
	if len(report.Loads) != len(o.Sources) {
		t.Errorf("%d deliveries of %d sources", len(report.Loads), len(o.Sources))
	}
	views, err := queries.Views()
	must(t, err)
	plan, err := queries.NewPlan(ctx, db, views)
	must(t, err)
	must(t, queries.Apply(ctx, db, plan))
	failures, err := queries.Check(ctx, db, plan)
	must(t, err)
	for _, f := range failures {
		t.Errorf("check: %s", f)
	}
	return db
}

// numbers are the values of a query by its first column.
func numbers(t *testing.T, db *warehouse.DB, query string) map[string]float64 {
	t.Helper()
	out := map[string]float64{}
	must(t, db.Tx(context.Background(), func(tx *sql.Tx) error {
		rows, err := tx.Query(query)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var key string
			var value float64
			if err := rows.Scan(&key, &value); err != nil {
				return err
			}
			out[key] = value
		}
		return errors.Join(rows.Err(), rows.Close())
	}))
	return out
}

func compare(t *testing.T, what string, got, want map[string]float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d figures, want %d", what, len(got), len(want))
	}
	for key, w := range want {
		if g, ok := got[key]; !ok || math.Abs(g-w) > 1e-9 {
			t.Errorf("%s: %s: %v, want %v", what, key, g, w)
		}
	}
}

func TestRatesOfTheServiceArePublishedForRegionAndProvinces(t *testing.T) {
	var sources []ingest.Source
	want := map[string]float64{}
	for _, s := range configured(t) {
		if s.SDMX.Flow == "" {
			continue
		}
		service := &sdmxtest.Service{Agency: s.SDMX.Agency, Flow: s.SDMX.Flow, Further: []string{"DATA_TYPE", "SEX", "AGE", "EDU_LEV_HIGHEST", "CITIZENSHIP"}, Most: 60, OneMore: true}
		key := strings.Split(s.SDMX.Key, ".")
		for i, area := range strings.Split(key[1], "+") {
			for year := 2018; year <= 2025; year++ {
				value := float64(i) + float64(year-2000)/10
				service.Observations = append(service.Observations, sdmxtest.Observation{Freq: "A", Area: area, Period: fmt.Sprint(year), Value: strconv.FormatFloat(value, 'f', 1, 64),
					Status: map[bool]string{true: "p"}[year == 2025], Further: []string{key[2], "9", key[4], "99", "TOTAL"}})
				want[fmt.Sprint(key[2], " ", strings.Replace(area, "ITD", "ITH", 1), " ", year, " ", map[bool]string{true: "P", false: "A"}[year == 2025])] = value
			}
		}
		start, err := sdmx.ParsePeriod(s.SDMX.Start)
		must(t, err)
		end, err := sdmx.ParsePeriod(s.SDMX.End)
		must(t, err)
		one := s.ingest(t)
		one.Place = place.Place{AllowHosts: []string{"127.0.0.1"}, Statistics: place.Statistics{Query: sdmx.Query{Base: service.Serve(t),
			Agency: s.SDMX.Agency, Flow: s.SDMX.Flow, Version: s.SDMX.Version, Key: s.SDMX.Key, Start: start, End: end}}}
		sources = append(sources, one)
	}
	if len(sources) != 3 {
		t.Fatalf("%d questions in the configuration, want those for three rates", len(sources))
	}
	db := loaded(t, ingest.Options{Sources: sources, SourceDir: t.TempDir(), Spool: t.TempDir()})
	got := numbers(t, db, `SELECT CASE measure WHEN 'unemployment_rate' THEN 'UNEM_R' WHEN 'employment_rate' THEN 'EMP_R' ELSE 'INAC_R' END
		|| ' ' || geo || ' ' || period || ' ' || obs_status, value FROM cubes.labour_force`)
	compare(t, "rates", got, want)
}

func sharedData(t *testing.T) string {
	t.Helper()
	root := os.Getenv("OSSERVATORIO_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "..", "..", "shared")
	}
	dir := filepath.Join(root, "data")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("shared data not here: set OSSERVATORIO_SHARED")
	}
	return dir
}

// inbox is a folder with the files that the README names.
func inbox(t *testing.T) string {
	t.Helper()
	from, dir := sharedData(t), t.TempDir()
	for _, file := range []string{"02-lavoro/istat-forze-lavoro/tasso_disoccupazione_cittadinanza_DCCV_TAXDISOCCU1.csv",
		"06-file-cattivi/istat-elenco-comuni/istat20190215.csv", "06-file-cattivi/istat-elenco-comuni/istat20200101.csv"} {
		raw, err := os.ReadFile(filepath.Join(from, filepath.FromSlash(file)))
		must(t, err)
		must(t, os.WriteFile(filepath.Join(dir, filepath.Base(file)), raw, 0o600))
	}
	return dir
}

func TestRealFilesOfISTATAreReadRight(t *testing.T) {
	dir := inbox(t)
	var sources []ingest.Source
	for _, s := range configured(t) {
		if s.SDMX.Flow == "" {
			sources = append(sources, s.ingest(t))
		}
	}
	db := loaded(t, ingest.Options{Sources: sources, SourceDir: dir, KeepInbox: true})

	t.Run("unemployment by citizenship, years and quarters", func(t *testing.T) {
		rows := records(t, filepath.Join(dir, "tasso_disoccupazione_cittadinanza_DCCV_TAXDISOCCU1.csv"), ',', false)
		want := map[string]float64{}
		for _, r := range rows[1:] {
			if r[6] != "Y15-74" {
				continue
			}
			// by the labels, where the mapping goes by the codes
			area := map[string]string{"Italy": "IT", "Nord": "ITCD", "Nord-ovest": "ITC", "Nord-est": "ITH", "Centro (I)": "ITI", "Mezzogiorno": "ITFG"}[r[1]]
			sex := map[string]string{"males": "M", "females": "F", "total": "_T"}[r[5]]
			education, _, _ := strings.Cut(r[9], " ")
			education = map[string]string{"no": "low", "upper": "medium", "tertiary": "high", "total": "_T"}[education]
			who := map[string]string{"italian": "italian", "foreign": "foreign", "total": "_T"}[r[11]]
			value, err := strconv.ParseFloat(r[14], 64)
			must(t, err)
			want[strings.Join([]string{area, r[12], sex, education, who}, " ")] = value
		}
		if len(want) != 3899 {
			t.Errorf("%d rates in the file, want 3899", len(want))
		}
		compare(t, "rates", numbers(t, db, `SELECT concat_ws(' ', geo, period, sex, education, nationality), value FROM cubes.labour_force`), want)
	})
	t.Run("municipalities of two editions", func(t *testing.T) {
		want := map[string]float64{}
		for file, day := range map[string]string{"istat20190215.csv": "2019-02-15", "istat20200101.csv": "2020-01-01"} {
			for _, r := range records(t, filepath.Join(dir, file), ';', true)[1:] {
				if r[0] != "08" {
					continue
				}
				persons, err := strconv.ParseFloat(strings.ReplaceAll(strings.TrimSpace(r[19]), ".", ""), 64)
				must(t, err)
				want["municipalities "+r[22]+" "+day]++
				want["legal_population_2011 "+r[22]+" "+day] += persons
			}
		}
		if len(want) != 36 {
			t.Errorf("%d figures in the files, want two for nine provinces and two editions", len(want))
		}
		compare(t, "municipalities", numbers(t, db, `SELECT concat_ws(' ', indicator, geo, period), value FROM staging.observations WHERE dataset = 'comuni'`), want)
	})
}

// records reads a file by other means than the product.
func records(t *testing.T, path string, comma rune, latin1 bool) [][]string {
	t.Helper()
	raw, err := os.ReadFile(path)
	must(t, err)
	if latin1 {
		raw, err = charmap.ISO8859_1.NewDecoder().Bytes(raw)
		must(t, err)
	}
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(raw), "\ufeff")))
	r.Comma, r.FieldsPerRecord = comma, -1
	all, err := r.ReadAll()
	must(t, err)
	return slices.DeleteFunc(all, func(r []string) bool { return len(r) < 15 })
}
