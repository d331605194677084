// Package sdmxtest is an SDMX service on this machine for tests. It answers as
// ISTAT and Eurostat do: by Accept header, with ETag and Last-Modified, 404 in
// plain text when nothing is found, 413 when too much is asked for, 429 when
// asked too often; and, where a test wants it, slowly or cut.
package sdmxtest

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// Observation is one cell of the service's only data flow, FREQ.REF_AREA and
// the dimensions of Service.Further.
type Observation struct {
	Freq, Area, Period, Value, Status string
	Further                           []string
}

// Service is what the service has and how it behaves.
type Service struct {
	Flow         string   // id; version is 1.0
	Agency       string   // "" is XX1
	Further      []string // names of dimensions after REF_AREA
	Observations []Observation
	Structure    string        // structure message; "" answers 404
	Most         int           // observations in one answer; more is 413; 0 is no limit
	Busy         int           // so many first questions get 429
	OneMore      bool          // the answer holds the year after endPeriod too, as ISTAT's does
	Slow         time.Duration // before each answer
	Cut          int           // bytes after which the body ends, though its length promises more; 0 is never
	Modified     time.Time     // of the data; zero sends neither Last-Modified nor ETag
	Maintenance  bool          // a web page with status 200 in place of everything
	Later        string        // ByKey, ByFooter, ByPromise: data come later; "" is at once
	Looks        int           // after so many looks
	LaterEnd     string        // and then with this state instead of AVAILABLE
	LaterHost    string        // of the address in the footer; "" is the service's own

	mu     sync.Mutex
	asked  []string
	asking *http.Request // the question that is answered later
	looks  int
}

func (s *Service) agency() string {
	if s.Agency == "" {
		return "XX1"
	}
	return s.Agency
}

// Serve starts the service; it ends with the test. The base of questions is
// the server's URL with /rest, or as
// Eurostat's if data come later.
func (s *Service) Serve(t testing.TB) string {
	server := httptest.NewServer(http.HandlerFunc(s.answer))
	t.Cleanup(server.Close)
	if s.Later != "" {
		return server.URL + "/api/sdmx/2.1"
	}
	return server.URL + "/rest"
}

// Asked lists the questions so far: path and parameters.
func (s *Service) Asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.asked...)
}

func (s *Service) answer(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.asked = append(s.asked, r.URL.RequestURI())
	n := len(s.asked)
	s.mu.Unlock()
	if s.Slow > 0 {
		select {
		case <-time.After(s.Slow):
		case <-r.Context().Done():
			return
		}
	}
	if s.Later != "" && s.later(w, r) {
		return
	}
	switch {
	case s.Maintenance:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, "<!DOCTYPE html><html><head><title>Servizio in manutenzione</title></head><body></body></html>")
	case n <= s.Busy:
		w.Header().Set("Retry-After", "1")
		http.Error(w, "Too many requests", http.StatusTooManyRequests)
	case strings.Contains(r.URL.Path, "/data/") && strings.Contains(r.URL.Path, s.Flow):
		s.data(w, r)
	case strings.Contains(r.URL.Path, "/dataflow/"+s.agency()+"/"):
		s.structure(w)
	default:
		http.Error(w, "Dataflow not found", http.StatusNotFound)
	}
}

func (s *Service) structure(w http.ResponseWriter) {
	if s.Structure == "" {
		http.Error(w, "NoRecordsFound", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "application/vnd.sdmx.structure+xml; version=2.1")
	fmt.Fprint(w, s.Structure)
}

func (s *Service) data(w http.ResponseWriter, r *http.Request) {
	if !s.Modified.IsZero() {
		tag := fmt.Sprintf(`"%d"`, s.Modified.Unix())
		w.Header().Set("ETag", tag)
		w.Header().Set("Last-Modified", s.Modified.UTC().Format(http.TimeFormat))
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	found := s.chosen(r)
	switch {
	case len(found) == 0:
		http.Error(w, "NoRecordsFound", http.StatusNotFound)
	case s.Most > 0 && len(found) > s.Most:
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		fmt.Fprint(w, `<?xml version="1.0"?><mes:Error xmlns:mes="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message" xmlns:com="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common"><mes:ErrorMessage code="130"><com:Text>Response too large</com:Text></mes:ErrorMessage></mes:Error>`)
	default:
		s.send(w, r.Header.Get("Accept"), found)
	}
}

// chosen are the observations of the period asked for.
func (s *Service) chosen(r *http.Request) []Observation {
	start, end := r.URL.Query().Get("startPeriod"), r.URL.Query().Get("endPeriod")
	for _, bound := range strings.Split(strings.ReplaceAll(r.URL.Query().Get("c[TIME_PERIOD]"), " ", "+"), "+") {
		if v, ok := strings.CutPrefix(bound, "ge:"); ok {
			start = v
		}
		if v, ok := strings.CutPrefix(bound, "le:"); ok {
			end = v
		}
	}
	if s.OneMore && len(end) == 4 {
		var year int
		fmt.Sscan(end, &year)
		end = fmt.Sprint(year + 1)
	}
	var found []Observation
	for _, o := range s.Observations {
		if o.Period >= start && (end == "" || o.Period <= end || strings.HasPrefix(o.Period, end)) {
			found = append(found, o)
		}
	}
	return found
}

func (s *Service) send(w http.ResponseWriter, accept string, found []Observation) {
	kind, body := "application/vnd.sdmx.data+csv; version=1.0.0", s.csv(found)
	switch {
	case strings.Contains(accept, "structurespecific"):
		kind, body = "application/vnd.sdmx.structurespecificdata+xml; version=2.1", s.specific(found)
	case strings.Contains(accept, "csv;version=2.0.0"):
		kind, body = "application/vnd.sdmx.data+csv; version=2.0.0", s.csv2(found)
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", fmt.Sprint(len(body)))
	if s.Cut > 0 && s.Cut < len(body) {
		fmt.Fprint(w, body[:s.Cut])
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler) // the connection breaks off
	}
	fmt.Fprint(w, body)
}

func (s *Service) csv(found []Observation) string {
	var b strings.Builder
	fmt.Fprintf(&b, "DATAFLOW,%s,TIME_PERIOD,OBS_VALUE,OBS_STATUS\n", strings.Join(append([]string{"FREQ", "REF_AREA"}, s.Further...), ","))
	for _, o := range found {
		key := strings.Join(append([]string{o.Freq, o.Area}, o.Further...), ",")
		fmt.Fprintf(&b, "%s:%s(1.0),%s,%s,%s,%s\n", s.agency(), s.Flow, key, o.Period, o.Value, o.Status)
	}
	return b.String()
}

func (s *Service) csv2(found []Observation) string {
	var b strings.Builder
	b.WriteString("STRUCTURE,STRUCTURE_ID,ACTION,FREQ,REF_AREA,TIME_PERIOD,OBS_VALUE,OBS_STATUS\n")
	for _, o := range found {
		fmt.Fprintf(&b, "dataflow,XX1:%s(1.0),I,%s,%s,%s,%s,%s\n", s.Flow, o.Freq, o.Area, o.Period, o.Value, o.Status)
	}
	return b.String()
}

func (s *Service) specific(found []Observation) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="utf-8"?><message:StructureSpecificData xmlns:message="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message" xmlns:common="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common" xmlns:ss="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/data/structurespecific">
<message:Header><message:ID>T</message:ID><message:Prepared>%s</message:Prepared><message:Structure structureID="S" dimensionAtObservation="TIME_PERIOD"><common:StructureUsage><Ref agencyID="XX1" id="%s" version="1.0"/></common:StructureUsage></message:Structure></message:Header>
<message:DataSet ss:structureRef="S">`, time.Now().UTC().Format(time.RFC3339Nano), s.Flow)
	area := ""
	for _, o := range found {
		if o.Freq+o.Area != area {
			if area != "" {
				b.WriteString("</Series>")
			}
			fmt.Fprintf(&b, `<Series FREQ="%s" REF_AREA="%s">`, o.Freq, o.Area)
			area = o.Freq + o.Area
		}
		fmt.Fprintf(&b, `<Obs TIME_PERIOD="%s" OBS_VALUE="%s"`, o.Period, o.Value)
		if o.Status != "" {
			b.WriteString(` OBS_STATUS="`)
			xml.EscapeText(&b, []byte(o.Status))
			b.WriteString(`"`)
		}
		b.WriteString("/>")
	}
	b.WriteString("</Series></message:DataSet></message:StructureSpecificData>\n")
	return b.String()
}
