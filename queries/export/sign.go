package export

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"osservatorio/queries/release"
)

// NewKey makes a key of Ed25519 that signs releases: the private one in path
// (PKCS #8 in PEM, mode 0600), the public one beside it, whose path it returns.
// It never overwrites a key.
func NewKey(path string) (public string, err error) {
	public = PublicKeyPath(path)
	open, secret, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return "", fmt.Errorf("make signing key: %w", err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(secret)
	if err != nil {
		return "", fmt.Errorf("make signing key: %w", err)
	}
	told, err := x509.MarshalPKIXPublicKey(open)
	if err != nil {
		return "", fmt.Errorf("make signing key: %w", err)
	}
	if err := writeKey(path, "PRIVATE KEY", private, 0o600); err != nil {
		return "", err
	}
	return public, writeKey(public, "PUBLIC KEY", told, 0o644)
}

// PublicKeyPath is where the public half of a signing key lies.
func PublicKeyPath(path string) string {
	return strings.TrimSuffix(path, filepath.Ext(path)) + ".pub"
}

func writeKey(path, kind string, der []byte, mode os.FileMode) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return fmt.Errorf("make signing key: %w", err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("make signing key: %s is there already: releases are signed with it", path)
	}
	if err != nil {
		return fmt.Errorf("make signing key: %w", err)
	}
	if err := errors.Join(pem.Encode(f, &pem.Block{Type: kind, Bytes: der}), f.Close()); err != nil {
		return fmt.Errorf("make signing key: %w", err)
	}
	return nil
}

// LoadKey reads a signing key. One that others than its owner may read is
// refused: whoever has it can sign in the publisher's name.
func LoadKey(path string) (ed25519.PrivateKey, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("read signing key: %w", err)
	}
	if open := info.Mode().Perm() & 0o077; open != 0 {
		return nil, fmt.Errorf("read signing key: %s: mode %04o: expected 0600: run chmod 600 on it", path, info.Mode().Perm())
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read signing key: %w", err)
	}
	block, rest := pem.Decode(data)
	if block == nil || block.Type != "PRIVATE KEY" || len(bytes.TrimSpace(rest)) > 0 {
		return nil, fmt.Errorf("read signing key: %s: expected one PEM block \"PRIVATE KEY\"", path)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("read signing key: %s: %w", path, err)
	}
	key, ok := parsed.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("read signing key: %s: a key of another kind: expected Ed25519", path)
	}
	return key, nil
}

// writeSignature signs the manifest. Ed25519 has no chance in it: the same key
// and manifest give the same bytes.
func (w *writer) writeSignature() error {
	if w.o.Key == nil {
		return nil
	}
	manifest, err := os.ReadFile(w.path(manifestFile))
	if err != nil {
		return err
	}
	return w.create(manifestFile+release.SignatureSuffix, ed25519.Sign(w.o.Key, manifest))
}
