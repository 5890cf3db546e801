package db

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"derisk/tracker"
)

// leads lists what digests say: "c 2: 41 measures watched".
func leads(posts []tracker.Post) (all []string) {
	for _, p := range posts {
		all = append(all, fmt.Sprintf("%s %d: %s", p.Channel, len(p.Firings), p.Lead.EN))
	}
	return all
}

func TestADigestSaysAlsoWhatDidNotHappen(t *testing.T) {
	d, _ := starter(t)
	daily, weekly, paused, graphite := everything("c"), everything("d"), everything("e"), everything("c")
	daily.Deliver, weekly.Deliver, paused.Deliver, graphite.Deliver = tracker.Daily, tracker.Weekly, tracker.Daily, tracker.Daily
	daily.Filter, graphite.Filter, graphite.Lang = "by:US kind:tariff", "tag:graphite", "zh"
	paused.Paused = "on holiday"
	subscribed(t, d, daily, weekly, paused, graphite, everything("f"))
	same(t, "at noon on Sunday", leads(settle(t, d, noon)), nil)
	monday := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	sent := settle(t, d, monday)
	if len(sent) != 3 {
		t.Fatalf("on Monday %q", leads(sent))
	}
	for i, want := range []string{"c 0: ", "d 0: ", "c 0: "} {
		if got := leads(sent)[i]; !strings.HasPrefix(got, want) || !strings.Contains(got, " watched; last recorded 1 March 2026; next due ") {
			t.Errorf("on Monday %q", got)
		}
	}
	must(t, d.Commit(t.Context(), outcome("r", monday, 2), monday))
	must(t, d.Commit(t.Context(), outcome("r", monday.Add(time.Hour), 1), monday.Add(time.Hour)))
	same(t, "before the next", leads(settle(t, d, monday.Add(23*time.Hour))), []string{"f 3: "})
	if next, err := d.NextDue(t.Context()); err != nil || !next.Equal(monday.AddDate(0, 0, 1)) {
		t.Errorf("next due %s, %v", next, err)
	}
	if got := leads(settle(t, d, monday.AddDate(0, 0, 5))); len(got) != 2 { // days were missed: one digest each
		t.Errorf("on Saturday %q", got)
	}
}

func TestADigestWithFiringsSaysItToo(t *testing.T) {
	d, _ := starter(t)
	s := everything("c")
	s.Deliver, s.Quiet = tracker.Daily, "08:00-10:00"
	subscribed(t, d, s)
	must(t, d.Commit(t.Context(), outcome("r", noon, 2), noon))
	at := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	same(t, "in quiet hours", leads(settle(t, d, at.Add(-time.Minute))), nil)
	sent := settle(t, d, at)
	if len(sent) != 1 || len(sent[0].Firings) != 2 || !strings.Contains(sent[0].Lead.EN, "watched") {
		t.Errorf("%q", leads(sent))
	}
}

func TestABurstBecomesDigestsThatSaySo(t *testing.T) {
	d := fresh(t)
	subscribed(t, d, everything("c"), everything("d"))
	must(t, d.PauseSubscription(t.Context(), "guild:1", "s2", "for now", "user:1", noon))
	for i := range 650 {
		if i == 640 {
			must(t, d.ResumeSubscription(t.Context(), "guild:1", "s2", "user:1", noon))
		}
		must(t, d.Commit(t.Context(), outcome(fmt.Sprint("rule ", i), noon, 1), noon))
	}
	sent := map[string]int{}
	for _, p := range settle(t, d, noon) {
		sent[fmt.Sprintf("%s digest %v: %s", p.Channel, p.Digest, p.Lead.EN)] += len(p.Firings)
	}
	if sent["c digest true: "+burstWords.EN] != 650 || sent["d digest false: "] != 10 || len(sent) != 2 {
		t.Errorf("%v", sent)
	}
}
