//go:build clouds

package place

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	_ "gocloud.dev/blob/azureblob"
	_ "gocloud.dev/blob/gcsblob"
)

// shelved reads the files of a folder of a shelf, and the folders in it.
func shelved(shelf, prefix string, file func(key string, content []byte, at time.Time), folder func(key string)) {
	entries, _ := os.ReadDir(filepath.Join(shelf, prefix))
	for _, e := range entries {
		if e.IsDir() {
			folder(prefix + e.Name() + "/")
			continue
		}
		content, _ := os.ReadFile(filepath.Join(shelf, prefix, e.Name()))
		info, _ := e.Info()
		file(prefix+e.Name(), content, info.ModTime().UTC())
	}
}

func sum(content []byte) string {
	s := md5.Sum(content)
	return base64.StdEncoding.EncodeToString(s[:])
}

// gcs serves a folder as Google's storage does.
type gcs struct{ shelf string }

func (s gcs) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	key, described := strings.CutPrefix(strings.TrimPrefix(r.URL.Path, "/storage/v1"), "/b/regione/o")
	var items []map[string]any
	var folders []string
	describe := func(key string, content []byte, at time.Time) {
		items = append(items, map[string]any{"kind": "storage#object", "bucket": "regione", "name": key, "size": strconv.Itoa(len(content)),
			"updated": at.Format(time.RFC3339Nano), "md5Hash": sum(content), "generation": "1", "metageneration": "1"})
	}
	name := strings.TrimPrefix(key, "/")
	if !described {
		name = strings.TrimPrefix(r.URL.Path, "/regione/")
	}
	content, err := os.ReadFile(filepath.Join(s.shelf, name))
	info, _ := os.Stat(filepath.Join(s.shelf, name))
	switch {
	case described && key == "":
		shelved(s.shelf, r.URL.Query().Get("prefix"), describe, func(key string) { folders = append(folders, key) })
		json.NewEncoder(w).Encode(map[string]any{"kind": "storage#objects", "items": items, "prefixes": folders})
	case err != nil:
		http.NotFound(w, r)
	case described && r.URL.Query().Get("alt") != "media":
		describe(name, content, info.ModTime().UTC())
		json.NewEncoder(w).Encode(items[0])
	default:
		w.Header().Set("X-Goog-Generation", "1")
		http.ServeContent(w, r, "", info.ModTime(), bytes.NewReader(content))
	}
}

func TestGooglesStorageIsEmptiedOnce(t *testing.T) {
	shelf := t.TempDir()
	server := httptest.NewServer(gcs{shelf})
	t.Cleanup(server.Close)
	t.Setenv("STORAGE_EMULATOR_HOST", strings.TrimPrefix(server.URL, "http://"))
	aShelfIsEmptiedOnce(t, Place{Bucket: "gs://regione", Prefix: "out"}, filepath.Join(shelf, "out"))
}

// azure serves a folder as Microsoft's storage does.
type azure struct{ shelf string }

type azureBlob struct {
	Name       string
	Properties struct {
		LastModified  string `xml:"Last-Modified"`
		ContentLength int    `xml:"Content-Length"`
		ContentMD5    string `xml:"Content-MD5"`
		BlobType      string
	}
}

type azureList struct {
	XMLName xml.Name `xml:"EnumerationResults"`
	Blobs   struct {
		Blob       []azureBlob
		BlobPrefix []struct{ Name string }
	}
	NextMarker string
}

func (s azure) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/account/regione"), "/")
	if !strings.HasPrefix(r.Header.Get("Authorization"), "SharedKey account:") {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	if r.URL.Query().Get("comp") == "list" {
		var l azureList
		shelved(s.shelf, r.URL.Query().Get("prefix"), func(key string, content []byte, at time.Time) {
			b := azureBlob{Name: key}
			b.Properties.LastModified, b.Properties.ContentLength, b.Properties.ContentMD5, b.Properties.BlobType = at.Format(http.TimeFormat), len(content), sum(content), "BlockBlob"
			l.Blobs.Blob = append(l.Blobs.Blob, b)
		}, func(key string) { l.Blobs.BlobPrefix = append(l.Blobs.BlobPrefix, struct{ Name string }{key}) })
		w.Header().Set("Content-Type", "application/xml")
		xml.NewEncoder(w).Encode(l)
		return
	}
	content, err := os.ReadFile(filepath.Join(s.shelf, name))
	if err != nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	info, _ := os.Stat(filepath.Join(s.shelf, name))
	if asked := r.Header.Get("x-ms-range"); asked != "" {
		r.Header.Set("Range", asked)
	}
	w.Header().Set("Content-MD5", sum(content))
	w.Header().Set("x-ms-blob-type", "BlockBlob")
	w.Header().Set("x-ms-creation-time", info.ModTime().UTC().Format(http.TimeFormat))
	w.Header().Set("ETag", etag(content))
	http.ServeContent(w, r, "", info.ModTime(), bytes.NewReader(content))
}

func TestMicrosoftsStorageIsEmptiedOnce(t *testing.T) {
	shelf := t.TempDir()
	server := httptest.NewServer(azure{shelf})
	t.Cleanup(server.Close)
	t.Setenv("AZURE_STORAGE_ACCOUNT", "account")
	t.Setenv("AZURE_STORAGE_KEY", base64.StdEncoding.EncodeToString([]byte("key of the environment")))
	address := "azblob://regione?protocol=http&localemu=true&domain=" + strings.TrimPrefix(server.URL, "http://")
	aShelfIsEmptiedOnce(t, Place{Bucket: address, Prefix: "out"}, filepath.Join(shelf, "out"))
}
