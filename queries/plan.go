package queries

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"osservatorio/warehouse"
)

// Plan is what is to be built: the views in an order in which each finds what
// it reads, the checks, and who reads whom. It is derived from the SQL alone.
type Plan struct {
	Views  []View // staging, marts and cubes in the order of creation
	Checks []View // written checks, by path
	reads  map[string][]string
	narrow map[string]map[string][]string // view → table → the contracts it reads of it, where not all
}

// NewPlan derives the plan. The warehouse db must hold the tables of raw,
// ledger and reference, as it does once sources are prepared. The error holds
// every unknown table, forbidden read and cycle.
func NewPlan(ctx context.Context, db *warehouse.DB, views []View) (Plan, error) {
	tables, err := baseTables(ctx, db)
	if err != nil {
		return Plan{}, err
	}
	plan := Plan{reads: map[string][]string{}, narrow: map[string]map[string][]string{}}
	known := maps.Clone(tables)
	for _, v := range views {
		if v.Layer != Checks {
			known[v.Qualified()] = true
		}
	}
	var faults []error
	for _, v := range views {
		reads, err := tablesOf(ctx, db, v.Select)
		if err != nil {
			faults = append(faults, fmt.Errorf("plan views: %s: %w", v.Path, err))
			continue
		}
		plan.reads[v.Qualified()], plan.narrow[v.Qualified()] = reads.tables, reads.narrow
		faults = append(faults, allowed(v, reads.tables, known)...)
		if shares := v.Header.Shares; shares != "" && !known[string(Marts)+"."+shares] {
			faults = append(faults, fmt.Errorf("plan views: %s: key shares: marts.%s: no such view", v.Path, shares))
		}
	}
	if err := errors.Join(faults...); err != nil {
		return Plan{}, err
	}
	return plan.sorted(views)
}

// baseTables are the tables and views that no file of this room makes.
func baseTables(ctx context.Context, db *warehouse.DB) (map[string]bool, error) {
	rows, err := db.QueryContext(ctx, `
		SELECT table_schema || '.' || table_name FROM information_schema.tables
		WHERE table_catalog = current_database() AND table_schema IN ('raw', 'ledger', 'reference')`)
	if err != nil {
		return nil, fmt.Errorf("plan views: list tables: %w", err)
	}
	defer rows.Close()
	tables := map[string]bool{}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, fmt.Errorf("plan views: list tables: %w", err)
		}
		tables[name] = true
	}
	return tables, rows.Err()
}

func allowed(v View, reads []string, known map[string]bool) []error {
	var faults []error
	for _, table := range reads {
		schema, _, _ := strings.Cut(table, ".")
		switch {
		case !mayRead(v.Layer, schema):
			faults = append(faults, fmt.Errorf("plan views: %s: reads %s: %s", v.Path, table, readsOf(v.Layer)))
		case !known[table]:
			faults = append(faults, fmt.Errorf("plan views: %s: reads %s: no such table or view", v.Path, table))
		}
	}
	return faults
}

var schemasRead = map[Layer][]string{
	Staging: {"raw", "staging", "ledger", "reference"},
	Marts:   {"staging", "marts", "ledger", "reference"},
	Cubes:   {"staging", "marts", "cubes", "ledger", "reference"},
	Checks:  {"raw", "staging", "marts", "cubes", "ledger", "reference"},
}

func mayRead(layer Layer, schema string) bool { return slices.Contains(schemasRead[layer], schema) }

func readsOf(layer Layer) string {
	return fmt.Sprintf("%s reads %s only", layer, strings.Join(schemasRead[layer], ", "))
}

// sorted puts the views in order: depth first, by path, so that the same files
// always give the same order.
func (p Plan) sorted(views []View) (Plan, error) {
	byName := map[string]View{}
	for _, v := range views {
		byName[v.Qualified()] = v
	}
	order := &ordering{plan: p, views: byName, state: map[string]int{}}
	for _, v := range views {
		if v.Layer == Checks {
			p.Checks = append(p.Checks, v)
			continue
		}
		if err := order.visit(v.Qualified(), nil); err != nil {
			return Plan{}, err
		}
	}
	p.Views = order.out
	return p, nil
}

// ordering is a depth-first walk; state is 1 on the way down, 2 when done.
type ordering struct {
	plan  Plan
	views map[string]View
	state map[string]int
	out   []View
}

func (o *ordering) visit(name string, way []string) error {
	view, ours := o.views[name]
	if !ours || o.state[name] == 2 {
		return nil
	}
	if o.state[name] == 1 {
		from := slices.Index(way, name)
		return fmt.Errorf("plan views: %s: views read each other in a circle: %s", view.Path, strings.Join(append(way[from:], name), " → "))
	}
	o.state[name] = 1
	for _, read := range o.plan.reads[name] {
		if err := o.visit(read, append(slices.Clone(way), name)); err != nil {
			return err
		}
	}
	o.state[name] = 2
	o.out = append(o.out, view)
	return nil
}

// Reads returns the tables and views that a view ("cubes.flows") reads itself.
func (p Plan) Reads(name string) []string { return p.reads[name] }

// Upstream returns every table and view that a view depends on, sorted,
// without the view itself.
func (p Plan) Upstream(name string) []string {
	seen := map[string]bool{}
	var walk func(string)
	walk = func(at string) {
		for _, read := range p.reads[at] {
			if !seen[read] {
				seen[read] = true
				walk(read)
			}
		}
	}
	walk(name)
	return slices.Sorted(maps.Keys(seen))
}

// Lineage returns the contracts whose raw tables a view reaches, sorted.
func (p Plan) Lineage(name string) []string {
	var contracts []string
	for _, table := range p.Upstream(name) {
		if contract, ok := strings.CutPrefix(table, "raw."); ok {
			contracts = append(contracts, contract)
		}
	}
	return contracts
}

// Find returns the view of that qualified name and whether the plan has it.
func (p Plan) Find(name string) (View, bool) {
	for _, v := range p.Views {
		if v.Qualified() == name {
			return v, true
		}
	}
	return View{}, false
}

// Cubes returns the cubes of the plan, sorted by the name they are published
// under.
func (p Plan) Cubes() []View {
	var out []View
	for _, v := range p.Views {
		if v.Layer == Cubes {
			out = append(out, v)
		}
	}
	slices.SortFunc(out, func(a, b View) int { return strings.Compare(a.Header.View, b.Header.View) })
	return out
}

// Only returns the plan for the named views and all that they read, with the
// contributions that judge their numbers, without checks.
func (p Plan) Only(names ...string) Plan {
	for _, name := range names {
		if v, _ := p.Find(name); v.Header.Shares != "" {
			names = append(slices.Clip(names), string(Marts)+"."+v.Header.Shares)
		}
	}
	wanted := map[string]bool{}
	for _, name := range names {
		wanted[name] = true
		for _, up := range p.Upstream(name) {
			wanted[up] = true
		}
	}
	out := Plan{reads: p.reads, narrow: p.narrow}
	for _, v := range p.Views {
		if wanted[v.Qualified()] {
			out.Views = append(out.Views, v)
		}
	}
	return out
}

// openLedger are the parts of the ledger that tell nothing about rows.
var openLedger = []string{"ledger.current_loads", "ledger.completeness"}

// CheckProtection refuses cubes that declare less protection than what they
// read: protections gives each contract's own ("personal", "establishment" or
// "open"). A contract it does not name counts as personal.
func (p Plan) CheckProtection(protections map[string]string) error {
	var faults []error
	for _, v := range p.Cubes() {
		if v.Header.Protection != "open" {
			continue
		}
		faults = append(faults, p.openFaults(v, protections)...)
	}
	return errors.Join(faults...)
}

func (p Plan) openFaults(v View, protections map[string]string) []error {
	var faults []error
	for _, table := range p.Upstream(v.Qualified()) {
		contract, isRaw := strings.CutPrefix(table, "raw.")
		switch {
		case isRaw && protections[contract] != "open":
			faults = append(faults, fmt.Errorf("protect view %s: declared open, but reads the contract %s (%s) by way of %s",
				v.Path, contract, orPersonal(protections[contract]), strings.Join(p.way(v.Qualified(), table), " → ")))
		case strings.HasPrefix(table, "ledger.") && !slices.Contains(openLedger, table):
			faults = append(faults, fmt.Errorf("protect view %s: declared open, but reads %s", v.Path, table))
		}
	}
	return faults
}

func orPersonal(protection string) string {
	if protection == "" {
		return "personal"
	}
	return protection
}

// way returns one path of reads from a view to a table.
func (p Plan) way(from, to string) []string {
	if from == to {
		return []string{to}
	}
	for _, read := range p.reads[from] {
		if read == to || slices.Contains(p.Upstream(read), to) {
			return append([]string{from}, p.way(read, to)...)
		}
	}
	return []string{from, to}
}
