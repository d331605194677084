package sdmx

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Query is one question to an SDMX service, as a configuration states it.
type Query struct {
	Base       string            // up to the resource: https://esploradati.istat.it/SDMXWS/rest
	API        string            // "2.1" (also "") or "3.0"
	Agency     string            // IT1, ESTAT
	Flow       string            // id of the data flow
	Version    string            // "" is the latest
	Key        string            // one code, or several by +, a dimension, parted by points; "" is all
	Start      Period            // first period; zero for all
	End        Period            // last period; zero for all
	Format     string            // "csv" (also ""), "structure-specific", "generic"
	Labels     bool              // SDMX-CSV with labels
	Parameters map[string]string // further ones, such as format=SDMX-CSV for Eurostat
}

// formats are media types by format and API.
var formats = map[string]map[string]string{
	"csv": {"2.1": "application/vnd.sdmx.data+csv;version=1.0.0", "3.0": "application/vnd.sdmx.data+csv;version=2.0.0"},
	"structure-specific": {"2.1": "application/vnd.sdmx.structurespecificdata+xml;version=2.1",
		"3.0": "application/vnd.sdmx.data+xml;version=3.0.0"},
	"generic": {"2.1": "application/vnd.sdmx.genericdata+xml;version=2.1"},
}

// Validate tells what is wrong with a question before anybody is asked.
func (q Query) Validate() error {
	base, err := url.Parse(q.Base)
	switch {
	case err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http":
		return fmt.Errorf("base %q: want the address of an SDMX service, such as https://esploradati.istat.it/SDMXWS/rest", q.Base)
	case q.Flow == "" || strings.ContainsAny(q.Flow, "/?# ,"):
		return fmt.Errorf("flow %q: want the id of a data flow, such as 151_914", q.Flow)
	case strings.ContainsAny(q.Agency+q.Version, "/?# ,"):
		return fmt.Errorf("agency %q, version %q: want ids without spaces and slashes", q.Agency, q.Version)
	case strings.ContainsAny(q.Key, "/?# "):
		return fmt.Errorf("key %q: want codes parted by points, such as Q.ITH5..9", q.Key)
	case q.api() != "2.1" && q.api() != "3.0":
		return fmt.Errorf("api %q: want 2.1 or 3.0", q.API)
	case q.accept() == "":
		return fmt.Errorf("format %q: want csv, structure-specific or, in 2.1, generic", q.Format)
	case !q.Start.zero() && !q.End.zero() && q.End.before(q.Start):
		return fmt.Errorf("end %s: comes before start %s", q.End, q.Start)
	}
	return nil
}

func (q Query) api() string { return or(q.API, "2.1") }

func (q Query) accept() string { return formats[or(q.Format, "csv")][q.api()] }

// Header is what to send with the question: the format, wanted in words.
func (q Query) Header() http.Header {
	accept := q.accept()
	if q.Labels && or(q.Format, "csv") == "csv" {
		accept += ";labels=both"
	}
	return http.Header{"Accept": {accept}}
}

// URL is the address of the data.
func (q Query) URL() string {
	parameters := url.Values{}
	for name, value := range q.Parameters {
		parameters.Set(name, value)
	}
	var path string
	if q.api() == "3.0" {
		path = strings.Join([]string{"data/dataflow", or(q.Agency, "*"), q.Flow, or(q.Version, "~"), or(keyOf30(q.Key), "*")}, "/")
		if c := q.periods30(); c != "" {
			parameters.Set("c[TIME_PERIOD]", c)
		}
		return q.address(path, parameters)
	}
	path = "data/" + q.flowRef() + "/" + or(q.Key, "all")
	if !q.Start.zero() {
		parameters.Set("startPeriod", q.Start.String())
	}
	if !q.End.zero() {
		parameters.Set("endPeriod", q.End.String())
	}
	return q.address(path, parameters)
}

// StructureURL is the address of the data flow with its structure and lists.
func (q Query) StructureURL() string {
	parameters := url.Values{"references": {"descendants"}}
	if q.api() == "3.0" {
		return q.address(strings.Join([]string{"structure/dataflow", or(q.Agency, "*"), q.Flow, or(q.Version, "~")}, "/"), parameters)
	}
	return q.address(strings.Join([]string{"dataflow", or(q.Agency, "all"), q.Flow, or(q.Version, "latest")}, "/"), parameters)
}

// StructureHeader is what to send with the question for the structure.
func (q Query) StructureHeader() http.Header {
	if q.api() == "3.0" {
		return http.Header{"Accept": {"application/vnd.sdmx.structure+xml;version=3.0.0"}}
	}
	return http.Header{"Accept": {"application/vnd.sdmx.structure+xml;version=2.1"}}
}

func (q Query) flowRef() string {
	switch {
	case q.Agency == "":
		return q.Flow
	case q.Version == "":
		return q.Agency + "," + q.Flow
	}
	return q.Agency + "," + q.Flow + "," + q.Version
}

// keyOf30 writes the wildcards of a key as 3.0 has them.
func keyOf30(key string) string {
	if key == "" {
		return ""
	}
	parts := strings.Split(key, ".")
	for i, p := range parts {
		parts[i] = or(p, "*")
	}
	return strings.Join(parts, ".")
}

func (q Query) periods30() string {
	var bounds []string
	if !q.Start.zero() {
		bounds = append(bounds, "ge:"+q.Start.String())
	}
	if !q.End.zero() {
		bounds = append(bounds, "le:"+q.End.String())
	}
	return strings.Join(bounds, "+")
}

// address puts path and parameters behind the base. Commas, colons, pluses
// and brackets stay as they are: services read them so.
func (q Query) address(path string, parameters url.Values) string {
	all := strings.TrimSuffix(q.Base, "/") + "/" + path
	for i, name := range slices.Sorted(maps.Keys(parameters)) {
		sign := "&"
		if i == 0 {
			sign = "?"
		}
		all += sign + plain.Replace(url.QueryEscape(name)) + "=" + plain.Replace(url.QueryEscape(parameters.Get(name)))
	}
	return all
}

var plain = strings.NewReplacer("%2C", ",", "%3A", ":", "%2B", "+", "%5B", "[", "%5D", "]")
