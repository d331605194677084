//go:build !linux

package warehouse

// bounded is told by no other system alike.
func bounded() bool { return true }
