package witness

import (
	"bytes"
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"

	"osservatorio/queries/disclosure/attack"
	"osservatorio/queries/disclosure/linkedtest"
	"osservatorio/queries/disclosure/verify"
)

// BenchmarkRegion is what the design asks of the three shapes of the shared
// region: search, verifier and exact attacker on the pattern that was found, by
// processor time, since others may be at work on the machine; most resident
// memory of the search; cells hidden, without witness and found.
func BenchmarkRegion(b *testing.B) {
	dir := linkedtest.Shared(b)
	for _, shape := range []linkedtest.Shape{linkedtest.TieredYear, linkedtest.LinkedQuarters, linkedtest.FullYear} {
		b.Run(string(shape), func(b *testing.B) {
			f, err := linkedtest.Region(dir, shape, 3)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				forgetPeak()
				start := processor(b)
				p, err := Protect(b.Context(), f, Options{})
				if err != nil {
					b.Fatal(err)
				}
				searched, memory := processor(b), peak(b)
				if err := verify.Pattern(f, p); err != nil {
					b.Error(err)
				}
				verified := processor(b)
				found, err := attack.Exact(b.Context(), f, f.Known(p.Hidden))
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric((processor(b) - verified).Seconds(), "attack-s")
				b.ReportMetric((verified - searched).Seconds(), "verify-s")
				b.ReportMetric((searched - start).Seconds(), "search-s")
				b.ReportMetric(memory, "MB")
				b.ReportMetric(100*float64(linkedtest.Count(p.Hidden))/float64(linkedtest.Nonzero(f)), "%hidden")
				b.ReportMetric(float64(len(p.Exposed)), "exposed")
				b.ReportMetric(float64(len(found.Breaches())+len(found.Shown)), "found")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// processor is the time that this process has used.
func processor(tb testing.TB) time.Duration {
	tb.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// forgetPeak has the system measure the most resident memory anew; where it
// cannot, what was measured before counts too.
func forgetPeak() {
	if f, err := os.OpenFile("/proc/self/clear_refs", os.O_WRONLY, 0); err == nil {
		f.WriteString("5")
		f.Close()
	}
}

// peak is the most resident memory in MB, 0 where the system does not tell.
func peak(tb testing.TB) float64 {
	tb.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range bytes.Lines(status) {
		if fields := bytes.Fields(line); len(fields) > 1 && string(fields[0]) == "VmHWM:" {
			kB, err := strconv.ParseFloat(string(fields[1]), 64)
			if err != nil {
				tb.Fatal(err)
			}
			return kB / 1000
		}
	}
	return 0
}
