package privacy

import (
	"slices"
	"strings"
	"unicode"
)

// always are words and pairs of words that make a column suspect in any
// company.
var always = []struct {
	kind  Kind
	words []string // each list of words, parted by spaces, in any order
}{
	{TaxCode, []string{"codice fiscale", "cod fiscale", "cod fisc", "codicefiscale", "codfiscale", "codfisc", "fiscal code", "fiscalcode", "tax code", "taxcode", "tax id", "partita iva", "partitaiva", "piva", "p iva", "vat number", "ssn"}},
	{Name, []string{"cognome", "surname", "nominativo", "firstname", "lastname", "fullname", "first name", "last name", "full name", "given name", "family name", "maiden name", "nomecognome"}},
	{Email, []string{"posta elettronica", "indirizzo email", "email address", "indirizzo mail"}},
	{Phone, []string{"telefono", "cellulare", "telephone", "phone number", "mobile number", "numero tel", "num tel"}},
	{IBAN, []string{"iban", "conto corrente", "bank account"}},
	{BirthDate, []string{"data nascita", "datanascita", "giorno nascita", "dt nascita", "date birth", "dob", "birthdate", "birthday", "birth day", "nato il", "nata il"}},
	{Address, []string{"indirizzo residenza", "indirizzo domicilio", "home address", "residence address"}},
}

// alone are words that make a column suspect unless it also names something
// else: "nome", "nome utente" and "email 2" are a person's, "nome regione",
// "cpi_name" and "email inviate" are not.
var alone = map[string]Kind{
	"nome": Name, "name": Name,
	"cf":    TaxCode,
	"email": Email, "emails": Email, "mail": Email, "pec": Email,
	"tel": Phone, "phone": Phone, "mobile": Phone, "cell": Phone, "fax": Phone,
	"indirizzo": "", "address": "", // a site has one too: suspect only with a person's word
}

// persons are words that say whose, and leave the meaning as it is.
var persons = strings.Fields(`
	persona persone utente utenti lavoratore lavoratrice lavoratori beneficiario beneficiaria beneficiari cliente
	disoccupato iscritto iscritta candidato candidata cittadino cittadina referente tutor madre padre coniuge soggetto
	person user worker client customer beneficiary candidate citizen contact recipient mother father applicant`)

// others are words that leave the meaning as it is, too.
var others = strings.Fields(`
	datore azienda impresa employer company di del della dello dei e il la of the and s completo`)

// reaches are words that say which of a person's numbers or addresses; with a
// name they would mean something else, as "nome ufficio" does.
var reaches = strings.Fields(`
	casa ufficio lavoro personale principale secondario secondaria alternativo recapito contatto contatti privato
	home work office personal primary secondary private main numero num nr n no number`)

// nameKind judges a column by its name; "" if it says nothing of a person.
func nameKind(column string) Kind {
	words := wordsOf(column)
	for _, group := range always {
		for _, needed := range group.words {
			if containsAll(words, strings.Fields(needed)) {
				return group.kind
			}
		}
	}
	for _, w := range words {
		kind, suspect := alone[w]
		if !suspect || !restIsNeutral(words, w) {
			continue
		}
		if kind != "" {
			return kind
		}
		if slices.ContainsFunc(words, func(w string) bool { return slices.Contains(persons, w) }) {
			return Address
		}
	}
	return ""
}

func containsAll(words, needed []string) bool {
	for _, n := range needed {
		if !slices.Contains(words, n) {
			return false
		}
	}
	return true
}

func restIsNeutral(words []string, suspect string) bool {
	for _, w := range words {
		switch {
		case w == suspect, alone[w] != "", slices.Contains(persons, w), slices.Contains(others, w):
		case alone[suspect] != Name && slices.Contains(reaches, w):
		default:
			return false
		}
	}
	return true
}

// wordsOf parts a column's name into lower-case words without accents: at
// signs, at digits and where a capital follows a small letter. "e-mail" is
// one word.
func wordsOf(column string) []string {
	var words []string
	var word []rune
	end := func() {
		if len(word) > 0 {
			words = append(words, string(word))
			word = word[:0]
		}
	}
	small := false
	for _, r := range column {
		switch {
		case !unicode.IsLetter(r):
			end()
		case unicode.IsUpper(r) && small:
			end()
			fallthrough
		default:
			word = append(word, plain(unicode.ToLower(r)))
		}
		small = unicode.IsLower(r)
	}
	end()
	return joinEmail(words)
}

func joinEmail(words []string) []string {
	for i := 0; i+1 < len(words); i++ {
		if words[i] == "e" && (words[i+1] == "mail" || words[i+1] == "mails") {
			words[i+1] = "email"
			return slices.Delete(words, i, i+1)
		}
	}
	return words
}

// plain takes the accent off the vowels that Italian writes with one.
func plain(r rune) rune {
	switch r {
	case 'à', 'á':
		return 'a'
	case 'è', 'é':
		return 'e'
	case 'ì', 'í':
		return 'i'
	case 'ò', 'ó':
		return 'o'
	case 'ù', 'ú':
		return 'u'
	}
	return r
}
