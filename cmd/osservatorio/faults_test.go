package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"

	"osservatorio/queries/release"
)

// faulty is an instance that has published one release and has a delivery in its
// inbox, and the table of what was done to copies of it.
type faulty struct {
	*tortured
	table [][3]string
}

// copy is the same instance elsewhere, in a folder of its own or in to.
func (f *faulty) copy(t *testing.T, to string) *tortured {
	t.Helper()
	x := *f.tortured
	x.t, x.dir = t, to
	if to == "" {
		x.dir = t.TempDir()
	}
	must(t, os.CopyFS(x.dir, os.DirFS(f.dir)))
	config := filepath.Join(x.dir, "osservatorio.toml")
	text, err := os.ReadFile(config)
	must(t, err)
	must(t, os.WriteFile(config, bytes.ReplaceAll(text, []byte(f.dir), []byte(x.dir)), 0o600))
	return &x
}

func (f *faulty) tell(fault string, times int, outcome string) {
	f.table = append(f.table, [3]string{fault, fmt.Sprint(times), outcome})
}

// says runs a verb and returns its exit code and all it said.
func (x *tortured) says(verb string) (code int, said string) {
	c := x.command(verb)
	out, _ := c.CombinedOutput()
	return c.ProcessState.ExitCode(), string(out)
}

// fails runs a verb that must fail as the operator is told in words: one of the
// codes, one of the texts, and no trace of the program's inside.
func (x *tortured) fails(verb string, codes []int, want ...string) {
	x.t.Helper()
	code, said := x.says(verb)
	x.mustTell(verb, code, said, codes, want...)
}

func (x *tortured) mustTell(verb string, code int, said string, codes []int, want ...string) {
	x.t.Helper()
	if !slices.Contains(codes, code) || !strings.Contains(said, "osservatorio: ") && len(want) > 0 || regexp.MustCompile(`goroutine \d|panic:|\.go:\d`).MatchString(said) {
		x.t.Errorf("%s: exit code %d, want one of %v and words: %s", verb, code, codes, said)
	}
	if len(want) > 0 && !slices.ContainsFunc(want, func(w string) bool { return strings.Contains(said, w) }) {
		x.t.Errorf("%s does not say any of %q: %s", verb, want, said)
	}
}

// afterwards holds an instance to what must hold while a fault is there, or when
// it has just gone: nothing delivered is lost or twice, releases and sites whole.
func (x *tortured) afterwards(when string, before look) {
	x.t.Helper()
	allWhole(x.t, x.dir)
	x.count(when, x.delivered-1, x.delivered)
	x.look().mustBeOf(x.t, when, before, before)
}

// finish does the rest of the month and holds it to its end.
func (x *tortured) finish(verbs ...string) {
	x.t.Helper()
	for _, verb := range verbs {
		x.whole(verb)
	}
	x.count("all was well again", x.delivered, x.delivered)
	allWhole(x.t, x.dir)
}

func TestFaultsLoseAndDoubleNothing(t *testing.T) {
	t.Parallel()
	x := &tortured{t: t, killer: newKiller(t, "")}
	x.anew()
	for _, verb := range torturedMonth {
		if verb == "ingest" {
			x.deliver()
		}
		x.whole(verb)
	}
	x.months++
	x.deliver()
	if t.Failed() {
		return
	}
	f := &faulty{tortured: x}
	faults := map[string]func(*testing.T, *faulty){
		"disk full": diskFull, "read-only folder": readOnly, "out of memory": outOfMemory, "database file": badDatabase, "release file": badRelease,
		"clock": clockJumps, "power cut": powerCut, "two at once": twoAtOnce, "server": badServers,
	}
	for _, name := range slices.Sorted(maps.Keys(faults)) { // in one order, for one seed
		t.Run(name, func(t *testing.T) { faults[name](t, f) })
	}
	slices.SortStableFunc(f.table, func(a, b [3]string) int { return strings.Compare(a[0], b[0]) })
	var out bytes.Buffer
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\nFAULT\tTIMES\tOUTCOME")
	for _, row := range f.table {
		fmt.Fprintln(w, strings.Join(row[:], "\t"))
	}
	must(t, w.Flush())
	t.Log(out.String())
}

// diskFull puts an instance on a disk that has little more room than it takes.
func diskFull(t *testing.T, f *faulty) {
	dir := t.TempDir()
	mount := func(options string) error {
		return exec.Command("mount", "-t", "tmpfs", "-o", options, "tmpfs", dir).Run()
	}
	if os.Getuid() != 0 || mount("size=256m") != nil {
		f.tell("disk full", 0, "not tried: no right to mount a small disk")
		return
	}
	t.Cleanup(func() { exec.Command("umount", "-l", dir).Run() })
	x := f.copy(t, filepath.Join(dir, "instance"))
	room := func(spare int64) {
		t.Helper()
		size := fmt.Sprintf("remount,size=%d", 256<<20)
		if spare >= 0 {
			size = fmt.Sprintf("remount,size=%d", taken(t, dir)+spare)
		}
		must(t, mount(size))
	}
	full := 0
	for _, verb := range torturedMonth[2:] {
		before := x.look()
		spares := []int64{0, 96 << 10, 1 << 20}
		if verb == "release" || verb == "build" { // which take long
			spares = spares[1:2]
		}
		for _, spare := range spares {
			room(spare)
			code, said := x.says(verb)
			room(-1)
			if code != exitDone {
				full++
				x.mustTell(verb, code, said, []int{exitFault}, "no space left", "No space left", "not enough disk space")
			}
			allWhole(t, x.dir)
			x.count("a full disk in "+verb, x.delivered-1, x.delivered)
		}
		between := x.look()
		x.whole(verb)
		x.count(verb+" with room again", x.delivered, x.delivered)
		between.mustBeOf(t, verb+" without room", before, x.look())
	}
	x.published(x.look())
	f.tell("disk full", full, "told, nothing lost; goes on with room")
	if full < 4 {
		t.Errorf("the disk was full in %d commands only", full)
	}
}

// taken is how many bytes the files of a folder take, in pages.
func taken(t *testing.T, dir string) (sum int64) {
	t.Helper()
	seen := map[any]bool{}
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if file := inode(info); !seen[file] { // a file that two sites have takes room once
			seen[file] = true
			sum += (info.Size() + 4095) &^ 4095
		}
		return nil
	}))
	return sum
}

// locked keeps a folder from being written until the returned func is called:
// for root, whom modes do not bind, by an attribute.
func locked(t *testing.T, dir string) func() {
	t.Helper()
	if os.Getuid() == 0 {
		if exec.Command("chattr", "+i", dir).Run() != nil {
			return nil
		}
		unlock := sync.OnceFunc(func() { exec.Command("chattr", "-i", dir).Run() })
		t.Cleanup(unlock)
		return unlock
	}
	must(t, os.Chmod(dir, 0o500))
	unlock := sync.OnceFunc(func() { os.Chmod(dir, 0o700) })
	t.Cleanup(unlock)
	return unlock
}

// readOnly locks, one after the other, the folders that a command writes to.
func readOnly(t *testing.T, f *faulty) {
	x := f.copy(t, "")
	times := 0
	for _, c := range []struct{ verb, folder string }{
		{"ingest", "archive/co/all"}, {"ingest", ""}, {"ingest", "."}, {"ingest", ""}, {"release", "releases"}, {"release", ""}, {"build", "."}, {"build", ""}, {"publish", "."}, {"publish", "bucket"}, {"publish", ""},
	} {
		if c.folder == "" {
			x.whole(c.verb)
			x.count(c.verb+" that can write", x.delivered, x.delivered)
			continue
		}
		if c.verb == "ingest" && times > 0 {
			x.deliver()
		}
		before := x.look()
		unlock := locked(t, filepath.Join(x.dir, c.folder))
		if unlock == nil {
			f.tell("read-only folder", 0, "not tried: this disk knows no such attribute")
			return
		}
		x.fails(c.verb, []int{exitFault}, "permission denied", "operation not permitted", "Permission denied", "Operation not permitted")
		unlock()
		times++
		allWhole(t, x.dir)
		x.count("a locked "+c.folder, x.delivered-1, x.delivered)
		if c.folder != "bucket" { // which is brought to the new site a folder at a time
			x.look().mustBeOf(t, c.verb, before, before)
		}
	}
	x.count("all was well again", x.delivered, x.delivered)
	x.published(x.look())
	f.tell("read-only folder", times, "told, nothing lost; goes on when it can write")
}

// outOfMemory gives the database less than it needs, and a run less than it takes.
func outOfMemory(t *testing.T, f *faulty) {
	x := f.copy(t, "")
	config := filepath.Join(x.dir, "osservatorio.toml")
	text, err := os.ReadFile(config)
	must(t, err)
	before, times := x.look(), 0
	for _, c := range []struct{ verb, memory string }{{"ingest", "1MB"}, {"release", "1MB"}, {"release", "6MB"}} {
		must(t, os.WriteFile(config, bytes.Replace(text, []byte("[limits]\n"), []byte("[limits]\nmemory = \""+c.memory+"\"\n"), 1), 0o600))
		x.fails(c.verb, []int{exitFault}, "emory")
		times++
		x.afterwards("too little memory for "+c.verb, before)
	}
	f.tell("out of memory: database", times, "told, nothing lost; goes on with more")
	must(t, os.WriteFile(config, append(text, "\n[[job]]\nname = \"load\"\ncron = \"30 6 29 2 *\"\nverb = \"ingest\"\nmemory = \"30MB\"\n"...), 0o600))
	killed := child(t, x.dir, "job", "run", "load")
	said, _ := killed.CombinedOutput()
	x.mustTell("job run", killed.ProcessState.ExitCode(), string(said), []int{exitFault}, "it held more than 30 MB of memory")
	x.afterwards("a run that was killed for its memory", before)
	f.tell("out of memory: run", 1, "killed, told, nothing lost; goes on with more")
	must(t, os.WriteFile(config, text, 0o600))
	x.finish("ingest")
}

// badDatabase changes bytes of the database file, cuts it, and takes it away.
func badDatabase(t *testing.T, f *faulty) {
	x := f.copy(t, "")
	file := filepath.Join(x.dir, "warehouse.duckdb")
	good, err := os.ReadFile(file)
	must(t, err)
	refused, unharmed := 0, 0
	damage := map[string][]byte{"half": good[:len(good)/2], "nothing": {}, "zeros": make([]byte, len(good)), "text": []byte(strings.Repeat("no database\n", 1000))}
	for n := range 12 {
		bad := bytes.Clone(good)
		for i := range 64 {
			bad[(n*len(good)/12+x.random.IntN(len(good)/12)+i)%len(good)] ^= 0xff
		}
		damage[fmt.Sprintf("bytes %d", n)] = bad
	}
	before := x.look()
	for _, name := range slices.Sorted(maps.Keys(damage)) {
		must(t, os.WriteFile(file, damage[name], 0o600))
		os.Remove(file + ".wal")
		code, said := x.says("ingest")
		if code == exitDone { // none of what was changed was in use
			unharmed++
			x.finish()
			must(t, os.RemoveAll(filepath.Join(x.dir, "inbox")))
			must(t, os.CopyFS(filepath.Join(x.dir, "inbox"), os.DirFS(filepath.Join(f.dir, "inbox"))))
		} else {
			refused++
			x.mustTell("ingest with "+name, code, said, []int{exitFault}, "→ ")
		}
		must(t, os.WriteFile(file, good, 0o600))
		os.Remove(file + ".wal")
		x.afterwards("a database with "+name, before)
	}
	f.tell("corrupted database file", len(damage), fmt.Sprintf("%d refused in words, %d not in use and without effect; as before with the file of the backup", refused, unharmed))
	x.finish("ingest")
	if refused < 6 {
		t.Errorf("only %d were refused", refused)
	}
}

// badRelease changes one byte in each of the files of the release that stands.
func badRelease(t *testing.T, f *faulty) {
	x := f.copy(t, "")
	folders, err := filepath.Glob(filepath.Join(x.dir, "releases", "[0-9]*"))
	must(t, err)
	var names []string
	must(t, fs.WalkDir(os.DirFS(folders[0]), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, name)
		}
		return err
	}))
	x.whole("ingest") // there is something to release
	before, built := x.look(), 0
	for n, name := range names {
		file := filepath.Join(folders[0], name)
		good, err := os.ReadFile(file)
		must(t, err)
		if len(good) == 0 {
			continue
		}
		bad := bytes.Clone(good)
		bad[x.random.IntN(len(bad))] ^= 1
		must(t, os.WriteFile(file, bad, 0o600))
		if _, err := release.Verify(t.Context(), folders[0], nil); err == nil {
			t.Errorf("%s changed: the release is still taken for whole", name)
		}
		if n%(len(names)/3+1) == 0 || name == "release.json" || name == "SHA256SUMS" {
			built++
			x.fails("release", []int{exitFault, exitTampered}, "→ ")
			x.look().mustBeOf(t, "release from a changed one", before, before)
		}
		must(t, os.WriteFile(file, good, 0o600))
	}
	x.afterwards("changed releases", before)
	x.finish()
	f.tell("corrupted release file", len(names), fmt.Sprintf("all found by verify; the next release refused (%d tried), the public site stays", built))
}
