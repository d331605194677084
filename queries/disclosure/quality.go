package disclosure

import (
	"context"
	"database/sql"
	"fmt"

	"osservatorio/warehouse"
)

// Quality is what may be told in public of the deliveries behind a release:
// how far they reach, what was put aside and what could not be used. A count
// that could point to somebody is nil, and so is what it could be computed
// from.
type Quality struct {
	Sources      []Delivery     `json:"sources"`      // by source and period
	Completeness []Completeness `json:"completeness"` // by contract
	Territories  []Reach        `json:"territories"`  // by contract and territory
	Quarantined  []PutAside     `json:"quarantined"`  // by source, column and rule
	Unusable     []Unusable     `json:"unusable"`     // by reason
}

// Delivery counts the rows of one delivery.
type Delivery struct {
	Source      string `json:"source"`
	Contract    string `json:"contract"`
	Period      string `json:"period"`
	IssuedOn    string `json:"issued_on"`
	Rows        int64  `json:"rows"`
	Accepted    *int64 `json:"accepted"`
	Quarantined *int64 `json:"quarantined"`
	Superseded  *int64 `json:"superseded"`
}

// Completeness says up to which day a contract came without a gap.
type Completeness struct {
	Contract   string `json:"contract"`
	CompleteTo string `json:"complete_to"` // YYYY-MM-DD
	DaysBehind int64  `json:"days_behind"` // the newest contract
}

// Reach says up to which quarter a territory has rows of a contract.
type Reach struct {
	Contract string `json:"contract"`
	Geo      string `json:"geo"`
	LastWith string `json:"last_period"`
	Late     bool   `json:"late"` // other territories have rows of a later quarter
}

// PutAside counts the quarantined rows of one rule.
type PutAside struct {
	Source string `json:"source"`
	Column string `json:"column,omitempty"`
	Rule   string `json:"rule"`
	Rows   *int64 `json:"rows"`
}

// Unusable counts what was valid in form and could not be used or linked.
type Unusable struct {
	Reason string `json:"reason"`
	Cases  *int64 `json:"cases"`
}

// QualityOf reads ledger and marts and leaves out what may not be told. The
// threshold is that of the policy persons.
func QualityOf(ctx context.Context, db *warehouse.DB) (Quality, error) {
	q := Quality{Sources: []Delivery{}, Completeness: []Completeness{}, Territories: []Reach{}, Quarantined: []PutAside{}, Unusable: []Unusable{}}
	for _, read := range []func(context.Context, *warehouse.DB, *Quality) error{deliveries, completeness, territories, quarantined, unusable} {
		if err := read(ctx, db, &q); err != nil {
			return q, fmt.Errorf("judge quality: %w", err)
		}
	}
	return q, nil
}

// least is the SQL of the smallest count that may be told, 3 where reference
// has no policy.
const least = `(SELECT coalesce(max(threshold) FILTER (policy = 'persons'), 3) FROM reference.disclosure_rules)`

// deliveries hides all three parts of a confidential delivery when one of them
// is small: together with the rows any two of them tell the third.
func deliveries(ctx context.Context, db *warehouse.DB, q *Quality) error {
	return each(ctx, db, `
		WITH d AS (
		  SELECT *, protection = 'open' OR NOT (accepted > 0 AND accepted < `+least+` OR quarantined > 0 AND quarantined < `+least+`
		    OR superseded > 0 AND superseded < `+least+`) AS told
		  FROM ledger.deliveries SEMI JOIN ledger.current_loads USING (load_id)
		)
		SELECT source, contract, period, CAST(CAST(issued_at AS DATE) AS VARCHAR), rows,
		  CASE WHEN told THEN accepted END, CASE WHEN told THEN quarantined END, CASE WHEN told THEN superseded END
		FROM d ORDER BY source, period, issued_at, sha256`, func(rows *sql.Rows) error {
		var d Delivery
		err := rows.Scan(&d.Source, &d.Contract, &d.Period, &d.IssuedOn, &d.Rows, &d.Accepted, &d.Quarantined, &d.Superseded)
		q.Sources = append(q.Sources, d)
		return err
	})
}

func completeness(ctx context.Context, db *warehouse.DB, q *Quality) error {
	return each(ctx, db, `
		SELECT contract, CAST(complete_to AS VARCHAR), (SELECT max(complete_to) FROM ledger.completeness) - complete_to
		FROM ledger.completeness ORDER BY contract`, func(rows *sql.Rows) error {
		var c Completeness
		err := rows.Scan(&c.Contract, &c.CompleteTo, &c.DaysBehind)
		q.Completeness = append(q.Completeness, c)
		return err
	})
}

// territories needs marts.volumes, which a plan may lack.
func territories(ctx context.Context, db *warehouse.DB, q *Quality) error {
	if there, err := has(ctx, db, "volumes"); err != nil || !there {
		return err
	}
	return each(ctx, db, `
		WITH reach AS (
		  SELECT contract, geo, max(period) AS last_period FROM marts.volumes WHERE cases >= `+least+` GROUP BY contract, geo
		)
		SELECT contract, geo, last_period, last_period < max(last_period) OVER (PARTITION BY contract)
		FROM reach ORDER BY contract, geo`, func(rows *sql.Rows) error {
		var r Reach
		err := rows.Scan(&r.Contract, &r.Geo, &r.LastWith, &r.Late)
		q.Territories = append(q.Territories, r)
		return err
	})
}

// quarantined hides a small count of a confidential source and, where it is the
// only one, the next larger too: the rows put aside in all are known from the
// deliveries.
func quarantined(ctx context.Context, db *warehouse.DB, q *Quality) error {
	return each(ctx, db, `
		WITH counted AS (
		  SELECT d.source, coalesce(x."column", '') AS "column", x.rule, count(*) AS n, bool_and(d.protection = 'open') AS open
		  FROM ledger.quarantine x
		  JOIN ledger.deliveries d USING (load_id)
		  SEMI JOIN ledger.current_loads c ON c.load_id = x.load_id
		  GROUP BY ALL
		), ranked AS (
		  SELECT *, count(*) FILTER (n < `+least+`) OVER (PARTITION BY source) AS small,
		    row_number() OVER (PARTITION BY source ORDER BY n, "column", rule) AS place
		  FROM counted
		)
		SELECT source, "column", rule, CASE WHEN open OR NOT (n < `+least+` OR small = 1 AND place = 2) THEN n END
		FROM ranked ORDER BY source, "column", rule`, func(rows *sql.Rows) error {
		var p PutAside
		err := rows.Scan(&p.Source, &p.Column, &p.Rule, &p.Rows)
		q.Quarantined = append(q.Quarantined, p)
		return err
	})
}

// unusable needs marts.quality, which a plan may lack.
func unusable(ctx context.Context, db *warehouse.DB, q *Quality) error {
	if there, err := has(ctx, db, "quality"); err != nil || !there {
		return err
	}
	return each(ctx, db, `
		SELECT reason, CASE WHEN cases = 0 OR cases >= `+least+` THEN cases END FROM marts.quality ORDER BY reason`, func(rows *sql.Rows) error {
		var u Unusable
		err := rows.Scan(&u.Reason, &u.Cases)
		q.Unusable = append(q.Unusable, u)
		return err
	})
}

func has(ctx context.Context, db *warehouse.DB, mart string) (there bool, err error) {
	err = db.QueryRowContext(ctx, `
		SELECT count(*) > 0 FROM information_schema.tables
		WHERE table_catalog = current_database() AND table_schema = 'marts' AND table_name = ?`, mart).Scan(&there)
	return there, err
}

func each(ctx context.Context, db *warehouse.DB, query string, take func(*sql.Rows) error) error {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := take(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
