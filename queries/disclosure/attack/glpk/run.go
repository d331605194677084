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
func (s *solver) end(ctx context.Context, part, unknown int32, to direction) (end, error) {
	question, err := os.CreateTemp(s.dir, "*.lp")
	if err != nil {
		return end{}, fmt.Errorf("write question: %w", err)
	}
	defer os.Remove(question.Name())
	err = errors.Join(write(question, s.system, s.parts, part, unknown, to, s.Integer), question.Close())
	if err != nil {
		return end{}, fmt.Errorf("write question: %w", err)
	}
	found, err := s.ask(ctx, question.Name())
	if errors.Is(err, errUndecided) {
		found, err = s.ask(ctx, question.Name(), "--nopresol")
	}
	if s.Integer && errors.Is(err, errUndecided) {
		// Without a bound for any number there is none for whole ones.
		found, err = s.ask(ctx, question.Name(), "--nopresol", "--nomip")
		if err == nil && !found.open {
			return end{}, errUndecided
		}
	}
	return found, err
}

// ask runs the solver once.
func (s *solver) ask(ctx context.Context, question string, more ...string) (end, error) {
	if s.Timeout > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, s.Timeout)
		defer stop()
	}
	answer := strings.TrimSuffix(question, ".lp") + ".sol"
	defer os.Remove(answer)
	run := exec.CommandContext(ctx, s.Program, append([]string{"--lp", question, "--write", answer}, more...)...)
	said, err := run.CombinedOutput()
	if ctx.Err() != nil {
		return end{}, fmt.Errorf("run glpsol: %w", ctx.Err())
	}
	if err != nil {
		return end{}, fmt.Errorf("run glpsol: %w: %s", err, lastLine(said))
	}
	file, err := os.Open(answer)
	if err != nil {
		return end{}, fmt.Errorf("run glpsol: no answer written: %s", lastLine(said))
	}
	defer file.Close()
	return read(file)
}

func lastLine(said []byte) string {
	lines := strings.Split(strings.TrimSpace(string(said)), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}
