package db

import (
	"errors"
	"slices"
	"testing"
	"time"

	"derisk/tracker"
)

type commits tracker.Outcome

// at commits an outcome and sends what follows from it.
func (o commits) at(t testing.TB, d *DB, now time.Time) []tracker.Post {
	t.Helper()
	must(t, d.Commit(t.Context(), tracker.Outcome(o), now))
	return settle(t, d, now)
}

const owner = "guild:1"

// again is a later tick at which the same subjects fire again.
func again(o tracker.Outcome, tick time.Time) tracker.Outcome {
	return outcome(o.Rule, tick, len(o.Firings))
}

func kinds(p tracker.Post) (all []string) {
	for _, t := range p.Tellings() {
		line := t.Subject
		for _, n := range t.Notes {
			line += " " + string(n.What) + " by " + n.By
		}
		all = append(all, line)
	}
	return all
}

func asPosted(t testing.TB, d *DB, id string) tracker.Post {
	t.Helper()
	p, err := d.Post(t.Context(), owner, id)
	must(t, err)
	return p
}

func TestAcknowledgedOnceAndOnlyWhatHolds(t *testing.T) {
	d := fresh(t)
	theirs := everything("e")
	theirs.Owner = "guild:2"
	subscribed(t, d, everything("c"), everything("d"), theirs)
	began := outcome("r", noon, 2)
	sent := commits(began).at(t, d, noon)
	must(t, d.Commit(t.Context(), only(over(began, noon.Add(time.Hour)), 1), noon))
	before, err := d.Acknowledge(t.Context(), owner, sent[0].ID, "discord:7", noon.Add(time.Hour))
	must(t, err)
	if n := before.Tellings(); len(n[0].Notes) > 0 || !n[0].Holds() || n[1].Holds() {
		t.Errorf("before: %+v", n)
	}
	again, err := d.Acknowledge(t.Context(), owner, sent[1].ID, "discord:8", noon.Add(2*time.Hour))
	must(t, err)
	if by, is := again.Tellings()[0].Acknowledged(); !is || by.By != "discord:7" {
		t.Errorf("who was first: %+v", by)
	}
	for _, p := range sent[:2] {
		same(t, "post in "+p.Channel, kinds(asPosted(t, d, p.ID)), []string{"m0 acknowledged by discord:7", "m1"})
	}
	if p, err := d.Post(t.Context(), "guild:2", sent[2].ID); err != nil || len(p.Notes) > 0 {
		t.Errorf("another server sees %+v, %v", p.Notes, err)
	}
	for _, who := range []string{"guild:2", "*", ""} {
		if _, err := d.Acknowledge(t.Context(), who, sent[0].ID, "discord:9", noon); !errors.Is(err, tracker.ErrNotFound) {
			t.Errorf("%q acknowledges the post of another: %v", who, err)
		}
	}
	audit, err := d.Audit(t.Context(), tracker.AuditQuery{Owner: owner, Limit: 2})
	must(t, err)
	if audit[0].Did != "acknowledge" || audit[0].By != "discord:7" || audit[0].Subject != sent[0].ID || audit[1].Did == "acknowledge" {
		t.Errorf("audit: %+v", audit)
	}
}

// Named regression: grafana/oncall#3161.
func TestAcknowledgingWhatIsOverChangesNothing(t *testing.T) {
	d := fresh(t)
	subscribed(t, d, everything("c"))
	began := outcome("r", noon, 1)
	sent := commits(began).at(t, d, noon)
	must(t, d.Commit(t.Context(), over(began, noon.Add(time.Hour)), noon))
	p, err := d.Acknowledge(t.Context(), owner, sent[0].ID, "discord:7", noon.Add(time.Hour))
	must(t, err)
	now := asPosted(t, d, sent[0].ID)
	if p.Tellings()[0].Holds() || now.Tellings()[0].Holds() || len(now.Notes) > 0 {
		t.Errorf("%+v", now.Tellings())
	}
}

func TestSnoozedUntilItIsToldOnceMore(t *testing.T) {
	d := fresh(t)
	hourly := everything("d")
	hourly.Deliver = tracker.Hourly
	theirs := everything("e")
	theirs.Owner = "guild:2"
	subscribed(t, d, everything("c"), hourly, theirs)
	began := outcome("r", noon, 2)
	sent := commits(began).at(t, d, noon)
	settle(t, d, noon.Add(time.Hour))
	end := noon.Add(24 * time.Hour)
	_, err := d.Snooze(t.Context(), owner, sent[0].ID, end, "discord:7", noon.Add(2*time.Hour))
	must(t, err)
	if more := commits(again(began, noon.Add(3*time.Hour))).at(t, d, noon.Add(4*time.Hour)); len(more) != 1 || more[0].Channel != "e" {
		t.Errorf("told while snoozed: %v", told(more))
	}
	same(t, "deliveries", states(t, d)[6:], []string{"m0 s3 sent match", "m0 s2 not-sent snoozed", "m0 s1 not-sent snoozed", "m1 s3 sent match", "m1 s2 not-sent snoozed", "m1 s1 not-sent snoozed"})
	if next, err := d.NextDue(t.Context()); err != nil || next.After(end) {
		t.Errorf("next due %s, %v", next, err)
	}
	if early := settle(t, d, end.Add(-1)); len(early) > 0 {
		t.Errorf("told before the end: %v", told(early))
	}
	more := settle(t, d, end)
	if len(more) != 1 || more[0].Channel != "c" || len(more[0].Firings) != 2 || more[0].Lead != recallWords {
		t.Fatalf("at the end: %+v", more)
	}
	if later := settle(t, d, end.Add(time.Hour)); len(later) != 1 || later[0].Channel != "d" {
		t.Errorf("with the next digest: %v", told(later))
	}
	if later := settle(t, d, end.Add(48*time.Hour)); len(later) > 0 {
		t.Errorf("told again and again: %v", told(later))
	}
	same(t, "the first post", kinds(asPosted(t, d, sent[0].ID)), []string{"m0 snoozed by discord:7 woken by ", "m1 snoozed by discord:7 woken by "})
	must(t, d.Commit(t.Context(), over(began, end.Add(time.Hour)), end.Add(time.Hour)))
	for _, p := range []string{sent[0].ID, more[0].ID} {
		if asPosted(t, d, p).Tellings()[0].Holds() {
			t.Errorf("post %s does not tell the end", p)
		}
	}
	if _, words := chores(t, d, end.Add(72*time.Hour)); len(words) == 0 {
		t.Error("the end is shown nowhere")
	}
}

func TestASnoozeEndsWithItsCause(t *testing.T) {
	once := func(o tracker.Outcome) tracker.Outcome {
		for i := range o.Firings {
			o.Firings[i].Key = `["m",7]`
			o.Active[i].Key = `["m",7]`
		}
		return o
	}
	began := outcome("r", noon, 1)
	quiet := tracker.Outcome{Rule: "r", Tick: noon.Add(time.Hour), Form: "edge"}
	for _, tt := range []struct {
		name  string
		began tracker.Outcome
		then  tracker.Outcome
		ends  bool
		again int
	}{
		{"it is resolved", began, over(began, noon.Add(time.Hour)), true, 0},
		{"it is active no more", began, quiet, true, 0},
		{"it is still active", began, tracker.Outcome{Rule: "r", Tick: noon.Add(time.Hour), Active: began.Active}, false, 1},
		{"another rule finds nothing", began, tracker.Outcome{Rule: "q", Tick: noon.Add(time.Hour)}, false, 1},
		{"of what fires once nobody knows whether it holds", once(outcome("r", noon, 1)), quiet, false, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := fresh(t)
			subscribed(t, d, everything("c"))
			sent := commits(tt.began).at(t, d, noon)
			_, err := d.Snooze(t.Context(), owner, sent[0].ID, noon.Add(9*time.Hour), "discord:7", noon)
			must(t, err)
			must(t, d.Commit(t.Context(), tt.then, noon.Add(time.Hour)))
			hushes, err := d.Hushes(t.Context(), owner)
			must(t, err)
			if tt.ends != (len(hushes) == 0) {
				t.Errorf("hushes: %+v", hushes)
			}
			if notes := asPosted(t, d, sent[0].ID).Notes; tt.ends && (len(notes) != 2 || notes[1].Words != goneWords) {
				t.Errorf("notes: %+v", notes)
			}
			if more := settle(t, d, noon.Add(9*time.Hour)); len(more) != tt.again {
				t.Errorf("told again: %v", told(more))
			}
		})
	}
}

func TestSnoozedAnewGetsTheNewEnd(t *testing.T) {
	d := fresh(t)
	subscribed(t, d, everything("c"))
	sent := commits(outcome("r", noon, 1)).at(t, d, noon)
	for _, h := range []time.Duration{1, 5} {
		_, err := d.Snooze(t.Context(), owner, sent[0].ID, noon.Add(h*time.Hour), "discord:7", noon)
		must(t, err)
	}
	hushes, err := d.Hushes(t.Context(), owner)
	must(t, err)
	if len(hushes) != 1 || !hushes[0].Until.Equal(noon.Add(5*time.Hour)) {
		t.Errorf("%+v", hushes)
	}
	if more := settle(t, d, noon.Add(2*time.Hour)); len(more) > 0 {
		t.Errorf("told at the former end: %v", told(more))
	}
	_, err = d.EndHush(t.Context(), "guild:2", hushes[0].ID, "discord:9", noon)
	if !errors.Is(err, tracker.ErrNotFound) {
		t.Errorf("somebody else ends it: %v", err)
	}
	_, err = d.EndHush(t.Context(), owner, hushes[0].ID, "discord:8", noon.Add(2*time.Hour))
	must(t, err)
	if more := settle(t, d, noon.Add(9*time.Hour)); len(more) > 0 {
		t.Errorf("told again though somebody ended the snooze: %v", told(more))
	}
}

// about gives the outcome's firings the measures that their subjects are.
func about(o tracker.Outcome) tracker.Outcome {
	o.Firings = slices.Clone(o.Firings)
	for i := range o.Firings {
		o.Firings[i].Measures = []string{o.Firings[i].Subject}
	}
	return o
}

// Named regression: prometheus/alertmanager#3367.
func TestWhatWasMutedAndStillHoldsIsToldAfterwards(t *testing.T) {
	d := fresh(t)
	hourly := everything("c")
	hourly.Deliver = tracker.Hourly
	subscribed(t, d, everything("c"), hourly, everything("d"))
	sent := commits(about(outcome("q", noon, 2))).at(t, d, noon)
	h, err := d.Mute(t.Context(), owner, sent[0].ID, "m1", noon.Add(24*time.Hour), "discord:7", noon)
	must(t, err)
	if h.Channel != "c" || h.ID != "h1" {
		t.Errorf("%+v", h)
	}
	same(t, "what waited", states(t, d)[3:], []string{"m1 s3 sent match", "m1 s2 not-sent muted", "m1 s1 sent match"})
	began := about(outcome("r", noon.Add(time.Hour), 2))
	commits(began).at(t, d, noon.Add(time.Hour))
	same(t, "while muted", states(t, d)[6:], []string{"m0 s3 sent match", "m0 s2 held digest", "m0 s1 sent match", "m1 s3 sent match", "m1 s2 not-sent muted", "m1 s1 not-sent muted"})
	settle(t, d, noon.Add(23*time.Hour))
	more := settle(t, d, noon.Add(24*time.Hour))
	if len(more) != 1 || more[0].Channel != "c" || len(more[0].Firings) != 1 || more[0].Firings[0].ID != began.Firings[1].ID {
		t.Errorf("told afterwards: %+v", more)
	}
	if _, err := d.Mute(t.Context(), owner, sent[0].ID, "m9", time.Time{}, "discord:7", noon); !errors.Is(err, tracker.ErrNotFound) {
		t.Errorf("a measure that the post does not tell of: %v", err)
	}
}

func TestMutedForGoodUntilUnmuted(t *testing.T) {
	d := fresh(t)
	subscribed(t, d, everything("c"))
	sent := commits(about(outcome("q", noon, 1))).at(t, d, noon)
	h, err := d.Mute(t.Context(), owner, sent[0].ID, "m0", time.Time{}, "discord:7", noon)
	must(t, err)
	year := noon.AddDate(1, 0, 0)
	if more := commits(about(outcome("r", year, 1))).at(t, d, year); len(more) > 0 {
		t.Errorf("told: %v", told(more))
	}
	_, err = d.EndHush(t.Context(), owner, h.ID, "discord:8", year)
	must(t, err)
	if more := settle(t, d, year); len(more) != 1 {
		t.Errorf("still holds and not told: %v", told(more))
	}
}

func TestARecallGoesWhereThereIsNothingLeftToTell(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(d *DB, began tracker.Outcome, first string) error
	}{
		{"it ends", func(d *DB, began tracker.Outcome, _ string) error {
			return d.Commit(t.Context(), over(began, noon.Add(90*time.Minute)), noon.Add(90*time.Minute))
		}},
		{"it is snoozed anew", func(d *DB, _ tracker.Outcome, first string) error {
			_, err := d.Snooze(t.Context(), owner, first, noon.Add(99*time.Hour), "discord:7", noon.Add(90*time.Minute))
			return err
		}},
		{"the subscription is paused", func(d *DB, _ tracker.Outcome, _ string) error {
			return d.PauseSubscription(t.Context(), owner, "s1", "tired", "discord:7", noon.Add(90*time.Minute))
		}},
		{"the channel is out of reach", func(d *DB, _ tracker.Outcome, _ string) error {
			_, err := d.PauseChannel(t.Context(), "c", tracker.CauseAccess, noon.Add(90*time.Minute))
			return err
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := fresh(t)
			quiet := everything("c")
			quiet.Quiet = "12:30-18:00"
			subscribed(t, d, quiet)
			began := outcome("r", noon, 1)
			sent := commits(began).at(t, d, noon)
			_, err := d.Snooze(t.Context(), owner, sent[0].ID, noon.Add(time.Hour), "discord:7", noon)
			must(t, err)
			if more := settle(t, d, noon.Add(time.Hour)); len(more) > 0 {
				t.Errorf("told in quiet hours: %v", told(more))
			}
			must(t, tt.do(d, began, sent[0].ID))
			if tt.name == "the subscription is paused" {
				must(t, d.ResumeSubscription(t.Context(), owner, "s1", "discord:7", noon.Add(2*time.Hour)))
			}
			if more := settle(t, d, noon.Add(6*time.Hour)); len(more) > 0 {
				t.Errorf("told again: %v", told(more))
			}
			all, _ := chores(t, d, noon.Add(6*time.Hour))
			for _, c := range all {
				must(t, d.DoneChore(t.Context(), c))
			}
			if next, err := d.NextDue(t.Context()); err != nil || !next.IsZero() && !next.Equal(noon.Add(99*time.Hour)) {
				t.Errorf("next due %s, %v", next, err)
			}
		})
	}
}

func TestARenamedRuleKeepsItsSnoozes(t *testing.T) {
	d := fresh(t)
	subscribed(t, d, everything("c"))
	sent := commits(outcome("r", noon, 1)).at(t, d, noon)
	_, err := d.Snooze(t.Context(), owner, sent[0].ID, noon.Add(time.Hour), "discord:7", noon)
	must(t, err)
	must(t, d.MoveRule(t.Context(), "r", "better"))
	if more := settle(t, d, noon.Add(time.Hour)); len(more) != 1 {
		t.Errorf("told again: %v", told(more))
	}
}

func TestToldOnceMoreInAChannelThoughTwoSubscriptionsWait(t *testing.T) {
	d := fresh(t)
	hourly := everything("c")
	hourly.Deliver = tracker.Hourly
	subscribed(t, d, everything("c"), hourly)
	sent := commits(outcome("r", noon, 1)).at(t, d, noon)
	settle(t, d, noon.Add(time.Hour))
	_, err := d.Snooze(t.Context(), owner, sent[0].ID, noon.Add(90*time.Minute), "discord:7", noon.Add(time.Hour))
	must(t, err)
	if more := settle(t, d, noon.Add(90*time.Minute)); len(more) != 1 {
		t.Errorf("at the end: %v", told(more))
	}
	if more := settle(t, d, noon.Add(2*time.Hour)); len(more) != 0 {
		t.Errorf("with the next digest: %v", told(more))
	}
}
