package rules

import (
	"bufio"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// TestExprCorpus checks every line of expr's own corpus of expressions,
// testdata/generated.txt in its repository: each is admitted within its bound or
// refused at a place inside it, and none takes long. The path comes from the
// environment.
func TestExprCorpus(t *testing.T) {
	path := os.Getenv("DERISK_EXPR_CORPUS")
	if path == "" {
		t.Skip("DERISK_EXPR_CORPUS does not name expr's testdata/generated.txt")
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	counts, why := map[string]int{}, map[string]int{}
	slowest := time.Duration(0)
	for lines := bufio.NewScanner(f); lines.Scan(); {
		source, start := lines.Text(), time.Now()
		x, faults := compile(source, EachMeasure, plainly)
		slowest = max(slowest, time.Since(start))
		switch {
		case x != nil && len(faults) == 0 && x.cost <= maxCost:
			counts["admitted"]++
		case x == nil && len(faults) > 0:
			counts["refused"]++
			message, _, _ := strings.Cut(faults[0].message, "\"")
			why[message]++
		default:
			t.Errorf("%s: %v with %d faults", source, x, len(faults))
		}
		for _, fault := range faults {
			if fault.from < 0 || fault.to < fault.from || fault.from > utf8.RuneCountInString(source) {
				t.Errorf("%s: %+v lies outside", source, fault)
			}
		}
	}
	if slowest > 5*time.Second {
		t.Errorf("one line took %v", slowest)
	}
	t.Logf("%d lines admitted, %d refused; the slowest took %v", counts["admitted"], counts["refused"], slowest)
	common := slices.SortedFunc(maps.Keys(why), func(a, b string) int { return why[b] - why[a] })
	for _, message := range common[:min(12, len(common))] {
		t.Logf("%6d %s", why[message], message)
	}
}
