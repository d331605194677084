package place

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

// lay puts a file with the time of its issue into a folder.
func lay(t *testing.T, dir, name, content string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, stamp, stamp); err != nil {
		t.Fatal(err)
	}
}

func services(name string) bool { return strings.HasPrefix(name, "services") }

// aShelfIsEmptiedOnce is what every place of many files does.
func aShelfIsEmptiedOnce(t *testing.T, p Place, shelf string) {
	t.Helper()
	lay(t, shelf, "services_2026-Q3.csv", "a,b\n1,2\n")
	lay(t, shelf, "services_2026-Q3.csv.manifest.json", "{}")
	lay(t, shelf, "services_old.csv", "a,b\n3,4\n")
	lay(t, shelf, "agreements.csv", "of another source")
	lay(t, shelf, "services.pdf", "no table")
	lay(t, shelf, "deeper/services.csv", "in a folder of its own")
	o := into(t, nil)
	o.Take = services
	names, err := Bring(t.Context(), p, o)
	if err != nil || strings.Join(names, " ") != "services_2026-Q3.csv services_old.csv" {
		t.Fatal(names, err)
	}
	if got := strings.Join(lying(t, o.Dir), " "); got != "services_2026-Q3.csv services_2026-Q3.csv.manifest.json services_old.csv" {
		t.Error(got)
	}
	if info, err := os.Stat(filepath.Join(o.Dir, "services_old.csv")); err != nil || !info.ModTime().Equal(stamp) {
		t.Error(info, err)
	}
	if names, err := Bring(t.Context(), p, o); err != nil || len(names) != 0 {
		t.Errorf("again: %v %v", names, err)
	}
	lay(t, shelf, "services_2026-Q3.csv.manifest.json", `{"corrected": true}`)
	if names, err := Bring(t.Context(), p, o); err != nil || len(names) != 1 {
		t.Errorf("with another manifest: %v %v", names, err)
	}
}

func TestABucketIsEmptiedOnce(t *testing.T) {
	shelf := t.TempDir()
	aShelfIsEmptiedOnce(t, Place{Bucket: "file://" + shelf + "?no_tmp_dir=true", Prefix: "out/"}, filepath.Join(shelf, "out"))
}

func TestABucketThatIsNoneIsRefused(t *testing.T) {
	for _, address := range []string{"file:///nowhere/at/all", "nonsense://x", "://"} {
		o := into(t, nil)
		_, err := Bring(t.Context(), Place{Bucket: address}, o)
		mustRefuse(t, o, err, "check bucket")
	}
}

// sftpServer serves a folder on the loopback address to whoever has the key
// or the password, and cuts the first connections after some bytes.
type sftpServer struct {
	address  string
	known    string // file of known hosts
	identity string
	cuts     atomic.Int64
}

func newKey(t *testing.T) (ssh.Signer, []byte) {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	return signer, pem.EncodeToMemory(block)
}

func serveSFTP(t *testing.T) *sftpServer {
	t.Helper()
	host, _ := newKey(t)
	client, private := newKey(t)
	config := &ssh.ServerConfig{
		PublicKeyCallback: func(_ ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
			if bytes.Equal(key.Marshal(), client.PublicKey().Marshal()) {
				return nil, nil
			}
			return nil, io.EOF
		},
		PasswordCallback: func(_ ssh.ConnMetadata, password []byte) (*ssh.Permissions, error) {
			if string(password) == "right" {
				return nil, nil
			}
			return nil, io.EOF
		},
	}
	config.AddHostKey(host)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	s := &sftpServer{address: listener.Addr().String(), known: filepath.Join(t.TempDir(), "known_hosts"), identity: filepath.Join(t.TempDir(), "id")}
	line := knownhosts.Line([]string{s.address}, host.PublicKey())
	if err := os.WriteFile(s.known, []byte(line+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.identity, private, 0o600); err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go s.talk(conn, config)
		}
	}()
	return s
}

func (s *sftpServer) talk(conn net.Conn, config *ssh.ServerConfig) {
	defer conn.Close()
	if s.cuts.Add(-1) >= 0 {
		conn = &shortLived{Conn: conn, left: 900_000}
	}
	_, channels, requests, err := ssh.NewServerConn(conn, config)
	if err != nil {
		return
	}
	go ssh.DiscardRequests(requests)
	for offered := range channels {
		channel, requests, err := offered.Accept()
		if err != nil {
			return
		}
		go func() {
			for r := range requests {
				r.Reply(r.Type == "subsystem", nil)
			}
		}()
		server, err := sftp.NewServer(channel, sftp.ReadOnly())
		if err != nil {
			return
		}
		go server.Serve()
	}
}

// shortLived is a connection that ends after some bytes.
type shortLived struct {
	net.Conn
	left int
}

func (c *shortLived) Write(p []byte) (int, error) {
	if c.left -= len(p); c.left < 0 {
		c.Conn.Close()
		return 0, io.ErrClosedPipe
	}
	return c.Conn.Write(p)
}

func (s *sftpServer) place(dir string) Place {
	return Place{SFTP: "sftp://observatory@" + s.address + dir, KnownHosts: s.known, Identity: s.identity}
}

func TestAnSFTPServerIsEmptiedOnce(t *testing.T) {
	shelf := t.TempDir()
	aShelfIsEmptiedOnce(t, serveSFTP(t).place(shelf), shelf)
}

func TestAFileCutOnSFTPIsGoneOnWith(t *testing.T) {
	s, shelf := serveSFTP(t), t.TempDir()
	s.cuts.Store(1)
	lay(t, shelf, "services.csv", string(big))
	p := s.place(shelf)
	p.Identity, p.Password = "", "right"
	o := into(t, nil)
	if _, err := Bring(t.Context(), p, o); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(filepath.Join(o.Dir, "services.csv")); !bytes.Equal(got, big) || s.cuts.Load() >= 0 {
		t.Errorf("%d bytes of %d, %d cuts left", len(got), len(big), s.cuts.Load())
	}
}

func TestAServerWithAnUnknownOrAnotherKeyIsRefused(t *testing.T) {
	s := serveSFTP(t)
	p := s.place(t.TempDir())
	if err := os.WriteFile(s.known, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	o := into(t, nil)
	_, err := Bring(t.Context(), p, o)
	mustRefuse(t, o, err, "SHA256:", "not known", "ssh-keyscan")
	other, _ := newKey(t)
	if err := os.WriteFile(s.known, []byte(knownhosts.Line([]string{s.address}, other.PublicKey())+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Bring(t.Context(), p, o)
	mustRefuse(t, o, err, "another one is known", ssh.FingerprintSHA256(other.PublicKey()), "someone may stand between")
}

func TestAWrongPasswordAReadableKeyAFolderThatIsNotThereAndNoAddressAreRefused(t *testing.T) {
	s := serveSFTP(t)
	wrong := s.place("/")
	wrong.Identity, wrong.Password = "", "wrong"
	o := into(t, nil)
	_, err := Bring(t.Context(), wrong, o)
	mustRefuse(t, o, err, "does not let us in as observatory", "identity")
	_, err = Bring(t.Context(), s.place("/nowhere"), o)
	mustRefuse(t, o, err, "/nowhere", "not there")
	_, err = Bring(t.Context(), Place{SFTP: "sftp://nobody:hidden@"}, o)
	mustRefuse(t, o, err, "sftp://USER@HOST/FOLDER")
	if err := os.Chmod(s.identity, 0o640); err != nil {
		t.Fatal(err)
	}
	_, err = Bring(t.Context(), s.place("/"), o)
	mustRefuse(t, o, err, "file mode 0640 lets others read it", "expected 0600", "chmod 600 "+s.identity)
	if err := os.Chmod(s.identity, 0o600); err != nil {
		t.Fatal(err)
	}
	unreached := s.place("/")
	unreached.SFTP = "sftp://observatory@127.0.0.1:1/"
	_, err = Bring(t.Context(), unreached, o)
	mustRefuse(t, o, err, "not reached", "5 times in a row")
}
