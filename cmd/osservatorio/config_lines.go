package main

import (
	"fmt"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// lineIndex maps "table.key" and "array[i].key" to the line they stand on.
type lineIndex map[string]int

// line returns the line of key, or of its table where the key is absent.
func (l lineIndex) line(key string) int {
	if n, ok := l[key]; ok {
		return n
	}
	for table := key; strings.Contains(table, "."); {
		table = table[:strings.LastIndex(table, ".")]
		if n, ok := l[table]; ok {
			return n
		}
	}
	return 1
}

func linesOf(raw []byte) lineIndex {
	lines := lineIndex{}
	seen := map[string]int{}
	table := ""
	p := unstable.Parser{}
	p.Reset(raw)
	for p.NextExpression() {
		e := p.Expression()
		name, at := keyOf(e, raw, &p)
		switch e.Kind {
		case unstable.Table:
			table = name
			if list, rest, inner := strings.Cut(name, "."); inner && seen[list] > 0 { // of the last of a list
				table = fmt.Sprintf("%s[%d].%s", list, seen[list]-1, rest)
			}
			lines[table] = at
		case unstable.ArrayTable:
			table = fmt.Sprintf("%s[%d]", name, seen[name])
			seen[name]++
			lines[table] = at
		case unstable.KeyValue:
			lines[strings.TrimPrefix(table+"."+name, ".")] = at
		}
	}
	return lines
}

func keyOf(e *unstable.Node, raw []byte, p *unstable.Parser) (string, int) {
	var parts []string
	line := 1
	for it := e.Key(); it.Next(); {
		n := it.Node()
		if len(parts) == 0 {
			line = p.Shape(n.Raw).Start.Line
		}
		parts = append(parts, string(n.Data))
	}
	return strings.Join(parts, "."), line
}
