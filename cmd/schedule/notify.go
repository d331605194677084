package schedule

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/jonboulle/clockwork"
)

// Notifier hands messages to a command, to a web address, or to both, one after
// the other and beside the jobs: who listens slowly keeps no job waiting.
type Notifier struct {
	Command string // of a shell; the text is its standard input
	Webhook string // gets the message as JSON by POST
	Name    string // of the instance
	Clock   clockwork.Clock
	Log     *slog.Logger

	messages chan Message
	done     chan struct{}
}

const (
	notifyWait  = 10 * time.Second // for one answer, or for the command
	notifyQueue = 32               // messages that wait; more are dropped and logged
	lastWords   = 30 * time.Second // for what is not told yet when the scheduler ends
)

// notifyWaits are the times between the tries of a web address.
var notifyWaits = [...]time.Duration{0, 5 * time.Second, 30 * time.Second}

// Start begins to hand on messages; Close ends it.
func (n *Notifier) Start() {
	n.messages, n.done = make(chan Message, notifyQueue), make(chan struct{})
	go func() {
		defer close(n.done)
		for m := range n.messages {
			n.hand(m)
		}
	}()
}

// Tell never blocks.
func (n *Notifier) Tell(m Message) {
	m.Instance = n.Name
	select {
	case n.messages <- m:
	default:
		n.Log.Error("notify: too many messages wait: this one is dropped", "job", m.Job, "event", m.Event)
	}
}

// Close waits for what is still to be told, but not for ever.
func (n *Notifier) Close() {
	close(n.messages)
	select {
	case <-n.done:
	case <-n.Clock.After(lastWords):
		n.Log.Error("notify: not everything was told before the end")
	}
}

func (n *Notifier) hand(m Message) {
	if n.Command != "" {
		if err := n.run(m); err != nil {
			n.Log.Error("notify", "by", "command", "job", m.Job, "error", err)
		}
	}
	if n.Webhook == "" {
		return
	}
	var err error
	for _, wait := range notifyWaits {
		if wait > 0 {
			n.Clock.Sleep(wait)
		}
		if err = n.post(m); err == nil {
			return
		}
	}
	n.Log.Error("notify", "by", "webhook", "job", m.Job, "error", err)
}

func (n *Notifier) run(m Message) error {
	ctx, cancel := context.WithTimeout(context.Background(), notifyWait)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", n.Command)
	cmd.Stdin = strings.NewReader(m.Text)
	cmd.SysProcAttr = ownGroup()
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		return fmt.Errorf("run command: it took longer than %s", notifyWait)
	}
	if err != nil {
		said := &tail{}
		said.Write(out)
		return fmt.Errorf("run command: %w: %s", err, strings.Join(said.lines(), "; "))
	}
	return nil
}

// post sends a message once. Its errors never name the address, which may have
// a secret in it.
func (n *Notifier) post(m Message) error {
	body, err := json.Marshal(m)
	if err != nil {
		return err
	}
	client := http.Client{
		Timeout: notifyWait,
		// Another address was not the one that the operator named.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	defer client.CloseIdleConnections()
	answer, err := client.Post(n.Webhook, "application/json", bytes.NewReader(body))
	if err != nil {
		var outer *url.Error
		if errors.As(err, &outer) {
			err = outer.Err
		}
		return fmt.Errorf("post message: %w", err)
	}
	defer answer.Body.Close()
	io.Copy(io.Discard, io.LimitReader(answer.Body, 64<<10))
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		return fmt.Errorf("post message: answer %d: expected 2xx", answer.StatusCode)
	}
	return nil
}

// CheckWebhook tells what is wrong with the address of a webhook.
func CheckWebhook(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return errors.New("expected an address such as https://chat.example.it/hook")
	}
	if u.Scheme == "https" || u.Scheme == "http" && loopback(u.Hostname()) {
		return nil
	}
	return errors.New("expected https; http only to this machine: a message says what is wrong inside")
}

// loopback tells whether a host can only be this machine.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
