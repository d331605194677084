package sdmx_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"osservatorio/ingest/sdmx"
	"osservatorio/ingest/sdmx/sdmxtest"
)

// get is a client without manners: one question, one answer.
func get(ctx context.Context, address string, header http.Header, file string) (sdmx.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return sdmx.Response{}, err
	}
	request.Header = header
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return sdmx.Response{}, err
	}
	defer answer.Body.Close()
	out, err := os.Create(file)
	if err != nil {
		return sdmx.Response{}, err
	}
	defer out.Close()
	if _, err := io.Copy(out, answer.Body); err != nil {
		return sdmx.Response{}, fmt.Errorf("read answer: %w", err)
	}
	return sdmx.Response{Status: answer.StatusCode, ContentType: answer.Header.Get("Content-Type")}, nil
}

func period(t *testing.T, text string) sdmx.Period {
	t.Helper()
	p, err := sdmx.ParsePeriod(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// yearly are two areas over the years from 2010 to 2019.
func yearly() []sdmxtest.Observation {
	var all []sdmxtest.Observation
	for _, area := range []string{"ITXX1", "ITXX2"} {
		for year := 2010; year < 2020; year++ {
			all = append(all, sdmxtest.Observation{Freq: "A", Area: area, Period: fmt.Sprint(year), Value: fmt.Sprintf("%d.5", year-2000)})
		}
	}
	return all
}

func fetch(t *testing.T, a sdmx.Asker, q sdmx.Query) ([]map[string]string, sdmx.Summary, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "table.csv")
	a.Get, a.Temp = get, t.TempDir()
	sum, err := a.Fetch(context.Background(), q, path)
	if err != nil {
		if left, _ := filepath.Glob(path + "*"); len(left) > 0 {
			t.Errorf("a failed question left %v", left)
		}
		return nil, sum, err
	}
	return rowsOf(t, path), sum, nil
}

func TestAnAnswerTooLargeIsAskedForInParts(t *testing.T) {
	for _, format := range []string{"csv", "structure-specific"} {
		for _, api := range []string{"2.1", "3.0"} {
			if format != "csv" && api == "3.0" {
				continue // the service of the tests does not have it
			}
			for _, oneMore := range []bool{false, true} {
				t.Run(fmt.Sprint(format, api, oneMore), func(t *testing.T) {
					s := &sdmxtest.Service{Flow: "RATES", Observations: yearly(), Most: 8, OneMore: oneMore}
					q := sdmx.Query{Base: s.Serve(t), API: api, Agency: "XX1", Flow: "RATES", Version: "1.0", Format: format, Start: period(t, "2010"), End: period(t, "2018")}
					rows, sum, err := fetch(t, sdmx.Asker{}, q)
					if err != nil {
						t.Fatal(err)
					}
					seen := map[string]int{}
					for _, r := range rows {
						seen[r["REF_AREA"]+" "+r["TIME_PERIOD"]]++
					}
					if len(rows) != 18 || len(seen) != 18 || seen["ITXX1 2019"] > 0 {
						t.Errorf("%d rows of %d cells, want 18, each once: %v\nasked %v", len(rows), len(seen), seen, s.Asked())
					}
					if !strings.Contains(strings.Join(sum.Notes, " "), "parts") {
						t.Errorf("notes %v do not tell of the parts", sum.Notes)
					}
				})
			}
		}
	}
}

func TestATooLargeAnswerWithoutPeriodSaysWhatToDo(t *testing.T) {
	s := &sdmxtest.Service{Flow: "RATES", Observations: yearly(), Most: 8}
	_, _, err := fetch(t, sdmx.Asker{}, sdmx.Query{Base: s.Serve(t), Agency: "XX1", Flow: "RATES"})
	var fault *sdmx.Fault
	if !errors.As(err, &fault) || !strings.Contains(fault.Hint(), "a start and an end") || !strings.Contains(err.Error(), "Response too large") {
		t.Errorf("error %v, hint %q", err, fault.Hint())
	}
}

func TestOnePeriodThatIsTooLargeEndsTheAsking(t *testing.T) {
	s := &sdmxtest.Service{Flow: "RATES", Observations: yearly(), Most: 1}
	_, _, err := fetch(t, sdmx.Asker{}, sdmx.Query{Base: s.Serve(t), Agency: "XX1", Flow: "RATES", Start: period(t, "2010"), End: period(t, "2018")})
	if err == nil || len(s.Asked()) > 40 {
		t.Errorf("asked %d times, error %v", len(s.Asked()), err)
	}
}

func TestQuestionsKeepTheirDistance(t *testing.T) {
	s := &sdmxtest.Service{Flow: "RATES", Observations: yearly(), Most: 8, Structure: testdata(t, "structure-2.1.xml")}
	var waited []time.Duration
	a := sdmx.Asker{Pause: 12 * time.Second, Structure: true, Wait: func(_ context.Context, d time.Duration) error { waited = append(waited, d); return nil }}
	rows, _, err := fetch(t, a, sdmx.Query{Base: s.Serve(t), Agency: "XX1", Flow: "RATES", Start: period(t, "2010"), End: period(t, "2019")})
	if err != nil {
		t.Fatal(err)
	}
	if len(waited) != len(s.Asked())-1 || waited[0] != 12*time.Second {
		t.Errorf("waited %v for %d questions: want 12s before each but the first", waited, len(s.Asked()))
	}
	if rows[0]["REF_AREA_label"] != "Provincia inventata" {
		t.Errorf("no label from the structure that was asked for: %v", rows[0])
	}
}

func TestWhatAServiceSaysInPlaceOfDataIsToldPlainly(t *testing.T) {
	for _, c := range []struct {
		name    string
		service *sdmxtest.Service
		want    string
	}{
		{"page of maintenance", &sdmxtest.Service{Flow: "RATES", Maintenance: true}, `a web page: "Servizio in manutenzione"`},
		{"nothing found", &sdmxtest.Service{Flow: "RATES"}, "status 404, text/plain; charset=utf-8: NoRecordsFound"},
		{"another flow", &sdmxtest.Service{Flow: "OTHER"}, "Dataflow not found"},
		{"too often", &sdmxtest.Service{Flow: "RATES", Busy: 9}, "status 429"},
		{"cut", &sdmxtest.Service{Flow: "RATES", Observations: yearly(), Cut: 200}, "unexpected EOF"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := fetch(t, sdmx.Asker{}, sdmx.Query{Base: c.service.Serve(t), Agency: "XX1", Flow: "RATES"})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

func TestAnUnchangedAnswerIsNoTable(t *testing.T) {
	s := &sdmxtest.Service{Flow: "RATES", Observations: yearly(), Modified: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)}
	a := sdmx.Asker{Get: func(ctx context.Context, address string, header http.Header, file string) (sdmx.Response, error) {
		header.Set("If-None-Match", fmt.Sprintf(`"%d"`, s.Modified.Unix()))
		return get(ctx, address, header, file)
	}}
	_, err := a.Fetch(context.Background(), sdmx.Query{Base: s.Serve(t), Agency: "XX1", Flow: "RATES"}, filepath.Join(t.TempDir(), "t.csv"))
	if !errors.Is(err, sdmx.ErrUnchanged) {
		t.Errorf("error %v, want %v", err, sdmx.ErrUnchanged)
	}
}

func TestDataThatComeLaterAreWaitedFor(t *testing.T) {
	for _, way := range []string{sdmxtest.ByKey, sdmxtest.ByFooter, sdmxtest.ByPromise} {
		t.Run(way, func(t *testing.T) {
			s := &sdmxtest.Service{Flow: "RATES", Observations: yearly(), Later: way, Looks: 3}
			var waited []time.Duration
			a := sdmx.Asker{Wait: func(_ context.Context, d time.Duration) error { waited = append(waited, d); return nil }}
			rows, _, err := fetch(t, a, sdmx.Query{Base: s.Serve(t), Agency: "XX1", Flow: "RATES"})
			if err != nil {
				t.Fatal(err)
			}
			if len(rows) != 20 {
				t.Errorf("%d rows, want 20", len(rows))
			}
			if len(waited) < 3 || waited[0] != 5*time.Second || waited[1] != 10*time.Second {
				t.Errorf("waited %v: want longer each time", waited)
			}
		})
	}
}

func TestDataThatNeverComeAreGivenUpInPlainWords(t *testing.T) {
	none := func(context.Context, time.Duration) error { return nil }
	for _, c := range []struct {
		service *sdmxtest.Service
		want    string
	}{
		{&sdmxtest.Service{Flow: "RATES", Later: sdmxtest.ByKey, LaterEnd: "EXPIRED"}, "the service says EXPIRED"},
		{&sdmxtest.Service{Flow: "RATES", Later: sdmxtest.ByKey, LaterEnd: "UNKNOWN_REQUEST"}, "the service says UNKNOWN_REQUEST"},
		{&sdmxtest.Service{Flow: "RATES", Later: sdmxtest.ByKey, Looks: 1 << 30}, "not ready after 240 looks"},
		{&sdmxtest.Service{Flow: "RATES", Later: sdmxtest.ByFooter, LaterHost: "169.254.169.254"}, "on another host: http://169.254.169.254/"},
	} {
		_, _, err := fetch(t, sdmx.Asker{Wait: none}, sdmx.Query{Base: c.service.Serve(t), Agency: "XX1", Flow: "RATES"})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
}

func TestASlowServiceCanBeLeft(t *testing.T) {
	s := &sdmxtest.Service{Flow: "RATES", Observations: yearly(), Slow: time.Minute}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	_, err := sdmx.Asker{Get: get, Temp: t.TempDir()}.Fetch(ctx, sdmx.Query{Base: s.Serve(t), Agency: "XX1", Flow: "RATES"}, filepath.Join(t.TempDir(), "t.csv"))
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want the deadline", err)
	}
}

func TestTheSameObservationsGiveTheSameBytesWhenMadeAnew(t *testing.T) {
	s := &sdmxtest.Service{Flow: "RATES", Observations: yearly()}
	base := s.Serve(t)
	var texts []string
	for range 2 {
		path := filepath.Join(t.TempDir(), "t.csv")
		_, err := sdmx.Asker{Get: get, Temp: t.TempDir()}.Fetch(context.Background(), sdmx.Query{Base: base, Agency: "XX1", Flow: "RATES", Format: "structure-specific"}, path)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(raw))
	}
	if texts[0] != texts[1] {
		t.Error("the table changes with the time at which the message was made")
	}
}

func TestAddressesAreThoseThatTheServicesUnderstand(t *testing.T) {
	for _, c := range []struct {
		query                   sdmx.Query
		data, structure, accept string
	}{
		{sdmx.Query{Base: "https://esploradati.istat.it/SDMXWS/rest", Agency: "IT1", Flow: "151_914", Version: "1.0", Key: "Q.ITH5+ITH51..9.Y15-74", Start: period(t, "2018-Q1"), End: period(t, "2026-Q2"), Labels: true},
			"https://esploradati.istat.it/SDMXWS/rest/data/IT1,151_914,1.0/Q.ITH5+ITH51..9.Y15-74?endPeriod=2026-Q2&startPeriod=2018-Q1",
			"https://esploradati.istat.it/SDMXWS/rest/dataflow/IT1/151_914/1.0?references=descendants",
			"application/vnd.sdmx.data+csv;version=1.0.0;labels=both"},
		{sdmx.Query{Base: "https://ec.europa.eu/eurostat/api/dissemination/sdmx/2.1/", Flow: "lfst_r_lfu3rt", Key: "A.PC.T.Y15-74.ITH5", Parameters: map[string]string{"format": "SDMX-CSV"}},
			"https://ec.europa.eu/eurostat/api/dissemination/sdmx/2.1/data/lfst_r_lfu3rt/A.PC.T.Y15-74.ITH5?format=SDMX-CSV",
			"https://ec.europa.eu/eurostat/api/dissemination/sdmx/2.1/dataflow/all/lfst_r_lfu3rt/latest?references=descendants",
			"application/vnd.sdmx.data+csv;version=1.0.0"},
		{sdmx.Query{Base: "https://ec.europa.eu/eurostat/api/dissemination/sdmx/3.0", API: "3.0", Agency: "ESTAT", Flow: "lfst_r_lfu3rt", Version: "1.0", Key: "A.PC..Y15-74.ITH5", Start: period(t, "2018"), End: period(t, "2025"), Format: "structure-specific"},
			"https://ec.europa.eu/eurostat/api/dissemination/sdmx/3.0/data/dataflow/ESTAT/lfst_r_lfu3rt/1.0/A.PC.*.Y15-74.ITH5?c[TIME_PERIOD]=ge:2018+le:2025",
			"https://ec.europa.eu/eurostat/api/dissemination/sdmx/3.0/structure/dataflow/ESTAT/lfst_r_lfu3rt/1.0?references=descendants",
			"application/vnd.sdmx.data+xml;version=3.0.0"},
	} {
		if err := c.query.Validate(); err != nil {
			t.Error(err)
		}
		if got := c.query.URL(); got != c.data {
			t.Errorf("data\n%s\nwant\n%s", got, c.data)
		}
		if got := c.query.StructureURL(); got != c.structure {
			t.Errorf("structure\n%s\nwant\n%s", got, c.structure)
		}
		if got := c.query.Header().Get("Accept"); got != c.accept {
			t.Errorf("accept %s, want %s", got, c.accept)
		}
	}
}

func TestQuestionsThatCannotBeAskedAreRefusedBefore(t *testing.T) {
	good := sdmx.Query{Base: "https://example.org/rest", Agency: "XX1", Flow: "RATES"}
	for name, spoil := range map[string]func(*sdmx.Query){
		"no service":       func(q *sdmx.Query) { q.Base = "esploradati" },
		"no flow":          func(q *sdmx.Query) { q.Flow = "" },
		"path in the flow": func(q *sdmx.Query) { q.Flow = "../x" },
		"spaces in a key":  func(q *sdmx.Query) { q.Key = "A. B" },
		"another api":      func(q *sdmx.Query) { q.API = "4.0" },
		"another format":   func(q *sdmx.Query) { q.Format = "xlsx" },
		"generic in 3.0":   func(q *sdmx.Query) { q.API, q.Format = "3.0", "generic" },
		"end before start": func(q *sdmx.Query) { q.Start, q.End = period(t, "2020"), period(t, "2019") },
	} {
		q := good
		if spoil(&q); q.Validate() == nil {
			t.Errorf("%s: was not noticed", name)
		}
	}
	if err := good.Validate(); err != nil {
		t.Error(err)
	}
}
