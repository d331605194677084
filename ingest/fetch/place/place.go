// Package place knows how a delivery is brought from where its supplier lays
// it (a web address, object storage, an SFTP server) to a folder on local
// disk: whole, of the stated size, once. It must not know what a delivery
// holds, nor contracts.
package place

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"osservatorio/ingest/fetch"
)

// Place says where the deliveries of one source lie. One of URL, Bucket, SFTP
// and Statistics is set, or none: then they are brought by hand.
type Place struct {
	URL        string     // http or https address of one file
	AllowHosts []string   // further hosts that a redirect may lead to; only these may have private addresses
	Headers    []Header   // sent to the host of URL alone
	Bucket     string     // address of a bucket as gocloud.dev/blob has it: s3://…, gs://…, azblob://…, file:///…
	SFTP       string     // sftp://user@host:port/folder
	KnownHosts string     // file with the server's key, of SFTP
	Identity   string     // file of a private key, of SFTP; "" if there is a password
	Password   string     // of SFTP
	Prefix     string     // folder below the bucket or the SFTP folder
	Statistics Statistics // question to an SDMX service
	MaxBytes   int64      // greatest size of one file; 0 is 64 GiB
	Timeout    time.Duration

	names *net.Resolver // nil is the system's
}

// Header is one line of an HTTP request.
type Header struct{ Name, Value string }

// Remote tells whether deliveries are to be brought at all.
func (p Place) Remote() bool {
	return p.URL != "" || p.Bucket != "" || p.SFTP != "" || p.Statistics.asks()
}

const (
	defaultMaxBytes = 64 << 30
	defaultTimeout  = time.Hour
	defaultStall    = time.Minute
)

// Options say where files go and what the caller sees of the work.
type Options struct {
	Dir      string                                     // folder of the source's own; made if it is not there
	Take     func(name string) bool                     // which files of a bucket or server are meant; nil takes all
	Now      func() time.Time                           // stamps what tells no time of its own
	Sleep    func(context.Context, time.Duration) error // waits between tries; nil waits really
	Stall    time.Duration                              // a transfer without a byte for so long counts as cut; 0 is a minute
	Progress func(name string, done, total int64)       // total is 0 if it is not known; nil if nobody looks
}

// Bring fetches what is new at the place and returns its names. What was
// fetched before and is unchanged there is not fetched again. A file appears
// in the folder whole or not at all; what a cut left is gone on with, within
// one call. It returns the files that came beside the errors of the others.
func Bring(ctx context.Context, p Place, o Options) ([]string, error) {
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	if o.Progress == nil {
		o.Progress = func(string, int64, int64) {}
	}
	if o.Stall == 0 {
		o.Stall = defaultStall
	}
	if p.MaxBytes == 0 {
		p.MaxBytes = defaultMaxBytes
	}
	if p.Timeout == 0 {
		p.Timeout = defaultTimeout
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("fetch: %w", err)
	}
	if err := sweep(o.Dir); err != nil {
		return nil, fmt.Errorf("fetch: %w", err)
	}
	seen, err := readState(o.Dir)
	if err != nil {
		return nil, err
	}
	limited, cancel := context.WithTimeout(ctx, p.Timeout)
	defer cancel()
	b := &bringer{Place: p, Options: o, seen: seen}
	names, err := b.bring(limited)
	if err != nil && ctx.Err() == nil && limited.Err() != nil {
		err = &fetch.Refusal{Op: "fetch", Path: b.name(), Found: fmt.Sprintf("not done within %s", p.Timeout), Wanted: "a server that is quicker",
			Advice: "run again later, or raise the source's timeout; what is already here stays"}
	}
	return names, err
}

// bringer is one call of Bring.
type bringer struct {
	Place
	Options
	seen state
}

// name is the place without anything secret.
func (b *bringer) name() string {
	switch {
	case b.URL != "":
		return shown(b.URL)
	case b.Bucket != "":
		return shown(b.Bucket)
	case b.Statistics.asks():
		return shown(b.Statistics.Query.Base) + " " + b.Statistics.Query.Flow
	}
	return shown(b.SFTP)
}

func (b *bringer) bring(ctx context.Context) ([]string, error) {
	switch {
	case b.URL != "":
		return b.web(ctx)
	case b.Bucket != "":
		return b.bucket(ctx)
	case b.Statistics.asks():
		return b.statistics(ctx)
	}
	return b.sftp(ctx)
}

func (b *bringer) refuse(where, found, wanted, advice string) error {
	return &fetch.Refusal{Op: "fetch", Path: b.name(), Where: where, Found: found, Wanted: wanted, Advice: advice}
}

// sweep removes what a killed call left half.
func sweep(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if len(e.Name()) > len(partPrefix) && e.Name()[:len(partPrefix)] == partPrefix {
			if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
