package glpk

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// end is one end of an interval.
type end struct {
	value float64
	open  bool // there is none
}

// undecided says that the solver gave no answer: its presolver stops without
// telling an impossible question from an open one.
var errUndecided = errors.New("the solver gives no answer")

// read takes the end of an interval from a solution file of glpsol (option
// --write, GLPK 4.58 and later): lines that begin with s hold the kind of
// solution, sizes, statuses and the value.
func read(r io.Reader) (end, error) {
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		fields := strings.Fields(lines.Text())
		if len(fields) == 0 || fields[0] != "s" {
			continue
		}
		found, err := status(fields[1:])
		if err != nil && !errors.Is(err, errUndecided) {
			return end{}, fmt.Errorf("read solution: line %d: %w", n, err)
		}
		return found, err
	}
	if err := lines.Err(); err != nil {
		return end{}, fmt.Errorf("read solution: %w", err)
	}
	return end{}, errors.New("read solution: no line of the solution's status: the file that glpsol 4.58 or later writes expected")
}

// status reads what follows the letter s: "bas rows columns primal dual value"
// or "mip rows columns status value".
func status(fields []string) (end, error) {
	if len(fields) < 1 {
		return end{}, errors.New("empty status: bas or mip expected")
	}
	switch {
	case fields[0] == "bas" && len(fields) == 6:
		return basic(fields[3], fields[4], fields[5])
	case fields[0] == "mip" && len(fields) == 5:
		return whole(fields[3], fields[4])
	}
	return end{}, fmt.Errorf("status %q: bas with five fields or mip with four expected", strings.Join(fields, " "))
}

func basic(primal, dual, value string) (end, error) {
	switch {
	case primal == "f" && dual == "f":
		return number(value)
	case primal == "f" && dual == "n":
		return end{open: true}, nil
	case primal == "n":
		return end{}, errors.New("no table fits: tables that add up expected")
	}
	return end{}, errUndecided
}

func whole(status, value string) (end, error) {
	switch status {
	case "o":
		return number(value)
	case "n":
		return end{}, errors.New("no table of whole numbers fits: tables that add up expected")
	}
	return end{}, errUndecided
}

func number(field string) (end, error) {
	x, err := strconv.ParseFloat(field, 64)
	if err != nil || math.IsNaN(x) || math.Abs(x) > 1<<53 {
		return end{}, fmt.Errorf("value %q: a count expected", field)
	}
	return end{value: x}, nil
}
