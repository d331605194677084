package glpk

import (
	"bufio"
	"io"
	"strconv"

	"osservatorio/queries/disclosure/attack"
)

// parts are the unknowns that hang together by equations: each is a linear
// program of its own.
type parts struct {
	of        []int32   // by unknown: its part
	unknowns  [][]int32 // by part
	equations [][]int32 // by part: those that imply all others
}

func split(s *attack.System) parts {
	root := make([]int32, len(s.Unknowns))
	for u := range root {
		root[u] = int32(u)
	}
	find := func(u int32) int32 {
		for root[u] != u {
			root[u] = root[root[u]]
			u = root[u]
		}
		return u
	}
	for _, e := range s.Equations {
		for _, t := range e.Terms[1:] {
			root[find(t.Unknown)] = find(e.Terms[0].Unknown)
		}
	}
	p := parts{of: make([]int32, len(s.Unknowns))}
	number := map[int32]int32{}
	for u := range root {
		r := find(int32(u))
		at, ok := number[r]
		if !ok {
			at = int32(len(p.unknowns))
			number[r] = at
			p.unknowns = append(p.unknowns, nil)
			p.equations = append(p.equations, nil)
		}
		p.of[u] = at
		p.unknowns[at] = append(p.unknowns[at], int32(u))
	}
	for e, equation := range s.Equations {
		if equation.Plain {
			at := p.of[equation.Terms[0].Unknown]
			p.equations[at] = append(p.equations[at], int32(e))
		}
	}
	return p
}

type direction string

const (
	minimize direction = "Minimize"
	maximize direction = "Maximize"
)

// termsOnALine keeps lines short: the format allows breaks between terms.
const termsOnALine = 12

// write puts the question for one unknown of a part in CPLEX LP format.
func write(w io.Writer, s *attack.System, p parts, part, unknown int32, to direction, integer bool) error {
	out := bufio.NewWriter(w)
	out.WriteString(string(to) + "\n end:")
	for i, u := range p.unknowns[part] {
		objective(out, i, u, u == unknown)
	}
	out.WriteString("\nSubject To\n")
	for _, e := range p.equations[part] {
		equation(out, e, s.Equations[e])
	}
	out.WriteString("Bounds\n")
	for _, u := range p.unknowns[part] {
		if least := s.Unknowns[u].Least; least > 0 {
			out.WriteByte(' ')
			variable(out, u)
			out.WriteString(" >= " + strconv.FormatInt(least, 10) + "\n")
		}
	}
	if integer {
		out.WriteString("General\n")
		for _, u := range p.unknowns[part] {
			out.WriteByte(' ')
			variable(out, u)
			out.WriteByte('\n')
		}
	}
	out.WriteString("End\n")
	return out.Flush()
}

// objective names every unknown of the part, nearly all of them zero times: so
// the program has the same columns in the same order for every question, and
// begins where the last one ended.
func objective(out *bufio.Writer, i int, unknown int32, asked bool) {
	if i > 0 && i%termsOnALine == 0 {
		out.WriteString("\n ")
	}
	if out.WriteString(" + "); !asked {
		out.WriteString("0 ")
	}
	variable(out, unknown)
}

func variable(out *bufio.Writer, unknown int32) {
	out.WriteByte('x')
	out.WriteString(strconv.Itoa(int(unknown)))
}

func equation(out *bufio.Writer, number int32, e attack.Equation) {
	out.WriteString(" r" + strconv.Itoa(int(number)) + ":")
	for i, t := range e.Terms {
		if i > 0 && i%termsOnALine == 0 {
			out.WriteString("\n ")
		}
		sign, size := " + ", t.Coef
		if size < 0 {
			sign, size = " - ", -size
		}
		out.WriteString(sign)
		if size != 1 {
			out.WriteString(strconv.FormatInt(size, 10) + " ")
		}
		variable(out, t.Unknown)
	}
	out.WriteString(" = " + strconv.FormatInt(e.Right, 10) + "\n")
}
