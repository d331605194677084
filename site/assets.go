package site

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

//go:embed all:assets/dist
var builtAssets embed.FS

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed content
var contentFiles embed.FS

// ErrNoAssets says that style, script and fonts were not built yet.
var ErrNoAssets = errors.New("site assets are not built: run make assets")

// assets maps the plain name of a built asset (style.css) to the one that
// carries its content's hash (style.0a1b2c3d4e.css).
type assets struct {
	names map[string]string
	files fs.FS
}

func loadAssets(files fs.FS) (assets, error) {
	raw, err := fs.ReadFile(files, "manifest.json")
	if err != nil {
		return assets{}, ErrNoAssets
	}
	a := assets{names: map[string]string{}, files: files}
	if err := json.Unmarshal(raw, &a.names); err != nil {
		return assets{}, fmt.Errorf("read assets: manifest.json: %w", err)
	}
	for _, need := range []string{"style.css", "site.js", "charts.js", "frame.js", "embed.js", "titillium-400.woff2", "titillium-700.woff2"} {
		if a.names[need] == "" {
			return assets{}, fmt.Errorf("read assets: manifest.json: no %s: %w", need, ErrNoAssets)
		}
	}
	return a, nil
}

func embeddedAssets() (assets, error) {
	sub, err := fs.Sub(builtAssets, "assets/dist")
	if err != nil {
		return assets{}, err
	}
	return loadAssets(sub)
}

// url is the address of an asset.
func (a assets) url(name string) string { return "/assets/" + a.names[name] }

// write hands every asset to the writer.
func (a assets) write(put func(name string, data []byte) error) error {
	for _, name := range sortedKeys(a.names) {
		data, err := fs.ReadFile(a.files, a.names[name])
		if err != nil {
			return fmt.Errorf("read asset %s: %w", name, err)
		}
		if err := put(path.Join("assets", a.names[name]), data); err != nil {
			return err
		}
	}
	return nil
}

// hashTree returns one hash over the names and bytes of all files below root.
func hashTree(files fs.FS) (string, error) {
	h := sha256.New()
	err := fs.WalkDir(files, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(files, p)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(data)
		fmt.Fprintf(h, "%s %x\n", p, sum)
		return nil
	})
	return hex.EncodeToString(h.Sum(nil)), err
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// slugify makes an address part of words: "Distretti socio-sanitari" becomes
// "distretti-socio-sanitari".
func slugify(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case strings.ContainsRune("àáâ", r):
			b.WriteRune('a')
		case strings.ContainsRune("èéê", r):
			b.WriteRune('e')
		case strings.ContainsRune("ìíî", r):
			b.WriteRune('i')
		case strings.ContainsRune("òóô", r):
			b.WriteRune('o')
		case strings.ContainsRune("ùúû", r):
			b.WriteRune('u')
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	return strings.Trim(b.String(), "-")
}
