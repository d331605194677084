package words

import "regexp"

// eight finds an Italian article or preposition before a number whose word
// begins with a vowel: 8, 80, 800, 8.000 (otto…) and 11, 11.000 (undici…).
var eight = regexp.MustCompile(`\b([Ii]|[Dd]a|[Aa]|[Dd]e|[Nn]e|[Ss]u)l (8[\d.]*|11(?:\.\d{3})*)(\D|$)`)

// Elide writes "Il 89,6%" as it is said: "L’89,6%"; "dal 8" becomes "dall’8".
func Elide(text string) string {
	return eight.ReplaceAllStringFunc(text, func(found string) string {
		m := eight.FindStringSubmatch(found)
		article := map[string]string{"I": "L’", "i": "l’"}[m[1]]
		if article == "" {
			article = m[1] + "ll’"
		}
		return article + m[2] + m[3]
	})
}
