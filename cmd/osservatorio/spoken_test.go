package main

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"slices"
	"testing"
)

func TestALogOfJSONHoldsNothingElse(t *testing.T) {
	var log bytes.Buffer
	s := spoken{&log, slog.New(slog.NewJSONHandler(&log, nil))}
	said := "{\"msg\":\"loaded\"}\nloaded  co  all  48 rows\n\n{ not json\n\xff\n"
	if n, err := s.Write([]byte(said)); n != len(said) || err != nil {
		t.Fatalf("%d bytes, %v", n, err)
	}
	var told []string
	for line := range bytes.Lines(log.Bytes()) {
		var record struct{ Msg, Text string }
		if err := json.Unmarshal(line, &record); err != nil {
			t.Errorf("%s: %v", line, err)
		}
		told = append(told, record.Msg+":"+record.Text)
	}
	want := []string{"loaded:", "said:loaded  co  all  48 rows", "said:{ not json", "said:\uFFFD"}
	if !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
}
