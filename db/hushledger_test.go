package db

import (
	"fmt"
	"slices"
	"time"

	"derisk/tracker"
	"pgregory.net/rapid"
)

// hushed is what the model of the ledger knows of hushes. All belong to one owner.
type hushed struct {
	active  map[string]bool      // subjects after the latest tick
	snoozed map[string]snoozing  // by subject
	muted   map[string]time.Time // end by channel and measure, as if one word
	over    map[string]int       // subject or channel and measure to how many hushes ended, other than with their cause
	again   map[string]int       // firing, channel and language to how often it was told again
}

type snoozing struct {
	until    time.Time
	standing bool
}

func newHushed() hushed {
	return hushed{active: map[string]bool{}, snoozed: map[string]snoozing{}, muted: map[string]time.Time{}, over: map[string]int{}, again: map[string]int{}}
}

// sent picks a post of the owner's.
func (l *ledger) sent(t *rapid.T) tracker.Post {
	all, err := l.d.RecentPosts(t.Context(), owner, 9)
	l.did(t, err)
	if len(all) == 0 {
		t.Skip("nothing was posted")
	}
	return all[rapid.IntRange(0, len(all)-1).Draw(t, "post")]
}

func (l *ledger) acknowledge(t *rapid.T) {
	_, err := l.d.Acknowledge(t.Context(), owner, l.sent(t).ID, "discord:7", l.now)
	l.did(t, err)
}

func (l *ledger) snooze(t *rapid.T) {
	until := l.now.Add(time.Duration(rapid.IntRange(1, 120).Draw(t, "minutes")) * time.Minute)
	p, err := l.d.Snooze(t.Context(), owner, l.sent(t).ID, until, "discord:7", l.now)
	l.did(t, err)
	for _, f := range p.Tellings() {
		if f.Holds() {
			l.snoozed[f.Subject] = snoozing{until, l.active[f.Subject]}
		}
	}
}

func (l *ledger) mute(t *rapid.T) {
	p, until := l.sent(t), time.Time{}
	if rapid.Bool().Draw(t, "until") {
		until = l.now.Add(time.Hour)
	}
	measure := rapid.SampledFrom(p.Measures()).Draw(t, "measure")
	_, err := l.d.Mute(t.Context(), owner, p.ID, measure, until, "discord:7", l.now)
	l.did(t, err)
	l.muted[p.Channel+measure] = until
}

func (l *ledger) unhush(t *rapid.T) {
	all, err := l.d.Hushes(t.Context(), owner)
	l.did(t, err)
	if len(all) == 0 {
		t.Skip("nothing is hushed")
	}
	h := rapid.SampledFrom(all).Draw(t, "hush")
	_, err = l.d.EndHush(t.Context(), owner, h.ID, "discord:7", l.now)
	l.did(t, err)
	delete(l.snoozed, h.Subject)
	delete(l.muted, h.Channel+h.Measure)
	if !h.Snooze() {
		l.over[h.Channel+h.Measure]++
	}
}

// gather ends the hushes whose time has come.
func (l *ledger) gather(t *rapid.T) {
	l.did(t, l.d.Gather(t.Context(), l.now))
	for subject, s := range l.snoozed {
		if !l.now.Before(s.until) {
			l.over[subject]++
			delete(l.snoozed, subject)
		}
	}
	for what, until := range l.muted {
		if !until.IsZero() && !l.now.Before(until) {
			l.over[what]++
			delete(l.muted, what)
		}
	}
	l.asListed(t)
}

// hushes checks what a tick's firings became, and ends the snoozes of what is gone.
func (l *ledger) hushes(t *rapid.T, o tracker.Outcome) {
	rows, err := l.d.Deliveries(t.Context(), DeliveryQuery{Limit: len(o.Firings) * (len(l.subs) + 1)})
	l.did(t, err)
	for _, r := range rows {
		fired := slices.ContainsFunc(o.Firings, func(f tracker.Firing) bool { return f.ID == r.Firing })
		if want := l.hush(r); fired && r.For.Paused == "" && r.Cause != tracker.CauseEdit && want != hushCause(r.Cause) {
			t.Fatalf("%s for %s is %s because %s, ought to be hushed as %q", r.Firing, r.Subscription, r.State, r.Cause, want)
		}
	}
	clear(l.active)
	for _, a := range o.Active {
		l.active[a.Subject] = true
	}
	for subject, s := range l.snoozed {
		resolved := slices.ContainsFunc(o.Firings, func(f tracker.Firing) bool { return f.Kind == tracker.Resolved && f.Subject == subject })
		if resolved || s.standing && !l.active[subject] {
			delete(l.snoozed, subject)
		}
	}
	l.asListed(t)
}

// hush is why a delivery that is planned now must be hushed.
func (l *ledger) hush(r DeliveryRow) tracker.Cause {
	if s, is := l.snoozed[r.Fired.Subject]; is && l.now.Before(s.until) {
		return tracker.CauseSnoozed
	}
	if until, is := l.muted[r.For.Channel+r.Fired.Subject]; is && (until.IsZero() || l.now.Before(until)) && len(r.Fired.Measures) > 0 {
		return tracker.CauseMuted
	}
	return ""
}

func hushCause(c tracker.Cause) tracker.Cause {
	if c == tracker.CauseSnoozed || c == tracker.CauseMuted {
		return c
	}
	return ""
}

// asListed checks that those hushes hold that ought to.
func (l *ledger) asListed(t *rapid.T) {
	all, err := l.d.Hushes(t.Context(), owner)
	l.did(t, err)
	if len(all) != len(l.snoozed)+len(l.muted) {
		t.Fatalf("hushes are %+v, want %v and %v", all, l.snoozed, l.muted)
	}
}

// toldAgain counts what a post tells once more: no oftener than hushes ended.
func (l *ledger) toldAgain(t *rapid.T, p tracker.Post, f tracker.Telling) {
	if f.Kind != tracker.Began {
		t.Fatalf("post %s tells an end again", p.ID)
	}
	what := fmt.Sprint(f.ID, p.Channel, p.Lang)
	if l.again[what]++; l.again[what] > l.over[f.Subject]+l.over[p.Channel+f.Subject] {
		t.Fatalf("%s is told again for the %d. time; over are %v", what, l.again[what], l.over)
	}
}

// drainHushes lets every hush end, and every hour that holds what is told again,
// after which nothing waits.
func (l *ledger) drainHushes(t *rapid.T) {
	l.now = l.now.Add(2 * time.Hour)
	l.tell(t)
	var waiting int
	l.did(t, l.d.reader.QueryRowContext(t.Context(), `
		SELECT count(*) FROM recalls r JOIN subscriptions s ON s.n = r.subscription WHERE r.post IS NULL`).Scan(&waiting))
	if waiting > 0 {
		t.Fatalf("%d wait to be told again", waiting)
	}
}
