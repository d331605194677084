package site

import (
	"context"
	"encoding/json"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"osservatorio/dashboards/words"
	"osservatorio/queries/release"
	"osservatorio/site/output"
	"osservatorio/site/sitetest"
)

func TestEveryFigureHasAPageOfItsOwnNowAndPinned(t *testing.T) {
	out := tinySite(t)
	figures := regexp.MustCompile(`<figure class="fig" id="([^"]+)">`)
	for name, page := range htmlPages(out) {
		lang := ""
		if strings.HasPrefix(name, "en/") {
			lang = "en/"
		}
		for _, m := range figures.FindAllStringSubmatch(page, -1) {
			for _, begin := range []string{"embed/", "r/2026-10/embed/"} {
				if alone := string(out.Read(begin + m[1] + "/" + lang + "index.html")); !strings.Contains(alone, `<figure class="fig" id="`+m[1]+`">`) {
					t.Errorf("%s: no page %s%s/%s", name, begin, m[1], lang)
				}
			}
		}
	}
}

func TestAFigureAloneSaysWhatItIsAndWhereItComesFrom(t *testing.T) {
	for name, page := range framedPages(tinySite(t)) {
		wants := []string{"<h1>", "<title>", `name="robots" content="noindex"`, "CC BY 4.0", "Ente di prova", `target="_blank" rel="noopener"`, "31 "}
		if strings.HasSuffix(name, "/en/index.html") {
			wants = append(wants, `<html lang="en">`, "Test information system", `<span class="tag">Synthetic data</span>`, `hreflang="it"`)
		} else {
			wants = append(wants, `<html lang="it">`, "SIL di prova", `<span class="tag">Dati sintetici</span>`, `hreflang="en"`)
		}
		for _, want := range wants {
			if !strings.Contains(page, want) {
				t.Errorf("%s does not say %s", name, want)
			}
		}
		if n := strings.Count(page, "<h1"); n != 1 {
			t.Errorf("%s: %d headings", name, n)
		}
		if strings.Contains(page, "it-header") || strings.Contains(page, "it-footer") {
			t.Errorf("%s carries the site round it", name)
		}
	}
}

func TestAFigureAloneIsSmall(t *testing.T) {
	out := tinySite(t)
	total := 0
	for _, p := range out.Paths() {
		if strings.HasPrefix(p, "r/2026-10/assets/") && (strings.HasSuffix(p, ".gz") || strings.HasSuffix(p, ".woff2")) || p == "r/2026-10/embed/home-bars/index.html" {
			total += len(out.Read(p))
		}
	}
	if total == 0 || total > 100_000 {
		t.Errorf("page, style, script and fonts: %d bytes, want at most 100 000", total)
	}
}

func TestSnippetsCanBeReadWithoutAScriptAndLeadSomewhere(t *testing.T) {
	out := tinySite(t)
	page := string(out.Read("en/essential-levels/index.html"))
	address := regexp.MustCompile(`(?:src|href)="(https://osservatorio\.example\.org/[^"]*)"`)
	snippets := regexp.MustCompile(`(?s)<pre id="lep-bars-embed-[a-z]+"[^>]*>(.*?)</pre>`).FindAllStringSubmatch(page, -1)
	if len(snippets) != 4 {
		t.Fatalf("%d snippets, want 4", len(snippets))
	}
	for _, m := range snippets {
		text := html.UnescapeString(m[1])
		targets := address.FindAllStringSubmatch(text, -1)
		if len(targets) == 0 {
			t.Errorf("no address in %s", text)
		}
		for _, target := range targets {
			if out.Read(file(strings.TrimPrefix(target[1], "https://osservatorio.example.org"))) == nil {
				t.Errorf("%s leads nowhere", target[1])
			}
		}
		if strings.Contains(text, "<iframe") && (!strings.Contains(text, ` title="LEP coverage"`) || !strings.Contains(text, ` loading="lazy"`)) {
			t.Errorf("a frame without a lasting title or not lazy: %s", text)
		}
		if strings.Contains(text, "style=") {
			t.Errorf("a style that a strict page refuses: %s", text)
		}
	}
	if image := html.UnescapeString(snippets[2][1]); !strings.Contains(image, `alt="Synthetic data. Alfa 70, Beta 60 and a sign &#34; &lt; &amp;."`) {
		t.Errorf("the image does not say what it shows: %s", image)
	}
}

func TestWithoutAPublicAddressSnippetsBeginAtTheRootAndSaySo(t *testing.T) {
	needAssets(t)
	rel := sitetest.Release()
	rel.Info.Publisher.BaseURL = ""
	out := output.NewMemory()
	if _, err := Build(context.Background(), rel, out, options()); err != nil {
		t.Fatal(err)
	}
	page := string(out.Read("index.html"))
	if !strings.Contains(page, "non dichiara un indirizzo pubblico") || !strings.Contains(page, " data-origin ") {
		t.Error("the page does not say that the address is missing")
	}
	for _, p := range out.Paths() {
		if strings.HasPrefix(p, "oembed/") {
			t.Errorf("%s: a description that nobody can be told", p)
		}
	}
}

func TestOEmbedDescribesEveryFigure(t *testing.T) {
	out := tinySite(t)
	link := regexp.MustCompile(`<link rel="alternate" type="application/json\+oembed" href="https://osservatorio\.example\.org/([^"]+)"`)
	for name, page := range framedPages(out) {
		m := link.FindStringSubmatch(page)
		if m == nil {
			t.Errorf("%s: no description", name)
			continue
		}
		var said oembed
		if err := json.Unmarshal(out.Read(m[1]), &said); err != nil {
			t.Errorf("%s: %v", m[1], err)
		}
		if said.Version != "1.0" || said.Type != "rich" || said.Height < 200 || said.Title == "" || !strings.HasPrefix(said.HTML, `<iframe src="https://osservatorio.example.org/embed/`) {
			t.Errorf("%s: %+v", m[1], said)
		}
	}
}

func TestOnlyFiguresAloneMayBeFramed(t *testing.T) {
	out := tinySite(t)
	headers := string(out.Read("_headers"))
	rules := map[string]string{}
	for _, rule := range regexp.MustCompile(`(?m)^(/\S*)\n((?:  .*\n)+)`).FindAllStringSubmatch(headers, -1) {
		rules[rule[1]] += rule[2]
	}
	for name := range htmlPages(out) {
		path := "/" + strings.TrimSuffix(name, "index.html")
		if got := matching(rules, path); strings.Count(got, "frame-ancestors") != 1 || !strings.Contains(got, "frame-ancestors 'self'") {
			t.Errorf("%s: %q, want one rule for frames, of the site alone", path, got)
		}
	}
	for name := range framedPages(out) {
		if got := matching(rules, "/"+name); strings.Count(got, "frame-ancestors") != 1 || !strings.Contains(got, "frame-ancestors *") {
			t.Errorf("%s: %q, want one rule for frames, of all", name, got)
		}
	}
}

func matching(rules map[string]string, path string) string {
	got := ""
	for pattern, headers := range rules {
		if begin, all := strings.CutSuffix(pattern, "*"); pattern == path || all && strings.HasPrefix(path, begin) {
			got += headers
		}
	}
	return got
}

// built builds a release into a folder, over what stands there.
func built(t *testing.T, target string, rel *release.Release, opt Options) {
	t.Helper()
	needAssets(t)
	if _, err := rebuilt(target, rel, opt); err != nil {
		t.Fatal(err)
	}
}

// rebuilt builds into a folder, where nothing changes if that fails.
func rebuilt(target string, rel *release.Release, opt Options) (Report, error) {
	out, err := output.NewDir(target)
	if err != nil {
		return Report{}, err
	}
	defer out.Close()
	report, err := Build(context.Background(), rel, out, opt)
	if err != nil {
		return report, err
	}
	return report, out.Commit()
}

// later is the options and the release that follow the tiny one, with other numbers.
func later() (*release.Release, Options) {
	rel, opt := sitetest.Release(), options()
	rel.Info.ID = "2027-02"
	folder := sitetest.Folder()
	folder["SHA256SUMS"] = &fstest.MapFile{Data: []byte("other\n")}
	opt.ReleaseDir = folder
	return rel, opt
}

func readSite(t *testing.T, target, name string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(target, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestAPinnedFigureOutlivesItsReleaseAndSaysThatANewerOneIsOut(t *testing.T) {
	target := filepath.Join(t.TempDir(), "site")
	built(t, target, sitetest.Release(), options())
	page := "r/2026-10/embed/home-bars/en/index.html"
	first := readSite(t, target, page)
	rel, opt := later()
	built(t, target, rel, opt)
	second := readSite(t, target, page)
	if !strings.Contains(first, "Numbers fixed at release 2026-10.") {
		t.Error("the pinned page does not say that it is pinned")
	}
	if !strings.Contains(second, "Numbers fixed at release 2026-10: the latest is 2027-02.") || !strings.Contains(second, `href="/embed/home-bars/en/"`) {
		t.Errorf("the pinned page says %q", standingOf([]byte(second)))
	}
	if strings.Replace(second, standingOf([]byte(second)), "", 1) != strings.Replace(first, standingOf([]byte(first)), "", 1) {
		t.Error("more than the notice was made anew")
	}
	for _, m := range regexp.MustCompile(`(?:href|src)="(/r/[^"]*)"`).FindAllStringSubmatch(second, -1) {
		readSite(t, target, file(m[1]))
	}
	readSite(t, target, "r/2026-10/figure/en/home-bars.svg")
}

func TestAWithdrawnReleaseIsMarkedInWhatItPinned(t *testing.T) {
	target := filepath.Join(t.TempDir(), "site")
	built(t, target, sitetest.Release(), options())
	rel, opt := later()
	opt.Index = release.Index{Latest: "2027-02", Releases: []release.Entry{{ID: "2026-10", Withdrawn: &release.Withdrawal{On: "2027-01-15", Reason: "a <wrong> file."}}}}
	built(t, target, rel, opt)
	got := readSite(t, target, "r/2026-10/embed/home-bars/index.html")
	if want := `<p class="standing bad">Il rilascio 2026-10 è stato ritirato il 15 gennaio 2027: a &lt;wrong&gt; file. Questi numeri non vanno più usati.`; !strings.Contains(got, want) {
		t.Errorf("the pinned page says %q", standingOf([]byte(got)))
	}
}

func TestAPinnedPageIsMadeOnceAndAnewOnlyOfOtherBytes(t *testing.T) {
	target := filepath.Join(t.TempDir(), "site")
	name := "r/2026-10/embed/home-bars/index.html"
	built(t, target, sitetest.Release(), options())
	marked := strings.Replace(readSite(t, target, name), "</main>", "<!-- old --></main>", 1)
	if err := os.WriteFile(filepath.Join(target, filepath.FromSlash(name)), []byte(marked), 0o644); err != nil {
		t.Fatal(err)
	}
	opt := options()
	opt.Software = "another version"
	built(t, target, sitetest.Release(), opt)
	if readSite(t, target, name) != marked {
		t.Error("a pinned page of the same release was made again")
	}
	_, other := later() // other checksums under the same id
	built(t, target, sitetest.Release(), other)
	if readSite(t, target, name) == marked {
		t.Error("a page pinned from other bytes was kept")
	}
}

func TestAFrameIsHighEnoughForItsText(t *testing.T) {
	w, err := sitetest.Pages(context.Background(), sitetest.Release(), catalogue(t, "it"))
	if err != nil {
		t.Fatal(err)
	}
	short := w[0].Sections[0].Figures[0]
	long := short
	long.Notes = slices.Repeat([]string{strings.Repeat("una nota lunga ", 20)}, 2)
	if a, b := frameHeight(short), frameHeight(long); a < 300 || b < a+150 {
		t.Errorf("heights %d and, with two long notes, %d", a, b)
	}
}

func catalogue(t *testing.T, lang string) *words.Catalogue {
	t.Helper()
	w, err := words.Load(lang)
	if err != nil {
		t.Fatal(err)
	}
	return w
}
