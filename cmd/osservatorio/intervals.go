package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"osservatorio/queries/disclosure"
)

// allIntervals asks the interval attacker for every sensitive cell.
const allIntervals = "all"

// checkIntervals holds what was asked of the interval attacker to its form: "",
// "all" or how many cells.
func checkIntervals(asked string) error {
	if asked == "" || asked == allIntervals {
		return nil
	}
	if n, err := strconv.Atoi(asked); err != nil || n < 1 {
		return fmt.Errorf("%q: want %q or a number of cells", asked, allIntervals)
	}
	return nil
}

// intervals is how the interval attacker is asked, nil where it is not. Its
// files tell what is hidden: they lie beside the warehouse.
func (in *instance) intervals() (*disclosure.Intervals, error) {
	asked := in.Disclosure.Intervals
	if in.askedIntervals != "" {
		asked = in.askedIntervals
	}
	if asked == "" {
		return nil, nil
	}
	if !in.together() {
		return nil, withCode(exitUsage, errors.New("ask the interval attacker: together = false in [disclosure]: expected true, for nothing adds up over the views without it"))
	}
	program, err := exec.LookPath("glpsol")
	if err != nil {
		return nil, hinted(fmt.Errorf("ask the interval attacker: %w", err), "install GLPK's glpsol (Debian: glpk-utils), or do not ask for it")
	}
	scratch := filepath.Join(filepath.Dir(in.path(in.Paths.Warehouse)), ".intervals")
	if err := errors.Join(os.RemoveAll(scratch), os.MkdirAll(scratch, 0o700)); err != nil {
		return nil, err
	}
	sample, _ := strconv.Atoi(asked) // 0 of "all"
	return &disclosure.Intervals{Program: program, Sample: sample, Workers: max(1, in.Limits.Threads), Scratch: scratch, Timeout: 10 * time.Minute}, nil
}

// intervalsOf is what was asked of the interval attacker for a release that
// stands, by its disclosure.json.
func intervalsOf(folder string) (string, error) {
	raw, err := os.ReadFile(filepath.Join(folder, "disclosure.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	var said struct {
		Gate *struct {
			Interval json.RawMessage `json:"interval"`
		} `json:"gate"`
	}
	if err := json.Unmarshal(raw, &said); err != nil || said.Gate == nil {
		return "", err
	}
	var interval disclosure.IntervalReport
	if json.Unmarshal(said.Gate.Interval, &interval) != nil || interval.Attack != "passed" {
		return "", nil // of a time before it could be asked
	}
	if interval.Sample == 0 {
		return allIntervals, nil
	}
	return strconv.Itoa(interval.Sample), nil
}
