package words

import "regexp"

// eight finds an Italian article or preposition before a number whose word
// begins with a vowel: 8, 80, 800, 8.000 (otto…), 11, 11.000 (undici…) and 1% or 1,2 (uno…).
var eight = regexp.MustCompile(`\b([Ii]|[Dd]a|[Aa]|[Dd]e|[Nn]e|[Ss]u)l (8[\d.]*|11(?:\.\d{3})*|1(?:,\d+|%))(\D|$)`)

// zero finds them before 0 and 0,3 (zero…).
var zero = regexp.MustCompile(`\b([Ii]|[Dd]a|[Aa]|[Dd]e|[Nn]e|[Ss]u)l (0(?:,\d+)?)([^\d.,]|[.,](?:\s|$)|$)`)

// Elide writes "Il 89,6%" as it is said: "L’89,6%"; "dal 8" becomes "dall’8",
// "il 0,3%" becomes "lo 0,3%".
func Elide(text string) string {
	text = zero.ReplaceAllStringFunc(text, func(found string) string {
		m := zero.FindStringSubmatch(found)
		article := map[string]string{"I": "Lo", "i": "lo"}[m[1]]
		if article == "" {
			article = m[1] + "llo"
		}
		return article + " " + m[2] + m[3]
	})
	return eight.ReplaceAllStringFunc(text, func(found string) string {
		m := eight.FindStringSubmatch(found)
		article := map[string]string{"I": "L’", "i": "l’"}[m[1]]
		if article == "" {
			article = m[1] + "ll’"
		}
		return article + m[2] + m[3]
	})
}
