package export

import (
	"encoding/json"
	"strings"
)

// writeCitation writes CITATION.cff (Citation File Format 1.2.0), which says
// how the release as a whole is to be cited.
func (w *writer) writeCitation() error {
	said, err := readPhrases()
	if err != nil {
		return err
	}
	info := w.info
	lines := [][2]string{
		{"cff-version", "1.2.0"}, {"message", said["citation.message"].IT}, {"type", "dataset"},
		{"title", said.with("package.title", w.common()...).IT}, {"abstract", said["package.description"].IT},
		{"version", info.ID}, {"date-released", info.ExtractionDate}, {"license", info.Publisher.Licence}, {"url", strings.TrimSuffix(w.base(), "/")},
	}
	var out strings.Builder
	for _, l := range lines {
		if l[1] != "" {
			out.WriteString(l[0] + ": " + yamlText(l[1]) + "\n")
		}
	}
	name := info.Publisher.Name
	if name == "" {
		name = said.with("catalogue.title", w.common()...).IT // the format asks for an author
	}
	out.WriteString("authors:\n  - name: " + yamlText(name) + "\n")
	out.WriteString("keywords:\n  - " + yamlText(said["keyword.1"].IT) + "\n  - " + yamlText(said["keyword.2"].IT) + "\n")
	return w.create("CITATION.cff", []byte(out.String()))
}

// yamlText quotes a text; JSON's quotation is YAML's too.
func yamlText(text string) string {
	data, err := json.Marshal(text)
	if err != nil { // no text fails
		return `""`
	}
	return string(data)
}
