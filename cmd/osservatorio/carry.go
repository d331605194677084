package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/jonboulle/clockwork"
	"gocloud.dev/blob"
	_ "gocloud.dev/blob/fileblob" // file:///folder: a mounted host, or a trial

	"osservatorio/cmd/bucket"
	"osservatorio/site/output"
)

// bucketSchemes are those of a site's bucket; Google's and Microsoft's need a
// build for all clouds.
var bucketSchemes = []string{"s3", "gs", "azblob", "file"}

// validateBucket finds what is wrong with the address of the site's bucket.
func (c *Config) validateBucket(fault func(string, string, ...any)) {
	if c.Site.Bucket == "" {
		return
	}
	u, err := url.Parse(c.Site.Bucket)
	switch {
	case err != nil || !slices.Contains(bucketSchemes, u.Scheme):
		fault("site.bucket", "want s3://BUCKET?region=…, gs://BUCKET, azblob://CONTAINER or file:///FOLDER; prefix=FOLDER/ after ? for a part of it")
	case u.User != nil:
		fault("site.bucket", "has a user in it: credentials are found as any program of that cloud finds them")
	case u.Scheme == "file" && (u.Host != "" || !strings.HasPrefix(u.Path, "/")):
		fault("site.bucket", "%q: want file:///FOLDER from the root on", c.Site.Bucket)
	}
}

// carry brings the bucket of the configuration, if there is one, to the site
// that is public. What is carried stays that site though another takes its place
// meanwhile; who swapped that one in carries it next.
func (in *instance) carry(ctx context.Context) error {
	public := in.path(in.Paths.Public)
	if in.Site.Bucket == "" || !in.hasSite() {
		return nil
	}
	unlock, err := waitLock(ctx, public+".bucket.lock")
	if err != nil {
		return fmt.Errorf("lock bucket of the site: %w", err)
	}
	defer unlock()
	b, err := in.openBucket(ctx)
	if err != nil {
		return err
	}
	defer b.Close()
	standing, err := os.OpenRoot(public)
	if err != nil {
		return fmt.Errorf("carry site: %w", err)
	}
	defer standing.Close()
	stamp, err := standing.ReadFile(output.StampFile)
	if err != nil {
		return fmt.Errorf("carry site: %w", err)
	}
	release := in.shown()
	r, err := bucket.Carry(ctx, b, bucket.Site{
		Files: standing.FS(), Stamp: strings.TrimSpace(string(stamp)), Release: release, Describe: siteHeaders().Describe,
	}, clockwork.NewRealClock())
	if err != nil {
		return hinted(err, "the same command again goes on; readers of the bucket may meet both sites until then")
	}
	if r.Standing {
		in.out.say("bucket unchanged", "release", release)
		return nil
	}
	in.out.say("site carried", "release", release, "files", r.Files, "carried", r.Carried, "megabytes", r.Bytes>>20, "removed", r.Removed,
		"both_sites_ms", r.Mixed.Milliseconds(), "seconds", fmt.Sprintf("%.1f", r.Duration.Seconds()))
	return nil
}

func (in *instance) openBucket(ctx context.Context) (*blob.Bucket, error) {
	b, err := blob.OpenBucket(ctx, in.Site.Bucket)
	if err != nil {
		text, _, _ := strings.Cut(err.Error(), "\n")
		return nil, hinted(fmt.Errorf("open bucket of the site: %s", text), "check bucket in [site], and the credentials of this machine")
	}
	return b, nil
}

// behind tells whether the bucket shows another site than the public folder: a
// carry was cut off, or refused.
func (in *instance) behind(ctx context.Context) (bool, error) {
	if in.Site.Bucket == "" {
		return false, nil
	}
	b, err := in.openBucket(ctx)
	if err != nil {
		return false, err
	}
	defer b.Close()
	stands, err := bucket.Standing(ctx, b)
	return stands != output.StampOf(in.path(in.Paths.Public)), err
}
