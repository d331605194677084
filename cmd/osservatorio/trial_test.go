package main

import (
	"maps"
	"regexp"
	"slices"
	"testing"
)

func TestTheVerdictHasTheSameWordsInBothLanguages(t *testing.T) {
	it, err := speak("it")
	must(t, err)
	en, err := speak("en")
	must(t, err)
	if !slices.Equal(slices.Sorted(maps.Keys(it)), slices.Sorted(maps.Keys(en))) {
		t.Error("the keys differ")
	}
	hole := regexp.MustCompile(`\{[a-z]+\}`)
	for key := range it {
		if a, b := hole.FindAllString(it[key], -1), hole.FindAllString(en[key], -1); !slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))) {
			t.Errorf("%s: %v and %v", key, a, b)
		}
	}
}
