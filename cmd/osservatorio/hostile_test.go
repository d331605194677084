package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A text that would be a script in a page, end an attribute, a comment, a
// string of a script or a sheet, or stand for something in a template.
const hostile = `A"'><script>alert(7)</script><img src=x onerror=alert(7)>-->]]>{{.}}&lt;`

// TestAHostileTextInEveryFieldIsATextOnEveryPage puts it wherever an operator, a
// supplier or a list has a text that is published, and reads all files that a
// browser would take for markup.
func TestAHostileTextInEveryFieldIsATextOnEveryPage(t *testing.T) {
	t.Parallel()
	dir := house(t)
	inCSV := strings.ReplaceAll(hostile, `"`, `""`)
	change := func(name string, pairs ...string) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		raw, err := os.ReadFile(path)
		must(t, err)
		changed := strings.NewReplacer(pairs...).Replace(string(raw))
		if changed == string(raw) {
			t.Fatalf("%s: nothing to replace", name)
		}
		must(t, os.WriteFile(path, []byte(changed), 0o600))
	}
	change("osservatorio.toml", `"Osservatorio di prova"`, "'''"+hostile+"'''\ncontact = '''"+hostile+"'''\npec = '''"+hostile+"'''", `"Terra di prova"`, "'''"+hostile+"'''", `"Test land"`, "'''"+hostile+"'''")
	change("terra/geo.csv", "Piemonte,Piedmont", `"`+inCSV+`","`+inCSV+`"`, `"Eurostat, NUTS 2024; ISTAT, elenco dei comuni al 1/1/2025"`, `"`+inCSV+`"`)
	change("terra/geo_levels.csv", "Regioni", `"`+inCSV+`"`, "Regions", `"`+inCSV+`"`)
	change("inbox/co_all_2026-05-11.csv", ",prova,CC-BY-4.0", `,"`+inCSV+`",CC-BY-4.0`)
	done(t, backedUpOn, dir, "run")

	escaped := 0
	must(t, filepath.WalkDir(filepath.Join(dir, "public"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !slices.Contains([]string{".html", ".svg", ".xml", ".atom"}, filepath.Ext(path)) {
			return err
		}
		raw, err := os.ReadFile(path)
		if bytes.Contains(raw, []byte("<script>alert(7)")) || bytes.Contains(raw, []byte("<img src=x")) {
			at := bytes.Index(raw, []byte("alert(7)"))
			t.Errorf("%s: runs: …%s…", strings.TrimPrefix(path, dir), raw[max(0, at-120):min(len(raw), at+40)])
		}
		if bytes.Contains(raw, []byte("script&gt;alert(7)")) || bytes.Contains(raw, []byte(`script\u003ealert(7)`)) {
			escaped++
		}
		return err
	}))
	if escaped < 10 {
		t.Errorf("the text stands in %d files: this test sees nothing", escaped)
	}
	t.Logf("%d files hold the text, escaped", escaped)
}

// Each line of the tables of threats names the tests that hold what it says.
func TestEveryThreatThatIsWrittenDownHasItsTest(t *testing.T) {
	t.Parallel()
	var tests []byte
	must(t, filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && strings.HasPrefix(d.Name(), ".") && d.Name() != "../.." && len(d.Name()) > 2 || err == nil && d.Name() == "node_modules" {
			return fs.SkipDir
		}
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		raw, err := os.ReadFile(path)
		tests = append(tests, raw...)
		return err
	}))
	for _, room := range []string{"ingest", "site"} {
		raw, err := os.ReadFile(filepath.Join("../..", room, "README.md"))
		must(t, err)
		_, table, found := strings.Cut(string(raw), "## Who might harm us here\n")
		table, _, _ = strings.Cut(table, "\n## ")
		lines := 0
		for line := range strings.Lines(table) {
			cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
			if len(cells) != 4 || strings.HasPrefix(line, "| who |") || strings.HasPrefix(line, "|---") {
				continue
			}
			lines++
			for name := range strings.SplitSeq(cells[3], ",") {
				if name = strings.TrimSpace(name); !bytes.Contains(tests, []byte("func "+name+"(t ")) {
					t.Errorf("%s/README.md: %s: no such test", room, name)
				}
			}
		}
		if !found || lines < 10 {
			t.Errorf("%s/README.md: %d threats: this test sees nothing", room, lines)
		}
	}
}
