// Package bucket carries a built site into object storage, where no folder can be
// swapped in: in an order that a reader never meets a page before what it needs,
// and so that a carry that was cut off is finished by the next. It must not know
// pages or releases.
package bucket

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
	"gocloud.dev/blob"
	"golang.org/x/sync/errgroup"
)

// Site is what is to stand in the bucket.
type Site struct {
	Files   fs.FS  // of one site: nothing in it changes while it is carried
	Stamp   string // another site has another
	Release string
	// Describe is the media type and the caching that a file is served with.
	Describe func(name string) (mediaType, caching string)
}

// Report tells what a carry did.
type Report struct {
	Standing   bool // nothing was to do
	Files      int  // of the site
	Carried    int
	Bytes      int64 // of these
	Removed    int
	Mixed      time.Duration // from the first file that took the place of another to the last: readers may meet both sites
	Duration   time.Duration
	Unfinished bool // an earlier carry had been cut off
}

// together is how many files are under way at a time.
const together = 16

// carrier is one carry.
type carrier struct {
	bucket *blob.Bucket
	site   Site
	clock  clockwork.Clock
	local  map[string]sums // of each file of the site
	there  map[string]thing
	mark   mark
	mu     sync.Mutex // report
	report Report
}

// Carry brings the bucket to a site: files with names of their own first, then
// what takes the place of other files, pages after what they show, the ways in
// last; then it removes what earlier sites left. Objects that no site brought
// stay. A bucket that has the site already costs one question.
func Carry(ctx context.Context, b *blob.Bucket, s Site, clock clockwork.Clock) (Report, error) {
	c := &carrier{bucket: b, site: s, clock: clock}
	started := clock.Now()
	err := c.carry(ctx)
	c.report.Duration = clock.Since(started)
	if err != nil {
		return c.report, fmt.Errorf("carry site of %s to the bucket: %w", s.Release, err)
	}
	return c.report, nil
}

func (c *carrier) carry(ctx context.Context) (err error) {
	if c.mark, err = readMark(ctx, c.bucket); err != nil {
		return err
	}
	if c.mark.Site == c.site.Stamp {
		c.report.Standing, c.report.Files = true, len(c.mark.Files)
		return nil
	}
	c.report.Unfinished = c.mark.Site == "" && len(c.mark.Files) > 0
	if c.local, err = hashed(c.site.Files); err != nil {
		return err
	}
	if c.there, err = listed(ctx, c.bucket); err != nil {
		return err
	}
	c.report.Files = len(c.local)
	turns := c.turns()
	if err := c.begin(ctx, turns); err != nil {
		return err
	}
	if err := c.bring(ctx, turns); err != nil {
		return err
	}
	if err := c.remove(ctx); err != nil {
		return err
	}
	return c.end(ctx)
}

// The turns in which files are carried. Nothing of the site that stands names a
// file of the first two; from then on a reader may meet both sites.
const (
	assets  = iota // their names have their hash
	fresh          // under names that are not there yet, no pages
	changed        // what pages show or offer
	pages
	entrances // what leads to the rest: the first page, feeds, indexes, and all else at the root
	turnCount
)

// turns are the files that are not there as they should be, sorted within a turn.
func (c *carrier) turns() [turnCount][]string {
	var turns [turnCount][]string
	for name, is := range c.local {
		if !c.stands(name, is) {
			_, taken := c.there[name]
			n := turn(name, taken)
			turns[n] = append(turns[n], name)
		}
	}
	for _, names := range turns {
		slices.Sort(names)
	}
	return turns
}

func turn(name string, taken bool) int {
	folder := path.Dir(name)
	switch {
	case strings.HasPrefix(name, "assets/"):
		return assets
	case folder == "." || folder == "en" || path.Base(name) == "feed.xml" || path.Ext(name) == ".ics":
		return entrances
	case path.Ext(name) == ".html":
		return pages
	case taken:
		return changed
	}
	return fresh
}

// stands tells whether an object is the file: by the checksum that the provider
// tells, else by what the mark knows.
func (c *carrier) stands(name string, is sums) bool {
	there, ok := c.there[name]
	switch {
	case !ok || there.size != is.size:
		return false
	case len(there.md5) > 0:
		return slices.Equal(there.md5, is.md5)
	}
	return c.mark.Files[name] == is.sha256
}

// begin notes what is under way before anything is: of what is brought or
// removed nobody knows what it is until the end, only that a site brought it.
func (c *carrier) begin(ctx context.Context, turns [turnCount][]string) error {
	c.mark.Site, c.mark.Release = "", c.site.Release
	for name := range c.mark.Files {
		if _, stays := c.local[name]; !stays {
			c.mark.Files[name] = ""
		}
	}
	for _, names := range turns {
		for _, name := range names {
			c.mark.Files[name] = ""
		}
	}
	return c.mark.write(ctx, c.bucket)
}

// end notes that the site stands whole.
func (c *carrier) end(ctx context.Context) error {
	c.mark.Site, c.mark.Files = c.site.Stamp, map[string]string{}
	for name, is := range c.local {
		c.mark.Files[name] = is.sha256
	}
	return c.mark.write(ctx, c.bucket)
}

func (c *carrier) bring(ctx context.Context, turns [turnCount][]string) error {
	var first, last time.Time
	for n, names := range turns {
		if n >= changed && len(names) > 0 && first.IsZero() {
			first = c.clock.Now()
		}
		if err := c.all(ctx, names, c.put); err != nil {
			return err
		}
		if len(names) > 0 {
			last = c.clock.Now()
		}
	}
	if !first.IsZero() {
		c.report.Mixed = last.Sub(first)
	}
	return nil
}

// all does something with each file, several at a time.
func (c *carrier) all(ctx context.Context, names []string, do func(context.Context, string) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(together)
	for _, name := range names {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return do(ctx, name)
		})
	}
	return group.Wait()
}

func (c *carrier) put(ctx context.Context, name string) error {
	f, err := c.site.Files.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	kind, caching := c.site.Describe(name)
	// What is written is an object only when it is closed; a context that ended
	// before that leaves what was there.
	writing, cancel := context.WithCancel(ctx)
	defer cancel()
	w, err := c.bucket.NewWriter(writing, name, &blob.WriterOptions{ContentType: kind, CacheControl: caching, DisableContentTypeDetection: true})
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	n, err := io.Copy(w, f)
	if err == nil && n != c.local[name].size {
		err = errors.New("the file changed while it was carried: expected a site that stays as it is")
	}
	if err != nil {
		cancel()
		return errors.Join(fmt.Errorf("write %s: %w", name, err), dropped(w.Close()))
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.report.Carried++
	c.report.Bytes += n
	return nil
}

// dropped is the end of a write that was given up, which is no fault of its own.
func dropped(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// remove removes what earlier sites brought and this one has not: pages first,
// so that none is left without what it shows.
func (c *carrier) remove(ctx context.Context) error {
	var gone [2][]string
	for name := range c.mark.Files {
		_, stays := c.local[name]
		if _, there := c.there[name]; stays || !there {
			continue
		}
		n := 1
		if path.Ext(name) == ".html" {
			n = 0
		}
		gone[n] = append(gone[n], name)
	}
	for name := range c.there {
		if m := litter.FindStringSubmatch(name); m != nil && c.brought(m[1]) {
			gone[1] = append(gone[1], name)
		}
	}
	for _, names := range gone {
		if err := c.all(ctx, names, c.drop); err != nil {
			return err
		}
		c.report.Removed += len(names)
	}
	return nil
}

// litter is what a folder that is a bucket keeps of a write that was killed.
var litter = regexp.MustCompile(`^(.+)\.[0-9a-f]+\.tmp$`)

// brought tells whether an object is one that a site brings.
func (c *carrier) brought(name string) bool {
	_, before := c.mark.Files[name]
	_, now := c.local[name]
	return before || now || name == MarkFile
}

func (c *carrier) drop(ctx context.Context, name string) error {
	if err := c.bucket.Delete(ctx, name); err != nil {
		return fmt.Errorf("remove %s: %w", name, err)
	}
	return nil
}
