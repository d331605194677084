package serve

import (
	"os"
	"runtime"
	"runtime/debug"
)

// garbagePercent is how much a process that only serves may let its memory grow
// before it is collected: requests leave little, files are kept apart.
const garbagePercent = 400

// FitProcess fits the process to nothing but serving. One processor of several is
// left to the system, which sends what is answered, and to the scheduler's jobs: a
// server with as many threads as processors waits for a whole turn of theirs.
// The environment's GOMAXPROCS goes before.
func FitProcess() {
	debug.SetGCPercent(garbagePercent)
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(processors(runtime.GOMAXPROCS(0)))
	}
}

// processors is how many of those there are answer requests.
func processors(there int) int { return max(1, there-1) }
