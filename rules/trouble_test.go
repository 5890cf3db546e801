package rules

import (
	"errors"
	"testing"
	"time"

	"derisk/tracker"
)

const broken = "about: ["

// prometheus/prometheus#2242 and #1866: a reload failed, the old rules ran on,
// and nobody was told. Here it is told once, over restarts and other faults of
// the same file too, and again when it is mended.
func TestBrokenRuleIsToldOnceAndWhenItIsMended(t *testing.T) {
	inBubble(t, func(t *testing.T, s *tracker.Snapshot) {
		quiet := ruleWith("when: 1 == 2")
		e := editing(t, s).to(map[string]string{"r.yaml": quiet})
		e.warned()
		e.to(map[string]string{"r.yaml": broken})
		e.warned("01-02 firing r")
		e.to(map[string]string{"r.yaml": quiet + "\nwhn: 1"})
		e.restart().to(map[string]string{"r.yaml": broken})
		e.run()
		e.warned()
		e.to(map[string]string{"r.yaml": quiet, "new.yaml": broken})
		e.warned("01-06 firing new", "01-06 resolved r")
		e.restart().to(map[string]string{"r.yaml": quiet}) // removed while nothing ran
		e.warned("01-07 resolved new")
		e.to(map[string]string{"r.yaml": broken})
		e.warned("01-08 firing r") // a new time is told anew
	})
}

func TestUnreadableFolderIsTold(t *testing.T) {
	inBubble(t, func(t *testing.T, s *tracker.Snapshot) {
		e := editing(t, s).to(map[string]string{"r.yaml": ruleWith(suspendedRule), "b.yaml": broken})
		e.told("12-31T09 r firing a")
		e.warned("01-01 firing b")
		good := e.last
		for range 4 {
			e.last = good.Unreadable(errors.New("open the folder rules.d: permission denied"))
			e.loop.Replace(e.last)
			e.run()
		}
		e.told("01-04T09 r resolved a") // the rules run on
		e.warned("01-02 firing rules.d")
		e.to(map[string]string{"r.yaml": ruleWith(suspendedRule), "b.yaml": broken})
		e.warned("01-06 resolved rules.d")
	})
}

// A rule that failed at a tick is told once, over a restart too, and told to run
// again once the ticks that it missed went well.
func TestFailingRuleIsToldOnce(t *testing.T) {
	inBubble(t, func(t *testing.T, s *tracker.Snapshot) {
		good := map[string]string{"r.yaml": ruleWith(suspendedRule)}
		e := editing(t, s).to(good)
		e.told("12-31T09 r firing a")
		failing := setOf(t, good)
		failing.Rules[0].when = &expression{source: "broken"}
		for range 2 {
			e.loop = NewLoop(failing, e.book, fixed{e.s}, nil)
			e.run()
		}
		e.warned("01-02 firing r")
		e.restart().to(good)
		e.warned("01-04 resolved r")
	})
}

// Two processes on one ledger tell once. One whose folder is behind does not
// take back what the other told.
func TestTroubleIsToldOnceByTwoProcesses(t *testing.T) {
	inBubble(t, func(t *testing.T, s *tracker.Snapshot) {
		quiet := map[string]string{"r.yaml": ruleWith("when: 1 == 2")}
		e := editing(t, s).to(quiet)
		behind := NewLoop(setOf(t, quiet), e.book, fixed{s}, nil)
		also := NewLoop(setOf(t, quiet), e.book, fixed{s}, nil)
		both := func() {
			t.Helper()
			for _, l := range []*Loop{behind, also} {
				if _, err := l.RunDue(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			time.Sleep(time.Minute)
		}
		both()
		e.to(map[string]string{"r.yaml": broken})
		also.Replace(setOf(t, map[string]string{"r.yaml": broken}))
		both()
		both()
		e.warned("01-02 firing r")
		e.to(quiet)
		also.Replace(setOf(t, quiet))
		both()
		e.warned("01-03 resolved r")
	})
}

func TestNamesOfDeriskAreItsOwn(t *testing.T) {
	if r, faults := Parse("derisk.rules-broken.yaml", []byte(ruleWith(suspendedRule))); r != nil || len(faults) != 1 {
		t.Errorf("taken: %v, %v", r, faults)
	}
}
