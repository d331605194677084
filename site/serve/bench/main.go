// Bench holds the server of this program to nginx: the same built site, the same
// requests by wrk over the loopback, by turns. It needs nginx and wrk (Debian:
// apt-get install nginx-light wrk).
//
//	go run ./site/serve/bench [-site demo/public] [-rounds 5] [-seconds 5]
package main

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"osservatorio/site"
	"osservatorio/site/serve"
)

func main() {
	b := bench{}
	flag.StringVar(&b.dir, "site", "demo/public", "folder of a built site")
	flag.IntVar(&b.rounds, "rounds", 5, "how often each server is measured; the median counts")
	flag.IntVar(&b.seconds, "seconds", 5, "of each measurement")
	flag.IntVar(&b.connections, "connections", 32, "of wrk")
	flag.Parse()
	if err := b.run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

type bench struct {
	dir                          string
	rounds, seconds, connections int
}

// result is what wrk measured.
type result struct {
	perSecond float64
	p50, p99  time.Duration
	failed    string // answers other than 2xx and 3xx, cut connections
}

func (b bench) run() error {
	for _, program := range []string{"nginx", "wrk"} {
		if _, err := exec.LookPath(program); err != nil {
			return fmt.Errorf("%s: not installed: apt-get install nginx-light wrk", program)
		}
	}
	dir, err := filepath.Abs(b.dir)
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "serve-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	if err := os.Chmod(work, 0o755); err != nil {
		return err
	}
	ours, stopOurs, err := startOurs(dir)
	if err != nil {
		return err
	}
	defer stopOurs()
	theirs, stopTheirs, err := startNginx(dir, work)
	if err != nil {
		return err
	}
	defer stopTheirs()
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "REQUESTS\tSERVER\tREQUESTS/S\tP50\tP99\tFAILED")
	for _, mix := range mixes {
		script, err := mix.script(dir, work)
		if err != nil {
			return err
		}
		if err := errors.Join(b.compare(w, mix, script, ours, theirs), w.Flush()); err != nil {
			return err
		}
	}
	return nil
}

func (b bench) compare(w *tabwriter.Writer, m mix, script, ours, theirs string) error {
	var of [2][]result
	for range b.rounds {
		for i, address := range []string{ours, theirs} {
			r, err := b.measure(address, script)
			if err != nil {
				return err
			}
			of[i] = append(of[i], r)
		}
	}
	var med [2]result
	for i, name := range []string{"osservatorio", "nginx"} {
		med[i] = median(of[i])
		fmt.Fprintf(w, "%s\t%s\t%.0f\t%v\t%v\t%s\n", m.name, name, med[i].perSecond, med[i].p50, med[i].p99, med[i].failed)
	}
	fmt.Fprintf(w, "%s\tratio\t%.2f\t%.2f\t%.2f\t\n", m.name, med[0].perSecond/med[1].perSecond, ratio(med[0].p50, med[1].p50), ratio(med[0].p99, med[1].p99))
	return nil
}

func ratio(a, b time.Duration) float64 { return float64(a) / float64(b) }

// median is that of each figure by itself.
func median(list []result) result {
	mid := func(less func(a, b result) int) result {
		slices.SortFunc(list, less)
		return list[len(list)/2]
	}
	r := mid(func(a, b result) int { return int(a.p99 - b.p99) })
	r.p50 = mid(func(a, b result) int { return int(a.p50 - b.p50) }).p50
	r.perSecond = mid(func(a, b result) int { return int(a.perSecond - b.perSecond) }).perSecond
	return r
}

// mix is what is asked for.
type mix struct {
	name   string
	accept string
	fits   func(name string, size int64) bool
}

var mixes = []mix{
	{"pages, packed", "gzip", func(name string, _ int64) bool { return strings.HasSuffix(name, "index.html") }},
	{"small files, plain", "identity", func(name string, size int64) bool { return size < 64<<10 && !packed(name) }},
	{"large files, plain", "identity", func(name string, size int64) bool { return size > 512<<10 && !packed(name) }},
}

func packed(name string) bool {
	return strings.HasSuffix(name, ".gz") || strings.HasSuffix(name, ".br")
}

const addresses = 400 // of a mix, drawn from the site

// script writes what wrk asks for: addresses of the site in turn.
func (m mix) script(dir, work string) (string, error) {
	var names []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || strings.HasPrefix(d.Name(), ".") || strings.HasPrefix(d.Name(), "_") {
			return err
		}
		info, err := d.Info()
		if err == nil && m.fits(path, info.Size()) {
			names = append(names, filepath.ToSlash(strings.TrimSuffix(strings.TrimPrefix(path, dir), "index.html")))
		}
		return err
	})
	if err != nil || len(names) == 0 {
		return "", errors.Join(err, fmt.Errorf("%s: %s: no such file of the site", dir, m.name))
	}
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	names = names[:min(len(names), addresses)]
	var lua strings.Builder
	lua.WriteString("local paths = {\n")
	for _, n := range names {
		fmt.Fprintf(&lua, "  %q,\n", n)
	}
	fmt.Fprintf(&lua, "}\nlocal n, made = 0, {}\nfunction init()\n  for i, p in ipairs(paths) do made[i] = wrk.format(\"GET\", p, {[\"Accept-Encoding\"] = %q, [\"Host\"] = \"localhost\"}) end\nend\n"+
		"function request()\n  n = n %% #made + 1\n  return made[n]\nend\n", m.accept)
	path := filepath.Join(work, "requests.lua")
	return path, os.WriteFile(path, []byte(lua.String()), 0o644)
}

var (
	rate    = regexp.MustCompile(`Requests/sec:\s+([0-9.]+)`)
	p50     = regexp.MustCompile(`(?m)^\s+50%\s+(\S+)$`)
	p99     = regexp.MustCompile(`(?m)^\s+99%\s+(\S+)$`)
	trouble = regexp.MustCompile(`(?m)^\s+(Non-2xx.*|Socket errors.*)$`)
)

func (b bench) measure(address, script string) (r result, err error) {
	said, err := exec.Command("wrk", "-t1", "-c"+strconv.Itoa(b.connections), "-d"+strconv.Itoa(b.seconds)+"s", "--latency", "-s", script, "http://"+address+"/").CombinedOutput()
	if err != nil {
		return r, fmt.Errorf("wrk %s: %w: %s", address, err, said)
	}
	find := func(re *regexp.Regexp) string {
		if m := re.FindSubmatch(said); m != nil {
			return string(m[1])
		}
		return ""
	}
	if r.perSecond, err = strconv.ParseFloat(find(rate), 64); err != nil {
		return r, fmt.Errorf("wrk %s: %s", address, said)
	}
	var err50, err99 error
	r.p50, err50 = time.ParseDuration(find(p50))
	r.p99, err99 = time.ParseDuration(find(p99))
	r.failed = find(trouble)
	if err := errors.Join(err50, err99); err != nil {
		return r, fmt.Errorf("wrk %s: %w: %s", address, err, said)
	}
	return r, nil
}

func startOurs(dir string) (address string, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := serve.NewServer(dir, serve.Options{Headers: site.SecurityHeaders(), Framed: site.EmbedHeaders(), FramedPaths: site.EmbedPaths(),
		OpenPaths: site.OpenPaths(), Types: site.MediaTypes(), Now: time.Now})
	serve.FitProcess()
	go server.Serve(l)
	return l.Addr().String(), func() { l.Close() }, nil
}

// startNginx serves the folder with as many workers as there are processors,
// packed twins and the same headers; without a log. Started by root it stays
// root, so that it may read a folder that is for its owner alone.
func startNginx(dir, work string) (address string, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	address = l.Addr().String()
	l.Close()
	var headers strings.Builder
	for _, h := range site.SecurityHeaders() {
		fmt.Fprintf(&headers, "    add_header %s %q always;\n", h[0], h[1])
	}
	config := filepath.Join(work, "nginx.conf")
	text := fmt.Sprintf(`worker_processes auto;
daemon off;
user root;
pid %s/pid;
error_log %s/error.log;
events { worker_connections 1024; }
http {
  include /etc/nginx/mime.types;
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000;
  gzip_static on;
  client_body_temp_path %s/t1; proxy_temp_path %s/t2; fastcgi_temp_path %s/t3; uwsgi_temp_path %s/t4; scgi_temp_path %s/t5;
  server {
    listen %s;
    root %s;
    add_header Cache-Control no-cache always;
%s  }
}
`, work, work, work, work, work, work, work, address, dir, headers.String())
	if err := os.WriteFile(config, []byte(text), 0o644); err != nil {
		return "", nil, err
	}
	c := exec.Command("nginx", "-c", config)
	c.Stderr = os.Stderr
	if err := c.Start(); err != nil {
		return "", nil, err
	}
	stop = func() { c.Process.Signal(os.Interrupt); c.Wait() }
	for range 100 {
		if res, err := http.Get("http://" + address + "/"); err == nil {
			res.Body.Close()
			return address, stop, nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	stop()
	return "", nil, errors.New("nginx does not answer")
}
