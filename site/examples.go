package site

import (
	"strings"

	"osservatorio/queries/release"
)

// query is one example of reading a data set; ID is its place on the page.
type query struct{ ID, Name, Text string }

// The examples ask for the same rows in every language: one measure and period,
// every territory, the totals of every breakdown. {read} is where the file is.
var examples = []query{
	{"duckdb", "DuckDB (SQL)", "{sql};"},
	{"r", "R (arrow)", `library(arrow)
library(dplyr)
read_parquet("{file}") |>
  filter(measure == "{measure}", period == "{period}"{r}) |>
  select(geo, value, low, high, obs_status)`},
	{"r-duckdb", "R (duckdb)", `library(duckdb)
con <- dbConnect(duckdb())
dbGetQuery(con, "{sql-line}")`},
	{"python", "Python (pandas)", `import pandas as pd
d = pd.read_parquet("{file}")
d[(d.measure == "{measure}") & (d.period == "{period}"){python}][["geo", "value", "low", "high", "obs_status"]]`},
	{"python-duckdb", "Python (duckdb)", `import duckdb
duckdb.sql("""{sql}""").show()`},
	{"js", "JavaScript (hyparquet)", `import { {open}, parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
const file = await {opened}
const columns = [{columns}]
const rows = await parquetReadObjects({ file, compressors, columns })
console.log(rows.filter((d) => d.measure === '{measure}' && d.period === '{period}'{js}))`},
	{"js-duckdb", "JavaScript (@duckdb/node-api)", "import { DuckDBInstance } from '@duckdb/node-api'\n" +
		"const db = await (await DuckDBInstance.create()).connect()\n" +
		"const read = await db.runAndReadAll(`{sql}`)\n" +
		"console.log(read.getRowObjectsJson())"},
}

// queries fills the examples for a data set, with a row that carries a value.
func (c composer) queries(v *viewFacts) []query {
	file := c.fileURL(v.Header.View, ".parquet")
	measure, period := "", v.Last
	if r, ok := v.example(); ok {
		measure, period = r.Measure, r.Period
	} else if len(v.Header.Measures) > 0 {
		measure = v.Header.Measures[0].Code
	}
	totals := totalsOf(v.Header)
	sql := "SELECT geo, value, low, high, obs_status\nFROM '" + file + "'\nWHERE measure = '" + measure + "' AND period = '" + period + "'" + totals.sql + "\nORDER BY geo"
	open, opened := "asyncBufferFromUrl", "asyncBufferFromUrl({ url: '"+file+"' })"
	if c.opt.BaseURL == "" {
		open, opened = "asyncBufferFromFile", "asyncBufferFromFile('"+file+"')"
	}
	columns := "'" + strings.Join(append([]string{"geo", "period", "measure", "value", "low", "high", "obs_status"}, v.Header.Breakdowns...), "', '") + "'"
	fill := strings.NewReplacer("{sql}", sql, "{sql-line}", strings.ReplaceAll(sql, "\n", " "), "{file}", file, "{measure}", measure, "{period}", period,
		"{r}", totals.r, "{python}", totals.python, "{js}", totals.js, "{open}", open, "{opened}", opened, "{columns}", columns)
	out := make([]query, len(examples))
	for i, e := range examples {
		out[i] = query{e.ID, e.Name, fill.Replace(e.Text)}
	}
	return out
}

// totals are the conditions that ask for the totals of every breakdown: without
// them a reader gets each place as often as it has categories.
type totals struct{ sql, r, python, js string }

func totalsOf(h release.Header) totals {
	var t totals
	for _, b := range h.Breakdowns {
		t.sql += " AND " + b + " = '" + release.Total + "'"
		t.r += ", " + b + " == \"" + release.Total + "\""
		t.python += " & (d." + b + " == \"" + release.Total + "\")"
		t.js += " && d." + b + " === '" + release.Total + "'"
	}
	return t
}
