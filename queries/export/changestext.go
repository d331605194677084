package export

import (
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"

	"osservatorio/queries/release"
)

// changeWords are the sentences of CHANGES.md, in one language.
type changeWords struct {
	lang                                                    int // column of words/change.csv
	title, first, sums, definition, table, only, moved, row string
}

var changesIn = []changeWords{
	{lang: 1, title: "Che cosa è cambiato in %s rispetto a %s", first: "%s è la prima pubblicazione: nulla la precede.",
		sums:       "Celle nuove %d, riviste %d, ritirate %d, uguali %d.",
		definition: "Definizione: prima %s, ora %s.", table: "| celle | che cosa | perché |", only: "Solo in %s.",
		moved: "Di quanto si sono mossi i valori mostrati in entrambe:",
		row:   "| misura | celle | differenza mediana | massima | unità | sotto l’1 % | dall’1 al 5 % | 5 % e oltre |"},
	{lang: 2, title: "What changed in %s since %s", first: "%s is the first release: nothing precedes it.",
		sums:       "Cells new %d, revised %d, withdrawn %d, unchanged %d.",
		definition: "Definition: %s then, %s now.", table: "| cells | what | why |", only: "Only in %s.",
		moved: "How far the values moved that both show:",
		row:   "| measure | cells | median difference | largest | unit | below 1 % | 1 to 5 % | 5 % and more |"},
}

var kindWords = map[string][3]string{
	release.NewCell:       {"", "nuove", "new"},
	release.RevisedCell:   {"", "riviste", "revised"},
	release.WithdrawnCell: {"", "ritirate", "withdrawn"},
}

// Report is what changed in words: Markdown, Italian first and English after it.
func Report(c release.Changes) (string, error) {
	it, err := ReportIn(c, "it")
	if err != nil {
		return "", err
	}
	en, err := ReportIn(c, "en")
	return it + "\n---\n\n" + en, err
}

// ReportIn is what changed in words of one language, "it" or "en".
func ReportIn(c release.Changes, lang string) (string, error) {
	data, err := words.ReadFile("words/change.csv")
	if err != nil {
		return "", err
	}
	reasons, err := csv.NewReader(strings.NewReader(string(data))).ReadAll()
	if err != nil {
		return "", fmt.Errorf("words/change.csv: %w", err)
	}
	var out strings.Builder
	for _, w := range changesIn {
		if reasons[0][w.lang] == "label_"+lang {
			w.write(&out, c, reasons)
		}
	}
	return out.String(), nil
}

func (w changeWords) write(out *strings.Builder, c release.Changes, reasons [][]string) {
	if c.Follows == "" {
		fmt.Fprintf(out, "# "+w.first+"\n\n", c.Release)
	} else {
		fmt.Fprintf(out, "# "+w.title+"\n\n", c.Release, c.Follows)
	}
	fmt.Fprintf(out, w.sums+"\n", c.New, c.Revised, c.Withdrawn, c.Unchanged)
	for _, v := range c.Views {
		if len(v.Reasons) > 0 || v.Definition != v.DefinitionBefore {
			w.view(out, c, v, reasons)
		}
	}
}

func (w changeWords) view(out *strings.Builder, c release.Changes, v release.ViewChanges, reasons [][]string) {
	fmt.Fprintf(out, "\n## %s\n\n", v.View)
	switch {
	case v.Only != "" && c.Follows != "":
		fmt.Fprintf(out, w.only+" ", v.Only)
	case v.Only == "" && v.Definition != v.DefinitionBefore:
		fmt.Fprintf(out, w.definition+" ", v.DefinitionBefore, v.Definition)
	}
	fmt.Fprintf(out, w.sums+"\n", v.New, v.Revised, v.Withdrawn, v.Unchanged)
	if len(v.Reasons) > 0 {
		fmt.Fprintf(out, "\n%s\n|---:|---|---|\n", w.table)
	}
	for _, r := range v.Reasons {
		fmt.Fprintf(out, "| %d | %s | %s |\n", r.Cells, kindWords[r.Kind][w.lang], labelOf(reasons, r.Reason, w.lang))
	}
	if len(v.Revisions) > 0 {
		fmt.Fprintf(out, "\n%s\n\n%s\n|---|---:|---:|---:|---|---:|---:|---:|\n", w.moved, w.row)
	}
	for _, r := range v.Revisions {
		fmt.Fprintf(out, "| %s | %d | %s | %s | %s | %d | %d | %d |\n", r.Measure, r.Cells, w.number(r.Median), w.number(r.Largest), r.Unit, r.Below1, r.Below5, r.Above5)
	}
}

func labelOf(list [][]string, code string, column int) string {
	for _, r := range list {
		if r[0] == code {
			return r[column]
		}
	}
	return code
}

// number has a decimal comma in Italian.
func (w changeWords) number(x float64) string {
	text := strconv.FormatFloat(x, 'f', -1, 64)
	if w.lang == 1 {
		text = strings.Replace(text, ".", ",", 1)
	}
	return text
}
