package sdmxtest

import (
	"archive/zip"
	"fmt"
	"net/http"
	"strings"
)

// Ways in which a service answers later.
const (
	ByKey     = "key"     // Eurostat's asynchronous answers: a key, a state, data
	ByFooter  = "footer"  // Eurostat's older service: the address of an archive to come
	ByPromise = "promise" // Eurostat's statistics service: ask the same again
)

// laterKey is what every question that is answered later gets.
const laterKey = "e3d39a1b-27eb-4ce4-936d-8f95b23bf74f"

const envelope = `<?xml version="1.0" encoding="UTF-8" ?>
<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"><env:Header/><env:Body>%s</env:Body></env:Envelope>`

// later answers a question for data, or for what became of an earlier one;
// false if the question is to be answered as any.
func (s *Service) later(w http.ResponseWriter, r *http.Request) bool {
	switch {
	case strings.HasSuffix(r.URL.Path, "/async/status/"+laterKey):
		fmt.Fprintf(w, envelope, `<ns0:asyncResponse xmlns:ns0="http://estat.ec.europa.eu/disschain/soap/asynchronous" xmlns:ns1="http://estat.ec.europa.eu/disschain/asynchronous"><ns1:status><ns1:key>`+
			laterKey+`</ns1:key><ns1:status>`+s.state()+`</ns1:status></ns1:status></ns0:asyncResponse>`)
	case strings.HasSuffix(r.URL.Path, "/async/data/"+laterKey):
		s.send(w, s.asking.Header.Get("Accept"), s.chosen(s.asking))
	case strings.HasSuffix(r.URL.Path, "/file/"+laterKey):
		if s.state() != "AVAILABLE" {
			http.Error(w, "Not Found", http.StatusNotFound)
			return true
		}
		z := zip.NewWriter(w)
		f, _ := z.Create(laterKey + ".xml")
		fmt.Fprint(f, s.specific(s.chosen(s.asking)))
		z.Close()
	case s.Later == ByPromise:
		if s.state() == "AVAILABLE" {
			return false
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		fmt.Fprint(w, `{"error":[{"status":413,"id":413,"label":"ASYNCHRONOUS_RESPONSE. Your request will be treated asynchronously. Please try again later."}]}`)
	default:
		s.asking = r
		s.promise(w, r)
	}
	return true
}

// promise is the first answer to a question.
func (s *Service) promise(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/xml")
	if s.Later == ByKey {
		fmt.Fprintf(w, envelope, `<ns0:syncResponse xmlns:ns0="http://estat.ec.europa.eu/disschain/soap/extraction"><processingTime>92</processingTime><queued><id>`+
			laterKey+`</id><status>SUBMITTED</status></queued></ns0:syncResponse>`)
		return
	}
	host := r.Host
	if s.LaterHost != "" {
		host = s.LaterHost
	}
	address := "http://" + host + "/diss-web/file/" + laterKey
	fmt.Fprintf(w, `<?xml version="1.0" encoding="UTF-8"?>
<message:GenericData xmlns:footer="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message/footer" xmlns:common="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common" xmlns:message="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message">
<message:Header><message:ID>x</message:ID></message:Header>
<footer:Footer><footer:Message code="413" severity="Infomation">
<common:Text xml:lang="en">Due to the large query the response will be written to a file which will be located under URL: %s</common:Text>
<common:Text xml:lang="en">%s</common:Text>
<common:Text xml:lang="en">Please check the location periodic every 5 minutes or at your preference.</common:Text>
</footer:Message></footer:Footer></message:GenericData>`, address, address)
}

// state is that of the question, one look older at each call.
func (s *Service) state() string {
	s.looks++
	switch {
	case s.LaterEnd != "" && s.looks > s.Looks:
		return s.LaterEnd
	case s.looks > s.Looks:
		return "AVAILABLE"
	}
	return "PROCESSING"
}
