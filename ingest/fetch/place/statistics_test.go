package place

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"osservatorio/ingest/sdmx"
	"osservatorio/ingest/sdmx/sdmxtest"
)

// asking is a place that asks a service on this machine.
func asking(t *testing.T, s *sdmxtest.Service) Place {
	t.Helper()
	return Place{AllowHosts: []string{"127.0.0.1"}, Statistics: Statistics{
		Query: sdmx.Query{Base: s.Serve(t), Agency: "XX1", Flow: s.Flow, Version: "1.0"}}}
}

func tenYears() []sdmxtest.Observation {
	var all []sdmxtest.Observation
	for year := 2010; year < 2020; year++ {
		all = append(all, sdmxtest.Observation{Freq: "A", Area: "ITXX1", Period: fmt.Sprint(year), Value: "5.1"})
	}
	return all
}

func TestAQuestionToAServiceBecomesOneTable(t *testing.T) {
	s := &sdmxtest.Service{Flow: "RATES", Observations: tenYears(), Modified: stamp, Busy: 2}
	var waits []time.Duration
	o := into(t, &waits)
	p := asking(t, s)
	names, err := Bring(context.Background(), p, o)
	if err != nil || len(names) != 1 || names[0] != "rates.csv" {
		t.Fatalf("names %v, error %v", names, err)
	}
	if got := lying(t, o.Dir); len(got) != 1 {
		t.Errorf("in the folder lie %v", got)
	}
	raw, err := os.ReadFile(filepath.Join(o.Dir, "rates.csv"))
	if err != nil || strings.Count(string(raw), "\n") != 11 {
		t.Errorf("table %q, error %v", raw, err)
	}
	info, err := os.Stat(filepath.Join(o.Dir, "rates.csv"))
	if err != nil || !info.ModTime().Equal(stamp) {
		t.Errorf("issued %v, want the service's %v", info.ModTime(), stamp)
	}
	if len(waits) != 2 {
		t.Errorf("waited %v: want twice, since the service was busy twice", waits)
	}
	if names, err := Bring(context.Background(), p, o); err != nil || len(names) != 0 {
		t.Errorf("a second time: names %v, error %v, want nothing new", names, err)
	}
}

func TestAServiceThatTellsNoVersionIsAskedAnewAndTheSameTableIsNoNews(t *testing.T) {
	s := &sdmxtest.Service{Flow: "RATES", Observations: tenYears()}
	o := into(t, nil)
	p := asking(t, s)
	p.Statistics.Query.Format = "structure-specific" // its header changes with the time
	if _, err := Bring(context.Background(), p, o); err != nil {
		t.Fatal(err)
	}
	first, err := os.Stat(filepath.Join(o.Dir, "rates.csv"))
	if err != nil {
		t.Fatal(err)
	}
	later := o
	later.Now = func() time.Time { return o.Now().AddDate(0, 1, 0) }
	if _, err := Bring(context.Background(), p, later); err != nil {
		t.Fatal(err)
	}
	second, err := os.Stat(filepath.Join(o.Dir, "rates.csv"))
	if err != nil || !second.ModTime().Equal(first.ModTime()) {
		t.Errorf("issued %v and then %v: want the same, since nothing changed", first.ModTime(), second.ModTime())
	}
}

func TestWhatAServiceRefusesIsToldAndLeavesNothing(t *testing.T) {
	for want, s := range map[string]*sdmxtest.Service{
		"NoRecordsFound":           {Flow: "RATES"},
		"Servizio in manutenzione": {Flow: "RATES", Maintenance: true},
		"Response too large":       {Flow: "RATES", Observations: tenYears(), Most: 3},
		"5 times in a row":         {Flow: "RATES", Busy: 99},
		"the connection ended":     {Flow: "RATES", Observations: tenYears(), Cut: 150},
	} {
		o := into(t, nil)
		_, err := Bring(context.Background(), asking(t, s), o)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
		if got := lying(t, o.Dir); len(got) != 0 {
			t.Errorf("%s: left behind: %v", want, got)
		}
	}
}

func TestDataThatComeLaterBecomeTheTable(t *testing.T) {
	for _, way := range []string{sdmxtest.ByKey, sdmxtest.ByFooter} {
		s := &sdmxtest.Service{Flow: "RATES", Observations: tenYears(), Later: way, Looks: 2}
		o := into(t, nil)
		if _, err := Bring(context.Background(), asking(t, s), o); err != nil {
			t.Fatal(err)
		}
		raw, err := os.ReadFile(filepath.Join(o.Dir, "rates.csv"))
		if err != nil || strings.Count(string(raw), "\n") != 11 {
			t.Errorf("%s: table %q, error %v", way, raw, err)
		}
	}
}

func TestAServiceOnAPrivateAddressIsNotAskedUnlessAllowed(t *testing.T) {
	s := &sdmxtest.Service{Flow: "RATES", Observations: tenYears()}
	p := asking(t, s)
	p.AllowHosts = nil
	if _, err := Bring(context.Background(), p, into(t, nil)); err == nil || len(s.Asked()) > 0 {
		t.Errorf("asked %v, error %v", s.Asked(), err)
	}
}
