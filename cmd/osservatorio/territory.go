package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"osservatorio/warehouse"
)

// territoryAt returns the lists of a territory: those in dir if it is a folder,
// else the built-in of that name.
func territoryAt(dir, name string) (fs.FS, error) {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return warehouse.GeographyFS(name)
	}
	if _, err := os.Stat(filepath.Join(dir, "geo.csv")); err != nil {
		return nil, fmt.Errorf("folder %s: no geo.csv in it", dir)
	}
	return os.DirFS(dir), nil
}

// wholeOf is the name of the territory that holds all others, in both languages.
func wholeOf(geography fs.FS) (it, en string, err error) {
	rows, err := listOf(geography, "geo.csv", "code", "name_it", "name_en")
	if err != nil {
		return "", "", err
	}
	parents, err := listOf(geography, "geo_parent.csv", "code", "parent")
	if err != nil {
		return "", "", err
	}
	for _, row := range rows {
		if !slices.ContainsFunc(parents, func(p []string) bool { return p[0] == row[0] }) {
			return row[1], row[2], nil
		}
	}
	return "", "", errors.New("geo_parent.csv: every territory of geo.csv has a parent: expected one that holds all others")
}

// listOf reads columns of a list.
func listOf(geography fs.FS, file string, columns ...string) ([][]string, error) {
	f, err := geography.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) == 0 {
		return nil, errors.Join(fmt.Errorf("%s: cannot be read as CSV with a header", file), err)
	}
	places := make([]int, len(columns))
	for i, column := range columns {
		if places[i] = slices.Index(rows[0], column); places[i] < 0 {
			return nil, fmt.Errorf("%s: no column %s", file, column)
		}
	}
	out := make([][]string, len(rows)-1)
	for i, row := range rows[1:] {
		for _, place := range places {
			out[i] = append(out[i], row[place])
		}
	}
	return out, nil
}
