package main

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
)

// spoken makes log lines of what a run says to people, so that who reads the log
// as JSON finds nothing else in it. It is given whole lines.
type spoken struct {
	out io.Writer
	log *slog.Logger
}

func (s spoken) Write(lines []byte) (int, error) {
	for line := range bytes.Lines(lines) {
		line = bytes.TrimRight(line, "\r\n")
		switch {
		case bytes.HasPrefix(line, []byte("{")) && json.Valid(line):
			if _, err := s.out.Write(append(bytes.Clone(line), '\n')); err != nil {
				return 0, err
			}
		case len(bytes.TrimSpace(line)) > 0:
			s.log.Info("said", "text", string(bytes.ToValidUTF8(line, []byte("\uFFFD"))))
		}
	}
	return len(lines), nil
}
