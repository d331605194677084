package site

import (
	"runtime/debug"
	"testing"
)

func TestABuildLeavesTheCollectorAsItWas(t *testing.T) {
	percent, bytes := debug.SetGCPercent(150), debug.SetMemoryLimit(5<<30)
	defer debug.SetGCPercent(percent)
	defer debug.SetMemoryLimit(bytes)
	Roomy()()
	if got := debug.SetGCPercent(150); got != 150 {
		t.Errorf("collects at %d %%, want 150 as before", got)
	}
	if got := debug.SetMemoryLimit(-1); got != 5<<30 {
		t.Errorf("limit %d bytes, want 5 GiB as before", got)
	}
}
