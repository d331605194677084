package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"filippo.io/age"

	"osservatorio/ingest/fetch"
)

// sealedSuffix ends the name of a copy that is encrypted.
const sealedSuffix = ".age"

// archives tells whether accepted files move out of the inbox.
func (l *loader) archives() bool { return !l.KeepInbox && l.Archive != "" }

// plainArchive tells whether the file may lie in the archive as it came:
// nobody's pseudonyms are in it. That a delivery is synthetic is the operator's
// word, not that of the manifest, which comes from the supplier.
func (l *loader) plainArchive() bool {
	return l.source.Synthetic || l.contract.Protection == "open"
}

// putAway moves the file of a loaded delivery to the archive, encrypted
// unless it is synthetic or open. The ledger has the delivery by now, so a run
// that ends here is completed by the next: it finds the file known and puts it
// away.
func (l *loader) putAway(ctx context.Context) error {
	if !l.archives() {
		return nil
	}
	if err := l.mayEnter(); err != nil {
		return err
	}
	to := l.archivePath()
	gone, err := l.DB.IsArchiveGone(ctx, l.seen.SHA256)
	if err != nil {
		return err
	}
	if gone { // sent again after it was erased
		l.Log.WarnContext(ctx, "erased before, and not kept again", "source", l.source.Name, "period", l.file.Period, "file", l.file.Base)
	} else if _, err := os.Stat(to); errors.Is(err, fs.ErrNotExist) {
		if err := l.seal(ctx, to); err != nil {
			return fmt.Errorf("archive %s: %w", l.file.Base, err)
		}
	} else if err != nil {
		return fmt.Errorf("archive %s: %w", l.file.Base, err)
	}
	for _, path := range []string{l.file.Path, l.file.Path + fetch.ManifestSuffix, l.file.Path + reportSuffix} {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("archive %s: %w", l.file.Base, err)
		}
	}
	return nil
}

// archivePath is source/period/checksum-name, so that two files of one name
// do not meet.
func (l *loader) archivePath() string {
	path := filepath.Join(l.Archive, l.source.Name, l.file.Period, l.seen.SHA256[:12]+"-"+l.file.Base)
	if l.ArchiveRecipient != "" {
		path += sealedSuffix
	}
	return path
}

// seal copies the file, encrypted if there is a recipient, and is done only
// when the copy lies on disk whole.
func (l *loader) seal(ctx context.Context, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	in, err := os.Open(l.file.Path)
	if err != nil {
		return err
	}
	defer in.Close()
	// Always the same name: what a killed run left is written over.
	out, err := os.OpenFile(filepath.Join(filepath.Dir(to), ".part-"+l.seen.SHA256), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer os.Remove(out.Name())
	defer out.Close()
	if err := l.write(ctx, out, in); err != nil {
		return err
	}
	if err := l.seen.Unchanged(); err != nil {
		return err
	}
	if err := errors.Join(out.Sync(), out.Close()); err != nil {
		return err
	}
	return os.Rename(out.Name(), to)
}

func (l *loader) write(ctx context.Context, out io.Writer, in io.Reader) error {
	in = cancellable{ctx, in}
	if l.ArchiveRecipient == "" {
		_, err := io.Copy(out, in)
		return err
	}
	recipient, err := age.ParseX25519Recipient(l.ArchiveRecipient)
	if err != nil {
		return err
	}
	sealed, err := age.Encrypt(out, recipient)
	if err != nil {
		return err
	}
	if _, err := io.Copy(sealed, in); err != nil {
		return err
	}
	return sealed.Close()
}

// cancellable ends a copy when its context ends.
type cancellable struct {
	ctx context.Context
	in  io.Reader
}

func (c cancellable) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.in.Read(p)
}
