package site

import (
	"html"
	"strings"
	"testing"

	"osservatorio/site/sitetest"
)

func TestADataSetTellsItsFormsVersionsAndChanges(t *testing.T) {
	page := string(archived(t).Read("dati/lep-coverage/index.html"))
	for _, want := range []string{"/data/lep_coverage.excel-it.csv", "/data/lep_coverage.schema.json", "/dictionary.it.md",
		"Rispetto a 2026-07: 9 celle nuove, 4 riviste, 1 ritirate, 80 uguali. La definizione era lep_coverage@0, ora è lep_coverage@1.",
		`<td class="r">9</td><td>nuove</td><td>Periodo nuovo</td>`, `D Patto di servizio (%)</th><td class="r">4</td><td class="r">0,25</td><td class="r">1,50</td>`,
		`/rilasci/#r-2026-07-1">Rilascio 2026-07.1</a>`, "ritirato", `href="/dati/lep-coverage/feed.xml"`, "asyncBufferFromUrl", "DataCatalog"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

func TestTheCatalogueLeadsHarvestersToItsThreeForms(t *testing.T) {
	page := html.UnescapeString(string(tinySite(t).Read("en/data/index.html")))
	for _, want := range []string{`<link rel="alternate" type="text/turtle" href="/catalog.ttl"`, `type="application/rdf+xml" href="/catalog.rdf"`, `type="application/ld+json" href="/catalog.jsonld"`,
		`"@type":"DataCatalog"`, `<a href="/dictionary.en.md" download>`, `<a href="/SHA256SUMS.sig" download>`} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s", want)
		}
	}
	if strings.Contains(page, "/dictionary.it.md") {
		t.Error("the English page offers the Italian dictionary")
	}
}

func TestTheCatalogueHoldsEveryDataSetOnceUnderAGroup(t *testing.T) {
	for _, page := range []string{"dati/index.html", "en/data/index.html"} {
		text := string(tinySite(t).Read(page))
		for _, h := range sitetest.Release().Info.Views {
			at := "/" + strings.TrimSuffix(page, "index.html") + strings.ReplaceAll(h.View, "_", "-") + "/"
			if n := strings.Count(text, `<h3><a href="`+at+`">`); n != 1 {
				t.Errorf("%s leads %d times to %s", page, n, at)
			}
		}
	}
}

func TestCodesSayWhereTheyComeFromAndHowFarTheyWereChecked(t *testing.T) {
	for page, wants := range map[string][]string{
		"dati/lep-coverage/index.html":    {`<code>F</code></th><td>Donne</td><td><span class="verif verif-found">trovato</span></td><td>archivio di prova</td>`, `>derivato</span>`},
		"en/data/lep-coverage/index.html": {`<td>Men</td><td><span class="verif verif-derived">derived</span></td>`},
		"dati/index.html":                 {"(2: trovato 1, derivato 1)", "(1: proposta 1)"},
	} {
		text := string(tinySite(t).Read(page))
		for _, want := range wants {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %s", page, want)
			}
		}
	}
}
