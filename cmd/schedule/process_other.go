//go:build !linux

package schedule

import (
	"errors"
	"syscall"
)

// CheckMemory tells whether a limit of memory can be held here.
func CheckMemory() error { return errors.New("a limit of memory is held on Linux only") }

func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

func limitProcess(int, int64) {}

func memoryOf(int) int64 { return 0 }
