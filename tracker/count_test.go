package tracker_test

import (
	"testing"

	"derisk/tracker"
)

func TestCount(t *testing.T) {
	for n, want := range map[int]string{0: "0 reviews", 1: "1 review", 2: "2 reviews", 21: "21 reviews", -1: "-1 reviews"} {
		if got := tracker.Count(n, "review", "reviews"); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}
