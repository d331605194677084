package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"text/tabwriter"

	"osservatorio/ingest/contract"
	"osservatorio/warehouse"
)

// printCodes lists the codes that a contract's columns may have, with labels
// in lang and the days from and to which a code holds. Places are not listed:
// each instance has its own.
func printCodes(w io.Writer, k contract.Contract, lang string) error {
	for _, key := range k.ForeignKeys {
		rows, err := sharedList(key.Table)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "\n%s → %s\n", key.Column, key.Table)
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		for _, row := range rows {
			label := row["label_"+lang]
			if label == "" {
				label = row["title_"+lang]
			}
			fmt.Fprintf(t, "  %s\t%s\t%s\n", row[key.Target], label, validity(row))
		}
		if err := t.Flush(); err != nil {
			return err
		}
	}
	return nil
}

// validity is "2007-06-21 … 2013-01-10", one side empty where it is open.
func validity(row map[string]string) string {
	if row["valid_from"] == "" && row["valid_to"] == "" {
		return ""
	}
	return row["valid_from"] + " … " + row["valid_to"]
}

// sharedList reads a list of the house by name, rows by column.
func sharedList(name string) ([]map[string]string, error) {
	return listRows(warehouse.ReferenceFS(), name+".csv")
}

// listRows reads a list, rows by column.
func listRows(from fs.FS, list string) ([]map[string]string, error) {
	file, err := from.Open(list)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", list, err)
	}
	var rows []map[string]string
	for _, record := range records[min(1, len(records)):] {
		row := map[string]string{}
		for i, name := range records[0] {
			row[name] = record[i]
		}
		rows = append(rows, row)
	}
	return rows, nil
}
