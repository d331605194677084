package main

import (
	"os"
	"regexp"
	"testing"

	"osservatorio/queries/disclosure"
	"osservatorio/queries/release"
)

// TestEveryWordOfAnExplanationExists reads the keys off the sources: one that
// the catalogue lacks would print nothing.
func TestEveryWordOfAnExplanationExists(t *testing.T) {
	s, err := speak("it")
	must(t, err)
	var keys []string
	for _, file := range []string{"explain.go", "explainprint.go"} {
		source, err := os.ReadFile(file)
		must(t, err)
		for _, m := range regexp.MustCompile(`"(explain_[a-z_]+[a-z])"|line\("([a-z]+)"`).FindAllSubmatch(source, -1) {
			if key := string(m[1]); key != "" {
				keys = append(keys, key)
			} else {
				keys = append(keys, "explain_"+string(m[2]))
			}
		}
	}
	if len(keys) < 20 {
		t.Fatalf("only %d keys found in the sources", len(keys))
	}
	for _, kind := range []release.Kind{release.Rate, release.Count, release.Observation, release.Estimate} {
		keys = append(keys, "explain_kind_"+string(kind))
	}
	for _, status := range []release.Status{release.Normal, release.Provisional, release.SeriesBreak, release.LowReliability,
		release.CannotExist, release.Missing, release.Confidential, release.Status("X")} {
		keys = append(keys, "explain_"+published(disclosure.Cell{Computed: true, Requested: true, Status: status}))
	}
	for _, key := range append(keys, "explain_no_cell", "explain_not_asked", "explain_view", "explain_table", "explain_numerator", "explain_value", "explain_low", "explain_high") {
		if s[key] == "" {
			t.Errorf("%s: no such word", key)
		}
	}
}
