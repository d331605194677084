package main

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"

	"osservatorio/queries"
)

// Config is osservatorio.toml: what an operator sets, and nothing that has a
// meaning of the field.
type Config struct {
	Publisher PublisherConfig `toml:"publisher"`
	Region    RegionConfig    `toml:"region"`
	Sources   []SourceConfig  `toml:"source"`
	Jobs      []JobConfig     `toml:"job"`
	Release   ReleaseConfig   `toml:"release"`
	Site      SiteConfig      `toml:"site"`
	Limits    LimitsConfig    `toml:"limits"`
	Paths     PathsConfig     `toml:"paths"`
	Notify    NotifyConfig    `toml:"notify"`
	Schedule  ScheduleConfig  `toml:"schedule"`

	Disclosure DisclosureConfig `toml:"disclosure"`
	Overrides  []OverrideConfig `toml:"override"`

	file string // path of the configuration, for messages
	dir  string // folder that relative paths start from
}

// PublisherConfig is the public body that answers for the site.
type PublisherConfig struct {
	Name             string `toml:"name"`
	IPACode          string `toml:"ipa_code"`
	Contact          string `toml:"contact"`
	PEC              string `toml:"pec"`
	AccessibilityURL string `toml:"accessibility_url"`
	BaseURL          string `toml:"base_url"`
	Licence          string `toml:"licence"` // SPDX id; default CC-BY-4.0
}

// RegionConfig is the territory observed.
type RegionConfig struct {
	Name       string `toml:"name"`
	NameEN     string `toml:"name_en"`    // default: name
	Geography  string `toml:"geography"`  // a built-in name or a folder of CSV files
	Boundaries string `toml:"boundaries"` // GeoJSON or TopoJSON; without it maps are made of tiles
	Lists      string `toml:"lists"`      // folder with further rows of the shared code lists: notes.csv, targets.csv …
	Synthetic  bool   `toml:"synthetic"`
}

// SourceConfig is one source of deliveries.
type SourceConfig struct {
	Name            string  `toml:"name"`
	Contract        string  `toml:"contract"` // default: name
	Path            string  `toml:"path"`     // file, folder or glob below the inbox
	Pattern         string  `toml:"pattern"`  // default: usualPattern, unless period or issued_at is set
	Mode            string  `toml:"mode"`     // full or incremental (default)
	Mapping         string  `toml:"mapping"`
	Encoding        string  `toml:"encoding"`
	MaxBadShare     float64 `toml:"max_bad_share"` // 0 means 0.01; negative allows none
	RetentionMonths int     `toml:"retention_months"`
	Licence         string  `toml:"licence"`
	Period          string  `toml:"period"`    // for files that do not state theirs
	IssuedAt        string  `toml:"issued_at"` // YYYY-MM-DD, likewise

	URL        string   `toml:"url"`         // http or https address of one file
	AllowHosts []string `toml:"allow_hosts"` // hosts that redirects may lead to; only these may have private addresses
	Headers    []string `toml:"headers"`     // "Name: value", ${NAME} stands for a variable of the environment
	Bucket     string   `toml:"bucket"`      // s3://…, file:///…; gs:// and azblob:// in a build for all clouds
	SFTP       string   `toml:"sftp"`        // sftp://user@host/folder
	KnownHosts string   `toml:"known_hosts"` // file with the key of the SFTP server
	Identity   string   `toml:"identity"`    // file of the private key shown to it
	Password   string   `toml:"password"`    // "${NAME}"
	MaxSize    string   `toml:"max_size"`    // of one file fetched; default 64 GiB
	Timeout    string   `toml:"timeout"`     // Go duration of one fetch; default 1h

	SDMX  SDMXConfig  `toml:"sdmx"`
	Table TableConfig `toml:"table"`
}

// JobConfig is one scheduled job.
type JobConfig struct {
	Name    string   `toml:"name"`
	Cron    string   `toml:"cron"` // five fields, Europe/Rome
	Verb    string   `toml:"verb"` // ingest, check, release, build, publish or run
	Sources []string `toml:"sources"`
	Timeout string   `toml:"timeout"` // Go duration; default 2h

	Retries   int    `toml:"retries"`    // after faults; default none
	RetryWait string `toml:"retry_wait"` // Go duration before the first, twice as long before each further; default 10m
	CatchUp   string `toml:"catch_up"`   // once (default) or none: what becomes of times missed while nothing ran
	MaxAge    string `toml:"catch_up_max_age"`
	Memory    string `toml:"memory"` // such as "6GB", of all processes of a run; default: no limit
}

// ReleaseConfig names the release.
type ReleaseConfig struct {
	ID   string `toml:"id"`   // YYYY-MM; default: the month after the extraction date
	Next string `toml:"next"` // YYYY-MM-DD, day of the next release
	Key  string `toml:"key"`  // file of the key that signs releases; without it they are not signed

	Calendar   []PlannedConfig `toml:"calendar"`   // the releases that are announced, none of them public before its time
	Commitment bool            `toml:"commitment"` // publish the hash of a release that waits for its time

	HighValue []string `toml:"high_value"` // views that the catalogue calls high-value data sets (EU regulation 2023/138)
}

// DisclosureConfig is what a synthetic instance may leave out, and what more is
// asked of the gate.
type DisclosureConfig struct {
	Together  *bool  `toml:"together"`             // hide what could be computed from sums over all views; false for synthetic instances only
	Intervals string `toml:"intervals"`            // sensitive cells that the interval attacker is asked for: "all" or how many; none by default
	Mature    bool   `toml:"outcomes_at_maturity"` // show outcomes of a period only when all of them can be observed
}

// SiteConfig says what the site offers beside its pages.
type SiteConfig struct {
	PDF      bool   `toml:"pdf"`      // a PDF of every page made to be printed, where Chromium is installed
	Pictures string `toml:"pictures"` // "all": a PNG of every figure; default: of the first of each page
	Keep     int    `toml:"keep"`     // sites kept to go back to; 0 means 3, negative none
	Bucket   string `toml:"bucket"`   // object storage that the public site is carried to; default: none
}

// LimitsConfig bounds DuckDB.
type LimitsConfig struct {
	Memory  string `toml:"memory"` // such as "4GB"; default: DuckDB's own
	Threads int    `toml:"threads"`
	Temp    string `toml:"temp"`
}

// PathsConfig says where the instance keeps its things, relative to the
// configuration's folder.
type PathsConfig struct {
	Inbox     string `toml:"inbox"`
	Spool     string `toml:"spool"` // what was fetched and is not loaded yet
	Archive   string `toml:"archive"`
	Recipient string `toml:"archive_recipient"` // age public key of the archive
	Warehouse string `toml:"warehouse"`
	Releases  string `toml:"releases"`
	Public    string `toml:"public"`
	Content   string `toml:"content"`
	Secret    string `toml:"secret"` // key of the pseudonyms, mode 0600
	Cache     string `toml:"cache"`
	State     string `toml:"state"` // what the scheduler knows: history, figures, socket
}

// NotifyConfig says whom to tell when a scheduled job fails, and when it goes
// well again.
type NotifyConfig struct {
	Command string `toml:"command"` // run with the message on its standard input
	Webhook string `toml:"webhook"` // gets it as JSON
}

// ScheduleConfig is of the scheduler itself.
type ScheduleConfig struct {
	Listen string `toml:"listen"` // loopback address of health and metrics; none by default
}

// OverrideConfig is an operator's signature below a check that found something:
// the release is made all the same, and quality.json says so.
type OverrideConfig struct {
	Check    string `toml:"check"`
	Period   string `toml:"period"` // only there; default: everywhere
	Geo      string `toml:"geo"`    // likewise
	Reason   string `toml:"reason"`
	SignedBy string `toml:"signed_by"`
	SignedOn string `toml:"signed_on"` // YYYY-MM-DD
	Until    string `toml:"until"`     // YYYY-MM-DD, the last day on which it holds
}

// LoadConfig reads and checks a configuration. Every fault is one line with
// file, line and what is allowed; all faults are told at once.
func LoadConfig(file string) (*Config, error) {
	raw, err := readConfig(file)
	if err != nil {
		return nil, err
	}
	return parseConfig(file, raw)
}

// parseConfig is LoadConfig of a text that is, or was, in file.
func parseConfig(file string, raw []byte) (*Config, error) {
	abs, err := filepath.Abs(file)
	if err != nil {
		return nil, err
	}
	c := &Config{file: file, dir: filepath.Dir(abs)}
	faults, err := decodeStrict(file, raw, c)
	if err != nil {
		return nil, err
	}
	c.defaults()
	faults = append(faults, c.validate(linesOf(raw))...)
	slices.SortStableFunc(faults, func(a, b fault) int { return a.line - b.line })
	var all []error
	for _, f := range faults {
		all = append(all, f)
	}
	if err := errors.Join(all...); err != nil {
		return nil, err
	}
	return c, nil
}

func readConfig(file string) ([]byte, error) {
	if info, err := os.Stat(file); err == nil && info.IsDir() {
		return nil, hinted(fmt.Errorf("read configuration %s: is a folder", file), "name the file: --config "+filepath.Join(file, "osservatorio.toml"))
	}
	raw, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil, hinted(fmt.Errorf("read configuration %s: no such file", file), "make an instance with: osservatorio init DIR")
	}
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	return raw, nil
}

// fault is what is wrong on one line of the configuration.
type fault struct {
	file string
	line int
	text string
}

func (f fault) Error() string { return fmt.Sprintf("%s:%d: %s", f.file, f.line, f.text) }

// decodeStrict fills c and returns its unknown keys; err is text that is no
// TOML, or a value of another type than the key's.
func decodeStrict(file string, raw []byte, c *Config) (faults []fault, err error) {
	d := toml.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	err = d.Decode(c)
	var unknown *toml.StrictMissingError
	var bad *toml.DecodeError
	switch {
	case errors.As(err, &unknown):
		for _, e := range unknown.Errors {
			row, _ := e.Position()
			faults = append(faults, fault{file, row, unknownKey(e.Key())})
		}
		return faults, nil
	case errors.As(err, &bad):
		row, _ := bad.Position()
		if want := wantedType(bad.Key()); want != "" && strings.Contains(bad.Error(), "cannot") {
			return nil, fault{file, row, fmt.Sprintf("%s: want %s", strings.Join(bad.Key(), "."), want)}
		}
		return nil, fault{file, row, strings.TrimPrefix(bad.Error(), "toml: ")}
	case err != nil:
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return nil, nil
}

func unknownKey(key []string) string {
	allowed := strings.Join(allowedKeys(key), ", ")
	if len(key) == 1 {
		return fmt.Sprintf("unknown table or key %q: allowed: %s", key[0], allowed)
	}
	return fmt.Sprintf("unknown key %q: allowed in [%s]: %s", strings.Join(key, "."), strings.Join(key[:len(key)-1], "."), allowed)
}

// wantedType says in words what a key takes, "" for a key that is none.
func wantedType(key []string) string {
	if len(key) == 0 {
		return ""
	}
	t := tableType(key[:len(key)-1])
	for i := range t.NumField() {
		if t.Field(i).Tag.Get("toml") != key[len(key)-1] {
			continue
		}
		switch t.Field(i).Type.Kind() {
		case reflect.Bool, reflect.Pointer: // the latter of bool: not said is not false
			return "true or false"
		case reflect.Int:
			return "a whole number"
		case reflect.Float64:
			return "a number"
		case reflect.String:
			return `text in quotes`
		case reflect.Struct:
			return fmt.Sprintf("a table [%s]", key[0])
		}
		if t.Field(i).Type.Elem().Kind() == reflect.Struct {
			return fmt.Sprintf("tables [[%s]], each with its own header", key[0])
		}
		return `a list such as ["a", "b"]`
	}
	return ""
}

// allowedKeys lists the keys that stand where the unknown one was found.
func allowedKeys(key []string) []string {
	t := tableType(key[:len(key)-1])
	var keys []string
	for i := range t.NumField() {
		if tag := t.Field(i).Tag.Get("toml"); tag != "" {
			keys = append(keys, tag)
		}
	}
	return keys
}

// tableType is the struct behind a table of the configuration.
func tableType(table []string) reflect.Type {
	t := reflect.TypeFor[Config]()
	for _, part := range table {
		for i := range t.NumField() {
			if t.Field(i).Tag.Get("toml") == part {
				t = t.Field(i).Type
				break
			}
		}
		if t.Kind() == reflect.Slice {
			t = t.Elem()
		}
	}
	return t
}

// usualPattern is how files are named that have no manifest, such as
// services_2026-Q3_2026-10-20.csv.
const usualPattern = "{source}_{period}_{issued}.*"

func (c *Config) defaults() {
	or := func(p *string, v string) {
		if *p == "" {
			*p = v
		}
	}
	or(&c.Publisher.Licence, "CC-BY-4.0")
	or(&c.Region.NameEN, c.Region.Name)
	or(&c.Paths.Inbox, "inbox")
	or(&c.Paths.Spool, "spool")
	or(&c.Paths.Archive, "archive")
	or(&c.Paths.Warehouse, "warehouse.duckdb")
	or(&c.Paths.Releases, "releases")
	or(&c.Paths.Public, "public")
	or(&c.Paths.Secret, "secrets/pseudonyms.key")
	or(&c.Paths.Cache, ".cache")
	or(&c.Paths.State, "state")
	for i := range c.Sources {
		or(&c.Sources[i].Contract, c.Sources[i].Name)
		or(&c.Sources[i].Mode, "incremental")
		if c.Sources[i].Period == "" && c.Sources[i].IssuedAt == "" {
			or(&c.Sources[i].Pattern, usualPattern)
		}
	}
	for i := range c.Jobs {
		c.Jobs[i].defaults()
	}
}

var (
	releaseID  = regexp.MustCompile(`^[0-9]{4}-(0[1-9]|1[0-2])$`)
	sourceName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	periodName = regexp.MustCompile(`^[0-9]{4}(-Q[1-4]|-(0[1-9]|1[0-2]))?$`)
	memorySize = regexp.MustCompile(`^[0-9]+(\.[0-9]+)? ?[KMGT]i?B$`)
	listIndex  = regexp.MustCompile(`\[[0-9]+\]`)
	jobVerbs   = []string{"ingest", "check", "release", "build", "publish", "run"}
)

// validate returns every fault with the line of the key that carries it.
func (c *Config) validate(at lineIndex) []fault {
	var faults []fault
	fault := func(key string, format string, args ...any) {
		text := listIndex.ReplaceAllString(key, "") + ": " + fmt.Sprintf(format, args...)
		faults = append(faults, fault{c.file, at.line(key), text})
	}
	for _, list := range []string{"source", "job", "override"} {
		if _, single := at[list]; single {
			fault(list, "want tables [[%s]], each with its own header", list)
		}
	}
	if c.Region.Name == "" {
		fault("region.name", "missing: the name of the territory, e.g. \"Emilia-Romagna\"")
	}
	if c.Region.Geography == "" {
		fault("region.geography", "missing: a built-in geography or a folder with geo.csv")
	} else if _, err := c.geography(); err != nil {
		fault("region.geography", "%v", err)
	}
	if c.Region.Boundaries != "" {
		c.mustExist("region.boundaries", c.Region.Boundaries, fault)
	}
	if c.Region.Lists != "" {
		c.mustExist("region.lists", c.Region.Lists, fault)
	}
	if c.Paths.Content != "" {
		c.mustExist("paths.content", c.Paths.Content, fault)
	}
	if id := c.Release.ID; id != "" && !releaseID.MatchString(id) {
		fault("release.id", "%q: want the month of publication, YYYY-MM", id)
	}
	if n := c.Release.Next; n != "" && !isDate(n) {
		fault("release.next", "%q: want a day, YYYY-MM-DD", n)
	}
	if m := c.Limits.Memory; m != "" && !memorySize.MatchString(m) {
		fault("limits.memory", "%q: want a size such as \"4GB\"", m)
	}
	if n := c.Limits.Threads; n < 0 {
		fault("limits.threads", "%d: want 1 or more, or nothing for all processors", n)
	}
	if t := c.Disclosure.Together; t != nil && !*t && !c.Region.Synthetic {
		fault("disclosure.together", "false: only for an instance with synthetic = true in [region]: real data are always protected over all views together")
	}
	if err := checkIntervals(c.Disclosure.Intervals); err != nil {
		fault("disclosure.intervals", "%v", err)
	}
	c.validateCalendar(fault)
	c.validateBucket(fault)
	c.validateSources(fault)
	c.validateJobs(fault)
	c.validateSchedule(fault)
	c.validateOverrides(fault)
	return faults
}

func (c *Config) validateSources(fault func(string, string, ...any)) {
	seen := map[string]bool{}
	for i, s := range c.Sources {
		key := fmt.Sprintf("source[%d].", i)
		if !sourceName.MatchString(s.Name) {
			fault(key+"name", "%q: want small letters, digits and _", s.Name)
		}
		if seen[s.Name] {
			fault(key+"name", "%q: stands twice", s.Name)
		}
		seen[s.Name] = true
		if !slices.Contains(contractNames(), s.Contract) {
			fault(key+"contract", "%q: allowed: %s", s.Contract, strings.Join(contractNames(), ", "))
		}
		if s.Mode != "full" && s.Mode != "incremental" {
			fault(key+"mode", "%q: allowed: full, incremental", s.Mode)
		}
		if s.IssuedAt != "" && !isDate(s.IssuedAt) {
			fault(key+"issued_at", "%q: want a day, YYYY-MM-DD", s.IssuedAt)
		}
		if s.MaxBadShare > 1 {
			fault(key+"max_bad_share", "%v: want a share from 0 to 1", s.MaxBadShare)
		}
		if s.RetentionMonths < 0 {
			fault(key+"retention_months", "%d: want whole months, 0 for ever", s.RetentionMonths)
		}
		if s.Mapping != "" {
			c.mustExist(key+"mapping", s.Mapping, fault)
		}
		s.validatePlace(key, fault)
	}
}

func (c *Config) validateOverrides(fault func(string, string, ...any)) {
	if len(c.Overrides) == 0 {
		return
	}
	allowed, err := signedChecks()
	if err != nil {
		fault("override", "%v", err)
	}
	for i, o := range c.Overrides {
		key := fmt.Sprintf("override[%d].", i)
		if !slices.Contains(allowed, o.Check) {
			fault(key+"check", "%q: allowed: %s", o.Check, strings.Join(allowed, ", "))
		}
		if o.Period != "" && !periodName.MatchString(o.Period) {
			fault(key+"period", "%q: want 2026, 2026-Q3 or 2026-09", o.Period)
		}
		for _, said := range [][2]string{{"reason", o.Reason}, {"signed_by", o.SignedBy}} {
			if strings.TrimSpace(said[1]) == "" {
				fault(key+said[0], "missing: it is published with the release")
			}
		}
		for _, day := range [][2]string{{"signed_on", o.SignedOn}, {"until", o.Until}} {
			if !isDate(day[1]) {
				fault(key+day[0], "%q: want a day, YYYY-MM-DD", day[1])
			}
		}
		if isDate(o.SignedOn) && isDate(o.Until) && o.Until < o.SignedOn {
			fault(key+"until", "%q: lies before signed_on %q", o.Until, o.SignedOn)
		}
	}
}

// signedChecks are the names of the checks that may be signed, sorted.
func signedChecks() ([]string, error) {
	views, err := queries.Views()
	return slices.Sorted(maps.Keys(queries.SignedChecks(views))), err
}

func (c *Config) mustExist(key, path string, fault func(string, string, ...any)) {
	if _, err := os.Stat(c.path(path)); err != nil {
		fault(key, "%q: no such file or folder: looked for %s", path, c.path(path))
	}
}

// path makes a configured path absolute, relative to the configuration.
func (c *Config) path(p string) string {
	if p == "" || filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(c.dir, p)
}

func isDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

// lineIndex maps "table.key" and "array[i].key" to the line they stand on.
type lineIndex map[string]int

// line returns the line of key, or of its table where the key is absent.
func (l lineIndex) line(key string) int {
	if n, ok := l[key]; ok {
		return n
	}
	for table := key; strings.Contains(table, "."); {
		table = table[:strings.LastIndex(table, ".")]
		if n, ok := l[table]; ok {
			return n
		}
	}
	return 1
}

func linesOf(raw []byte) lineIndex {
	lines := lineIndex{}
	seen := map[string]int{}
	table := ""
	p := unstable.Parser{}
	p.Reset(raw)
	for p.NextExpression() {
		e := p.Expression()
		name, at := keyOf(e, raw, &p)
		switch e.Kind {
		case unstable.Table:
			table = name
			if list, rest, inner := strings.Cut(name, "."); inner && seen[list] > 0 { // of the last of a list
				table = fmt.Sprintf("%s[%d].%s", list, seen[list]-1, rest)
			}
			lines[table] = at
		case unstable.ArrayTable:
			table = fmt.Sprintf("%s[%d]", name, seen[name])
			seen[name]++
			lines[table] = at
		case unstable.KeyValue:
			lines[strings.TrimPrefix(table+"."+name, ".")] = at
		}
	}
	return lines
}

func keyOf(e *unstable.Node, raw []byte, p *unstable.Parser) (string, int) {
	var parts []string
	line := 1
	for it := e.Key(); it.Next(); {
		n := it.Node()
		if len(parts) == 0 {
			line = p.Shape(n.Raw).Start.Line
		}
		parts = append(parts, string(n.Data))
	}
	return strings.Join(parts, "."), line
}
