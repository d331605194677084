package release

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheLatestReleaseIsTheNewestThatStands(t *testing.T) {
	x, err := ReadIndex(t.TempDir())
	if err != nil || x.Latest != "" || len(x.Releases) != 0 {
		t.Fatalf("of no release: %+v, %v", x, err)
	}
	for _, id := range []string{"2026-10.2", "2026-10.10", "2026-10", "2026-11"} {
		x = x.With(Entry{ID: id})
	}
	if x.Latest != "2026-11" || x.Releases[0].ID != "2026-10" || x.Releases[2].ID != "2026-10.10" {
		t.Errorf("order: %+v", x)
	}
	x = x.With(Entry{ID: "2026-11", Withdrawn: &Withdrawal{On: "2026-11-22", Reason: "errore"}})
	if e, known := x.Entry("2026-11"); x.Latest != "2026-10.10" || len(x.Releases) != 4 || !known || e.Withdrawn == nil {
		t.Errorf("one withdrawn: %+v", x)
	}
}

func TestABrokenIndexIsTold(t *testing.T) {
	for _, c := range []struct{ claim, text, want string }{
		{"cut", `{"format": 1, "la`, "index.json"},
		{"an unknown key", `{"format": 1, "colour": "red"}`, `unknown field "colour"`},
		{"an id that is a path", `{"format": 1, "releases": [{"id": "../2026-10"}]}`, "expected the month of publication"},
		{"newer", `{"format": 2, "colour": "red"}`, "written by newer software"},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, IndexFile), []byte(c.text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadIndex(dir); err == nil || !strings.Contains(err.Error(), c.want) || errors.Is(err, ErrNewer) != (c.claim == "newer") {
			t.Errorf("%s: got %v", c.claim, err)
		}
	}
}
