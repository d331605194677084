// Package words knows the message catalogue and how Italian and English write
// numbers, dates and periods. No string of the interface lives outside it. It
// must not know charts, pages or releases.
package words

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

//go:embed it/*.toml en/*.toml
var files embed.FS

// Langs are the languages of the site, the first is the default.
var Langs = []string{"it", "en"}

// Catalogue holds the messages of one language.
type Catalogue struct {
	Lang     string
	messages map[string]string
}

// Load reads the embedded messages of lang.
func Load(lang string) (*Catalogue, error) {
	c := &Catalogue{Lang: lang, messages: map[string]string{}}
	names, err := fs.Glob(files, lang+"/*.toml")
	if err != nil || len(names) == 0 {
		return nil, fmt.Errorf("load messages: language %q: want one of %v", lang, Langs)
	}
	for _, name := range names {
		if err := c.add(name); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (c *Catalogue) add(name string) error {
	raw, err := files.ReadFile(name)
	if err != nil {
		return fmt.Errorf("load messages: %w", err)
	}
	var m map[string]string
	if err := toml.Unmarshal(raw, &m); err != nil {
		return fmt.Errorf("load messages %s: %w", name, err)
	}
	for k, v := range m {
		if _, double := c.messages[k]; double {
			return fmt.Errorf("load messages %s: key %q: stands in another file too", path.Base(name), k)
		}
		c.messages[k] = v
	}
	return nil
}

// T returns the message of key with {name} replaced by the value that follows
// the name in args ("name", value, …). An unknown key or placeholder panics:
// it is a fault of the program, and the tests walk every page.
func (c *Catalogue) T(key string, args ...any) string {
	m, ok := c.messages[key]
	if !ok {
		panic(fmt.Sprintf("message %q: not in the %s catalogue", key, c.Lang))
	}
	m = c.fill(key, m, args)
	if c.Lang == "it" && len(args) > 0 {
		return Elide(m)
	}
	return m
}

// fill replaces placeholders in one pass: braces of a value are the value's own.
func (c *Catalogue) fill(key, m string, args []any) string {
	var filled, emptied []string
	for i := 0; i+1 < len(args); i += 2 {
		placeholder := "{" + fmt.Sprint(args[i]) + "}"
		filled = append(filled, placeholder, fmt.Sprint(args[i+1]))
		emptied = append(emptied, placeholder, "")
	}
	text := strings.NewReplacer(filled...).Replace(m)
	if strings.ContainsAny(text, "{}") && strings.ContainsAny(strings.NewReplacer(emptied...).Replace(m), "{}") {
		panic(fmt.Sprintf("message %q (%s): placeholder left in %q", key, c.Lang, text))
	}
	return text
}

// Has tells whether the catalogue knows key.
func (c *Catalogue) Has(key string) bool {
	_, ok := c.messages[key]
	return ok
}

// Plural returns key+".one" for n = 1 and key+".many" otherwise, with {n} set.
func (c *Catalogue) Plural(key string, n int, args ...any) string {
	form := ".many"
	if n == 1 {
		form = ".one"
	}
	return c.T(key+form, append(args, "n", c.Int(n))...)
}
