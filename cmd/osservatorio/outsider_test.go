package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/andybalholm/brotli"

	"osservatorio/dashboards"
	"osservatorio/dashboards/picture"
	"osservatorio/dashboards/render"
	"osservatorio/ingest/synthetic"
	"osservatorio/queries"
	"osservatorio/queries/disclosure"
	"osservatorio/queries/export"
	"osservatorio/queries/release"
	"osservatorio/site"
	"osservatorio/site/output"
	"osservatorio/warehouse"
)

// An outsider has the public folders and nothing else: a release and its site,
// of an invented region protected over all views together. The truth is used to
// know what he must not find, and to give him every sum that holds.

// mark is a prime that every protected count is multiplied with, thresholds
// too: a number of persons can then be told from any other number, and one or
// two marks are always somebody's secret.
const mark = 7919

// outsiders is how many persons the region of the outsider has. What is the same
// in every place of a large one is not seen in a small one: with 20,000 and
// more it is a whole built-in region, whose site is read where -outsidersite says so.
var outsiders = flag.Int("outsiders", 500, "persons of the region that an outsider attacks")

// large is how many persons make it a whole region.
const large = 20_000

// outsiderSeed makes another region of as many persons.
var outsiderSeed = flag.Uint64("outsiderseed", 3, "seed of the region that an outsider attacks")

// outsiderOf is the folder of an instance that stands. Its numbers bear no mark, so
// that other files than those of the release cannot be searched for them.
var outsiderOf = flag.String("outsiderof", "", "attack the newest release of the instance in this folder, with the truth that its warehouse holds; only where that release holds no revision back")

// outsiderSite has the site of a whole region read too, every file of it.
var outsiderSite = flag.Bool("outsidersite", false, "also build and read the site of a whole region")

// outside is a release and a site that were made from marked counts.
type outside struct {
	db     *warehouse.DB
	rel    *release.Release
	folder string
	site   string
	frames map[string]*release.Frame
	truth  map[string]map[string]cellTruth   // by protected view and key
	unit   float64                           // what stands for one: the mark, or one
	again  func(t *testing.T, folder string) // writes the release once more
	build  func(t *testing.T)                // makes the site
	drawn  *drawn                            // what its pictures were made from

	printed *printed // what its PDFs were made from; nil without a browser
}

// cellTruth is what a cube holds in a cell.
type cellTruth struct{ numerator, denominator, value float64 }

func TestAnOutsiderFindsNoNumberThatIsHidden(t *testing.T) {
	t.Parallel()
	o := outsideToAttack(t)
	t.Run("sums and differences", o.sumsAndDifferences)
	t.Run("rates and intervals", o.ratesAndIntervals)
	t.Run("stocks and flows", o.stocksAndFlows)
	whole := *outsiders >= large || *outsiderOf != ""
	if whole {
		t.Run("relations between tables", o.relations)
	}
	t.Run("parquet files", o.parquetFiles)
	if *outsiderOf != "" || whole && !*outsiderSite {
		return
	}
	t.Run("every public file", o.everyPublicFile)
	t.Run("another truth", o.withoutTheTruth)
}

// outsideToAttack is an instance that stands, or one that is made for it.
func outsideToAttack(t *testing.T) *outside {
	t.Helper()
	if *outsiderOf == "" {
		return builtOutside(t)
	}
	c, err := LoadConfig(filepath.Join(*outsiderOf, "osservatorio.toml"))
	must(t, err)
	in := &instance{Config: c}
	db, err := warehouse.Open(t.Context(), warehouse.Options{Path: in.path(in.Paths.Warehouse), ReadOnly: true})
	must(t, err)
	t.Cleanup(func() { db.Close() })
	index, err := release.ReadIndex(in.path(in.Paths.Releases))
	must(t, err)
	if len(index.Releases) == 0 {
		t.Fatalf("%s: no release to attack: make one (osservatorio run)", *outsiderOf)
	}
	o := &outside{db: db, folder: filepath.Join(in.path(in.Paths.Releases), index.Latest), unit: 1}
	o.read(t)
	return o
}

func builtOutside(t *testing.T) *outside {
	t.Helper()
	dir := t.TempDir()
	territory, err := filepath.Abs("../../ingest/synthetic/testdata/geography")
	must(t, err)
	name, months, geography := "prova", [2]string{"2025-01", "2025-12"}, os.DirFS(territory)
	if *outsiders >= large {
		territory, name, months = "emilia-romagna", "emilia-romagna", [2]string{"2022-01", "2026-09"}
		geography, err = warehouse.GeographyFS(territory)
		must(t, err)
	}
	config := strings.Replace(fmt.Sprintf(wallConfig, territory), "together = false", "together = true", 1)
	must(t, initInstance(dir, []byte(config)))
	sameKey(t, dir)
	_, err = synthetic.Generate(t.Context(), synthetic.Options{
		Persons: *outsiders, Seed: *outsiderSeed, From: months[0], To: months[1], Dir: filepath.Join(dir, "inbox"),
		Reference: warehouse.ReferenceFS(), Geography: geography, GeographyName: name,
	})
	must(t, err)
	c, err := LoadConfig(filepath.Join(dir, "osservatorio.toml"))
	must(t, err)
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	in := &instance{Config: c, now: time.Now, log: log, out: newProgress(io.Discard, log)}
	db, err := in.open(t.Context())
	must(t, err)
	t.Cleanup(func() { db.Close() })
	_, err = in.ingest(t.Context(), db, nil)
	must(t, err)
	plan, err := in.derive(t.Context(), db)
	must(t, err)
	markCounts(t, db, plan)
	policy, err := in.policy()
	must(t, err)
	report, err := disclosure.Protect(t.Context(), db, plan, policy)
	must(t, err)
	o := &outside{db: db, site: in.path(in.Paths.Public), unit: mark}
	o.folder, err = in.export(t.Context(), db, plan, report, queries.Findings{})
	must(t, err)
	o.again = func(t *testing.T, folder string) {
		extraction, err := warehouse.ExtractionDate(t.Context(), db)
		must(t, err)
		must(t, export.Write(t.Context(), db, export.Options{Dir: folder, Plan: plan, Report: report,
			Info: in.info(filepath.Base(folder), "", extraction)}))
	}
	o.read(t)
	o.build = func(t *testing.T) { o.buildSite(t, in) }
	return o
}

// read opens the release and reads what is true.
func (o *outside) read(t *testing.T) {
	t.Helper()
	var err error
	o.rel, err = release.Open(o.folder)
	must(t, err)
	o.frames = map[string]*release.Frame{}
	for _, h := range o.rel.Info.Views {
		o.frames[h.View], err = o.rel.Frame(t.Context(), h.View)
		must(t, err)
	}
	o.readTruth(t)
}

// sameKey gives an instance the same secret in every run: the salt that settles
// what is otherwise equal comes from it.
func sameKey(t *testing.T, dir string) {
	t.Helper()
	must(t, os.WriteFile(filepath.Join(dir, "secrets", "pseudonyms.key"), []byte(strings.Repeat("0f", 32)+"\n"), 0o600))
}

// buildSite draws every figure and writes the annual reports.
func (o *outside) buildSite(t *testing.T, in *instance) {
	t.Helper()
	renderer, err := render.New(render.Options{Boundaries: o.rel.Boundaries, Workers: 2})
	must(t, err)
	index, err := release.ReadIndex(filepath.Dir(o.folder))
	must(t, err)
	maker, err := picture.New(1)
	must(t, err)
	t.Cleanup(func() { maker.Close(context.WithoutCancel(t.Context())) })
	o.drawn = &drawn{maker: maker, of: map[[sha256.Size]byte]sketch{}}
	out, err := output.NewDir(o.site)
	must(t, err)
	defer out.Close()
	_, err = site.Build(context.WithoutCancel(t.Context()), o.rel, out, site.Options{
		Renderer: renderer, Pages: dashboards.Pages, Reports: dashboards.Reports, Picturer: o.drawn, Pictures: site.PicturesAll, Printer: o.papers(t), ReleaseDir: os.DirFS(o.folder), Index: index,
		Archive: os.DirFS(filepath.Dir(o.folder)), BaseURL: "https://osservatorio.example.it", Software: "test", Workers: 2})
	must(t, err)
	must(t, out.Commit())
}

// markCounts multiplies every protected count.
func markCounts(t *testing.T, db *warehouse.DB, plan queries.Plan) {
	t.Helper()
	var swaps []string
	for _, v := range plan.Cubes() {
		if v.Header.Protection == "open" || wallRules[v.Header.View].least == 0 {
			continue
		}
		times := ""
		if v.Header.Kind == release.Count {
			times = fmt.Sprintf(" * %d", mark)
		}
		_, err := db.Exec(fmt.Sprintf(`CREATE TABLE cubes.%[1]s__marked AS
			SELECT * REPLACE (numerator * %[2]d AS numerator, denominator * %[2]d AS denominator, value%[3]s AS value) FROM cubes.%[1]s`, v.Name, mark, times))
		must(t, err)
		kind := "VIEW"
		if v.Header.Table {
			kind = "TABLE"
		}
		swaps = append(swaps, fmt.Sprintf(`DROP %s cubes.%[2]s; ALTER TABLE cubes.%[2]s__marked RENAME TO %[2]s`, kind, v.Name))
	}
	for _, swap := range append(swaps, fmt.Sprintf(`UPDATE reference.disclosure_rules SET threshold = threshold * %[1]d, min_denominator = min_denominator * %[1]d`, mark)) {
		_, err := db.Exec(swap)
		must(t, err)
	}
}

// readTruth reads the cubes of protected views.
func (o *outside) readTruth(t *testing.T) {
	t.Helper()
	o.truth = map[string]map[string]cellTruth{}
	g := &generated{db: o.db}
	for _, h := range o.rel.Info.Views {
		if h.Protection == "open" {
			continue
		}
		cells := map[string]cellTruth{}
		g.read(t, "SELECT * FROM cubes."+h.View, func(r record) {
			cells[wallKey(h, r)] = cellTruth{numberOr(r["numerator"]), numberOr(r["denominator"]), numberOr(r["value"])}
		})
		o.truth[h.View] = cells
	}
}

// numberOr is NaN where there is none.
func numberOr(text string) float64 {
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return math.NaN()
	}
	return x
}

func keyOfRow(h release.Header, row release.Row) string {
	r := record{"geo_level": row.GeoLevel, "geo": row.Geo, "period_type": row.PeriodType, "period": row.Period, "measure": row.Measure}
	for i, b := range h.Breakdowns {
		r[b] = row.By[i]
	}
	return wallKey(h, r)
}

// ratesAndIntervals tries to find parts of hidden lines by what else a line
// could tell: a rate times its denominator, an interval that fits one number of
// persons only, a reason, a note.
func (o *outside) ratesAndIntervals(t *testing.T) {
	hidden := 0
	for view := range o.truth {
		frame := o.frames[view]
		for row := range frame.All() {
			if row.Status != release.Confidential {
				continue
			}
			hidden++
			if row.Numerator != nil || row.Denominator != nil || row.Value != nil || row.Low != nil || row.High != nil || row.Reason != "" || row.Notes != nil || row.Conf != release.Hidden {
				t.Errorf("%s: a hidden line tells something: %+v", view, row)
			}
		}
		if frame.Header.Kind.HasParts() {
			o.turnBack(t, frame)
		}
	}
	if hidden < 500 {
		t.Errorf("%d hidden lines: the test shows little", hidden)
	}
}

// turnBack holds every rate that is shown to the counts beside it: what could be
// found from the rate or its interval is shown anyway.
func (o *outside) turnBack(t *testing.T, frame *release.Frame) {
	t.Helper()
	for row := range frame.All() {
		if row.Value == nil && row.Low == nil && row.High == nil {
			continue
		}
		if row.Numerator == nil || row.Denominator == nil {
			t.Errorf("%s: a value without its counts: %+v", frame.Header.View, row)
			continue
		}
		if frame.Header.Kind == release.Rate && math.Abs(*row.Value**row.Denominator/100-*row.Numerator) > 1e-6**row.Denominator {
			t.Errorf("%s: rate and counts disagree: %+v", frame.Header.View, row)
		}
	}
}

// parquetFiles looks at what files of columns tell beside their rows.
func (o *outside) parquetFiles(t *testing.T) {
	g := &generated{db: o.db}
	chunks := 0
	for view := range o.truth {
		shown := map[string]bool{}
		for row := range o.frames[view].All() {
			for _, x := range []*float64{row.Numerator, row.Denominator, row.Value, row.Low, row.High} {
				if x != nil {
					shown[strconv.FormatFloat(*x, 'f', -1, 64)] = true
				}
			}
		}
		path := strings.ReplaceAll(filepath.Join(o.folder, "data", view+".parquet"), "'", "''")
		g.read(t, `SELECT path_in_schema AS part, stats_min_value AS low, stats_max_value AS high, stats_null_count AS nulls, num_values AS n, row_group_num_rows AS rows, bloom_filter_offset AS bloom
			FROM parquet_metadata('`+path+`') WHERE path_in_schema IN ('numerator', 'denominator', 'value', 'low', 'high')`, func(r record) {
			chunks++
			for _, bound := range []string{r["low"], r["high"]} {
				if x, err := strconv.ParseFloat(bound, 64); err == nil && x != 0 && !shown[strconv.FormatFloat(x, 'f', -1, 64)] {
					t.Errorf("%s: the footer says %s of %s, which no line shows", view, bound, r["part"])
				}
			}
			if r["bloom"] != "" {
				t.Errorf("%s: a bloom filter of %s answers for numbers", view, r["part"])
			}
		})
		last, line := "", 0
		for row := range o.frames[view].All() {
			line++
			key := strings.Join(slices.Concat([]string{row.GeoLevel, row.Geo, row.PeriodType, row.Period}, row.By, []string{row.Measure}), "\x00")
			if key <= last {
				t.Fatalf("%s: line %d stands where its key does not put it: its place could tell its size", view, line)
			}
			last = key
		}
	}
	if chunks < 100 {
		t.Errorf("%d column chunks: the test shows little", chunks)
	}
}

// everyPublicFile reads all files of the release and of the site, whatever they
// are: pages, drawings, alternative texts, embeds, search index, feeds. Any
// multiple of the mark must be a number that a published table shows.
func (o *outside) everyPublicFile(t *testing.T) {
	o.build(t)
	shown := map[int64]bool{}
	for _, frame := range o.frames {
		for row := range frame.All() {
			for _, x := range []*float64{row.Numerator, row.Denominator, row.Value, row.Low, row.High} {
				if x != nil && *x == math.Trunc(*x) {
					shown[int64(math.Abs(*x))] = true
				}
			}
		}
		for _, n := range yearlyChanges(frame) {
			shown[n] = true
		}
	}
	g := &generated{db: o.db}
	g.read(t, `SELECT DISTINCT unnest([threshold, min_denominator]) AS n FROM reference.disclosure_rules`, func(r record) {
		n, _ := strconv.ParseInt(r["n"], 10, 64)
		shown[n] = true // the rules are told
	})
	secrets := o.neverShown(shown)
	if len(secrets) < 5 {
		t.Fatalf("%d hidden numbers that no table shows: the test shows little", len(secrets))
	}
	s := &scan{shown: shown, alarms: map[string]int{}}
	for _, root := range []string{o.folder, o.site} {
		s.walk(t, root)
	}
	t.Logf("%d files read, %d drawings among them, %d other; %d marked numbers", s.files, s.drawings, s.binary, s.marked)
	for what, n := range s.alarms {
		t.Errorf("%s (%d times): published nowhere", what, n)
	}
	if s.files < 300 || s.marked < 5000 {
		t.Errorf("%d files, %d marked numbers: the test shows little", s.files, s.marked)
	}
	o.pictures(t, shown, secrets[0])
	o.extracts(t, shown)
	t.Run("papers", func(t *testing.T) { o.readPapers(t, shown, secrets[0]) })
	planted := &scan{shown: shown, alarms: map[string]int{}}
	for _, text := range []string{"<svg><title>" + grouped(secrets[0]) + " persone</title></svg>", fmt.Sprintf(`{"n":%d}`, secrets[0]), "<td>" + grouped(secrets[0]) + "</td>"} {
		planted.text("planted", []byte(text))
	}
	if len(planted.alarms) != 3 {
		t.Errorf("planted numbers are not found: %v", planted.alarms)
	}
}

// yearlyChanges are the differences of each shown value from that of a year before,
// which sentences tell: anybody subtracts what is shown.
func yearlyChanges(frame *release.Frame) []int64 {
	at := func(row release.Row, period string) string {
		return strings.Join(slices.Concat([]string{row.GeoLevel, row.Geo, row.PeriodType, period}, row.By, []string{row.Measure}), "\x00")
	}
	values := map[string]float64{}
	for row := range frame.All() {
		if row.Value != nil {
			values[at(row, row.Period)] = *row.Value
		}
	}
	var out []int64
	for row := range frame.All() {
		year, err := strconv.Atoi(row.Period[:min(4, len(row.Period))])
		if err != nil || row.Value == nil {
			continue
		}
		if before, ok := values[at(row, strconv.Itoa(year-1)+row.Period[4:])]; ok {
			out = append(out, int64(math.Abs(*row.Value-before)))
		}
	}
	return out
}

// neverShown are marked numbers of hidden cells that no published table shows
// anywhere.
func (o *outside) neverShown(shown map[int64]bool) []int64 {
	var out []int64
	for view, cells := range o.truth {
		if wallRules[view].least == 0 {
			continue
		}
		for _, c := range cells {
			for _, x := range []float64{c.numerator, c.denominator} {
				if n := int64(x); x > 0 && !shown[n] && n%mark == 0 {
					out = append(out, n)
				}
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// grouped writes a number as Italian pages do.
func grouped(n int64) string {
	text := strconv.FormatInt(n, 10)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "." + text[at:]
	}
	return text
}

// scan searches files for marked numbers.
type scan struct {
	shown                           map[int64]bool
	files, binary, drawings, marked int
	alarms                          map[string]int
}

func (s *scan) walk(t *testing.T, root string) {
	t.Helper()
	must(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		s.files++
		name, _ := filepath.Rel(root, path)
		if !utf8.Valid(raw) {
			s.binary++
			return s.other(name, path, raw)
		}
		s.text(name, raw)
		return nil
	}))
}

// other looks at files that are no text: those that are smaller forms of a text
// must be of the very text beside them; of Parquet files, fonts and the like
// other tests tell.
func (s *scan) other(name, path string, raw []byte) error {
	var in io.Reader
	switch ext := filepath.Ext(path); ext {
	case ".gz":
		unzipped, err := gzip.NewReader(bytes.NewReader(raw))
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		in = unzipped
	case ".br":
		in = brotli.NewReader(bytes.NewReader(raw))
	case ".zip":
		return s.archive(name, raw)
	case ".parquet", ".woff2", ".png", ".pdf", ".sig", ".ico":
		return nil
	default:
		return fmt.Errorf("%s: neither text nor a kind of file that this test knows", name)
	}
	text, err := io.ReadAll(in)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	beside, err := os.ReadFile(strings.TrimSuffix(path, filepath.Ext(path)))
	if err != nil {
		return err
	}
	if !bytes.Equal(text, beside) {
		return fmt.Errorf("%s: holds another text than the file beside it", name)
	}
	return nil
}

// archive looks at the texts in a ZIP archive, and at what it says beside them:
// no comment, no extra field.
func (s *scan) archive(name string, raw []byte) error {
	in, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if in.Comment != "" {
		return fmt.Errorf("%s: holds a comment", name)
	}
	for _, f := range in.File {
		if f.Comment != "" || len(f.Extra) > 0 {
			return fmt.Errorf("%s: %s: holds more than a file", name, f.Name)
		}
		file, err := f.Open()
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		text, err := io.ReadAll(file)
		if err != nil || !utf8.Valid(text) {
			return fmt.Errorf("%s: %s: expected a text (%v)", name, f.Name, err)
		}
		s.text(name, text)
	}
	return nil
}

func (s *scan) text(name string, raw []byte) {
	if strings.HasSuffix(name, ".svg") || strings.Contains(string(raw), "<svg") {
		s.drawings++
	}
	for from := 0; from < len(raw); from++ {
		if !isDigit(raw, from) {
			continue
		}
		n, to := wholeNumber(raw, from)
		if n > 0 && n%mark == 0 && !inWord(raw, from, to) {
			s.marked++
			if !s.shown[n] {
				s.alarms[name+": "+string(raw[max(0, from-30):min(len(raw), to+10)])]++
			}
		}
		from = to
	}
}

func isDigit(raw []byte, at int) bool { return at < len(raw) && raw[at] >= '0' && raw[at] <= '9' }

// wholeNumber reads the number that begins at a place, as machines write it or
// with a point, comma or narrow space between thousands, and where it ends. It
// is 0 for one too long to be a count.
func wholeNumber(raw []byte, from int) (n int64, to int) {
	digits := 0
	for to = from; isDigit(raw, to); to++ {
		if digits++; digits < 13 {
			n = 10*n + int64(raw[to]-'0')
		}
	}
	if digits > 12 {
		return 0, to
	}
	for grouped := digits <= 3; grouped; {
		grouped = false
		for _, mark := range []string{".", ",", "\u00a0", "\u202f"} {
			at := to + len(mark)
			if bytes.HasPrefix(raw[to:], []byte(mark)) && isDigit(raw, at) && isDigit(raw, at+1) && isDigit(raw, at+2) && !isDigit(raw, at+3) {
				n = 1000*n + int64(raw[at]-'0')*100 + int64(raw[at+1]-'0')*10 + int64(raw[at+2]-'0')
				to, grouped = at+3, true
			}
		}
	}
	return n, to
}

// inWord says that digits are part of a longer number, a word, a code or an address.
func inWord(raw []byte, from, to int) bool {
	part := func(c byte) bool {
		return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '#' || c == '%'
	}
	if from > 0 && part(raw[from-1]) || to < len(raw) && part(raw[to]) {
		return true
	}
	// a decimal or a longer group before it, or after it
	return from > 1 && (raw[from-1] == '.' || raw[from-1] == ',') && raw[from-2] >= '0' && raw[from-2] <= '9'
}

// withoutTheTruth takes away all tables of persons and cubes, and writes the
// release again: nothing public can depend on what is not published. The counts
// of deliveries that could not be used are told by rules of their own
// (disclosure.QualityOf): the tables that they are read from stay.
func (o *outside) withoutTheTruth(t *testing.T) {
	for _, schema := range []string{"raw", "staging", "cubes", "marts"} {
		if schema == "marts" {
			for _, kept := range []string{"volumes", "quality"} {
				_, err := o.db.Exec(fmt.Sprintf(`CREATE TABLE reference.kept_%[1]s AS FROM marts.%[1]s`, kept))
				must(t, err)
			}
		}
	}
	for _, schema := range []string{"cubes", "marts", "staging", "raw"} {
		_, err := o.db.Exec(`DROP SCHEMA ` + schema + ` CASCADE; CREATE SCHEMA ` + schema)
		must(t, err)
	}
	for _, kept := range []string{"volumes", "quality"} {
		_, err := o.db.Exec(fmt.Sprintf(`CREATE TABLE marts.%[1]s AS FROM reference.kept_%[1]s`, kept))
		must(t, err)
	}
	folder := filepath.Join(t.TempDir(), filepath.Base(o.folder))
	o.again(t, folder)
	differing, files, err := differ(o.folder, folder)
	must(t, err)
	if len(differing) > 0 || files < 150 {
		t.Errorf("%d files; these depend on what is not published: %v", files, differing)
	}
}
