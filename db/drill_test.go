package db

import (
	"errors"
	"testing"
	"time"

	"derisk/tracker"
)

// prometheus/alertmanager#2213: a test firing that goes the whole way.
func TestADrillGoesTheWholeWayToOneSubscription(t *testing.T) {
	d := fresh(t)
	one, held, paused := everything("c"), everything("c"), everything("c")
	one.Filter, one.Ping = "tag:gallium", "7"
	held.Quiet, paused.Paused = "11:00-13:00", "holiday"
	subscribed(t, d, one, held, paused, everything("c"))
	drill := func(id string, severity tracker.Severity, now bool, at time.Time) tracker.Delivery {
		t.Helper()
		p, err := d.Drill(t.Context(), "guild:1", id, severity, now, "user:1", at)
		must(t, err)
		return p
	}
	if p := drill("s1", tracker.Critical, false, noon); p.State != tracker.Waiting {
		t.Errorf("s1 %+v", p)
	}
	same(t, "only s1", states(t, d), []string{"s1 s1 waiting match"})
	if posts := settle(t, d, noon); len(posts) != 1 || posts[0].Ping != "7" || posts[0].Firings[0].Rule != tracker.DrillRule {
		t.Errorf("posts %+v", posts)
	}
	if p := drill("s2", tracker.Info, false, noon); p.State != tracker.Held || !p.Due.Equal(noon.Add(time.Hour)) {
		t.Errorf("in quiet hours %+v", p)
	}
	edited(t, d, noon, func(s *tracker.Subscription) { s.Filter = "by:US" }) // of s1: no matter
	drill("s2", tracker.Info, true, noon.Add(time.Second))
	if p := drill("s3", tracker.Info, true, noon.Add(2*time.Second)); p.Cause != tracker.CausePaused {
		t.Errorf("paused %+v", p)
	}
	same(t, "posts at once", told(settle(t, d, noon.Add(2*time.Second))), []string{"c en s2"})
	same(t, "posts after quiet hours", told(settle(t, d, noon.Add(time.Hour))), []string{"c en s2"})
	if state, err := d.RuleState(t.Context(), tracker.DrillRule); err != nil || len(state.Fired)+len(state.Active) > 0 || !state.Tick.IsZero() {
		t.Errorf("a rule remembers it: %+v, %v", state, err)
	}
	if _, err := d.Drill(t.Context(), "guild:2", "s1", tracker.Info, true, "x", noon); !errors.Is(err, tracker.ErrNotFound) {
		t.Errorf("of another guild: %v", err)
	}
}

func TestAnEditKeepsADrillThatIsHeld(t *testing.T) {
	d := fresh(t)
	s := everything("c")
	s.Deliver = tracker.Daily
	subscribed(t, d, s)
	_, err := d.Drill(t.Context(), "guild:1", "s1", tracker.Info, false, "user:1", noon)
	must(t, err)
	edited(t, d, noon, func(s *tracker.Subscription) { s.Filter, s.At = "tag:gallium", "18:00" })
	same(t, "after the edit", states(t, d), []string{"s1 s1 held digest"})
}
