package main

import (
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progress shows long work: a bar with rate and time left on a terminal, one
// structured line a step otherwise.
type progress struct {
	out      io.Writer
	log      *slog.Logger
	terminal bool
	bar      *progressbar.ProgressBar
	what     string
}

func newProgress(out io.Writer, log *slog.Logger) *progress {
	f, ok := out.(*os.File)
	return &progress{out: out, log: log, terminal: ok && term.IsTerminal(int(f.Fd()))}
}

// step shows that done of total units of what are finished: a bar on a
// terminal, else one line when all are.
func (p *progress) step(what string, done, total int64) {
	if !p.terminal && done >= total && total > 0 {
		p.log.Info(what, "done", done)
	}
	p.show(what, done, total)
}

// show moves the bar of a terminal; elsewhere it is silent, for work whose end
// has a line of its own.
func (p *progress) show(what string, done, total int64) {
	if !p.terminal {
		return
	}
	if p.bar == nil || p.what != what {
		p.end()
		p.what = what
		p.bar = progressbar.NewOptions64(total, progressbar.OptionSetWriter(p.out), progressbar.OptionSetDescription(what),
			progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionSetPredictTime(true),
			progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
	}
	p.bar.ChangeMax64(total)
	p.bar.Set64(done)
}

// end clears the bar.
func (p *progress) end() {
	if p.bar != nil {
		p.bar.Finish()
		p.bar = nil
	}
}

// say writes one structured line, above the bar if there is one.
func (p *progress) say(msg string, args ...any) {
	p.end()
	p.log.Info(msg, args...)
}
