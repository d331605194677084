package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the tests run this very program as a child process: in the
// stories of testdata/script, and where it is signalled or killed.
func TestMain(m *testing.M) {
	testscript.Main(tests{m}, map[string]func(){
		"osservatorio":    func() { os.Exit(Main(os.Args[1:], os.Stdout, os.Stderr)) },
		"osservatorio-at": func() { os.Exit(mainAt(os.Args[1], os.Args[2:])) },
	})
}

// mainAt is Main under a clock that stands still.
func mainAt(moment string, args []string) int {
	now, err := time.Parse(time.RFC3339, moment)
	if err != nil {
		return exitUsage
	}
	root := command(&app{stdout: os.Stdout, stderr: os.Stderr, now: func() time.Time { return now }})
	root.SetArgs(args)
	err = root.ExecuteContext(context.Background())
	if err != nil {
		report(os.Stderr, err)
	}
	return exitCode(err)
}

func TestStoriesOfTheCommandLineHold(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":   exits,
			"tiny":    tiny,
			"deliver": deliver,
			"replace": replace,
			"append":  appendFile,
			"utf16":   inUTF16,
			"hold":    hold,
		},
	})
}

// exits CODE ARGUMENT... runs osservatorio and holds it to the exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: exits CODE ARGUMENT...")
	}
	code := 0
	if err := ts.Exec("osservatorio", args[1:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("osservatorio: %v", err)
		}
		code = exit.ExitCode()
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}

// tiny DIR makes the instance of testdata/tiny in DIR.
func tiny(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.CopyFS(ts.MkAbs(args[0]), os.DirFS(tinyDir)))
}

// tinyDir is absolute: a story runs in a folder of its own.
var tinyDir, _ = filepath.Abs(filepath.Join("testdata", "tiny"))

// placementColumns are those of the contract, in its order.
const placementColumns = "event_id,relationship_id,person_id,employer_id,event,event_on,planned_end_on,contract,working_hours,transformation,cessation,sector,sector_version,occupation,occupation_version,workplace_comune,form,seasonal,corrects,cancelled,received_on"

// deliver FILE N [column=value...] writes a placements delivery of N good rows
// and, where changes are given, one row more that has them.
func deliver(ts *testscript.TestScript, _ bool, args []string) {
	rows, err := strconv.Atoi(args[1])
	ts.Check(err)
	text := placementColumns + "\n"
	for id := range rows {
		text += placementRow(id, nil)
	}
	if changes := args[2:]; len(changes) > 0 {
		text += placementRow(rows, changes)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

func placementRow(id int, changes []string) string {
	cells := map[string]string{
		"event_id": fmt.Sprintf("E%d", id), "relationship_id": fmt.Sprintf("R%d", id), "person_id": fmt.Sprintf("P%d", id),
		"employer_id": fmt.Sprintf("D%d", id), "event": "start", "event_on": "2026-07-01", "contract": "A.01.00", "workplace_comune": "037006",
		"form": "UNILAV", "cancelled": "false", "received_on": "2026-07-02",
	}
	for _, change := range changes {
		column, value, _ := strings.Cut(change, "=")
		cells[column] = value
	}
	var row []string
	for column := range strings.SplitSeq(placementColumns, ",") {
		row = append(row, cells[column])
	}
	return strings.Join(row, ",") + "\n"
}

// replace FILE OLD NEW changes every OLD of a file; there must be one.
func replace(ts *testscript.TestScript, _ bool, args []string) {
	before := ts.ReadFile(args[0])
	after := strings.ReplaceAll(before, args[1], args[2])
	if after == before {
		ts.Fatalf("no %q in %s", args[1], args[0])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(after), 0o600))
}

// append FILE OTHER adds the text of another file to a file.
func appendFile(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(ts.ReadFile(args[0])+"\n"+ts.ReadFile(args[1])), 0o600))
}

// utf16 FILE writes a file anew in UTF-16, little end first.
func inUTF16(ts *testscript.TestScript, _ bool, args []string) {
	wide := []byte{0xff, 0xfe}
	for _, unit := range utf16.Encode([]rune(ts.ReadFile(args[0]))) {
		wide = append(wide, byte(unit), byte(unit>>8))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), wide, 0o600))
}

// hold FILE takes the lock of an instance until the story ends, as another run would.
func hold(ts *testscript.TestScript, _ bool, args []string) {
	f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_CREATE|os.O_RDWR, 0o600)
	ts.Check(err)
	ts.Defer(func() { f.Close() })
	ts.Check(syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB))
	_, err = f.WriteString("process 4711, since 2026-11-22T06:30:00+01:00\n")
	ts.Check(err)
}

func TestEveryVerbOfTheReadmeExists(t *testing.T) {
	var verbs []string
	for _, c := range command(&app{}).Commands() {
		verbs = append(verbs, c.Name())
	}
	for _, file := range []string{"../../README.md", "../README.md", "examples/gol/README.md", "osservatorio.toml"} {
		text, err := os.ReadFile(file)
		must(t, err)
		for _, verb := range verbsIn(string(text)) {
			if !slices.Contains(verbs, verb) {
				t.Errorf("%s: osservatorio %s: no such verb", file, verb)
			}
		}
	}
	if n := len(verbsIn("```sh\nosservatorio init x\n./osservatorio frob\n```\n")); n != 2 {
		t.Errorf("%d verbs found where 2 are: this test sees nothing", n)
	}
}

// verbsIn finds the words that follow the program's name where a text shows a
// command line: at the beginning of a line, or in code.
func verbsIn(text string) []string {
	var verbs []string
	for line := range strings.Lines(text) {
		for _, start := range []string{"./osservatorio ", "`osservatorio ", ": osservatorio "} {
			if _, after, found := strings.Cut(line, start); found {
				verbs = append(verbs, firstWord(after))
			}
		}
		if after, found := strings.CutPrefix(strings.TrimLeft(line, "# "), "osservatorio "); found {
			verbs = append(verbs, firstWord(after))
		}
	}
	return slices.DeleteFunc(verbs, func(v string) bool { return v == "" || strings.HasPrefix(v, "-") || v == "…" })
}

func firstWord(s string) string {
	return strings.Trim(strings.SplitN(strings.TrimSpace(s), " ", 2)[0], "`.,;:)")
}
