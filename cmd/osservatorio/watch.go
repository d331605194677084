package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"osservatorio/dashboards"
	catalogue "osservatorio/dashboards/words"
	"osservatorio/queries/release"
	"osservatorio/site"
	"osservatorio/site/serve"
	"osservatorio/site/watch"
)

// watch builds the site, serves it and builds it again whenever a text of the
// instance changes, until ctx ends; open pages follow by themselves. A fault in
// a text is shown and the last good site stays.
func (in *instance) watch(ctx context.Context, a *app, args []string, port int) error {
	if in.Paths.Content == "" {
		return hinted(fmt.Errorf("watch %s: paths.content is not set: no text to watch", in.file),
			"make a folder with it/ and en/ and name it: content = \"content\"")
	}
	pages := remembered(dashboards.Pages)
	build := func() error {
		folder, err := in.watchedRelease(args)
		if err != nil {
			return err
		}
		unlock, err := in.siteLock(ctx)
		if err != nil {
			return err
		}
		defer unlock()
		return in.show(ctx, edition{folder: folder, at: in.now(), fill: pages})
	}
	if err := build(); err != nil {
		report(a.stderr, err)
		if !in.hasSite() {
			return errors.New("watch: the first build failed and no site stands")
		}
	}
	l, err := serve.Listen("localhost", port)
	if err != nil {
		return err
	}
	live := serve.NewLive(serve.Handler(in.path(in.Paths.Public), siteHeaders()), site.EmbedPaths())
	server := &http.Server{Handler: live, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute}
	fmt.Fprintf(a.stdout, "watching %s, serving at http://localhost:%d (Ctrl-C stops)\n", in.path(in.Paths.Content), l.Addr().(*net.TCPAddr).Port)
	watched := make(chan error, 1)
	go func() {
		watched <- watch.Files(ctx, watch.Every, in.watched(args), func() {
			if err := build(); err != nil {
				report(a.stderr, err)
				live.Fault(err)
				return
			}
			live.Changed()
		})
		live.Close()
		server.Close()
	}()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-watched
}

// watchedRelease is the folder of the release that is named, else of the one
// that is shown; none that is not public yet.
func (in *instance) watchedRelease(args []string) (string, error) {
	if len(args) == 0 {
		folder, err := in.latestAt(in.now())
		if err == nil && folder == "" {
			err = in.noRelease()
		}
		return folder, err
	}
	folder := in.named(args[0])
	comes, err := in.comesOut(folder)
	if err == nil && comes.After(in.now()) {
		err = early(coming{filepath.Base(folder), comes})
	}
	return folder, err
}

// watched are the texts of the instance and, where the latest release is meant,
// what says which that is.
func (in *instance) watched(args []string) []string {
	paths := []string{in.path(in.Paths.Content)}
	if len(args) == 0 {
		paths = append(paths, filepath.Join(in.path(in.Paths.Releases), release.IndexFile))
	}
	return paths
}

// remembered fills the dashboards of a release once: texts of the instance are
// not in them.
func remembered(fill site.PagesFunc) site.PagesFunc {
	var mu sync.Mutex
	known := map[string][]dashboards.Page{}
	return func(ctx context.Context, rel *release.Release, w *catalogue.Catalogue) ([]dashboards.Page, error) {
		mu.Lock()
		defer mu.Unlock()
		key := rel.Info.ID + " " + w.Lang
		if _, ok := known[key]; !ok {
			pages, err := fill(ctx, rel, w)
			if err != nil {
				return nil, err
			}
			known[key] = pages
		}
		return writable(known[key]), nil
	}
}

// writable are pages whose figures may be written to: the site puts notes of the
// instance under them.
func writable(pages []dashboards.Page) []dashboards.Page {
	out := slices.Clone(pages)
	for i := range out {
		out[i].Sections = slices.Clone(out[i].Sections)
		for k := range out[i].Sections {
			out[i].Sections[k].Figures = slices.Clone(out[i].Sections[k].Figures)
		}
	}
	return out
}
