package bot

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"derisk/tracker"
)

// A firing that met subscriptions in every way there is.
func ledgered(s *store) {
	f := firing("cn-mofcom-2025-58")
	f.ID = "f58"
	s.fired = []tracker.Firing{f}
	at := f.At.Add(time.Minute)
	for i, d := range []tracker.Delivery{
		{State: tracker.Sent, Cause: tracker.CauseMatch, Post: "p1", Settled: at},
		{State: tracker.Merged, Cause: tracker.CauseMatch, Post: "p1", Settled: at},
		{State: tracker.NotSent, Cause: tracker.CauseFilter},
		{State: tracker.NotSent, Cause: tracker.CauseFilter},
		{State: tracker.NotSent, Cause: tracker.CausePaused},
		{State: tracker.Held, Cause: tracker.CauseQuiet, Due: at.Add(time.Hour)},
		{State: tracker.Failed, Cause: tracker.CauseAccess, Post: "p2", Settled: at},
		{State: tracker.NotSent, Cause: tracker.CauseDeleted},
	} {
		sub := tracker.Subscription{ID: fmt.Sprint("s", i+1), Owner: "local", Channel: TerminalChannel, Lang: "en", Zone: "UTC", Deliver: tracker.AtOnce, Made: f.At.Add(-time.Hour)}
		switch i {
		case 2:
			sub.Filter = "by:CN tag:gallium tag:germanium"
		case 4:
			sub.Paused = "on holiday"
		}
		d.Firing, d.Subscription = f.ID, sub.ID
		if i != 7 {
			s.subs = append(s.subs, sub)
		}
		s.ledger = append(s.ledger, Delivered{Delivery: d, Fired: f, For: sub})
	}
	late := tracker.Subscription{ID: "s9", Owner: "local", Channel: TerminalChannel, Made: f.At.Add(24 * time.Hour)}
	s.subs = append(s.subs, late, tracker.Subscription{ID: "s10", Owner: "local", Channel: "elsewhere"})
}

// prometheus/alertmanager#2783, Yelp/elastalert#256: why was it not posted?
func TestWhyItWasPostedOrNot(t *testing.T) {
	s := newStore(t)
	ledgered(s)
	for _, what := range []string{"f58", "suspension-ending", "cn-mofcom-2025-58"} {
		reply := s.must("en", "alert why "+what)
		said := textOf(reply)
		for sub, why := range map[string]string{
			"s1": "sent 3 November 2026, 09:01 UTC+8",
			"s2": "told by another post: alert post p1",
			"s3": "not sent: the filter does not match in tag:gallium tag:germanium\n",
			"s4": "not sent: the filter does not match as it was then; it was changed since",
			"s5": "not sent: paused (on holiday)",
			"s6": "held: quiet hours, goes out 3 November 2026, 10:01 UTC+8",
			"s7": "failed: no access to the channel",
			"s8": "not sent: unsubscribed (the subscription was ended since)",
			"s9": "it was not told: the subscription was made later, 4 November 2026, 09:00 UTC+8",
		} {
			if !strings.Contains(said, "\n"+sub+"  "+why) {
				t.Errorf("%s: no %s %q in\n%s", what, sub, why, said)
			}
		}
		if strings.Contains(said, "s10") {
			t.Errorf("tells of another channel:\n%s", said)
		}
	}
	contains(t, textOf(s.must("zh", "提醒 缘由 f58")), "s3  未发送：不符合筛选：tag:gallium tag:germanium", "s9  未告知：订阅建立于其后")
	if said := textOf(s.must("en", "alert why f58 id:s3")); strings.Contains(said, "s1 ") || !strings.Contains(said, "tag:gallium") {
		t.Errorf("of one subscription:\n%s", said)
	}
}

func TestWhyNothingFired(t *testing.T) {
	s := newStore(t)
	contains(t, textOf(s.must("en", "alert why suspension-ending")), "has fired nothing so far", "Its condition holds for 1 of 2 subjects now", "due next: 26 November 2026, 09:00 UTC+8")
	contains(t, textOf(s.must("en", "alert why broken")), "last good version runs on: broken.yaml:3:7: no such name")
	contains(t, textOf(s.must("en", "alert why cn-mofcom-2025-18")), "Nothing has fired about cn-mofcom-2025-18", "suspension-ending  does not hold")
	contains(t, textOf(s.must("zh", "alert why cn-mofcom-2025-18")), "尚无关于 cn-mofcom-2025-18 的触发")
}

func TestHistoryIsWhatWasPostedHere(t *testing.T) {
	s := newStore(t)
	ledgered(s)
	said := textOf(s.must("en", "alert history"))
	contains(t, said, "Posted here lately: 2 posts", "3 November 2026, 09:01 UTC+8 · sent · s1", "failed: no access to the channel · s7",
		"warning · suspension-ending: last day 10 November 2026, 7 days from now")
	if strings.Count(said, "suspension-ending") != 2 {
		t.Errorf("one post is told twice, or what was not posted is:\n%s", said)
	}
	contains(t, textOf(s.must("zh", "alert history s7")), "为 s7 近期发布：1条消息")
	contains(t, textOf(s.must("en", "alert history s10")), "0 posts", "Nothing yet")
}

func TestAMessageIsLinkedTo(t *testing.T) {
	for owner, want := range map[string]string{"guild:9": "https://discord.com/channels/9/11/12", "user:7": "https://discord.com/channels/@me/11/12"} {
		if got, ok := messageLink(Delivered{Message: "12", For: tracker.Subscription{Owner: owner, Channel: "11"}}); got != want || !ok {
			t.Errorf("%s: %q, %t", owner, got, ok)
		}
	}
	if got, ok := messageLink(Delivered{Message: "p1", For: tracker.Subscription{Owner: "local", Channel: TerminalChannel}}); ok {
		t.Errorf("of the terminal: %q", got)
	}
}
