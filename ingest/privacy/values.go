package privacy

import (
	"regexp"
	"strings"
)

const (
	taxCodeLength = 16
	ibanShortest  = 15 // Norway's
	ibanLongest   = 33 // Russia's
)

// class tells letters and digits of ASCII from the rest.
var class = func() (c [256]byte) {
	for b := '0'; b <= '9'; b++ {
		c[b] = digit
	}
	for b := 'A'; b <= 'Z'; b++ {
		c[b], c[b+'a'-'A'] = letter, letter
	}
	return c
}()

const (
	digit  = 1
	letter = 2
)

// tokenKind judges a run of ASCII letters and digits.
func tokenKind(token []byte) Kind {
	if len(token) == taxCodeLength && isTaxCode(token) {
		return TaxCode
	}
	if len(token) >= ibanShortest && len(token) <= ibanLongest && isIBAN(token) {
		return IBAN
	}
	return ""
}

// taxShape is what stands at each place of a codice fiscale: l a letter, n a
// digit or the letter that replaces it among namesakes (omocodia), m the
// letter of a month.
const taxShape = "llllllnnmnnlnnnl"

// isTaxCode knows a codice fiscale in either case, also one changed for
// omocodia, by its shape, its day and its check character.
func isTaxCode(token []byte) bool {
	var code [taxCodeLength]byte
	for i, b := range token {
		if b >= 'a' {
			b -= 'a' - 'A'
		}
		switch taxShape[i] {
		case 'l':
			if class[b] != letter {
				return false
			}
		case 'n':
			if taxDigit(b) < 0 {
				return false
			}
		case 'm':
			if strings.IndexByte("ABCDEHLMPRST", b) < 0 {
				return false
			}
		}
		code[i] = b
	}
	day := 10*taxDigit(code[9]) + taxDigit(code[10])
	if day > 40 { // women's
		day -= 40
	}
	return day >= 1 && day <= 31 && checkLetter(code[:15]) == code[15]
}

// taxDigit is the value of a digit or of its letter of omocodia; -1 if b is
// neither.
func taxDigit(b byte) int {
	if b >= '0' && b <= '9' {
		return int(b - '0')
	}
	return strings.IndexByte("LMNPQRSTUV", b)
}

// odd holds what the characters 0–9 and A–Z count in odd places, as the
// decree of 23 December 1976 has it; letters A–J count as the digits 0–9.
var odd = [36]int{
	1, 0, 5, 7, 9, 13, 15, 17, 19, 21,
	1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
}

func checkLetter(first15 []byte) byte {
	sum := 0
	for i, b := range first15 {
		index := int(b - '0')
		even := index
		if class[b] == letter {
			index, even = int(b-'A')+10, int(b-'A')
		}
		if i%2 == 0 { // places count from 1
			sum += odd[index]
		} else {
			sum += even
		}
	}
	return 'A' + byte(sum%26)
}

// ibanLengths are those of the countries whose accounts Italians are paid on.
var ibanLengths = map[string]int{
	"AD": 24, "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "ES": 24,
	"FI": 18, "FR": 27, "GB": 22, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IS": 26, "IT": 27, "LI": 21, "LT": 20,
	"LU": 20, "LV": 21, "MC": 27, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "SE": 24, "SI": 19,
	"SK": 24, "SM": 27, "VA": 22, "AL": 28, "MD": 24, "MK": 19, "RS": 22, "TN": 24, "TR": 26, "UA": 29,
}

// isIBAN knows an account number by country, length and remainder 1 by 97.
func isIBAN(token []byte) bool {
	if class[token[0]] != letter || class[token[1]] != letter || class[token[2]] != digit || class[token[3]] != digit {
		return false
	}
	if ibanLengths[strings.ToUpper(string(token[:2]))] != len(token) {
		return false
	}
	rest := 0
	for i := range token {
		b := token[(i+4)%len(token)]
		if class[b] == digit {
			rest = (rest*10 + int(b-'0')) % 97
			continue
		}
		rest = (rest*100 + int(b|0x20-'a') + 10) % 97
	}
	return rest == 1
}

// emailAt reports whether an e-mail address stands around the sign @ at text[at].
func emailAt(text []byte, at int) bool {
	before := at
	for before > 0 && mailByte(text[before-1]) {
		before--
	}
	after := at + 1
	lastDot := -1
	for after < len(text) && (class[text[after]] != 0 || text[after] == '-' || text[after] == '.') {
		if text[after] == '.' {
			lastDot = after
		}
		after++
	}
	if after == lastDot+1 { // the full stop of a sentence
		after, lastDot = lastDot, strings.LastIndexByte(string(text[at:lastDot]), '.')+at
	}
	if before == at || lastDot <= at+1 || after-lastDot < 3 {
		return false
	}
	for _, b := range text[lastDot+1 : after] {
		if class[b] != letter {
			return false
		}
	}
	return true
}

func mailByte(b byte) bool {
	return class[b] != 0 || b == '.' || b == '_' || b == '-' || b == '+' || b == '%'
}

var (
	surePhone   = regexp.MustCompile(`^(\+39|0039)[ ./-]?[03][0-9 ./-]{6,14}$`)
	mobilePhone = regexp.MustCompile(`^3[2-9][0-9][ ./-]?[0-9]{3}[ ./-]?[0-9]{4}$`)
	landPhone   = regexp.MustCompile(`^0[0-9]{1,3}[ /-][0-9]{5,8}$`)
)
