package db

import (
	"cmp"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"derisk/tracker"
	"pgregory.net/rapid"
)

// TestLedger does things at random, and holds the ledger against a model that
// knows only what was asked: every firing meets every subscription of its
// moment, none is told a channel twice in one language, none is lost, what is
// fixed stays, posts go out in the order of their firings, and what stands in a
// channel comes to be what the ledger says, whatever became of it since.
func TestLedger(t *testing.T) {
	dir := t.TempDir()
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		l := &ledger{path: filepath.Join(dir, itoa(n)), now: noon, tells: map[string]string{}, shown: map[string]string{}, ended: map[string]bool{}, last: map[string]time.Time{}, was: map[string]DeliveryRow{}, hushed: newHushed()}
		l.open(t)
		defer l.close(t)
		l.subscribe(t)
		t.Repeat(map[string]func(*rapid.T){
			"":       l.holds,
			"commit": l.commit,
			"end":    l.end,
			"note":   l.note,
			"hush": func(t *rapid.T) {
				rapid.SampledFrom([]func(*rapid.T){l.acknowledge, l.snooze, l.snooze, l.mute, l.unhush}).Draw(t, "hush")(t)
			},
			"edit":      l.edit,
			"subscribe": l.subscribe,
			"trouble": func(t *rapid.T) {
				rapid.SampledFrom([]func(*rapid.T){l.pause, l.resume, l.resume, l.delete, l.refuse}).Draw(t, "trouble")(t)
			},
			"gather": l.gather,
			"post":   l.post,
			"tell":   l.tell,
			"wait": func(t *rapid.T) {
				l.now = l.now.Add(time.Duration(rapid.IntRange(1, 90).Draw(t, "minutes")) * time.Minute)
			},
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
	began []tracker.Firing       // those that have not ended
	tells map[string]string      // post to what it told when it was first seen
	ended map[string]bool        // firing to whether it has ended
	shown map[string]string      // post to what stands in the channel: what was sent first, or the latest edit
	last  map[string]time.Time   // post's sort to its latest firing
	was   map[string]DeliveryRow // firing and subscription to the row last seen

	hushed
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
	o := about(outcome("r", l.now, rapid.IntRange(0, 12).Draw(t, "firings")))
	if len(o.Firings) > 0 && rapid.Bool().Draw(t, "critical") {
		o.Firings[0].Severity = tracker.Critical
	}
	l.did(t, l.d.Commit(t.Context(), o, l.now))
	l.rows += len(o.Firings) * len(l.subs)
	l.began = append(l.began, o.Firings...)
	l.hushes(t, o)
	if err := l.d.Commit(t.Context(), o, l.now); !errors.Is(err, ErrStored) {
		t.Fatalf("a tick again: %v", err)
	}
}

// end commits the end of some of what began.
func (l *ledger) end(t *rapid.T) {
	if len(l.began) == 0 {
		t.Skip("there is nothing to end")
	}
	at := rapid.IntRange(0, len(l.began)-1).Draw(t, "began")
	l.ticks++
	l.now = l.now.Add(time.Second)
	f := l.began[at]
	l.began = slices.DeleteFunc(l.began, func(b tracker.Firing) bool {
		l.ended[b.ID] = l.ended[b.ID] || b.Subject == f.Subject
		return b.Subject == f.Subject
	})
	f.Kind, f.At, f.ID = tracker.Resolved, l.now, f.ID+"/over"
	o := tracker.Outcome{Rule: "r", Tick: l.now, Form: "edge", Firings: []tracker.Firing{f}}
	l.did(t, l.d.Commit(t.Context(), o, l.now))
	l.rows += len(l.subs)
	l.hushes(t, o)
}

// note has something become of a firing.
func (l *ledger) note(t *rapid.T) {
	if len(l.began) == 0 {
		t.Skip("there is no firing")
	}
	f := rapid.SampledFrom(l.began).Draw(t, "firing")
	l.did(t, l.d.write(t.Context(), func(tx *sql.Tx) error {
		b := newBatch(t.Context(), tx)
		var seq int64
		if err := b.scan(`SELECT seq FROM firings WHERE id = ?`, []any{f.ID}, &seq); err != nil {
			return err
		}
		return addNote(b, seq, "", tracker.Note{Firing: f.ID, What: tracker.NoteCorrected, At: l.now})
	}))
}

// edit does what is to be done about posts: it goes well, is put off, or the
// program dies before or after it.
func (l *ledger) edit(t *rapid.T) {
	chores, err := l.d.DueChores(t.Context(), l.now)
	l.did(t, err)
	for _, c := range chores {
		l.did(t, l.d.TakeChore(t.Context(), c, l.now))
		if len(l.began) > 0 && rapid.Bool().Draw(t, "meanwhile") {
			l.note(t)
		}
		switch rapid.IntRange(0, 3).Draw(t, "answer") {
		case 0:
			l.shown[c.Post.ID] = showing(c.Post)
			l.did(t, l.d.DoneChore(t.Context(), c))
		case 1:
			l.shown[c.Post.ID] = showing(c.Post)
		case 2:
			l.did(t, l.d.PutOffChore(t.Context(), c, l.now.Add(time.Minute), "502"))
		}
	}
}

// showing is all that a post shows.
func showing(p tracker.Post) string {
	text := ""
	for _, f := range p.Tellings() {
		text += fmt.Sprint(f.ID, " ", f.End != nil, " ", len(f.Notes), "; ")
	}
	return text
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
		answer := rapid.IntRange(0, 3).Draw(t, "answer")
		if l.shown[p.ID] == "" && (answer == 0 || rapid.Bool().Draw(t, "stored")) {
			l.shown[p.ID] = showing(p)
		}
		switch answer {
		case 0:
			l.settle(t, p)
		case 1:
			l.did(t, l.d.RetryPost(t.Context(), p.ID, l.now.Add(time.Minute), "502"))
		case 2:
			l.did(t, l.d.FailPost(t.Context(), p.ID, tracker.CauseRefused, "400", l.now))
		}
	}
}

// tell posts all that is due.
func (l *ledger) tell(t *rapid.T) {
	l.gather(t)
	for {
		posts, err := l.d.DuePosts(t.Context(), l.now)
		l.did(t, err)
		if len(posts) == 0 {
			return
		}
		for _, p := range posts {
			l.fixed(t, p)
			l.did(t, l.d.MarkTried(t.Context(), p.ID, l.now))
			l.shown[p.ID] = cmp.Or(l.shown[p.ID], showing(p))
			l.settle(t, p)
		}
	}
}

// fixed checks that a post tells what it told whenever it was seen.
func (l *ledger) fixed(t *rapid.T, p tracker.Post) {
	p.Firings = slices.DeleteFunc(slices.Clone(p.Firings), func(f tracker.Firing) bool {
		return f.Kind == tracker.Resolved && slices.ContainsFunc(p.Firings, func(b tracker.Firing) bool { return b.Kind == tracker.Began && b.Subject == f.Subject })
	})
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
	for _, f := range p.Tellings() {
		if p.Lead == recallWords {
			l.toldAgain(t, p, f)
			continue
		}
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
		if r.Fired.Kind == tracker.Resolved {
			continue // every post that told a beginning shows it
		}
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
	l.tell(t)
	l.drainHushes(t)
	l.drainChores(t)
	l.holds(t)
	sent, merged := map[string]int{}, map[string]bool{}
	for key, r := range l.was {
		if r.Fired.Kind == tracker.Resolved && r.State == tracker.Merged {
			continue // shown in the post of its beginning
		}
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

// drainChores does all that is to be done about posts, after which every one
// shows what the ledger says of it.
func (l *ledger) drainChores(t *rapid.T) {
	for {
		chores, err := l.d.DueChores(t.Context(), l.now)
		l.did(t, err)
		if len(chores) == 0 {
			break
		}
		for _, c := range chores {
			l.did(t, l.d.TakeChore(t.Context(), c, l.now))
			l.shown[c.Post.ID] = showing(c.Post)
			l.did(t, l.d.DoneChore(t.Context(), c))
		}
	}
	open, err := l.d.Subscriptions(t.Context(), "")
	l.did(t, err)
	for id, shown := range l.shown {
		p, err := l.d.Post(t.Context(), "*", id)
		l.did(t, err)
		reached := slices.ContainsFunc(open, func(s tracker.Subscription) bool {
			return s.Channel == p.Channel && s.Paused != string(tracker.CauseAccess)
		})
		if now := showing(p); p.Message != "" && reached && shown != now {
			t.Fatalf("post %s shows %s, and ought to show %s", id, shown, now)
		}
		for _, f := range p.Tellings() {
			if f.Kind == tracker.Began && l.ended[f.ID] != (f.End != nil) {
				t.Fatalf("post %s: of %s the end is %v", id, f.ID, f.End)
			}
		}
	}
}
