package schedule

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// CheckListen tells what is wrong with an address to answer on: it must not be
// reachable from elsewhere, for nobody is asked who he is.
func CheckListen(address string) error {
	host, port, err := net.SplitHostPort(address)
	if n, bad := strconv.Atoi(port); err != nil || bad != nil || n < 0 || n > 65535 {
		return errors.New("expected an address of this machine alone with a port, such as 127.0.0.1:9464")
	}
	if !loopback(host) {
		return errors.New("expected an address of this machine alone, such as 127.0.0.1:9464 or [::1]:9464")
	}
	return nil
}

// stale is the age of the last look at the clock from which the daemon is ill.
const stale = 3 * lookEvery

// Web answers /healthz and /metrics, to this machine only.
func (d *Daemon) Web() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		if age := d.lookAge(); age > stale {
			w.WriteHeader(http.StatusServiceUnavailable)
			fmt.Fprintf(w, "the times were not looked at for %s\n", age.Round(time.Second))
			return
		}
		fmt.Fprintln(w, "ok")
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(d.o.Metrics.Registry, promhttp.HandlerOpts{}))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// A page that a browser of this machine shows could name its own host
		// for this address.
		host := r.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		if !loopback(host) {
			http.Error(w, "expected the name of this machine itself", http.StatusForbidden)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// Answer serves on l until ctx ends; l is closed then.
func Answer(ctx context.Context, l net.Listener, h http.Handler) error {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		<-ctx.Done()
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		if server.Shutdown(last) != nil {
			server.Close()
		}
	}()
	err := server.Serve(l)
	if !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	<-ended
	return nil
}
