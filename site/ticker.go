package site

import "sync"

// newTicker returns a function to call after each of n steps; it reports at
// every hundredth of the way and at the end.
func newTicker(n int, report func(done int)) func() {
	var mu sync.Mutex
	done, every := 0, max(1, n/100)
	return func() {
		mu.Lock()
		defer mu.Unlock()
		done++
		if done%every == 0 || done == n {
			report(done)
		}
	}
}
