package site

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"osservatorio/queries/release"
	"osservatorio/site/output"
	"osservatorio/site/sitetest"
)

// announced builds the site of the tiny release with a calendar of three: the
// release itself, one in winter time, one in summer time.
func announced(t *testing.T) *output.Memory {
	t.Helper()
	needAssets(t)
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Fatal(err)
	}
	opt, out := options(), output.NewMemory()
	at := func(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 10, 0, 0, 0, rome) }
	title := func(it, en string) release.Text { return release.Text{IT: it, EN: en} }
	opt.Calendar = []Planned{
		{"2026-10", title("Terzo trimestre 2026", "Third quarter 2026"), at(2026, 10, 20)},
		{"2027-01", title("Quarto trimestre 2026; <bozza>", "Fourth quarter 2026"), at(2027, 1, 19)},
		{"2027-04", title("Primo trimestre 2027", "First quarter 2027"), at(2027, 4, 20)},
	}
	opt.Commitments = []Commitment{{ID: "2027-01", Sums: strings.Repeat("ab", 32)}}
	if _, err := Build(context.Background(), sitetest.Release(), out, opt); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestTheCalendarShowsIdTitleAndTimeAndWhatIsPublic(t *testing.T) {
	page := string(announced(t).Read("calendario/index.html"))
	for _, want := range []string{
		`Terzo trimestre 2026 (2026-10)</th><td class="nb">20 ottobre 2026</td><td class="nb">10:00</td><td><a href="/rilasci/#r-2026-10">pubblicato</a>`,
		`Quarto trimestre 2026; &lt;bozza&gt; (2027-01)</th><td class="nb">19 gennaio 2027</td><td class="nb">10:00</td><td>non ancora pubblico</td>`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in\n%s", want, page)
		}
	}
	if en := string(announced(t).Read("en/calendar/index.html")); !strings.Contains(en, "First quarter 2027 (2027-04)") {
		t.Error("the English page does not name the last release")
	}
}

func TestTheFileOfTheCalendarHasAnInstantForEachRelease(t *testing.T) {
	text := strings.ReplaceAll(string(announced(t).Read("rilasci/calendario.ics")), "\r\n ", "")
	for _, want := range []string{
		"\r\nUID:release-2026-10@osservatorio.example.org\r\n", "\r\nDTSTART:20261020T080000Z\r\n", // summer time
		"\r\nUID:release-2027-01@osservatorio.example.org\r\n", "\r\nDTSTART:20270119T090000Z\r\n", // winter time
		"\r\nDTSTART:20270420T080000Z\r\n", `SUMMARY:Quarto trimestre 2026\; <bozza>`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if n := strings.Count(text, "BEGIN:VEVENT"); n != 3 {
		t.Errorf("%d events", n)
	}
}

func TestACommitmentIsPublishedBeforeItsRelease(t *testing.T) {
	out := announced(t)
	var said []Commitment
	if err := json.Unmarshal(out.Read("commitment.json"), &said); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(said, []Commitment{{"2027-01", strings.Repeat("ab", 32)}}) {
		t.Errorf("committed to %v", said)
	}
}

func TestWhatIsPlannedStandsOnNoOtherPage(t *testing.T) {
	out := announced(t)
	for _, p := range out.Paths() {
		switch text := string(out.Read(p)); {
		case strings.HasSuffix(p, ".gz"), strings.HasSuffix(p, ".br"):
		case strings.HasPrefix(p, "calendario/"), strings.HasPrefix(p, "en/calendar/"), strings.HasSuffix(p, ".ics"), p == "commitment.json":
		case strings.Contains(text, "2027-01"), strings.Contains(text, "2027-04"):
			t.Errorf("%s names a release that is not public", p)
		}
	}
}
