package oracle

import (
	"fmt"
	"strings"
	"testing"

	"osservatorio/queries"
)

func TestTheLargestContributionsAreThoseOfTheNumbersTheyJudge(t *testing.T) {
	s := newStage(t, "emilia-romagna")
	s.playAll(fullWorld(304, s.list))
	tried := 0
	for _, v := range s.protected() {
		if v.Header.Shares != "" {
			tried++
			s.holdShares(t, v)
		}
	}
	if tried != 6 {
		t.Errorf("%d views have contributions, want 6: flows, mix, durations and positions of employers, demand, costs of persons", tried)
	}
}

// holdShares holds the total of every number's contributions to the number, and
// every number of one or two to have contributions: nobody else made it.
func (s *stage) holdShares(t *testing.T, v queries.View) {
	t.Helper()
	key := strings.Join(append([]string{"geo", "period_type", "period", "measure"}, v.Header.Breakdowns...), ", ")
	rows := s.rows(fmt.Sprintf(`WITH numbers AS (
			SELECT %[1]s, 'value' AS part, value AS number, coalesce(denominator, value) AS counted FROM %[2]s
			UNION ALL SELECT %[1]s, 'numerator', numerator, numerator FROM %[2]s
			UNION ALL SELECT %[1]s, 'denominator', denominator, denominator FROM %[2]s
		)
		SELECT %[3]s, measure, n.part, CAST(round(n.number, 4) AS VARCHAR), CAST(round(k.total, 4) AS VARCHAR),
		  k.total IS NULL OR abs(k.total - n.number) > 0.00005 OR k.first + k.second > k.total + 0.00005 OR k.second > k.first
		FROM numbers n LEFT JOIN marts.%[4]s k USING (%[1]s, part)
		WHERE k.total IS NOT NULL OR n.number > 0 AND n.counted IN (1, 2) AND n.part IN (SELECT part FROM marts.%[4]s) AND %[5]s`,
		key, v.Qualified(), broken(v.Header.Breakdowns), v.Header.Shares, contributed(v)))
	for _, r := range rows {
		if r[len(r)-1] == "true" {
			t.Errorf("%s: %s: the number is %s, its contributions make %s", v.Name, strings.Join(r[:len(r)-3], ","), r[len(r)-3], r[len(r)-2])
		}
	}
	if len(rows) < 5 {
		t.Errorf("%s: %d numbers have contributions: nothing was tried", v.Name, len(rows))
	}
}

// contributed leaves out what has no contributions: vacancies and those who seek
// work, and the balance, which goes with its parts.
func contributed(v queries.View) string {
	switch v.Name {
	case "demand":
		return "measure = 'starts'"
	case "flows":
		return "measure <> 'balance'"
	}
	return "true"
}
