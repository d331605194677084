package sdmx

import (
	"bufio"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"strings"
)

// Options say how a table is made of messages.
type Options struct {
	Structures *Structures // code lists for the columns <dimension>_label; nil for none
	Languages  []string    // of labels, the first one found counts; nil is Italian, then English
}

// maxColumns bounds the columns of a table: dimensions, attributes and labels.
const maxColumns = 1000

// Summary is what became of the messages.
type Summary struct {
	Columns  []string
	Rows     int64
	Prepared string   // when the last message was made, as its header says; "" if it does not
	Notes    []string // to be reported
}

// Table is a plain CSV table (UTF-8, comma, header) in the making. Its columns
// are, in the order in which they were met: DATAFLOW, the dimensions,
// OBS_VALUE, the attributes of observation, series, group and data set; and
// after each coded one <name>_label where its code list is known. A cell is
// the text of the message; an OBS_VALUE of "NaN", the standard's word for a
// missing value, is empty.
type Table struct {
	path    string
	options Options
	index   map[string]int
	columns []column
	row     []string
	body    *os.File
	rows    *csv.Writer
	widths  bool // rows were written before the last column was known
	sum     Summary
	missing int64
	outside int64
	within  func(period string) bool // nil takes all
}

type column struct {
	name  string
	codes *codelist // nil without labels
	label int       // place of the column of labels; -1 without
}

// Create begins a table at path. Close it, or Discard it.
func Create(path string, o Options) (*Table, error) {
	if o.Languages == nil {
		o.Languages = []string{"it", "en"}
	}
	body, err := os.Create(path + ".rows")
	if err != nil {
		return nil, fmt.Errorf("write table: %w", err)
	}
	return &Table{path: path, options: o, index: map[string]int{}, body: body, rows: csv.NewWriter(bufio.NewWriterSize(body, 1<<16))}, nil
}

// Add reads one data message of any kind to its end. After an error the table
// is to be discarded: nothing is half read.
func (t *Table) Add(ctx context.Context, message io.Reader) error {
	text := plainText(message)
	head, err := text.Peek(1 << 12)
	if err != nil && err != io.EOF && err != bufio.ErrBufferFull {
		return fmt.Errorf("read message: %w", err)
	}
	switch kind := Recognise(head); kind {
	case CSV:
		return t.addCSV(ctx, text)
	case Data, Error:
		return t.addML(ctx, text)
	case Metadata:
		return &Fault{Op: "read", Found: "a message of reference metadata: texts and no data", Wanted: "a data message", Advice: "ask for /data/…"}
	case Structure:
		return &Fault{Op: "read", Found: "a structure message: code lists and no data", Wanted: "a data message",
			Advice: "ask for /data/…; put the structure message beside the data to have labels"}
	}
	return notSDMX(head)
}

// Discard removes what was written.
func (t *Table) Discard() {
	t.removeRows()
	os.Remove(t.path)
}

// Close writes the table: header first, every row as wide as the last.
func (t *Table) Close() (Summary, error) {
	defer t.removeRows()
	if t.missing > 0 {
		t.note("%d values NaN (missing): left empty", t.missing)
	}
	if t.outside > 0 {
		t.note("%d observations of periods that were not asked for: left out", t.outside)
	}
	for _, c := range t.columns {
		t.sum.Columns = append(t.sum.Columns, c.name)
	}
	if t.sum.Rows == 0 {
		return t.sum, &Fault{Op: "read", Found: "no observation" + told(t.sum.Notes), Wanted: "one or more", Advice: "check key and period of the question"}
	}
	t.rows.Flush()
	if err := t.rows.Error(); err != nil {
		return t.sum, fmt.Errorf("write table: %w", err)
	}
	return t.sum, t.finish()
}

// removeRows removes the work file.
func (t *Table) removeRows() {
	t.body.Close()
	os.Remove(t.path + ".rows")
}

func (t *Table) finish() error {
	out, err := os.Create(t.path)
	if err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	defer out.Close()
	buffer := bufio.NewWriterSize(out, 1<<16)
	w := csv.NewWriter(buffer)
	if err := w.Write(t.sum.Columns); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	if _, err := t.body.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	if err := t.copyRows(w, buffer); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	if err := buffer.Flush(); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return out.Close()
}

// copyRows copies the rows as they are if all are of one width, else each
// with empty cells for the columns that came later.
func (t *Table) copyRows(w *csv.Writer, plain io.Writer) error {
	if !t.widths {
		w.Flush()
		_, err := io.Copy(plain, t.body)
		return err
	}
	r := csv.NewReader(bufio.NewReaderSize(t.body, 1<<16))
	r.FieldsPerRecord, r.ReuseRecord = -1, true
	wide := make([]string, len(t.columns))
	for {
		record, err := r.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		clear(wide)
		copy(wide, record)
		if err := w.Write(wide); err != nil {
			return err
		}
	}
}

// set gives a cell of the row in hand its value. A value that is there stays
// unless over is true: what an observation says of itself comes before what
// its series says, and that before what group and data set say.
func (t *Table) set(name, value string, over bool) error {
	i, known := t.index[name]
	if !known {
		var err error
		if i, err = t.addColumn(name); err != nil {
			return err
		}
	}
	if over || t.row[i] == "" {
		t.row[i] = value
	}
	return nil
}

func (t *Table) addColumn(name string) (int, error) {
	if name == "" {
		return 0, &Fault{Op: "read", Found: "a component without a name", Wanted: "an id"}
	}
	i := t.place(column{name: name, label: -1, codes: t.options.Structures.codes(name)})
	if t.columns[i].codes != nil {
		t.columns[i].label = t.place(column{name: name + "_label", label: -1})
	}
	if len(t.columns) > maxColumns {
		return 0, &Fault{Op: "read", Found: fmt.Sprintf("more than %d components", maxColumns), Wanted: "a message of a data structure"}
	}
	return i, nil
}

func (t *Table) place(c column) int {
	t.widths = t.widths || t.sum.Rows > 0
	t.index[c.name] = len(t.columns)
	t.columns = append(t.columns, c)
	t.row = append(t.row, "")
	return len(t.columns) - 1
}

// end writes the row in hand and begins the next. A row of a period that was
// not asked for is left out.
func (t *Table) end() error {
	if i, ok := t.index["TIME_PERIOD"]; ok && t.within != nil && !t.within(t.row[i]) {
		t.outside++
		clear(t.row)
		return nil
	}
	if i, ok := t.index["OBS_VALUE"]; ok && t.row[i] == "NaN" {
		t.row[i] = ""
		t.missing++
	}
	for i, c := range t.columns {
		if c.label >= 0 && t.row[c.label] == "" {
			t.row[c.label] = c.codes.label(t.row[i], t.options.Languages)
		}
	}
	t.sum.Rows++
	if err := t.rows.Write(t.row); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	clear(t.row)
	return nil
}

func (t *Table) note(format string, a ...any) {
	t.sum.Notes = append(t.sum.Notes, fmt.Sprintf(format, a...))
}

func told(notes []string) string {
	if len(notes) == 0 {
		return ""
	}
	return " (" + strings.Join(notes, "; ") + ")"
}
