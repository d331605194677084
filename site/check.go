package site

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"osservatorio/dashboards/words"
)

// rendered is one finished page.
type rendered struct {
	file string
	path string
	html []byte
}

// leads are the attributes whose value is an address of the site.
var leads = []string{"href", "src", "data-chart", "data-engine", "data-index"}

// inlines are what the content policy forbids.
var inlines = regexp.MustCompile(`\sstyle="|<style\b|<script>|<script type="text/javascript"|\son[a-z]+="`)

// values calls do with each value that an attribute has in a page. Expressions
// took longer than laying the page out.
func values(page []byte, name string, do func(value []byte)) {
	mark := []byte(name + `="`)
	for at := 0; ; {
		i := bytes.Index(page[at:], mark)
		if i < 0 {
			return
		}
		from := at + i + len(mark)
		n := bytes.IndexByte(page[from:], '"')
		if n < 0 {
			return
		}
		if before := from - len(mark) - 1; before >= 0 && isSpace(page[before]) {
			do(page[from : from+n])
		}
		at = from + n
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' }

// startTags calls do with each start tag of that name.
func startTags(page []byte, name string, do func(tag []byte)) {
	mark := []byte("<" + name)
	for at := 0; ; {
		i := bytes.Index(page[at:], mark)
		if i < 0 {
			return
		}
		from := at + i
		n := bytes.IndexByte(page[from:], '>')
		if n < 0 {
			return
		}
		if next := page[from+len(mark)]; isSpace(next) || next == '>' || next == '/' {
			do(page[from : from+n+1])
		}
		at = from + n
	}
}

// inline is the first style or script inside a page, nil if it has none. Only
// what may be one is looked at closely.
func inline(page []byte) []byte {
	for _, mark := range []string{"style=", "<style", "<script>", `<script type="text/javascript"`, " on", "\non"} {
		for at := 0; ; {
			i := bytes.Index(page[at:], []byte(mark))
			if i < 0 {
				break
			}
			at += i
			near := page[max(0, at-1):min(len(page), at+40)]
			if m := inlines.Find(near); m != nil {
				return m
			}
			at += len(mark)
		}
	}
	return nil
}

// check refuses what a reader would stumble over: a link or anchor that leads
// nowhere, an image without words, an id used twice, inline style or script, a
// page that no other page leads to. It reports all faults at once.
func (b *builder) check(read []*readPage) error {
	c := checker{files: b.plannedFiles(), pages: map[string]*readPage{}, links: map[string][]string{}, from: b.sourceOf}
	for _, p := range read {
		c.files[p.path], c.pages[p.path] = true, p
		c.faults = append(c.faults, p.faults...)
	}
	for _, p := range read {
		for _, href := range p.hrefs {
			c.link(p, href)
		}
	}
	c.orphans(read)
	c.faults = append(c.faults, b.contentFaults()...)
	slices.Sort(c.faults)
	c.faults = slices.Compact(c.faults)
	return errors.Join(asErrors(c.faults)...)
}

// mostFaults keeps the list readable: one fault in a template is one a page.
const mostFaults = 40

func asErrors(faults []string) []error {
	var out []error
	for i, f := range faults {
		if i == mostFaults {
			out = append(out, fmt.Errorf("and %d more", len(faults)-i))
			break
		}
		out = append(out, errors.New(f))
	}
	return out
}

// plannedFiles lists what will stand beside the pages, by address.
func (b *builder) plannedFiles() map[string]bool {
	files := map[string]bool{}
	for _, name := range b.assets.names {
		files["/assets/"+name] = true
		files[b.pinned("/assets/"+name)] = true
	}
	for _, f := range b.rel.Files {
		files["/"+f.Path] = true
	}
	for _, name := range b.papers() {
		files[name] = true
	}
	for name := range b.made {
		files["/"+name] = true
	}
	for _, e := range b.extracts {
		files[e.Zip], files[e.Parquet] = true, true
	}
	for _, lang := range words.Langs {
		for _, p := range b.dashboards[lang] {
			for _, s := range p.Sections {
				for _, f := range s.Figures {
					files[figureURL(lang, f.ID, "svg")] = true
					files[b.pinned(figureURL(lang, f.ID, "svg"))] = true
					if b.pictures[lang+" "+f.ID] {
						files[figureURL(lang, f.ID, "png")] = true
						files[b.pinned(figureURL(lang, f.ID, "png"))] = true
					}
					files[figureURL(lang, f.ID, "json")] = true
				}
			}
		}
	}
	return files
}

// readPage is what the check needs of a page: what it found wrong on it, its
// anchors and where it leads. The page itself can go.
type readPage struct {
	file, path string
	ids        map[string]bool
	hrefs      []string // each once
	faults     []string
}

// readOf reads a finished page.
func readOf(p rendered) *readPage {
	r := &readPage{file: p.file, path: p.path, ids: map[string]bool{}}
	values(p.html, "id", func(value []byte) {
		if r.ids[string(value)] {
			r.fault("id %q: used twice", value)
		}
		r.ids[string(value)] = true
	})
	seen := map[string]bool{}
	for _, name := range leads {
		values(p.html, name, func(to []byte) {
			if !seen[string(to)] {
				seen[string(to)] = true
				r.hrefs = append(r.hrefs, strings.ReplaceAll(string(to), "&amp;", "&"))
			}
		})
	}
	startTags(p.html, "img", func(tag []byte) {
		if !bytes.Contains(tag, []byte(` alt="`)) {
			r.fault("image without alt: %s", tag)
		}
	})
	startTags(p.html, "svg", func(tag []byte) {
		if !bytes.Contains(tag, []byte("aria-hidden")) && !bytes.Contains(tag, []byte("aria-label")) {
			r.fault("drawing without words: %s", tag)
		}
	})
	if m := inline(p.html); m != nil {
		r.fault("inline style or script: %q: the content policy forbids it", bytes.TrimSpace(m))
	}
	return r
}

func (r *readPage) fault(format string, args ...any) {
	r.faults = append(r.faults, "check page "+r.path+": "+fmt.Sprintf(format, args...))
}

type checker struct {
	files  map[string]bool
	pages  map[string]*readPage
	links  map[string][]string
	faults []string
	from   func(page, href string) string // text and line that a link comes from; may be nil
}

func (c *checker) source(page, href string) string {
	if c.from == nil {
		return ""
	}
	return c.from(page, href)
}

func (c *checker) fault(p *readPage, format string, args ...any) {
	c.faults = append(c.faults, "check page "+p.path+": "+fmt.Sprintf(format, args...))
}

func (c *checker) link(p *readPage, href string) {
	switch {
	case href == "":
		c.fault(p, "empty link")
		return
	case strings.HasPrefix(href, "mailto:"), strings.HasPrefix(href, "https://"), strings.HasPrefix(href, "http://"):
		return
	}
	target, anchor, _ := strings.Cut(href, "#")
	target, _, _ = strings.Cut(target, "?") // a page that reads its query is one page
	if target == "" {
		target = p.path
	}
	if !strings.HasPrefix(target, "/") {
		target = path.Join(path.Dir(p.path), target)
	}
	if !c.files[target] {
		c.fault(p, "link to %s: leads nowhere%s", href, c.source(p.path, href))
		return
	}
	if to := c.pages[target]; anchor != "" && (to == nil || !to.ids[anchor]) {
		c.fault(p, "link to %s: no such place on that page%s", href, c.source(p.path, href))
	}
	c.links[p.path] = append(c.links[p.path], target)
}

// orphans are pages that cannot be reached from the home page by links.
func (c *checker) orphans(pages []*readPage) {
	seen := map[string]bool{"/": true}
	queue := []string{"/"}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for _, to := range c.links[at] {
			if !seen[to] {
				seen[to] = true
				queue = append(queue, to)
			}
		}
	}
	for _, p := range pages {
		if !seen[p.path] && path.Base(p.path) != "404.html" {
			c.fault(p, "no page leads here")
		}
	}
}
