package dashboards_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"osservatorio/dashboards/chart/charttest"
	"osservatorio/queries/release"
)

// invented is the whole invented release, made once: it takes long.
var invented = sync.OnceValue(charttest.Whole)

// covered is the invented release with every row confidential that hide is true of.
func covered(t *testing.T, hide func(release.Row) bool) *release.Release {
	t.Helper()
	whole := invented()
	var frames []*release.Frame
	for _, h := range whole.Info.Views {
		f, err := whole.Frame(context.Background(), h.View)
		if err != nil {
			t.Fatal(err)
		}
		var rows []release.Row
		for r := range f.All() {
			if hide(r) {
				r.Status, r.Conf = release.Confidential, release.Hidden
				r.Value, r.Low, r.High, r.Numerator, r.Denominator = nil, nil, nil, nil, nil
			}
			rows = append(rows, r)
		}
		frames = append(frames, release.NewFrame(f.Header, rows))
	}
	return release.InMemory(whole.Info, whole.Geos, whole.Codes, frames...)
}

func TestHomeSpeaksOfTheRegionWhereNoPlaceCanBeShown(t *testing.T) {
	rel := covered(t, func(r release.Row) bool { return r.GeoLevel != "region" })
	for lang, says := range map[string]string{"it": "firma il patto di servizio entro 60 giorni", "en": "sign the service agreement within 60 days"} {
		home := pagesOf(t, rel, lang)[0]
		if !strings.Contains(home.Headline, says) || !strings.Contains(home.Headline, "%") || home.Lead == "" {
			t.Errorf("%s: headline %q, lead %q", lang, home.Headline, home.Lead)
		}
		if len(home.Keys) == 0 {
			t.Errorf("%s: no key figure", lang)
		}
	}
}

func TestHomeSaysPlainlyThatTooLittleCanBePublished(t *testing.T) {
	rel := covered(t, func(release.Row) bool { return true })
	for lang, says := range map[string]string{"it": "non si può pubblicare abbastanza", "en": "too little can be published"} {
		home := pagesOf(t, rel, lang)[0]
		if !strings.Contains(home.Headline, says) || !strings.Contains(home.Lead, " 0 ") && !strings.HasPrefix(home.Lead, "The release has 0") {
			t.Errorf("%s: headline %q, lead %q", lang, home.Headline, home.Lead)
		}
	}
}

func TestHomeLeadsWithWhatItHasWhereItsFirstMeasuresAreHidden(t *testing.T) {
	rel := covered(t, func(r release.Row) bool { return !strings.HasPrefix(r.Definition, "out_stable@") })
	home := pagesOf(t, rel, "it")[0]
	if len(home.Keys) != 1 || !strings.Contains(home.Headline, home.Keys[0].Label) || !strings.Contains(home.Headline, home.Keys[0].Value) {
		t.Errorf("headline %q, keys %+v", home.Headline, home.Keys)
	}
}

func TestEveryThemeAnswersWithKeyFiguresFirst(t *testing.T) {
	for _, p := range pagesOf(t, invented(), "it") {
		if p.Geo == "" && (len(p.Keys) == 0 || p.Headline == "") {
			t.Errorf("page %s: headline %q, %d key figures", p.ID, p.Headline, len(p.Keys))
		}
		for _, k := range p.Keys {
			if k.Value == "" || len(k.Spark.Option) == 0 {
				t.Errorf("page %s: key figure %s: %q without its course", p.ID, k.ID, k.Value)
			}
		}
	}
}
