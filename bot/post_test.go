package bot

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"derisk/bot/discordtest"
	"derisk/tracker"
)

// ledger is an outbox in memory.
type ledger struct {
	mu      sync.Mutex
	posts   []*ledgerPost // in the order made
	subs    []tracker.Subscription
	paused  map[string]tracker.Cause
	gathers int
	refuse  error // what SettlePost says
	longest time.Duration
}

type ledgerPost struct {
	tracker.Post
	state   string // "", "sent", "failed"
	message string
	cause   tracker.Cause
	why     string

	chore      tracker.ChoreKind // still to be done, once it is sent
	choreTries int
}

func (l *ledger) add(channel string, n int) {
	for i := range n {
		id := fmt.Sprintf("%s-%03d", channel, i)
		l.posts = append(l.posts, &ledgerPost{Post: tracker.Post{ID: id, Channel: channel, Lang: "en", Firings: []tracker.Firing{aFiring(id)}}})
	}
}

func aFiring(id string) tracker.Firing {
	return tracker.Firing{ID: id, Rule: "suspension-ending", Subject: "cn-mofcom-2025-58", Kind: tracker.Began, Severity: tracker.Warning,
		At: time.Date(2026, 10, 11, 1, 0, 0, 0, time.UTC), Measures: []string{"cn-mofcom-2025-58"},
		Message: tracker.Text{EN: "suspended, last day 10 November 2026 (" + id + ")"}}
}

func (l *ledger) Gather(context.Context, time.Time) error { l.gathers++; return nil }

func (l *ledger) DuePosts(_ context.Context, now time.Time) ([]tracker.Post, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var due []tracker.Post
	seen := map[string]bool{}
	for _, p := range l.posts {
		if p.state == "" && !seen[p.Channel] {
			seen[p.Channel] = true
			if !p.NextTry.After(now) {
				due = append(due, p.Post)
			}
		}
	}
	return due, nil
}

func (l *ledger) NextDue(context.Context) (next time.Time, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range l.posts {
		if (p.state == "" || p.state == "sent" && p.chore != "") && (next.IsZero() || p.NextTry.Before(next)) {
			next = p.NextTry.Add(1) // a post never tried has none, which is not the same as no post
		}
	}
	return next, nil
}

func (l *ledger) on(id string, do func(*ledgerPost)) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.IndexFunc(l.posts, func(p *ledgerPost) bool { return p.ID == id })
	if l.posts[i].state != "" {
		return errors.New("settled already")
	}
	do(l.posts[i])
	return nil
}

func (l *ledger) MarkTried(_ context.Context, id string, at time.Time) error {
	return l.on(id, func(p *ledgerPost) {
		p.Tries++
		if p.Tried.IsZero() {
			p.Tried = at
		}
	})
}

func (l *ledger) SettlePost(_ context.Context, id, message string, _ time.Time) error {
	l.mu.Lock()
	refuse := l.refuse
	l.mu.Unlock()
	if refuse != nil {
		return refuse
	}
	return l.on(id, func(p *ledgerPost) { p.state, p.message = "sent", message })
}

func (l *ledger) RetryPost(_ context.Context, id string, next time.Time, why string) error {
	return l.on(id, func(p *ledgerPost) {
		p.NextTry, p.why = next, why
		l.longest = max(l.longest, time.Until(next))
	})
}

func (l *ledger) FailPost(_ context.Context, id string, cause tracker.Cause, why string, _ time.Time) error {
	return l.on(id, func(p *ledgerPost) { p.state, p.cause, p.why = "failed", cause, why })
}

func (l *ledger) PauseChannel(_ context.Context, channel string, cause tracker.Cause, _ time.Time) ([]tracker.Subscription, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.paused[channel] = cause
	for _, p := range l.posts {
		if p.Channel == channel && p.state == "" {
			p.state, p.cause = "failed", cause
		}
	}
	return slices.DeleteFunc(slices.Clone(l.subs), func(s tracker.Subscription) bool { return s.Channel != channel }), nil
}

func (l *ledger) DueChores(_ context.Context, now time.Time) ([]tracker.Chore, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var due []tracker.Chore
	for _, p := range l.posts {
		if p.state == "sent" && p.chore != "" && !p.NextTry.After(now) {
			c := tracker.Chore{Post: p.Post, What: p.chore, Tries: p.choreTries}
			c.Post.Message = p.message
			due = append(due, c)
		}
	}
	return due, nil
}

func (l *ledger) onChore(c tracker.Chore, do func(*ledgerPost)) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.IndexFunc(l.posts, func(p *ledgerPost) bool { return p.ID == c.Post.ID })
	do(l.posts[i])
	return nil
}

func (l *ledger) TakeChore(_ context.Context, c tracker.Chore, _ time.Time) error {
	return l.onChore(c, func(p *ledgerPost) { p.choreTries++ })
}

func (l *ledger) DoneChore(_ context.Context, c tracker.Chore) error {
	return l.onChore(c, func(p *ledgerPost) { p.chore = "" })
}

func (l *ledger) PutOffChore(_ context.Context, c tracker.Chore, next time.Time, why string) error {
	return l.onChore(c, func(p *ledgerPost) { p.NextTry, p.why = next, why })
}

func (l *ledger) left() (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range l.posts {
		if p.state == "" || p.state == "sent" && p.chore != "" {
			n++
		}
	}
	return n
}

func newLedger() *ledger { return &ledger{paused: map[string]tracker.Cause{}} }

// remembered is a store of settings in memory.
type remembered struct {
	mu   sync.Mutex
	kept map[string]string
}

func (m *remembered) Setting(_ context.Context, key string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.kept[key], nil
}

func (m *remembered) SetSetting(_ context.Context, key, value string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.kept == nil {
		m.kept = map[string]string{}
	}
	m.kept[key] = value
	return nil
}

func fakeDiscord(t *testing.T, s *discordtest.Server, log *slog.Logger) *Discord {
	t.Helper()
	d, err := NewDiscord(DiscordConfig{Token: s.Token, Settings: &remembered{}, Log: log, Transport: s})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// empties runs a poster until the ledger is empty, or for a day.
func empties(t *testing.T, l *ledger, c PosterConfig) {
	t.Helper()
	c.Outbox = l
	c.Log = cmp.Or(c.Log, quiet())
	ctx, cancel := context.WithCancel(t.Context())
	var run sync.WaitGroup
	run.Go(func() { NewPoster(c).Run(ctx) })
	for began := time.Now(); l.left() > 0 && time.Since(began) < 24*time.Hour; {
		time.Sleep(time.Second)
	}
	cancel()
	run.Wait()
	if n := l.left(); n > 0 {
		t.Fatalf("%d posts are left", n)
	}
}

// posts lists which posts a channel shows, in order, by their markers.
func posts(s *discordtest.Server, channel string) (ids []string) {
	for _, m := range s.Messages(channel) {
		last := m.Embeds[len(m.Embeds)-1]
		ids = append(ids, strings.TrimPrefix(last.Footer.Text, marker("")))
	}
	return ids
}

// noNonce posts as the library would: without a nonce.
type noNonce struct{ *Discord }

func (n noNonce) Send(ctx context.Context, post tracker.Post) (string, error) {
	m := drawPost(post)
	m.Nonce, m.EnforceNonce = "", false
	var made posted
	err := n.api.call(ctx, http.MethodPost, "/channels/"+post.Channel+"/messages", m, &made)
	return made.ID, classified(err)
}

func TestStormLosesAndDoublesNothing(t *testing.T) {
	channels := []string{"11", "12", "13"}
	storm := func(t *testing.T, seed uint64, sender func(*Discord) Sender) (doubled, lost, moved int, l *ledger) {
		synctest.Test(t, func(t *testing.T) {
			s := discordtest.Fake(t)
			s.AddChannel(channels...)
			s.Script(discordtest.Storm("POST /channels/", 45, seed, true))
			l = newLedger()
			for _, c := range channels {
				l.add(c, 100)
			}
			empties(t, l, PosterConfig{Discord: sender(fakeDiscord(t, s, quiet()))})
			for _, c := range channels {
				shown := posts(s, c)
				once := slices.Compact(slices.Sorted(slices.Values(shown)))
				doubled += len(shown) - len(once)
				lost += 100 - len(once)
				if !slices.IsSorted(shown) {
					moved++
				}
			}
		})
		return doubled, lost, moved, l
	}
	for seed := range uint64(3) {
		doubled, lost, moved, l := storm(t, seed, func(d *Discord) Sender { return d })
		if doubled != 0 || lost != 0 || moved != 0 {
			t.Errorf("seed %d: of 300 posts %d were doubled, %d lost; %d channels out of order", seed, doubled, lost, moved)
		}
		if l.longest >= 10*time.Second {
			t.Errorf("seed %d: %v between two tries", seed, l.longest)
		}
	}
	if doubled, _, _, _ := storm(t, 0, func(d *Discord) Sender { return noNonce{d} }); doubled == 0 {
		t.Error("without a nonce nothing was doubled: the storm does not test what it should")
	}
}

func TestPostStoredLongAgoIsFoundInItsChannel(t *testing.T) {
	for _, tt := range []struct {
		name   string
		before int // messages of others that came just before
		hide   bool
		want   int
		logged string
	}{
		{"among few", 3, false, 1, "post found in its channel"},
		{"on a later page", 250, false, 1, "post found in its channel"},
		{"history cannot be read", 0, true, 2, "cannot be read"}, // the answer was lost, so nobody can know
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := discordtest.Fake(t)
				s.AddChannel("11")
				var down atomic.Bool
				s.Script(func(r discordtest.Request) discordtest.Fault {
					if r.N == 0 {
						down.Store(true)
						time.AfterFunc(10*time.Minute, func() { down.Store(false) })
						return discordtest.StoredBadGateway()
					}
					return map[bool]discordtest.Fault{true: {Reset: true}}[down.Load()]
				})
				l := newLedger()
				l.add("11", 1)
				for range tt.before {
					s.Say("11", "hello")
				}
				time.AfterFunc(time.Minute, func() {
					s.Say("11", "hello")
					if tt.hide {
						s.HideHistory("11")
					}
				})
				var log bytes.Buffer
				d := fakeDiscord(t, s, slog.New(slog.NewTextHandler(&log, nil)))
				empties(t, l, PosterConfig{Discord: d})
				n := 0
				for _, m := range s.Messages("11") {
					if m.Author.ID == discordtest.Application {
						n++
					}
				}
				if n != tt.want {
					t.Errorf("%d messages, not %d", n, tt.want)
				}
				if !strings.Contains(log.String(), tt.logged) {
					t.Errorf("the log does not say %q:\n%s", tt.logged, &log)
				}
			})
		})
	}
}

func TestHistoryIsNotTakenForEmptyWhenItFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := discordtest.Fake(t)
		s.AddChannel("11")
		s.Script(func(r discordtest.Request) discordtest.Fault {
			switch {
			case r.Method == "GET" && r.N < 4:
				return discordtest.Fault{Status: 500}
			}
			return discordtest.Fault{}
		})
		d := fakeDiscord(t, s, quiet())
		p := tracker.Post{ID: "a", Channel: "11", Firings: []tracker.Firing{aFiring("a")}}
		if _, err := d.Send(t.Context(), p); err != nil {
			t.Fatal(err)
		}
		s.ForgetNonces()
		p.Tried = time.Now().Add(-time.Hour)
		for range 3 {
			if _, err := d.Send(t.Context(), p); err == nil {
				t.Fatal("posted though the channel's messages could not be listed")
			}
		}
		id, err := d.Send(t.Context(), p)
		if err != nil || id != s.Messages("11")[0].ID || len(s.Messages("11")) != 1 {
			t.Errorf("%s, %v, %d messages", id, err, len(s.Messages("11")))
		}
	})
}

func TestRefusalsOfAChannelPauseIt(t *testing.T) {
	for _, tt := range []struct {
		name  string
		do    func(*discordtest.Server)
		cause tracker.Cause
	}{
		{"no access", func(s *discordtest.Server) { s.Forbid("11") }, tracker.CauseAccess},
		{"channel deleted", func(s *discordtest.Server) { s.DeleteChannel("11") }, tracker.CauseGone},
		{"no right to send", func(s *discordtest.Server) {
			s.Script(func(r discordtest.Request) discordtest.Fault {
				if strings.Contains(r.Path, "/11/") {
					return discordtest.Status(403, 50013)
				}
				return discordtest.Fault{}
			})
		}, tracker.CauseAccess},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := discordtest.Fake(t)
				s.AddChannel("11", "12")
				tt.do(s)
				l := newLedger()
				l.add("11", 3)
				l.add("12", 2)
				l.subs = []tracker.Subscription{{ID: "s1", Channel: "11", Lang: "en", By: "discord:70"}, {ID: "s2", Channel: "11", Lang: "en", By: "discord:70"}, {ID: "s3", Channel: "11", By: "local"}}
				d := fakeDiscord(t, s, quiet())
				empties(t, l, PosterConfig{Discord: d, Teller: d})
				if l.paused["11"] != tt.cause || l.posts[0].cause != tt.cause || l.posts[0].why == "" {
					t.Errorf("paused %v, failed for %v: %q", l.paused, l.posts[0].cause, l.posts[0].why)
				}
				if n := len(s.Requests("POST /channels/11/")); n != 1 {
					t.Errorf("%d requests to a channel that refuses", n)
				}
				if n := len(posts(s, "12")); n != 2 {
					t.Errorf("the other channel got %d of 2 posts", n)
				}
				if told := s.Messages("dm-70"); len(told) != 1 || !strings.Contains(told[0].Content, "paused") {
					t.Errorf("told: %+v", told)
				}
			})
		})
	}
}

func TestRefusedPostFailsAndOthersGoOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := discordtest.Fake(t)
		s.AddChannel("11")
		s.Script(once(discordtest.Status(400, 50035)))
		l := newLedger()
		l.add("11", 3)
		empties(t, l, PosterConfig{Discord: fakeDiscord(t, s, quiet())})
		if l.posts[0].cause != tracker.CauseRefused || len(l.paused) != 0 || len(posts(s, "11")) != 2 {
			t.Errorf("cause %q, paused %v, shown %v", l.posts[0].cause, l.paused, posts(s, "11"))
		}
	})
}

func TestLimitThatOutlastsATryPutsThePostOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := discordtest.Fake(t)
		s.AddChannel("11")
		s.Script(once(discordtest.Limited(time.Minute, false, true)))
		l := newLedger()
		l.add("11", 1)
		empties(t, l, PosterConfig{Discord: fakeDiscord(t, s, quiet())})
		if took := time.Since(bubbleStart); l.posts[0].Tries != 2 || took < time.Minute || took > 62*time.Second {
			t.Errorf("%d tries, sent after %v", l.posts[0].Tries, took)
		}
	})
}

func TestLibraryDoesNotTryAgainByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := discordtest.Fake(t)
		s.AddChannel("11")
		s.Script(func(discordtest.Request) discordtest.Fault { return discordtest.StoredBadGateway() })
		if err := post(fakeAPI(t, s), t.Context(), "11"); err == nil || len(s.Messages("11")) != 1 {
			t.Errorf("%d messages after one call: %v", len(s.Messages("11")), err)
		}
	})
}

func TestPageOfAProxyPausesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := discordtest.Fake(t)
		s.AddChannel("11")
		s.Script(func(r discordtest.Request) discordtest.Fault {
			if r.N < 3 {
				return discordtest.Fault{Status: []int{403, 404, 401}[r.N], Body: "<html>no</html>"}
			}
			return discordtest.Fault{}
		})
		l := newLedger()
		l.add("11", 1)
		empties(t, l, PosterConfig{Discord: fakeDiscord(t, s, quiet())})
		if l.posts[0].state != "sent" || len(l.paused) != 0 {
			t.Errorf("%+v, paused %v", l.posts[0], l.paused)
		}
	})
}

func TestChannelDoesNotWaitForAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := discordtest.Fake(t)
		s.AddChannel("11", "12")
		s.Script(func(r discordtest.Request) discordtest.Fault {
			return map[bool]discordtest.Fault{true: {Hang: true}}[strings.Contains(r.Path, "/11/") && time.Since(bubbleStart) < time.Hour]
		})
		l := newLedger()
		l.add("11", 1)
		l.add("12", 20)
		var shown int
		time.AfterFunc(3*time.Second, func() { shown = len(posts(s, "12")) })
		empties(t, l, PosterConfig{Discord: fakeDiscord(t, s, quiet())})
		if shown != 20 {
			t.Errorf("%d of 20 posts after 3 s beside a channel that hangs", shown)
		}
	})
}

// bubbleStart is when every synctest bubble begins.
var bubbleStart = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

func TestPostSentButNotSettledIsNotSentAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := discordtest.Fake(t)
		s.AddChannel("11")
		l := newLedger()
		l.add("11", 1)
		l.refuse = errors.New("the disk is full")
		time.AfterFunc(time.Hour, func() {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.refuse = nil
		})
		empties(t, l, PosterConfig{Discord: fakeDiscord(t, s, quiet())})
		if n := len(s.Requests("POST")); n != 1 || l.posts[0].message != s.Messages("11")[0].ID {
			t.Errorf("%d requests, settled as %q", n, l.posts[0].message)
		}
	})
}

func TestPosterEndsWithItsContextAndFinishesWhatIsInHand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := discordtest.Fake(t)
		s.AddChannel("11", "12")
		s.Script(func(r discordtest.Request) discordtest.Fault {
			return map[bool]discordtest.Fault{true: {Delay: 2 * time.Second}, false: {Hang: true}}[strings.Contains(r.Path, "/11/")]
		})
		l := newLedger()
		l.add("11", 1)
		l.add("12", 1)
		l.posts[1].Tries = 5 // its tries may take longer than the program waits
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		NewPoster(PosterConfig{Outbox: l, Discord: fakeDiscord(t, s, quiet()), Log: quiet()}).Run(ctx)
		if took := time.Since(bubbleStart); took > time.Second+graceTime {
			t.Errorf("ended after %v", took)
		}
		if l.posts[0].state != "sent" || l.posts[1].state != "" {
			t.Errorf("slow: %q, hanging: %q", l.posts[0].state, l.posts[1].state)
		}
	})
}

func TestFlushSendsWhatIsDueAndLeavesWhatNobodyCanSend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLedger()
		l.add(TerminalChannel, 5)
		l.add("11", 1)
		var shown []string
		sender := senderFunc(func(_ context.Context, p tracker.Post) (string, error) {
			if p.ID == "terminal-003" {
				panic("a post that cannot be drawn")
			}
			shown = append(shown, p.ID)
			return "", nil
		})
		NewPoster(PosterConfig{Outbox: l, Terminal: sender, Log: quiet()}).Flush(t.Context())
		if want := []string{"terminal-000", "terminal-001", "terminal-002", "terminal-004"}; !slices.Equal(shown, want) || l.left() != 1 {
			t.Errorf("shown %v, left %d", shown, l.left())
		}
		if l.posts[3].cause != tracker.CauseRefused {
			t.Errorf("the post that panics: %+v", l.posts[3])
		}
	})
}

type senderFunc func(context.Context, tracker.Post) (string, error)

func (f senderFunc) Edit(context.Context, tracker.Post) error    { return nil }
func (f senderFunc) Publish(context.Context, tracker.Post) error { return nil }

func (f senderFunc) Send(ctx context.Context, p tracker.Post) (string, error) { return f(ctx, p) }

func TestPostOfMoreThanAMessageHoldsIsRefusedAloud(t *testing.T) {
	s := discordtest.Fake(t)
	s.AddChannel("11")
	p := tracker.Post{ID: "a", Channel: "11", Firings: make([]tracker.Firing, maxTold+1)}
	_, err := fakeDiscord(t, s, quiet()).Send(t.Context(), p)
	if how, ok := errors.AsType[*SendError](err); !ok || how.Cause != tracker.CauseRefused || len(s.Messages("11")) != 0 {
		t.Errorf("%v, %d messages", err, len(s.Messages("11")))
	}
	p.Channel = "general"
	if _, err := fakeDiscord(t, s, quiet()).Send(t.Context(), p); err == nil || len(s.Requests("")) != 0 {
		t.Errorf("a channel that is none: %v", err)
	}
}
