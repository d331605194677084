package warehouse_test

import (
	"context"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"osservatorio/warehouse"
)

// listsWithVerification are the tables whose rows say how far they were checked:
// all that hold facts. Levels and parents follow from geo, the plan of breakdowns
// is ours whole, notes are words.
var listsWithVerification = []string{
	"lep", "contracts", "parameters", "disclosure_rules", "dominance_rules", "targets", "horizons",
	"transformations", "cessations", "working_hours", "sectors", "occupations", "breaks", "plan_measures",
	"codes", "geo", "cpi", "comuni",
}

func TestEveryFactSaysItsSourceAndHowFarItWasChecked(t *testing.T) {
	db := loaded(t, "emilia-romagna")
	for _, list := range listsWithVerification {
		if n := number(t, db, `SELECT count(*) FROM reference.`+list+` WHERE verification NOT IN ('found', 'derived', 'proposal', 'memory')`); n != 0 {
			t.Errorf("%s: %d rows with a verification that there is not", list, n)
		}
		if n := number(t, db, `SELECT count(*) FROM reference.`+list); n == 0 {
			t.Errorf("%s is empty", list)
		}
		// what is from memory or proposed by us says so in words, too
		if n := number(t, db, `SELECT count(*) FROM reference.`+list+` WHERE verification = 'memory' AND source NOT ILIKE '%memoria%'`); n != 0 {
			t.Errorf("%s: %d rows from memory whose source does not say so", list, n)
		}
	}
}

func TestStandardsAreWholeAndDoNotOverlap(t *testing.T) {
	db := loaded(t, "emilia-romagna")
	for query, want := range map[string]int{
		`SELECT count(*) FROM reference.sectors WHERE version = 'ATECO2007'`:  21,
		`SELECT count(*) FROM reference.sectors WHERE version = 'ATECO2025'`:  22,
		`SELECT count(DISTINCT sector) FROM reference.sectors`:                15,
		`SELECT count(*) FROM reference.occupations WHERE version = 'CP2011'`: 9,
		`SELECT count(*) FROM reference.occupations WHERE version = 'CP2021'`: 9,
		// each version is the other's successor, from the day of the break
		`SELECT count(*) FROM reference.sectors s JOIN reference.breaks b ON b.list = 'sector'
			WHERE (s.version = 'ATECO2007' AND s.valid_to <> b.break_on - 1) OR (s.version = 'ATECO2025' AND s.valid_from <> b.break_on)`: 0,
		`SELECT count(*) FROM reference.occupations s JOIN reference.breaks b ON b.list = 'occupation'
			WHERE (s.version = 'CP2011' AND s.valid_to <> b.break_on - 1) OR (s.version = 'CP2021' AND s.valid_from <> b.break_on)`: 0,
		// a section that goes by the same name in both versions is in the same group
		`SELECT count(*) FROM reference.sectors a JOIN reference.sectors b USING (label_it) WHERE a.version < b.version AND a.sector <> b.sector`: 0,
		// five transformations make a relationship open-ended; none of them keeps a planned end
		`SELECT count(*) FROM reference.transformations WHERE stabilises`:                       5,
		`SELECT count(*) FROM reference.transformations WHERE stabilises = keeps_plan`:          0,
		`SELECT count(*) FROM reference.codes WHERE list = 'measure_received'`:                  13,
		`SELECT count(*) FROM reference.codes WHERE list = 'measure_received' AND code ^@ 'lr'`: 5,
		`SELECT count(*) FROM reference.codes WHERE list = 'profile'`:                           8,
	} {
		if got := number(t, db, query); got != want {
			t.Errorf("%s\ngot %d, want %d", query, got, want)
		}
	}
}

// A measure's name ends with its days; only these tell them to a reader.
func TestHorizonsHaveTheDaysOfTheirNames(t *testing.T) {
	db := loaded(t, "emilia-romagna")
	if n := number(t, db, `SELECT count(*) FROM reference.horizons WHERE days <> CAST(regexp_extract(measure, '[0-9]+$') AS INTEGER)`); n != 0 {
		t.Errorf("%d horizons with other days than their names", n)
	}
	for indicator, want := range map[string]int{
		"out_employed": 5, "out_ever": 3, "out_after_exit": 2, "out_stable": 1, "out_days": 1, "out_upgrade": 2,
		"lep_timely": 3, "lep_wait": 39, "out_time_to_job": 26,
	} {
		if n := number(t, db, `SELECT count(*) FROM reference.horizons WHERE indicator = '`+indicator+`'`); n != want {
			t.Errorf("%s: %d horizons, want %d", indicator, n, want)
		}
	}
}

func TestListsThatDoNotHoldTogetherAreRefused(t *testing.T) {
	for list, c := range map[string]struct{ old, new, want string }{
		"sectors":     {"ATECO2007,F,construction", "ATECO2007,F,building", `sectors.csv: sector "building": not in list sector of codes.csv`},
		"occupations": {"CP2011,9,", "CP2011,0,", `occupations.csv: code "0": not in list occupation of codes.csv`},
		"contracts":   {",traineeship,", ",stage,", `contracts.csv: contract_group "stage": not in list contract_group of codes.csv`},
		"cessations":  {",resignation,", ",leaving,", `cessations.csv: cessation_group "leaving": not in list cessation_group of codes.csv`},
		"breaks":      {"profile,2022", "profiles,2022", `breaks.csv: list "profiles": not in codes.csv`},
		"codes":       {"contratto registrations,proposal", "contratto registrations,sure", `codes.csv: verification "sure": not one of found, derived, proposal, memory`},
		"lep":         {`proposta",memory`, `proposta",`, "lep.csv: line 2: column verification: empty: want a value"},
		"targets":     {",allocation,", ",given,", `targets.csv: kind "given": not one of target, allocation, published`},
		"horizons":    {",365,", ",a year,", `column days: found "a year": want a whole number`},
	} {
		t.Run(list, func(t *testing.T) {
			shared := fstest.MapFS{}
			entries, err := fs.ReadDir(warehouse.ReferenceFS(), ".")
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range entries {
				if text, err := fs.ReadFile(warehouse.ReferenceFS(), e.Name()); err == nil {
					shared[e.Name()] = &fstest.MapFile{Data: text}
				}
			}
			file := shared[list+".csv"]
			changed := strings.Replace(string(file.Data), c.old, c.new, 1)
			if changed == string(file.Data) {
				t.Fatalf("%s.csv holds no %q", list, c.old)
			}
			file.Data = []byte(changed)
			territory, err := warehouse.GeographyFS("italia")
			if err != nil {
				t.Fatal(err)
			}
			db := loaded(t, "italia")
			err = warehouse.LoadReference(context.Background(), db, shared, territory)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want it to say %s", err, c.want)
			}
		})
	}
}
