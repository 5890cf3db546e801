package db

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"derisk/tracker"
	"pgregory.net/rapid"
)

// TestLedger does things at random, and holds the ledger against a model that
// knows only what was asked: every firing meets every subscription of its
// moment, none is told a channel twice in one language, none is lost, what is
// fixed stays, and posts go out in the order of their firings.
func TestLedger(t *testing.T) {
	dir := t.TempDir()
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		l := &ledger{path: filepath.Join(dir, itoa(n)), now: noon, tells: map[string]string{}, last: map[string]time.Time{}, was: map[string]DeliveryRow{}}
		l.open(t)
		defer l.close(t)
		t.Repeat(map[string]func(*rapid.T){
			"":          l.holds,
			"commit":    l.commit,
			"subscribe": l.subscribe,
			"pause":     l.pause,
			"resume":    l.resume,
			"delete":    l.delete,
			"gather":    func(t *rapid.T) { l.did(t, l.d.Gather(t.Context(), l.now)) },
			"post":      l.post,
			"wait": func(t *rapid.T) {
				l.now = l.now.Add(time.Duration(rapid.IntRange(1, 90).Draw(t, "minutes")) * time.Minute)
			},
			"refuse": l.refuse,
			"reopen": func(t *rapid.T) { l.close(t); l.open(t) },
		})
		l.drain(t)
	})
}

// ledger is the database under test and what must be true of it.
type ledger struct {
	d    *DB
	path string
	now  time.Time

	ticks int
	rows  int                    // deliveries that must be there
	subs  []tracker.Subscription // those that are not deleted
	tells map[string]string      // post to what it told when it was first seen
	last  map[string]time.Time   // post's sort to its latest firing
	was   map[string]DeliveryRow // firing and subscription to the row last seen
}

func (l *ledger) did(t *rapid.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (l *ledger) open(t *rapid.T) {
	var err error
	l.d, err = Open(t.Context(), l.path)
	l.did(t, err)
}

func (l *ledger) close(t *rapid.T) { l.did(t, l.d.Close()) }

func (l *ledger) commit(t *rapid.T) {
	l.ticks++
	l.now = l.now.Add(time.Second)
	o := outcome("r", l.now, rapid.IntRange(0, 12).Draw(t, "firings"))
	if len(o.Firings) > 0 && rapid.Bool().Draw(t, "critical") {
		o.Firings[0].Severity = tracker.Critical
	}
	l.did(t, l.d.Commit(t.Context(), o, l.now))
	l.rows += len(o.Firings) * len(l.subs)
	if err := l.d.Commit(t.Context(), o, l.now); !errors.Is(err, ErrStored) {
		t.Fatalf("a tick again: %v", err)
	}
}

func (l *ledger) subscribe(t *rapid.T) {
	s := everything(rapid.SampledFrom([]string{"c", "d"}).Draw(t, "channel"))
	s.Lang = rapid.SampledFrom([]string{"en", "zh"}).Draw(t, "lang")
	s.Deliver = rapid.SampledFrom([]tracker.Deliver{tracker.AtOnce, tracker.Hourly}).Draw(t, "deliver")
	s.Ping = rapid.SampledFrom([]string{"", "role"}).Draw(t, "ping")
	s, err := l.d.AddSubscription(t.Context(), s)
	l.did(t, err)
	l.subs = append(l.subs, s)
}

// any picks a subscription.
func (l *ledger) any(t *rapid.T) (at int, s tracker.Subscription) {
	if len(l.subs) == 0 {
		t.Skip("there is none")
	}
	at = rapid.IntRange(0, len(l.subs)-1).Draw(t, "subscription")
	return at, l.subs[at]
}

func (l *ledger) pause(t *rapid.T) {
	_, s := l.any(t)
	l.did(t, l.d.PauseSubscription(t.Context(), s.Owner, s.ID, "tired", "user:1", l.now))
}

func (l *ledger) resume(t *rapid.T) {
	_, s := l.any(t)
	l.did(t, l.d.ResumeSubscription(t.Context(), s.Owner, s.ID, "user:1", l.now))
}

func (l *ledger) delete(t *rapid.T) {
	at, s := l.any(t)
	l.did(t, l.d.DeleteSubscription(t.Context(), s.Owner, s.ID, "user:1", l.now))
	l.subs = append(l.subs[:at], l.subs[at+1:]...)
}

func (l *ledger) refuse(t *rapid.T) {
	_, err := l.d.PauseChannel(t.Context(), "d", tracker.CauseAccess, l.now)
	l.did(t, err)
}

// post tries what is due: it goes well, is put off, is given up, or the program dies before it knows.
func (l *ledger) post(t *rapid.T) {
	posts, err := l.d.DuePosts(t.Context(), l.now)
	l.did(t, err)
	for _, p := range posts {
		l.fixed(t, p)
		l.did(t, l.d.MarkTried(t.Context(), p.ID, l.now))
		switch rapid.IntRange(0, 3).Draw(t, "answer") {
		case 0:
			l.settle(t, p)
		case 1:
			l.did(t, l.d.RetryPost(t.Context(), p.ID, l.now.Add(time.Minute), "502"))
		case 2:
			l.did(t, l.d.FailPost(t.Context(), p.ID, tracker.CauseRefused, "400", l.now))
		}
	}
}

// fixed checks that a post tells what it told whenever it was seen.
func (l *ledger) fixed(t *rapid.T, p tracker.Post) {
	text := fmt.Sprint(told([]tracker.Post{p}), p.Firings[0].At, p.Ping, p.Digest)
	if before, ok := l.tells[p.ID]; ok && before != text {
		t.Fatalf("post %s tells %s, but told %s", p.ID, text, before)
	}
	l.tells[p.ID] = text
	if len(p.Firings) > postSize {
		t.Fatalf("post %s tells %d firings", p.ID, len(p.Firings))
	}
}

// settle sends a post, which must come after what was sent before it.
func (l *ledger) settle(t *rapid.T, p tracker.Post) {
	sort := fmt.Sprint(p.Channel, p.Lang, p.Ping, p.Digest)
	for _, f := range p.Firings {
		if f.At.Before(l.last[sort]) {
			t.Fatalf("post %s tells a firing of %s after one of %s", p.ID, f.At, l.last[sort])
		}
		l.last[sort] = f.At
	}
	l.did(t, l.d.SettlePost(t.Context(), p.ID, "m", l.now))
}

// holds checks what is always true.
func (l *ledger) holds(t *rapid.T) {
	rows, err := l.d.Deliveries(t.Context(), DeliveryQuery{})
	l.did(t, err)
	if len(rows) != l.rows {
		t.Fatalf("%d deliveries, want %d", len(rows), l.rows)
	}
	telling := map[string]string{} // firing, channel and language to the post that tells it
	for _, r := range rows {
		l.stays(t, r)
		if r.Post == "" || r.State == tracker.Failed {
			continue
		}
		what := r.Firing + " " + r.For.Channel + " " + r.For.Lang
		if telling[what] != "" && telling[what] != r.Post {
			t.Fatalf("%s is in posts %s and %s", what, telling[what], r.Post)
		}
		telling[what] = r.Post
	}
}

// stays checks that what is fixed or settled of a delivery has not changed.
func (l *ledger) stays(t *rapid.T, r DeliveryRow) {
	key := r.Firing + " " + r.Subscription
	before := l.was[key]
	if before.Post != "" && before.Post != r.Post {
		t.Fatalf("%s went from post %s to %s", key, before.Post, r.Post)
	}
	open := before.State == "" || before.State == tracker.Waiting || before.State == tracker.Held
	if !open && before.State != r.State {
		t.Fatalf("%s went from %s to %s", key, before.State, r.State)
	}
	l.was[key] = r
}

// drain sends all that is left, after which nothing is open and each firing
// that a channel was told was told by one delivery.
func (l *ledger) drain(t *rapid.T) {
	l.now = l.now.Add(3 * time.Hour)
	l.did(t, l.d.Gather(t.Context(), l.now))
	for {
		posts, err := l.d.DuePosts(t.Context(), l.now)
		l.did(t, err)
		if len(posts) == 0 {
			break
		}
		for _, p := range posts {
			l.fixed(t, p)
			l.did(t, l.d.MarkTried(t.Context(), p.ID, l.now))
			l.settle(t, p)
		}
	}
	l.holds(t)
	sent, merged := map[string]int{}, map[string]bool{}
	for key, r := range l.was {
		what := r.Firing + " " + r.Post
		switch r.State {
		case tracker.Waiting, tracker.Held:
			t.Fatalf("%s is still %s", key, r.State)
		case tracker.Sent:
			sent[what]++
		case tracker.Merged:
			merged[what] = true
		}
	}
	for what, n := range sent {
		if n != 1 {
			t.Fatalf("%s was sent by %d deliveries", what, n)
		}
	}
	for what := range merged {
		if sent[what] == 0 {
			t.Fatalf("%s was merged into nothing", what)
		}
	}
}
