package place

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"

	"osservatorio/ingest/fetch"
)

const (
	maxRedirects  = 5
	connectWithin = 30 * time.Second
	answerWithin  = 2 * time.Minute
)

// shown is an address without user, password and query: these may be secret.
func shown(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "(address not readable)"
	}
	if u.User != nil {
		u.User = url.User(u.User.Username())
	}
	u.RawQuery, u.Fragment = "", ""
	return u.String()
}

// Client is an HTTP client for one source: it follows redirects to allowed
// hosts only, sends the headers to the first host alone, and connects to no
// loopback, link-local or private address unless its host is allowed. The
// address looked at is the one that is dialled, whatever a name service says
// before or after. Requests go there directly, by no proxy.
func (p Place) Client() *http.Client {
	transport := &http.Transport{
		DialContext:           p.dial,
		TLSHandshakeTimeout:   connectWithin,
		ResponseHeaderTimeout: answerWithin,
		DisableCompression:    true, // a delivery is kept as it was sent
		MaxIdleConns:          2,
		IdleConnTimeout:       time.Minute,
		ForceAttemptHTTP2:     true,
	}
	return &http.Client{Transport: transport, CheckRedirect: p.redirect}
}

func (p Place) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	d := net.Dialer{Timeout: connectWithin, Resolver: p.names}
	if !p.allows(host, port) {
		d.Control = func(_, at string, _ syscall.RawConn) error { return public(host, at) }
	}
	return d.DialContext(ctx, network, address)
}

// public is an error if at, an address with its port, is not on the open net.
func public(host, at string) error {
	where, err := netip.ParseAddrPort(at)
	if err != nil {
		return err
	}
	ip := where.Addr().Unmap()
	if ip.IsGlobalUnicast() && !ip.IsPrivate() && !slices.ContainsFunc(inner, func(n netip.Prefix) bool { return n.Contains(ip) }) {
		return nil
	}
	return &fetch.Refusal{Op: "fetch", Path: host, Found: "its address " + ip.String() + " is not on the open net", Wanted: "a public address",
		Advice: "if the host is meant, name it in allow_hosts of the source"}
}

// inner are nets that net/netip counts as global though they are not.
var inner = []netip.Prefix{
	netip.MustParsePrefix("100.64.0.0/10"),  // carriers' own (RFC 6598)
	netip.MustParsePrefix("0.0.0.0/8"),      // this host
	netip.MustParsePrefix("192.0.0.0/24"),   // protocol assignments
	netip.MustParsePrefix("198.18.0.0/15"),  // benchmarks
	netip.MustParsePrefix("240.0.0.0/4"),    // reserved
	netip.MustParsePrefix("64:ff9b::/96"),   // IPv4 behind translation
	netip.MustParsePrefix("64:ff9b:1::/48"), // the same, locally
	netip.MustParsePrefix("2002::/16"),      // 6to4, which carries any IPv4
}

// allows tells whether the configuration names the host, alone or with the port.
func (p Place) allows(host, port string) bool {
	return slices.ContainsFunc(p.AllowHosts, func(a string) bool {
		a = strings.Trim(strings.ToLower(a), "[]")
		return a == strings.ToLower(host) || a == strings.ToLower(net.JoinHostPort(host, port))
	})
}

func (p Place) redirect(next *http.Request, before []*http.Request) error {
	first := before[0].URL
	to := shown(next.URL.String())
	refused := func(found, wanted, advice string) error {
		return &fetch.Refusal{Op: "fetch", Path: shown(first.String()), Found: found, Wanted: wanted, Advice: advice}
	}
	switch {
	case len(before) > maxRedirects:
		return refused(fmt.Sprintf("more than %d redirects, the last to %s", maxRedirects, to), "an address that leads to the file", "ask the supplier for the address that they end at")
	case next.URL.Scheme != "https" && next.URL.Scheme != first.Scheme:
		return refused("a redirect to "+to, "one that stays with "+first.Scheme, "")
	case sameServer(first, next.URL):
		return nil
	case !p.allows(next.URL.Hostname(), port(next.URL)):
		return refused("a redirect to "+to, "one to a host of allow_hosts", `if that host is the supplier's too, add "`+next.URL.Host+`" to allow_hosts of the source`)
	}
	for _, h := range p.Headers {
		next.Header.Del(h.Name)
	}
	return nil
}

// sameServer tells whether an address is on the server of another one; from
// http to https on their usual ports is no change of server.
func sameServer(a, b *url.URL) bool {
	return a.Hostname() == b.Hostname() && (port(a) == port(b) || port(a) == "80" && port(b) == "443")
}

func port(u *url.URL) string {
	if u.Port() == "" {
		return map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return u.Port()
}

// asRefusal finds the refusal that the client wrapped.
func asRefusal(err error) error {
	var r *fetch.Refusal
	if errors.As(err, &r) {
		return r
	}
	return nil
}
