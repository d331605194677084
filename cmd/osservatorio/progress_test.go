package main

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"
)

func TestLongWorkTellsSizeAndTimeLeftWhereThereIsNoTerminal(t *testing.T) {
	var out bytes.Buffer
	p := newProgress(&out, slog.New(slog.NewTextHandler(&out, nil)))
	at := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	p.now = func() time.Time { return at }
	for second := range 100 {
		at = at.Add(time.Second)
		p.show("services fetch", int64(second)*10e6, 2e9)
	}
	if got := strings.Count(out.String(), "services fetch"); got != 3 {
		t.Errorf("%d lines in 100 seconds, want one each half minute:\n%s", got, out.String())
	}
	if !strings.Contains(out.String(), "MB=300 of=2000 left=2m50s") {
		t.Errorf("no size and time left:\n%s", out.String())
	}
	out.Reset()
	at = at.Add(time.Minute)
	p.show("services fetch", 5e9, 0)
	if !strings.Contains(out.String(), "MB=5000") || strings.Contains(out.String(), "left") {
		t.Errorf("of unknown size: %s", out.String())
	}
}

func TestATerminalShowsABarWithSizeAndTimeLeft(t *testing.T) {
	var out bytes.Buffer
	p := newProgress(&out, slog.New(slog.DiscardHandler))
	p.terminal = true
	for done := range int64(20) {
		p.show("services fetch", done*100e6, 2e9)
		time.Sleep(6 * time.Millisecond)
	}
	p.show("another fetch", 5e6, 0) // of unknown size
	p.end()
	if !strings.Contains(out.String(), "2.0 GB") || !strings.Contains(out.String(), "services fetch") {
		t.Errorf("%q", out.String())
	}
}
