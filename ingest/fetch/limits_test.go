package fetch

import (
	"os"
	"path/filepath"
	"testing"
)

func TestAMappingRunsWithinTheLimitsGiven(t *testing.T) {
	for name, content := range map[string]string{"d.csv": "a,b\n1,2\n", "d.jsonl": "{\"a\":1}\n"} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		table, err := Sniff(t.Context(), path, Want{Temp: t.TempDir(), Memory: "200MB", Threads: 1})
		if err != nil {
			t.Fatal(err)
		}
		defer table.Close()
		mapped, err := Map(t.Context(), table, "SELECT current_setting('threads') AS threads, current_setting('memory_limit') AS memory FROM delivery", t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		defer mapped.Close()
		if got := mapped.Sample[0]; got[0] != "1" || got[1] != "190.7 MiB" {
			t.Errorf("%s: a mapping has %s threads and %s: want 1 and 190.7 MiB", name, got[0], got[1])
		}
	}
}
