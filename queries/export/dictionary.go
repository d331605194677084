package export

import (
	"fmt"
	"slices"
	"strings"

	"osservatorio/queries/release"
)

// writeDictionary writes the data dictionary in both languages, from the
// headers of the views, their Table Schemas and the code lists.
func (w *writer) writeDictionary() error {
	columns, err := readColumns()
	if err != nil {
		return fmt.Errorf("words/columns.csv: %w", err)
	}
	said, err := readPhrases()
	if err != nil {
		return fmt.Errorf("words/phrases.csv: %w", err)
	}
	for _, lang := range []string{"it", "en"} {
		d := dictionary{lang: lang, said: said, columns: columns, w: w}
		if err := d.write(); err != nil {
			return fmt.Errorf("dictionary.%s.md: %w", lang, err)
		}
		if err := w.create("dictionary."+lang+".md", []byte(d.out.String())); err != nil {
			return err
		}
	}
	return nil
}

// dictionary is one in the making.
type dictionary struct {
	lang    string
	said    phrases
	columns map[string]column
	w       *writer
	out     strings.Builder
}

func (d *dictionary) t(key string) string { return d.said[key].In(d.lang) }

func (d *dictionary) line(parts ...string) { d.out.WriteString(strings.Join(parts, "") + "\n") }

// item is a line of a list, left out where there is nothing to say.
func (d *dictionary) item(key, text string) {
	if text != "" {
		d.line("- **", d.t("dictionary."+key), "**: ", marked(text))
	}
}

func (d *dictionary) write() error {
	d.line("# ", marked(d.said.with("dictionary.title", d.w.common()...).In(d.lang)), "\n")
	d.line(marked(d.t("dictionary.lead")), "\n")
	if d.w.info.Synthetic {
		d.line("**", marked(d.t("synthetic")), "**\n")
	}
	for i, v := range d.w.views {
		schema, err := d.w.schemaOf(v, d.columns)
		if err != nil {
			return err
		}
		if i == 0 {
			d.commonColumns(v, schema)
		}
		d.view(v, schema)
	}
	d.lists()
	return nil
}

// commonColumns are the columns that every view has; a view's own section has
// its breakdowns and measures only.
func (d *dictionary) commonColumns(v view, s tableSchema) {
	d.line("## ", d.t("dictionary.common"), "\n")
	d.head("column", "type", "meaning", "codes")
	for _, f := range s.Fields {
		if !slices.Contains(v.header.Breakdowns, f.Name) {
			d.field(f)
		}
	}
	d.line()
}

func (d *dictionary) head(keys ...string) {
	var names, rules []string
	for _, k := range keys {
		names, rules = append(names, d.t("dictionary."+k)), append(rules, "---")
	}
	d.line("| ", strings.Join(names, " | "), " |\n| ", strings.Join(rules, " | "), " |")
}

func (d *dictionary) field(f field) {
	title, text := release.Text{IT: f.Title, EN: f.TitleEN}.In(d.lang), release.Text{IT: f.Description, EN: f.DescriptionEN}.In(d.lang)
	if text != "" {
		title += ". " + text
	}
	d.line("| `", f.Name, "` | ", f.Type, " | ", marked(title), " | ", f.Codes, " |")
}

func (d *dictionary) view(v view, s tableSchema) {
	h := v.header
	d.line("## `", h.View, "`: ", marked(h.Title.In(d.lang)), "\n")
	d.line(marked(h.Description.In(d.lang)), "\n")
	d.item("universe", h.Universe.In(d.lang))
	d.item("unit", string(h.Unit))
	d.item("definition", h.Definition+" (SQL sha256 "+h.SQLHash+")")
	d.item("numerator", h.Numerator.In(d.lang))
	d.item("denominator", h.Denominator.In(d.lang))
	d.item("source", h.Source.In(d.lang))
	d.item("grain", strings.Join(s.PrimaryKey, ", "))
	d.item("rows", fmt.Sprint(v.summary.rows))
	for _, caveat := range h.Caveats {
		d.item("caveats", caveat.In(d.lang))
	}
	d.line()
	if len(h.Breakdowns) > 0 {
		d.head("column", "type", "meaning", "codes")
		for _, f := range s.Fields {
			if slices.Contains(h.Breakdowns, f.Name) {
				d.field(f)
			}
		}
		d.line()
	}
	d.head("measures", "label", "unit")
	for _, m := range h.Measures {
		d.line("| `", m.Code, "` | ", marked(m.Label.In(d.lang)), " | ", string(m.Unit), " |")
	}
	d.line()
}

func (d *dictionary) lists() {
	d.line("## ", d.t("dictionary.lists"), "\n")
	d.line(d.t("dictionary.listed"), "\n")
	for _, name := range d.w.lists {
		title := d.columns[name].title().In(d.lang)
		if title == "" {
			title = name
		}
		d.line("- `codes/", name, ".csv`: ", marked(title))
	}
}

// marked keeps a text one cell of a Markdown table and free of marks.
func marked(text string) string {
	return strings.NewReplacer("\n", " ", `\`, `\\`, "|", `\|`, "*", `\*`, "_", `\_`, "`", "\\`", "<", "&lt;", "[", `\[`).Replace(text)
}
