package main

import (
	"errors"
	"io/fs"
	"syscall"

	"osservatorio/ingest"
)

// refusal gives the error of an ingest the code of a refusal where deliveries
// were refused and nothing else went wrong: nobody need try them again.
func refusal(report ingest.Report, err error) error {
	if err == nil || len(leaves(err)) != report.Count(ingest.Refused) {
		return err
	}
	var path *fs.PathError
	var number syscall.Errno
	if errors.As(err, &path) || errors.As(err, &number) || troubleOf(err) != "" {
		return err // a disk that is full, damaged or out of reach refuses nothing
	}
	return withCode(exitChecks, err)
}

// leaves are the errors that an error was joined from.
func leaves(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var all []error
	for _, inner := range joined.Unwrap() {
		all = append(all, leaves(inner)...)
	}
	return all
}
