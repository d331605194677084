package site

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"

	"osservatorio/dashboards/words"
	"osservatorio/queries/release"
)

// notesFile holds what the editors of an instance add to charts and territories.
const notesFile = "notes.toml"

// editorNote is one note: to a figure or to a territory, in both languages.
type editorNote struct {
	Figure string `toml:"figure"` // id, as in its permalink
	Place  string `toml:"place"`  // code of a territory
	Date   string `toml:"date"`   // YYYY-MM-DD, "" for none
	IT     string `toml:"it"`
	EN     string `toml:"en"`
	line   int
}

// in returns the note in words of one language, its date first.
func (n editorNote) in(w *words.Catalogue) string {
	text := release.Text{IT: n.IT, EN: n.EN}.In(w.Lang)
	if n.Date == "" {
		return text
	}
	return w.Date(n.Date) + ": " + text
}

// readNotes reads the notes of the instance and puts those on figures under
// them. All faults are told at once, each with its line.
func (b *builder) readNotes() error {
	if b.opt.Content == nil {
		return nil
	}
	raw, err := fs.ReadFile(b.opt.Content, notesFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return fmt.Errorf("read content %s: %w", notesFile, err)
	}
	var file struct {
		Note []editorNote `toml:"note"`
	}
	strict := toml.NewDecoder(bytes.NewReader(raw)).DisallowUnknownFields()
	if err := strict.Decode(&file); err != nil {
		return noteSyntax(err)
	}
	lines := linesOf(string(raw), "[[note]]")
	var faults []error
	for i := range file.Note {
		if i < len(lines) {
			file.Note[i].line = lines[i]
		}
		if fault := b.putNote(file.Note[i]); fault != "" {
			faults = append(faults, fmt.Errorf("content %s:%d: %s", notesFile, file.Note[i].line, fault))
		}
	}
	b.notes = file.Note
	return errors.Join(faults...)
}

func noteSyntax(err error) error {
	line := 0
	var syntax *toml.DecodeError
	var strict *toml.StrictMissingError
	switch {
	case errors.As(err, &strict) && len(strict.Errors) > 0:
		line, _ = strict.Errors[0].Position()
		err = fmt.Errorf("key %q: want figure or place, date, it, en", strings.Join(strict.Errors[0].Key(), "."))
	case errors.As(err, &syntax):
		line, _ = syntax.Position()
	}
	return fmt.Errorf("content %s:%d: %w", notesFile, line, err)
}

// linesOf are the numbers of the lines that begin with that text.
func linesOf(text, begin string) []int {
	var out []int
	for i, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), begin) {
			out = append(out, i+1)
		}
	}
	return out
}

// putNote says what is wrong with a note, "" if nothing; a good one on a figure
// is put under it.
func (b *builder) putNote(n editorNote) string {
	switch _, dated := time.Parse(time.DateOnly, n.Date); {
	case (n.Figure == "") == (n.Place == ""):
		return "want figure or place, one of them"
	case n.IT == "":
		return "no Italian text: want it"
	case n.EN == "":
		return "no English text: want en"
	case n.Date != "" && dated != nil:
		return fmt.Sprintf("date %q: want YYYY-MM-DD", n.Date)
	}
	if n.Place != "" {
		if _, ok := b.rel.Geo(n.Place); !ok {
			return fmt.Sprintf("place %q: no such territory in the release", n.Place)
		}
		return ""
	}
	found := false
	for lang, pages := range b.dashboards {
		for _, p := range pages {
			for _, s := range p.Sections {
				for i := range s.Figures {
					if f := &s.Figures[i]; f.ID == n.Figure {
						f.Notes = append(slices.Clone(f.Notes), n.in(b.words[lang]))
						found = true
					}
				}
			}
		}
	}
	if !found {
		return fmt.Sprintf("figure %q: no such figure", n.Figure)
	}
	return ""
}

// notesOn are the notes of the instance on a territory.
func (c composer) notesOn(geo string) []string {
	var out []string
	for _, n := range c.notes {
		if n.Place == geo {
			out = append(out, n.in(c.w))
		}
	}
	return out
}

// contentFaults finds texts of the instance that stand in one language alone and
// those that no page asks for.
func (b *builder) contentFaults() []string {
	if b.opt.Content == nil {
		return nil
	}
	var faults []string
	err := fs.WalkDir(b.opt.Content, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".md") {
			return err
		}
		lang, rest, _ := strings.Cut(name, "/")
		if !slices.Contains(words.Langs, lang) {
			return nil // notes of the editors to themselves, such as README.md
		}
		for _, other := range words.Langs {
			if _, err := fs.Stat(b.opt.Content, other+"/"+rest); err != nil {
				faults = append(faults, "content "+name+":1: not in "+other+": want "+other+"/"+rest)
			}
		}
		if !b.read[name] {
			faults = append(faults, "content "+name+":1: no page asks for it")
		}
		return nil
	})
	if err != nil {
		faults = append(faults, "list content: "+err.Error())
	}
	return faults
}

// sourceOf names the text and line from which a link of a page comes, "" for a
// page that is no text or a link that is not in it.
func (b *builder) sourceOf(page, href string) string {
	for _, d := range b.docs {
		if d.Path != page {
			continue
		}
		name := d.Lang + "/" + strings.Replace(d.ID, "method:", "method/", 1) + ".md"
		raw, err := b.contentFile(name)
		if err != nil {
			return ""
		}
		_, anchor, _ := strings.Cut(href, "#")
		for _, text := range []string{"(" + href, "#" + anchor + ")"} {
			if at := strings.Index(string(raw), text); at >= 0 && text != "#)" {
				return fmt.Sprintf(" (content %s:%d)", name, 1+strings.Count(string(raw[:at]), "\n"))
			}
		}
	}
	return ""
}

// lineOf is the number of the line of raw in which a text first stands.
func lineOf(raw []byte, text string) int {
	at := bytes.Index(raw, []byte(text))
	if at < 0 {
		return 1
	}
	return 1 + bytes.Count(raw[:at], []byte("\n"))
}
