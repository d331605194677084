package schedule

import (
	"bytes"
	"strings"
	"testing"
)

func TestWhatRunsSaySideBySideIsHandedOnLineByLine(t *testing.T) {
	var log bytes.Buffer
	first, second := &tail{to: &log}, &tail{to: &log}
	for _, piece := range []struct {
		of   *tail
		text string
	}{{first, "a long "}, {second, "another\nand "}, {first, "line\nthe"}, {second, "its end\n"}, {first, " last"}} {
		if n, err := piece.of.Write([]byte(piece.text)); n != len(piece.text) || err != nil {
			t.Fatalf("%q: %d bytes, %v", piece.text, n, err)
		}
	}
	if got := first.lines(); strings.Join(got, "|") != "a long line|the last" {
		t.Errorf("kept %q", got)
	}
	if want := "another\na long line\nand its end\nthe last\n"; log.String() != want {
		t.Errorf("handed on %q, want %q", log.String(), want)
	}
}

func TestALineWithoutEndIsHandedOnInPieces(t *testing.T) {
	var log bytes.Buffer
	said := &tail{to: &log}
	for range 100 {
		said.Write(bytes.Repeat([]byte("x"), 4096))
	}
	if log.Len() < 5*maxLine || len(said.line) > maxLine {
		t.Errorf("%d bytes handed on, %d held: want no more than %d held", log.Len(), len(said.line), maxLine)
	}
}
