package bot

import (
	"strings"
	"testing"

	"derisk/tracker"
)

func TestEditSaysWhatChangedFromWhatToWhat(t *testing.T) {
	s := newStore(t)
	s.must("en", "alert subscribe by:CN quiet:22:00-07:00 zone:Europe/Berlin ping:7")
	before := s.subs[0]
	for _, c := range []struct {
		line, en, zh string
		want         func(*tracker.Subscription)
	}{
		{"alert edit s1 tag:graphite", "by:CN → tag:graphite", "", func(s *tracker.Subscription) { s.Filter = "tag:graphite" }},
		{"alert edit s1 at:7:30", "at once → daily digest, 07:30", "立即 → 每日摘要（07:30）", func(s *tracker.Subscription) { s.Deliver, s.At = tracker.Daily, "07:30" }},
		{`alert edit s1 at:"Fri 16:00"`, "daily digest, 07:30 → weekly digest, Friday 16:00", "", func(s *tracker.Subscription) { s.Deliver, s.At = tracker.Weekly, "fri 16:00" }},
		{"alert edit s1 at:周六@8:00", "weekly digest, Friday 16:00 → weekly digest, Saturday 08:00", "→ 每周摘要（周六08:00）", func(s *tracker.Subscription) { s.At = "sat 08:00" }},
		{"alert edit s1 at:08:30", "Saturday 08:00 → weekly digest, Monday 08:30", "", func(s *tracker.Subscription) { s.At = "08:30" }},
		{`alert edit s1 at:fri@16:00`, "weekly digest, Friday 16:00", "", func(s *tracker.Subscription) { s.At = "fri 16:00" }},
		{"alert edit s1 deliver:daily", "→ daily digest, 16:00", "", func(s *tracker.Subscription) { s.Deliver, s.At = tracker.Daily, "16:00" }},
		{"alert edit s1 without:at", "daily digest, 16:00 → daily digest, 09:00", "", func(s *tracker.Subscription) { s.At = "" }},
		{"alert edit s1 at:10:00 deliver:weekly", "→ weekly digest, Monday 10:00", "", func(s *tracker.Subscription) { s.Deliver, s.At = tracker.Weekly, "10:00" }},
		{"alert edit s1 deliver:hourly", "→ hourly digest", "", func(s *tracker.Subscription) { s.Deliver, s.At = tracker.Hourly, "" }},
		{"alert edit s1 deliver:at-once without:quiet", "22:00-07:00 → none", "22:00-07:00 → 无", func(s *tracker.Subscription) { s.Deliver, s.Quiet = tracker.AtOnce, "" }},
		{"alert edit s1 without:ping lang:zh zone:Asia/Shanghai", "Europe/Berlin → Asia/Shanghai", "en → zh", func(s *tracker.Subscription) { s.Ping, s.Lang, s.Zone = "", "zh", "Asia/Shanghai" }},
		{"alert edit s1 without:filter", "tag:graphite → everything", "tag:graphite → 全部", func(s *tracker.Subscription) { s.Filter = "" }},
	} {
		c.want(&before)
		was := s.subs[0]
		en := textOf(s.must("en", c.line))
		s.subs[0] = was
		zh := textOf(s.must("zh", c.line))
		if contains(t, en, c.en); !strings.Contains(zh, c.zh) {
			t.Errorf("%s: %q is not in\n%s", c.line, c.zh, zh)
		}
		if s.subs[0] != before {
			t.Errorf("%s:\n  is %+v\nwant %+v", c.line, s.subs[0], before)
		}
	}
}

func TestAnEditOfTheLanguageMovesNothing(t *testing.T) {
	s := newStore(t)
	s.must("en", "alert subscribe by:CN deliver:daily")
	if said := textOf(s.must("en", "alert edit s1 lang:zh")); strings.Contains(said, "waits") {
		t.Errorf("the language planned anew:\n%s", said)
	}
	contains(t, textOf(s.must("en", "alert edit s1 at:10:00")), "What waits for it")
}

// synzen/MonitoRSS-Web#8, integrations/slack#774 and #998: a subscription is
// paused without deleting it, and none vanishes from the list without a word.
func TestAPausedSubscriptionStaysInTheList(t *testing.T) {
	s := newStore(t)
	s.must("en", "alert subscribe tag:graphite at:07:30 zone:Asia/Shanghai")
	s.must("en", "alert subscribe by:US")
	s.must("en", "alert pause s1 on holiday")
	s.subs[1].Paused = string(tracker.CauseAccess) // as where Discord refuses the channel
	contains(t, textOf(s.must("en", "alert list")), "2 subscriptions", "tag:graphite", "daily digest, 07:30", "on holiday: alert resume s1", "no access to the channel: alert resume s2")
	contains(t, textOf(s.must("zh", "alert list")), "无权访问频道：alert resume s2")
	s.must("en", "alert resume s1")
	if said := textOf(s.must("en", "alert list")); strings.Contains(said, "holiday") || !strings.Contains(said, "Next digest  26 November 2026, 07:30 UTC+8") {
		t.Errorf("after it was resumed:\n%s", said)
	}
}

// metabase/metabase#19496: a channel is kept by its id, whatever it is called.
func TestAChannelIsKeptByItsID(t *testing.T) {
	s := newStore(t)
	r := asked("en")
	r.Owner, r.Channel, r.Command, r.Args = "guild:1", "11", "alert subscribe", map[string]string{"channel": "12"}
	if _, err := Run(t.Context(), s.env(), r); err != nil || s.subs[0].Channel != "12" {
		t.Errorf("%v, kept %+v", err, s.subs)
	}
}
