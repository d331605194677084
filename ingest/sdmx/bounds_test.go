package sdmx_test

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"osservatorio/ingest/sdmx"
)

// endless is a message of about size bytes, made while it is read.
type endless struct {
	left    int
	pending string
	n       int
	tail    string
}

func newEndless(size int) *endless {
	return &endless{left: size, pending: `<?xml version="1.0"?><message:StructureSpecificData xmlns:message="http://www.sdmx.org/x"><message:Header/><message:DataSet>`,
		tail: `</message:DataSet></message:StructureSpecificData>`}
}

func (e *endless) Read(p []byte) (int, error) {
	if e.pending == "" {
		switch {
		case e.left > 0:
			e.pending = e.series()
		case e.tail != "":
			e.pending, e.tail = e.tail, ""
		default:
			return 0, io.EOF
		}
	}
	n := copy(p, e.pending)
	e.pending = e.pending[n:]
	e.left -= n
	return n, nil
}

func (e *endless) series() string {
	var b strings.Builder
	fmt.Fprintf(&b, `<Series FREQ="Q" REF_AREA="X%d" SEX="9" AGE="Y15-64" UNIT_MEASURE="PC">`, e.n)
	for i := range 40 {
		fmt.Fprintf(&b, `<Obs TIME_PERIOD="%d-Q%d" OBS_VALUE="%d.%d" OBS_STATUS="e"/>`, 2010+i/4, i%4+1, e.n%100, i%10)
	}
	b.WriteString("</Series>")
	e.n++
	return b.String()
}

// Of a message of 100 MB no more than 300 MB may lie in memory: what is seen
// at every thousandth part is far below that.
func TestAMessageOf100MBIsStreamed(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 100 MB")
	}
	message := newEndless(100 << 20)
	watch := &heapWatch{r: message}
	table, err := sdmx.Create(filepath.Join(t.TempDir(), "t.csv"), sdmx.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := table.Add(context.Background(), watch); err != nil {
		t.Fatal(err)
	}
	sum, err := table.Close()
	if err != nil {
		t.Fatal(err)
	}
	if sum.Rows != int64(message.n)*40 {
		t.Errorf("%d rows, want %d", sum.Rows, message.n*40)
	}
	if watch.most > 300<<20 {
		t.Errorf("%d MiB from the system, want at most 300", watch.most>>20)
	}
	t.Logf("%d rows; at most %d MiB from the system", sum.Rows, watch.most>>20)
}

// heapWatch looks at the memory every 256 reads.
type heapWatch struct {
	r    io.Reader
	n    int
	most uint64
}

func (w *heapWatch) Read(p []byte) (int, error) {
	if w.n++; w.n%256 == 0 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		w.most = max(w.most, m.Sys)
	}
	return w.r.Read(p)
}

func FuzzMessages(f *testing.F) {
	for _, file := range dresses {
		f.Add(testdataFuzz(f, file))
	}
	for _, file := range []string{"groups-2.1.xml", "measures-2.1.xml", "error.xml", "footer.xml", "structure-2.1.xml", "structure-3.0.xml"} {
		f.Add(testdataFuzz(f, file))
	}
	lists := testdataFuzz(f, "structure-2.1.xml")
	f.Fuzz(func(t *testing.T, message string) {
		s, err := sdmx.ReadStructures(strings.NewReader(message))
		if err != nil {
			s, _ = sdmx.ReadStructures(strings.NewReader(lists))
		}
		path := filepath.Join(t.TempDir(), "t.csv")
		table, err := sdmx.Create(path, sdmx.Options{Structures: s})
		if err != nil {
			t.Fatal(err)
		}
		if err := table.Add(context.Background(), strings.NewReader(message)); err != nil {
			table.Discard()
			return
		}
		sum, err := table.Close()
		if err != nil {
			return
		}
		if rows := rowsOf(t, path); int64(len(rows)) != sum.Rows {
			t.Errorf("%d rows in the table, %d in the summary", len(rows), sum.Rows)
		}
		sdmx.Answer(500, "", []byte(message))
	})
}

func testdataFuzz(f *testing.F, name string) string {
	f.Helper()
	raw, err := readTestdata(name)
	if err != nil {
		f.Fatal(err)
	}
	return raw
}
