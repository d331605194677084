package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"osservatorio/queries"
	"osservatorio/queries/release"
	"osservatorio/warehouse"
)

// check runs the checks. What they found and may be told in public travels with
// the release; a failure that nobody signed is an error with exit code 3.
func (in *instance) check(ctx context.Context, db *warehouse.DB, plan queries.Plan) (queries.Findings, error) {
	how := queries.Inspection{Overrides: in.overrides()}
	newest, err := in.newest()
	if err == nil && newest != "" {
		how.Previous, err = release.Open(newest)
	}
	if err != nil {
		return queries.Findings{}, err
	}
	found, err := queries.Inspect(ctx, db, plan, how)
	if err != nil {
		return found, err
	}
	for _, w := range found.Warnings {
		in.log.Warn("check "+w.Check, "found", w.String())
	}
	for _, o := range found.Unused {
		in.log.Warn("override covers nothing", "check", o.Check, "signed_by", o.SignedBy, "hint", "take it out of "+in.file)
	}
	if len(found.Failures) > 0 {
		return found, withCode(exitChecks, in.refused(found.Failures))
	}
	in.out.say("checks passed", "passed", len(found.Passed), "warnings", len(found.Warnings), "signed", len(found.Signed))
	return found, nil
}

// refused is the error of failed checks, each with what can be done about it.
func (in *instance) refused(failures []queries.Failure) error {
	faults := make([]error, len(failures))
	for i, f := range failures {
		faults[i] = errors.New("check " + f.String())
		if f.Name != "" {
			faults[i] = hinted(faults[i], fmt.Sprintf("correct the source, or sign it in %s: [[override]] check = %q", in.file, f.Name))
		}
	}
	return hinted(errors.Join(faults...), "the last release and site stay as they are; correct the source or the view, then run again")
}

// overrides are the signatures that hold today. One that has run out is told.
func (in *instance) overrides() []queries.Override {
	today := in.now().Format(time.DateOnly)
	var out []queries.Override
	for _, o := range in.Overrides {
		if o.SignedOn > today || o.Until < today {
			in.log.Warn("override does not hold today", "check", o.Check, "signed_on", o.SignedOn, "until", o.Until)
			continue
		}
		out = append(out, queries.Override(o))
	}
	return out
}
