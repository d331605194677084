package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
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

// path makes a configured path absolute, relative to the configuration.
func (c *Config) path(p string) string {
	if p == "" || filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(c.dir, p)
}
