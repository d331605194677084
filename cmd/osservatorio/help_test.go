package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the golden files anew (refused where CI is set)")

// helpOf is what a verb says of itself, or of the whole command for "".
func helpOf(t *testing.T, verb string) string {
	t.Helper()
	var out bytes.Buffer
	root := command(&app{stdout: &out, stderr: &out, now: time.Now})
	root.SetOut(&out)
	root.SetErr(&out)
	root.SetArgs(slices.DeleteFunc([]string{verb, "--help"}, func(s string) bool { return s == "" }))
	if err := root.Execute(); err != nil {
		t.Fatalf("%s --help: %v", verb, err)
	}
	return out.String()
}

// Help is an interface: operators and their scripts lean on flags, so a change
// of one must show in a file that somebody reads.
func TestEveryVerbSaysWhatItIsKnownToSay(t *testing.T) {
	if *update && os.Getenv("CI") != "" {
		t.Fatal("golden files are not rewritten where CI is set")
	}
	golden := filepath.Join("testdata", "help")
	verbs := []string{""}
	for _, c := range command(&app{}).Commands() {
		verbs = append(verbs, c.Name())
	}
	var files []string
	for _, verb := range verbs {
		file := verb + ".txt"
		if verb == "" {
			file = "osservatorio.txt"
		}
		files = append(files, file)
		got := helpOf(t, verb)
		if *update {
			must(t, os.WriteFile(filepath.Join(golden, file), []byte(got), 0o644))
			continue
		}
		want, err := os.ReadFile(filepath.Join(golden, file))
		if err != nil {
			t.Errorf("%v: go test ./cmd/osservatorio -run EveryVerbSays -update writes it", err)
		} else if got != string(want) {
			t.Errorf("%s --help is not testdata/help/%s (go test ./cmd/osservatorio -run EveryVerbSays -update):\n%s", verb, file, got)
		}
	}
	entries, err := os.ReadDir(golden)
	must(t, err)
	for _, e := range entries {
		if !slices.Contains(files, e.Name()) {
			t.Errorf("testdata/help/%s: no such verb", e.Name())
		}
	}
}
