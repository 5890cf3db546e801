package db

import (
	"errors"
	"testing"
	"testing/fstest"
	"time"

	"derisk/tracker"
)

// logged are the entries that an owner may see, newest first: "by did subject detail".
func logged(t *testing.T, d *DB, q tracker.AuditQuery) (all []string) {
	t.Helper()
	entries, err := d.Audit(t.Context(), q)
	must(t, err)
	for _, e := range entries {
		all = append(all, e.By+" "+e.Did+" "+e.Subject+" "+e.Detail)
	}
	return all
}

func TestEveryChangeIsInTheAuditLogOfItsOwner(t *testing.T) {
	d, _ := starter(t)
	ctx := t.Context()
	s := everything("11")
	s.Filter = "tag:battery"
	s = subscribed(t, d, s)[0]
	must(t, d.PauseSubscription(ctx, s.Owner, s.ID, "holidays", "discord:7", noon))
	must(t, d.ResumeSubscription(ctx, s.Owner, s.ID, "discord:7", noon))
	_, err := d.PauseChannel(ctx, "11", tracker.CauseAccess, noon)
	must(t, err)
	must(t, d.DeleteSubscription(ctx, s.Owner, s.ID, "discord:8", noon))
	r, err := d.AddReview(ctx, tracker.Review{Owner: "guild:1", Measure: "cn-mofcom-2025-18", Name: "order 4711", Accepted: day("2026-03-02"), Recorded: noon}, "discord:9")
	must(t, err)
	must(t, d.StopReview(ctx, "guild:1", r.ID, tracker.Stop{On: day("2026-03-10")}, "discord:9", noon))
	role := tracker.Entry{At: noon, By: "discord:7", Owner: "guild:1", Did: "set role", Subject: "review", Detail: "5"}
	must(t, d.ChangeSetting(ctx, "role:guild:1:review", "5", role))
	must(t, d.ChangeSetting(ctx, "role:guild:1:review", "5", role)) // nothing changes
	version := tracker.RuleVersion{Rule: "snap-back", Digest: "d1", Revision: "c0ffee"}
	must(t, d.AdoptRules(ctx, []tracker.RuleVersion{version}, noon))
	must(t, d.AdoptRules(ctx, []tracker.RuleVersion{version}, noon)) // again, at the next start
	_, err = d.AddArticles(ctx, []tracker.Article{{ID: "a1", Title: "News", At: noon}}, "local", noon)
	must(t, err)
	common := []string{"local add articles  1", "derisk adopt rule snap-back d1 c0ffee"}
	own := []string{
		"discord:7 set role review 5", "discord:9 stop review r1 2026-03-10", "discord:9 add review r1 cn-mofcom-2025-18",
		"discord:8 delete subscription s1 ", "derisk pause subscription s1 no-access", "discord:7 resume subscription s1 ",
		"discord:7 pause subscription s1 holidays", "user:1 subscribe s1 11 tag:battery",
	}
	for _, tt := range []struct {
		name string
		q    tracker.AuditQuery
		want []string
	}{
		{"the owner's and what is common", tracker.AuditQuery{Owner: "guild:1", Limit: 10}, append(common[:2:2], own...)},
		{"another owner's", tracker.AuditQuery{Owner: "guild:2", Limit: 2}, common},
		{"nobody's", tracker.AuditQuery{Limit: 2}, common},
		{"everybody's", tracker.AuditQuery{Owner: "*", Limit: 3}, append(common[:2:2], own[0])},
		{"with words", tracker.AuditQuery{Owner: "guild:1", Words: []string{"S1", "discord:7"}}, []string{own[5], own[6]}},
		{"with a word of SQL", tracker.AuditQuery{Owner: "guild:2", Words: []string{"' OR owner = 'guild:1"}}, nil},
		{"before", tracker.AuditQuery{Owner: "guild:1", Until: noon}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) { same(t, tt.name, logged(t, d, tt.q), tt.want) })
	}
	for _, q := range []string{`UPDATE audit SET by = 'nobody'`, `DELETE FROM audit`} {
		if _, err := d.writer.Exec(q); err == nil {
			t.Errorf("%s is not refused", q)
		}
	}
}

// TestWhatIsNotStoredIsNotLogged has a change refused after it was noted.
func TestWhatIsNotStoredIsNotLogged(t *testing.T) {
	d := fresh(t)
	if err := d.PauseSubscription(t.Context(), "guild:1", "s1", "why", "discord:7", noon); !errors.Is(err, tracker.ErrNotFound) {
		t.Fatal(err)
	}
	same(t, "logged", logged(t, d, tracker.AuditQuery{Owner: "*"}), nil)
}

// TestOldAuditLogsFindTheirOwners takes a log of a derisk that kept no owners.
func TestOldAuditLogsFindTheirOwners(t *testing.T) {
	path := newPath(t)
	all, some := steps(t), fstest.MapFS{}
	for _, name := range sortedNames(all) {
		if name < "00007" {
			some[name] = all[name]
		}
	}
	old, err := open(t.Context(), path, options{migrations: some, lockWait: time.Second})
	must(t, err)
	_, err = old.writer.Exec(`
		INSERT INTO subscriptions (n, id, owner, channel, filter, lang, zone, deliver, quiet, ping, by, made, paused)
		VALUES (1, 's1', 'guild:1', '11', '', 'en', 'UTC', 'at-once', '', '', 'discord:7', 1, '');
		INSERT INTO audit (at, by, did, subject) VALUES
			(1, 'local', 'import', 'm1'), (2, 'discord:7', 'subscribe', 's1'), (3, 'discord:7', 'pause subscription', 's1'),
			(4, 'guild:2', 'add review', 'r1'), (5, 'derisk', 'pause channel', '11'), (6, 'derisk', 'pause channel', '12')`)
	must(t, errors.Join(err, old.Close()))
	d, err := open(t.Context(), path, options{migrations: all, lockWait: time.Second})
	must(t, err)
	defer d.Close()
	var owners []string
	entries, err := d.Audit(t.Context(), tracker.AuditQuery{Owner: "*"})
	must(t, err)
	for _, e := range entries {
		owners = append(owners, e.Owner)
	}
	same(t, "owners", owners, []string{"local", "guild:1", "guild:2", "guild:1", "guild:1", ""})
}
