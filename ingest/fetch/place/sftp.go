package place

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path"
	"strings"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

// sftp fetches what is new on an SFTP server whose key is known.
func (b *bringer) sftp(ctx context.Context) ([]string, error) {
	u, err := url.Parse(b.SFTP)
	if err != nil || u.Scheme != "sftp" || u.Hostname() == "" || u.User.Username() == "" {
		return nil, b.refuse("", "not an address", "sftp://USER@HOST/FOLDER", "correct sftp of the source")
	}
	s := &server{bringer: b, at: u}
	if s.config, err = s.login(); err != nil {
		return nil, err
	}
	defer s.hangUp()
	return b.many(ctx, s)
}

// server is an SFTP server; a connection that broke is made anew at the next
// use.
type server struct {
	*bringer
	at     *url.URL
	config *ssh.ClientConfig
	line   *ssh.Client
	files  *sftp.Client
}

func (s *server) host() string {
	if s.at.Port() != "" {
		return s.at.Host
	}
	return net.JoinHostPort(s.at.Hostname(), "22")
}

func (s *server) login() (*ssh.ClientConfig, error) {
	check, err := knownhosts.New(s.KnownHosts)
	if err != nil {
		return nil, s.refuse("", fmt.Sprintf("known hosts not read: %v", err), "a file with the server's key", "set known_hosts of the source")
	}
	c := &ssh.ClientConfig{User: s.at.User.Username(), Timeout: connectWithin, HostKeyCallback: s.known(check), HostKeyAlgorithms: algorithms(check, s.host())}
	if s.Identity != "" {
		key, err := s.key()
		if err != nil {
			return nil, err
		}
		c.Auth = append(c.Auth, ssh.PublicKeys(key))
	}
	if s.Password != "" {
		c.Auth = append(c.Auth, ssh.Password(s.Password))
	}
	return c, nil
}

// key reads the private key that lets us in. As any secret of an instance it is
// refused where others may read it.
func (s *server) key() (ssh.Signer, error) {
	info, err := os.Stat(s.Identity)
	if err != nil {
		return nil, fmt.Errorf("fetch %s: read key: %w", s.name(), err)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return nil, s.refuse("", fmt.Sprintf("%s: file mode %04o lets others read it", s.Identity, mode), "0600", "chmod 600 "+s.Identity)
	}
	raw, err := os.ReadFile(s.Identity)
	if err != nil {
		return nil, fmt.Errorf("fetch %s: read key: %w", s.name(), err)
	}
	key, err := ssh.ParsePrivateKey(raw)
	if err != nil {
		return nil, s.refuse("", fmt.Sprintf("%s: %v", s.Identity, err), "a private key without a passphrase", "make one with ssh-keygen and give its public half to the supplier")
	}
	return key, nil
}

// known refuses a server whose key is not the one that is known.
func (s *server) known(check ssh.HostKeyCallback) ssh.HostKeyCallback {
	return func(host string, remote net.Addr, key ssh.PublicKey) error {
		err := check(host, remote, key)
		var unknown *knownhosts.KeyError
		if !errors.As(err, &unknown) {
			return err
		}
		found := "the server shows the key " + ssh.FingerprintSHA256(key) + ", "
		if len(unknown.Want) > 0 {
			return s.refuse("", found+"and another one is known", ssh.FingerprintSHA256(unknown.Want[0].Key),
				"someone may stand between: ask the supplier, by another way, whether the key was changed, before you change known_hosts")
		}
		return s.refuse("", found+"which is not known", "a line for it in "+s.KnownHosts,
			"ask the supplier for the fingerprint by another way; if it is this one, add the line that ssh-keyscan prints")
	}
}

// algorithms are those of the keys that are known of a host, so that the
// server shows one of them and not a newer one.
func algorithms(check ssh.HostKeyCallback, host string) []string {
	var unknown *knownhosts.KeyError
	if !errors.As(check(host, &net.TCPAddr{IP: net.IPv4zero}, noKey{}), &unknown) {
		return nil
	}
	var all []string
	for _, k := range unknown.Want {
		if k.Key.Type() == ssh.KeyAlgoRSA {
			all = append(all, ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256)
		}
		all = append(all, k.Key.Type())
	}
	return all
}

// noKey is a key that nobody has, to ask for those that are known.
type noKey struct{}

func (noKey) Type() string                        { return "none" }
func (noKey) Marshal() []byte                     { return nil }
func (noKey) Verify([]byte, *ssh.Signature) error { return errors.New("no key") }

func (s *server) connect(ctx context.Context) (*sftp.Client, error) {
	if s.files != nil {
		return s.files, nil
	}
	d := net.Dialer{Timeout: connectWithin}
	conn, err := d.DialContext(ctx, "tcp", s.host())
	if err != nil {
		return nil, &passing{err: fmt.Errorf("not reached: %w", err)}
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	line, channels, requests, err := ssh.NewClientConn(conn, s.host(), s.config)
	stop()
	if err != nil {
		conn.Close()
		return nil, s.notLetIn(err)
	}
	s.line = ssh.NewClient(line, channels, requests)
	if s.files, err = sftp.NewClient(s.line); err != nil {
		s.hangUp()
		return nil, &passing{err: fmt.Errorf("no SFTP there: %w", err)}
	}
	return s.files, nil
}

func (s *server) notLetIn(err error) error {
	if r := asRefusal(err); r != nil {
		return r
	}
	if strings.Contains(err.Error(), "unable to authenticate") { // the library has no type for it
		return s.refuse("", "the server does not let us in as "+s.config.User, "a key or password that it takes", "check identity and password of the source")
	}
	return &passing{err: fmt.Errorf("not reached: %w", err)}
}

// hangUp ends the connection itself: to close the session first would wait for
// a server that need not answer.
func (s *server) hangUp() {
	if s.line != nil {
		s.line.Close()
	}
	s.files, s.line = nil, nil
}

func (s *server) folder() string { return path.Join("/", s.at.Path, s.Prefix) }

func (s *server) list(ctx context.Context) ([]object, error) {
	var all []object
	err := s.patiently(ctx, func() error {
		files, err := s.connect(ctx)
		if err != nil {
			return err
		}
		found, err := files.ReadDirContext(ctx, s.folder())
		if err != nil {
			return s.fault(s.folder(), err)
		}
		all = all[:0]
		for _, f := range found {
			if f.Mode().IsRegular() {
				all = append(all, object{path: path.Join(s.folder(), f.Name()), name: f.Name(), size: f.Size(), modified: f.ModTime()})
			}
		}
		return nil
	})
	return all, err
}

func (s *server) open(ctx context.Context, o object, from int64) (io.ReadCloser, error) {
	files, err := s.connect(ctx)
	if err != nil {
		return nil, err
	}
	f, err := files.Open(o.path)
	if err != nil {
		return nil, s.fault(o.path, err)
	}
	if _, err := f.Seek(from, io.SeekStart); err != nil {
		f.Close()
		return nil, s.fault(o.path, err)
	}
	return &remoteFile{f, s}, nil
}

// remoteFile hangs up when a read fails, so that the next try calls anew.
type remoteFile struct {
	*sftp.File
	server *server
}

func (f *remoteFile) Read(p []byte) (int, error) {
	n, err := f.File.Read(p)
	if err != nil && err != io.EOF {
		f.server.hangUp()
	}
	return n, err
}

func (s *server) look(ctx context.Context, at string) (object, error) {
	files, err := s.connect(ctx)
	if err != nil {
		return object{}, err
	}
	f, err := files.Stat(at)
	if err != nil {
		return object{}, s.fault(at, err)
	}
	return object{path: at, name: path.Base(at), size: f.Size(), modified: f.ModTime()}, nil
}

// fault tells what the server will always say from what may pass.
func (s *server) fault(where string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return s.refuse(where, "not there", "a folder and a file that are", "check sftp and path of the source")
	case errors.Is(err, fs.ErrPermission):
		return s.refuse(where, "access denied", "a folder that we may read", "ask the supplier for the right to read it")
	}
	s.hangUp()
	return &passing{err: err}
}
