package site

import (
	"bytes"
	"encoding/xml"
	"fmt"

	"osservatorio/dashboards/words"
)

// writePlumbing writes what is not for readers: the map for search engines, the
// rules for robots, the headers that a web server should send.
func (b *builder) writePlumbing() error {
	if err := b.out.put("robots.txt", b.robots()); err != nil {
		return err
	}
	if err := b.out.plain("_headers", []byte(headersFile())); err != nil {
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
		text += "Sitemap: " + b.opt.BaseURL + "/sitemap.xml\n"
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

// SecurityHeaders are the headers of every page, name and value, in a fixed order.
func SecurityHeaders() [][2]string {
	return [][2]string{
		{"Content-Security-Policy", ContentPolicy + "; frame-ancestors 'self'"},
		{"X-Content-Type-Options", "nosniff"},
		{"Referrer-Policy", "no-referrer"},
		{"Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"},
		{"Cross-Origin-Opener-Policy", "same-origin"},
	}
}

// headersFile tells static hosts which headers to send; a web server's own
// configuration can be copied from it.
func headersFile() string {
	var out bytes.Buffer
	out.WriteString("# Headers for hosts that read this file; copy them into the server's configuration elsewhere.\n/*\n")
	for _, h := range SecurityHeaders() {
		fmt.Fprintf(&out, "  %s: %s\n", h[0], h[1])
	}
	out.WriteString("  Strict-Transport-Security: max-age=31536000; includeSubDomains\n")
	out.WriteString("/assets/*\n  Cache-Control: public, max-age=31536000, immutable\n")
	for _, open := range []string{"/data/*", "/codes/*", "/figure/*", "/boundaries/*"} {
		out.WriteString(open + "\n  Access-Control-Allow-Origin: *\n  Access-Control-Expose-Headers: Content-Range, Accept-Ranges, ETag\n")
	}
	out.WriteString("/data/*.parquet\n  Content-Type: application/vnd.apache.parquet\n")
	return out.String()
}
