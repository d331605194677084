package export

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"osservatorio/queries/release"
)

// million is a view of a million cells, a third of them hidden: 50 territories,
// 100 periods, 200 combinations of sex and measure.
const million = `CREATE TABLE published.million AS
	SELECT 'district' AS geo_level, 'ER-D' || CAST(100 + i // 20000 AS VARCHAR) AS geo, 'month' AS period_type,
	  strftime(DATE '2015-01-01' + to_months(CAST(i // 200 % 100 AS INTEGER)), '%Y-%m') AS period, 'c' || CAST(i // 20 % 10 AS VARCHAR) AS sex, 'm' || CAST(i % 20 AS VARCHAR) AS measure,
	  CASE WHEN hash(i) % 3 > 0 THEN CAST(hash(i + 1) % 300 AS DOUBLE) END AS numerator, CASE WHEN hash(i) % 3 > 0 THEN CAST(300 + hash(i + 2) % 300 AS DOUBLE) END AS denominator,
	  CASE WHEN hash(i) % 3 > 0 THEN 100.0 * CAST(hash(i + 1) % 300 AS DOUBLE) / CAST(300 + hash(i + 2) % 300 AS DOUBLE) END AS value, 'percent' AS unit,
	  CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high, CASE WHEN hash(i) % 3 > 0 THEN 'A' ELSE 'Q' END AS obs_status,
	  CASE WHEN hash(i) % 3 > 0 THEN 'F' ELSE 'C' END AS conf_status, CAST(NULL AS VARCHAR) AS reason, CAST(NULL AS VARCHAR) AS note_ids, 'million@1' AS definition
	FROM range(1000000) r(i)`

// BenchmarkExtracts writes the files of data of a million cells and tells
// processor time (DuckDB's, too) and sizes.
func BenchmarkExtracts(b *testing.B) {
	db, o := world(b)
	if _, err := db.Exec(million); err != nil {
		b.Fatal(err)
	}
	h := release.Header{View: "million", Breakdowns: []string{"sex"}, Kind: release.Rate}
	w := &writer{ctx: b.Context(), db: db, o: o, dir: b.TempDir(), info: o.Info, views: []view{{header: h}}}
	before := processorTime(b)
	for b.Loop() {
		if err := w.writeData(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric((processorTime(b)-before).Seconds()/float64(b.N), "cpu-s/million-cells")
	for _, kind := range []string{"parquet", "csv"} {
		info, err := os.Stat(filepath.Join(w.dir, "data", "million."+kind))
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(info.Size())/1e6, kind+"-MB")
	}
}

func processorTime(t testing.TB) time.Duration {
	t.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
