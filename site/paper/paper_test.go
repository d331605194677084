package paper

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestAPageGivesTheSameTaggedFileTwice(t *testing.T) {
	p, err := New(t.Context(), "2026-09-30")
	if errors.Is(err, ErrNoBrowser) {
		t.Skip("Chromium not here: apt-get install --no-install-recommends chromium")
	}
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<!DOCTYPE html><html lang="it"><title>Prova</title><h1>Una pagina</h1><p>Testo.</p></html>`)
	}))
	defer s.Close()
	first, err := p.PDF(t.Context(), s.URL)
	if err != nil {
		t.Fatal(err)
	}
	again, err := p.PDF(t.Context(), s.URL)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, again) {
		t.Error("the same page gave two different files")
	}
	for _, want := range []string{"%PDF-", "/CreationDate (D:20260930000000+00'00')", "/MarkInfo", "/StructTreeRoot"} {
		if !strings.Contains(string(first), want) {
			t.Errorf("no %s in the file", want)
		}
	}
}

func TestAFileWithoutItsDatesIsRefused(t *testing.T) {
	if _, err := date([]byte("%PDF-1.4 /CreationDate (D:2026)"), "2026-09-30"); err == nil {
		t.Error("a date of another length was overwritten")
	}
	if _, err := date([]byte("%PDF-1.4"), "2026-09-30"); err == nil {
		t.Error("a file without dates passed")
	}
}
