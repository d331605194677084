package querytest

import (
	"bytes"
	"os"
	"strings"
)

// archive is a txtar file: prose, then sections between lines "-- name --".
type archive struct {
	comment  string
	sections []section
}

type section struct {
	name string
	data string
}

func readArchive(file string) (*archive, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	a := &archive{}
	for line := range strings.Lines(string(bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n")))) {
		if name, ok := marker(line); ok {
			a.sections = append(a.sections, section{name: name})
		} else if n := len(a.sections); n > 0 {
			a.sections[n-1].data += line
		} else {
			a.comment += line
		}
	}
	return a, nil
}

func marker(line string) (name string, ok bool) {
	name, ok = strings.CutPrefix(strings.TrimRight(line, " \n"), "-- ")
	if !ok {
		return "", false
	}
	name, ok = strings.CutSuffix(name, " --")
	return strings.TrimSpace(name), ok
}

func (a *archive) write(file string) error {
	var out strings.Builder
	out.WriteString(a.comment)
	for _, s := range a.sections {
		out.WriteString("-- " + s.name + " --\n" + s.data)
	}
	return os.WriteFile(file, []byte(out.String()), 0o644)
}
