package rules

import (
	"slices"
	"strings"
	"testing"
	"time"

	"derisk/tracker"
)

// edits puts one set after another into the place of the rules, with an hour
// in between at which each runs.
type edits struct {
	t    *testing.T
	book *book
	s    *tracker.Snapshot
	last *Set
	loop *Loop
}

func editing(t *testing.T, s *tracker.Snapshot) *edits {
	return &edits{t: t, book: newBook(), s: s}
}

// to runs what the files say once, over facts as they are, and waits until the next day.
func (e *edits) to(files map[string]string) *edits {
	e.t.Helper()
	e.last = setOf(e.t, files).Merge(e.last)
	if e.loop == nil {
		e.loop = NewLoop(e.last, e.book, fixed{e.s}, nil)
	}
	e.loop.Replace(e.last)
	e.run()
	return e
}

func (e *edits) run() {
	e.t.Helper()
	if _, err := e.loop.RunDue(e.t.Context()); err != nil {
		e.t.Fatal(err)
	}
	time.Sleep(24 * time.Hour)
}

// restart is a process that ends, and another that begins with what the ledger holds.
func (e *edits) restart() *edits {
	e.loop = nil
	e.last = Remember(e.book.running())
	return e
}

// told checks what rules fired since it was last asked.
func (e *edits) told(want ...string) {
	e.t.Helper()
	e.check(want, func(line string) bool { return !strings.Contains(line, tracker.OwnRules) })
}

// warned checks what derisk told of its rules since it was last asked.
func (e *edits) warned(want ...string) {
	e.t.Helper()
	for i := range want {
		day, rest, _ := strings.Cut(want[i], " ")
		want[i] = day + "T00 " + troubleRule + " " + rest
	}
	e.check(want, func(line string) bool { return strings.Contains(line, tracker.OwnRules) })
}

func (e *edits) check(want []string, mine func(string) bool) {
	e.t.Helper()
	e.book.mu.Lock()
	defer e.book.mu.Unlock()
	var got, rest []string
	for _, line := range e.book.told {
		if mine(line) {
			got = append(got, line)
		} else {
			rest = append(rest, line)
		}
	}
	if !slices.Equal(got, want) {
		e.t.Errorf("told\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
	e.book.told = rest
}

const wideRule = "when: measure.status in [\"suspended\", \"in-force\"]\nresolve: true"

// A rule that is edited, moved or stopped in between keeps what is active:
// grafana/grafana#66531 and #93200 (an edited rule lost its state and told
// again), prometheus/prometheus#15175 (a restart did).
func TestEditingAndRestartingKeepsWhatIsActive(t *testing.T) {
	inBubble(t, func(t *testing.T, s *tracker.Snapshot) { // a is suspended until 3 January, b from 5 January
		e := editing(t, s).to(map[string]string{"r.yaml": ruleWith(suspendedRule)})
		e.told("12-31T09 r firing a")
		e.to(map[string]string{"r.yaml": ruleWith(suspendedRule + "\nseverity: critical")})
		e.restart().to(map[string]string{"r.yaml": ruleWith(suspendedRule + "\nseverity: critical")})
		e.told() // told already, by another text and before the restart
		e.to(map[string]string{"r.yaml": ruleWith(wideRule)})
		e.told("01-03T09 r firing b") // only the new edge of another condition
		e.restart().to(map[string]string{"new.yaml": ruleWith(wideRule + "\nwas: r")})
		e.told()
		e.to(map[string]string{"new.yaml": "about: [", "r2.yaml": ruleWith("when: 1 == 2")})
		e.restart().to(map[string]string{"new.yaml": "about: [", "r2.yaml": ruleWith("when: 1 == 2")})
		e.told() // the last good version runs on, also after the restart
		time.Sleep(20 * 24 * time.Hour)
		e.to(map[string]string{"r2.yaml": ruleWith("when: 1 == 2")})
		e.told() // removed: it ends without a word
		e.to(map[string]string{"new.yaml": ruleWith(wideRule)})
		e.told("01-28T09 new firing a", "01-28T09 new firing b") // and begins anew
	})
}

// The last good version goes on in every way, so it also fires.
func TestBrokenRuleFiresOnAfterARestart(t *testing.T) {
	inBubble(t, func(t *testing.T, s *tracker.Snapshot) {
		e := editing(t, s).to(map[string]string{"r.yaml": ruleWith(suspendedRule)})
		e.told("12-31T09 r firing a")
		for range 5 {
			e.restart().to(map[string]string{"r.yaml": "about: ["})
		}
		e.told("01-04T09 r resolved a", "01-05T09 r firing b")
		if got := e.last.Stale; !slices.Equal(got, []string{"r"}) {
			t.Errorf("stale are %q", got)
		}
	})
}

// A rule that is renamed and broken in one edit waits with its state until it is mended.
func TestRenamedAndBrokenAtOnceKeepsItsState(t *testing.T) {
	inBubble(t, func(t *testing.T, s *tracker.Snapshot) {
		e := editing(t, s).to(map[string]string{"r.yaml": ruleWith(suspendedRule)})
		e.told("12-31T09 r firing a")
		e.to(map[string]string{"new.yaml": ruleWith("was: r\nwhen: measure.statu == 1")})
		e.to(map[string]string{"new.yaml": ruleWith("was: r\n" + suspendedRule)})
		e.told()
	})
}

// argoproj/argo-cd#13550: a key that could only be true or false silenced an
// alert for ever after its second time. A rule without a key is told at each edge.
func TestEdgesAreToldEachTime(t *testing.T) {
	twice := paused("a", 0, 0)
	twice.Events = twice.Events[:2]
	for i, on := range []string{"2000-01-02", "2000-01-04", "2000-01-06", "2000-01-08"} {
		what := tracker.Suspended
		if i%2 == 1 {
			what = tracker.Resumed
		}
		d := tracker.MustDate(on)
		twice.Events = append(twice.Events, tracker.Event{ID: "a." + on, What: what, On: d, Published: d, Evidence: tracker.Official})
	}
	for i := range 2 {
		twice.Events[i].On, twice.Events[i].Published = tracker.MustDate("1999-01-01"), tracker.MustDate("1999-01-01")
	}
	s := snapshot(t, tracker.Facts{Measures: []*tracker.Measure{twice}})
	inBubble(t, func(t *testing.T, _ *tracker.Snapshot) {
		e := editing(t, s)
		for range 9 {
			e.to(map[string]string{"r.yaml": ruleWith("when: measure.status == \"suspended\"")})
		}
		e.told("01-02T09 r firing a", "01-06T09 r firing a")
	})
}

// argoproj/notifications-engine#71: a once key was evaluated though the
// condition was false, and failed on what was not there.
func TestOnceIsEvaluatedOnlyWhereTheConditionHolds(t *testing.T) {
	inBubble(t, func(t *testing.T, s *tracker.Snapshot) {
		r := mustParse(t, "when: measure.status == \"suspended\"\nonce: [measure.id, measure.until]")
		r.once[1].program = nil // evaluating it fails
		set := &Set{Rules: []*Rule{r}, names: []string{r.Name}}
		none := snapshot(t, tracker.Facts{Measures: []*tracker.Measure{pausedIn2000("a", "2001-01-01", "2001-01-02")}})
		b := newBook()
		if _, err := NewLoop(set, b, fixed{none}, nil).RunDue(t.Context()); err != nil || len(b.failed) > 0 {
			t.Errorf("%v, failed: %v", err, b.failed)
		}
		b = newBook()
		if _, err := NewLoop(set, b, fixed{s}, nil).RunDue(t.Context()); err != nil || len(b.failed) != 1 {
			t.Errorf("%v: where the condition holds it is evaluated, yet failed: %v", err, b.failed)
		}
	})
}
