package querytest

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"
)

// fillLedger writes the deliveries of an example and returns the first load of
// each contract. A contract with rows but no line in the ledger gets a
// delivery of period "all".
func (s *stage) fillLedger(t testing.TB, e *example) map[string]int {
	t.Helper()
	ledger := withContracts(e)
	loads := map[string]int{}
	out := table{columns: slices.Clone(ledger.columns)}
	for i, row := range ledger.rows {
		full := map[string]string{}
		for j, column := range ledger.columns {
			full[column] = row[j]
		}
		fillDelivery(t, full, i+1, s.protection)
		if _, ok := loads[full["contract"]]; !ok {
			loads[full["contract"]], _ = strconv.Atoi(full["load_id"])
		}
		out.columns = deliveryColumns
		line := make([]string, len(deliveryColumns))
		for j, column := range deliveryColumns {
			line[j] = full[column]
		}
		out.rows = append(out.rows, line)
	}
	if len(out.rows) > 0 {
		s.insert(t, "ledger.deliveries", out)
	}
	return loads
}

func withContracts(e *example) table {
	ledger := table{columns: slices.Clone(e.ledger.columns), rows: slices.Clone(e.ledger.rows)}
	if ledger.columns == nil {
		ledger.columns = []string{"contract", "period"}
	}
	at := ledger.index("contract")
	for _, contract := range e.rawOrder {
		if at < 0 || slices.ContainsFunc(ledger.rows, func(row []string) bool { return row[at] == contract }) {
			continue
		}
		row := make([]string, len(ledger.columns))
		row[at] = contract
		ledger.rows = append(ledger.rows, row)
	}
	return ledger
}

var deliveryColumns = []string{"load_id", "source", "contract", "protection", "period", "period_from", "period_to", "issued_at",
	"mode", "synthetic", "file", "sha256", "bytes", "rows", "accepted", "quarantined", "superseded", "loaded_at"}

func fillDelivery(t testing.TB, d map[string]string, number int, protection map[string]string) {
	t.Helper()
	if d["contract"] == "" {
		t.Fatalf("ledger.csv: row %d: no contract", number)
	}
	setDefault := func(column, value string) {
		if d[column] == "" {
			d[column] = value
		}
	}
	n := strconv.Itoa(number)
	setDefault("load_id", n)
	setDefault("source", d["contract"])
	setDefault("protection", protection[d["contract"]])
	setDefault("period", "all")
	from, to := daysOf(t, d["period"])
	setDefault("period_from", from)
	setDefault("period_to", to)
	setDefault("issued_at", "2026-01-01")
	setDefault("mode", "full")
	setDefault("synthetic", "true")
	setDefault("file", "example-"+n+".csv")
	setDefault("sha256", "example-"+n)
	for _, column := range []string{"bytes", "rows", "accepted", "quarantined", "superseded"} {
		setDefault(column, "0")
	}
	setDefault("loaded_at", d["issued_at"])
}

// daysOf returns the first day of a period and the day after its last: "2025",
// "2025-Q3", "2025-03"; nothing for "all".
func daysOf(t testing.TB, period string) (from, to string) {
	t.Helper()
	var year, part int
	months := 0
	switch {
	case period == "all":
		return "", ""
	case scans(period, "%4d-Q%1d", &year, &part):
		part, months = part*3-2, 3
	case scans(period, "%4d-%2d", &year, &part):
		months = 1
	case scans(period, "%4d", &year):
		part, months = 1, 12
	default:
		t.Fatalf("ledger.csv: period %q: expected 2025, 2025-Q3, 2025-03 or all", period)
	}
	first := time.Date(year, time.Month(part), 1, 0, 0, 0, 0, time.UTC)
	return first.Format(time.DateOnly), first.AddDate(0, months, 0).Format(time.DateOnly)
}

func scans(text, format string, into ...any) bool {
	n, err := fmt.Sscanf(text, format, into...)
	return err == nil && n == len(into)
}
