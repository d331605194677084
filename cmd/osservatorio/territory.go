package main

import (
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
	rows, err := listRows(geography, "geo.csv")
	if err != nil {
		return "", "", err
	}
	parents, err := listRows(geography, "geo_parent.csv")
	if err != nil {
		return "", "", err
	}
	for _, row := range rows {
		if !slices.ContainsFunc(parents, func(p map[string]string) bool { return p["code"] == row["code"] }) {
			return row["name_it"], row["name_en"], nil
		}
	}
	return "", "", errors.New("geo_parent.csv: every territory of geo.csv has a parent: expected one that holds all others")
}
