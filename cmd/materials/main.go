// Command materials tells what the program and the site's assets are made of:
// libraries of others, with their versions and licences. It writes a bill of
// materials (CycloneDX) and refuses a licence that does not fit ours.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	program := flag.String("program", "./cmd/osservatorio", "package whose libraries are listed")
	lock := flag.String("npm", "site/assets/package-lock.json", "lock file of the assets")
	bill := flag.String("bill", "", "file for the bill of materials; - is the standard output")
	flag.Parse()
	if err := run(os.Stdout, *program, *lock, *bill); err != nil {
		fmt.Fprintln(os.Stderr, "materials: "+err.Error())
		os.Exit(1)
	}
}

func run(out io.Writer, program, lock, bill string) error {
	linked, err := modules(program)
	if err != nil {
		return err
	}
	packed, err := packages(lock)
	if err != nil {
		return err
	}
	all := append(linked, packed...)
	if bill == "-" {
		return writeBill(out, all)
	}
	if bill != "" {
		var text bytes.Buffer
		if err := writeBill(&text, all); err != nil {
			return err
		}
		if err := os.WriteFile(bill, text.Bytes(), 0o644); err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "licences: %s\n", summary(all))
	return unfit(all)
}

// library is a piece of somebody else's that is linked in, or that builds assets.
type library struct {
	Ecosystem string // golang or npm
	Name      string
	Version   string
	Licences  []string // SPDX ids; none if it is not known
	BuildOnly bool     // nothing of it is in what is delivered
}

// modules lists the modules of which a package is linked, by name.
func modules(program string) ([]library, error) {
	type module struct {
		Path, Version, Dir string
		Main               bool
		Replace            *module
	}
	said, err := exec.Command("go", "list", "-deps", "-json=Module", program).Output()
	if err != nil {
		return nil, fmt.Errorf("list modules of %s: %w", program, err)
	}
	found := map[string]library{}
	for d := json.NewDecoder(bytes.NewReader(said)); ; {
		var p struct{ Module *module }
		if err := d.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			return nil, fmt.Errorf("list modules of %s: %w", program, err)
		}
		m := p.Module
		if m == nil || m.Main {
			continue
		}
		if m.Replace != nil {
			m = m.Replace
		}
		if _, known := found[m.Path]; known {
			continue
		}
		licences, err := licencesIn(m.Dir)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.Path, err)
		}
		found[m.Path] = library{Ecosystem: "golang", Name: m.Path, Version: m.Version, Licences: licences}
	}
	return byName(found), nil
}

// packages lists what the lock file of the assets holds.
func packages(lock string) ([]library, error) {
	raw, err := os.ReadFile(lock)
	if err != nil {
		return nil, err
	}
	var file struct {
		Packages map[string]struct {
			Version string
			License string
			Dev     bool
		}
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		return nil, fmt.Errorf("%s: %w", lock, err)
	}
	found := map[string]library{}
	for path, p := range file.Packages {
		_, name, inside := strings.Cut(path, "node_modules/")
		if !inside {
			continue // the assets themselves
		}
		l := library{Ecosystem: "npm", Name: name, Version: p.Version, BuildOnly: p.Dev}
		if p.License != "" {
			l.Licences = []string{p.License}
		} else if l.Licences, err = licencesIn(filepath.Join(filepath.Dir(lock), path)); err != nil && !os.IsNotExist(err) {
			return nil, err
		}
		found[path] = l
	}
	return byName(found), nil
}

func byName(found map[string]library) []library {
	var list []library
	for _, l := range found {
		list = append(list, l)
	}
	slices.SortFunc(list, func(a, b library) int { return strings.Compare(a.Name+a.Version, b.Name+b.Version) })
	return list
}
