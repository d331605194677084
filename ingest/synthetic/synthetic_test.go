package synthetic_test

import (
	"bufio"
	"crypto/sha256"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"osservatorio/ingest/synthetic"
	"osservatorio/warehouse"
)

// region generates an invented region of so many persons.
func region(t *testing.T, change func(*synthetic.Options)) (string, synthetic.Summary, synthetic.Truth) {
	t.Helper()
	o := synthetic.Options{
		Persons: 9000, Seed: 5, From: "2022-01", To: "2023-12", Dir: t.TempDir(), BadShare: .006,
		Reference: warehouse.ReferenceFS(), Geography: os.DirFS("testdata/geography"), GeographyName: "terra-inventata",
	}
	if change != nil {
		change(&o)
	}
	summary, err := synthetic.Generate(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	truth, err := synthetic.ReadTruth(filepath.Join(o.Dir, synthetic.TruthFile))
	if err != nil {
		t.Fatal(err)
	}
	return o.Dir, summary, truth
}

func sums(t *testing.T, dir string) map[string][32]byte {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][32]byte{}
	for _, f := range files {
		text, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name()] = sha256.Sum256(text)
	}
	return out
}

func TestTheSameSeedGivesTheSameBytesOnAnyNumberOfProcessors(t *testing.T) {
	one, _, _ := region(t, func(o *synthetic.Options) { o.Workers = 1 })
	many, _, _ := region(t, func(o *synthetic.Options) { o.Workers = 3 })
	a, b := sums(t, one), sums(t, many)
	if len(a) != len(b) || len(a) < 60 {
		t.Fatalf("%d and %d files: want as many, 60 or more", len(a), len(b))
	}
	for name, sum := range a {
		if b[name] != sum {
			t.Errorf("%s differs", name)
		}
	}
}

func TestAnotherSeedGivesAnotherRegion(t *testing.T) {
	first, _, _ := region(t, nil)
	second, _, _ := region(t, func(o *synthetic.Options) { o.Seed = 6 })
	a, b := sums(t, first), sums(t, second)
	for name, sum := range a {
		if strings.HasSuffix(name, ".csv") && b[name] == sum {
			t.Errorf("%s is the same under two seeds", name)
		}
	}
}

func TestTruthCountsTheLinesOfEveryFile(t *testing.T) {
	dir, summary, truth := region(t, nil)
	if summary.Files != len(truth.Deliveries) || summary.Rows == 0 {
		t.Fatalf("summary says %d files and %d rows, truth has %d", summary.Files, summary.Rows, len(truth.Deliveries))
	}
	for _, d := range truth.Deliveries {
		text, err := os.ReadFile(filepath.Join(dir, d.File))
		if err != nil {
			t.Fatal(err)
		}
		if lines := strings.Count(string(text), "\n") - 1; lines != d.Rows {
			t.Errorf("%s has %d rows, truth says %d", d.File, lines, d.Rows)
		}
		manifest, err := os.ReadFile(filepath.Join(dir, d.File+".manifest.json"))
		if err != nil || !strings.Contains(string(manifest), `"synthetic": true`) {
			t.Errorf("%s: manifest does not say that the data are synthetic: %s (%v)", d.File, manifest, err)
		}
	}
}

func TestDistrictsDifferAsTheirTruthSays(t *testing.T) {
	_, _, truth := region(t, nil)
	for view, measure := range map[string]string{"lep_timely": "timely_60", "lep_coverage": "orientamento_base"} {
		low, high := 1.0, 0.0
		for geo, r := range rates(truth, view, measure) {
			if r < .40 || r > .97 {
				t.Errorf("%s %s in %s is %.2f: not plausible", view, measure, geo, r)
			}
			low, high = min(low, r), max(high, r)
		}
		if high-low < .12 {
			t.Errorf("%s %s goes from %.2f to %.2f: want a spread of 0.12 or more", view, measure, low, high)
		}
	}
}

// rates are the observable rates of districts over all quarters.
func rates(truth synthetic.Truth, view, measure string) map[string]float64 {
	n, d := map[string]int{}, map[string]int{}
	for _, i := range truth.Indicators {
		if i.View == view && i.Measure == measure && i.GeoLevel == "district" && i.Observable != nil {
			n[i.Geo] += i.Observable[0]
			d[i.Geo] += i.Observable[1]
		}
	}
	out := map[string]float64{}
	for geo := range n {
		out[geo] = float64(n[geo]) / float64(d[geo])
	}
	return out
}

func TestWhatIsNotYetObservableHasAReasonAndALife(t *testing.T) {
	_, _, truth := region(t, nil)
	open := map[string]int{}
	for _, i := range truth.Indicators {
		if (i.Observable == nil) != (i.Reason == synthetic.ReasonNotObservable) || i.Life == nil {
			t.Fatalf("%+v: want observable figures or a reason, and a life", i)
		}
		if i.Observable == nil {
			open[i.View]++
		}
	}
	for _, view := range []string{"lep_coverage", "lep_activities", "lep_timely", "out_employed", "out_employed_inwork"} {
		if open[view] == 0 {
			t.Errorf("%s: all quarters observable: want the last ones open", view)
		}
	}
	if open["flows"] > 0 {
		t.Errorf("flows: %d cells not observable: want all shown, the last provisional", open["flows"])
	}
}

// Every view has books of districts, of what lies above them, and of years, with
// a life beside what is observable, and most of them of quarters too.
func TestEveryViewHasBooksOfDistrictsAndPeriods(t *testing.T) {
	_, _, truth := region(t, nil)
	has := map[string]map[string]bool{}
	for _, i := range truth.Indicators {
		if has[i.View] == nil {
			has[i.View] = map[string]bool{}
		}
		has[i.View][i.GeoLevel], has[i.View][i.PeriodType], has[i.View]["life"] = true, true, len(i.Life) > 0
	}
	yearly := map[string]bool{"funding_execution": true, "operators_per_1000": true, "out_expected": true, "provider_sites": true}
	for view, of := range has {
		for _, what := range []string{"district", "province", "region", "quarter", "year", "life"} {
			if !of[what] && !(what == "quarter" && yearly[view]) && !(what == "year" && view == "gol_stock") {
				t.Errorf("%s: no books by %s: %v", view, what, of)
			}
		}
	}
	if len(has) != 34 {
		t.Errorf("books of %d views, want 34", len(has))
	}
}

func TestDistrictsAddUpToProvincesAndRegion(t *testing.T) {
	_, _, truth := region(t, nil)
	type cell struct{ view, measure, period, level string }
	sum := map[cell]int{}
	for _, i := range truth.Indicators {
		if i.View == "lep_centres_meeting" || i.Measure == "overdispersion" || strings.HasSuffix(i.Measure, "_median") {
			continue // other measures above than below; of the whole region alone; days
		}
		if i.Breakdown == "" {
			sum[cell{i.View, i.Measure, i.Period, i.GeoLevel}] += i.Life[len(i.Life)-1]
		}
	}
	total := 0
	for c, n := range sum {
		for _, level := range []string{"district", "province", "region"} {
			if other := sum[cell{c.view, c.measure, c.period, level}]; other != n {
				t.Errorf("%v sums to %d, %s to %d", c, n, level, other)
			}
		}
		total += n
	}
	if total == 0 {
		t.Error("nothing counted")
	}
}

func TestMemoryDoesNotGrowWithPersons(t *testing.T) {
	peak := func(persons int) (most uint64) {
		region(t, func(o *synthetic.Options) {
			o.Persons, o.Workers = persons, 1
			o.Progress = func(int, int) {
				var m runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapAlloc)
			}
		})
		return most
	}
	few, many := peak(16_384), peak(65_536)
	if many > few*3/2 {
		t.Errorf("65,536 persons hold %d KB, 16,384 hold %d KB: want about as much", many>>10, few>>10)
	}
}

func TestNoValueLooksLikeAPerson(t *testing.T) {
	dir, _, truth := region(t, func(o *synthetic.Options) { o.Persons = 3000 })
	personal := regexp.MustCompile(`(?i)[a-z]{6}[0-9]{2}[a-z][0-9]{2}[a-z][0-9]{3}[a-z]|@|\b[+]?[0-9]{9,}\b|\bIT[0-9]{2}[A-Z][0-9]{10}`)
	rows := 0
	for _, d := range truth.Deliveries {
		f, err := os.Open(filepath.Join(dir, d.File))
		if err != nil {
			t.Fatal(err)
		}
		for lines := bufio.NewScanner(f); lines.Scan(); rows++ {
			if found := personal.FindString(lines.Text()); found != "" {
				t.Errorf("%s: %q looks like a person's", d.File, found)
			}
		}
		f.Close()
	}
	if rows < 10_000 {
		t.Errorf("%d rows looked at: want 10,000 or more", rows)
	}
}

func TestGenerateRefusesWhatItCannotKeep(t *testing.T) {
	for want, change := range map[string]func(*synthetic.Options){
		"persons 0":      func(o *synthetic.Options) { o.Persons = 0 },
		`from "2022-02"`: func(o *synthetic.Options) { o.From = "2022-02" },
		`to "2023-11"`:   func(o *synthetic.Options) { o.To = "2023-11" },
		"bad share 0.02": func(o *synthetic.Options) { o.BadShare = .02 },
		"geo_levels.csv": func(o *synthetic.Options) { o.Geography = os.DirFS(t.TempDir()) },
	} {
		o := synthetic.Options{
			Persons: 10, From: "2022-01", To: "2023-12", Dir: t.TempDir(),
			Reference: warehouse.ReferenceFS(), Geography: os.DirFS("testdata/geography"),
		}
		change(&o)
		if _, err := synthetic.Generate(t.Context(), o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v: want it to name %s", err, want)
		}
	}
}
