package db

import (
	"errors"
	"testing"
	"time"

	"derisk/tracker"
)

// edited changes s1, which must be possible.
func edited(t *testing.T, d *DB, at time.Time, change func(*tracker.Subscription)) (was, now tracker.Subscription) {
	t.Helper()
	was, now, err := d.EditSubscription(t.Context(), "guild:1", "s1", "user:2", at, func(s *tracker.Subscription) error {
		change(s)
		return s.Check()
	})
	must(t, err)
	return was, now
}

func TestAnEditPlansWhatIsToComeAnew(t *testing.T) {
	daily := func(s *tracker.Subscription) { s.Deliver = tracker.Daily }
	for _, c := range []struct {
		name   string
		was    func(*tracker.Subscription)
		change func(*tracker.Subscription)
		states []string
		next   time.Time // when what is held goes out; zero: it went out at once, or never
	}{
		{"a digest at another hour", daily, func(s *tracker.Subscription) { s.At = "18:30" }, []string{"m0 s1 held digest"}, noon.Add(6*time.Hour + 30*time.Minute)},
		{"a digest on another day", daily, func(s *tracker.Subscription) { s.Deliver, s.At = tracker.Weekly, "tue 08:00" }, []string{"m0 s1 held digest"}, noon.Add(44 * time.Hour)},
		{"a digest in another zone", daily, func(s *tracker.Subscription) { s.Zone = "America/New_York" }, []string{"m0 s1 held digest"}, noon.Add(2 * time.Hour)},
		{"a digest that is one no more", daily, func(s *tracker.Subscription) { s.Deliver = tracker.AtOnce }, []string{"m0 s1 sent match"}, time.Time{}},
		{"longer quiet hours", func(s *tracker.Subscription) { s.Quiet = "11:00-13:00" }, func(s *tracker.Subscription) { s.Quiet = "11:00-14:00" }, []string{"m0 s1 held quiet-hours"}, noon.Add(2 * time.Hour)},
		{"no quiet hours any more", func(s *tracker.Subscription) { s.Quiet = "11:00-13:00" }, func(s *tracker.Subscription) { s.Quiet = "" }, []string{"m0 s1 sent match"}, time.Time{}},
		{"a filter that does not want it", daily, func(s *tracker.Subscription) { s.Filter = "rule:another" }, []string{"m0 s1 not-sent filter"}, time.Time{}},
		{"a filter that wants it as well", daily, func(s *tracker.Subscription) { s.Filter = "rule:r" }, []string{"m0 s1 held digest"}, noon.Add(21 * time.Hour)},
		{"another role to mention", daily, func(s *tracker.Subscription) { s.Ping = "7" }, []string{"m0 s1 held digest"}, noon.Add(21 * time.Hour)},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := fresh(t)
			s := everything("c")
			c.was(&s)
			subscribed(t, d, s)
			must(t, d.Commit(t.Context(), outcome("r", noon, 1), noon))
			edited(t, d, noon.Add(time.Minute), c.change)
			settle(t, d, noon.Add(time.Minute))
			same(t, "at once", states(t, d), c.states)
			if c.next.IsZero() {
				return
			}
			if next, err := d.NextDue(t.Context()); err != nil || !next.Equal(c.next) {
				t.Errorf("next due %s, %v, want %s", next, err, c.next)
			}
			same(t, "a second before", told(settle(t, d, c.next.Add(-time.Second))), nil)
			same(t, "then", told(settle(t, d, c.next)), []string{"c en m0"})
			same(t, "and never again", states(t, d)[:1], []string{"m0 s1 sent " + c.states[0][len("m0 s1 held "):]})
		})
	}
}

func TestAnEditLeavesWhatIsDueAndWhatIsInAPost(t *testing.T) {
	d := fresh(t)
	subscribed(t, d, everything("c"))
	must(t, d.Commit(t.Context(), outcome("r", noon, 1), noon))
	must(t, d.Gather(t.Context(), noon)) // m0 is in a post that was not sent yet
	later := noon.Add(time.Minute)
	o := outcome("q", later, 1)
	o.Firings[0].Subject = "late"
	must(t, d.Commit(t.Context(), o, later)) // is due and in none
	edited(t, d, later.Add(time.Second), func(s *tracker.Subscription) { s.Deliver, s.Filter = tracker.Weekly, "rule:q" })
	same(t, "posts", told(settle(t, d, later.Add(time.Second))), []string{"c en m0", "c en late"})
}

func TestAnEditKeepsTheRest(t *testing.T) {
	d := fresh(t)
	before := subscribed(t, d, everything("c"), everything("c"))[0]
	was, now := edited(t, d, noon.Add(time.Hour), func(s *tracker.Subscription) {
		s.Filter, s.Lang, s.Deliver, s.At, s.Quiet, s.Ping = "tag:graphite", "zh", tracker.Daily, "07:30", "22:00-07:00", "7"
	})
	if was != before || now.ID != "s1" || !now.Made.Equal(before.Made) || now.By != before.By {
		t.Errorf("was %+v, is %+v", was, now)
	}
	all, err := d.Subscriptions(t.Context(), "guild:1")
	if must(t, err); len(all) != 2 || all[0] != now || all[1].Filter != "" {
		t.Errorf("stored %+v", all)
	}
	log, err := d.Audit(t.Context(), tracker.AuditQuery{Owner: "*", Limit: 1})
	if must(t, err); log[0].Did != "edit subscription" || log[0].By != "user:2" || log[0].Subject != "s1" || log[0].Detail != "filter: none → tag:graphite, lang: en → zh, deliver: at-once → daily, at: none → 07:30, quiet: none → 22:00-07:00, ping: none → 7" {
		t.Errorf("audit %+v", log)
	}
	if next, err := d.NextDue(t.Context()); err != nil || !next.Equal(time.Date(2026, 3, 2, 7, 30, 0, 0, time.UTC)) {
		t.Errorf("next due %s, %v", next, err)
	}
	refuse := func(s *tracker.Subscription) error { s.Filter = "by:CN"; return errors.ErrUnsupported }
	if _, _, err := d.EditSubscription(t.Context(), "guild:1", "s1", "x", noon, refuse); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("a refused change: %v", err)
	}
	if _, _, err := d.EditSubscription(t.Context(), "guild:2", "s1", "x", noon, func(*tracker.Subscription) error { return nil }); !errors.Is(err, tracker.ErrNotFound) {
		t.Errorf("of another guild: %v", err)
	}
	if again, _ := d.Subscriptions(t.Context(), "guild:1"); again[0] != now {
		t.Errorf("after refusals %+v", again[0])
	}
}
