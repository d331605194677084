package sdmx

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Some services answer a large question later: Eurostat gives a key by which
// to ask whether the data are ready, its older service the address of a ZIP
// archive that is not there yet, and its statistics service nothing but the
// advice to ask the same again.

const (
	firstLook = 5 * time.Second
	lastLook  = time.Minute // between two looks, however long it takes
	maxLooks  = 240
)

// ticket is what a service gives in the place of data.
type ticket struct {
	status string // where to ask whether they are ready; "" if the data's own address tells
	data   string
}

// queued is a service's word on a question that it answers later.
type queued struct {
	Sync struct {
		ID     string `xml:"id"`
		Status string `xml:"status"`
	} `xml:"Body>syncResponse>queued"`
	Async struct {
		Key    string `xml:"key"`
		Status string `xml:"status"`
	} `xml:"Body>asyncResponse>status"`
}

func queuedIn(head []byte) queued {
	var q queued
	if bytes.Contains(head, []byte("syncResponse")) {
		xml.Unmarshal(head, &q) // what is no such word leaves it empty
	}
	return q
}

var (
	ticketKey   = regexp.MustCompile(`^[A-Za-z0-9-]{8,64}$`)
	fileAddress = regexp.MustCompile(`https?://[^\s<"]+/file/[A-Za-z0-9._-]+`)
)

// ticketOf finds what an answer says of data that come later.
func (q Query) ticketOf(status int, head []byte) (ticket, bool, error) {
	if key := queuedIn(head).Sync.ID; key != "" {
		base, _, ok := strings.Cut(q.Base, "/sdmx/")
		if !ok || !ticketKey.MatchString(key) {
			return ticket{}, false, &Fault{Op: "ask", Found: "the data come later, at an address that the service does not give", Wanted: "data", Advice: advices["413"]}
		}
		return ticket{status: base + "/1.0/async/status/" + key, data: base + "/1.0/async/data/" + key}, true, nil
	}
	if at := fileAddress.Find(head); at != nil && messageOf(head).code == "413" {
		address, err := q.sameHost(string(at))
		return ticket{data: address}, err == nil, err
	}
	if TooLarge(status, head) && bytes.Contains(head, []byte("ASYNCHRONOUS_RESPONSE")) {
		return ticket{data: q.URL()}, true, nil
	}
	return ticket{}, false, nil
}

// sameHost is an address that a service gave, with the scheme of the service;
// on another host it is not followed.
func (q Query) sameHost(address string) (string, error) {
	base, err := url.Parse(q.Base)
	if err != nil {
		return "", err
	}
	to, err := url.Parse(address)
	if err != nil || !strings.EqualFold(to.Hostname(), base.Hostname()) {
		return "", &Fault{Op: "ask", Found: "the data will lie on another host: " + address, Wanted: "one of " + base.Host, Advice: "fetch them by hand and lay them into the inbox, or ask for less"}
	}
	to.Scheme, to.Host = base.Scheme, base.Host
	return to.String(), nil
}

// await asks until the data are there and brings them into a file.
func (f *fetching) await(ctx context.Context, t ticket, header http.Header) (string, Response, error) {
	wait := firstLook
	for range maxLooks {
		if err := f.rest(ctx, max(wait, f.Pause)); err != nil {
			return "", Response{}, err
		}
		wait = min(2*wait, lastLook)
		if t.status != "" {
			ready, err := f.ready(ctx, t.status)
			if err != nil {
				return "", Response{}, err
			}
			if !ready {
				continue
			}
		}
		file, answer, err := f.once(ctx, t.data, header)
		if err != nil {
			return "", Response{}, err
		}
		if !pending(t, answer.Status, beginning16(file)) {
			return file, answer, nil
		}
		os.Remove(file)
	}
	return "", Response{}, &Fault{Op: "ask", Found: fmt.Sprintf("not ready after %d looks", maxLooks), Wanted: "data", Advice: "the service prepares them: ask again later, or ask for less"}
}

// pending tells an answer that says "not yet".
func pending(t ticket, status int, head []byte) bool {
	if t.status != "" {
		return queuedIn(head).Async.Key != ""
	}
	return status == http.StatusNotFound || bytes.Contains(head, []byte("ASYNCHRONOUS_RESPONSE"))
}

// ready asks for the state of a question that is answered later.
func (f *fetching) ready(ctx context.Context, address string) (bool, error) {
	file, answer, err := f.once(ctx, address, http.Header{"Accept": {"application/xml"}})
	if err != nil {
		return false, err
	}
	defer os.Remove(file)
	head := beginning16(file)
	q := queuedIn(head)
	switch state := strings.ToUpper(or(q.Async.Status, q.Sync.Status)); {
	case slices.Contains([]string{"SUBMITTED", "PROCESSING", "QUEUED"}, state):
		return false, nil
	case state == "AVAILABLE":
		return true, nil
	case state != "":
		return false, &Fault{Op: "ask", Found: "the service says " + state + " of what it was to prepare", Wanted: "AVAILABLE", Advice: "ask again"}
	}
	return false, Answer(answer.Status, answer.ContentType, head)
}

// maxRatio is how many bytes of message one byte of an archive may become;
// freeBytes are allowed whatever it is.
const (
	maxRatio  = 250
	freeBytes = 64 << 20
)

// openMessage opens an answer, unpacked if it is an archive.
func openMessage(file string) (io.ReadCloser, error) {
	in, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	head := make([]byte, 4)
	if n, _ := in.ReadAt(head, 0); n < 4 || !bytes.HasPrefix(head, []byte{0x1f, 0x8b}) && string(head) != "PK\x03\x04" {
		return in, nil
	}
	info, err := in.Stat()
	if err != nil {
		in.Close()
		return nil, err
	}
	var inner io.Reader
	if head[0] == 'P' {
		inner, err = onlyMember(in, info.Size())
	} else {
		inner, err = gzip.NewReader(in)
	}
	if err != nil {
		in.Close()
		return nil, &Fault{Op: "read", Found: "a broken archive: " + err.Error(), Wanted: "one message in it", Advice: "it was cut on its way: ask for it again"}
	}
	return &unpacked{in: in, r: inner, left: max(freeBytes, info.Size()*maxRatio)}, nil
}

func onlyMember(in io.ReaderAt, size int64) (io.Reader, error) {
	z, err := zip.NewReader(in, size)
	if err != nil {
		return nil, err
	}
	var files []*zip.File
	for _, f := range z.File {
		if !f.FileInfo().IsDir() {
			files = append(files, f)
		}
	}
	if len(files) != 1 {
		return nil, fmt.Errorf("%d files in it", len(files))
	}
	return files[0].Open()
}

// unpacked reads an archive's message up to a limit.
type unpacked struct {
	in   io.Closer
	r    io.Reader
	left int64
}

func (u *unpacked) Read(p []byte) (int, error) {
	n, err := u.r.Read(p)
	if u.left -= int64(n); u.left < 0 {
		return 0, errors.New("an archive with too much in it")
	}
	return n, err
}

func (u *unpacked) Close() error { return u.in.Close() }
