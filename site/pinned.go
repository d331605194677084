package site

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"html"
	"html/template"
	"io/fs"
	"path"
	"strings"

	"osservatorio/dashboards/words"
	"osservatorio/queries/release"
)

// standing is what a pinned page says of its release.
type standing struct {
	Says     string
	Path     string // where newer numbers are, "" if there are none
	PathSays string
	Bad      bool // the release was withdrawn
}

// standing says, in one language, how a release stands today. now is the address
// of the same figure that follows the releases.
func (b *builder) standing(id, lang, now string) *standing {
	w := b.words[lang]
	s := &standing{Says: w.T("embed.pinned.still", "release", id)}
	entry, _ := b.opt.Index.Entry(id)
	latest := release.CompareID(b.rel.Info.ID, id) <= 0
	switch {
	case entry.Withdrawn != nil:
		s.Bad = true
		s.Says = w.T("embed.pinned.withdrawn", "release", id, "date", w.Date(entry.Withdrawn.On), "reason", strings.TrimRight(entry.Withdrawn.Reason, "."))
	case !latest:
		s.Says = w.T("embed.pinned.newer", "release", id, "latest", b.rel.Info.ID)
	}
	if !latest {
		s.Path, s.PathSays = now, w.T("embed.pinned.go", "latest", b.rel.Info.ID)
		if !b.framed[now] { // the figure is no longer made
			s.Path = b.routes.path(lang, pageHome)
		}
	}
	return s
}

// HTML is the notice as it stands in a pinned page, between the two marks by
// which later builds find it.
func (s *standing) HTML() template.HTML {
	var out strings.Builder
	out.WriteString(standingFrom + `<p class="standing`)
	if s.Bad {
		out.WriteString(` bad`)
	}
	out.WriteString(`">` + html.EscapeString(s.Says))
	if s.Path != "" {
		fmt.Fprintf(&out, ` <a href="%s" target="_self">%s</a>`, s.Path, html.EscapeString(s.PathSays))
	}
	out.WriteString("</p>" + standingTo)
	return template.HTML(out.String())
}

const (
	standingFrom = `<div id="standing">`
	standingTo   = `</div><!--standing-->`
)

// pinnedMark holds, in the folder of a pinned release, the hash of the release
// that its pages were made from.
const pinnedMark = "release.sha256"

// before is an Output that can show the site which it will replace.
type before interface{ Before() fs.FS }

// pins are the files below /r/ of the site that stands now, read when needed.
type pins struct {
	old     fs.FS
	kept    map[string]bool // of this release
	carried []string        // of all others
}

// readPinned looks for what earlier builds pinned: pages of other releases are
// carried on, those of this one are kept and not made again.
func (b *builder) readPinned() error {
	b.pins.kept, b.framed = map[string]bool{}, map[string]bool{}
	for _, f := range b.placed {
		b.framed[embedPath(f.lang, f.fig.ID)] = true
	}
	for lang, list := range b.reports {
		for _, r := range list {
			b.framed[b.routes.path(lang, reportID(r.Year))] = true
		}
	}
	out, ok := b.out.out.(before)
	if !ok {
		return nil
	}
	b.pins.old = out.Before()
	own := path.Join("r", b.rel.Info.ID) + "/"
	err := fs.WalkDir(b.pins.old, "r", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil || d.IsDir():
			return err
		case strings.HasPrefix(p, own):
			b.pins.kept[p] = true
		default:
			b.pins.carried = append(b.pins.carried, p)
		}
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read pinned pages: %w", err)
	}
	if !b.madeOfThis(own + pinnedMark) {
		b.pins.kept = map[string]bool{}
	}
	return nil
}

// madeOfThis tells whether a mark names the bytes of this release.
func (b *builder) madeOfThis(mark string) bool {
	if !b.pins.kept[mark] {
		return false
	}
	was, err := fs.ReadFile(b.pins.old, mark)
	return err == nil && b.releaseSum() != "" && string(bytes.TrimSpace(was)) == b.releaseSum()
}

// releaseSum stands for the bytes of the release, "" where it has no folder.
func (b *builder) releaseSum() string {
	if b.opt.ReleaseDir == nil {
		return ""
	}
	sums, err := fs.ReadFile(b.opt.ReleaseDir, "SHA256SUMS")
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(sums)
	return hex.EncodeToString(sum[:])
}

// pin writes a file below /r/: the bytes that stood there before if they were
// made of the same release, the new ones otherwise. Only the notice of how the
// release stands is always today's.
func (b *builder) pin(name string, data []byte) error {
	if b.pins.kept[name] {
		old, err := fs.ReadFile(b.pins.old, name)
		if err != nil {
			return fmt.Errorf("keep pinned %s: %w", name, err)
		}
		data = restand(old, standingOf(data))
	}
	return b.out.put(name, data)
}

// writeCarried takes over what other releases pinned, with today's notice.
func (b *builder) writeCarried() error {
	return b.parallel("pinned", len(b.pins.carried), func(i int) error {
		name := b.pins.carried[i]
		if plain := strings.TrimSuffix(strings.TrimSuffix(name, ".gz"), ".br"); plain != name {
			return nil // comes with its page
		}
		data, err := fs.ReadFile(b.pins.old, name)
		if err != nil {
			return fmt.Errorf("carry pinned %s: %w", name, err)
		}
		fresh := b.restood(name, data)
		if !bytes.Equal(fresh, data) {
			return b.out.put(name, fresh)
		}
		return b.carry(name, data)
	})
}

// carry writes a file that did not change, with the compressed twins it had.
func (b *builder) carry(name string, data []byte) error {
	if err := b.out.plain(name, data); err != nil {
		return err
	}
	for _, twin := range []string{name + ".gz", name + ".br"} {
		packed, err := fs.ReadFile(b.pins.old, twin)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("carry pinned %s: %w", twin, err)
		}
		if err := b.out.plain(twin, packed); err != nil {
			return err
		}
	}
	return nil
}

// restood is a carried page with today's notice.
func (b *builder) restood(name string, data []byte) []byte {
	if path.Ext(name) != ".html" {
		return data
	}
	id, rest, _ := strings.Cut(strings.TrimPrefix(name, "r/"), "/")
	lang := words.Langs[0]
	if strings.HasSuffix(name, "/"+words.Langs[1]+"/index.html") || strings.HasPrefix(rest, words.Langs[1]+"/") {
		lang = words.Langs[1]
	}
	now := "/" + strings.TrimSuffix(rest, "index.html")
	return restand(data, string(b.standing(id, lang, now).HTML()))
}

// writePins writes what this release pins for good beside its pages: images,
// style, script and fonts, so that a pinned page needs nothing that a later
// build may drop. What the same release pinned earlier and is no longer made
// stays.
func (b *builder) writePins(pages []*readPage) error {
	made := map[string]bool{}
	own := strings.TrimPrefix(pinnedRoot, "/") + b.rel.Info.ID + "/"
	pin := func(name string, data []byte) error {
		made[name] = true
		return b.pin(name, data)
	}
	for _, p := range pages {
		if strings.HasPrefix(p.file, own) {
			made[p.file] = true
		}
	}
	for _, name := range []string{"style.css", "frame.js", "icon.svg", "titillium-400.woff2", "titillium-600.woff2", "titillium-700.woff2"} {
		data, err := fs.ReadFile(b.assets.files, b.assets.names[name])
		if err != nil {
			return fmt.Errorf("read asset %s: %w", name, err)
		}
		if err := pin(own+"assets/"+b.assets.names[name], data); err != nil {
			return err
		}
	}
	if sum := b.releaseSum(); sum != "" {
		if err := b.out.plain(own+pinnedMark, []byte(sum+"\n")); err != nil {
			return err
		}
		made[own+pinnedMark] = true
	}
	for _, f := range b.placed {
		made[file(b.pinned(figureURL(f.lang, f.fig.ID, "svg")))] = true
		made[file(b.pinned(figureURL(f.lang, f.fig.ID, "png")))] = true
	}
	return b.carryRest(made)
}

// carryRest keeps what this release pinned earlier and is no longer made.
func (b *builder) carryRest(made map[string]bool) error {
	for _, name := range sortedKeys(b.pins.kept) {
		plain := strings.TrimSuffix(strings.TrimSuffix(name, ".gz"), ".br")
		if plain != name || made[name] {
			continue
		}
		data, err := fs.ReadFile(b.pins.old, name)
		if err != nil {
			return fmt.Errorf("keep pinned %s: %w", name, err)
		}
		if err := b.carry(name, data); err != nil {
			return err
		}
	}
	return nil
}

// standingOf cuts the notice out of a page, "" if it has none.
func standingOf(page []byte) string {
	from, to := bytes.Index(page, []byte(standingFrom)), bytes.Index(page, []byte(standingTo))
	if from < 0 || to < from {
		return ""
	}
	return string(page[from : to+len(standingTo)])
}

// restand puts a notice in the place of the one that a page has.
func restand(page []byte, notice string) []byte {
	old := standingOf(page)
	if old == "" || notice == "" || old == notice {
		return page
	}
	return bytes.Replace(page, []byte(old), []byte(notice), 1)
}
