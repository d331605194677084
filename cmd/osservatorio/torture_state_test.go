package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"osservatorio/queries/release"
	"osservatorio/warehouse"
)

// count holds the rows in the warehouse to what was delivered: all of from to to
// deliveries, none in part, none twice.
func (x *tortured) count(when string, from, to int) {
	db, err := warehouse.Open(x.t.Context(), warehouse.Options{Path: filepath.Join(x.dir, "warehouse.duckdb"), Threads: 1})
	must(x.t, err)
	defer db.Close()
	var deliveries, accepted, rows, distinct int
	if !x.begun(db) {
		if from > 0 {
			x.Counts.Lost += from * tinyRows
			x.t.Errorf("after %s: no table of rows, want those of %d deliveries", when, from)
		}
		return
	}
	must(x.t, db.QueryRow(`SELECT count(*), coalesce(sum(accepted), 0), (SELECT count(*) FROM raw.observations), (SELECT count(*) FROM (SELECT DISTINCT load_id, line FROM raw.observations)) FROM ledger.deliveries`).
		Scan(&deliveries, &accepted, &rows, &distinct))
	x.Counts.Lost += max(from*tinyRows, deliveries*tinyRows) - min(max(from*tinyRows, deliveries*tinyRows), distinct)
	x.Counts.Double += rows - distinct
	if deliveries < from || deliveries > to || accepted != deliveries*tinyRows || rows != accepted || distinct != rows {
		x.t.Errorf("after %s: %d deliveries of %d to %d, %d rows accepted, %d in the table, %d of them different: want %d", when, deliveries, from, to, accepted, rows, distinct, deliveries*tinyRows)
	}
}

// begun tells whether a first ingest came as far as to make the tables of rows:
// killed before, it has written down no delivery.
func (x *tortured) begun(db *warehouse.DB) bool {
	var tables, deliveries int
	must(x.t, db.QueryRow(`SELECT (SELECT count(*) FROM information_schema.tables WHERE table_schema = 'raw' AND table_name = 'observations'), (SELECT count(*) FROM ledger.deliveries)`).
		Scan(&tables, &deliveries))
	if tables == 0 && deliveries > 0 {
		x.t.Errorf("%d deliveries are written down, and no row", deliveries)
	}
	return tables > 0
}

// files are what readers of a folder get, name to checksum.
type files = map[string][32]byte

// look is what stands of the sites of an instance.
type look struct {
	public, coming, bucket files
	id                     string // of the release that is public, "" for none
}

func (x *tortured) look() look {
	var l look
	public := filepath.Join(x.dir, "public")
	if exists(public) {
		rel, err := release.Open(public)
		if err != nil || !exists(filepath.Join(public, "index.html")) {
			x.t.Errorf("the public site is not whole: %v", err)
		} else {
			l.id = rel.Info.ID
		}
		l.public = shownBy(x.t, public)
	}
	coming, err := filepath.Glob(filepath.Join(x.dir, "public.coming", "2*[0-9]")) // and not what is being built
	must(x.t, err)
	for _, site := range coming {
		l.coming = shownBy(x.t, site) // there is one at most
	}
	l.bucket = shownBy(x.t, filepath.Join(x.dir, "bucket"))
	return l
}

// mustBeOf holds what a kill left to what stood before and after the command:
// folders are the one or the other, objects of a bucket each.
func (l look) mustBeOf(t *testing.T, verb string, before, after look) {
	t.Helper()
	for _, part := range []struct {
		name              string
		was, before, then files
	}{{"public site", l.public, before.public, after.public}, {"coming site", l.coming, before.coming, after.coming}} {
		if name := differs(part.was, part.before); name != "" {
			if other := differs(part.was, part.then); other != "" && len(part.was) > 0 {
				t.Errorf("%s killed: the %s is neither the one before (%s) nor the one after (%s)", verb, part.name, name, other)
			}
		}
	}
	for name, sum := range l.bucket {
		half := strings.HasSuffix(name, ".tmp") // of a killed write, which the next carry removes
		if !half && sum != before.bucket[name] && sum != after.bucket[name] {
			t.Errorf("%s killed: %s in the bucket is of neither site", verb, name)
		}
	}
	for name := range before.bucket {
		if _, stays := after.bucket[name]; stays && l.bucket[name] == [32]byte{} {
			t.Errorf("%s killed: %s is gone from the bucket", verb, name)
		}
	}
}

// differs is a name that two folders do not have alike, "" if there is none.
func differs(a, b files) string {
	for name, sum := range a {
		if b[name] != sum {
			return name
		}
	}
	for name := range b {
		if _, ok := a[name]; !ok {
			return name
		}
	}
	return ""
}

// published holds a publication to its end: the release of the month is public,
// here and in the bucket, and nothing of it is left waiting.
func (x *tortured) published(after look) {
	if want := torturedTime(x.months).Format("2006-01"); after.id != want {
		x.t.Errorf("public is %q, want %s", after.id, want)
	}
	if name := differs(after.bucket, after.public); name != "" || carriedSite(x.t, filepath.Join(x.dir, "bucket")) == "" {
		x.t.Errorf("the bucket is not the public site: %s", name)
	}
	for _, left := range []string{"public.building", "public.swap", "public.old"} {
		if _, err := os.Stat(filepath.Join(x.dir, left)); err == nil {
			x.t.Errorf("%s is left behind", left)
		}
	}
}
