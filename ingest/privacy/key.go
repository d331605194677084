package privacy

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"hash"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const (
	keyBytes = 32
	// pseudonymBytes is how much of the HMAC a pseudonym keeps: 120 bits. Among
	// a thousand million values two alike are expected with odds of 1 to 10^18.
	pseudonymBytes = 15
	// PseudonymLength is the number of characters of a pseudonym.
	PseudonymLength = pseudonymBytes * 8 / 5
)

// alphabet is RFC 4648's, in lower case: no character that a spreadsheet, a
// shell or a URL reads as something else.
var alphabet = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Key is the secret of an instance, with which supplied pseudonyms are
// re-keyed: one secret, or several laid over each other by Renew. It never
// prints itself.
type Key struct{ secrets [][]byte }

// String keeps the secret out of logs.
func (Key) String() string { return "privacy.Key(secret)" }

// GoString keeps the secret out of logs too.
func (k Key) GoString() string { return k.String() }

// NewKey makes a secret and writes it to a new file that its owner alone may
// read. An existing file is never replaced: what it has hashed would be lost.
func NewKey(path string) (Key, error) { return Key{}.Renew(path) }

// Renew lays a new secret over those of k and writes the whole to a new file,
// as NewKey does. What was made with k becomes what is made with the new key by
// its last secret alone, so that the values that suppliers sent are not needed.
func (k Key) Renew(path string) (Key, error) {
	secret := make([]byte, keyBytes)
	rand.Read(secret)
	renewed := Key{append(slices.Clone(k.secrets), secret)}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return Key{}, fmt.Errorf("make key %s: %w", path, err)
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return Key{}, fmt.Errorf("make key %s: %w", path, err)
	}
	defer file.Close()
	for _, s := range renewed.secrets {
		if _, err := file.WriteString(hex.EncodeToString(s) + "\n"); err != nil {
			return Key{}, fmt.Errorf("make key %s: %w", path, err)
		}
	}
	if err := file.Sync(); err != nil {
		return Key{}, fmt.Errorf("make key %s: %w", path, err)
	}
	return renewed, file.Close()
}

// First is the oldest secret of k alone: that which Renew leaves as it was.
func (k Key) First() Key { return Key{k.secrets[:1]} }

// Last is the newest secret of k alone.
func (k Key) Last() Key { return Key{k.secrets[len(k.secrets)-1:]} }

// Fingerprint tells two keys apart and tells nothing of either: 16 characters.
func (k Key) Fingerprint() string { return k.Pseudonym("\x00fingerprint of the key")[:16] }

// LoadKey reads the secret of an instance. A file that others may read is
// refused, whatever it holds.
func LoadKey(path string) (Key, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Key{}, &KeyError{Path: path, Found: "no such file", Advice: "osservatorio init makes one; a lost key can't be made again"}
	}
	if !info.Mode().IsRegular() {
		return Key{}, &KeyError{Path: path, Found: "not a file"}
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return Key{}, &KeyError{Path: path, Found: fmt.Sprintf("file mode %#o lets others read it: expected 0600", mode), Advice: "chmod 600 " + path}
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return Key{}, fmt.Errorf("read key %s: %w", path, err)
	}
	var k Key
	for line := range strings.FieldsSeq(string(raw)) {
		secret, err := hex.DecodeString(line)
		if err != nil || len(secret) != keyBytes {
			k.secrets = nil
			break
		}
		k.secrets = append(k.secrets, secret)
	}
	if len(k.secrets) == 0 {
		return Key{}, &KeyError{Path: path, Found: fmt.Sprintf("not a key: expected %d hexadecimal digits, on each line if there are several", 2*keyBytes), Advice: "restore the file from the backup of the instance"}
	}
	return k, nil
}

// KeyError is a key file that can't be used; it never shows its content.
type KeyError struct{ Path, Found, Advice string }

func (e *KeyError) Error() string { return "read key " + e.Path + ": " + e.Found }

// Hint says what to do; "" if the error says it all.
func (e *KeyError) Hint() string { return e.Advice }

// Pseudonym is the instance's pseudonym for a supplied value: the first 120
// bits of HMAC-SHA-256(secret, value) as 24 characters a–z2–7, with each
// further secret the pseudonym of that. The same value
// has the same pseudonym in every column and contract, so that the archives
// stay linkable among themselves. "" stays "".
func (k Key) Pseudonym(value string) string {
	return string(k.Hasher().Append(nil, []byte(value)))
}

// Hasher makes pseudonyms of many values, each as Pseudonym does. It is not
// for two goroutines at once.
func (k Key) Hasher() *Hasher {
	h := &Hasher{}
	for _, secret := range k.secrets {
		h.macs = append(h.macs, hmac.New(sha256.New, secret))
	}
	return h
}

// Hasher is a Key at work.
type Hasher struct {
	macs  []hash.Hash // one for each secret, the oldest first
	sum   [sha256.Size]byte
	inner [PseudonymLength]byte
}

// Append adds the pseudonym of value to dst; nothing if value is empty.
func (h *Hasher) Append(dst, value []byte) []byte {
	if len(value) == 0 {
		return dst
	}
	for _, mac := range h.macs {
		mac.Reset()
		mac.Write(value)
		value = alphabet.AppendEncode(h.inner[:0], mac.Sum(h.sum[:0])[:pseudonymBytes])
	}
	return append(dst, value...)
}
