package site

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"osservatorio/site/output"
	"osservatorio/site/sitetest"
)

func withContent(files map[string]string) Options {
	opt, content := options(), fstest.MapFS{}
	for name, text := range files {
		content[name] = &fstest.MapFile{Data: []byte(text)}
	}
	opt.Content = content
	return opt
}

const goodNotes = `# Notes of the editors.
[[note]]
figure = "lep-bars"
date = "2026-03-01"
it = "Da questa data cambia il modello, <b>vedi</b> la circolare."
en = "From this date the form changes."

[[note]]
place = "D1"
it = "Due comuni si sono fusi."
en = "Two municipalities merged."
`

func TestAnInstanceReplacesATextAndAddsNotesWithoutTheProgram(t *testing.T) {
	needAssets(t)
	out := output.NewMemory()
	opt := withContent(map[string]string{notesFile: goodNotes, "it/about.md": "# Chi siamo noi\n\nCapo.\n", "en/about.md": "# Who we are\n\nLead.\n", "README.md": "For editors."})
	if _, err := Build(context.Background(), sitetest.Release(), out, opt); err != nil {
		t.Fatal(err)
	}
	for page, want := range map[string]string{
		"livelli-essenziali/index.html":  "<li>1 marzo 2026: Da questa data cambia il modello, &lt;b&gt;vedi&lt;/b&gt; la circolare.</li>",
		"en/essential-levels/index.html": "<li>1 March 2026: From this date the form changes.</li>",
		"distretti/alfa/index.html":      `<ul class="notes"><li>Due comuni si sono fusi.</li></ul>`,
		"osservatorio/index.html":        "<h1>Chi siamo noi</h1>",
		"en/about/index.html":            "<h1>Who we are</h1>",
	} {
		if !strings.Contains(string(out.Read(page)), want) {
			t.Errorf("%s does not say %s", page, want)
		}
	}
	if strings.Contains(string(out.Read("distretti/beta/index.html")), "fusi") {
		t.Error("the note stands on another territory too")
	}
}

func TestAFaultOfTheEditorsIsNamedByFileAndLine(t *testing.T) {
	about := func(body string) map[string]string {
		return map[string]string{"it/about.md": "# Titolo\n\nCapo.\n\nTesto.\n\n" + body, "en/about.md": "# Title\n\nLead.\n"}
	}
	notes := func(text string) map[string]string { return map[string]string{notesFile: text} }
	for claim, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"a link to no page":             {about("[x](page:nowhere)\n"), "content it/about.md:7: link to page:nowhere"},
		"a link to no file":             {about("Altro.\n[x](/data/no.csv)\n"), "/data/no.csv: leads nowhere (content it/about.md:8)"},
		"an anchor that is nowhere":     {about("[x](page:glossary#nothing)\n"), "(content it/about.md:7)"},
		"a field that is not known":     {about("Lo cura {{.Publisher.Nome}}.\n"), "content it/about.md:7: {{.Publisher.Nome}} is nothing that a text may name"},
		"a field that is not closed":    {about("Lo cura {{.Publisher.\n"), "content it/about.md:7: "},
		"a text in one language":        {map[string]string{"it/about.md": "# Titolo\n\nCapo.\n"}, "content it/about.md:1: not in en: want en/about.md"},
		"a text that no page asks for":  {map[string]string{"it/abuot.md": "# T\n\nC.\n", "en/abuot.md": "# T\n\nL.\n"}, "content it/abuot.md:1: no page asks for it"},
		"a note without English":        {notes("# x\n\n[[note]]\nfigure = \"lep-bars\"\nit = \"Nota.\"\n"), "content notes.toml:3: no English text"},
		"the second note, of no figure": {notes(goodNotes + "\n[[note]]\nfigure = \"lep-none\"\nit = \"a\"\nen = \"b\"\n"), `content notes.toml:13: figure "lep-none": no such figure`},
		"a note on no territory":        {notes("[[note]]\nplace = \"X\"\nit = \"a\"\nen = \"b\"\n"), `content notes.toml:1: place "X"`},
		"a note on neither":             {notes("[[note]]\nit = \"a\"\nen = \"b\"\n"), "content notes.toml:1: want figure or place"},
		"a date in words":               {notes("[[note]]\nplace = \"D1\"\ndate = \"marzo\"\nit = \"a\"\nen = \"b\"\n"), `content notes.toml:1: date "marzo": want YYYY-MM-DD`},
		"a key that nobody knows":       {notes("[[note]]\nplace = \"D1\"\nde = \"a\"\n"), `content notes.toml:3: key "note.de"`},
		"a file that is no TOML":        {notes("[[note]]\nplace = D1\n"), "content notes.toml:2:"},
	} {
		t.Run(claim, func(t *testing.T) {
			if err := buildError(t, sitetest.Release(), withContent(c.files)); !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %q does not say %q", err, c.want)
			}
		})
	}
}

func TestAScriptInATextDoesNotReachThePage(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"# Titolo\n\nCapo.\n\n<script>alert(1)</script>\n", "content it/about.md:5: <script> is HTML"},
		{"# Titolo\n\nCapo.\n\nUn testo.\nCon <b onclick=\"x()\">altro</b>.\n", `content it/about.md:6: <b onclick="x()"> is HTML`},
		{"# Titolo\n\nCapo <img src=x onerror=x()>.\n\nUn testo.\n", "content it/about.md:3: <img"},
	} {
		err := buildError(t, sitetest.Release(), withContent(map[string]string{"it/about.md": c.text, "en/about.md": "# Title\n\nLead.\n"}))
		if !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %q does not say %q", err, c.want)
		}
	}
	for _, good := range []string{"Si scrive `<script>`.", "<!-- da rivedere -->", "Se 3 < 4 e 5 > 2.", "<https://www.example.it>"} {
		if tag, line := markupIn([]byte("# Titolo\n\nCapo.\n\n" + good + "\n")); tag != "" {
			t.Errorf("%q: %s in line %d is taken for HTML", good, tag, line)
		}
	}
}
