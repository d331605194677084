package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func unit(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("deploy", "osservatorio.service"))
	must(t, err)
	return string(text)
}

func TestTheUnitStartsTheProgramWithWordsThatItKnows(t *testing.T) {
	start := regexp.MustCompile(`(?m)^ExecStart=/usr/local/bin/osservatorio (.*)$`).FindStringSubmatch(unit(t))
	if start == nil {
		t.Fatal("no ExecStart")
	}
	c, rest, err := command(&app{}).Find(strings.Fields(start[1]))
	if err != nil || c.Name() != "schedule" {
		t.Fatalf("%s: %v", start[1], err)
	}
	must(t, c.ParseFlags(rest))
	container, err := os.ReadFile(filepath.Join("deploy", "Containerfile"))
	must(t, err)
	for _, want := range []string{`CMD ["schedule", "--log", "json"]`, "make assets && go build -trimpath -o /osservatorio ./cmd/osservatorio", "USER osservatorio"} {
		if !strings.Contains(string(container), want) {
			t.Errorf("Containerfile has no %s", want)
		}
	}
}

func TestTheUnitIsSoundToSystemd(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("no systemd-analyze on this machine")
	}
	// The program need not be installed where the test runs.
	self, err := exec.LookPath("osservatorio")
	must(t, err)
	file := filepath.Join(t.TempDir(), "osservatorio.service")
	must(t, os.WriteFile(file, []byte(strings.ReplaceAll(unit(t), "/usr/local/bin/osservatorio", self)), 0o600))
	said, err := exec.Command(analyze, "verify", file).CombinedOutput()
	if err != nil || strings.Contains(string(said), "osservatorio.service") {
		t.Errorf("%v: %s", err, said)
	}
}
