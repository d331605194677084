package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/spf13/cobra"

	"osservatorio/ingest"
	doorwords "osservatorio/ingest/words"
	"osservatorio/warehouse"
)

//go:embed words/it.toml
var wordsIT []byte

//go:embed words/en.toml
var wordsEN []byte

// trialForm says what file is to be judged, and how the verdict is told.
type trialForm struct {
	source, mapping, lang, geography string
	maxBad                           float64
	asJSON                           bool
	table                            TableConfig
}

func (a *app) trialCommand() *cobra.Command {
	var f trialForm
	c := &cobra.Command{
		Use:   "check FILE --source SOURCE",
		Short: "Tell a supplier what is wrong with a file, without an instance",
		Long: `Judges a file as a delivery would be: missing columns, wrong values by column
with counts and lines, unknown codes with the nearest known ones, the share of
rows that would be put aside. Of each row every rule is told that it breaks, so
that all can be corrected at once. Progress goes to standard error. No value that may identify someone is shown.
Exit code 0: it would be accepted; 3: it would not.`,
		Example: `  osservatorio contract check services_2026-Q3.csv --source services
  osservatorio contract check export.xlsx --source services --mapping services.sql --lang en --json`,
		Args: usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error { return a.trial(cmd.Context(), args[0], f) },
	}
	c.Flags().StringVar(&f.source, "source", "", "contract that the file is a delivery of")
	c.Flags().StringVar(&f.mapping, "mapping", "", "file with one SELECT over delivery that yields the contract's columns")
	c.Flags().StringVar(&f.lang, "lang", "it", "language of the verdict: it or en")
	c.Flags().StringVar(&f.geography, "geography", "emilia-romagna", "built-in geography, or a folder with its lists")
	c.Flags().Float64Var(&f.maxBad, "max-bad-share", 0.01, "share of bad rows that is allowed, 0 to 1")
	c.Flags().BoolVar(&f.asJSON, "json", false, "print JSON")
	c.Flags().StringVar(&f.table.Sheet, "sheet", "", "of a workbook: name or number of the sheet")
	c.Flags().StringVar(&f.table.Range, "range", "", "of a sheet: such as A5:K200")
	c.Flags().StringVar(&f.table.Member, "member", "", "of a ZIP archive: name or pattern of the file")
	c.Flags().IntVar(&f.table.SkipRows, "skip-rows", 0, "lines before the header")
	c.Flags().IntVar(&f.table.HeaderRows, "header-rows", 0, "rows that make the header")
	c.Flags().IntVar(&f.table.Footer, "footer", 0, "last lines that are notes or totals")
	return c
}

// trialMemory is what DuckDB may hold while a supplier's file is judged; what
// is more lies in a temporary folder.
const trialMemory = "1GB"

// trial judges a file and fails with the code of a failed check if it does
// not pass.
func (a *app) trial(ctx context.Context, file string, f trialForm) error {
	switch {
	case !slices.Contains(contractNames(), f.source):
		return withCode(exitUsage, fmt.Errorf("contract check --source %q: allowed: %s", f.source, strings.Join(contractNames(), ", ")))
	case f.lang != "it" && f.lang != "en":
		return withCode(exitUsage, fmt.Errorf("contract check --lang %q: allowed: it, en", f.lang))
	case f.maxBad < 0 || f.maxBad > 1:
		return withCode(exitUsage, fmt.Errorf("contract check --max-bad-share %v: want a share from 0 to 1", f.maxBad))
	}
	for _, path := range []string{file, f.mapping} {
		switch info, err := os.Stat(path); {
		case path == "":
		case err != nil:
			return withCode(exitUsage, fmt.Errorf("contract check %s: no such file", path))
		case info.IsDir():
			return withCode(exitUsage, fmt.Errorf("contract check %s: a folder: expected one file in it", path))
		}
	}
	v, err := a.verdict(ctx, file, f)
	if err != nil {
		return err
	}
	if f.asJSON {
		err = printJSON(a.stdout, v)
	} else {
		err = printVerdict(a.stdout, v, f.lang)
	}
	if err == nil && !v.Pass {
		err = withCode(exitChecks, notAccepted(filepath.Base(file), f))
	}
	return err
}

// notAccepted is the last line of a check that failed.
func notAccepted(file string, f trialForm) error {
	s, err := speak(f.lang)
	if err != nil {
		return err
	}
	return errors.New(s.say("not_accepted", "file", file, "contract", f.source))
}

func (a *app) verdict(ctx context.Context, file string, f trialForm) (ingest.Verdict, error) {
	geography, err := (&Config{Region: RegionConfig{Geography: f.geography}}).geography()
	if err != nil {
		return ingest.Verdict{}, withCode(exitUsage, fmt.Errorf("contract check --geography: %w", err))
	}
	temp, err := os.MkdirTemp("", "osservatorio-check-")
	if err != nil {
		return ingest.Verdict{}, err
	}
	defer os.RemoveAll(temp)
	tell, done, err := a.tellTrial(f.lang)
	if err != nil {
		return ingest.Verdict{}, err
	}
	defer done()
	db, err := warehouse.Open(ctx, warehouse.Options{Memory: trialMemory, Temp: filepath.Join(temp, "spill")})
	if err != nil {
		return ingest.Verdict{}, err
	}
	defer db.Close()
	if err := warehouse.LoadReference(ctx, db, warehouse.ReferenceFS(), geography); err != nil {
		return ingest.Verdict{}, err
	}
	source := ingest.Source{Name: f.source, Contract: f.source, Mapping: f.mapping, MaxBadShare: f.maxBad, Dialect: f.table.dialect(), Layout: f.table.layout()}
	if f.maxBad == 0 {
		source.MaxBadShare = -1 // none
	}
	return ingest.Try(ctx, ingest.Trial{DB: db, Source: source, File: file, Temp: temp, Memory: trialMemory, Now: a.now, Progress: tell, Codes: func(table, column string) ([]string, error) {
		return codesOf(geography, table, column)
	}})
}

// tellTrial shows how far the work is, in the language asked for; done clears
// the bar.
func (a *app) tellTrial(lang string) (tell func(ingest.Progress), done func(), err error) {
	s, err := speak(lang)
	if err != nil {
		return nil, nil, err
	}
	log, err := a.logger()
	if err != nil {
		return nil, nil, err
	}
	out := newProgress(a.stderr, log)
	return func(p ingest.Progress) { out.show(p.File+": "+s["step_"+p.Step], p.Bytes, p.Total) }, out.end, nil
}

// codesOf lists the codes of a list of the territory or of the house.
func codesOf(geography fs.FS, table, column string) ([]string, error) {
	rows, err := listRows(geography, table+".csv")
	if errors.Is(err, fs.ErrNotExist) {
		rows, err = sharedList(table)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var codes []string
	for _, r := range rows {
		if code := r[column]; code != "" && !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	return codes, err
}

// speech is the words of one language.
type speech map[string]string

func speak(lang string) (speech, error) {
	raw := wordsIT
	if lang == "en" {
		raw = wordsEN
	}
	s := speech{}
	return s, toml.Unmarshal(raw, &s)
}

// say fills a text with names and values, in pairs.
func (s speech) say(key string, pairs ...string) string {
	text := s[key]
	for i := 0; i+1 < len(pairs); i += 2 {
		text = strings.ReplaceAll(text, "{"+pairs[i]+"}", pairs[i+1])
	}
	return text
}

// rule is a rule in words.
func (s speech) rule(name string) string {
	if text, ok := s["rule_"+name]; ok {
		return text
	}
	return s.say("rule_other", "rule", name)
}

func printVerdict(out io.Writer, v ingest.Verdict, lang string) error {
	s, err := speak(lang)
	if err == nil && lang == "it" {
		err = inItalian(&v)
	}
	if err != nil {
		return err
	}
	var b strings.Builder
	line := func(text string) { b.WriteString(text + "\n") }
	line(s.say("title", "file", v.File, "contract", v.Contract))
	line(s[map[bool]string{true: "pass", false: "fail"}[v.Pass]])
	hint := v.Hint
	if v.Refused != "" {
		line(s["refused"])
		line("  " + v.Refused)
	} else {
		line(s.say("rows", "rows", strconv.FormatInt(v.Rows, 10), "bad", strconv.FormatInt(v.Quarantined, 10), "superseded", strconv.FormatInt(v.Superseded, 10),
			"share", percent(v.Share, lang), "allowed", percent(v.Allowed, lang)))
	}
	if len(v.Missing) > 0 {
		line(s.say("missing", "list", oneLine(v.Missing)))
		hint = s.say("next_columns", "contract", v.Contract)
	}
	if len(v.Beyond) > 0 {
		line(s.say("beyond", "list", oneLine(v.Beyond)))
	}
	if len(v.Notes) > 0 {
		line(s["found"])
		for _, n := range v.Notes {
			line("  " + n)
		}
	}
	if len(v.Findings) > 0 {
		line(s["findings"])
		hint = s["next_rows"]
	}
	for _, f := range v.Findings {
		s.finding(line, f)
	}
	if hint != "" {
		line(s.say("next", "hint", hint))
	}
	if flags := flagsIn(hint); flags != "" {
		line(s.say("flags", "list", flags))
	}
	_, err = io.WriteString(out, b.String())
	return err
}

// oneLine lists names, line breaks within them left out.
func oneLine(names []string) string {
	told := make([]string, len(names))
	for i, n := range names {
		told[i] = strings.Join(strings.Fields(n), " ")
	}
	return strings.Join(told, ", ")
}

// flagsIn names the flags that stand for the keys of a source's table in a
// hint: who checks a file has no configuration.
func flagsIn(hint string) string {
	var flags []string
	for _, key := range []string{"member", "sheet", "range", "skip_rows", "header_rows", "footer"} {
		if strings.Contains(hint, "[source.table]") && regexp.MustCompile(`\b`+key+`\b`).MatchString(hint) {
			flags = append(flags, "--"+strings.ReplaceAll(key, "_", "-"))
		}
	}
	return strings.Join(flags, ", ")
}

// inItalian puts the door's own texts into Italian.
func inItalian(v *ingest.Verdict) error {
	c, err := doorwords.Italian()
	if err != nil {
		return err
	}
	for i, note := range v.Notes {
		v.Notes[i] = c.Text(note)
	}
	for i, f := range v.Findings {
		v.Findings[i].Wanted, v.Findings[i].Shape = c.Text(f.Wanted), c.Text(f.Shape)
	}
	if v.Err != nil {
		v.Refused, v.Hint = c.Tell(v.Err), c.Hint(v.Err)
	}
	return nil
}

func (s speech) finding(line func(string), f ingest.Finding) {
	column := f.Column
	if column == "" {
		column = s["whole_row"]
	}
	text := fmt.Sprintf("  %s: %d: %s", column, f.Rows, s.rule(f.Rule))
	if f.Shape != "" {
		text += " [" + f.Shape + "]"
	}
	if f.Wanted != "" && f.Rule != "reference" {
		text += " (" + f.Wanted + ")"
	}
	key := "lines"
	if f.Rows == 1 {
		key = "line"
	}
	line(text + "; " + s.say(key, "list", joinLines(f.Lines, f.Rows)))
	for _, u := range f.Unknown {
		text := s.say("hidden", "rows", strconv.FormatInt(u.Rows, 10))
		if u.Code != "" {
			text = s.say("unknown", "code", u.Code, "rows", strconv.FormatInt(u.Rows, 10))
		}
		if len(u.Nearest) > 0 {
			text += "; " + s.say("nearest", "list", strings.Join(u.Nearest, ", "))
		}
		line("    " + text)
	}
}

// percent is a share with two decimals, in percent, with the decimal sign of
// the language.
func percent(share float64, lang string) string {
	text := strconv.FormatFloat(100*share, 'f', 2, 64)
	if lang == "it" {
		text = strings.Replace(text, ".", ",", 1)
	}
	return text
}
