// Package scale makes raw tables of any size and holds the bare minimum that
// the views are timed against. It is for measuring only.
package scale

import (
	"context"
	_ "embed"
	"fmt"
	"strconv"
	"strings"

	"osservatorio/warehouse"
)

//go:embed fill.sql
var fillSQL string

//go:embed bare.sql
var bareSQL string

// Size is how many rows to invent: about so many events of communications,
// one registration a person, three agreements for four persons.
type Size struct{ Persons, Services, Events int }

// Fill writes invented rows into the raw tables of a fresh warehouse, whose
// reference tables are filled.
func Fill(ctx context.Context, db *warehouse.DB, s Size) error {
	text := strings.NewReplacer("$persons", strconv.Itoa(s.Persons), "$services", strconv.Itoa(s.Services),
		"$events", strconv.Itoa(s.Events)).Replace(fillSQL)
	return script(ctx, db, text)
}

// Bare computes, by hand and on the same tables, spells of employment and who
// of the cohorts is employed at three horizons, by district and quarter.
func Bare(ctx context.Context, db *warehouse.DB) error { return script(ctx, db, bareSQL) }

// script runs statements, parted by semicolons, on one connection.
func script(ctx context.Context, db *warehouse.DB, text string) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	for n, statement := range strings.Split(text, ";") {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("statement %d: %w", n+1, err)
		}
	}
	return nil
}
