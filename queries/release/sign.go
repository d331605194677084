package release

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// SignatureSuffix is what the name of a signature has more than its file's.
// A signature is the bare 64 bytes of Ed25519, so that openssl checks it too.
const SignatureSuffix = ".sig"

// What may be wrong with a signature.
var (
	ErrUnsigned  = errors.New("not signed")
	ErrSignature = errors.New("signature does not fit")
)

// ReadPublicKey reads a public key of Ed25519 from a PEM file ("BEGIN PUBLIC
// KEY"), such as an instance's signing.pub.
func ReadPublicKey(path string) (ed25519.PublicKey, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read public key: %w", err)
	}
	block, rest := pem.Decode(data)
	if block == nil || block.Type != "PUBLIC KEY" || len(bytes.TrimSpace(rest)) > 0 {
		return nil, fmt.Errorf("read public key: %s: expected one PEM block \"PUBLIC KEY\"", path)
	}
	parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("read public key: %s: %w", path, err)
	}
	key, ok := parsed.(ed25519.PublicKey)
	if !ok {
		return nil, fmt.Errorf("read public key: %s: a key of another kind: expected Ed25519", path)
	}
	return key, nil
}

// Fingerprint names a public key in few letters: the hash of its 32 bytes.
func Fingerprint(key ed25519.PublicKey) string {
	sum := sha256.Sum256(key)
	return "SHA256:" + base64.RawStdEncoding.EncodeToString(sum[:])
}

// VerifySignature holds the signature beside a file of dir to the file.
func VerifySignature(dir, name string, key ed25519.PublicKey) error {
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return err
	}
	signature, err := os.ReadFile(filepath.Join(dir, name+SignatureSuffix))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: %w: no %s beside it", name, ErrUnsigned, name+SignatureSuffix)
	}
	if err != nil {
		return err
	}
	if len(signature) != ed25519.SignatureSize || !ed25519.Verify(key, data, signature) {
		return fmt.Errorf("%s: %w key %s: it was made with another key, or %s was changed after it", name+SignatureSuffix, ErrSignature, Fingerprint(key), name)
	}
	return nil
}
