package main

import (
	"context"
	"errors"

	"osservatorio/site"
	"osservatorio/site/paper"
)

// printer makes PDFs where the configuration wants them and a browser is
// installed; nil otherwise. They bear the extraction date, not the day of printing.
func (in *instance) printer(ctx context.Context, day string) (site.Printer, error) {
	if !in.Site.PDF {
		return nil, nil
	}
	p, err := paper.New(ctx, day)
	if errors.Is(err, paper.ErrNoBrowser) {
		in.log.Warn("no PDF is made", "reason", err, "expected", "apt-get install --no-install-recommends chromium, or pdf = false in [site]")
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return p, nil
}
