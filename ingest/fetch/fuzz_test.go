package fetch

import (
	"bufio"
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// Whatever bytes a supplier sends: a table or a refusal of one line, never a
// panic, and nothing left in the work folder.
func FuzzSniffing(f *testing.F) {
	for _, seed := range []string{plainTable, "\xef\xbb\xbf" + plainTable, "Titolo\n\na;b\n1;2\nTotale;2\n", "a,b\n\"x\ny\",2\n", "PAR1", "PK\x03\x04", "\x1f\x8b", "{\"a\":1}\n",
		"\xff\xfea\x00,\x00b\x00\n\x00", "'a','b'\n'1','2'\n", "<?xml version=\"1.0\"?>", "{\"class\":\"dataset\"}", "a\tb\r\n1\t2\r\n", "\"", "\n", "a,,b\n"} {
		f.Add([]byte(seed), "", 0, 0, 0)
		f.Add([]byte(seed), ";", 1, 2, 1)
	}
	f.Add([]byte("Titolo;;2\n\n\na;b\n12\n"), ";", 1, 2, 1) // blank lines pinned as the header
	f.Fuzz(func(t *testing.T, content []byte, delimiter string, skip, header, footer int) {
		if len(content) > 1<<16 || skip < 0 || skip > 50 || header < 0 || header > 5 || footer < 0 || footer > 50 {
			t.Skip()
		}
		dir, temp := t.TempDir(), t.TempDir()
		path := filepath.Join(dir, "d.csv")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		table, err := Sniff(t.Context(), path, Want{Temp: temp, Dialect: Dialect{Delimiter: delimiter}, Layout: Layout{SkipRows: skip, HeaderRows: header, Footer: footer}, MaxBytes: 1 << 20})
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n\r") {
				t.Errorf("more than a line: %q", err)
			}
		} else {
			if len(table.Header) == 0 || table.HeaderLine() < 1 {
				t.Errorf("a table without a header: %+v", table)
			}
			if err := table.Close(); err != nil {
				t.Error(err)
			}
		}
		if left, _ := os.ReadDir(temp); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	})
}

// No name of a member leads out of the folder that it might be unpacked into.
func FuzzNamesOfMembers(f *testing.F) {
	for _, seed := range []string{"a.csv", "../a.csv", `..\a.csv`, "/etc/passwd", "C:x", "a/../../b", "", "a\x00b", "...", "a//b", "./x"} {
		f.Add(seed, uint32(0))
		f.Add(seed, uint32(fs.ModeSymlink))
	}
	f.Fuzz(func(t *testing.T, name string, mode uint32) {
		if unsafeMember(name, fs.FileMode(mode)) != "" {
			return
		}
		if fs.FileMode(mode)&fs.ModeSymlink != 0 {
			t.Error("a link is safe")
		}
		at := path.Join("/box", strings.ReplaceAll(name, `\`, "/"))
		if at != "/box" && !strings.HasPrefix(at, "/box/") {
			t.Errorf("%q leads to %s", name, at)
		}
		if got := told(name); len(got) > 90 || strings.ContainsAny(got, "\n\r") {
			t.Errorf("%q is told as %s", name, got)
		}
	})
}

// A text with backslashes comes out with its quotes in pairs of the kind that
// every reader knows, and otherwise as it was.
func FuzzBackslashes(f *testing.F) {
	f.Add([]byte(`"a\"b",c\d` + "\n"))
	f.Add([]byte(`\`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var out bytes.Buffer
		if _, err := out.ReadFrom(&doubler{r: bufio.NewReader(bytes.NewReader(text)), quote: '"'}); err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(text, []byte{'\\'}) && !bytes.Equal(out.Bytes(), text) {
			t.Errorf("%q became %q", text, out.Bytes())
		}
		if out.Len() > len(text) {
			t.Errorf("%q grew to %q", text, out.Bytes())
		}
	})
}

func TestALineThatNeverEndsIsRefusedInLittleMemory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "d.csv")
	if err := os.WriteFile(path, bytes.Repeat([]byte("x"), 8<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Sniff(t.Context(), path, Want{Temp: t.TempDir()})
	var r *Refusal
	if !errors.As(err, &r) || r.Where != "line 1" {
		t.Errorf("%v", err)
	}
}
