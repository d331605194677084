package fetch

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// maxMembers is the greatest number of files in an archive.
const maxMembers = 10_000

// isZip tells a ZIP archive, which a workbook is too.
func isZip(head []byte) bool { return bytes.HasPrefix(head, []byte("PK\x03\x04")) }

// archive is an open ZIP whose names and sizes were looked at.
type archive struct {
	*zip.ReadCloser
	book bool // an Excel workbook
}

// openZip opens the file as it stands now and refuses what no supplier sends
// in good faith: names that lead out, links, too many files, a bomb.
func (s *sniffer) openZip() (*archive, error) {
	r, err := zip.OpenReader(s.now)
	if err != nil {
		return nil, s.refuse("", "a broken ZIP archive: "+oneLine(err), "a whole archive", "the file was cut on its way: ask for it again and compare checksums")
	}
	a := &archive{ReadCloser: r}
	if err := s.checkZip(a); err != nil {
		r.Close()
		return nil, err
	}
	return a, nil
}

func (s *sniffer) checkZip(a *archive) error {
	if n := len(a.File); n > maxMembers {
		return s.refuse("", fmt.Sprintf("an archive of %d files", n), fmt.Sprintf("at most %d", maxMembers), "send the table alone")
	}
	if isODS(a.File) {
		return s.noTable("an OpenDocument spreadsheet", "save it as .xlsx or as CSV UTF-8 and deliver that")
	}
	var plain uint64
	for _, f := range a.File {
		if fault := unsafeMember(f.Name, f.Mode()); fault != "" {
			return s.refuse("member "+told(f.Name), fault, "a file name below the archive's own root", "do not unpack it; tell whoever made it")
		}
		plain += f.UncompressedSize64
		if plain > 1<<62 {
			break
		}
		switch f.Name {
		case "xl/workbook.xml":
			a.book = true
		case "xl/workbook.bin":
			return s.noTable("a binary Excel workbook (.xlsb)", "save it as .xlsx or as CSV UTF-8 and deliver that")
		case "word/document.xml":
			return s.noTable("a Word document", "deliver the table that it was made from")
		}
	}
	size, err := s.size()
	if err != nil {
		return err
	}
	if limit := s.limit(size); plain > uint64(limit) {
		return s.refuse("", fmt.Sprintf("more than %d bytes in a ZIP archive of %d", limit, size), fmt.Sprintf("at most %d times its size", maxRatio), "deliver it unpacked if it is genuine")
	}
	return nil
}

// isODS tells a spreadsheet of LibreOffice by its first member, which says
// what the archive is.
func isODS(files []*zip.File) bool {
	if len(files) == 0 || files[0].Name != "mimetype" || files[0].UncompressedSize64 > 100 {
		return false
	}
	in, err := files[0].Open()
	if err != nil {
		return false
	}
	defer in.Close()
	said, err := io.ReadAll(io.LimitReader(in, 100))
	return err == nil && strings.HasPrefix(string(said), "application/vnd.oasis.opendocument")
}

// unsafeMember tells why a name must not be unpacked; "" if it may be.
func unsafeMember(name string, mode fs.FileMode) string {
	switch slashed := strings.ReplaceAll(name, `\`, "/"); {
	case mode&fs.ModeSymlink != 0:
		return "a link"
	case mode.Type()&^fs.ModeDir != 0:
		return "not a file"
	case strings.ContainsRune(name, 0) || name == "":
		return "a name that is none"
	case strings.HasPrefix(slashed, "/"), len(name) > 1 && name[1] == ':':
		return "an absolute path"
	case slices.Contains(strings.Split(slashed, "/"), ".."):
		return "a path that leads out"
	}
	return ""
}

// told is a name from a stranger, short and on one line.
func told(name string) string {
	text := fmt.Sprintf("%q", name)
	if len(text) > 80 {
		text = text[:77] + `…"`
	}
	return text
}

// unzip writes the one table of an archive to a temporary file and returns
// its beginning.
func (s *sniffer) unzip(ctx context.Context, a *archive) ([]byte, error) {
	f, err := s.member(a)
	if err != nil {
		return nil, err
	}
	plain, err := f.Open()
	if err != nil {
		return nil, s.refuse("member "+told(f.Name), oneLine(err), "a file packed with deflate", "pack it anew, without a password")
	}
	defer plain.Close()
	to := filepath.Join(s.temp, "member")
	s.text = Text{}
	if err := s.copyTo(ctx, to, plain, nil); err != nil {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("unpack %s: %w", s.given, err)
		}
		return nil, s.refuse("member "+told(f.Name), "broken: "+oneLine(err), "a whole archive", "the file was cut on its way: ask for it again and compare checksums")
	}
	s.note("container: ZIP, member %s", told(f.Name))
	s.now = to
	head, err := s.head()
	if err == nil && container(head) != "" {
		err = s.refuse("member "+told(f.Name), "an archive within the ZIP", "one table in it", "unpack it once and deliver that")
	}
	return head, err
}

// member chooses the table: the one that the configuration's pattern knows,
// or the only one.
func (s *sniffer) member(a *archive) (*zip.File, error) {
	var found []*zip.File
	var names []string
	for _, f := range a.File {
		base := path.Base(f.Name)
		if f.FileInfo().IsDir() || strings.HasPrefix(base, ".") || strings.HasPrefix(f.Name, "__MACOSX/") {
			continue
		}
		names = append(names, told(f.Name))
		if s.isMember(f.Name, base) {
			found = append(found, f)
		}
	}
	if len(found) == 1 {
		if found[0].Flags&1 != 0 {
			return nil, s.refuse("member "+told(found[0].Name), "encrypted with a password", "a file that can be read", "send it without a password, over a protected way")
		}
		return found[0], nil
	}
	wanted := "one table"
	if s.want.Member != "" {
		wanted = fmt.Sprintf("one that member = %q knows", s.want.Member)
	}
	if len(found) == 0 {
		return nil, s.refuse("", fmt.Sprintf("no such file in the archive of %d (%s)", len(names), few(names)), wanted, "pack the table, or correct member in [source.table]")
	}
	names = names[:0]
	for _, f := range found {
		names = append(names, told(f.Name))
	}
	return nil, s.refuse("", fmt.Sprintf("%d tables in the archive (%s)", len(names), few(names)), wanted, `name it in [source.table], such as member = "services*.csv"`)
}

// descriptors are the files that tell of the tables of a Frictionless package.
var descriptors = []string{"datapackage.json", "dataresource.json"}

func (s *sniffer) isMember(name, base string) bool {
	if s.want.Member == "" && slices.Contains(descriptors, strings.ToLower(base)) {
		return false
	}
	if s.want.Member == "" {
		return TableName(base) || strings.EqualFold(path.Ext(base), ".xml") || strings.EqualFold(path.Ext(base), ".json")
	}
	for _, n := range []string{name, base} {
		if ok, err := path.Match(s.want.Member, n); ok && err == nil {
			return true
		}
	}
	return false
}

func few(names []string) string {
	if len(names) > 5 {
		return strings.Join(names[:5], ", ") + ", …"
	}
	return strings.Join(names, ", ")
}

// size is that of the file as it stands now.
func (s *sniffer) size() (int64, error) {
	file, info, err := openFile(s.now)
	if err != nil {
		return 0, err
	}
	return info.Size(), file.Close()
}

// limit is how much an archive of this size may hold.
func (s *sniffer) limit(size int64) int64 {
	limit := s.want.MaxBytes
	if limit == 0 {
		limit = defaultMaxBytes
	}
	return min(limit, max(freeBytes, size*maxRatio))
}

// zipped takes a ZIP archive apart, or reads it as the workbook that it is; ok
// is false if a table came out that is to be looked at as any other.
func (s *sniffer) zipped(ctx context.Context) (t Table, ok bool, err error) {
	a, err := s.openZip()
	if err != nil {
		return Table{}, true, err
	}
	defer a.Close()
	if a.book {
		t, err = s.workbook(ctx, a)
		return t, true, err
	}
	head, err := s.unzip(ctx, a)
	if err != nil {
		return Table{}, true, err
	}
	if !isZip(head) {
		return Table{}, false, nil
	}
	inner, err := s.openZip()
	if err != nil {
		return Table{}, true, err
	}
	defer inner.Close()
	if !inner.book {
		return Table{}, true, s.refuse("", "an archive within the ZIP", "one table in it", "unpack it once and deliver that")
	}
	t, err = s.workbook(ctx, inner)
	return t, true, err
}

var errNoSheet = errors.New("no such sheet")
