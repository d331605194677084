package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"osservatorio/dashboards"
	"osservatorio/dashboards/picture"
	"osservatorio/dashboards/render"
	"osservatorio/queries/release"
	"osservatorio/site"
	"osservatorio/site/output"
)

// edition is the site of a release as it is to be at a time.
type edition struct {
	folder string // of the release
	at     time.Time
	fill   site.PagesFunc // nil: the dashboards of the house
}

// makings are what the site of an edition is made of.
type makings struct {
	folder string // of the release
	rel    *release.Release
	opt    site.Options
	stamp  string // the same makings have the same
	close  func()
}

// opened is a release to make a site of. What keeps it shut is told with its exit
// code: newer software wrote it, or its files are not what it was made as.
func (in *instance) opened(folder string) (*release.Release, error) {
	rel, err := release.Open(folder)
	switch {
	case err == nil:
		return rel, nil
	case errors.Is(err, release.ErrNewer):
		return nil, withCode(exitNewer, err)
	}
	if changed := in.sound(folder); changed != nil {
		return nil, changed
	}
	return nil, err
}

// makings finds what the site of an edition is made of, and nothing of what is
// not public at its time. Close them.
func (in *instance) makings(ctx context.Context, e edition) (*makings, error) {
	rel, err := in.opened(e.folder)
	if err != nil {
		return nil, err
	}
	rel.Info.NextRelease = in.nextDay(rel.Info.NextRelease, e.at)
	opt := site.Options{
		Pages: e.fill, Reports: dashboards.Reports, ReleaseDir: os.DirFS(e.folder), Archive: os.DirFS(in.path(in.Paths.Releases)),
		Pictures: site.Pictures(in.Site.Pictures), CacheDir: filepath.Join(in.path(in.Paths.Cache), "drawings"),
		BaseURL: in.Publisher.BaseURL, Software: fingerprint(), Calendar: in.calendar(),
		Progress: func(what string, done, total int) { in.out.step(what, int64(done), int64(total)) },
	}
	if opt.Pages == nil {
		opt.Pages = dashboards.Pages
	}
	if opt.Renderer, err = render.New(render.Options{Boundaries: rel.Boundaries, Workers: in.Limits.Threads}); err != nil {
		return nil, err
	}
	if opt.Index, err = in.indexAt(e.at); err != nil {
		return nil, err
	}
	if opt.Commitments, err = in.commitments(e.at); err != nil {
		return nil, err
	}
	if in.Paths.Content != "" {
		opt.Content = os.DirFS(in.path(in.Paths.Content))
	}
	if opt.Printer, err = in.printer(ctx, rel.Info.ExtractionDate); err != nil {
		return nil, err
	}
	pictures, err := picture.New(in.Limits.Threads)
	if err != nil {
		return nil, err
	}
	opt.Picturer = pictures
	m := &makings{folder: e.folder, rel: rel, opt: opt, close: func() { pictures.Close(context.WithoutCancel(ctx)) }}
	if m.stamp, err = site.Stamp(rel, opt); err != nil {
		m.close()
		return nil, err
	}
	return m, nil
}

// make writes the site in out, unless it stands there.
func (in *instance) make(ctx context.Context, m *makings, out *output.Dir) error {
	defer out.Close()
	if out.Stamp() != m.stamp {
		if err := in.sound(m.folder); err != nil {
			return err
		}
	}
	started := in.now()
	defer site.Roomy()()
	report, err := site.Build(ctx, m.rel, out, m.opt)
	in.out.end()
	if err != nil {
		return err
	}
	if err := out.Commit(); err != nil {
		return err
	}
	if report.Unchanged {
		in.out.say("site unchanged", "release", m.rel.Info.ID)
		return nil
	}
	in.timed(m.folder, started, buildStage)
	in.out.say("site built", "release", m.rel.Info.ID, "pages", report.Pages, "figures", report.Figures,
		"drawn", report.Drawn, "from_cache", report.Cached, "embeds", report.Embeds, "pictures", report.Pictures+report.PicturesCached, "megabytes", report.Bytes>>20)
	return nil
}

// show brings the public site to an edition: by a swap where its site waits
// already, else by building it. A site that was taken back is not shown again by
// itself.
func (in *instance) show(ctx context.Context, e edition) error {
	m, err := in.makings(ctx, e)
	if err != nil {
		return err
	}
	defer m.close()
	public := in.path(in.Paths.Public)
	out, err := output.NewDir(public)
	if err != nil {
		return err
	}
	out.KeepSites(in.keptSites())
	if output.TakenBack(public) == m.stamp {
		in.log.Warn("site stays as it is: this one was taken back", "release", m.rel.Info.ID, "expected", "a correction; or, to show it again: osservatorio build")
		return nil
	}
	waiting := in.comingFolder(m.rel.Info.ID)
	if out.Stamp() != m.stamp && output.StampOf(waiting) == m.stamp {
		if err := output.Publish(waiting, public, in.keptSites()); err != nil {
			return err
		}
		in.out.say("site published", "release", m.rel.Info.ID, "at", in.now().Format(time.RFC3339))
		return nil
	}
	return in.make(ctx, m, out)
}

// layOut brings the site of an edition that is still to come up to what it will
// be made of, beside the public folder, and returns where it is.
func (in *instance) layOut(ctx context.Context, e edition) (string, error) {
	m, err := in.makings(ctx, e)
	if err != nil {
		return "", err
	}
	defer m.close()
	folder := in.comingFolder(m.rel.Info.ID)
	out, err := output.NewComing(folder, in.path(in.Paths.Public))
	if err != nil {
		return "", err
	}
	return folder, in.make(ctx, m, out)
}

// comingFolder is where the site of a release waits for its time.
func (in *instance) comingFolder(id string) string {
	return filepath.Join(in.path(in.Paths.Public)+".coming", id)
}

// bring makes the site what it is to be now, and lays out those that are to come.
func (in *instance) bring(ctx context.Context) error {
	unlock, err := in.siteLock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	now := in.now()
	if back, err := in.clockIsBack(now); back || err != nil {
		return err
	}
	folder, err := in.latestAt(now)
	if err != nil {
		return err
	}
	wait, err := in.comingAfter(now)
	switch {
	case err != nil:
		return err
	case folder == "" && len(wait) == 0:
		return in.noRelease()
	case folder == "":
		in.out.say("no site yet", "first release", wait[0].ID, "public from", romeTime(wait[0].At))
	default:
		if err := in.show(ctx, edition{folder: folder, at: now}); err != nil {
			return err
		}
	}
	return in.layOutAll(ctx, wait)
}

// build is bring as the operator asks for it by hand: also a site that was taken
// back is shown, and one of a release that is named.
func (in *instance) build(ctx context.Context, args []string) error {
	if err := output.Allow(in.path(in.Paths.Public)); err != nil {
		return err
	}
	if len(args) == 0 {
		return in.bring(ctx)
	}
	folder := in.named(args[0])
	comes, err := in.comesOut(folder)
	if err != nil {
		return err
	}
	unlock, err := in.siteLock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	if comes.After(in.now()) {
		return in.layOutAll(ctx, []coming{{filepath.Base(folder), comes}})
	}
	return in.show(ctx, edition{folder: folder, at: in.now()})
}

// named is the folder of a release that was named by its path or its id.
func (in *instance) named(name string) string {
	if _, err := os.Stat(filepath.Join(name, "release.json")); err == nil {
		return name
	}
	return in.folder(name)
}

// layOutAll lays out the site of each release that waits, and removes those that
// wait no longer.
func (in *instance) layOutAll(ctx context.Context, wait []coming) error {
	all := filepath.Dir(in.comingFolder("x"))
	keep := map[string]bool{}
	for _, w := range wait {
		keep[w.ID] = true
		if _, err := in.layOut(ctx, edition{folder: in.folder(w.ID), at: w.At}); err != nil {
			return err
		}
		in.out.say("coming site stands", "release", w.ID, "public from", romeTime(w.At))
	}
	there, err := os.ReadDir(all)
	if os.IsNotExist(err) {
		return nil
	}
	for _, f := range there {
		if !keep[f.Name()] {
			err = os.RemoveAll(filepath.Join(all, f.Name()))
		}
		if err != nil {
			return fmt.Errorf("clear coming sites: %w", err)
		}
	}
	if len(keep) == 0 {
		return os.Remove(all)
	}
	return err
}

// usualKeep is how many sites are kept to go back to.
const usualKeep = 3

func (c *Config) keptSites() int {
	switch k := c.Site.Keep; {
	case k == 0:
		return usualKeep
	default:
		return max(k, 0)
	}
}
