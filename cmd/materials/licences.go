package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// fitting are the licences whose code may be linked into a program under
// EUPL-1.2, as SPDX ids. Source: the compatibility of permissive licences and
// the appendix of the EUPL.
var fitting = []string{"MIT", "MIT-0", "ISC", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "MPL-2.0", "Zlib", "Unlicense", "CC0-1.0", "OFL-1.1", "EUPL-1.2"}

// phrases tell a licence by words that it alone has, in lower case and with one
// space between words; the first that fits counts.
var phrases = []struct{ licence, phrase string }{
	{"AGPL-3.0", "gnu affero general public license"},
	{"LGPL", "gnu lesser general public license"},
	{"GPL", "gnu general public license"},
	{"Apache-2.0", "apache license version 2.0"},
	{"Apache-2.0", "licensed under the apache license, version 2.0"},
	{"MPL-2.0", "mozilla public license version 2.0"},
	{"MPL-2.0", "mozilla public license, version 2.0"},
	{"BSD-3-Clause", "used to endorse or promote products derived from this software"},
	{"BSD-2-Clause", "redistribution and use in source and binary forms, with or without modification, are permitted"},
	{"MIT", "permission is hereby granted, free of charge, to any person obtaining a copy"},
	{"ISC", "permission to use, copy, modify, and/or distribute this software for any purpose with or without fee"},
	{"ISC", "permission to use, copy, modify, and distribute this software for any purpose with or without fee"},
	{"OFL-1.1", "sil open font license version 1.1"},
	{"CC0-1.0", "cc0 1.0 universal"},
	{"Unlicense", "this is free and unencumbered software released into the public domain"},
}

// licencesIn reads the licence files of a folder; none of a folder without one.
func licencesIn(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, e := range entries {
		name := strings.ToLower(e.Name())
		if e.IsDir() || !strings.HasPrefix(name, "licen") && !strings.HasPrefix(name, "copying") && name != "mit-license" {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		if l := licenceOf(string(text)); l != "" && !slices.Contains(found, l) {
			found = append(found, l)
		}
	}
	return found, nil
}

func licenceOf(text string) string {
	words := strings.Join(strings.Fields(strings.ToLower(text)), " ")
	for _, p := range phrases {
		if strings.Contains(words, p.phrase) {
			return p.licence
		}
	}
	return ""
}

// fits tells whether one of a library's licences may be linked. "A OR B" leaves
// the choice; with "A AND B" both must fit.
func (l library) fits() bool {
	return slices.ContainsFunc(l.Licences, func(expression string) bool {
		for choice := range strings.SplitSeq(strings.Trim(expression, "()"), " OR ") {
			all := strings.Split(choice, " AND ")
			if !slices.ContainsFunc(all, func(id string) bool { return !slices.Contains(fitting, id) }) {
				return true
			}
		}
		return false
	})
}

// unfit returns every library whose licence is not known or does not fit.
func unfit(all []library) error {
	var faults []error
	for _, l := range all {
		if !l.fits() {
			faults = append(faults, fmt.Errorf("%s %s %s: licence %s: expected one of %s", l.Ecosystem, l.Name, l.Version, orUnknown(l.Licences), strings.Join(fitting, ", ")))
		}
	}
	return errors.Join(faults...)
}

func orUnknown(licences []string) string {
	if len(licences) == 0 {
		return "not known"
	}
	return strings.Join(licences, ", ")
}

// summary counts libraries by licence, the most frequent first.
func summary(all []library) string {
	count := map[string]int{}
	for _, l := range all {
		count[orUnknown(l.Licences)]++
	}
	var names []string
	for name := range count {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if count[a] != count[b] {
			return count[b] - count[a]
		}
		return strings.Compare(a, b)
	})
	for i, name := range names {
		names[i] = fmt.Sprintf("%s %d", name, count[name])
	}
	return strings.Join(names, ", ")
}
