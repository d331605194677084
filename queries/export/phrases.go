package export

import (
	"encoding/csv"
	"strings"

	"osservatorio/queries/release"
)

// phrases are the words of this room's own files, by key.
type phrases map[string]release.Text

// readPhrases reads words/phrases.csv.
func readPhrases() (phrases, error) {
	data, err := words.ReadFile("words/phrases.csv")
	if err != nil {
		return nil, err
	}
	records, err := csv.NewReader(strings.NewReader(string(data))).ReadAll()
	if err != nil {
		return nil, err
	}
	out := phrases{}
	for _, r := range records[1:] {
		out[r[0]] = release.Text{IT: r[1], EN: r[2]}
	}
	return out, nil
}

// with puts words in the place of {names}, in pairs of name, Italian, English.
func (t phrases) with(key string, values ...[3]string) release.Text {
	out := t[key]
	for _, v := range values {
		out.IT = strings.ReplaceAll(out.IT, "{"+v[0]+"}", v[1])
		out.EN = strings.ReplaceAll(out.EN, "{"+v[0]+"}", v[2])
	}
	return out
}

// same is a value that is the same in both languages.
func same(name, value string) [3]string { return [3]string{name, value, value} }

// common are the values that several phrases name.
func (w *writer) common() [][3]string {
	return [][3]string{{"region", w.info.Region.Name.IT, w.info.Region.Name.EN}, same("release", w.info.ID),
		same("publisher", w.info.Publisher.Name), same("date", w.info.ExtractionDate), same("year", yearOf(w.info.ExtractionDate))}
}

func yearOf(date string) string {
	year, _, _ := strings.Cut(date, "-")
	return year
}
