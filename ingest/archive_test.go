package ingest

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"filippo.io/age"
)

// opensWith is what the copies of a period in the archive hold, in the order of
// their names, as far as a key opens them.
func opensWith(t *testing.T, h *house, key *age.X25519Identity) (opened []string, shut int) {
	t.Helper()
	copies, err := filepath.Glob(filepath.Join(h.options.Archive, "placements", "*", "*"+sealedSuffix))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range copies {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := age.Decrypt(bytes.NewReader(raw), key)
		if err != nil {
			shut++
			continue
		}
		text, err := io.ReadAll(plain)
		if err != nil {
			t.Fatal(err)
		}
		opened = append(opened, string(text))
	}
	return opened, shut
}

// A copy is of use only if whoever has the key gets back what was delivered; a
// new key opens what comes from then on, and nothing of before.
func TestACopyInTheArchiveOpensWithTheKeyOfItsDayAlone(t *testing.T) {
	var keys [2]*age.X25519Identity
	for i := range keys {
		key, err := age.GenerateX25519Identity()
		if err != nil {
			t.Fatal(err)
		}
		keys[i] = key
	}
	source := placements
	source.Synthetic = false
	h := newHouse(t, source)
	texts := [2]string{many(2), many(0, placement(7), placement(8), placement(9))}
	for i, name := range []string{goodName, "placements_2026-Q3_2026-11-15.csv"} {
		h.options.ArchiveRecipient = keys[i].Recipient().String()
		h.put(name, texts[i])
		h.mustRun()
	}
	for i, key := range keys {
		if opened, shut := opensWith(t, h, key); len(opened) != 1 || opened[0] != texts[i] || shut != 1 {
			t.Errorf("key %d opens %q, and leaves %d shut: want the delivery of its day alone", i+1, opened, shut)
		}
	}
	h.options.ArchiveRecipient = "age1nonsense"
	h.put("placements_2026-Q3_2026-11-20.csv", many(4))
	if _, err := h.run(); err == nil {
		t.Error("a key that is none was taken")
	}
	if opened, shut := opensWith(t, h, keys[1]); len(opened) != 1 || shut != 1 {
		t.Errorf("with a key that is none %d copies were made", len(opened)+shut-2)
	}
}
