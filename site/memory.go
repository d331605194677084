package site

import "runtime/debug"

const (
	// garbagePercent is how much memory may grow before it is collected: a build
	// leaves much behind and keeps little of it.
	garbagePercent = 400
	// garbageBytes is where that ends: a build is to fit beside others in 1 GB.
	garbageBytes = 750 << 20
)

// Roomy lets the process collect its garbage seldom while it builds: less
// processor time for more memory. What it returns sets
// everything back.
func Roomy() (back func()) {
	percent, bytes := debug.SetGCPercent(garbagePercent), debug.SetMemoryLimit(garbageBytes)
	return func() {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(bytes)
	}
}
