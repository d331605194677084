package place

import (
	"encoding/csv"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"osservatorio/ingest/sdmx"
)

// originals is a service that answers with a real message, byte by byte as the
// office sent it: too busy at first, then slowly, and 304 to who has it.
func originals(t *testing.T, message []byte, asked *[]string) string {
	t.Helper()
	return served(t, func(w http.ResponseWriter, r *http.Request) {
		*asked = append(*asked, r.Header.Get("If-None-Match"))
		switch {
		case !strings.Contains(r.URL.Path, "/data/"):
			http.Error(w, "NoRecordsFound", http.StatusNotFound)
			return
		case len(*asked) == 1:
			w.Header().Set("Retry-After", "3")
			http.Error(w, "Too many requests", http.StatusTooManyRequests)
			return
		case r.Header.Get("If-None-Match") == `"1"`:
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("ETag", `"1"`)
		for from := 0; from < len(message); from += 1000 {
			w.Write(message[from:min(from+1000, len(message))])
			w.(http.Flusher).Flush()
			time.Sleep(time.Millisecond)
		}
	})
}

// What a service of ISTAT or Eurostat really sent becomes the table that it
// holds; what is not all of the data is refused and leaves nothing.
func TestRealMessagesComeThroughABusyAndSlowServiceOnce(t *testing.T) {
	shared := os.Getenv("OSSERVATORIO_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "..", "shared")
	}
	dir := filepath.Join(shared, "data", "03-sdmx")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("shared data not here: set OSSERVATORIO_SHARED")
	}
	for _, c := range []struct {
		file, flow, value string // value: of the last observation; "" of a message that is refused
		rows              int
	}{
		{"istat/22_289.xml", "22_289", "30235705", 8},
		{"istat/guida_filtro_esempio02.csv", "41_983", "2787", 18},
		{"eurostat/NAMA_10_GDP-ss.xml", "NAMA_10_GDP", "54142.3", 4},
		{"eurostat/footer.xml", "LARGE", "", 0},
		{"eurostat/esms.xml", "ESMS", "", 0},
	} {
		t.Run(c.file, func(t *testing.T) {
			message, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(c.file)))
			if err != nil {
				t.Fatal(err)
			}
			var asked []string
			var waits []time.Duration
			o := into(t, &waits)
			p := Place{AllowHosts: []string{"127.0.0.1"}, Statistics: Statistics{Query: sdmx.Query{Base: originals(t, message, &asked) + "/rest", Agency: "IT1", Flow: c.flow}}}
			names, err := Bring(t.Context(), p, o)
			if c.value == "" {
				if err == nil || len(lying(t, o.Dir)) > 0 {
					t.Errorf("%v came of what is no whole data: %v", names, err)
				}
				return
			}
			if err != nil || len(names) != 1 || len(waits) == 0 || waits[0] != 3*time.Second {
				t.Fatalf("names %v, waits %v, error %v", names, waits, err)
			}
			table, err := os.Open(filepath.Join(o.Dir, names[0]))
			if err != nil {
				t.Fatal(err)
			}
			defer table.Close()
			rows, err := csv.NewReader(table).ReadAll()
			if err != nil || len(rows) != c.rows+1 || !strings.Contains(strings.Join(rows[c.rows], " "), c.value) {
				t.Errorf("%d rows, want %d, the last with %s: %v", len(rows)-1, c.rows, c.value, err)
			}
			if names, err := Bring(t.Context(), p, o); err != nil || len(names) != 0 || asked[len(asked)-1] != `"1"` {
				t.Errorf("unchanged, and yet: %v %v, asked with %v", names, err, asked)
			}
		})
	}
}
