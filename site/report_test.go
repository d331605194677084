package site

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"osservatorio/dashboards"
	"osservatorio/dashboards/words"
	"osservatorio/queries/release"
	"osservatorio/site/output"
	"osservatorio/site/sitetest"
)

func TestAReportStandsLiveAndPinnedAndIsLedTo(t *testing.T) {
	out := tinySite(t)
	for page, link := range map[string]string{
		"index.html":                         "/rapporto/",
		"rilasci/index.html":                 "/rapporto/",
		"mappa-del-sito/index.html":          "/rapporto/2025/",
		"rapporto/index.html":                "/rapporto/2025/",
		"rapporto/2025/index.html":           "/r/2026-10/rapporto/2025/",
		"en/report/2025/index.html":          "/r/2026-10/en/report/2025/",
		"r/2026-10/rapporto/2025/index.html": "/r/2026-10/embed/lep-bars/",
	} {
		if !strings.Contains(string(out.Read(page)), `href="`+link+`"`) {
			t.Errorf("%s: no link to %s", page, link)
		}
	}
	if !strings.Contains(string(out.Read("search/it.json")), "/rapporto/2025/") {
		t.Error("the search does not know the report")
	}
}

func TestAFigureOfAReportIsThatOfItsYearAndLeadsToWhereItGoesOn(t *testing.T) {
	out := tinySite(t)
	for page, to := range map[string]string{"rapporto/2025/index.html": "/livelli-essenziali/#lep-bars", "r/2026-10/rapporto/2025/index.html": "/r/2026-10/embed/lep-bars/"} {
		html := string(out.Read(page))
		if !strings.Contains(html, "<h3>Nel 2025 due territori si distinguono</h3>") || !strings.Contains(html, `href="`+to+`"`) {
			t.Errorf("%s: the figure is not the one of its year, or does not lead to %s", page, to)
		}
	}
	if strings.Contains(string(out.Read("livelli-essenziali/index.html")), "Nel 2025") {
		t.Error("the theme shows the figure of a year that is over")
	}
}

func TestAReportIsTheSameInBothLanguages(t *testing.T) {
	out := tinySite(t)
	shape := func(page string) string {
		return strings.Join(regexp.MustCompile(`<(h[1-3]|table|figure|section|caption|li)\b`).FindAllString(string(out.Read(page)), -1), " ")
	}
	if it, en := shape("rapporto/2025/index.html"), shape("en/report/2025/index.html"); it != en || it == "" {
		t.Errorf("it %s\nen %s", it, en)
	}
}

func TestAChapterWithoutDataIsNamedAndNotEmpty(t *testing.T) {
	page := string(tinySite(t).Read("rapporto/2025/index.html"))
	if !strings.Contains(page, "non hanno dati: risorse.") || strings.Contains(page, `id="funding"`) {
		t.Error("the report does not say that the release has no data on funding, or has an empty chapter of it")
	}
}

func TestAnInstanceWritesTheTextsOfItsReport(t *testing.T) {
	needAssets(t)
	opt := options()
	opt.Content = fstest.MapFS{
		"it/report/lep.md": {Data: []byte("# I nostri livelli\n\nParole nostre.\n")},
		"en/report/lep.md": {Data: []byte("# Our levels\n\nWords of ours.\n")},
	}
	out := output.NewMemory()
	if _, err := Build(context.Background(), sitetest.Release(), out, opt); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(out.Read("rapporto/2025/index.html")), "Parole nostre.") || !strings.Contains(string(out.Read("en/report/2025/index.html")), "Words of ours.") {
		t.Error("the texts of the instance do not stand in the report")
	}
}

func TestAReportThatDiffersBetweenLanguagesStopsTheBuild(t *testing.T) {
	opt := options()
	opt.Reports = func(ctx context.Context, rel *release.Release, w *words.Catalogue) ([]dashboards.Report, error) {
		list, err := sitetest.Reports(ctx, rel, w)
		if w.Lang == "en" {
			list[0].Chapters = list[0].Chapters[:1]
		}
		return list, err
	}
	if err := buildError(t, sitetest.Release(), opt); !strings.Contains(err.Error(), "differ in more than words") {
		t.Error(err)
	}
}

func TestAPinnedReportLinksOnlyToWhatIsPinned(t *testing.T) {
	page := string(tinySite(t).Read("r/2026-10/rapporto/2025/index.html"))
	for _, m := range regexp.MustCompile(`\s(?:href|src)="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if href := m[1]; !strings.HasPrefix(href, "/r/2026-10/") && !strings.HasPrefix(href, "#") && !strings.HasPrefix(href, "https://") && href != "/" {
			t.Errorf("links to %s, which a later build may drop", href)
		}
	}
}

func TestAPinnedReportSaysInItsLanguageThatTheDataAreInvented(t *testing.T) {
	out := tinySite(t)
	for path, says := range map[string]string{
		"r/2026-10/rapporto/2025/index.html":  "Dati sintetici",
		"r/2026-10/en/report/2025/index.html": "Synthetic data",
	} {
		if !strings.Contains(string(out.Read(path)), says) {
			t.Errorf("%s does not say %s", path, says)
		}
	}
}
