package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// shutDown is what makes an ext4 disk forget at once all that it was not told to
// hold, and its journal with it: what a machine without power does.
const (
	shutDown       = 0x8004587d // EXT4_IOC_SHUTDOWN
	withoutJournal = 2          // EXT4_GOING_FLAGS_NOLOGFLUSH
)

// disk is a small disk of its own, the power of which can be cut.
type disk struct {
	t          *testing.T
	image, dir string
}

// newDisk is nil where there is no right to have one.
func newDisk(t *testing.T) *disk {
	t.Helper()
	d := &disk{t, filepath.Join(t.TempDir(), "disk"), t.TempDir()}
	if runtime.GOOS != "linux" || os.Getuid() != 0 {
		return nil
	}
	must(t, os.WriteFile(d.image, nil, 0o600))
	must(t, os.Truncate(d.image, 512<<20))
	if exec.Command("mkfs.ext4", "-q", "-F", d.image).Run() != nil || d.mount() != nil {
		return nil
	}
	t.Cleanup(func() { exec.Command("umount", "-l", d.dir).Run() })
	return d
}

func (d *disk) mount() error { return exec.Command("mount", "-o", "loop", d.image, d.dir).Run() }

// held has the disk hold all that was written to it.
func (d *disk) held() {
	f, err := os.Open(d.dir)
	must(d.t, err)
	must(d.t, unix.Syncfs(int(f.Fd())))
	must(d.t, f.Close())
}

// off cuts the power: of this disk, and of no other.
func (d *disk) off() {
	d.t.Helper()
	f, err := os.Open(d.dir)
	must(d.t, err)
	var own, above unix.Stat_t
	must(d.t, unix.Fstat(int(f.Fd()), &own))
	must(d.t, unix.Stat(filepath.Dir(d.dir), &above))
	if own.Dev == above.Dev {
		d.t.Fatal("the disk is not mounted")
	}
	must(d.t, unix.IoctlSetPointerInt(int(f.Fd()), shutDown, withoutJournal))
	must(d.t, f.Close())
}

// on mounts the disk again as a machine does that starts, when nobody has a file
// of it open any more.
func (d *disk) on() {
	d.t.Helper()
	d.away()
	must(d.t, d.mount())
	if d.isOn() {
		return
	}
	// A container that began meanwhile has the mount too, so the kernel knows the
	// disk as the one that is off. What lies on it is the same in a copy.
	d.away()
	must(d.t, exec.Command("cp", "--sparse=always", d.image, d.image+"+").Run())
	d.image += "+"
	must(d.t, d.mount())
	if !d.isOn() {
		d.t.Fatal("the disk has no power")
	}
}

func (d *disk) away() {
	d.t.Helper()
	for range 500 {
		if exec.Command("umount", d.dir).Run() == nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	d.t.Fatal("the disk is still in use")
}

func (d *disk) isOn() bool {
	name := filepath.Join(d.dir, "power")
	return os.WriteFile(name, nil, 0o600) == nil && os.Remove(name) == nil
}

// powerCut cuts the power at random moments of each command, and just after it:
// what it tells to be done must stand on the disk, and what comes of it all is
// what comes of an instance that always had power.
func powerCut(t *testing.T, f *faulty) {
	d := newDisk(t)
	if d == nil {
		f.tell("power cut", 0, "not tried: no right to mount a disk")
		return
	}
	x, calm := f.copy(t, filepath.Join(d.dir, "instance")), f.copy(t, "")
	cuts := 0
	for _, verb := range torturedMonth[2:] {
		d.held()
		before := x.look()
		var between []look
		for range *powerCuts {
			x.cutOff(d, verb, x.random.Float64())
			cuts++
			allWhole(t, x.dir)
			x.count(fmt.Sprintf("the power was cut in %s", verb), x.delivered-1, x.delivered)
			between = append(between, x.look())
		}
		x.cutOff(d, verb, 10) // when it had just ended well
		cuts++
		x.whole(verb)
		x.count(verb+" with power again", x.delivered, x.delivered)
		calm.whole(verb)
		after, want := x.look(), calm.look()
		for _, was := range between {
			was.mustBeOf(t, verb+" without power", before, after)
		}
		for part, name := range map[string]string{"public": differs(after.public, want.public), "coming": differs(after.coming, want.coming), "carried": differs(after.bucket, want.bucket)} {
			if name != "" {
				t.Errorf("%s: the %s site has another %s than where the power stayed on", verb, part, name)
			}
		}
	}
	x.published(x.look())
	f.tell("power cut", cuts, "whole or as before, nothing lost; goes on with power")
}

// cutOff cuts the power when a command has had a part of the processor time that
// it takes, or has ended.
func (x *tortured) cutOff(d *disk, verb string, part float64) {
	c := x.command(verb)
	must(x.t, c.Start())
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	after := time.Duration(part * float64(x.costs[verb]))
	for spent(c.Process.Pid) <= after {
		select {
		case err := <-ended:
			ended <- err
			after = 0
		case <-time.After(time.Millisecond):
		}
	}
	d.off()
	c.Process.Kill()
	<-ended
	d.on()
}
