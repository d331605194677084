package schedule

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// CheckMemory tells whether a limit of memory can be held here.
func CheckMemory() error { return nil }

// ownGroup makes a process the leader of a group of its own, and has it asked
// to end when this one dies.
func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
}

// What a process may map beyond what it may hold: DuckDB and the Go runtime map
// much that they never touch, some 700 MB before the first row is read. It
// bounds what could be taken between two looks at the memory.
const (
	reserve      = 2       // times the limit
	reserveFixed = 2 << 30 // bytes
)

// limitProcess sets what the kernel itself holds a process to: no core file,
// which would have the data of persons in it; first to go when memory runs out;
// and, where memory has a limit, a bound of what it maps. A process that ended
// already has no limits to set.
func limitProcess(pid int, memory int64) {
	unix.Prlimit(pid, unix.RLIMIT_CORE, &unix.Rlimit{}, nil)
	os.WriteFile(fmt.Sprintf("/proc/%d/oom_score_adj", pid), []byte("500"), 0)
	if memory > 0 {
		bound := uint64(memory)*reserve + reserveFixed
		unix.Prlimit(pid, unix.RLIMIT_DATA, &unix.Rlimit{Cur: bound, Max: bound}, nil)
	}
}

// memoryOf adds up the memory that the processes of a group hold in bytes:
// what is theirs alone and what they share, without pages of files, which the
// kernel takes back when it needs them.
func memoryOf(group int) int64 {
	processes, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return 0
	}
	var sum int64
	for _, stat := range processes {
		if groupOf(stat) == group {
			sum += held(filepath.Join(filepath.Dir(stat), "status"))
		}
	}
	return sum
}

// groupOf reads the process group from /proc/N/stat: the third field after the
// name, which stands in brackets and may hold anything.
func groupOf(stat string) int {
	text, err := os.ReadFile(stat)
	if err != nil {
		return -1
	}
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	if len(fields) < 3 {
		return -1
	}
	group, err := strconv.Atoi(string(fields[2]))
	if err != nil {
		return -1
	}
	return group
}

func held(status string) (sum int64) {
	text, err := os.ReadFile(status)
	if err != nil {
		return 0
	}
	for line := range bytes.Lines(text) {
		fields := bytes.Fields(line)
		if len(fields) < 2 || !bytes.Equal(fields[0], []byte("RssAnon:")) && !bytes.Equal(fields[0], []byte("RssShmem:")) {
			continue
		}
		if kilobytes, err := strconv.ParseInt(string(fields[1]), 10, 64); err == nil {
			sum += kilobytes << 10
		}
	}
	return sum
}
