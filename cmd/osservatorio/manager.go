package main

import (
	"fmt"
	"log/slog"
	"net"
	"os"
)

// manager is the service manager that started this process, where it asks to be
// told how that is: systemd, by the protocol of sd_notify.
type manager struct {
	socket string // "" where nobody asks
	log    *slog.Logger
}

// takeManager reads whom to tell, and hides it from the processes of runs.
func takeManager(log *slog.Logger) manager {
	const name = "NOTIFY_SOCKET"
	m := manager{os.Getenv(name), log}
	os.Unsetenv(name)
	return m
}

// tell says a state such as READY=1. A manager that cannot be told is logged: it
// will end the service by its own time-out and say why.
func (m manager) tell(state string) {
	if m.socket == "" {
		return
	}
	to, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: m.socket, Net: "unixgram"})
	if err == nil {
		defer to.Close()
		_, err = fmt.Fprint(to, state)
	}
	if err != nil {
		m.log.Warn("service manager not told", "state", state, "error", err)
	}
}
