package site

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io/fs"
	"strings"

	"osservatorio/dashboards/words"
)

// writePlumbing writes what is not for readers: the map for search engines, the
// rules for robots, the headers that a web server should send.
func (b *builder) writePlumbing() error {
	if err := b.out.put("robots.txt", b.robots()); err != nil {
		return err
	}
	if err := b.out.plain("_headers", []byte(headersFile(b.unframed()))); err != nil {
		return err
	}
	if err := b.writeFrameScript(); err != nil {
		return err
	}
	if b.opt.BaseURL == "" {
		return nil
	}
	sitemap, err := b.sitemapXML()
	if err != nil {
		return err
	}
	return b.out.put("sitemap.xml", sitemap)
}

func (b *builder) robots() []byte {
	text := "User-agent: *\nAllow: /\n"
	if b.opt.BaseURL != "" {
		text += "Sitemap: " + b.opt.BaseURL + "/sitemap.xml\nSitemap: " + b.opt.BaseURL + "/" + alternatesFile + "\n"
	}
	return []byte(text)
}

type urlSet struct {
	XMLName xml.Name   `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
	URLs    []urlEntry `xml:"url"`
}

type urlEntry struct {
	Loc     string `xml:"loc"`
	LastMod string `xml:"lastmod,omitempty"`
}

func (b *builder) sitemapXML() ([]byte, error) {
	set := urlSet{}
	for _, lang := range words.Langs {
		for _, d := range b.docs {
			if d.Lang == lang && !d.NoIndex {
				set.URLs = append(set.URLs, urlEntry{b.opt.BaseURL + d.Path, b.rel.Info.ExtractionDate})
			}
		}
	}
	var out bytes.Buffer
	out.WriteString(xml.Header)
	enc := xml.NewEncoder(&out)
	enc.Indent("", " ")
	if err := enc.Encode(set); err != nil {
		return nil, fmt.Errorf("write sitemap: %w", err)
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// policyHeader is the header that says who may frame a page: not a matter for
// the page itself.
const policyHeader = "Content-Security-Policy"

// SecurityHeaders are the headers of every page that is not made to be framed,
// name and value, in a fixed order.
func SecurityHeaders() [][2]string {
	return append([][2]string{{policyHeader, ContentPolicy + "; frame-ancestors 'self'"}}, commonHeaders()...)
}

// EmbedHeaders are those of the pages below EmbedPaths, which any site may frame.
func EmbedHeaders() [][2]string {
	return append([][2]string{{policyHeader, EmbedPolicy + "; frame-ancestors *"}}, commonHeaders()...)
}

func commonHeaders() [][2]string {
	return [][2]string{
		{"X-Content-Type-Options", "nosniff"},
		{"Referrer-Policy", "no-referrer"},
		{"Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"},
		{"Cross-Origin-Opener-Policy", "same-origin"},
	}
}

// EmbedPaths are the beginnings of the addresses that other sites may frame.
func EmbedPaths() []string { return []string{embedRoot, pinnedRoot} }

// OpenPaths are the beginnings of the addresses that scripts, fonts and images of
// other sites may read: data and what describes them, images, and what a framed
// page loads where its frame is sandboxed and so has no origin.
func OpenPaths() []string {
	return []string{"/data/", extractRoot, "/codes/", "/figure/", "/boundaries/", "/assets/", "/oembed/", "/embed.js", embedRoot, pinnedRoot,
		"/catalog.", "/datapackage.json", "/dictionary.", "/release.json", "/commitment.json", "/changes.json", "/quality.json", "/disclosure.json", "/notes.json", "/SHA256SUMS", "/CITATION.cff"}
}

// MediaTypes are the types of files that hosts tend to send as something else,
// by the end of their address. The longest end that fits counts.
func MediaTypes() [][2]string {
	return [][2]string{
		{".parquet", "application/vnd.apache.parquet"}, {".csv", "text/csv; charset=utf-8"}, {".csv-metadata.json", "application/csvm+json"},
		{".jsonld", "application/ld+json"}, {".ttl", "text/turtle; charset=utf-8"}, {".rdf", "application/rdf+xml"},
		{"/feed.xml", "application/atom+xml; charset=utf-8"}, {".ics", "text/calendar; charset=utf-8"}, {".geojson", "application/geo+json"},
		{".cff", "application/yaml; charset=utf-8"}, {"/SHA256SUMS", "text/plain; charset=utf-8"}, {".md", "text/markdown; charset=utf-8"},
	}
}

// unframed lists the beginnings of the addresses of all pages that nobody else
// may frame, as patterns of the headers file.
func (b *builder) unframed() []string {
	seen := map[string]bool{}
	for _, d := range b.docs {
		first, below, _ := strings.Cut(strings.TrimPrefix(d.Path, "/"), "/")
		pattern := "/" + first
		if below != "" || strings.HasSuffix(d.Path, "/") && first != "" {
			pattern += "/*"
		}
		seen[pattern] = true
	}
	return sortedKeys(seen)
}

// headersFile tells static hosts which headers to send; a web server's own
// configuration can be copied from it. No two rules for one address set the same
// header: hosts differ in what they make of it.
func headersFile(unframed []string) string {
	var out bytes.Buffer
	rule := func(pattern string, headers ...[2]string) {
		out.WriteString(pattern + "\n")
		for _, h := range headers {
			fmt.Fprintf(&out, "  %s: %s\n", h[0], h[1])
		}
	}
	out.WriteString("# Headers for hosts that read this file; copy them into the server's configuration elsewhere.\n")
	rule("/*", append(commonHeaders(), [2]string{"Strict-Transport-Security", "max-age=31536000; includeSubDomains"})...)
	for _, pattern := range unframed {
		rule(pattern, SecurityHeaders()[0])
	}
	for _, begin := range EmbedPaths() {
		rule(begin+"*", EmbedHeaders()[0])
	}
	rule("/assets/*", [2]string{"Cache-Control", "public, max-age=31536000, immutable"})
	for _, begin := range OpenPaths() {
		if strings.HasSuffix(begin, "/") || strings.HasSuffix(begin, ".") {
			begin += "*"
		}
		rule(begin, [2]string{"Access-Control-Allow-Origin", "*"}, [2]string{"Access-Control-Expose-Headers", "Content-Range, Accept-Ranges, ETag"},
			[2]string{"Cross-Origin-Resource-Policy", "cross-origin"})
	}
	for _, t := range MediaTypes() {
		patterns := []string{"/*" + t[0]}
		switch t[0] {
		case ".csv", ".csv-metadata.json":
			patterns = []string{"/data/*" + t[0]}
		case ".parquet":
			patterns = []string{"/data/*" + t[0], extractRoot + "*" + t[0]}
		}
		for _, pattern := range patterns {
			rule(pattern, [2]string{"Content-Type", t[1]})
		}
	}
	return out.String()
}

// writeFrameScript writes the script that other sites load to fit their frames,
// at an address that pasted snippets may rely on for good.
func (b *builder) writeFrameScript() error {
	data, err := fs.ReadFile(b.assets.files, b.assets.names["embed.js"])
	if err != nil {
		return fmt.Errorf("read asset embed.js: %w", err)
	}
	return b.out.put("embed.js", data)
}
