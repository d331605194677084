package site

import (
	"net/http/httptest"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"osservatorio/site/serve"
	"osservatorio/site/sitetest"
)

// rulesOf reads a headers file: pattern → header → value.
func rulesOf(text string) map[string]map[string]string {
	rules, pattern := map[string]map[string]string{}, ""
	for line := range strings.Lines(text) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), ": ")
		switch {
		case strings.HasPrefix(line, "#"):
		case !strings.HasPrefix(line, " "):
			pattern = strings.TrimSpace(line)
			rules[pattern] = map[string]string{}
		case ok:
			rules[pattern][name] = value
		}
	}
	return rules
}

// sent is a header of an address by those rules; of two types the one of the
// longer pattern counts.
func sent(rules map[string]map[string]string, address, header string) string {
	best, value := "", ""
	for pattern, headers := range rules {
		begin, end, wild := strings.Cut(pattern, "*")
		fits := address == pattern || wild && strings.HasPrefix(address, begin) && strings.HasSuffix(address, end)
		if v, has := headers[header]; has && fits && len(pattern) > len(best) {
			best, value = pattern, v
		}
	}
	return value
}

// A harvester gets the same type and the same leave from the preview as from a
// host that reads _headers.
func TestThePreviewSendsWhatTheHeadersFileAsksFor(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "site")
	built(t, dir, sitetest.Release(), options())
	rules := rulesOf(readSite(t, dir, "_headers"))
	s := httptest.NewServer(serve.Handler(dir, serve.Options{Headers: SecurityHeaders(), Framed: EmbedHeaders(), FramedPaths: EmbedPaths(), OpenPaths: OpenPaths(), Types: MediaTypes()}))
	t.Cleanup(s.Close)
	for address, want := range map[string]string{
		"/catalog.ttl": "text/turtle; charset=utf-8", "/catalog.rdf": "application/rdf+xml", "/catalog.jsonld": "application/ld+json",
		"/data/lep_coverage.parquet": "application/vnd.apache.parquet", "/data/lep_coverage.csv": "text/csv; charset=utf-8",
		"/CITATION.cff": "application/yaml; charset=utf-8", "/SHA256SUMS": "text/plain; charset=utf-8", "/rilasci/feed.xml": "application/atom+xml; charset=utf-8",
		"/dictionary.it.md": "text/markdown; charset=utf-8",
	} {
		res, err := s.Client().Get(s.URL + address)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != 200 || res.Header.Get("Content-Type") != want || sent(rules, address, "Content-Type") != want {
			t.Errorf("%s: %d, the preview sends %q, the headers file %q, want %q", address, res.StatusCode, res.Header.Get("Content-Type"), sent(rules, address, "Content-Type"), want)
		}
		if open := path.Ext(address) != ".xml"; open && (res.Header.Get("Access-Control-Allow-Origin") != "*" || sent(rules, address, "Access-Control-Allow-Origin") != "*") {
			t.Errorf("%s: other sites may not read it: preview %q, headers file %q", address, res.Header.Get("Access-Control-Allow-Origin"), sent(rules, address, "Access-Control-Allow-Origin"))
		}
	}
}
