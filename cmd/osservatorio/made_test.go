package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// What several tests begin with is made once, by the first that asks. Who
// changes it takes a copy.
type made[T any] struct {
	mu    sync.Mutex
	value T
	done  bool
}

// by returns what was made, and makes it if nobody did; a test that fails while
// making it leaves that to the next.
func (m *made[T]) by(make func() T) T {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.done {
		m.value = make()
		m.done = true
	}
	return m.value
}

// begun is the folder of what was made for several tests: it stays until all
// have ended.
var begun string

// tests are all tests of this package.
type tests struct{ *testing.M }

// Run makes the folder of begun things and takes it away.
func (all tests) Run() int {
	var err error
	if begun, err = os.MkdirTemp("", "osservatorio-begun-"); err != nil {
		panic(err) // no test could run without a folder for temporary files
	}
	defer os.RemoveAll(begun)
	return all.M.Run()
}

// sameAs is a copy of an instance: modes, times and links as they are.
func sameAs(t *testing.T, instance string) string {
	t.Helper()
	dir := t.TempDir()
	if said, err := exec.Command("cp", "-a", filepath.Clean(instance)+"/.", dir).CombinedOutput(); err != nil {
		t.Fatalf("copy %s: %v: %s", instance, err, said)
	}
	return dir
}
