package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bwmarrin/discordgo"

	"derisk/bot/discordtest"
	"derisk/tracker"
)

// answering with is a bot whose commands are run by f.
func answers(f func(context.Context, Request) (Reply, error)) func(*Discord) {
	return func(d *Discord) { d.run = f }
}

func quick(context.Context, Request) (Reply, error) {
	return Reply{Title: "cn-mofcom-2025-58", Sections: []Section{{Lines: []string{"suspended, last day 10 November 2026"}}}}, nil
}

func slow(private bool) func(context.Context, Request) (Reply, error) {
	return func(ctx context.Context, _ Request) (Reply, error) {
		return Reply{Title: "slow", Ephemeral: private}, sleep(ctx, 1800*time.Millisecond)
	}
}

func TestCommandsAreAnsweredInTime(t *testing.T) {
	for _, tt := range []struct {
		name      string
		run       func(context.Context, Request) (Reply, error)
		ask       discordtest.Ask
		fault     func(discordtest.Request) discordtest.Fault
		first     int
		within    time.Duration
		ephemeral bool
		says      string
	}{
		{"at once", quick, discordtest.Ask{Name: "ask"}, nil, discordtest.Answered, time.Second, false, "cn-mofcom-2025-58"},
		{"slow, so deferred and then edited", slow(false), discordtest.Ask{Name: "ask"}, nil, discordtest.Deferred, 1900 * time.Millisecond, false, "slow"},
		{"slow and private", slow(true), discordtest.Ask{Name: "ask"}, nil, discordtest.Deferred, 1900 * time.Millisecond, true, "slow"},
		{"private", func(context.Context, Request) (Reply, error) { return Reply{Title: "yours", Ephemeral: true}, nil },
			discordtest.Ask{Name: "review", Sub: "list"}, nil, discordtest.Answered, time.Second, true, "yours"},
		{"wrong usage", func(context.Context, Request) (Reply, error) { return Reply{}, wrong("no *such* thing", "没有") },
			discordtest.Ask{Name: "ask"}, nil, discordtest.Answered, time.Second, true, `no \*such\* thing`},
		{"in Chinese", func(context.Context, Request) (Reply, error) { return Reply{}, wrong("no such thing", "没有") },
			discordtest.Ask{Name: "ask", Locale: "zh-CN"}, nil, discordtest.Answered, time.Second, true, "没有"},
		{"a failure inside", func(context.Context, Request) (Reply, error) { return Reply{}, errors.New("SQLITE_BUSY /var/db") },
			discordtest.Ask{Name: "ask"}, nil, discordtest.Answered, time.Second, true, "Sorry"},
		{"a panic", func(context.Context, Request) (Reply, error) { panic("nil map") },
			discordtest.Ask{Name: "ask"}, nil, discordtest.Answered, time.Second, true, "Sorry"},
		{"the first answer is lost after it was stored", quick, discordtest.Ask{Name: "ask"}, firstCallback(discordtest.StoredBadGateway()), discordtest.Answered, 2 * time.Second, false, "cn-mofcom"},
		{"the deferral is lost after it was stored", slow(false), discordtest.Ask{Name: "ask"}, firstCallback(discordtest.StoredBadGateway()), discordtest.Deferred, 1900 * time.Millisecond, false, "slow"},
		{"the first answer hangs", quick, discordtest.Ask{Name: "ask"}, firstCallback(discordtest.Fault{Hang: true}), discordtest.Answered, 2500 * time.Millisecond, false, "cn-mofcom"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := discordtest.New(t)
			begin(t, s, answers(tt.run))
			s.AwaitReady()
			s.Script(tt.fault)
			i := s.Interact(tt.ask)
			if kind, took := i.First(); kind != tt.first || took > tt.within {
				t.Fatalf("answered with %d after %v", kind, took)
			}
			time.Sleep(map[bool]time.Duration{true: 500 * time.Millisecond}[tt.first == discordtest.Deferred])
			m := i.Message(3 * time.Second)
			if m == nil {
				t.Fatal("no message")
			}
			text := m.Content
			for _, e := range m.Embeds {
				text += e.Title + e.Description
			}
			if !strings.Contains(text, tt.says) || strings.Contains(text, "SQLITE") {
				t.Errorf("says %q", text)
			}
			if private := m.Flags&discordtest.Ephemeral != 0; private != tt.ephemeral {
				t.Errorf("ephemeral: %t", private)
			}
		})
	}
}

// firstCallback is a script that does a fault to the first callback.
func firstCallback(f discordtest.Fault) func(discordtest.Request) discordtest.Fault {
	var once sync.Once
	return func(r discordtest.Request) (do discordtest.Fault) {
		if strings.HasPrefix(r.Path, "/interactions/") {
			once.Do(func() { do = f })
		}
		return do
	}
}

func TestRequestOfAnInteraction(t *testing.T) {
	got := make(chan Request, 1)
	s := discordtest.New(t)
	r := begin(t, s, answers(func(_ context.Context, r Request) (Reply, error) { got <- r; return Reply{Title: "x"}, nil }))
	r.settings.SetSetting(t.Context(), RoleSetting("guild:9", RecordIt), "808")
	r.settings.SetSetting(t.Context(), RoleSetting("guild:7", ReviewIt), "7")
	s.AwaitReady()
	member := func(roles ...string) map[string]any {
		return map[string]any{"member": map[string]any{"user": map[string]any{"id": "70"}, "permissions": "0", "roles": roles}}
	}
	for _, tt := range []struct {
		name string
		ask  discordtest.Ask
		want Request
	}{
		{"in a server", discordtest.Ask{Name: "check", Options: map[string]any{"product": "graphite", "limit": 20, "failed": true}, Guild: "9", Channel: "11", User: "70", Locale: "zh-TW"},
			Request{Command: "check", Args: map[string]string{"product": "graphite", "limit": "20", "failed": "true"}, Lang: "zh", Owner: "guild:9", User: "discord:70", Channel: "11"}},
		{"a direct message", discordtest.Ask{Name: "review", Sub: "list", Channel: "12", User: "70"},
			Request{Command: "review list", Args: map[string]string{}, Lang: "en", Owner: "user:70", User: "discord:70", Channel: "12", MayAlert: true, MayReview: true}},
		{"with Manage Channels", discordtest.Ask{Name: "alert", Sub: "list", Guild: "9", Permissions: discordgo.PermissionManageChannels},
			Request{Command: "alert list", Args: map[string]string{}, Lang: "en", Owner: "guild:9", User: "discord:55", MayAlert: true}},
		{"with Manage Server", discordtest.Ask{Name: "ask", Guild: "9", Permissions: discordgo.PermissionManageGuild},
			Request{Command: "ask", Args: map[string]string{}, Lang: "en", Owner: "guild:9", User: "discord:55", MayAlert: true, MayRecord: true, MayReview: true, MayManage: true}},
		{"an administrator", discordtest.Ask{Name: "ask", Guild: "9", Permissions: discordgo.PermissionAdministrator},
			Request{Command: "ask", Args: map[string]string{}, Lang: "en", Owner: "guild:9", User: "discord:55", MayAlert: true, MayRecord: true, MayReview: true, MayManage: true}},
		{"with the role that may record", discordtest.Ask{Name: "ask", Guild: "9", More: member("1", "808")},
			Request{Command: "ask", Args: map[string]string{}, Lang: "en", Owner: "guild:9", User: "discord:70", MayRecord: true}},
		{"with that role's id in another server", discordtest.Ask{Name: "ask", Guild: "8", More: member("808")},
			Request{Command: "ask", Args: map[string]string{}, Lang: "en", Owner: "guild:8", User: "discord:70"}},
		{"where reviews are open to @everyone", discordtest.Ask{Name: "review", Sub: "list", Guild: "7"},
			Request{Command: "review list", Args: map[string]string{}, Lang: "en", Owner: "guild:7", User: "discord:55", MayReview: true}},
		{"forged, without a user", discordtest.Ask{Name: "ask", More: map[string]any{"user": nil}},
			Request{Command: "ask", Args: map[string]string{}, Lang: "en"}},
		{"forged, in a server without a member", discordtest.Ask{Name: "ask", Guild: "9", More: map[string]any{"member": nil, "user": map[string]any{"id": "70"}}},
			Request{Command: "ask", Args: map[string]string{}, Lang: "en", User: "discord:70"}},
		{"forged, with another's owner for an id", discordtest.Ask{Name: "ask", More: map[string]any{"user": map[string]any{"id": "*"}}},
			Request{Command: "ask", Args: map[string]string{}, Lang: "en"}},
	} {
		s.Interact(tt.ask)
		r := <-got
		if time.Since(r.Query.Now) > time.Minute {
			t.Errorf("%s: now is %v", tt.name, r.Query.Now)
		}
		r.Query, r.where = tracker.Query{}, whereabouts{}
		if fmt.Sprintf("%+v", r) != fmt.Sprintf("%+v", tt.want) {
			t.Errorf("%s:\ngot  %+v\nwant %+v", tt.name, r, tt.want)
		}
	}
}

func TestButtonsTurnPagesAfterARestart(t *testing.T) {
	long := func(_ context.Context, r Request) (Reply, error) {
		if r.Arg("id") != "稀土 & co" || r.Lang != "zh" && r.Arg("lang") != "zh" {
			return Reply{}, fmt.Errorf("asked for %+v", r)
		}
		var items []string
		for n := range 300 {
			items = append(items, fmt.Sprintf("item %d of three hundred", n))
		}
		return Reply{Title: "long", Sections: []Section{{Items: items}}}, nil
	}
	s := discordtest.New(t)
	first := begin(t, s, answers(long))
	s.AwaitReady()
	m := s.Interact(discordtest.Ask{Name: "measure", Options: map[string]any{"id": "稀土 & co"}, Locale: "zh-CN"}).Message(2 * time.Second)
	if m == nil || len(m.Components) != 1 {
		t.Fatalf("%+v", m)
	}
	first.stop()
	first.end(t)
	begin(t, s, answers(long))
	s.AwaitGateway(5*time.Second, "the second bot", func(g discordtest.Gateway) bool { return g.Open == 1 && g.Ready == 1 && g.Opened == 2 })
	shown := m.Embeds[0].Description
	for page := 1; page <= 10; page++ {
		next := customIDs(t, m)[1]
		if strings.HasPrefix(next, "v1:none") {
			break
		}
		i := s.Interact(discordtest.Ask{Type: discordtest.Button, CustomID: next})
		if kind, _ := i.First(); kind != discordtest.Paged {
			t.Fatalf("turned with %d", kind)
		}
		m = i.Message(time.Second)
		shown += m.Embeds[0].Description + "\n"
	}
	for n := range 300 {
		if strings.Count(shown, fmt.Sprintf("item %d of", n)) != 1 {
			t.Errorf("item %d is not shown once", n)
		}
	}
}

func customIDs(t *testing.T, m *discordtest.Message) (ids []string) {
	t.Helper()
	for _, raw := range m.Components {
		for _, part := range strings.Split(string(raw), `"custom_id":"`)[1:] {
			id, _, _ := strings.Cut(part, `"`)
			ids = append(ids, strings.ReplaceAll(id, `\u0026`, "&"))
		}
	}
	return ids
}

func TestUnknownButtonsAreAnsweredInWords(t *testing.T) {
	s := discordtest.New(t)
	begin(t, s)
	s.AwaitReady()
	for _, id := range []string{"v0:page:1:ask?", "v1:", "v1:page:-1:ask?", "v1:page:9999999:ask?", "x", "v1:run:0:nothing?", "v1:page:1:ask?%zz", "v1:erase:0:ask?"} {
		m := s.Interact(discordtest.Ask{Type: discordtest.Button, CustomID: id}).Message(2 * time.Second)
		if m == nil || m.Flags&discordtest.Ephemeral == 0 || m.Content == "" {
			t.Errorf("%s: %+v", id, m)
		}
	}
}

func TestCompletion(t *testing.T) {
	s := discordtest.New(t)
	begin(t, s, func(d *Discord) {
		d.complete = func(ctx context.Context, r Request, option, typed string) ([]Choice, error) {
			switch typed {
			case "slow":
				return nil, sleep(ctx, time.Minute)
			case "panic":
				panic("x")
			}
			many := []Choice{{Value: strings.Repeat("x", 101)}, {Value: ""}}
			for n := range 40 {
				many = append(many, Choice{Value: fmt.Sprintf("%s-%s-%s-%d", r.Command, option, typed, n), Name: tracker.Text{EN: strings.Repeat("长", 300)}})
			}
			return many, nil
		}
	})
	s.AwaitReady()
	ask := func(typed string) *discordtest.Interaction {
		return s.Interact(discordtest.Ask{Type: discordtest.Autocomplete, Name: "rule", Sub: "explain", Options: map[string]any{"rule": typed}, Focused: "rule"})
	}
	if found := ask("sus").Choices(2 * time.Second); len(found) != 25 || found[0] != "rule explain-rule-sus-0" {
		t.Errorf("%v", found)
	}
	for _, typed := range []string{"slow", "panic"} {
		if kind, took := ask(typed).First(); kind != discordtest.Offered || took > 2*time.Second {
			t.Errorf("%s: answered with %d after %v", typed, kind, took)
		}
	}
}

func TestManyInteractionsAtOnceAndAnEndThatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := discordtest.Fake(t)
		d := fakeDiscord(t, s, quiet())
		var mu sync.Mutex
		var running, most, finished int
		d.run = func(ctx context.Context, _ Request) (Reply, error) {
			mu.Lock()
			running++
			most = max(most, running)
			mu.Unlock()
			sleep(ctx, 300*time.Millisecond)
			mu.Lock()
			defer mu.Unlock()
			running--
			finished++
			return Reply{Title: "x"}, nil
		}
		var all []*discordtest.Interaction
		for range inHand + 100 { // more than are taken up: the gateway must not wait for them
			i := s.Interact(discordtest.Ask{Name: "ask"})
			all = append(all, i)
			d.event(t.Context(), "INTERACTION_CREATE", fmt.Appendf(nil, `{"id": %q, "token": %q, "application_id": "9", "type": 2, "data": {"name": "ask"}}`, i.ID, i.Token))
		}
		d.work.Wait()
		if most > atWork || running != 0 || finished != inHand {
			t.Errorf("at most %d at once, %d still running, %d finished", most, running, finished)
		}
		for _, i := range all { // also those that are told to come again
			if kind, took := i.First(); kind == 0 || took > 2*time.Second {
				t.Errorf("one was answered with %d after %v", kind, took)
			}
		}
	})
}

func TestEndWaitsForCommandsInHand(t *testing.T) {
	s := discordtest.New(t)
	began := make(chan bool, 1)
	r := begin(t, s, answers(func(ctx context.Context, _ Request) (Reply, error) {
		began <- true
		return Reply{Title: "x"}, sleep(ctx, 300*time.Millisecond)
	}))
	s.AwaitReady()
	i := s.Interact(discordtest.Ask{Name: "ask"})
	<-began
	r.stop()
	r.end(t)
	if n := len(s.Requests("POST /interactions/")); n != 1 {
		t.Errorf("ended with %d answers", n)
	}
	if m := i.Message(0); m == nil || len(m.Embeds) != 1 || m.Embeds[0].Title != "x" {
		t.Errorf("ended before the answer: %+v", m)
	}
}

func TestDeferredAnswerIsShownThroughFaults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := discordtest.Fake(t)
		d := fakeDiscord(t, s, quiet())
		d.run = func(ctx context.Context, _ Request) (Reply, error) {
			return Reply{Title: "the answer"}, sleep(ctx, 20*time.Second)
		}
		s.Script(discordtest.Storm("PATCH /webhooks/", 60, 4, false))
		i := s.Interact(discordtest.Ask{Name: "ask"})
		event := discordgo.Interaction{ID: i.ID, Token: i.Token, AppID: discordtest.Application, Type: discordgo.InteractionApplicationCommand,
			Data: discordgo.ApplicationCommandInteractionData{Name: "ask"}}
		d.interact(t.Context(), &event, time.Now())
		m := i.Message(time.Minute)
		if m == nil || m.Embeds[0].Title != "the answer" {
			t.Errorf("%+v", m)
		}
	})
}
