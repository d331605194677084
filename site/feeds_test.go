package site

import (
	"context"
	"encoding/xml"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"osservatorio/queries/release"
	"osservatorio/site/output"
	"osservatorio/site/sitetest"
)

// archive is what stands of four releases beside that of sitetest, 2026-10.
func archive() fstest.MapFS {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	return fstest.MapFS{
		"2026-04/release.json":   file(`{"id":"2026-04","extraction_date":"2026-04-30"}`),
		"2026-07/release.json":   file(`{"id":"2026-07","extraction_date":"2026-07-31"}`),
		"2026-07/changes.json":   file(`{"release":"2026-07","follows":"2026-04","new":7,"views":[{"view":"lep_coverage","new":7}]}`),
		"2026-07.1/release.json": file(`{"id":"2026-07.1","extraction_date":"2026-07-31","embargo":"2026-08-05T10:00:00+02:00"}`),
		"2026-07.1/changes.json": file(`{"release":"2026-07.1","follows":"2026-07","views":[{"view":"lep_coverage","unchanged":90}]}`),
	}
}

func index() release.Index {
	return release.Index{Latest: "2026-10", Releases: []release.Entry{{ID: "2026-04"}, {ID: "2026-07", SupersededBy: "2026-07.1",
		Withdrawn: &release.Withdrawal{On: "2026-08-02", Reason: "errore di fonte"}}, {ID: "2026-07.1"}, {ID: "2026-10"}, {ID: "2027-01"}}}
}

func archived(t *testing.T) *output.Memory {
	t.Helper()
	needAssets(t)
	opt := options()
	opt.Archive, opt.Index = archive(), index()
	out := output.NewMemory()
	if _, err := Build(context.Background(), sitetest.Release(), out, opt); err != nil {
		t.Fatal(err)
	}
	return out
}

func feedOf(t *testing.T, out *output.Memory, name string) (ids, updated, titles []string) {
	t.Helper()
	var f atomFeed
	if err := xml.Unmarshal(out.Read(name), &f); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	for _, e := range f.Entries {
		ids, updated, titles = append(ids, e.ID), append(updated, e.Updated), append(titles, e.Title)
	}
	return ids, updated, titles
}

func TestTheFeedOfReleasesTellsAllUpToThisOneAndNoLater(t *testing.T) {
	ids, updated, titles := feedOf(t, archived(t), "rilasci/feed.xml")
	if got := strings.Join(titles, ", "); got != "Rilascio 2026-10, Rilascio 2026-07.1, Rilascio 2026-07 (ritirato), Rilascio 2026-04" {
		t.Errorf("titles: %s", got)
	}
	if got := strings.Join(updated, " "); got != "2026-10-31T00:00:00Z 2026-08-05T08:00:00Z 2026-08-02T00:00:00Z 2026-04-30T00:00:00Z" {
		t.Errorf("updated: %s", got)
	}
	if ids[0] != "tag:osservatorio.example.org,2026-10-01:it/2026-10" || ids[1] != "tag:osservatorio.example.org,2026-07-01:it/2026-07.1" {
		t.Errorf("ids: %v", ids)
	}
}

func TestTheFeedOfADataSetTellsTheReleasesThatChangedIt(t *testing.T) {
	_, _, titles := feedOf(t, archived(t), "en/data/lep-coverage/feed.xml")
	if got := strings.Join(titles, ", "); got != "Release 2026-10, Release 2026-07 (withdrawn)" {
		t.Errorf("titles: %s", got)
	}
}

func TestWithoutAPublicAddressThereIsNoFeedAndNoLinkToOne(t *testing.T) {
	needAssets(t)
	rel, out := sitetest.Release(), output.NewMemory()
	rel.Info.Publisher.BaseURL = ""
	if _, err := Build(context.Background(), rel, out, options()); err != nil {
		t.Fatal(err)
	}
	for _, p := range out.Paths() {
		if strings.HasSuffix(p, "feed.xml") || strings.HasSuffix(p, ".html") && strings.Contains(string(out.Read(p)), "feed.xml") {
			t.Errorf("%s", p)
		}
	}
}

func TestTheCalendarHoldsTheNextReleaseInTheFormOfRFC5545(t *testing.T) {
	text := string(tinySite(t).Read("rilasci/calendario.ics"))
	for _, want := range []string{"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", "\r\nUID:after-2026-10@osservatorio.example.org\r\n", "\r\nDTSTAMP:20261031T000000Z\r\n",
		"\r\nDTSTART;VALUE=DATE:20270219\r\nDTEND;VALUE=DATE:20270220\r\n", `lavoro\, Regione di prova`, "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"} {
		if !strings.Contains(strings.ReplaceAll(text, "\r\n ", ""), want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	for _, line := range strings.Split(text, "\r\n") {
		if len(line) > 75 || !utf8.ValidString(line) || strings.Contains(line, "\n") {
			t.Errorf("line %q", line)
		}
	}
	rel, out := sitetest.Release(), output.NewMemory()
	rel.Info.NextRelease = ""
	if _, err := Build(context.Background(), rel, out, options()); err != nil || out.Read("rilasci/calendario.ics") != nil {
		t.Errorf("a calendar of no date (%v)", err)
	}
}

func TestEveryPageOfTheMapNamesItsTwins(t *testing.T) {
	out := tinySite(t)
	text := string(out.Read("hreflang.xml"))
	entries := regexp.MustCompile(`(?s)<url>.*?</url>`).FindAllString(text, -1)
	if want := strings.Count(string(out.Read("sitemap.xml")), "<loc>"); len(entries) != want {
		t.Errorf("%d pages, the map of the site has %d", len(entries), want)
	}
	for _, e := range entries {
		if strings.Count(e, "<xhtml:link ") != 3 || strings.Contains(e, `href="https://osservatorio.example.org"`) {
			t.Errorf("twins of %s", e)
		}
	}
	if !strings.Contains(string(out.Read("robots.txt")), "Sitemap: https://osservatorio.example.org/hreflang.xml\n") {
		t.Error("robots.txt does not name it")
	}
}
