package fetch

import (
	"regexp"
	"strings"

	"github.com/xuri/excelize/v2"
)

// isoDate is a date without a time of midnight, or a time without a day.
func isoDate(text string) string {
	text = strings.TrimPrefix(text, dateMark)
	if day, found := strings.CutSuffix(text, " 00:00:00"); found {
		return day
	}
	for _, none := range []string{"1899-12-30 ", "1899-12-31 ", "1900-01-00 ", "1904-01-01 "} {
		if clock, found := strings.CutPrefix(text, none); found {
			return clock
		}
	}
	return text
}

// plainFormats makes every cell yield its value as stored, and dates as ISO
// dates behind dateMark: whatever the sheet shows is for eyes.
func plainFormats(book *excelize.File) error {
	iso := `"` + dateMark + `"yyyy\-mm\-dd\ hh:mm:ss`
	mark, err := book.NewStyle(&excelize.Style{CustomNumFmt: &iso})
	if err != nil {
		return err
	}
	styles := book.Styles
	date := *styles.CellXfs.Xf[mark].NumFmtID
	custom := map[int]string{}
	if styles.NumFmts != nil {
		for _, f := range styles.NumFmts.NumFmt {
			custom[f.NumFmtID] = f.FormatCode
		}
	}
	general := 0
	for i := range styles.CellXfs.Xf {
		id := styles.CellXfs.Xf[i].NumFmtID
		if id != nil && isDateFormat(*id, custom[*id]) {
			styles.CellXfs.Xf[i].NumFmtID = &date
		} else {
			styles.CellXfs.Xf[i].NumFmtID = &general
		}
	}
	return nil
}

var (
	notCode   = regexp.MustCompile(`"[^"]*"|\\.|_.|\*.`)
	elapsed   = regexp.MustCompile(`(?i)\[(h+|m+|s+)\]`)
	bracketed = regexp.MustCompile(`\[[^\]]*\]`)
)

// isDateFormat tells whether a number format shows days or times of day
// (ECMA-376, 18.8.30). A format of elapsed time ([h]:mm) shows a number.
func isDateFormat(id int, code string) bool {
	if code == "" {
		return id >= 14 && id <= 22 || id >= 27 && id <= 36 || id == 45 || id == 47 || id >= 50 && id <= 58
	}
	code = notCode.ReplaceAllString(code, "")
	if elapsed.MatchString(code) {
		return false
	}
	code = strings.ToLower(bracketed.ReplaceAllString(code, ""))
	return !strings.Contains(code, "general") && strings.ContainsAny(code, "ymdhs")
}
