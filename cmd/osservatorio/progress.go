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
	now      func() time.Time
	began    time.Time // of what
	told     time.Time // last line about it
}

func newProgress(out io.Writer, log *slog.Logger) *progress {
	f, ok := out.(*os.File)
	return &progress{out: out, log: log, now: time.Now, terminal: ok && term.IsTerminal(int(f.Fd()))}
}

// step shows that done of total units of what are finished: a bar on a
// terminal, else one line when all are.
func (p *progress) step(what string, done, total int64) {
	if !p.terminal && done >= total && total > 0 {
		p.log.Info(what, "done", done)
	}
	if p.terminal {
		p.draw(what, done, total, false)
	}
}

// show tells how many of total bytes are done; total is 0 if nobody knows it.
// On a terminal that is a bar with rate and time left, elsewhere a line every
// half minute of work that takes so long.
func (p *progress) show(what string, done, total int64) {
	if p.terminal {
		p.draw(what, done, total, true)
		return
	}
	now := p.now()
	if p.what != what {
		p.what, p.began, p.told = what, now, now
	}
	if now.Sub(p.told) < tellEvery {
		return
	}
	p.told = now
	line := []any{"MB", done / 1e6}
	if total > 0 && done > 0 {
		left := time.Duration(float64(now.Sub(p.began)) * float64(total-done) / float64(done))
		line = append(line, "of", total/1e6, "left", left.Round(time.Second).String())
	}
	p.log.Info(what, line...)
}

// tellEvery is how often long work is told where there is no terminal.
const tellEvery = 30 * time.Second

// draw moves the bar of a terminal.
func (p *progress) draw(what string, done, total int64, bytes bool) {
	if total <= 0 {
		total = -1 // the library's word for unknown
	}
	if p.bar == nil || p.what != what {
		p.end()
		p.what = what
		p.bar = progressbar.NewOptions64(total, progressbar.OptionSetWriter(p.out), progressbar.OptionSetDescription(what), progressbar.OptionShowBytes(bytes),
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
