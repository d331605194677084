package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestALicenceThatDoesNotFitIsToldWithItsLibrary(t *testing.T) {
	for _, c := range []struct {
		text, licence string
		fits          bool
	}{
		{"Permission is hereby granted, free\nof charge, to any person obtaining a copy of this", "MIT", true},
		{"Redistribution and use in source and binary forms, with or without\n  modification, are permitted", "BSD-2-Clause", true},
		{"GNU GENERAL PUBLIC LICENSE\n Version 3", "GPL", false},
		{"GNU AFFERO GENERAL PUBLIC LICENSE", "AGPL-3.0", false},
		{"All rights reserved.", "", false},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "LICENSE.txt"), []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		found, err := licencesIn(dir)
		if err != nil || strings.Join(found, " ") != c.licence {
			t.Errorf("%q: %v, %v: want %s", c.text, found, err, c.licence)
		}
		err = unfit([]library{{Ecosystem: "golang", Name: "example.org/x", Version: "v1", Licences: found}})
		if (err == nil) != c.fits || err != nil && !strings.Contains(err.Error(), "golang example.org/x v1: licence ") {
			t.Errorf("%s: %v: want it to fit: %v", c.licence, err, c.fits)
		}
	}
	for expression, want := range map[string]bool{"(MIT OR GPL-3.0)": true, "MIT AND GPL-3.0": false, "MIT AND ISC": true, "SEE LICENSE IN x": false} {
		if (library{Licences: []string{expression}}).fits() != want {
			t.Errorf("%s: want %v", expression, want)
		}
	}
}

func TestEverythingLinkedAndPackedFitsAndStandsInTheBill(t *testing.T) {
	var said, bill, again bytes.Buffer
	root := "../../"
	if err := run(&said, root+"cmd/osservatorio", root+"site/assets/package-lock.json", ""); err != nil {
		t.Error(err)
	}
	for _, out := range []*bytes.Buffer{&bill, &again} {
		if err := run(out, root+"cmd/osservatorio", root+"site/assets/package-lock.json", "-"); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(bill.Bytes(), again.Bytes()) {
		t.Error("the bill is another each time")
	}
	for _, want := range []string{"pkg:golang/github.com/duckdb/duckdb-go/v2@", "pkg:golang/github.com/go-co-op/gocron/v2@", "pkg:npm/echarts@", "pkg:npm/bootstrap-italia@"} {
		if !strings.Contains(bill.String(), want) {
			t.Errorf("the bill lacks %s", want)
		}
	}
	t.Log(said.String())
}
