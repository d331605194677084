package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"osservatorio/site"
	"osservatorio/site/serve"
)

func (a *app) serveCommand() *cobra.Command {
	var port int
	c := &cobra.Command{
		Use:   "serve",
		Short: "Serve the built site on this machine, for a look",
		RunE: func(cmd *cobra.Command, _ []string) error {
			in, err := a.load()
			if err != nil {
				return err
			}
			return in.serve(cmd.Context(), a.stdout, port)
		},
	}
	c.Flags().IntVar(&port, "port", 8080, "first port to try")
	return c
}

// serve answers on the loopback until ctx ends, on port or the next free one.
func (in *instance) serve(ctx context.Context, out io.Writer, port int) error {
	if !in.hasSite() {
		return in.noSite()
	}
	return serveFolder(ctx, out, in.path(in.Paths.Public), port)
}

func (in *instance) noSite() error {
	return hinted(fmt.Errorf("serve %s: no site there", in.path(in.Paths.Public)), "build one with: osservatorio build")
}

func serveFolder(ctx context.Context, out io.Writer, dir string, port int) error {
	l, err := serve.Listen("localhost", port)
	if err != nil {
		return err
	}
	options := siteHeaders()
	options.Now = time.Now
	serve.FitProcess()
	server := serve.NewServer(dir, options)
	fmt.Fprintf(out, "serving %s at http://localhost:%d (Ctrl-C stops)\n", dir, l.Addr().(*net.TCPAddr).Port)
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		last, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		stopped <- server.Shutdown(last)
	}()
	if err := server.Serve(l); err != nil {
		return err
	}
	return <-stopped
}

// siteHeaders are those that a site asks its server to send.
func siteHeaders() serve.Options {
	return serve.Options{Headers: site.SecurityHeaders(), Framed: site.EmbedHeaders(), FramedPaths: site.EmbedPaths(), OpenPaths: site.OpenPaths(), Types: site.MediaTypes()}
}

// hasSite tells whether a finished site stands where it is published.
func (in *instance) hasSite() bool {
	_, err := os.Stat(filepath.Join(in.path(in.Paths.Public), "index.html"))
	return err == nil
}
