package privacy

import (
	"encoding/csv"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"osservatorio/ingest/contract"
)

const (
	invented = "RSSMRA85T10A562S" // the textbook's Mario Rossi
	account  = "IT60X0542811101000000123456"
)

func TestColumnNamesOfPersonsAreRefused(t *testing.T) {
	for column, want := range map[string]Kind{
		"nome": Name, "Cognome": Name, "COGNOME_NOME": Name, "nome_utente": Name, "nomeLavoratore": Name, "Nome e cognome": Name,
		"name": Name, "first_name": Name, "lastName": Name, "surname": Name, "Nominativo": Name, "nome1": Name,
		"codice_fiscale": TaxCode, "CodiceFiscale": TaxCode, "CF": TaxCode, "cf_lavoratore": TaxCode, "CODFISC": TaxCode,
		"partita_iva": TaxCode, "P.IVA": TaxCode, "piva": TaxCode, "tax-code": TaxCode,
		"email": Email, "E-mail": Email, "e_mail_2": Email, "pec": Email, "posta elettronica": Email, "email_lavoro": Email,
		"telefono": Phone, "telefono_casa": Phone, "cellulare": Phone, "Contact Phone Number": Phone, "tel": Phone,
		"IBAN": IBAN, "iban_beneficiario": IBAN,
		"data_nascita": BirthDate, "DataDiNascita": BirthDate, "birth_date": BirthDate, "date of birth": BirthDate, "dob": BirthDate,
		"indirizzo_residenza": Address, "indirizzo_lavoratore": Address,
	} {
		err := Guard([]string{"x", column}, nil)
		var r *Refusal
		if !errors.As(err, &r) || r.Kind != want || r.Position != 2 || r.Line != 1 {
			t.Errorf("%q: got %v, want %s", column, err, want)
		}
	}
}

func TestNamesOfThingsAreNoPersons(t *testing.T) {
	for _, column := range []string{
		"nome_regione", "cpi_name", "region_name", "nome_comune", "nome_corso", "nome_ufficio", "file_name", "filename", "name_it",
		"etichetta", "regione", "titolo_tabella", "ente", "valore", "denominazione", "Denominazione in italiano",
		"anno_nascita", "birth_year", "comune_nascita", "email_inviate", "indirizzo", "indirizzo_studio", "telelavoro", "mobilita",
		"conteggio", "cfu", "cf_tot", "pecuniario", "renome", "datafine", "data_inizio", "Territory", "telephony", "ragione_sociale",
	} {
		if err := Guard([]string{column}, nil); err != nil {
			t.Errorf("%q: %v", column, err)
		}
	}
}

func TestEveryContractPassesItsOwnGuard(t *testing.T) {
	for _, name := range contract.Names() {
		c, err := contract.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := Guard(c.Columns(), [][]string{ordinary(c)}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// ordinary is a row as the contract wants it.
func ordinary(c contract.Contract) []string {
	var row []string
	for _, f := range c.Fields {
		switch {
		case len(f.Enum) > 0:
			row = append(row, f.Enum[0])
		case f.Type == "date":
			row = append(row, "2026-03-31")
		case f.Type == "number":
			row = append(row, "48519.0")
		case f.Type == "integer":
			row = append(row, "1985")
		case strings.HasSuffix(f.Name, "_id"):
			row = append(row, "9f86d081884c7d659a2feaa0c55ad015")
		default:
			row = append(row, "037006")
		}
	}
	return row
}

func TestValuesOfPersonsAreRefusedWithoutShowingThem(t *testing.T) {
	for value, want := range map[string]Kind{
		invented:                            TaxCode,
		strings.ToLower(invented):           TaxCode,
		omocode(invented, 14):               TaxCode,
		omocode(invented, 6, 9, 13):         TaxCode,
		"cf: " + invented + " (madre)":      TaxCode,
		"mario.rossi@example.it":            Email,
		"scrivere a m.r@posta.example.org.": Email,
		account:                             IBAN,
		"IT60 X054 2811 1010 0000 0123 456": IBAN,
		"DE89370400440532013000":            IBAN,
		"+39 333 1234567":                   Phone,
		"0039051527111":                     Phone,
	} {
		err := Guard([]string{"a", "note"}, [][]string{{"1", "ok"}, {"2", value}})
		var r *Refusal
		if !errors.As(err, &r) || r.Kind != want || r.Column != "note" || r.Line != 3 {
			t.Errorf("%s: got %v", want, err)
			continue
		}
		if strings.Contains(err.Error(), value) || strings.Contains(r.Hint(), value) {
			t.Errorf("the refusal shows the value: %v", err)
		}
	}
}

// omocode replaces the digits at these places by their letters and counts the
// check letter anew, by the table as the textbooks print it.
func omocode(code string, places ...int) string {
	b := []byte(code[:15])
	for _, p := range places {
		b[p] = "LMNPQRSTUV"[b[p]-'0']
	}
	const byValue = "BAKPLCQDREVOSFTGUHMINJWZYX" // the letter whose odd value is 0, 1, 2 …
	sum := 0
	for i, c := range b {
		n := int(c - 'A')
		if c <= '9' {
			n = int(c - '0')
		}
		if i%2 == 0 {
			n = strings.IndexByte(byValue, 'A'+byte(n))
		}
		sum += n
	}
	return string(b) + string(rune('A'+sum%26))
}

func TestWhatOnlyResemblesAnIdentifierPasses(t *testing.T) {
	for _, value := range []string{
		invented[:15] + "T",                                         // wrong check letter
		"RSSMRA85T99A562X",                                          // no such day
		"IT60X0542811101000000123457",                               // wrong remainder
		"@", "a@b", "user@host", "3 @ 4.50", "x@y.1", "@mention.it", // no address
		"3331234567", // one number of ten digits proves nothing
		"2026-09-30", "48519.0", "1.234,56", "037006", "62.01.00", "orientamento_base",
		"6ba7b810-9dad-11d1-80b4-00c04fd430c8", "ER-D38", "UNISOMM", "2.3.1.1.4",
	} {
		if err := Guard([]string{"note"}, [][]string{{value}}); err != nil {
			t.Errorf("%q: %v", value, err)
		}
	}
}

func TestAColumnOfPhoneNumbersIsRefusedAndNumberedRowsAreNot(t *testing.T) {
	phones := [][]string{{"3331234567"}, {"3479876543"}, {""}, {"3281112223"}, {"0532 765432"}}
	var r *Refusal
	if err := Guard([]string{"recapito"}, phones); !errors.As(err, &r) || r.Kind != Phone {
		t.Errorf("got %v", err)
	}
	var numbered [][]string
	for i := range 100 {
		numbered = append(numbered, []string{fmt.Sprint(3201000000 + i)})
	}
	if err := Guard([]string{"id"}, numbered); err != nil {
		t.Error(err)
	}
}

func TestDataInPlaceOfAHeaderIsNotQuoted(t *testing.T) {
	err := Guard([]string{"1", invented}, nil)
	if err == nil || strings.Contains(err.Error(), invented) || !strings.Contains(err.Error(), "column 2") {
		t.Errorf("got %v", err)
	}
}

// delivery is a table with pseudonyms drawn from an alphabet and one cell of
// note on a late line.
func delivery(rows int, alphabet string, length int, note string) string {
	draw := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	b.WriteString("person_id,note,started_on\n")
	for i := range rows {
		for range length {
			b.WriteByte(alphabet[draw.IntN(len(alphabet))])
		}
		b.WriteByte(',')
		if i == rows-5 {
			b.WriteString(note)
		}
		b.WriteString(",2026-01-31\n")
	}
	return b.String()
}

// scan writes text to a Scanner in blocks of size bytes.
func scan(text string, size int) error {
	s := &Scanner{}
	for len(text) > 0 {
		n := min(size, len(text))
		if _, err := s.Write([]byte(text[:n])); err != nil {
			return err
		}
		text = text[n:]
	}
	return s.Finish()
}

const hexDigits = "0123456789abcdef"

func TestOneIdentifierAnywhereInAFileIsFound(t *testing.T) {
	for _, value := range []string{invented, account, "mario.rossi@example.it", `"nota; ` + invented + `"`} {
		for _, size := range []int{1, 7, 64, 4096, 1 << 20} {
			rows := 3000
			if size < 64 {
				rows = 100
			}
			err := scan(delivery(rows, hexDigits, 32, value), size)
			var r *Refusal
			if !errors.As(err, &r) || r.Column != "note" || r.Position != 2 || r.Line != int64(rows-5+2) {
				t.Errorf("blocks of %d: got %v", size, err)
			}
		}
	}
}

func TestRandomPseudonymsOfAnyAlphabetPass(t *testing.T) {
	for _, c := range []struct {
		alphabet string
		length   int
	}{
		{hexDigits, 16}, {hexDigits, 32}, {hexDigits, 64}, {strings.ToUpper(hexDigits), 22}, {"0123456789", 16}, {"0123456789", 10},
		{"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16}, {"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 16}, {"abcdefghijklmnopqrstuvwxyz234567", 24}, {"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 27},
	} {
		if err := scan(delivery(300_000, c.alphabet, c.length, ""), 1<<20); err != nil {
			t.Errorf("%d of %s: %v", c.length, c.alphabet, err)
		}
	}
}

func TestTaxCodesThatReplaceFewPseudonymsAreFound(t *testing.T) {
	text := delivery(20_000, hexDigits, 32, "")
	at := strings.LastIndex(text[:len(text)-100], "\n") + 1
	mixed := text[:at] + invented + text[at+32:]
	if err := scan(mixed, 1<<20); err == nil {
		t.Error("one tax code among pseudonyms of another length passed")
	}
	random := delivery(20_000, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16, "")
	lines := strings.SplitAfter(random, "\n")
	for i := 10_000; i < 10_100; i++ {
		lines[i] = invented + lines[i][16:]
	}
	if err := scan(strings.Join(lines, ""), 1<<20); err == nil {
		t.Error("a hundred tax codes among pseudonyms of the same length passed")
	}
}

func TestJSONLinesAreScannedToo(t *testing.T) {
	err := scan(`{"a":1,"b":"x"}`+"\n"+`{"a":2,"b":"`+invented+`"}`+"\n", 1<<20)
	var r *Refusal
	if !errors.As(err, &r) || r.Line != 2 {
		t.Errorf("got %v", err)
	}
}

func TestRealOfficialTablesPassTheGuard(t *testing.T) {
	dir := os.Getenv("OSSERVATORIO_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared")
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skip("shared data not here: set OSSERVATORIO_SHARED")
	}
	seen := 0
	for _, pattern := range []string{"gol-monitoraggio/csv_long/*.csv", "gol-monitoraggio/dataset_long/*.csv", "cob-inps/*.csv", "istat-forze-lavoro/*.csv"} {
		paths, err := filepath.Glob(filepath.Join(dir, "data", "02-lavoro", pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			seen++
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := scan(string(raw), 1<<20); err != nil {
				t.Errorf("%s: %v", path, err)
			}
			r := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(raw), "\ufeff")))
			if strings.Contains(path, "cob-inps") {
				r.Comma = ';'
			}
			rows, err := r.ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			if err := Guard(rows[0], rows[1:]); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		}
	}
	if seen < 10 {
		t.Errorf("only %d tables seen", seen)
	}
}

func TestAKeyIsMadeOnceAndReadByItsOwnerAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys", "secret.key")
	made, err := NewKey(path)
	if err != nil {
		t.Fatal(err)
	}
	read, err := LoadKey(path)
	if err != nil || read.Pseudonym("p1") != made.Pseudonym("p1") {
		t.Errorf("read back: %v", err)
	}
	if _, err := NewKey(path); err == nil {
		t.Error("a key was overwritten")
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadKey(path); err == nil || !strings.Contains(err.Error(), "0600") {
		t.Errorf("a key that the group may read: %v", err)
	}
	if err := os.WriteFile(path, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadKey(path); err == nil || strings.Contains(err.Error(), "short") {
		t.Errorf("a damaged key: %v", err)
	}
	if text := fmt.Sprintf("%v %+v %#v %s", made, made, made, made); strings.Count(text, "privacy.Key(secret)") != 4 {
		t.Errorf("a printed key: %s", text)
	}
}

func TestPseudonymsAreTheDocumentedHMAC(t *testing.T) {
	key := Key{[][]byte{[]byte("an invented secret of 32 bytes..")}}
	// printf p1 | openssl dgst -sha256 -hmac 'an invented secret of 32 bytes..', first 15 bytes in base32
	if got, want := key.Pseudonym("p1"), "icqhjbwbwj4slug66jollb72"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if key.Pseudonym("") != "" {
		t.Error("no value became one")
	}
	if key.Pseudonym("p1") == key.Pseudonym("p2") || len(key.Pseudonym("p1")) != PseudonymLength {
		t.Error("pseudonyms collide or have another length")
	}
	h := key.Hasher()
	if got := string(h.Append(h.Append(nil, []byte("p1")), []byte("p2"))); got != key.Pseudonym("p1")+key.Pseudonym("p2") {
		t.Errorf("a hasher differs: %s", got)
	}
}

func FuzzGuard(f *testing.F) {
	f.Add("nome,x\n1,2\n")
	f.Add("a;b\n" + invented + ";@\n")
	f.Add("\xef\xbb\xbf{\"a\":\"x@y.it.\"}\n@.@\n" + account)
	f.Add("a\tb\n\"\"\"\n\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		whole := scan(text, max(1, len(text)))
		for _, size := range []int{1, 3, 17} {
			if err := scan(text, size); (err == nil) != (whole == nil) {
				t.Errorf("blocks of %d: %v; whole: %v", size, err, whole)
			}
		}
		var rows [][]string
		for _, row := range strings.Split(text, "\n") {
			rows = append(rows, strings.Split(row, ","))
		}
		if err := Guard(rows[0], rows[1:]); err != nil && err.Error() == "" {
			t.Error("a refusal without a word")
		}
	})
}

func BenchmarkScanner(b *testing.B) {
	text := []byte(delivery(200_000, hexDigits, 32, ""))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		s := &Scanner{}
		for at := 0; at < len(text); at += 1 << 20 {
			if _, err := s.Write(text[at:min(len(text), at+1<<20)]); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func TestAKeyLaidOverAnotherTurnsItsPseudonymsIntoNewOnes(t *testing.T) {
	dir := t.TempDir()
	first, err := NewKey(filepath.Join(dir, "first"))
	if err != nil {
		t.Fatal(err)
	}
	second, err := first.Renew(filepath.Join(dir, "second"))
	if err != nil {
		t.Fatal(err)
	}
	third, err := second.Renew(filepath.Join(dir, "third"))
	if err != nil {
		t.Fatal(err)
	}
	for _, value := range []string{"P1", "rossi", strings.Repeat("x", 200)} {
		old := first.Pseudonym(value)
		fresh := second.Last().Pseudonym(old)
		if fresh != second.Pseudonym(value) || fresh == old || len(fresh) != PseudonymLength {
			t.Errorf("%s: %s of the old pseudonym, %s of the value, %s before", value, fresh, second.Pseudonym(value), old)
		}
		if third.Last().Pseudonym(fresh) != third.Pseudonym(value) {
			t.Errorf("%s: the third key does not follow the second", value)
		}
	}
	if read, err := LoadKey(filepath.Join(dir, "third")); err != nil || read.Fingerprint() != third.Fingerprint() || third.Fingerprint() == second.Fingerprint() {
		t.Errorf("read again: %v, fingerprints %s, %s, %s", err, read.Fingerprint(), third.Fingerprint(), second.Fingerprint())
	}
	if second.Pseudonym("") != "" {
		t.Error("nothing has a pseudonym")
	}
	raw, _ := os.ReadFile(filepath.Join(dir, "third"))
	if err := os.WriteFile(filepath.Join(dir, "cut"), raw[:len(raw)-9], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadKey(filepath.Join(dir, "cut")); err == nil {
		t.Error("a key that was cut short is taken for one")
	}
}

func BenchmarkHasher(b *testing.B) {
	h := Key{[][]byte{make([]byte, keyBytes)}}.Hasher()
	value := []byte("9f86d081884c7d659a2feaa0c55ad015")
	var dst []byte
	for b.Loop() {
		dst = h.Append(dst[:0], value)
	}
}
