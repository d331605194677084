package site

import "testing"

func TestATextOfTheHeadDoesNotBeginAsAnAddress(t *testing.T) {
	for text, want := range map[string]string{
		"Umbria: almeno una politica per il 77,5%":    "Umbria – almeno una politica per il 77,5%",
		"Valle d’Aosta: una politica per il 50%":      "Valle d’Aosta: una politica per il 50%",
		"Il 76,5% firma il patto: uno su quattro no.": "Il 76,5% firma il patto: uno su quattro no.",
		"Forlì: 3 su 4: pochi":                        "Forlì – 3 su 4: pochi",
	} {
		if got := asText(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
