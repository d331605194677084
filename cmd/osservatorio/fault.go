package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Exit codes of every verb.
const (
	exitDone   = 0
	exitFault  = 1
	exitUsage  = 2
	exitChecks = 3 // a delivery, a check or disclosure control refused
	exitBusy   = 4 // another run holds the instance

	exitTampered  = 5 // a release is not what it was made as
	exitSignature = 6 // it is signed with another key
	exitUnsigned  = 7 // it is not signed
	exitNewer     = 8 // it was written by newer software
	exitErased    = 9 // it cannot be made again: what it was made of was erased
)

// coded is an error with the exit code it asks for.
type coded struct {
	error
	code int
}

func (c coded) Unwrap() error { return c.error }

func withCode(code int, err error) error { return coded{err, code} }

// withHint is an error with the next step for the one who reads it.
type withHint struct {
	error
	hint string
}

func (h withHint) Unwrap() error { return h.error }
func (h withHint) Hint() string  { return h.hint }

func hinted(err error, hint string) error { return withHint{err, hint} }

// exitCode returns the code of an error, exitFault where it names none.
func exitCode(err error) int {
	var c coded
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &c):
		return c.code
	}
	return exitFault
}

// report writes an error and its hints, one line each.
func report(w io.Writer, err error) {
	for line := range strings.SplitSeq(err.Error(), "\n") {
		fmt.Fprintln(w, "osservatorio: "+line)
	}
	var told []string
	for _, hint := range hints(err) {
		if !slices.Contains(told, hint) {
			fmt.Fprintln(w, "  → "+hint)
		}
		told = append(told, hint)
	}
}

// hints collects what to do next from every error of the tree.
func hints(err error) []string {
	var out []string
	if h, ok := err.(interface{ Hint() string }); ok && h.Hint() != "" {
		out = append(out, h.Hint())
	}
	switch e := err.(type) {
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			out = append(out, hints(inner)...)
		}
	case interface{ Unwrap() error }:
		if inner := e.Unwrap(); inner != nil {
			out = append(out, hints(inner)...)
		}
	}
	return out
}
