package release

import "testing"

func TestAFileOfOtherColumnsIsToldWhichTheyAre(t *testing.T) {
	want := []string{"geo", "value", "obs_status"}
	for _, c := range []struct {
		got  []string
		says string
	}{
		{[]string{"geo", "value", "obs_statuz"}, "column obs_statuz: unknown, column obs_status: missing"},
		{[]string{"geo", "value"}, "column obs_status: missing"},
		{[]string{"value", "geo", "obs_status"}, "columns value,geo,obs_status: expected geo,value,obs_status"},
	} {
		if err := otherColumns(c.got, want); err == nil || err.Error() != c.says {
			t.Errorf("%v: %v, want %q", c.got, err, c.says)
		}
	}
}
