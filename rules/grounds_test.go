package rules

import (
	"fmt"
	"strings"
	"testing"

	"derisk/tracker"
)

// A firing names the file that it was decided with and the facts that it rests
// on: those of its measure and of what that stands under, known at the tick.
func TestFiringNamesWhatItRestsOn(t *testing.T) {
	whole, part := paused("whole", 1, 20), paused("part", 1, 20)
	part.Under = "whole"
	later := part.Events[2]
	later.ID, later.What, later.Published = "part.later", tracker.Reported, tracker.MustDate("2027-01-01")
	part.Events = append(part.Events, later)
	many := paused("many", 1, 20)
	for i := range 2 * tracker.MaxFacts {
		e := many.Events[0]
		e.ID, e.What = fmt.Sprintf("many.%d", i), tracker.Reported
		many.Events = append(many.Events, e)
	}
	s := snapshot(t, tracker.Facts{Measures: []*tracker.Measure{whole, part, many}})
	r := mustParse(t, suspendedRule)
	r.revision = "abc+changes"
	out, err := Evaluate(r, s, tick(5), tracker.RuleState{})
	if err != nil || len(out.Firings) != 3 {
		t.Fatal(out, err)
	}
	got := map[string]tracker.Firing{}
	for _, f := range out.Firings {
		got[f.Subject] = f
		if f.Digest != r.digest || f.Digest == "" || f.Revision != "abc+changes" {
			t.Errorf("%s was decided with %q of %q", f.Subject, f.Digest, f.Revision)
		}
	}
	if facts := strings.Join(got["part"].Facts, " "); facts != "whole.announced whole.effective whole.suspended part.announced part.effective part.suspended" {
		t.Errorf("the part rests on %s", facts)
	}
	if n := len(got["many"].Facts); n != tracker.MaxFacts || got["many"].Facts[n-1] != fmt.Sprintf("many.%d", 2*tracker.MaxFacts-1) {
		t.Errorf("%d facts, the last %s", n, got["many"].Facts[n-1])
	}
}
