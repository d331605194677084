package warehouse

import "golang.org/x/sys/unix"

// bounded tells whether the kernel bounds what this process may map.
func bounded() bool {
	for _, resource := range []int{unix.RLIMIT_DATA, unix.RLIMIT_AS} {
		var bound unix.Rlimit
		if err := unix.Getrlimit(resource, &bound); err != nil || bound.Cur != unix.RLIM_INFINITY {
			return true
		}
	}
	return false
}
