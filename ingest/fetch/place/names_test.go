package place

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"osservatorio/ingest/fetch"
)

// fickle is a name server whose answer is another one each time it is asked
// for an IPv4 address: the addresses in turn, the last one for ever.
type fickle struct {
	mu    sync.Mutex
	turns []string
	asked int
}

// resolver asks the name server.
func (f *fickle) resolver(t *testing.T) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	go func() {
		question := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(question)
			if err != nil {
				return
			}
			if answer, err := f.answer(question[:n]); err == nil {
				conn.WriteTo(answer, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

func (f *fickle) answer(question []byte) ([]byte, error) {
	var m dnsmessage.Message
	if err := m.Unpack(question); err != nil || len(m.Questions) != 1 {
		return nil, fmt.Errorf("not a question: %w", err)
	}
	q := m.Questions[0]
	m.Response, m.RecursionAvailable, m.Additionals = true, true, nil
	if q.Type == dnsmessage.TypeA {
		m.Answers = []dnsmessage.Resource{{
			Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class},
			Body:   &dnsmessage.AResource{A: netip.MustParseAddr(f.turn()).As4()},
		}}
	}
	return m.Pack()
}

func (f *fickle) turn() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	at := f.turns[min(f.asked, len(f.turns)-1)]
	f.asked++
	return at
}

// What a name server says when an address is judged and what it says a moment
// later may be two things (DNS rebinding): whichever of its answers is dialled
// is the one that is judged. 192.0.2.1 is an address of the open net that
// leads nowhere (RFC 5737).
func TestANameServerThatChangesItsAnswerLeadsToNoInnerAddress(t *testing.T) {
	reached := 0
	server := served(t, func(w http.ResponseWriter, _ *http.Request) { reached++; fmt.Fprint(w, "a,b\n1,2\n") })
	address := strings.Replace(server, "http://127.0.0.1", "files.example.org", 1)
	names := &fickle{turns: []string{"192.0.2.1", "127.0.0.1", "192.0.2.1", "127.0.0.1"}}
	p := Place{URL: "http://" + address + "/d.csv", names: names.resolver(t)}
	refused := 0
	for range 4 {
		short, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		conn, err := p.dial(short, "tcp", address)
		cancel()
		if err == nil {
			conn.Close()
			t.Fatal("an address was dialled that is not the one that was judged")
		}
		if r := (*fetch.Refusal)(nil); errors.As(err, &r) && strings.Contains(err.Error(), "127.0.0.1") {
			refused++
		}
	}
	if refused != 2 || names.asked != 4 {
		t.Errorf("%d of 4 dialled addresses refused, %d answers: want the two inner ones, each asked for once", refused, names.asked)
	}
	o := into(t, nil)
	_, err := Bring(t.Context(), p, o)
	mustRefuse(t, o, err, "files.example.org", "127.0.0.1", "not on the open net")
	if reached > 0 {
		t.Fatalf("a server on the loopback was reached %d times by a name of the open net", reached)
	}
	p.AllowHosts = []string{"files.example.org"}
	if names, err := Bring(t.Context(), p, o); err != nil || len(names) != 1 {
		t.Errorf("a host that the configuration names is not asked: %v %v", names, err)
	}
}
