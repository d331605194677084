// Bench holds the server of this program to nginx: the same built site, the same
// requests by wrk over the loopback, by turns. It needs nginx and wrk (Debian:
// apt-get install nginx-light wrk).
//
//	go run ./site/serve/bench [-site demo/public] [-rounds 9] [-seconds 3]
//
// Figures are of all requests of all rounds together. How slow nginx's slowest
// answers are depends on whether a round's connections meet one of its workers or
// several, so one round, or the middle one of few, would be a throw of the dice.
package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
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
	flag.IntVar(&b.rounds, "rounds", 9, "how often each server is measured, by turns")
	flag.IntVar(&b.seconds, "seconds", 3, "of each measurement")
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

// warmUp is asked of both servers before a mix is measured: which files the
// system has at hand then depends on neither.
const warmUp = time.Second

// result is what wrk measured, in one round or several.
type result struct {
	requests int
	took     time.Duration
	waited   map[time.Duration]int // requests by how long they took
	failed   string                // answers other than 2xx and 3xx, cut connections
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
	servers := [2]string{ours, theirs}
	for _, address := range servers {
		if _, err := b.measure(address, script, warmUp); err != nil {
			return err
		}
	}
	all := [2]result{{waited: map[time.Duration]int{}}, {waited: map[time.Duration]int{}}}
	for range b.rounds {
		for i, address := range servers {
			r, err := b.measure(address, script, time.Duration(b.seconds)*time.Second)
			if err != nil {
				return err
			}
			all[i].add(r)
		}
	}
	for i, name := range []string{"osservatorio", "nginx"} {
		r := all[i]
		fmt.Fprintf(w, "%s\t%s\t%.0f\t%v\t%v\t%s\n", m.name, name, r.perSecond(), r.quantile(0.5), r.quantile(0.99), r.failed)
	}
	o, t := all[0], all[1]
	fmt.Fprintf(w, "%s\tratio\t%.2f\t%.2f\t%.2f\t\n", m.name, o.perSecond()/t.perSecond(), ratio(o.quantile(0.5), t.quantile(0.5)), ratio(o.quantile(0.99), t.quantile(0.99)))
	return nil
}

func ratio(a, b time.Duration) float64 { return float64(a) / float64(b) }

func (r *result) add(other result) {
	r.requests += other.requests
	r.took += other.took
	for waited, n := range other.waited {
		r.waited[waited] += n
	}
	r.failed = cmp.Or(r.failed, other.failed)
}

func (r *result) perSecond() float64 { return float64(r.requests) / r.took.Seconds() }

// quantile is the time within which that share of all requests was answered.
func (r *result) quantile(share float64) time.Duration {
	all := 0
	for _, n := range r.waited {
		all += n
	}
	within := 0
	for _, waited := range slices.Sorted(maps.Keys(r.waited)) {
		if within += r.waited[waited]; float64(within) >= share*float64(all) {
			return waited
		}
	}
	return 0
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
	fmt.Fprintf(&lua, tellsAll, m.accept)
	path := filepath.Join(work, "requests.lua")
	return path, os.WriteFile(path, []byte(lua.String()), 0o644)
}

// tellsAll asks for the addresses by turns and tells at the end, in microseconds,
// how long it took in all, and how many requests waited how long.
const tellsAll = `}
local n, made = 0, {}
function init()
  for i, p in ipairs(paths) do made[i] = wrk.format("GET", p, {["Accept-Encoding"] = %q, ["Host"] = "localhost"}) end
end
function request()
  n = n %% #made + 1
  return made[n]
end
function done(summary, latency)
  print(string.format("all %%d %%d", summary.requests, summary.duration))
  for i = 1, #latency do print(string.format("waited %%d %%d", latency(i))) end
end
`

var (
	whole   = regexp.MustCompile(`(?m)^all (\d+) (\d+)$`)
	waited  = regexp.MustCompile(`(?m)^waited (\d+) (\d+)$`)
	trouble = regexp.MustCompile(`(?m)^\s+(Non-2xx.*|Socket errors.*)$`)
)

func (b bench) measure(address, script string, lasting time.Duration) (result, error) {
	said, err := exec.Command("wrk", "-t1", "-c"+strconv.Itoa(b.connections), fmt.Sprintf("-d%.0fs", lasting.Seconds()), "-s", script, "http://"+address+"/").CombinedOutput()
	if err != nil {
		return result{}, fmt.Errorf("wrk %s: %w: %s", address, err, said)
	}
	all := whole.FindSubmatch(said)
	if all == nil {
		return result{}, fmt.Errorf("wrk %s: %s: expected a line \"all REQUESTS MICROSECONDS\"", address, said)
	}
	r := result{requests: number(all[1]), took: micros(all[2]), waited: map[time.Duration]int{}}
	for _, line := range waited.FindAllSubmatch(said, -1) {
		r.waited[micros(line[1])] += number(line[2])
	}
	if m := trouble.FindSubmatch(said); m != nil {
		r.failed = string(m[1])
	}
	return r, nil
}

func micros(digits []byte) time.Duration { return time.Duration(number(digits)) * time.Microsecond }

// number reads what a pattern of digits found.
func number(digits []byte) int {
	n, _ := strconv.Atoi(string(digits))
	return n
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
