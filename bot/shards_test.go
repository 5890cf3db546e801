package bot

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"derisk/bot/discordtest"
)

// shardsOf lists the shards that identified themselves, as id/number.
func shardsOf(g discordtest.Gateway) (all []string) {
	for _, raw := range g.Identified {
		var who struct {
			Shard [2]int `json:"shard"`
		}
		if err := json.Unmarshal(raw, &who); err != nil {
			panic(err)
		}
		all = append(all, shard{who.Shard[0], who.Shard[1]}.String())
	}
	slices.Sort(all)
	return all
}

func TestAsManyShardsAsDiscordAsksFor(t *testing.T) {
	s := discordtest.New(t)
	s.Shards(3, 3)
	r := begin(t, s)
	s.AwaitGateway(5*time.Second, "three shards", func(g discordtest.Gateway) bool { return g.Ready == 3 })
	if got, want := shardsOf(s.Gateway()), []string{"0/3", "1/3", "2/3"}; !slices.Equal(got, want) {
		t.Errorf("identified as %v", got)
	}
	for _, guild := range []string{"", fmt.Sprint(3<<22 | 1), fmt.Sprint(4<<22 | 1), fmt.Sprint(5<<22 | 1)} {
		if m := s.Interact(discordtest.Ask{Name: "help", Guild: guild, Channel: "11"}).Message(5 * time.Second); m == nil {
			t.Errorf("guild %q gets no answer", guild)
		}
	}
	if n := len(s.Requests("POST /interactions/")); n != 4 {
		t.Errorf("4 commands were answered %d times", n)
	}
	s.Cut()
	s.AwaitGateway(5*time.Second, "all back", func(g discordtest.Gateway) bool { return len(g.Resumed) == 3 && g.Ready == 3 })
	r.stop()
	if err := r.end(t); err != nil {
		t.Error(err)
	}
}

func TestMoreShardsWhenDiscordWantsThem(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(*discordtest.Server)
	}{
		{"and says how many", func(s *discordtest.Server) { s.Shards(2, 1); s.Drop(closeTooFew) }},
		{"and says no other number", func(s *discordtest.Server) { s.Drop(closeTooFew) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := discordtest.New(t)
			begin(t, s)
			s.AwaitReady()
			tt.do(s)
			s.AwaitGateway(5*time.Second, "two shards", func(g discordtest.Gateway) bool { return g.Ready == 2 && g.Open == 2 })
			if got, want := shardsOf(s.Gateway()), []string{"0/1", "0/2", "1/2"}; !slices.Equal(got, want) {
				t.Errorf("identified as %v", got)
			}
		})
	}
}

func TestShardsIdentifyThemselvesBucketByBucket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		all := newStarts(&remembered{}, quiet())
		all.limit(0, 2)
		var mu sync.Mutex
		began, by := time.Now(), map[time.Duration][]int{}
		var run sync.WaitGroup
		for id := range 6 {
			run.Go(func() {
				turn, err := all.await(t.Context(), id)
				if err != nil {
					t.Error(err)
					return
				}
				time.Sleep(time.Second) // to connect
				mu.Lock()
				at := time.Since(began)
				by[at] = append(by[at], id%2)
				mu.Unlock()
				turn.spend(t.Context())
			})
		}
		run.Wait()
		for at, buckets := range by {
			if slices.Sort(buckets); !slices.Equal(buckets, []int{0, 1}) {
				t.Errorf("after %v: buckets %v", at, buckets)
			}
		}
		if got, want := slices.Sorted(maps.Keys(by)), []time.Duration{time.Second, 7 * time.Second, 13 * time.Second}; !slices.Equal(got, want) {
			t.Errorf("at %v", got)
		}
		if c := all.count(t.Context()); c.Count != 6 {
			t.Errorf("%d counted", c.Count)
		}
	})
}

// remembering has a bot use what another one left.
func remembering(m *remembered) func(*Discord) {
	return func(d *Discord) {
		d.settings, d.gateway.starts.memory, d.gateway.kept.memory = m, m, m
	}
}

func (m *remembered) copy() *remembered {
	m.mu.Lock()
	defer m.mu.Unlock()
	return &remembered{kept: maps.Clone(m.kept)}
}

// answered has somebody use a command.
func answered(t *testing.T, s *discordtest.Server) {
	t.Helper()
	if s.Interact(discordtest.Ask{Name: "help", Channel: "11"}).Message(5*time.Second) == nil {
		t.Fatal("a command is not answered")
	}
}

func TestQuickRestartResumes(t *testing.T) {
	s := discordtest.New(t)
	m := &remembered{}
	first := begin(t, s, remembering(m))
	s.AwaitReady()
	answered(t, s)
	first.stop()
	first.end(t)
	meanwhile := s.Interact(discordtest.Ask{Name: "help", Channel: "11"})
	begin(t, s, remembering(m))
	if meanwhile.Message(5*time.Second) == nil {
		t.Error("what was asked while nobody was there is not answered")
	}
	g := s.Gateway()
	if len(g.Identified) != 1 || len(g.Resumed) != 1 || len(s.Requests("POST /interactions/")) != 2 {
		t.Errorf("identified %d, resumed %d, %d answers", len(g.Identified), len(g.Resumed), len(s.Requests("POST /interactions/")))
	}
}

func TestCommandIsNotCarriedOutAgainAfterAKill(t *testing.T) {
	s := discordtest.New(t)
	m := &remembered{}
	first := begin(t, s, remembering(m))
	s.AwaitReady()
	answered(t, s)
	left := m.copy() // what a process leaves that is killed now
	first.stop()
	first.end(t)
	second := begin(t, s, remembering(left))
	s.AwaitGateway(5*time.Second, "back again", resumes(1))
	answered(t, s)
	second.stop()
	second.end(t)
	if n := len(s.Requests("POST /interactions/")); n != 2 {
		t.Errorf("2 commands were answered %d times", n)
	}
}

func TestSessionOfAnotherNumberOfShardsIsNotResumed(t *testing.T) {
	s := discordtest.New(t)
	m := &remembered{}
	first := begin(t, s, remembering(m))
	s.AwaitReady()
	answered(t, s)
	first.stop()
	first.end(t)
	s.Shards(2, 2)
	begin(t, s, remembering(m))
	s.AwaitGateway(5*time.Second, "two shards", func(g discordtest.Gateway) bool { return g.Ready == 2 })
	if g := s.Gateway(); len(g.Resumed) != 0 {
		t.Errorf("resumed with %s", g.Resumed)
	}
}

func TestCommandMadeWhileTheConnectionIsAwayIsAnswered(t *testing.T) {
	s := discordtest.New(t)
	begin(t, s, func(d *Discord) { d.gateway.backoff = func(int) time.Duration { return 300 * time.Millisecond } })
	s.AwaitReady()
	s.Cut()
	s.AwaitGateway(5*time.Second, "gone", func(g discordtest.Gateway) bool { return g.Open == 0 })
	answered(t, s)
}
