package jsonstat_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"osservatorio/ingest/jsonstat"
)

func read(t *testing.T, message string) ([]map[string]string, jsonstat.Summary, error) {
	t.Helper()
	var out bytes.Buffer
	sum, err := jsonstat.Write(context.Background(), strings.NewReader(message), &out)
	if err != nil {
		return nil, sum, err
	}
	records, err := csv.NewReader(&out).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]string
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, name := range records[0] {
			row[name] = record[i]
		}
		rows = append(rows, row)
	}
	return rows, sum, nil
}

func rates(t testing.TB) string {
	t.Helper()
	raw, err := os.ReadFile("testdata/rates.json")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestACubeIsOneRowACell(t *testing.T) {
	whole := rates(t)
	flat := strings.NewReplacer(`{"0": 5.0, "1": 4.30, "2": 7.7}`, `[5.0, 4.30, 7.7, null]`, `{"1": "p", "3": "m"}`, `[null, "p", null, "m"]`).Replace(whole)
	old := strings.NewReplacer(`"id": ["indic", "geo", "time"], "size": [1, 2, 2],`, "", `"role": {"time": ["time"], "geo": ["geo"], "metric": ["indic"]},`, "",
		`"dimension": {`, `"dimension": {"id": ["indic", "geo", "time"], "size": [1, 2, 2], "role": {"time": ["time"]},`).Replace(whole)
	for name, message := range map[string]string{
		"sparse": whole, "list": flat, "byte order mark": "\xef\xbb\xbf" + whole, "version 1": old,
		"collection": `{"version": "2.0", "class": "collection", "link": {"item": [` + whole + `]}}`,
		"bundle":     `{"rates": ` + whole + `}`,
	} {
		t.Run(name, func(t *testing.T) {
			if !jsonstat.Recognise([]byte(message)) {
				t.Error("not recognised")
			}
			rows, sum, err := read(t, message)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range rows {
				got = append(got, strings.Join([]string{r["indic"], r["indic_label"], r["indic_unit"], r["geo"], r["geo_label"], r["time"], r["TIME_PERIOD"], r["OBS_VALUE"], r["OBS_STATUS"], r["OBS_STATUS_label"], r["UPDATED"]}, ","))
			}
			want := []string{
				"UNEM,Unemployment rate,per cent,ITXX1,Invented province,2023,2023,5.0,,,2026-01-15",
				"UNEM,Unemployment rate,per cent,ITXX1,Invented province,2024,2024,4.30,p,provisional,2026-01-15",
				"UNEM,Unemployment rate,per cent,ITXX2,Another province,2023,2023,7.7,,,2026-01-15",
				"UNEM,Unemployment rate,per cent,ITXX2,Another province,2024,2024,,m,missing,2026-01-15",
			}
			if strings.Join(got, "\n") != strings.Join(want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			if sum.Updated != "2026-01-15" {
				t.Errorf("updated %q", sum.Updated)
			}
		})
	}
}

func TestEmptyCellsAreLeftOutAndCounted(t *testing.T) {
	rows, sum, err := read(t, strings.Replace(rates(t), `"status": {"1": "p", "3": "m"},`, "", 1))
	if err != nil || len(rows) != 3 || !strings.Contains(strings.Join(sum.Notes, " "), "1 cells with neither value nor status") {
		t.Errorf("%d rows, notes %v, error %v", len(rows), sum.Notes, err)
	}
}

func TestOneStatusHoldsForAllCells(t *testing.T) {
	for _, status := range []string{`"e"`, `["e"]`} {
		rows, _, err := read(t, strings.Replace(rates(t), `{"1": "p", "3": "m"}`, status, 1))
		if err != nil || len(rows) != 4 || rows[2]["OBS_STATUS"] != "e" {
			t.Errorf("%s: %v, error %v", status, rows, err)
		}
	}
}

func TestWhatIsNoCubeIsRefusedInPlainWords(t *testing.T) {
	whole := rates(t)
	change := func(from, to string) string {
		t.Helper()
		if !strings.Contains(whole, from) {
			t.Fatalf("no %q in the message", from)
		}
		return strings.Replace(whole, from, to, 1)
	}
	for name, c := range map[string]struct{ message, want string }{
		"cut":                       {whole[:len(whole)/2], "ends too early"},
		"nothing":                   {"", "ends too early"},
		"web page":                  {"<html>", "line 1, column"},
		"size without dimension":    {change(`"size": [1, 2, 2]`, `"size": [1, 2]`), "3 ids and 2 sizes"},
		"size of nobody":            {change(`"size": [1, 2, 2]`, `"size": [1, 0, 2]`), "dimension geo: size 0"},
		"size beyond all bounds":    {change(`"size": [1, 2, 2]`, `"size": [1000000000, 1000000000, 1000000000]`), "size 1000000000"},
		"another number of codes":   {change(`"index": ["2023", "2024"]`, `"index": ["2023"]`), "dimension time: 1 categories in order: expected 2"},
		"two codes at one place":    {change(`"ITXX2": 1`, `"ITXX2": 0`), "dimension geo"},
		"one code twice":            {change(`["2023", "2024"]`, `["2023", "2023"]`), "dimension time"},
		"no description":            {change(`"geo": {"label": "Area"`, `"gео": {"label": "Area"`), "dimension geo: is not described"},
		"a dimension twice":         {change(`"id": ["indic", "geo", "time"]`, `"id": ["indic", "geo", "geo"]`), "stands twice"},
		"too few values":            {change(`{"0": 5.0, "1": 4.30, "2": 7.7}`, `[5.0]`), "value: 1 cells: expected 4"},
		"a value outside":           {change(`"2": 7.7`, `"9": 7.7`), "place 9"},
		"a place that is none":      {change(`"2": 7.7`, `"x": 7.7`), `the place "x"`},
		"our name for a dimension":  {strings.ReplaceAll(whole, `"indic"`, `"OBS_VALUE"`), "the name of a column of ours"},
		"a list in a cell":          {change(`"2": 7.7`, `"2": [7.7]`), "a list or an object in a cell"},
		"no values":                 {change(`"value"`, `"values"`), "no value"},
		"another number of flags":   {change(`{"1": "p", "3": "m"}`, `["p", "m"]`), "status: 2 cells"},
		"nothing in any cell":       {strings.NewReplacer(`{"0": 5.0, "1": 4.30, "2": 7.7}`, `{}`, `{"1": "p", "3": "m"}`, `{}`).Replace(whole), "no cell"},
		"a collection of addresses": {`{"version": "2.0", "class": "collection", "link": {"item": [{"class": "dataset", "href": "https://example.org/a.json"}]}}`, "a collection of 1 addresses and no data"},
		"an error of a server":      {`{"error": [{"status": 413, "label": "EXTRACTION_TOO_BIG"}]}`, "413 EXTRACTION_TOO_BIG"},
		"another object":            {`{"a": 1}`, "without dimensions"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := read(t, c.message)
			var fault *jsonstat.Fault
			if !errors.As(err, &fault) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want a fault that says %q", err, c.want)
			}
		})
	}
}

func TestOtherJSONIsNotTakenForACube(t *testing.T) {
	for _, text := range []string{`{"a": 1}` + "\n" + `{"a": 2}`, `{"dimension": "x", "b": 1}`, `[1]`, "", "{", `{"class": "first"}`, `{"id": 1, "value": 2}`} {
		if jsonstat.Recognise([]byte(text)) {
			t.Errorf("%s: taken for JSON-stat", text)
		}
	}
}

func TestRealCubesAreReadRight(t *testing.T) {
	root := os.Getenv("OSSERVATORIO_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	dir := filepath.Join(root, "data", "03-sdmx", "jsonstat", "www.json-stat.org")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("shared data not here: set OSSERVATORIO_SHARED")
	}
	for _, c := range []struct {
		file    string
		rows    int
		last    string
		refused string
	}{
		{file: "oecd.json", rows: 432, last: "8.004598637 e"},
		{file: "canada.json", rows: 120, last: "1.0 a"},
		{file: "galicia.json", rows: 3956, last: "11 "},
		{file: "us-gsp.json", rows: 204, last: "63667 "},
		{file: "us-unr.json", rows: 3220, last: "15.8 "},
		{file: "order.json", rows: 24, last: "A3B2C4 "},
		{file: "oecd-canada-col.json", rows: 552, last: "1.0 a"},
		{file: "oecd-canada.json", rows: 552, last: "8.004598637 e"},
		{file: "hierarchy.json", refused: "no cell with a value"},
		{file: "collection.json", refused: "a collection of 8 addresses"},
	} {
		t.Run(c.file, func(t *testing.T) {
			raw, err := os.ReadFile(filepath.Join(dir, c.file))
			if err != nil {
				t.Fatal(err)
			}
			if !jsonstat.Recognise(raw) {
				t.Error("not recognised")
			}
			rows, _, err := read(t, string(raw))
			if c.refused != "" {
				if err == nil || !strings.Contains(err.Error(), c.refused) {
					t.Errorf("error %v, want %q", err, c.refused)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			last := rows[len(rows)-1]
			if got := last["OBS_VALUE"] + " " + last["OBS_STATUS"]; len(rows) != c.rows || got != c.last {
				t.Errorf("%d rows, the last %q, want %d and %q", len(rows), got, c.rows, c.last)
			}
		})
	}
}

func FuzzCubes(f *testing.F) {
	f.Add(rates(f))
	f.Add(`{"version": "2.0", "class": "collection", "link": {"item": [` + rates(f) + `]}}`)
	f.Add(`{"rates": ` + rates(f) + `}`)
	f.Fuzz(func(t *testing.T, message string) {
		jsonstat.Recognise([]byte(message))
		var out bytes.Buffer
		sum, err := jsonstat.Write(context.Background(), strings.NewReader(message), &out)
		if err != nil {
			return
		}
		records, err := csv.NewReader(&out).ReadAll()
		if err != nil {
			t.Fatal(fmt.Errorf("the table is no CSV: %w", err))
		}
		if int64(len(records)-1) != sum.Rows {
			t.Errorf("%d rows in the table, %d in the summary", len(records)-1, sum.Rows)
		}
	})
}
