package db

import (
	"fmt"
	"testing"
	"time"

	"derisk/tracker"
)

// chores lists what is to be done about posts: "edit m0 over".
func chores(t testing.TB, d *DB, now time.Time) (all []tracker.Chore, words []string) {
	t.Helper()
	all, err := d.DueChores(t.Context(), now)
	must(t, err)
	for _, c := range all {
		line := string(c.What)
		for _, f := range c.Post.Tellings() {
			line += " " + f.Subject
			if f.End != nil {
				line += " over"
			}
			for _, n := range f.Notes {
				line += fmt.Sprintf(" (%s %s)", n.What, n.Words.EN)
			}
		}
		words = append(words, line)
	}
	return all, words
}

// over is the tick at which what an outcome told is over.
func over(o tracker.Outcome, tick time.Time) tracker.Outcome {
	end := tracker.Outcome{Rule: o.Rule, Tick: tick, Form: o.Form}
	for _, f := range o.Firings {
		f.Kind, f.At, f.ID = tracker.Resolved, tick, f.ID+"/over"
		end.Firings = append(end.Firings, f)
	}
	return end
}

// Named regressions: grafana/grafana#79939, #93047.
func TestAnEndEditsThePostOfItsBeginning(t *testing.T) {
	d := fresh(t)
	subscribed(t, d, everything("c"))
	began, later := outcome("r", noon, 2), noon.Add(time.Hour)
	must(t, d.Commit(t.Context(), began, noon))
	settle(t, d, noon)
	must(t, d.Commit(t.Context(), only(over(began, later), 0), later))
	if more := settle(t, d, later); len(more) > 0 {
		t.Errorf("the end is told by posts of its own: %v", told(more))
	}
	all, words := chores(t, d, later)
	same(t, "chores", words, []string{"edit m0 over m1"})
	must(t, d.TakeChore(t.Context(), all[0], later))
	must(t, d.DoneChore(t.Context(), all[0]))
	_, words = chores(t, d, later)
	same(t, "chores when done", words, nil)
	same(t, "deliveries", states(t, d), []string{"m0 s1 sent match", "m1 s1 sent match", "m0 s1 merged edit"})
}

func TestWhatBeganAndEndedInQuietHoursIsOneLine(t *testing.T) {
	d := fresh(t)
	quiet := everything("c")
	quiet.Quiet = "11:00-15:00"
	subscribed(t, d, quiet)
	began := outcome("r", noon, 1)
	must(t, d.Commit(t.Context(), began, noon))
	must(t, d.Commit(t.Context(), over(began, noon.Add(time.Hour)), noon.Add(time.Hour)))
	sent := settle(t, d, noon.Add(3*time.Hour))
	if len(sent) != 1 || len(sent[0].Tellings()) != 1 || sent[0].Tellings()[0].End == nil {
		t.Errorf("told as %+v", sent)
	}
	_, words := chores(t, d, noon.Add(3*time.Hour))
	same(t, "chores", words, nil)
}

func TestAReasonThatComesUpMeanwhileIsNotLost(t *testing.T) {
	d := fresh(t)
	subscribed(t, d, everything("c"))
	began := outcome("r", noon, 2)
	must(t, d.Commit(t.Context(), began, noon))
	settle(t, d, noon)
	must(t, d.Commit(t.Context(), only(over(began, noon.Add(time.Hour)), 0), noon))
	all, _ := chores(t, d, noon)
	must(t, d.TakeChore(t.Context(), all[0], noon))
	must(t, d.Commit(t.Context(), only(over(began, noon.Add(2*time.Hour)), 1), noon))
	must(t, d.DoneChore(t.Context(), all[0]))
	_, words := chores(t, d, noon)
	same(t, "chores", words, []string{"edit m0 over m1 over"})
}

func only(o tracker.Outcome, n int) tracker.Outcome {
	o.Firings = o.Firings[n : n+1]
	return o
}

func TestACorrectionIsShownWhereTheFactWasUsed(t *testing.T) {
	d, _ := starter(t)
	subscribed(t, d, everything("c"), everything("d"))
	o := outcome("r", noon, 2)
	o.Firings[0].Facts = []string{"cn-mofcom-2025-58.suspended"}
	must(t, d.Commit(t.Context(), o, noon))
	settle(t, d, noon)
	must(t, d.Record(t.Context(), "cn-mofcom-2025-58", tracker.Event{ID: "fix", What: tracker.Corrected, Of: "cn-mofcom-2025-58.suspended",
		Until: tracker.MustDate("2026-11-12"), Evidence: tracker.Official}, "local", noon))
	_, words := chores(t, d, noon)
	line := "edit m0 (corrected cn-mofcom-2025-58.suspended: last day 2026-11-12) m1"
	same(t, "chores", words, []string{line, line})
}

func TestWhatAnnouncementChannelsAreToldIsPublishedOnce(t *testing.T) {
	d := fresh(t)
	s := everything("c")
	s.Publish = true
	if got := subscribed(t, d, s)[0]; !got.Publish {
		t.Errorf("stored %+v", got)
	}
	must(t, d.Commit(t.Context(), outcome("r", noon, 1), noon))
	settle(t, d, noon)
	all, words := chores(t, d, noon)
	same(t, "chores", words, []string{"publish m0"})
	must(t, d.PutOffChore(t.Context(), all[0], noon.Add(time.Hour), "ten an hour"))
	if next, err := d.NextDue(t.Context()); err != nil || !next.Equal(noon.Add(time.Hour)) {
		t.Errorf("next due %s, %v", next, err)
	}
}

// TestReviewsAreNotPublishedToOtherServers has a review told to a channel of
// announcements, whether it should have been or not.
func TestReviewsAreNotPublishedToOtherServers(t *testing.T) {
	for _, owner := range []string{"", "guild:1"} {
		d := fresh(t)
		s, silent := everything("c"), everything("d")
		s.Publish, silent.Publish, silent.NoReviews = true, true, true
		subscribed(t, d, s, silent)
		o := outcome("r", noon, 1)
		o.Firings[0].Owner = owner
		must(t, d.Commit(t.Context(), o, noon))
		settle(t, d, noon)
		_, words := chores(t, d, noon)
		published, told := []string{"publish m0", "publish m0"}, []string{"m0 s2 sent match", "m0 s1 sent match"}
		if owner != "" {
			published, told = nil, []string{"m0 s2 not-sent not-yours", "m0 s1 sent match"}
		}
		same(t, "chores", words, published)
		same(t, "deliveries", states(t, d), told)
	}
}
