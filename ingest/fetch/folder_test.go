package fetch

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// put writes a file of an invented inbox.
func put(t *testing.T, dir, name, content string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func day(text string) time.Time {
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return at
}

const usual = "{source}_{period}_{issued}.csv"

func TestAPatternTellsPeriodAndIssue(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{
		"services_2026-Q3_2026-10-15.csv", "services_2026-02_2026-03-01.csv.gz", "services_2024_2025-01-10.csv",
		"services_2026-09-30_2026-10-01.csv.zst", "services_all_2020-01-01.csv",
		"agreements_2026-Q3_2026-10-15.csv", "notes.md", ".services_2026-Q3_2026-10-15.csv",
	} {
		put(t, dir, name, "a\n1\n")
	}
	files, err := Folder(t.Context(), Request{Dir: dir, Pattern: usual, Source: "services"})
	if err != nil {
		t.Fatal(err)
	}
	want := []File{
		{Period: "all", IssuedAt: day("2020-01-01")},
		{Period: "2024", PeriodFrom: day("2024-01-01"), PeriodTo: day("2025-01-01"), IssuedAt: day("2025-01-10")},
		{Period: "2026-02", PeriodFrom: day("2026-02-01"), PeriodTo: day("2026-03-01"), IssuedAt: day("2026-03-01")},
		{Period: "2026-09-30", PeriodFrom: day("2026-09-30"), PeriodTo: day("2026-10-01"), IssuedAt: day("2026-10-01")},
		{Period: "2026-Q3", PeriodFrom: day("2026-07-01"), PeriodTo: day("2026-10-01"), IssuedAt: day("2026-10-15")},
	}
	if len(files) != len(want) {
		t.Fatalf("%d files: %v", len(files), files)
	}
	for i, f := range files {
		w := want[i]
		if f.Period != w.Period || !f.PeriodFrom.Equal(w.PeriodFrom) || !f.PeriodTo.Equal(w.PeriodTo) || !f.IssuedAt.Equal(w.IssuedAt) || f.Mode != "full" || f.Bytes != 4 {
			t.Errorf("got %+v, want %+v", f, w)
		}
	}
}

func TestAManifestOutranksTheName(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "x.csv", "a\n1\n")
	put(t, dir, "x.csv"+ManifestSuffix, `{"source":"services","period":"2026-09","issued_at":"2026-10-02T08:00:00+02:00","mode":"incremental","synthetic":true}`)
	put(t, dir, "services_2026-Q3_2026-10-15.csv", "a\n1\n")
	put(t, dir, "services_2026-Q3_2026-10-15.csv"+ManifestSuffix, `{"source":"agreements","period":"2026-Q3","issued_at":"2026-10-15"}`)
	files, err := Folder(t.Context(), Request{Dir: dir, Pattern: usual, Source: "services"})
	if err != nil || len(files) != 1 {
		t.Fatalf("%v %v", files, err)
	}
	f := files[0]
	if f.Base != "x.csv" || f.Mode != "incremental" || !f.Synthetic || f.IssuedAt.Format(time.RFC3339) != "2026-10-02T06:00:00Z" {
		t.Errorf("%+v", f)
	}
}

func TestTheConfigurationSpeaksForFilesThatDoNot(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "tables/tab_2_1_long.csv", "a\n1\n")
	r := Request{Dir: dir, Path: "tables/tab_2_1_long.csv", Source: "gol", Period: "all", IssuedAt: day("2026-01-31")}
	files, err := Folder(t.Context(), r)
	if err != nil || len(files) != 1 || files[0].Period != "all" || !files[0].PeriodTo.IsZero() || !files[0].IssuedAt.Equal(r.IssuedAt) {
		t.Errorf("%+v %v", files, err)
	}
	r.IssuedAt = time.Time{}
	_, err = Folder(t.Context(), r)
	if err == nil || !strings.Contains(err.Error(), "manifest") || !strings.Contains(err.Error(), "pattern") {
		t.Errorf("without a date of issue: %v", err)
	}
}

func TestWhatAFolderMayNotHoldIsNamed(t *testing.T) {
	for name, c := range map[string]struct {
		make func(dir string)
		r    Request
		says string
	}{
		"a folder for a file": {func(dir string) { put(t, dir, "services_2026-Q3_2026-10-15.csv/part", "x") }, Request{Pattern: usual}, "is a folder"},
		"a folder by name":    {func(dir string) { put(t, dir, "x.csv/part", "x") }, Request{Path: "x.csv"}, "is a folder"},
		"no such file":        {func(string) {}, Request{Path: "x.csv"}, "no such file"},
		"no fifth quarter":    {func(dir string) { put(t, dir, "services_2026-Q5_2026-10-15.csv", "x") }, Request{Pattern: usual}, periodForms},
		"no 30 February":      {func(dir string) { put(t, dir, "services_2026-Q3_2026-02-30.csv", "x") }, Request{Pattern: usual}, "YYYY-MM-DD"},
		"up and away":         {func(string) {}, Request{Path: "../x.csv"}, "leads out"},
		"a path in a pattern": {func(string) {}, Request{Pattern: "../{source}.csv"}, "has a path"},
		"an unknown mark":     {func(string) {}, Request{Pattern: "{region}.csv"}, "{period}"},
		"a manifest's typo": {func(dir string) {
			put(t, dir, "x.csv", "x")
			put(t, dir, "x.csv"+ManifestSuffix, `{"sorce":"services"}`)
		}, Request{}, "sorce"},
		"a link out":        {func(dir string) { link(t, "/etc/hostname", filepath.Join(dir, "services_2026-Q3_2026-10-15.csv")) }, Request{Pattern: usual}, "leads out"},
		"a folder link out": {func(dir string) { link(t, "/etc", filepath.Join(dir, "in")) }, Request{Path: "in"}, "leads out"},
		"a manifest link out": {func(dir string) {
			put(t, dir, "x.csv", "x")
			link(t, "/etc/hostname", filepath.Join(dir, "x.csv"+ManifestSuffix))
		}, Request{}, "leads out"},
		"a dangling link": {func(dir string) {
			link(t, filepath.Join(dir, "gone"), filepath.Join(dir, "services_2026-Q3_2026-10-15.csv"))
		}, Request{Pattern: usual}, "no such file"},
		"another mode": {func(string) {}, Request{Mode: "partial"}, "full or incremental"},
	} {
		t.Run(name, func(t *testing.T) {
			c.r.Dir, c.r.Source = t.TempDir(), "services"
			c.make(c.r.Dir)
			files, err := Folder(t.Context(), c.r)
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v %v, want a word of %q", files, err, c.says)
			}
		})
	}
}

func link(t *testing.T, to, at string) {
	t.Helper()
	if err := os.Symlink(to, at); err != nil {
		t.Fatal(err)
	}
}

func TestOneBadFileDoesNotHideTheGoodOnes(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "services_2026-Q3_2026-10-15.csv", "a\n")
	put(t, dir, "services_2026-Q9_2026-10-15.csv", "a\n")
	files, err := Folder(t.Context(), Request{Dir: dir, Pattern: usual, Source: "services"})
	if len(files) != 1 || err == nil {
		t.Errorf("%v %v", files, err)
	}
}

func TestALinkWithinTheFolderIsFollowed(t *testing.T) {
	dir := t.TempDir()
	real := put(t, dir, "store/x.csv", "a\n1\n")
	link(t, real, filepath.Join(dir, "services_2026-Q3_2026-10-15.csv"))
	files, err := Folder(t.Context(), Request{Dir: dir, Pattern: usual, Source: "services"})
	if err != nil || len(files) != 1 || filepath.Base(files[0].Path) != "x.csv" || files[0].Base != "services_2026-Q3_2026-10-15.csv" {
		t.Errorf("%+v %v", files, err)
	}
}

func TestEveryRefusalOfAFolderHasAPlace(t *testing.T) {
	_, err := Folder(t.Context(), Request{Dir: filepath.Join(t.TempDir(), "none"), Source: "services"})
	var r *Refusal
	if !errors.As(err, &r) || r.Path == "" || r.Hint() == "" {
		t.Errorf("got %v", err)
	}
}

func FuzzManifest(f *testing.F) {
	f.Add(`{"source":"services","period":"2026-Q3","issued_at":"2026-10-15","mode":"full","synthetic":false}`)
	f.Add(`{"source":"s","period":"all","issued_at":"2026-10-15T00:00:00Z"}`)
	f.Add(`{"source":"s","period":"2026-02-30","issued_at":"0000-00-00"}{}`)
	f.Add(`[]`)
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseManifest(strings.NewReader(text))
		if err != nil {
			return
		}
		from, to, err := ParsePeriod(s.Period)
		if err != nil || s.Source == "" || s.IssuedAt.IsZero() && !strings.Contains(text, "0001") || s.Mode != "full" && s.Mode != "incremental" {
			t.Errorf("accepted %q as %+v", text, s)
		}
		if s.Period != "all" && !from.Before(to) {
			t.Errorf("period %q from %s to %s", s.Period, from, to)
		}
	})
}

func FuzzPattern(f *testing.F) {
	f.Add(usual, "services", "services_2026-Q3_2026-10-15.csv")
	f.Add("*{period}*", "a.b", "xx2026yy.gz")
	f.Add("{source}{source}", "[", "[[")
	f.Add("{issued}_(", "", "2026-01-01_(")
	f.Fuzz(func(t *testing.T, pattern, source, name string) {
		p, err := CompilePattern(pattern, source)
		if err != nil {
			return
		}
		period, issued, ok := p.parts(name)
		if !ok && period+issued != "" {
			t.Errorf("no match, but %q and %q", period, issued)
		}
		if strings.ContainsAny(period+issued, `/\.`) {
			t.Errorf("path parts in %q or %q", period, issued)
		}
	})
}
