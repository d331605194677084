package oracle

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"osservatorio/queries"
	"osservatorio/queries/oracle/ways"
	"osservatorio/queries/querytest"
	"osservatorio/warehouse"
)

// stage is a warehouse in memory on which worlds are played.
type stage struct {
	t    testing.TB
	db   *warehouse.DB
	plan queries.Plan
	list lists

	tally ways.Tally // of cubes that were held
}

// lists are what the oracle takes from reference: classifications and
// territory, no rule.
type lists struct {
	comuni, centres, districts, leps []string
	forEmployers                     []string            // their LEP
	home                             map[string]string   // comune or centre → district
	above                            map[string][]string // district → itself and every territory above
	level                            map[string]string   // territory → level
	finest                           string
	codes                            map[string][]string // list → codes
	group                            map[string]string   // contract → group
	qualifying, stabilises           map[string]bool
	sector                           map[string]string // version and section → group
	window                           map[string]int    // LEP → days
	rule                             map[string]string // LEP → rule, of those for persons
}

func newStage(t testing.TB, geography string) *stage {
	t.Helper()
	views, err := queries.Views()
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{t: t}
	t.Cleanup(s.holdTally)
	s.db, s.plan = querytest.Open(t, querytest.House{Views: views, Contracts: "../../ingest/contract"})
	territory, err := warehouse.GeographyFS(geography)
	if err != nil {
		t.Fatal(err)
	}
	if err := warehouse.LoadReference(t.Context(), s.db, warehouse.ReferenceFS(), territory); err != nil {
		t.Fatal(err)
	}
	s.readLists()
	return s
}

// holdTally holds what was compared to what the list of ways says of it.
func (s *stage) holdTally() {
	if s.t.Failed() {
		return
	}
	if err := s.tally.Hold(waysFile, ways.Oracle, querytest.Updating(s.t)); err != nil {
		s.t.Error(err)
	}
}

func (s *stage) readLists() {
	l := lists{home: map[string]string{}, above: map[string][]string{}, level: map[string]string{}, codes: map[string][]string{}, group: map[string]string{},
		qualifying: map[string]bool{}, stabilises: map[string]bool{}, sector: map[string]string{}, window: map[string]int{}, rule: map[string]string{}}
	for _, r := range s.rows(`SELECT comune, geo FROM reference.comuni WHERE geo IS NOT NULL ORDER BY 1`) {
		l.comuni, l.home[r[0]] = append(l.comuni, r[0]), r[1]
	}
	for _, r := range s.rows(`SELECT cpi, geo FROM reference.cpi ORDER BY 1`) {
		l.centres, l.home[r[0]] = append(l.centres, r[0]), r[1]
	}
	l.finest = s.rows(`SELECT level FROM reference.geo_levels WHERE page`)[0][0]
	parents := map[string][]string{}
	for _, r := range s.rows(`SELECT code, parent FROM reference.geo_parent`) {
		parents[r[0]] = append(parents[r[0]], r[1])
	}
	for _, r := range s.rows(`SELECT code, level FROM reference.geo ORDER BY code`) {
		l.level[r[0]] = r[1]
		if r[1] == l.finest {
			l.districts = append(l.districts, r[0])
			l.above[r[0]] = upwards(r[0], parents, nil)
		}
	}
	for _, r := range s.rows(`SELECT list, code FROM reference.codes ORDER BY 1, 2`) {
		l.codes[r[0]] = append(l.codes[r[0]], r[1])
	}
	for _, r := range s.rows(`SELECT code, contract_group, qualifying FROM reference.contracts`) {
		l.group[r[0]], l.qualifying[r[0]] = r[1], r[2] == "true"
	}
	for _, r := range s.rows(`SELECT right(version, 4), section, sector FROM reference.sectors`) {
		l.sector[r[0]+r[1]] = r[2]
	}
	for _, r := range s.rows(`SELECT code FROM reference.transformations WHERE stabilises`) {
		l.stabilises[r[0]] = true
	}
	for _, r := range s.rows(`SELECT slug, entitlement_rule, window_days FROM reference.lep WHERE beneficiary = 'person' ORDER BY slug`) {
		l.leps, l.rule[r[0]] = append(l.leps, r[0]), r[1]
		var days int
		fmt.Sscan(r[2], &days)
		l.window[r[0]] = days
	}
	for _, r := range s.rows(`SELECT slug FROM reference.lep WHERE beneficiary = 'employer' ORDER BY slug`) {
		l.forEmployers = append(l.forEmployers, r[0])
	}
	s.list = l
}

// upwards lists a territory and all above it, each once.
func upwards(at string, parents map[string][]string, seen []string) []string {
	if slices.Contains(seen, at) {
		return seen
	}
	seen = append(seen, at)
	for _, parent := range parents[at] {
		seen = upwards(parent, parents, seen)
	}
	return seen
}

func (s *stage) exec(statement string) {
	s.t.Helper()
	if _, err := s.db.ExecContext(s.t.Context(), statement); err != nil {
		s.t.Fatalf("%v\n%.500s", err, statement)
	}
}

// rows reads a query as text, NULL as "".
func (s *stage) rows(query string) [][]string {
	s.t.Helper()
	rows, err := s.db.QueryContext(s.t.Context(), query)
	if err != nil {
		s.t.Fatalf("%v\n%s", err, query)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		s.t.Fatal(err)
	}
	var out [][]string
	for rows.Next() {
		cells, targets := make([]any, len(names)), make([]any, len(names))
		for i := range cells {
			targets[i] = &cells[i]
		}
		if err := rows.Scan(targets...); err != nil {
			s.t.Fatal(err)
		}
		texts := make([]string, len(names))
		for i, cell := range cells {
			if cell != nil {
				texts[i] = fmt.Sprint(cell)
			}
		}
		out = append(out, texts)
	}
	if err := rows.Err(); err != nil {
		s.t.Fatal(err)
	}
	return out
}

// play writes a world into the empty warehouse, load after load in the order
// of arrival, and builds the named views.
func (s *stage) play(w world, views ...string) {
	s.t.Helper()
	s.exec(`DELETE FROM ledger.deliveries`)
	for _, contract := range slices.Concat(wideContracts, openContracts) {
		s.exec(`DELETE FROM raw.` + contract)
	}
	for name, value := range map[string]int{"end_rule": 1, "gap_days": 0, "curve_min_at_risk": 30} {
		if other, ok := w.parameters[name]; ok {
			value = other
		}
		s.exec(fmt.Sprintf(`UPDATE reference.parameters SET value = %d WHERE name = '%s'`, value, name))
	}
	s.load(w)
	if err := queries.Apply(s.t.Context(), s.db, s.plan.Only(views...)); err != nil {
		s.t.Fatal(err)
	}
}

// load writes all deliveries in the order of their arrival, those of one
// contract at once.
func (s *stage) load(w world) {
	s.t.Helper()
	var arrived []string
	values, columns := map[string][]string{}, map[string][]string{}
	for _, d := range w.deliveries {
		for _, r := range d.rows {
			for c := range r {
				if !slices.Contains(columns[d.contract], c) {
					columns[d.contract] = append(columns[d.contract], c)
				}
			}
		}
	}
	for i, d := range w.deliveries {
		arrived = append(arrived, entry(i+1, d))
		taken := taken(d)
		for line, r := range d.rows {
			if taken[line] {
				values[d.contract] = append(values[d.contract], valuesOf(i+1, line+2, r, columns[d.contract]))
			}
		}
	}
	s.exec(`INSERT INTO ledger.deliveries VALUES ` + strings.Join(arrived, ", "))
	for contract, rows := range values {
		s.exec(fmt.Sprintf(`INSERT INTO raw.%s (load_id, line, %s) VALUES %s`, contract, strings.Join(columns[contract], ", "), strings.Join(rows, ", ")))
	}
}

// taken are the rows of a delivery that ingest takes: of those with one key the
// latest, of equals the last.
func taken(d delivery) map[int]bool {
	key, last := keys[d.contract], map[string]int{}
	out := map[int]bool{}
	for line, r := range d.rows {
		if key == "" {
			out[line] = true
			continue
		}
		before, known := last[r[key]]
		if known && r[latest[d.contract]] < d.rows[before][latest[d.contract]] {
			continue
		}
		if known {
			delete(out, before)
		}
		last[r[key]], out[line] = line, true
	}
	return out
}

// entry is what the ledger says of a delivery.
func entry(id int, d delivery) string {
	from, last := ends(d.period)
	protection := "personal"
	if slices.Contains(openContracts, d.contract) {
		protection = "open"
	}
	return fmt.Sprintf(`(%d, '%s', '%s', '%s', '%s', '%s', '%s', '%s', '%s', true, '%s.csv', '%s', 0, %d, %d, 0, 0, '%s')`,
		id, d.contract, d.contract, protection, d.period, from, last+1, d.issued, d.mode, d.sum, d.sum, len(d.rows), len(d.rows), d.issued)
}

// valuesOf is a row of a delivery as SQL, NULL where it says nothing.
func valuesOf(id, line int, r row, columns []string) string {
	cells := []string{fmt.Sprint(id), fmt.Sprint(line)}
	for _, c := range columns {
		if r[c] == "" {
			cells = append(cells, "NULL")
		} else {
			cells = append(cells, "'"+r[c]+"'")
		}
	}
	return "(" + strings.Join(cells, ", ") + ")"
}
