package main

import (
	"bufio"
	"encoding/csv"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"osservatorio/warehouse"
)

// Shares of the invented rows: bad ones of kinds that bare DuckDB does not
// notice (else it could not load the file), and keys that come twice.
const (
	badShare       = 0.005
	repeatedShare  = 0.001
	eventsAPerson  = 10
	eventsAContact = 2.5 // events of one working relationship
	employers      = 100_000
)

// generate writes rows of a placements file, always the same, and returns its
// size in bytes. Memory does not grow with the rows.
func generate(path string, rows int) (int64, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return 0, err
	}
	comuni, contracts, err := codes()
	if err != nil {
		return 0, err
	}
	file, err := os.Create(path)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	w := bufio.NewWriterSize(file, 1<<20)
	w.WriteString("event_id,relationship_id,person_id,employer_id,event,event_on,planned_end_on,contract,working_hours,transformation,cessation," +
		"sector,sector_version,occupation,occupation_version,workplace_comune,form,seasonal,corrects,cancelled,received_on\n")
	g := generator{random: rand.New(rand.NewPCG(7, 7)), rows: rows, comuni: comuni, contracts: contracts}
	for i := range rows {
		g.line = g.append(g.line[:0], i)
		if _, err := w.Write(g.line); err != nil {
			return 0, err
		}
	}
	if err := w.Flush(); err != nil {
		return 0, err
	}
	info, err := file.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), file.Close()
}

// codes reads the codes that rows may have from the lists of the house.
func codes() (comuni, contracts []string, err error) {
	geography, err := warehouse.GeographyFS("emilia-romagna")
	if err != nil {
		return nil, nil, err
	}
	if comuni, err = firstColumn(geography, "comuni.csv"); err != nil {
		return nil, nil, err
	}
	contracts, err = firstColumn(warehouse.ReferenceFS(), "contracts.csv")
	return comuni, contracts, err
}

func firstColumn(from fs.FS, name string) ([]string, error) {
	file, err := from.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return nil, err
	}
	var values []string
	for _, r := range records[1:] {
		values = append(values, r[0])
	}
	return values, nil
}

type generator struct {
	random    *rand.Rand
	rows      int
	comuni    []string
	contracts []string
	line      []byte
}

func (g *generator) append(b []byte, i int) []byte {
	r := g.random
	relationship := r.IntN(int(float64(g.rows)/eventsAContact) + 1)
	on := time.Date(2008, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, r.IntN(6570))
	id := i
	if i > 0 && r.Float64() < repeatedShare {
		id = r.IntN(i)
	}
	bad := -1
	if r.Float64() < badShare {
		bad = r.IntN(4)
	}
	event := g.pick([]string{"start", "start", "extension", "transformation", "end", "end"})
	planned, comune, occupation := "", g.pick(g.comuni), strconv.Itoa(1+r.IntN(8))+"."+strconv.Itoa(1+r.IntN(5))+"."+strconv.Itoa(1+r.IntN(5))
	if r.IntN(2) == 0 {
		planned = on.AddDate(0, 0, r.IntN(700)).Format(time.DateOnly)
	}
	switch bad {
	case 0:
		comune = "099999"
	case 1:
		event = "begun"
	case 2:
		planned = on.AddDate(0, 0, -1-r.IntN(50)).Format(time.DateOnly)
	case 3:
		occupation = "?"
	}
	transformation, cessation, corrects := "", "", ""
	switch event {
	case "transformation":
		transformation = g.pick([]string{"DI", "AI", "PP"})
	case "end":
		cessation = g.pick([]string{"DI", "LG", "AT", "GC"})
	}
	if i > 0 && r.IntN(50) == 0 {
		corrects = key("CO", r.IntN(i))
	}
	for _, cell := range []string{
		key("CO", id), key("RL", relationship), key("PE", relationship*g.rows/eventsAPerson/(int(float64(g.rows)/eventsAContact)+1)), key("DL", r.IntN(employers)),
		event, on.Format(time.DateOnly), planned, g.pick(g.contracts), g.pick([]string{"F", "F", "P", "V", "M"}), transformation, cessation,
		g.pick([]string{"A01.11", "C10.71", "F41.20", "G47.11", "I55.10", "I56.10", "N81.21", "P85.20", "Q86.10", "T97.00"}), "2007", occupation, "2011",
		comune, g.pick([]string{"UNILAV", "UNILAV", "UNILAV", "UNISOMM"}), g.pick([]string{"true", "false", "false"}), corrects, g.pick([]string{"false", "false", "false", "false", "true"}),
	} {
		b = append(append(b, cell...), ',')
	}
	return append(on.AddDate(0, 0, r.IntN(20)).AppendFormat(b, time.DateOnly), '\n')
}

func (g *generator) pick(from []string) string { return from[g.random.IntN(len(from))] }

// key is a pseudonym as a supplier may have it.
func key(prefix string, n int) string {
	digits := strconv.Itoa(n)
	return prefix + "000000000000"[:12-len(digits)] + digits
}
