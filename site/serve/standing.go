package serve

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"sync"
	"time"
)

// freshFor is how long the public server holds true what a look at the folder
// told. A look for each request is the one thing in an answer from memory that a
// thread may wait for, and all who stand behind it wait too.
const freshFor = 10 * time.Millisecond

// standing knows which site stands in a folder. Each request opens it once and
// reads everything from there: a site that is swapped in meanwhile does not mix
// with the one before.
type standing struct {
	dir   string
	fresh time.Duration // how long a look at the folder counts

	mu          sync.Mutex
	now, before *opened   // the latter: what stood until the last swap
	looked      time.Time // at the folder
}

// opened is a site held open, wherever its folder is moved to.
type opened struct {
	root  *os.Root
	info  fs.FileInfo
	users int // of requests under way, and one while it stands

	answers answers
}

// view is what one request sees.
type view struct {
	from        *standing
	now, before *opened
}

// look takes hold of the site that stands, or stood a moment ago; done lets go. A
// folder that is away for a moment, as between two renames, still shows what it
// showed.
func (s *standing) look() (view, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.refresh()
	if s.now == nil {
		return view{}, err
	}
	s.now.users++
	if s.before != nil {
		s.before.users++
	}
	return view{s, s.now, s.before}, nil
}

// refresh sees whether another site stands, unless it was seen just now.
func (s *standing) refresh() error {
	if s.now != nil && time.Since(s.looked) < s.fresh {
		return nil
	}
	info, err := os.Stat(s.dir)
	if err == nil && (s.now == nil || !os.SameFile(s.now.info, info)) {
		err = s.turn()
	}
	s.looked = time.Now()
	return err
}

// turn opens the site that stands now; the one before stays at hand.
func (s *standing) turn() error {
	next, err := openSite(s.dir)
	if err != nil {
		return err
	}
	s.letGo(s.before)
	s.before, s.now = s.now, next
	return nil
}

func openSite(dir string) (*opened, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	info, err := root.Stat(".") // of the folder that was opened: it may be another already
	if err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return &opened{root: root, info: info, users: 1}, nil
}

func (s *standing) letGo(o *opened) {
	if o == nil {
		return
	}
	if o.users--; o.users == 0 {
		o.root.Close()
	}
}

func (v view) done() {
	v.from.mu.Lock()
	defer v.from.mu.Unlock()
	v.from.letGo(v.now)
	v.from.letGo(v.before)
}

// open opens a file of the site. What is named by its content is also looked for
// in the site that stood before: a page that was read from there asks for it now.
func (v view) open(name string) (*os.File, error) {
	f, err := v.now.root.Open(name)
	if err != nil && v.before != nil && strings.HasPrefix(name, "assets/") {
		return v.before.root.Open(name)
	}
	return f, err
}

func (v view) isFile(name string) bool {
	info, err := v.now.root.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

// isFolder tells whether a name is that of a folder with a page.
func (v view) isFolder(name string) bool {
	info, err := v.now.root.Stat(name)
	return err == nil && info.IsDir() && v.isFile(name+"/index.html")
}
