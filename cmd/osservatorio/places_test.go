package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// configured loads a configuration of sources in a region.
func configured(t *testing.T, sources string) (*Config, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "osservatorio.toml")
	must(t, os.WriteFile(file, []byte("[region]\nname = \"Terra\"\ngeography = \"italia\"\n"+sources), 0o600))
	return LoadConfig(file)
}

func TestEveryFaultOfAPlaceOrTableIsToldWithItsLine(t *testing.T) {
	for text, want := range map[string]string{
		`url = "ftp://a/b"`:                             `:6: source.url: "ftp://a/b": want https://HOST/FILE`,
		`url = "https://me:pw@a/b"`:                     ":6: source.url: has a user in it",
		"url = \"https://a/b\"\nbucket = \"s3://b\"":    ":7: source.bucket: a source has one place: url and bucket are set",
		`headers = ["Authorization: Bearer abc"]`:       ":6: source.headers: Authorization: its value stands in the file",
		`headers = ["nonsense"]`:                        ":6: source.headers: want lines",
		`allow_hosts = ["https://a"]`:                   ":6: source.allow_hosts",
		`sftp = "sftp://host/x"`:                        ":6: source.sftp",
		`sftp = "sftp://me:pw@host/x"`:                  "has a password in it",
		`sftp = "sftp://me@host/x"`:                     "want known_hosts",
		`password = "abc"`:                              ":6: source.password",
		`max_size = "big"`:                              ":6: source.max_size",
		`timeout = "soon"`:                              ":6: source.timeout",
		"[source.table]\nskip_rows = -1":                ":7: source.table.skip_rows: -1",
		"[source.table]\ndelimiter = \"--\"":            ":7: source.table.delimiter",
		"[source.table]\nthousands = \"x\"":             ":7: source.table.thousands",
		"[source.table]\ncolour = \"red\"":              ":7: unknown key",
		"[source.table]\nmember = \"[\"":                ":7: source.table.member",
		"[source.sdmx]\nflow = \"a b\"":                 "source.sdmx",
		sdmxAsking("token=x"):                           "token: looks like a secret",
		sdmxAsking("startPeriod=2018"):                  "startPeriod: want start and end",
		sdmxAsking("lang=it&lang=en"):                   "lang: stands 2 times",
		sdmxAsking("a;b"):                               "want NAME=VALUE",
		"[source.sdmx]\nflow = \"a\"\nservice = \"no\"": "source.sdmx",
	} {
		_, err := configured(t, "[[source]]\nname = \"services\"\n"+text+"\n")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v: want %q", text, err, want)
		}
		if err != nil && (strings.Contains(err.Error(), "abc") || strings.Contains(err.Error(), "pw@")) && !strings.Contains(text, "ftp://a/b") {
			t.Errorf("a secret is told: %v", err)
		}
	}
}

// sdmxAsking is a question with parameters of its own.
func sdmxAsking(parameters string) string {
	return "period = \"all\"\n[source.sdmx]\nflow = \"a\"\nservice = \"https://a.example/sdmx/2.1\"\nparameters = \"" + parameters + "\""
}

func TestParametersOfAServiceReachItsAddress(t *testing.T) {
	c, err := configured(t, "[[source]]\nname = \"observations\"\n"+sdmxAsking("format=SDMX-CSV&lang=en")+"\n")
	must(t, err)
	stats, err := c.Sources[0].SDMX.statistics()
	must(t, err)
	if got := stats.Query.URL(); got != "https://a.example/sdmx/2.1/data/a/all?format=SDMX-CSV&lang=en" {
		t.Error(got)
	}
}

func TestSecretsComeFromTheEnvironmentAndAMissingOneIsNamed(t *testing.T) {
	c, err := configured(t, "[[source]]\nname = \"services\"\nperiod = \"all\"\nurl = \"https://a.example/b.csv\"\nheaders = [\"Authorization: Bearer ${TOKEN}\"]\nmax_size = \"2GB\"\n")
	must(t, err)
	in := &instance{Config: c}
	sources, err := in.pick(nil)
	must(t, err)
	must(t, in.placeAll(sources, func(string) (string, bool) { return "s3cret", true }))
	if p := sources[0].Place; p.Headers[0].Value != "Bearer s3cret" || p.MaxBytes != 2_000_000_000 || sources[0].Pattern != "" {
		t.Errorf("%+v", sources[0])
	}
	err = in.placeAll(sources, func(string) (string, bool) { return "", false })
	if err == nil || !strings.Contains(err.Error(), "variable TOKEN: not in the environment") {
		t.Error(err)
	}
}
