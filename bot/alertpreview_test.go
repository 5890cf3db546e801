package bot

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"derisk/tracker"
)

// then is a firing at an instant of the past, of a severity and with a tag.
func then(at string, n int, severity tracker.Severity, tag string) tracker.Foretold {
	f := firing(fmt.Sprint("m", n))
	f.At, _ = time.Parse(time.RFC3339, at)
	f.Severity, f.Tags, f.Message = severity, []string{tag}, text(fmt.Sprintf("%s %d", tag, n), fmt.Sprintf("%s %d", tag, n))
	return tracker.Foretold{Firing: f}
}

func TestPreviewCountsThingsAndPosts(t *testing.T) {
	s := newStore(t)
	old := then("2026-08-01T09:00:00+08:00", 0, tracker.Info, "gallium") // began before the 90 days
	over := then("2026-11-12T09:00:00+08:00", 1, tracker.Info, "gallium")
	over.Kind = tracker.Resolved
	s.past = []tracker.Foretold{old,
		then("2026-11-11T09:00:00+08:00", 1, tracker.Info, "gallium"), then("2026-11-11T09:00:00+08:00", 2, tracker.Info, "gallium"),
		then("2026-11-11T23:30:00+08:00", 3, tracker.Warning, "graphite"), over,
		then("2026-11-20T09:00:00+08:00", 4, tracker.Critical, "graphite"),
	}
	for line, want := range map[string]string{
		"":                                    "4 things in 3 posts, 0.3 a week; busiest week 3, busiest day 11 November 2026 with 3",
		"tag:gallium":                         "2 things in 1 post, 0.2 a week; busiest week 2, busiest day 11 November 2026 with 2",
		"severity:critical":                   "1 thing in 1 post, 0.1 a week; busiest week 1, busiest day 20 November 2026 with 1",
		"quiet:22:00-07:00":                   "4 things in 3 posts, 0.3 a week; busiest week 3, busiest day 11 November 2026 with 2",
		"deliver:daily zone:America/New_York": "4 things in 90 posts, 0.3 a week; busiest week 3, busiest day 11 November 2026 with 2",
		`at:"fri 16:00"`:                      "4 things in 13 posts, 0.3 a week; busiest week 3, busiest day 13 November 2026 with 3",
		"by:US":                               "0 things in 0 posts\n",
	} {
		said := textOf(s.must("en", "alert preview "+line))
		if !strings.Contains(said, "Last 90 days  "+want) {
			t.Errorf("%s: no %q in\n%s", line, want, said)
		}
		if strings.Contains(said, "gallium 0") || strings.Contains(said, "too much") {
			t.Errorf("%s:\n%s", line, said)
		}
	}
	contains(t, textOf(s.must("en", "alert preview tag:graphite quiet:22:00-07:00")), "2026-11-12 07:00  suspension-ending  warning   graphite 3")
	contains(t, textOf(s.must("zh", "alert preview tag:graphite")), "预览 · tag:graphite", "过去90天  2条，共2条消息")
	s.must("en", "alert subscribe tag:graphite at:07:30")
	s.must("en", "alert pause s1")
	contains(t, textOf(s.must("en", "alert preview id:s1")), "Preview · tag:graphite", "daily digest, 07:30", "2 things in 9")
}

// freelawproject/courtlistener#1227, #3066: alerts that flood whoever made them.
func TestPreviewWarnsOfTooMuchAndOffersLess(t *testing.T) {
	s := newStore(t)
	for n := range 21 {
		tag, severity := "gallium", tracker.Info
		if n < 6 {
			tag, severity = "graphite", tracker.Warning
		}
		s.past = append(s.past, then(fmt.Sprintf("2026-11-%02dT09:00:00+08:00", 9+n%7), n, severity, tag))
	}
	reply := s.must("en", "alert preview deliver:at-once")
	contains(t, textOf(reply), "That is too much to be read: 21 in the week of 9 November 2026.", "- severity:warning severity:critical: 6 things, at most 6 a week",
		"- tag:gallium: 15 things, at most 15 a week", "- tag:graphite: 6 things", "deliver:daily: the same in 9")
	if reply.Tone != Warning || len(reply.Offers) != 3 || reply.Offers[0].Args["filter"] != "severity:warning severity:critical" || reply.Offers[0].Args["deliver"] != "at-once" {
		t.Errorf("%s, offers %+v", reply.Tone, reply.Offers)
	}
	contains(t, textOf(s.must("zh", "alert preview")), "数量过多，难以阅读：2026年11月9日当周有21条。")
	contains(t, textOf(s.must("en", "alert subscribe")), "That is too much to be read: 21 in the week of 9 November 2026. alert preview id:s1 offers narrower filters.")
	if len(s.subs) != 1 {
		t.Errorf("a preview subscribed: %+v", s.subs)
	}
	s.past = s.past[1:]
	if said := textOf(s.must("en", "alert preview")); strings.Contains(said, "too much") {
		t.Errorf("20 in a week are too much:\n%s", said)
	}
}
