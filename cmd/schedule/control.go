package schedule

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"syscall"
	"time"
)

// ErrNoDaemon says that no scheduler listens on the socket.
var ErrNoDaemon = errors.New("no scheduler runs")

// Listen opens the socket at path, which only its owner may use. A socket that
// a dead scheduler left is replaced: the caller knows that none lives.
func Listen(path string) (net.Listener, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("open socket: %w", err)
	}
	l, err := net.Listen("unix", path)
	if errors.Is(err, syscall.EINVAL) {
		return nil, fmt.Errorf("open socket %s: the name has %d bytes: expected at most 107", path, len(path))
	}
	if err != nil {
		return nil, fmt.Errorf("open socket: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		l.Close()
		return nil, fmt.Errorf("open socket: %w", err)
	}
	return l, nil
}

// Control answers the questions and wishes of the command line.
func (d *Daemon) Control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /jobs", func(w http.ResponseWriter, _ *http.Request) { json.NewEncoder(w).Encode(d.Jobs()) })
	mux.HandleFunc("POST /jobs/{name}/run", func(w http.ResponseWriter, r *http.Request) {
		ended, err := d.Trigger(r.PathValue("name"))
		switch {
		case errors.Is(err, ErrNoJob):
			http.Error(w, err.Error(), http.StatusNotFound)
			return
		case err != nil:
			http.Error(w, err.Error(), http.StatusConflict)
			return
		}
		select {
		case <-r.Context().Done(): // it left, or the scheduler stops; the run goes on
		case run := <-ended:
			json.NewEncoder(w).Encode(run)
		}
	})
	return mux
}

// Client speaks to the scheduler behind a socket.
type Client struct{ http http.Client }

// NewClient asks at the socket at path.
func NewClient(path string) *Client {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		c, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "unix", path)
		if err != nil {
			return nil, ErrNoDaemon
		}
		return c, nil
	}
	return &Client{http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}}}
}

// errEnded is what remains to be said where the answer breaks off.
var errEnded = errors.New("ask scheduler: it ended before the run did, and makes it when it is back")

// Jobs asks for the states of the jobs; ErrNoDaemon where no scheduler runs.
func (c *Client) Jobs(ctx context.Context) (jobs []JobState, err error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	return jobs, c.ask(ctx, http.MethodGet, "/jobs", &jobs)
}

// Run has a job run, waits for its last attempt and returns it.
func (c *Client) Run(ctx context.Context, name string) (run Run, err error) {
	return run, c.ask(ctx, http.MethodPost, "/jobs/"+name+"/run", &run)
}

func (c *Client) ask(ctx context.Context, method, path string, into any) error {
	r, err := http.NewRequestWithContext(ctx, method, "http://scheduler"+path, nil)
	if err != nil {
		return fmt.Errorf("ask scheduler: %w", err)
	}
	answer, err := c.http.Do(r)
	switch {
	case errors.Is(err, ErrNoDaemon):
		return ErrNoDaemon
	case errors.Is(err, io.EOF):
		return errEnded
	case err != nil:
		return fmt.Errorf("ask scheduler: %w", err)
	}
	defer answer.Body.Close()
	switch answer.StatusCode {
	case http.StatusOK:
	case http.StatusNotFound:
		return ErrNoJob
	case http.StatusConflict:
		return ErrRunning
	default:
		return fmt.Errorf("ask scheduler: answer %s", answer.Status)
	}
	err = json.NewDecoder(answer.Body).Decode(into)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errEnded
	}
	if err != nil {
		return fmt.Errorf("ask scheduler: %w", err)
	}
	return nil
}
