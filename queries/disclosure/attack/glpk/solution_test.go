package glpk

import (
	"errors"
	"strings"
	"testing"
)

func TestASolutionFileIsReadByItsStatus(t *testing.T) {
	for _, c := range []struct {
		file string
		want end
		err  string
	}{
		{"c Problem:\nc\ns bas 4 4 f f 6\ni 1 s 7 0\n", end{value: 6}, ""},
		{"s mip 4 4 o 14\n", end{value: 14}, ""},
		{"s bas 4 4 f n 3\n", end{open: true}, ""},
		{"s bas 4 4 u u 0\n", end{}, "no answer"},
		{"s mip 4 4 u 0\n", end{}, "no answer"},
		{"s mip 4 4 f 3\n", end{}, "no answer"}, // stopped before it knew the end
		{"s bas 4 4 n f 0\n", end{}, "line 1: no table fits"},
		{"s mip 4 4 n 0\n", end{}, "no table of whole numbers"},
		{"s bas 4 4 f f many\n", end{}, "count expected"},
		{"s bas 4 4 f f NaN\n", end{}, "count expected"},
		{"s bas 4 4 f f 1e300\n", end{}, "count expected"},
		{"s bas 4 4 f\n", end{}, "expected"},
		{"s\n", end{}, "empty status"},
		{"4 4\n2 2 6\n", end{}, "4.58"}, // as glpsol wrote before
		{"", end{}, "4.58"},
	} {
		got, err := read(strings.NewReader(c.file))
		if got != c.want || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%q: %v, %v: %v and %q expected", c.file, got, err, c.want, c.err)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{"c\ns bas 4 4 f f 6\ni 1 s 7 0\n", "s mip 4 4 o 14\n", "s bas 4 4 f n 3", "s bas 1 1 u u 0\n", "s mip 1 1 n 0\n", "4 4\n2 2 6\n", "s bas 4 4 f f -0x1p3\n", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, file string) {
		got, err := read(strings.NewReader(file))
		if err != nil {
			if got != (end{}) {
				t.Fatalf("%v beside an error", got)
			}
			if !errors.Is(err, errUndecided) && err.Error() == "" {
				t.Fatal("an error says nothing")
			}
			return
		}
		// An answer stands only where a line says so.
		if !strings.Contains(file, "s") || !strings.Contains(file, "bas") && !strings.Contains(file, "mip") {
			t.Fatalf("%q gave %v", file, got)
		}
		if got.value != got.value || got.open && got.value != 0 {
			t.Fatalf("%q gave %v", file, got)
		}
	})
}
