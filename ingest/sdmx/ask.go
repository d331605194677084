package sdmx

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Response is what a service answered; its body is in the file.
type Response struct {
	Status      int
	ContentType string
}

// Get asks one address and writes the body of the answer, whatever its
// status, into the file. Conditional questions, retries and limits are its
// own affair; an error means that there was no answer.
type Get func(ctx context.Context, address string, header http.Header, file string) (Response, error)

// Asker asks an SDMX service and keeps its rules.
type Asker struct {
	Get       Get
	Wait      func(ctx context.Context, d time.Duration) error // nil waits by the clock
	Pause     time.Duration                                    // between two questions; ISTAT allows five a minute
	Temp      string                                           // folder for answers; "" is the system's
	Languages []string                                         // of labels
	Structure bool                                             // ask for the structure too, for labels
	MaxParts  int                                              // questions into which one may be split; 0 is 64
}

// ErrUnchanged says that the service has nothing newer than what was asked
// for before.
var ErrUnchanged = errors.New("unchanged since it was last asked")

// Fetch asks a question and writes the answer as one table at path. If the
// service says that this is too much, it asks for the first and the second
// half of the period, and so on; each observation of these parts is taken
// once, from the part whose period it lies in. No table is left after an
// error.
func (a Asker) Fetch(ctx context.Context, q Query, path string) (Summary, error) {
	if err := q.Validate(); err != nil {
		return Summary{}, fmt.Errorf("ask SDMX: %w", err)
	}
	temp, err := os.MkdirTemp(a.Temp, "sdmx-")
	if err != nil {
		return Summary{}, fmt.Errorf("ask %s: %w", q.Base, err)
	}
	defer os.RemoveAll(temp)
	f := &fetching{Asker: a, query: q, temp: temp}
	structures, err := f.structures(ctx)
	if err != nil {
		return Summary{}, err
	}
	f.table, err = Create(path, Options{Structures: structures, Languages: a.Languages})
	if err != nil {
		return Summary{}, err
	}
	err = f.part(ctx, q.Start, q.End)
	if err == nil && f.parts > 1 {
		f.table.note("asked in %d parts: the whole was too large for the service", f.parts)
	}
	if err == nil {
		var sum Summary
		if sum, err = f.table.Close(); err == nil {
			return sum, nil
		}
	}
	f.table.Discard()
	return Summary{}, addressed(err, q.URL())
}

// fetching is one question on its way.
type fetching struct {
	Asker
	query Query
	table *Table
	temp  string
	asked int // questions so far
	files int // answers so far
	parts int // that were answered with data or with none
}

func (f *fetching) structures(ctx context.Context) (*Structures, error) {
	if !f.Structure {
		return nil, nil
	}
	file, answer, err := f.ask(ctx, f.query.StructureURL(), f.query.StructureHeader())
	if err != nil {
		return nil, err
	}
	if answer.Status != http.StatusOK {
		return nil, addressed(Answer(answer.Status, answer.ContentType, beginning16(file)), f.query.StructureURL())
	}
	message, err := openMessage(file)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", f.query.StructureURL(), err)
	}
	defer message.Close()
	s, err := ReadStructures(message)
	return s, addressed(err, f.query.StructureURL())
}

// part asks for [start, end], or for halves of it.
func (f *fetching) part(ctx context.Context, start, end Period) error {
	q := f.query
	q.Start, q.End = start, end
	file, answer, err := f.ask(ctx, q.URL(), q.Header())
	if err != nil {
		return err
	}
	head := beginning16(file)
	later, ok, err := q.ticketOf(answer.Status, head)
	if ok {
		os.Remove(file)
		f.table.note("prepared by the service after it was asked")
		file, answer, err = f.await(ctx, later, q.Header())
		head = beginning16(file)
	}
	if err != nil {
		return addressed(err, q.URL())
	}
	defer os.Remove(file)
	switch {
	case TooLarge(answer.Status, head):
		return f.halves(ctx, start, end, Answer(answer.Status, answer.ContentType, head))
	case answer.Status == http.StatusNotModified:
		return ErrUnchanged
	case f.asked > 1 && empty(answer.Status, head):
		f.parts++
		return nil
	case answer.Status != http.StatusOK:
		return addressed(Answer(answer.Status, answer.ContentType, head), q.URL())
	}
	f.parts++
	f.table.within = func(period string) bool { return holds(start, end, period) }
	message, err := openMessage(file)
	if err != nil {
		return addressed(fmt.Errorf("ask %s: %w", q.URL(), err), q.URL())
	}
	defer message.Close()
	return addressed(f.table.Add(ctx, message), q.URL())
}

func (f *fetching) halves(ctx context.Context, start, end Period, answer error) error {
	left, right, ok := split(start, end)
	if !ok {
		return answer
	}
	most := f.MaxParts
	if most == 0 {
		most = 64
	}
	if f.asked >= 2*most {
		return &Fault{Op: "ask", Found: fmt.Sprintf("too large even in %d parts", most), Wanted: "a narrower question", Advice: advices["413"]}
	}
	if err := f.part(ctx, left[0], left[1]); err != nil {
		return err
	}
	return f.part(ctx, right[0], right[1])
}

// ask waits its turn and asks.
func (f *fetching) ask(ctx context.Context, address string, header http.Header) (string, Response, error) {
	if f.asked > 0 && f.Pause > 0 {
		if err := f.rest(ctx, f.Pause); err != nil {
			return "", Response{}, err
		}
	}
	f.asked++
	return f.once(ctx, address, header)
}

// once asks at once, into a file of its own.
func (f *fetching) once(ctx context.Context, address string, header http.Header) (string, Response, error) {
	f.files++
	file := filepath.Join(f.temp, fmt.Sprintf("answer-%d", f.files))
	answer, err := f.Get(ctx, address, header, file)
	return file, answer, err
}

// rest waits.
func (f *fetching) rest(ctx context.Context, d time.Duration) error {
	if f.Wait != nil {
		return f.Wait(ctx, d)
	}
	return pause(ctx, d)
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// empty tells an answer that there is nothing in this period.
func empty(status int, head []byte) bool {
	return status == http.StatusNoContent || messageOf(head).code == "100" ||
		status == http.StatusNotFound && strings.Contains(strings.ToLower(string(head)), "norecordsfound") ||
		status == http.StatusNotFound && strings.Contains(strings.ToLower(string(head)), "no results")
}

// beginning16 is the first 16 KiB of a file; nothing if there is none.
func beginning16(file string) []byte {
	body, err := os.Open(file)
	if err != nil {
		return nil
	}
	defer body.Close()
	head, _ := io.ReadAll(io.LimitReader(body, 16<<10))
	return head
}

// addressed gives a fault the address that was asked.
func addressed(err error, address string) error {
	var f *Fault
	if errors.As(err, &f) && f.Path == "" {
		f.Path = address
	}
	return err
}
