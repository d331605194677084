package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "osservatorio"

// rooms reads the import table of the README: room → what it may import.
func rooms(t *testing.T) map[string][]string {
	t.Helper()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	table := map[string][]string{}
	in := false
	for line := range strings.Lines(string(readme)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		switch {
		case strings.HasPrefix(line, "| room | may import"):
			in = true
		case in && !strings.HasPrefix(line, "|"):
			in = false
		case in && !strings.HasPrefix(line, "|---"):
			table[strings.TrimSpace(cells[0])] = words(cells[1])
		}
	}
	if len(table) < 8 {
		t.Fatalf("README: import table: found %d rooms, want all of them", len(table))
	}
	return table
}

func words(cell string) []string {
	var out []string
	for _, w := range strings.Split(cell, ",") {
		if w = strings.TrimSpace(w); w != "" && w != "–" {
			out = append(out, w)
		}
	}
	return out
}

type goPackage struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

func packages(t *testing.T, patterns ...string) []goPackage {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-json=ImportPath,Imports,Deps"}, patterns...)...)
	cmd.Dir = filepath.Join("..", "..")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []goPackage
	for d := json.NewDecoder(strings.NewReader(string(out))); d.More(); {
		var p goPackage
		if err := d.Decode(&p); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

// roomOf returns the row of the table that a package belongs to: the longest match.
func roomOf(table map[string][]string, pkg string) string {
	best := ""
	for room := range table {
		bare, deep := strings.CutSuffix(room, "/*")
		if (pkg == bare || deep && strings.HasPrefix(pkg, bare+"/")) && len(room) > len(best) {
			best = room
		}
	}
	return best
}

func allowed(may []string, pkg string) bool {
	return slices.ContainsFunc(may, func(m string) bool {
		bare, deep := strings.CutSuffix(m, "/*")
		return m == "all" || pkg == bare || deep && strings.HasPrefix(pkg, bare+"/")
	})
}

func TestRoomsImportOnlyWhatTheTableOfTheReadmeAllows(t *testing.T) {
	table := rooms(t)
	for _, p := range packages(t, "./...") {
		pkg := strings.TrimPrefix(p.ImportPath, module+"/")
		room := roomOf(table, pkg)
		if room == "" {
			t.Errorf("%s: in no room of the table", pkg)
			continue
		}
		for _, imported := range p.Imports {
			ours, isOurs := strings.CutPrefix(imported, module+"/")
			if isOurs && roomOf(table, ours) != room && !allowed(table[room], ours) {
				t.Errorf("%s imports %s: room %s may import %v", pkg, ours, room, table[room])
			}
		}
	}
}

func TestThePublicSideCannotReachTheWarehouse(t *testing.T) {
	forbidden := []string{module + "/warehouse", module + "/ingest", "github.com/duckdb"}
	for _, p := range packages(t, "./dashboards/...", "./site/...") {
		for _, dep := range p.Deps {
			if slices.ContainsFunc(forbidden, func(f string) bool { return strings.HasPrefix(dep, f) }) {
				t.Errorf("%s depends on %s: the public side reads releases only", p.ImportPath, dep)
			}
			if strings.HasPrefix(dep, module+"/queries") && dep != module+"/queries/release" {
				t.Errorf("%s depends on %s: the public side reads releases only", p.ImportPath, dep)
			}
		}
	}
}

func TestEachDependencyHasOneDoor(t *testing.T) {
	doors := map[string]string{
		"github.com/duckdb/duckdb-go":      "warehouse",
		"github.com/apache/arrow-go":       "queries/release",
		"github.com/go-co-op/gocron":       "cmd/schedule",
		"github.com/go-echarts/go-echarts": "dashboards/chart",
		"github.com/dop251/goja":           "dashboards/render",
		"github.com/valyala/fasthttp":      "site/serve",
	}
	for _, p := range packages(t, "./...") {
		pkg := strings.TrimPrefix(p.ImportPath, module+"/")
		for _, imported := range p.Imports {
			for dep, door := range doors {
				if strings.HasPrefix(imported, dep) && pkg != door {
					t.Errorf("%s imports %s: its door is %s", pkg, imported, door)
				}
			}
		}
	}
}
