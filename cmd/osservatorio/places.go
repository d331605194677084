package main

import (
	"fmt"
	"net/url"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"osservatorio/ingest"
	"osservatorio/ingest/fetch"
	"osservatorio/ingest/fetch/place"
	"osservatorio/ingest/sdmx"
)

// TableConfig pins what is otherwise found out of a source's tables.
type TableConfig struct {
	Delimiter  string `toml:"delimiter"`
	Quote      string `toml:"quote"`
	Escape     string `toml:"escape"` // what stands before a quote within quotes; default: another quote
	Decimal    string `toml:"decimal"`
	Thousands  string `toml:"thousands"`
	Encoding   string `toml:"encoding"`
	Sheet      string `toml:"sheet"` // of a workbook: name, or number from 1
	Range      string `toml:"range"` // of a sheet: A5:K200, B3, A:F
	SkipRows   int    `toml:"skip_rows"`
	HeaderRows int    `toml:"header_rows"`
	Footer     int    `toml:"footer"`
	Member     string `toml:"member"` // of an archive: name or pattern
}

func (t TableConfig) dialect() fetch.Dialect {
	return fetch.Dialect{Delimiter: t.Delimiter, Quote: t.Quote, Escape: t.Escape, Decimal: t.Decimal, Thousands: t.Thousands, Encoding: t.Encoding}
}

func (t TableConfig) layout() fetch.Layout {
	return fetch.Layout{Member: t.Member, Sheet: t.Sheet, Range: t.Range, SkipRows: t.SkipRows, HeaderRows: t.HeaderRows, Footer: t.Footer}
}

// SDMXConfig is a question to a service of official statistics.
type SDMXConfig struct {
	Service   string `toml:"service"` // https://…/rest
	API       string `toml:"api"`     // 2.1 (default) or 3.0
	Agency    string `toml:"agency"`
	Flow      string `toml:"flow"`
	Version   string `toml:"version"` // default: the latest
	Key       string `toml:"key"`     // default: all
	Start     string `toml:"start"`
	End       string `toml:"end"`
	Format    string `toml:"format"`    // csv (default), structure-specific or generic
	Labels    bool   `toml:"labels"`    // of csv: with labels
	Structure bool   `toml:"structure"` // ask for the structure too, for labels
	Pause     string `toml:"pause"`     // Go duration between two questions

	Parameters string `toml:"parameters"` // further ones of the address: Eurostat's format=SDMX-CSV
}

func (s SDMXConfig) statistics() (place.Statistics, error) {
	if s == (SDMXConfig{}) {
		return place.Statistics{}, nil
	}
	q := sdmx.Query{Base: s.Service, API: s.API, Agency: s.Agency, Flow: s.Flow, Version: s.Version, Key: s.Key, Format: s.Format, Labels: s.Labels}
	var err error
	if q.Parameters, err = s.parameters(); err != nil {
		return place.Statistics{}, err
	}
	for _, p := range []struct {
		text string
		into *sdmx.Period
	}{{s.Start, &q.Start}, {s.End, &q.End}} {
		if p.text == "" {
			continue
		}
		if *p.into, err = sdmx.ParsePeriod(p.text); err != nil {
			return place.Statistics{}, err
		}
	}
	stats := place.Statistics{Query: q, Structure: s.Structure}
	if s.Pause != "" {
		if stats.Pause, err = time.ParseDuration(s.Pause); err != nil || stats.Pause < 0 {
			return stats, fmt.Errorf("pause %q: want a duration such as \"2s\"", s.Pause)
		}
	}
	return stats, q.Validate()
}

// parameters are those of the address that only one service knows.
func (s SDMXConfig) parameters() (map[string]string, error) {
	values, err := url.ParseQuery(s.Parameters)
	if err != nil {
		return nil, fmt.Errorf("parameters %q: want NAME=VALUE&NAME=VALUE, such as format=SDMX-CSV", s.Parameters)
	}
	all := map[string]string{}
	for name, value := range values {
		switch {
		case secretName.MatchString(name):
			return nil, fmt.Errorf("parameters: %s: looks like a secret: want it in headers, as \"NAME: ${VARIABLE}\"", name)
		case slices.Contains([]string{"startPeriod", "endPeriod", "c[TIME_PERIOD]"}, name):
			return nil, fmt.Errorf("parameters: %s: want start and end", name)
		case len(value) != 1:
			return nil, fmt.Errorf("parameters: %s: stands %d times: want it once", name, len(value))
		}
		all[name] = value[0]
	}
	return all, nil
}

var (
	variable   = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)
	headerLine = regexp.MustCompile(`^([A-Za-z0-9-]+): *(\S.*)$`)
	secretName = regexp.MustCompile(`(?i)auth|cookie|token|key|secret|password`)
	fileSize   = regexp.MustCompile(`^([0-9]+) ?([KMGT]?)B$`)
)

// validatePlace finds what is wrong with where a source's deliveries are and
// how its tables are written. Nothing is looked up: not the environment, not
// the net.
func (s SourceConfig) validatePlace(key string, fault func(string, string, ...any)) {
	set := map[string]string{"url": s.URL, "bucket": s.Bucket, "sftp": s.SFTP, "sdmx": s.SDMX.Flow}
	var places []string
	for _, name := range []string{"url", "bucket", "sftp", "sdmx"} {
		if set[name] != "" {
			places = append(places, name)
		}
	}
	if len(places) > 1 {
		fault(key+places[1], "a source has one place: %s are set", strings.Join(places, " and "))
	}
	s.validateURL(key, fault)
	if u, err := url.Parse(s.SFTP); s.SFTP != "" && (err != nil || u.Scheme != "sftp" || u.User.Username() == "") {
		fault(key+"sftp", "%q: want sftp://USER@HOST/FOLDER", s.SFTP)
	} else if _, said := u.User.Password(); said {
		fault(key+"sftp", "has a password in it: want it in the environment: password = \"${NAME}\"")
	}
	if s.SFTP != "" && (s.KnownHosts == "" || s.Identity == "" && s.Password == "") {
		fault(key+"sftp", "want known_hosts, and identity or password")
	}
	if s.Password != "" && !variable.MatchString(s.Password) {
		fault(key+"password", "want the name of a variable of the environment: \"${NAME}\"")
	}
	if s.MaxSize != "" && sizeOf(s.MaxSize) == 0 {
		fault(key+"max_size", "%q: want a size such as \"2GB\"", s.MaxSize)
	}
	if d, err := time.ParseDuration(s.Timeout); s.Timeout != "" && (err != nil || d <= 0) {
		fault(key+"timeout", "%q: want a duration such as \"30m\"", s.Timeout)
	}
	if _, err := s.SDMX.statistics(); err != nil {
		fault(key+"sdmx", "%v", err)
	}
	s.validateTable(key, fault)
}

func (s SourceConfig) validateURL(key string, fault func(string, string, ...any)) {
	if s.URL != "" {
		u, err := url.Parse(s.URL)
		switch {
		case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
			fault(key+"url", "%q: want https://HOST/FILE", s.URL)
		case u.User != nil:
			fault(key+"url", "has a user in it: want headers = [\"Authorization: Basic ${NAME}\"]")
		}
	}
	for _, h := range s.Headers {
		m := headerLine.FindStringSubmatch(h)
		switch {
		case m == nil || strings.ContainsAny(h, "\r\n"):
			fault(key+"headers", "want lines such as \"Authorization: Bearer ${NAME}\"")
		case secretName.MatchString(m[1]) && !variable.MatchString(m[2]):
			fault(key+"headers", "%s: its value stands in the file: want the name of a variable of the environment: \"%s: ${NAME}\"", m[1], m[1])
		}
	}
	for _, host := range s.AllowHosts {
		if strings.ContainsAny(host, "/*@ ") || host == "" {
			fault(key+"allow_hosts", "%q: want a host, or host:port", host)
		}
	}
}

func (s SourceConfig) validateTable(key string, fault func(string, string, ...any)) {
	t := s.Table
	for name, text := range map[string]string{"delimiter": t.Delimiter, "quote": t.Quote, "escape": t.Escape} {
		if len(text) > 1 && text != `\t` {
			fault(key+"table."+name, "%q: want one character such as , or ;", text)
		}
	}
	for name, n := range map[string]int{"skip_rows": t.SkipRows, "header_rows": t.HeaderRows, "footer": t.Footer} {
		if n < 0 || n > 1000 {
			fault(key+"table."+name, "%d: want 0 to 1000", n)
		}
	}
	if d := t.Decimal; d != "" && d != "." && d != "," {
		fault(key+"table.decimal", "%q: allowed: \".\", \",\"", d)
	}
	if m := t.Thousands; m != "" && (len(m) > 1 || m == t.Decimal || !strings.Contains(".,' ", m)) {
		fault(key+"table.thousands", "%q: allowed: \".\", \",\", \"'\", \" \", and not the decimal sign", m)
	}
	if _, err := path.Match(t.Member, "x"); err != nil {
		fault(key+"table.member", "%q: want a name or a pattern such as services*.csv", t.Member)
	}
	if t.Encoding != "" && s.Encoding != "" {
		fault(key+"table.encoding", "stands in [[source]] too: want it once")
	}
}

// sizeOf is a size in bytes, 0 of what is none.
func sizeOf(text string) int64 {
	m := fileSize.FindStringSubmatch(text)
	if m == nil {
		return 0
	}
	n, err := strconv.ParseInt(m[1], 10, 64)
	unit := map[string]int64{"": 1, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}[m[2]]
	if err != nil || n > 1e18/unit {
		return 0
	}
	return n * unit
}

// remote tells whether the source's deliveries are fetched.
func (s SourceConfig) remote() bool {
	return s.URL != "" || s.Bucket != "" || s.SFTP != "" || s.SDMX.Flow != ""
}

// placeAll tells each source where its deliveries are, with the secrets that
// the environment holds.
func (in *instance) placeAll(sources []ingest.Source, env func(string) (string, bool)) error {
	for i := range sources {
		for _, s := range in.Sources {
			if s.Name != sources[i].Name || !s.remote() {
				continue
			}
			p, err := in.place(s, env)
			if err != nil {
				return withCode(exitUsage, fmt.Errorf("%s: source %s: %w", in.file, s.Name, err))
			}
			sources[i].Place = p
		}
	}
	return nil
}

func (in *instance) place(s SourceConfig, env func(string) (string, bool)) (place.Place, error) {
	p := place.Place{
		URL: s.URL, AllowHosts: s.AllowHosts, Bucket: s.Bucket, SFTP: s.SFTP, KnownHosts: in.path(s.KnownHosts), Identity: in.path(s.Identity),
		Prefix: s.Path, MaxBytes: sizeOf(s.MaxSize),
	}
	p.Timeout, _ = time.ParseDuration(s.Timeout) // validated with the configuration
	var err error
	if p.Statistics, err = s.SDMX.statistics(); err != nil {
		return p, err
	}
	if p.Password, err = expand(s.Password, env); err != nil {
		return p, err
	}
	for _, h := range s.Headers {
		m := headerLine.FindStringSubmatch(h)
		value, err := expand(m[2], env)
		if err != nil {
			return p, err
		}
		p.Headers = append(p.Headers, place.Header{Name: m[1], Value: value})
	}
	return p, nil
}

// expand puts the values of variables of the environment into a text.
func expand(text string, env func(string) (string, bool)) (string, error) {
	var missing error
	out := variable.ReplaceAllStringFunc(text, func(m string) string {
		name := m[2 : len(m)-1]
		value, ok := env(name)
		if !ok || strings.ContainsAny(value, "\r\n") {
			missing = hinted(fmt.Errorf("variable %s: not in the environment, or of more than one line", name), "set it where osservatorio is started: export "+name+"=…")
		}
		return value
	})
	return out, missing
}

// environment is where secrets come from.
func environment(name string) (string, bool) { return os.LookupEnv(name) }
