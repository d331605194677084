package export

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"osservatorio/queries/release"
)

// signed writes a release with a key of its own and returns the public one.
func signed(t *testing.T) (Options, ed25519.PublicKey, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secrets", "signing.key")
	public, err := NewKey(path)
	if err != nil {
		t.Fatal(err)
	}
	db, o := world(t)
	if o.Key, err = LoadKey(path); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(o.Dir), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := Write(t.Context(), db, o); err != nil {
		t.Fatal(err)
	}
	key, err := release.ReadPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	return o, key, public
}

func TestAReleaseIsVerifiedWithThePublicKeyAlone(t *testing.T) {
	o, key, public := signed(t)
	v, err := release.Verify(t.Context(), o.Dir, key)
	if err != nil {
		t.Fatal(err)
	}
	if v.Signature != "good" || v.Key != release.Fingerprint(key) || v.ID != "2026-01" || v.Views != 2 || v.Cells != 7 {
		t.Errorf("got %+v", v)
	}
	if v, err := release.Verify(t.Context(), o.Dir, nil); err != nil || v.Signature != "not_checked" {
		t.Errorf("without a key: %+v, %v", v, err)
	}
	if _, err := exec.LookPath("openssl"); err != nil {
		return // the same by a stranger's program, where it is installed
	}
	c := exec.Command("openssl", "pkeyutl", "-verify", "-pubin", "-inkey", public, "-rawin", "-in", "SHA256SUMS", "-sigfile", "SHA256SUMS.sig")
	c.Dir = o.Dir
	if said, err := c.CombinedOutput(); err != nil {
		t.Errorf("openssl: %v\n%s", err, said)
	}
}

// sealed makes the manifest fit a folder that was changed, and signs it: what
// is still wrong then breaks a promise of the format.
func sealed(t *testing.T, o Options) {
	t.Helper()
	for _, name := range []string{manifestFile, manifestFile + release.SignatureSuffix} {
		if err := os.Remove(filepath.Join(o.Dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	w := &writer{o: o, dir: o.Dir}
	if err := errors.Join(w.writeSums(), w.writeSignature()); err != nil {
		t.Fatal(err)
	}
}

func TestWhatIsWrongWithAReleaseHasItsOwnName(t *testing.T) {
	edit := func(name, old, new string) func(*testing.T, Options) {
		return func(t *testing.T, o Options) {
			path := filepath.Join(o.Dir, name)
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			changed := bytes.Replace(data, []byte(old), []byte(new), 1)
			if bytes.Equal(changed, data) {
				t.Fatalf("no %q in %s", old, name)
			}
			if err := os.WriteFile(path, changed, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	remove := func(name string) func(*testing.T, Options) {
		return func(t *testing.T, o Options) {
			if err := os.Remove(filepath.Join(o.Dir, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, c := range []struct {
		claim  string
		change func(*testing.T, Options)
		seal   bool
		kind   error
		want   string
	}{
		{"a number changed", edit("data/shares.csv", ",40,100,40,", ",45,100,45,"), false, release.ErrTampered, "data/shares.csv: sha256"},
		{"a file missing", remove("notes.json"), false, release.ErrTampered, "notes.json: lstat"},
		{"a file too many", func(t *testing.T, o Options) {
			if err := os.WriteFile(filepath.Join(o.Dir, "more.csv"), nil, 0o644); err != nil {
				t.Fatal(err)
			}
		}, false, release.ErrTampered, "more.csv: not in SHA256SUMS"},
		{"a file that is a link", func(t *testing.T, o Options) {
			path := filepath.Join(o.Dir, "notes.json")
			if err := errors.Join(os.Rename(path, path+".txt"), os.Symlink(path+".txt", path)); err != nil {
				t.Fatal(err)
			}
		}, false, release.ErrTampered, "notes.json: L---------: expected a plain file"},
		{"fewer hidden cells counted", edit("disclosure.json", `"suppressed": 1`, `"suppressed": 0`), true, release.ErrTampered, "data/shares: disclosure.json: counts other cells"},
		{"another mask", edit("disclosure.json", `"mask_sha256": "`, `"mask_sha256": "0`), true, release.ErrTampered, "disclosure.json: mask_sha256 0"},
		{"the manifest changed too", func(t *testing.T, o Options) {
			edit("notes.json", "Nota uno", "Nota due")(t, o)
			data, _ := os.ReadFile(filepath.Join(o.Dir, "notes.json"))
			sum := sha256.Sum256(data)
			manifest, _ := os.ReadFile(filepath.Join(o.Dir, manifestFile))
			for line := range strings.Lines(string(manifest)) {
				if hash, ok := strings.CutSuffix(line, "  notes.json\n"); ok {
					edit(manifestFile, hash, hex.EncodeToString(sum[:]))(t, o)
				}
			}
		}, false, release.ErrSignature, "made with another key, or SHA256SUMS was changed after it"},
		{"no signature", remove("SHA256SUMS.sig"), false, release.ErrUnsigned, "no SHA256SUMS.sig beside it"},
		{"a cut signature", func(t *testing.T, o Options) {
			if err := os.Truncate(filepath.Join(o.Dir, "SHA256SUMS.sig"), 20); err != nil {
				t.Fatal(err)
			}
		}, false, release.ErrSignature, "does not fit"},
		{"newer software", edit("release.json", `"format": 1`, `"format": 2`), true, release.ErrNewer, "format 2"},
		{"a CSV file that says something else", edit("data/shares.csv", ",40,100,40,", ",45,100,45,"), true, release.ErrTampered, "data/shares: row 5: csv: says something else than the Parquet file"},
		{"a CSV file that says more", edit("data/shares.csv", "region,R,quarter,2025-Q1,F", "region,R,quarter,2025-Q0,F,,,,,,,,,,,,\nregion,R,quarter,2025-Q1,F"), true, release.ErrTampered, "data/shares: row 3: csv: says something else"},
		{"another definition in the header", edit("release.json", `"definition": "shares@1"`, `"definition": "shares@2"`), true, release.ErrTampered, `definition "shares@1": release.json says "shares@2"`},
	} {
		t.Run(c.claim, func(t *testing.T) {
			o, key, _ := signed(t)
			c.change(t, o)
			if c.seal {
				sealed(t, o)
			}
			_, err := release.Verify(t.Context(), o.Dir, key)
			if !errors.Is(err, c.kind) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %v with %q", err, c.kind, c.want)
			}
		})
	}
	t.Run("another key", func(t *testing.T) {
		o, _, _ := signed(t)
		_, other, _ := signed(t)
		if _, err := release.Verify(t.Context(), o.Dir, other); !errors.Is(err, release.ErrSignature) || errors.Is(err, release.ErrTampered) {
			t.Errorf("got %v", err)
		}
	})
}

// A number under a status that hides it is found though manifest and signature
// are its publisher's own.
func TestASignedReleaseThatTellsWhatItHidesIsRefused(t *testing.T) {
	o, key, _ := signed(t)
	db, _ := world(t)
	w := &writer{ctx: t.Context(), db: db, o: o, dir: o.Dir}
	if _, err := db.Exec(`UPDATE published.shares SET obs_status = 'Q', conf_status = 'C' WHERE period = '2025-Q1' AND geo = 'R' AND sex = 'F'`); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.findViews(), w.fillInfo(), w.writeData()); err != nil {
		t.Fatal(err)
	}
	sealed(t, o)
	_, err := release.Verify(t.Context(), o.Dir, key)
	if !errors.Is(err, release.ErrTampered) || !strings.Contains(err.Error(), "data/shares: row 3: a number under status Q") {
		t.Errorf("got %v", err)
	}
}

func TestASigningKeyIsItsOwnersAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "signing.key")
	if _, err := NewKey(path); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if _, err := NewKey(path); err == nil || !strings.Contains(err.Error(), "there already") {
		t.Errorf("made over another: %v", err)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadKey(path); err == nil || !strings.Contains(err.Error(), "mode 0640: expected 0600") {
		t.Errorf("open to a group: %v", err)
	}
	if err := errors.Join(os.WriteFile(path, []byte("secret"), 0o600), os.Chmod(path, 0o600)); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadKey(path); err == nil || !strings.Contains(err.Error(), "expected one PEM block") {
		t.Errorf("no key: %v", err)
	}
	if _, err := release.ReadPublicKey(path); err == nil || !strings.Contains(err.Error(), "expected one PEM block") {
		t.Errorf("no public key: %v", err)
	}
}

// Whichever step fails for want of space, nothing of the release is seen and
// the next try begins anew.
func TestADiskThatIsFullLeavesNoHalfRelease(t *testing.T) {
	db, o := world(t)
	if err := os.MkdirAll(filepath.Dir(o.Dir), 0o755); err != nil {
		t.Fatal(err)
	}
	steps := 0
	for n := 0; ; n++ {
		left := n
		o.afterStep = func() error {
			if left--; left < 0 {
				return syscall.ENOSPC
			}
			return nil
		}
		err := Write(t.Context(), db, o)
		if err == nil {
			break
		}
		steps++
		if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "write release 2026-01") {
			t.Errorf("step %d: %v", n, err)
		}
		if left, _ := os.ReadDir(filepath.Dir(o.Dir)); len(left) != 0 {
			t.Errorf("step %d left %v", n, left)
		}
	}
	if steps < 10 {
		t.Errorf("%d steps failed, want each of them", steps)
	}
	if _, err := release.Verify(t.Context(), o.Dir, nil); err != nil {
		t.Error(err)
	}
}

func TestAnIdIsAMonthOrItsRevision(t *testing.T) {
	db, o := world(t)
	for _, id := range []string{"", "latest", "2026-13", "2026-01.0", "2026-01/..", "../2026-01", "2026-01.1.1"} {
		o.Info.ID = id
		if err := Write(t.Context(), db, o); err == nil || !strings.Contains(err.Error(), "expected the month of publication") {
			t.Errorf("%q: got %v", id, err)
		}
	}
}
