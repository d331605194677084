package site

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"sync"
	texttemplate "text/template"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"osservatorio/queries/release"
)

// prose is a Markdown page: its first heading is the title, the paragraph under
// it the lead.
type prose struct {
	Title string
	Lead  string
	Body  template.HTML
}

// proseData is what a Markdown page may name: {{.Publisher.Name}}, {{.Release}} …
type proseData struct {
	Publisher release.Publisher
	Region    string
	Release   string
	Extracted string // in words
	Synthetic bool
	Open      bool   // every view copies what is public already
	Licence   string // as said in text: CC BY 4.0
}

var markdown = sync.OnceValue(func() goldmark.Markdown {
	return goldmark.New(goldmark.WithExtensions(extension.Table, extension.DefinitionList),
		goldmark.WithParserOptions(parser.WithAutoHeadingID()))
})

// prose reads content/<lang>/<name>.md, the instance's own before ours.
func (b *builder) prose(lang, name string) (prose, error) {
	raw, err := b.contentFile(lang + "/" + name + ".md")
	if err != nil {
		return prose{}, err
	}
	if b.read == nil {
		b.read = map[string]bool{}
	}
	b.read[lang+"/"+name+".md"] = true
	if tag, line := markupIn(raw); tag != "" {
		return prose{}, fmt.Errorf("content %s/%s.md:%d: %s is HTML, which no text holds: write it in Markdown, or within `…` to show it", lang, name, line, tag)
	}
	filled, err := fillProse(name, raw, b.proseData(lang))
	if err != nil {
		return prose{}, fmt.Errorf("content %s/%s.md%w", lang, name, inFields(err))
	}
	p, err := parseProse(filled)
	if err != nil {
		return prose{}, fmt.Errorf("content %s/%s.md: %w", lang, name, err)
	}
	body, missing := b.resolvePages(lang, string(p.Body))
	if len(missing) > 0 {
		return prose{}, fmt.Errorf("content %s/%s.md:%d: link to page:%s: no such page", lang, name, lineOf(raw, "page:"+missing[0]), strings.Join(missing, ", page:"))
	}
	p.Body = template.HTML(body)
	return p, nil
}

func (b *builder) contentFile(name string) ([]byte, error) {
	if b.opt.Content != nil {
		if raw, err := fs.ReadFile(b.opt.Content, name); err == nil {
			return raw, nil
		} else if !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("read content %s: %w", name, err)
		}
	}
	raw, err := contentFiles.ReadFile("content/" + name)
	if err != nil {
		return nil, fmt.Errorf("read content %s: no such page: every page needs its text in both languages", name)
	}
	return raw, nil
}

func (b *builder) proseData(lang string) proseData {
	return proseData{
		Publisher: b.rel.Info.Publisher,
		Region:    b.rel.Info.Region.Name.In(lang),
		Release:   b.rel.Info.ID,
		Extracted: b.words[lang].Date(b.rel.Info.ExtractionDate),
		Synthetic: b.rel.Info.Synthetic,
		Open:      allOpen(b.rel.Info.Views),
		Licence:   licenceName(b.rel.Info.Publisher.Licence),
	}
}

// allOpen tells whether no view was derived from confidential data.
func allOpen(views []release.Header) bool {
	return !slices.ContainsFunc(views, func(h release.Header) bool { return h.Protection != "open" })
}

func fillProse(name string, raw []byte, data proseData) ([]byte, error) {
	t, err := texttemplate.New(name).Option("missingkey=error").Parse(string(raw))
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := t.Execute(&out, data); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func parseProse(raw []byte) (prose, error) {
	title, rest, _ := strings.Cut(strings.TrimSpace(string(raw)), "\n")
	title, ok := strings.CutPrefix(title, "# ")
	if !ok {
		return prose{}, errors.New("first line: want the title, as # Title")
	}
	lead, rest, _ := strings.Cut(strings.TrimSpace(rest), "\n\n")
	if strings.HasPrefix(lead, "#") || lead == "" {
		return prose{}, errors.New("under the title: want one paragraph that says what the page is about")
	}
	var body bytes.Buffer
	if err := markdown().Convert([]byte(rest), &body); err != nil {
		return prose{}, err
	}
	return prose{Title: strings.TrimSpace(title), Lead: strings.Join(strings.Fields(lead), " "), Body: template.HTML(body.String())}, nil
}

// fieldFault is how the template engine tells a fault: where, of which field, what.
var fieldFault = regexp.MustCompile(`^template: [^:]*:(\d+)(?::\d+)?: (?:executing "[^"]*" at <(.*?)>: )?(.*)$`)

// inFields says a fault of the fields of a text as editors know them.
func inFields(err error) error {
	m := fieldFault.FindStringSubmatch(err.Error())
	switch {
	case m == nil:
		return fmt.Errorf(": %w", err)
	case m[2] == "":
		return fmt.Errorf(":%s: %s", m[1], m[3])
	}
	return fmt.Errorf(":%s: {{%s}} is nothing that a text may name: want .Publisher.Name or another field of the publisher, .Region, .Release, .Extracted, .Synthetic, .Open or .Licence", m[1], m[2])
}

// markupIn is the first HTML of a text with its line, "" for none; a comment is none.
// The renderer leaves HTML out, and an editor would look for it on the page in vain.
func markupIn(raw []byte) (tag string, line int) {
	_ = ast.Walk(markdown().Parser().Parse(text.NewReader(raw)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		var at *text.Segments
		switch html := n.(type) {
		case *ast.HTMLBlock:
			at = html.Lines()
		case *ast.RawHTML:
			at = html.Segments
		}
		if !entering || at == nil || at.Len() == 0 {
			return ast.WalkContinue, nil
		}
		first := at.At(0)
		found := strings.TrimSpace(string(first.Value(raw)))
		if strings.HasPrefix(found, "<!--") {
			return ast.WalkContinue, nil
		}
		tag, _, _ = strings.Cut(found, ">")
		tag, line = tag+">", 1+bytes.Count(raw[:first.Start], []byte("\n"))
		return ast.WalkStop, nil
	})
	return tag, line
}

var pageLink = regexp.MustCompile(`href="page:([^"#]+)(#[^"]*)?"`)

// resolvePages turns links such as page:glossary into addresses, and names those
// that lead to no page.
func (b *builder) resolvePages(lang, body string) (resolved string, missing []string) {
	body = pageLink.ReplaceAllStringFunc(body, func(link string) string {
		m := pageLink.FindStringSubmatch(link)
		path := b.routes.path(lang, m[1])
		if kind, _, ok := strings.Cut(m[1], ":"); ok && path == "" {
			path = b.routes.path(lang, kind) // a release need not publish every view
		}
		if path == "" {
			missing = append(missing, m[1])
		}
		return `href="` + path + m[2] + `"`
	})
	return strings.ReplaceAll(strings.ReplaceAll(body, "<table>", `<div class="scroll" role="group" tabindex="0" aria-label="`+b.words[lang].T("site.table.scroll")+`"><table>`), "</table>", "</table></div>"), missing
}

// licenceName writes an SPDX id as people do: CC-BY-4.0 becomes CC BY 4.0.
func licenceName(spdx string) string { return strings.ReplaceAll(spdx, "-", " ") }
