package site

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"osservatorio/dashboards/render"
	"osservatorio/queries/release"
	"osservatorio/site/output"
	"osservatorio/site/paper"
	"osservatorio/site/sitetest"
)

func TestASheetSaysWhatIsHiddenAndNeverShowsIt(t *testing.T) {
	out := tinySite(t)
	for page, says := range map[string][]string{
		"distretti/alfa/scheda/index.html":   {"ris.", "dato riservato", "Un valore nascosto non è mai uno zero", "Simili sono i 5 distretti"},
		"en/districts/alfa/sheet/index.html": {"conf.", "confidential", "A hidden value is never a zero", "Similar are the 5 districts"},
	} {
		text := string(out.Read(page))
		for _, want := range says {
			if !strings.Contains(text, want) {
				t.Errorf("%s does not say %q", page, want)
			}
		}
		row := regexp.MustCompile(`<tr>[^\n]*m-hatch[^\n]*?</tr>`).FindString(text)
		if row == "" || regexp.MustCompile(`<b>`).MatchString(row[strings.LastIndex(row, "<tr>"):]) {
			t.Errorf("%s: a hidden cell is not told by its sign alone: %s", page, row)
		}
	}
}

func TestAProfileLeadsToItsSheetAndItsData(t *testing.T) {
	page := string(tinySite(t).Read("distretti/alfa/index.html"))
	for _, href := range []string{"/distretti/alfa/scheda/", "/data/lep_coverage.csv", "/data/lep_coverage.parquet"} {
		if !strings.Contains(page, `href="`+href+`"`) {
			t.Errorf("no link to %s", href)
		}
	}
	if !strings.Contains(page, "Simili sono i 5 distretti") {
		t.Error("the profile does not say how similar is defined")
	}
}

// stillPaper prints nothing: a file that names the page.
type stillPaper struct{}

func (stillPaper) PDF(_ context.Context, address string) ([]byte, error) {
	if !strings.HasPrefix(address, "http://127.0.0.1:") {
		return nil, errors.New("asked for " + address)
	}
	return []byte("%PDF-1.4 " + address[strings.LastIndex(address, ":"):]), nil
}

func (stillPaper) Key() string { return "still" }

func TestPagesForPaperAreOfferedAsFilesWhereAPrinterIs(t *testing.T) {
	needAssets(t)
	opt := options()
	opt.Printer = stillPaper{}
	out := output.NewMemory()
	if _, err := Build(context.Background(), sitetest.Release(), out, opt); err != nil {
		t.Fatal(err)
	}
	for page, pdf := range map[string]string{
		"distretti/alfa/scheda/":   "alfa-scheda.pdf",
		"en/districts/beta/sheet/": "beta-sheet.pdf",
		"rapporto/2025/":           "rapporto-2025.pdf",
	} {
		if !strings.HasPrefix(string(out.Read(page+pdf)), "%PDF-") || !strings.Contains(string(out.Read(page+"index.html")), `href="/`+page+pdf+`"`) {
			t.Errorf("%s: no file %s, or no link to it", page, pdf)
		}
	}
	if strings.Contains(string(tinySite(t).Read("rapporto/2025/index.html")), ".pdf") {
		t.Error("a site without a printer offers files that are not there")
	}
}

var pdfPage = regexp.MustCompile(`/Type /Page\b`)

func TestAFullSheetIsOneA4PageInBothLanguages(t *testing.T) {
	needAssets(t)
	printer, err := paper.New(t.Context(), "2026-10-31")
	if errors.Is(err, paper.ErrNoBrowser) {
		t.Skip("Chromium not here: apt-get install --no-install-recommends chromium")
	}
	if err != nil {
		t.Fatal(err)
	}
	draw, err := render.New(render.Options{Workers: 2})
	if err != nil {
		t.Skip("drawing engine not here: run make assets")
	}
	opt := options()
	opt.Renderer, opt.Printer, opt.Picturer = draw, printer, nil
	out, err := output.NewDir(filepath.Join(t.TempDir(), "site"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	rel := sitetest.Release()
	for i := range rel.Geos { // names as long as the longest of Italy's
		rel.Geos[i].Name = release.Text{IT: "Provincia di Reggio nell’Emilia e Val d’Enza", EN: "Reggio Emilia and Val d’Enza local health authority"}
	}
	if _, err := Build(context.Background(), rel, out, opt); err != nil {
		t.Fatal(err)
	}
	if err := out.Commit(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"distretti/alfa/scheda/alfa-scheda.pdf", "en/districts/alfa/sheet/alfa-sheet.pdf"} {
		pdf := readFile(t, filepath.Join(out.Path(), name))
		if n := len(pdfPage.FindAll(pdf, -1)); n != 1 {
			t.Errorf("%s has %d pages", name, n)
		}
		if !bytes.Contains(pdf, []byte("/MediaBox [0 0 594.95")) && !bytes.Contains(pdf, []byte("/MediaBox [0 0 595")) {
			t.Errorf("%s is not A4: %s", name, regexp.MustCompile(`/MediaBox [^\]]*`).Find(pdf))
		}
	}
	report := readFile(t, filepath.Join(out.Path(), "rapporto/2025/rapporto-2025.pdf"))
	if n := len(pdfPage.FindAll(report, -1)); n < 3 {
		t.Error(fmt.Sprint("a report of two chapters has ", n, " pages: each should begin one"))
	}
}

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
