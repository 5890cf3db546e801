package db

import (
	"fmt"
	"testing"
	"time"

	"derisk/tracker"
)

// told lists what posts tell: "c en m0 m1".
func told(posts []tracker.Post) []string {
	var all []string
	for _, p := range posts {
		line := p.Channel + " " + p.Lang
		for _, f := range p.Firings {
			line += " " + f.Subject
		}
		all = append(all, line)
	}
	return all
}

// settle sends all that is due, one post of each channel at a time.
func settle(t testing.TB, d *DB, now time.Time) (sent []tracker.Post) {
	t.Helper()
	for posts := due(t, d, now); len(posts) > 0; posts = due(t, d, now) {
		for _, p := range posts {
			must(t, d.MarkTried(t.Context(), p.ID, now))
			must(t, d.SettlePost(t.Context(), p.ID, "message of "+p.ID, now))
		}
		sent = append(sent, posts...)
	}
	return sent
}

func TestEverySubscriptionGetsARow(t *testing.T) {
	d := fresh(t)
	paused, filtered, hourly := everything("c"), everything("c"), everything("d")
	paused.Paused, filtered.Filter, hourly.Deliver = "on holiday", "rule:another", tracker.Hourly
	subscribed(t, d, everything("c"), paused, filtered, hourly)
	must(t, d.Commit(t.Context(), outcome("r", noon, 1), noon))
	same(t, "deliveries", states(t, d), []string{"m0 s4 held digest", "m0 s3 not-sent filter", "m0 s2 not-sent paused", "m0 s1 waiting match"})
	same(t, "posts at once", told(settle(t, d, noon)), []string{"c en m0"})
	same(t, "posts an hour later", told(settle(t, d, noon.Add(time.Hour))), []string{"d en m0"})
	rows, err := d.Deliveries(t.Context(), DeliveryQuery{Owner: "guild:2"})
	if len(rows) > 0 || err != nil {
		t.Errorf("another guild sees %+v, %v", rows, err)
	}
}

func TestPostsHoldWhatAMessageCanShow(t *testing.T) {
	d := fresh(t)
	subscribed(t, d, everything("c"))
	must(t, d.Commit(t.Context(), outcome("r", noon, 32), noon))
	must(t, d.Commit(t.Context(), outcome("q", noon.Add(-time.Minute), 3), noon)) // evaluated late
	must(t, d.Commit(t.Context(), outcome("r", noon.Add(time.Minute), 10), noon))
	var sizes []int
	var last time.Time
	for _, p := range settle(t, d, noon) {
		for _, f := range p.Firings {
			if f.At.Before(last) {
				t.Errorf("a firing of %s is told after one of %s", f.At, last)
			}
			last = f.At
		}
		if len(p.ID) > 25 {
			t.Errorf("id %q is too long for a nonce", p.ID)
		}
		sizes = append(sizes, len(p.Firings))
	}
	same(t, "sizes", words(sizes), []string{"25", "20"})
	for i := range 12 {
		must(t, d.Commit(t.Context(), outcome(fmt.Sprint("one of ", i), noon, 1), noon))
	}
	sizes = nil
	for _, p := range settle(t, d, noon) {
		sizes = append(sizes, len(p.Firings))
	}
	same(t, "sizes where each has a rule of its own", words(sizes), []string{"10", "2"})
}

func TestOneChannelIsToldOnce(t *testing.T) {
	d := fresh(t)
	chinese, elsewhere, later := everything("c"), everything("d"), everything("c")
	chinese.Lang, later.Deliver = "zh", tracker.Hourly
	subscribed(t, d, everything("c"), everything("c"), chinese, elsewhere, later)
	must(t, d.Commit(t.Context(), outcome("r", noon, 1), noon))
	same(t, "posts", told(settle(t, d, noon)), []string{"c en m0", "d en m0", "c zh m0"})
	same(t, "posts an hour later", told(settle(t, d, noon.Add(time.Hour))), nil)
	same(t, "deliveries", states(t, d), []string{"m0 s5 merged digest", "m0 s4 sent match", "m0 s3 sent match", "m0 s2 merged match", "m0 s1 sent match"})
}

// TestMergedIntoAPostThatFails: what was only to be told by a post that was given up is told after all.
func TestMergedIntoAPostThatFails(t *testing.T) {
	d := fresh(t)
	later := everything("c")
	later.Deliver = tracker.Hourly
	subscribed(t, d, everything("c"), everything("c"), later)
	must(t, d.Commit(t.Context(), outcome("r", noon, 1), noon))
	p := due(t, d, noon)[0]
	must(t, d.FailPost(t.Context(), p.ID, tracker.CauseRefused, "400: embed too long", noon))
	same(t, "posts an hour later", told(settle(t, d, noon.Add(time.Hour))), []string{"c en m0"})
	same(t, "deliveries", states(t, d), []string{"m0 s3 sent digest", "m0 s2 failed refused", "m0 s1 failed refused"})
	rows, err := d.Deliveries(t.Context(), DeliveryQuery{Failed: true, Limit: 1})
	if len(rows) != 1 || rows[0].LastWhy != "400: embed too long" || err != nil {
		t.Errorf("what failed is %+v, %v", rows, err)
	}
}

func TestPing(t *testing.T) {
	d := fresh(t)
	quiet, loud := everything("c"), everything("c")
	loud.Ping = "role"
	subscribed(t, d, quiet, loud)
	o := outcome("r", noon, 1)
	o.Firings[0].Severity = tracker.Critical
	must(t, d.Commit(t.Context(), o, noon))
	must(t, d.Commit(t.Context(), outcome("mild", noon, 1), noon))
	var pings []string
	for _, p := range settle(t, d, noon) {
		pings = append(pings, fmt.Sprintf("%q for %d", p.Ping, len(p.Firings)))
	}
	same(t, "role to mention", pings, []string{`"role" for 2`})
}

func TestPostsOfAChannelKeepTheirOrder(t *testing.T) {
	d := fresh(t)
	subscribed(t, d, everything("c"), everything("d"))
	must(t, d.Commit(t.Context(), outcome("r", noon, 1), noon))
	first := due(t, d, noon)
	must(t, d.Commit(t.Context(), outcome("r", noon.Add(time.Minute), 2), noon))
	must(t, d.RetryPost(t.Context(), first[0].ID, noon.Add(5*time.Second), "502"))
	now := noon.Add(time.Second)
	same(t, "posts while the first of c waits", told(due(t, d, now)), []string{"d en m0"})
	same(t, "posts of d", told(settle(t, d, now)), []string{"d en m0", "d en m0 m1"})
	now = noon.Add(5 * time.Second)
	again := due(t, d, now)
	if again[0].ID != first[0].ID || again[0].LastFail != "502" {
		t.Errorf("the first is tried again as %+v", again[0])
	}
	same(t, "posts of c", told(settle(t, d, now)), []string{"c en m0", "c en m0 m1"})
}

func TestAPostIsSettledOnce(t *testing.T) {
	d := fresh(t)
	subscribed(t, d, everything("c"))
	must(t, d.Commit(t.Context(), outcome("r", noon, 1), noon))
	id := due(t, d, noon)[0].ID
	if _, err := d.writer.Exec(`UPDATE deliveries SET post = NULL`); err == nil {
		t.Error("a delivery can leave its post")
	}
	ctx := t.Context()
	must(t, d.SettlePost(ctx, id, "1", noon))
	refused(t, d.SettlePost(ctx, id, "2", noon), ErrSettled, id)
	refused(t, d.FailPost(ctx, id, tracker.CauseGone, "", noon), ErrSettled)
	refused(t, d.RetryPost(ctx, id, noon, ""), ErrSettled)
	refused(t, d.MarkTried(ctx, id, noon), ErrSettled)
	refused(t, d.SettlePost(ctx, "another", "2", noon), tracker.ErrNotFound, "another")
	rows, err := d.Deliveries(ctx, DeliveryQuery{})
	if err != nil || rows[0].Message != "1" || rows[0].Post != id || !rows[0].Settled.Equal(noon) {
		t.Errorf("it is settled as %+v, %v", rows[0], err)
	}
}

// TestClaim has another process at work on the same file.
func TestClaim(t *testing.T) {
	d := fresh(t)
	other := openAt(t, d.Path())
	subscribed(t, d, everything("c"))
	must(t, d.Commit(t.Context(), outcome("r", noon, 1), noon))
	id := due(t, d, noon)[0].ID
	must(t, d.MarkTried(t.Context(), id, noon))
	now := noon.Add(time.Second)
	if posts := due(t, other, now); len(posts) > 0 {
		t.Error("a post that is being tried is due for another process")
	}
	refused(t, other.MarkTried(t.Context(), id, now), ErrTaken, id)
	must(t, d.MarkTried(t.Context(), id, now))
	now = now.Add(claimTime)
	if posts := due(t, other, now); len(posts) != 1 || posts[0].Tries != 2 || !posts[0].Tried.Equal(noon) {
		t.Errorf("after the claim ran out due are %+v", posts)
	}
	must(t, other.MarkTried(t.Context(), id, now))
	must(t, other.RetryPost(t.Context(), id, now, "500"))
	must(t, d.MarkTried(t.Context(), id, now))
}

// TestClaimOfTheKilled: a restart does not wait for the claims of the process before.
func TestClaimOfTheKilled(t *testing.T) {
	path := newPath(t)
	d, err := Open(t.Context(), path)
	must(t, err)
	subscribed(t, d, everything("c"))
	must(t, d.Commit(t.Context(), outcome("r", noon, 1), noon))
	must(t, d.MarkTried(t.Context(), due(t, d, noon)[0].ID, noon))
	must(t, d.Close()) // the claim stays, as when it is killed
	if posts := due(t, openAt(t, path), noon); len(posts) != 1 {
		t.Error("the post has to wait")
	}
}

func TestPauseChannel(t *testing.T) {
	d := fresh(t)
	later := everything("c")
	later.Deliver = tracker.Hourly
	subscribed(t, d, everything("c"), later, everything("d"))
	must(t, d.Commit(t.Context(), outcome("r", noon, 1), noon))
	due(t, d, noon)
	must(t, d.Commit(t.Context(), outcome("r", noon.Add(time.Minute), 1), noon))
	paused, err := d.PauseChannel(t.Context(), "c", tracker.CauseAccess, noon)
	must(t, err)
	if len(paused) != 2 || paused[0].ID != "s1" || paused[0].Paused != string(tracker.CauseAccess) {
		t.Errorf("paused are %+v", paused)
	}
	same(t, "posts", told(settle(t, d, noon.Add(2*time.Hour))), []string{"d en m0", "d en m0"})
	same(t, "deliveries", states(t, d)[:3], []string{"m0 s3 sent match", "m0 s2 failed no-access", "m0 s1 failed no-access"})
	must(t, d.Commit(t.Context(), outcome("r", noon.Add(3*time.Hour), 1), noon))
	same(t, "later deliveries", states(t, d)[6:], []string{"m0 s3 waiting match", "m0 s2 not-sent paused", "m0 s1 not-sent paused"})
	if again, err := d.PauseChannel(t.Context(), "c", tracker.CauseAccess, noon); len(again) > 0 || err != nil {
		t.Errorf("paused again are %+v, %v", again, err)
	}
}

func TestSubscriptions(t *testing.T) {
	d := fresh(t)
	mine, theirs := everything("c"), everything("c")
	theirs.Owner, theirs.Quiet, theirs.Ping, theirs.Filter = "guild:2", "22:00-07:00", "9", "tag:graphite"
	made := subscribed(t, d, mine, theirs)
	list := func(owner string) []string {
		all, err := d.Subscriptions(t.Context(), owner)
		must(t, err)
		var ids []string
		for _, s := range all {
			ids = append(ids, s.ID+s.Paused)
		}
		return ids
	}
	same(t, "all", list(""), []string{"s1", "s2"})
	same(t, "of guild 2", list("guild:2"), []string{"s2"})
	if all, err := d.Subscriptions(t.Context(), ""); err != nil || all[1] != made[1] {
		t.Errorf("kept as %+v, %v", all, err)
	}
	ctx := t.Context()
	refused(t, d.DeleteSubscription(ctx, "guild:1", "s2", "user:1", noon), tracker.ErrNotFound, `did you mean "s1"`)
	must(t, d.Commit(ctx, outcome("r", noon, 1), noon))
	must(t, d.PauseSubscription(ctx, "guild:1", "s1", "by hand", "user:1", noon))
	must(t, d.DeleteSubscription(ctx, "guild:2", "s2", "user:2", noon))
	same(t, "all", list(""), []string{"s1by hand"})
	same(t, "deliveries", states(t, d), []string{"m0 s2 not-sent filter", "m0 s1 not-sent paused"})
	must(t, d.ResumeSubscription(ctx, "guild:1", "s1", "user:1", noon))
	same(t, "all", list(""), []string{"s1"})
	same(t, "new id", []string{subscribed(t, d, mine)[0].ID}, []string{"s3"})
	bad := mine
	bad.Lang = "fr"
	if _, err := d.AddSubscription(ctx, bad); err == nil {
		t.Error("a language that nobody writes is accepted")
	}
}

func TestDeletedSubscriptionKeepsItsHistory(t *testing.T) {
	d := fresh(t)
	subscribed(t, d, everything("c"))
	must(t, d.Commit(t.Context(), outcome("r", noon, 1), noon))
	settle(t, d, noon)
	must(t, d.Commit(t.Context(), outcome("r", noon.Add(time.Hour), 1), noon))
	must(t, d.DeleteSubscription(t.Context(), "guild:1", "s1", "user:1", noon))
	same(t, "deliveries", states(t, d), []string{"m0 s1 sent match", "m0 s1 not-sent deleted"})
	same(t, "posts", told(settle(t, d, noon)), nil)
}
