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
// re-keyed. It never prints itself.
type Key struct{ secret []byte }

// String keeps the secret out of logs.
func (Key) String() string { return "privacy.Key(secret)" }

// GoString keeps the secret out of logs too.
func (k Key) GoString() string { return k.String() }

// NewKey makes a secret and writes it to a new file that its owner alone may
// read. An existing file is never replaced: what it has hashed would be lost.
func NewKey(path string) (Key, error) {
	secret := make([]byte, keyBytes)
	rand.Read(secret)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return Key{}, fmt.Errorf("make key %s: %w", path, err)
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return Key{}, fmt.Errorf("make key %s: %w", path, err)
	}
	defer file.Close()
	if _, err := file.WriteString(hex.EncodeToString(secret) + "\n"); err != nil {
		return Key{}, fmt.Errorf("make key %s: %w", path, err)
	}
	if err := file.Sync(); err != nil {
		return Key{}, fmt.Errorf("make key %s: %w", path, err)
	}
	return Key{secret: secret}, file.Close()
}

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
	secret, err := hex.DecodeString(strings.TrimSpace(string(raw)))
	if err != nil || len(secret) != keyBytes {
		return Key{}, &KeyError{Path: path, Found: fmt.Sprintf("not a key: expected %d hexadecimal digits", 2*keyBytes), Advice: "restore the file from the backup of the instance"}
	}
	return Key{secret: secret}, nil
}

// KeyError is a key file that can't be used; it never shows its content.
type KeyError struct{ Path, Found, Advice string }

func (e *KeyError) Error() string { return "read key " + e.Path + ": " + e.Found }

// Hint says what to do; "" if the error says it all.
func (e *KeyError) Hint() string { return e.Advice }

// Pseudonym is the instance's pseudonym for a supplied value: the first 120
// bits of HMAC-SHA-256(secret, value) as 24 characters a–z2–7. The same value
// has the same pseudonym in every column and contract, so that the archives
// stay linkable among themselves. "" stays "".
func (k Key) Pseudonym(value string) string {
	return string(k.Hasher().Append(nil, []byte(value)))
}

// Hasher makes pseudonyms of many values, each as Pseudonym does. It is not
// for two goroutines at once.
func (k Key) Hasher() *Hasher {
	return &Hasher{mac: hmac.New(sha256.New, k.secret)}
}

// Hasher is a Key at work.
type Hasher struct {
	mac hash.Hash
	sum [sha256.Size]byte
}

// Append adds the pseudonym of value to dst; nothing if value is empty.
func (h *Hasher) Append(dst, value []byte) []byte {
	if len(value) == 0 {
		return dst
	}
	h.mac.Reset()
	h.mac.Write(value)
	return alphabet.AppendEncode(dst, h.mac.Sum(h.sum[:0])[:pseudonymBytes])
}
