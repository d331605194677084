package glpk

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// end asks for the least or greatest value of an unknown. Where the presolver
// gives no answer, the solver is asked again without it.
func (w *worker) end(ctx context.Context, part, unknown int32, to direction) (end, error) {
	question, err := os.CreateTemp(w.dir, "*.lp")
	if err != nil {
		return end{}, fmt.Errorf("write question: %w", err)
	}
	defer os.Remove(question.Name())
	err = errors.Join(write(question, w.system, w.parts, part, unknown, to, w.Integer), question.Close())
	if err != nil {
		return end{}, fmt.Errorf("write question: %w", err)
	}
	for _, way := range w.ways(part) {
		found, err := w.ask(ctx, part, question.Name(), way...)
		if errors.Is(err, errUndecided) {
			continue
		}
		if err == nil && w.Integer && len(way) == 2 && !found.open {
			break // what holds for any number is not yet the end for whole ones
		}
		return found, err
	}
	return end{}, errUndecided
}

// ways is how the solver is called, until it gives an answer: from where it
// ended last, with its presolver, without it. For whole numbers last without
// their being whole: what then has no bound has none.
func (w *worker) ways(part int32) [][]string {
	ways := [][]string{nil, {"--nopresol"}}
	if w.Integer {
		return append(ways, []string{"--nopresol", "--nomip"})
	}
	if last, ok := w.basis[part]; ok {
		return append([][]string{{"--ini", last}}, ways...)
	}
	return ways
}

// ask runs the solver once, and keeps where it ended.
func (w *worker) ask(ctx context.Context, part int32, question string, way ...string) (end, error) {
	if w.Timeout > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, w.Timeout)
		defer stop()
	}
	answer := strings.TrimSuffix(question, ".lp") + ".sol"
	run := exec.CommandContext(ctx, w.Program, append([]string{"--lp", question, "--write", answer}, way...)...)
	said, err := run.CombinedOutput()
	if ctx.Err() != nil {
		return end{}, fmt.Errorf("run glpsol: %w", ctx.Err())
	}
	if err != nil {
		return end{}, fmt.Errorf("run glpsol: %w: %s", err, lastLine(said))
	}
	found, err := open(answer)
	if err == nil && !w.Integer {
		w.keep(part, answer)
	}
	return found, err
}

// keep replaces the file of the last solution on a part.
func (w *worker) keep(part int32, answer string) {
	if old, ok := w.basis[part]; ok {
		os.Remove(old)
	}
	w.basis[part] = answer
}

func open(answer string) (end, error) {
	file, err := os.Open(answer)
	if err != nil {
		return end{}, fmt.Errorf("run glpsol: no answer written: a solution file expected: %w", err)
	}
	defer file.Close()
	return read(file)
}

func lastLine(said []byte) string {
	lines := strings.Split(strings.TrimSpace(string(said)), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}
