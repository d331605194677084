package chart

import (
	"testing"

	"osservatorio/queries/release"
)

func TestEveryStatusHasItsMark(t *testing.T) {
	v := 50.0
	for _, c := range []struct {
		status release.Status
		reason string
		value  *float64
		want   mark
	}{
		{release.Normal, "", &v, shown}, {release.Provisional, "", &v, shown}, {release.SeriesBreak, "", &v, shown},
		{release.DefinitionDiff, "", &v, shown}, {release.Estimated, "", &v, shown}, {release.Unvalidated, "", &v, shown},
		{release.Normal, "", nil, absent}, {release.LowReliability, "", nil, few}, {release.Confidential, "", &v, hidden},
		{release.CannotExist, "", nil, cannotBe}, {release.Missing, release.NotObservable, nil, waiting}, {release.Missing, release.NoRule, nil, noRule},
		{release.Missing, release.SourceGap, nil, gap}, {release.Missing, release.RevisionHeld, nil, held}, {release.Normal, release.RevisionHeld, &v, shown}, {release.Missing, release.NotReached, nil, beyond}, {release.Missing, release.NotPublished, &v, absent},
	} {
		got := markOf(release.Row{Status: c.status, Reason: c.reason, Value: c.value})
		if got != c.want {
			t.Errorf("status %s %s: mark %d, want %d", c.status, c.reason, got, c.want)
		}
		if got != shown && got.legendMark() == "" {
			t.Errorf("status %s %s: no sign in the legend", c.status, c.reason)
		}
	}
}

func TestAHiddenRowIsHiddenWhateverItsStatusSays(t *testing.T) {
	v := 1.0
	if got := markOf(release.Row{Status: release.Normal, Conf: release.Hidden, Value: &v}); got != hidden {
		t.Errorf("mark %d, want hidden", got)
	}
}
