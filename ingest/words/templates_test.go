package words

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// none are texts of the program that look like words.
var none = []string{"1 dimension", "1 id", "1 size", "1 value", "2 dimension", "2 value", "class collection", "class dataset", "read JSON-stat", "invalid state", "unable to authenticate", "no results", "unexpected EOF", "SQLite format"}

// rooms are the folders whose texts reach a supplier.
var rooms = []string{"..", "../fetch", "../fetch/place", "../sdmx", "../jsonstat", "../privacy"}

// machine are texts that no supplier reads: wrapped faults of the machine,
// what an operator is told of configuration and archive, patterns.
var machineFiles = []string{"names.go", "values.go", "key.go", "query.go", "giveback.go", "forget.go", "archive.go", "quarantine.go", "bring.go", "state.go", "repeats.go"}

var (
	verb     = regexp.MustCompile(`%[-+#0-9.]*[a-zA-Z]`)
	internal = regexp.MustCompile(`^(ask|archive|check|clear work folder|copy|fetch|find|find deliveries of|list|make work folder|map|read|read key|read manifest|read mapping|read message|read JSON-stat|read SDMX|read SDMX-CSV|read SDMX message|recode|unpack|write|write report|write table)( \{\})?(: read key)?: \{\}$`)
	holes    = regexp.MustCompile(`(\{\})+`)
)

// templatesOf lists the texts of a room's sources, with {} in the place of
// each value, by file.
func templatesOf(t *testing.T, room string) map[string][]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(room, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]string{}
	for _, path := range files {
		name := filepath.Base(path)
		if strings.HasSuffix(name, "_test.go") || slices.Contains(machineFiles, name) {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch e := n.(type) {
			case *ast.ImportSpec:
				return false
			case *ast.Field:
				return e.Tag == nil
			case *ast.CallExpr:
				return !isPattern(e)
			case *ast.BinaryExpr:
				if e.Op == token.ADD && hasText(e) {
					found[name] = append(found[name], template(e))
					calls(e, func(inner ast.Expr) {
						ast.Inspect(inner, func(n ast.Node) bool {
							if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
								found[name] = append(found[name], template(lit))
							}
							return true
						})
					})
					return false
				}
			case *ast.BasicLit:
				if e.Kind == token.STRING {
					found[name] = append(found[name], template(e))
				}
			}
			return true
		})
	}
	for name, all := range found {
		found[name] = slices.DeleteFunc(all, func(s string) bool { return !told(s) })
	}
	return found
}

// told tells a text for people from a name, a pattern or a wrapped fault.
func told(text string) bool {
	return !slices.Contains(none, text) && !strings.Contains(text, "yyyy") && strings.Contains(strings.TrimSpace(text), " ") && strings.ContainsFunc(strings.ReplaceAll(text, "{}", ""), func(r rune) bool { return r >= 'a' && r <= 'z' }) && !internal.MatchString(text)
}

// isPattern tells a call whose text is a regular expression or a date.
func isPattern(e *ast.CallExpr) bool {
	f, ok := e.Fun.(*ast.SelectorExpr)
	return ok && slices.Contains([]string{"MustCompile", "Format", "AppendFormat", "Info", "InfoContext", "WarnContext", "Sscanf", "MustParsePrefix", "Contains", "ContainsAny", "NewReplacer"}, f.Sel.Name)
}

func hasText(e ast.Expr) bool {
	switch x := e.(type) {
	case *ast.BinaryExpr:
		return hasText(x.X) || hasText(x.Y)
	case *ast.BasicLit:
		return x.Kind == token.STRING
	}
	return false
}

// calls visits the parts of a sum that are calls.
func calls(e ast.Expr, visit func(ast.Expr)) {
	switch x := e.(type) {
	case *ast.BinaryExpr:
		calls(x.X, visit)
		calls(x.Y, visit)
	case *ast.CallExpr:
		visit(x)
	}
}

// template writes an expression with {} in the place of what is not known
// before the program runs.
func template(e ast.Expr) string {
	var text string
	switch x := e.(type) {
	case *ast.BinaryExpr:
		text = template(x.X) + template(x.Y)
	case *ast.BasicLit:
		if x.Kind != token.STRING {
			return "{}"
		}
		text, _ = strconv.Unquote(x.Value) // the parser has read it
		text = strings.ReplaceAll(verb.ReplaceAllString(strings.ReplaceAll(text, "%%", "\x00"), "{}"), "\x00", "%")
	default:
		text = "{}"
	}
	return holes.ReplaceAllString(text, "{}")
}

// What is written in the rooms that a supplier hears of has an Italian text, so
// that a new message without one fails here.
func TestEveryTextOfTheDoorHasItalianWords(t *testing.T) {
	c, err := Italian()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, room := range rooms {
		for file, texts := range templatesOf(t, room) {
			for _, text := range texts {
				n++
				if _, ok := c.known(text); !ok {
					t.Errorf("%s: %q has no words in it.toml", filepath.Join(room, file), text)
				}
			}
		}
	}
	if n < 300 {
		t.Errorf("%d texts found: the test looks in the wrong place", n)
	}
}

// known looks a template up as it is written in the catalogue.
func (c *Catalogue) known(text string) (string, bool) {
	if told, ok := c.exact[text]; ok {
		return told, ok
	}
	for _, f := range c.forms {
		if f.key == text {
			return f.text, true
		}
	}
	return "", false
}
