package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"derisk/bot/discordtest"
)

// running is a bot at a scripted Discord over loopback.
type running struct {
	*Discord
	s     *discordtest.Server
	log   *syncBuffer
	ended chan error
	stop  context.CancelFunc
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// begin runs a bot whose waits are short. It is stopped by the test.
func begin(t *testing.T, s *discordtest.Server, change ...func(*Discord)) *running {
	t.Helper()
	log := &syncBuffer{}
	d, err := NewDiscord(DiscordConfig{Token: "Bot " + s.Token, API: s.URL(), Settings: &remembered{},
		Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	if err != nil {
		t.Fatal(err)
	}
	d.gateway.starts.spacing = 10 * time.Millisecond
	d.gateway.backoff = func(int) time.Duration { return 10 * time.Millisecond }
	d.gateway.invalidWait = 10 * time.Millisecond
	d.gateway.openTime = time.Second
	for _, f := range change {
		f(d)
	}
	ctx, cancel := context.WithCancel(t.Context())
	r := &running{Discord: d, s: s, log: log, ended: make(chan error, 1), stop: cancel}
	go func() { r.ended <- d.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		r.end(t)
	})
	return r
}

// end waits until the bot has ended and says with what.
func (r *running) end(t *testing.T) error {
	t.Helper()
	select {
	case err := <-r.ended:
		r.ended <- err
		return err
	case <-time.After(10 * time.Second):
		t.Fatal("the bot does not end")
		return nil
	}
}

func TestGatewayAsksForGuildsOnlyAndKeepsTheConnection(t *testing.T) {
	s := discordtest.New(t)
	s.Heartbeat = 40 * time.Millisecond
	r := begin(t, s)
	s.AwaitGateway(5*time.Second, "five heartbeats", func(g discordtest.Gateway) bool { return g.Beats >= 5 })
	s.AskHeartbeat()
	g := s.Gateway()
	var identify struct {
		Intents int    `json:"intents"`
		Token   string `json:"token"`
	}
	if err := json.Unmarshal(g.Identified[0], &identify); err != nil || identify.Intents != 1 || identify.Token != s.Token {
		t.Errorf("identified with %s", g.Identified[0])
	}
	if g.Opened != 1 || len(g.Identified) != 1 {
		t.Errorf("%+v", g)
	}
	r.stop()
	if err := r.end(t); err != nil {
		t.Error(err)
	}
}

// resumes says of what has happened that the bot is ready again by a RESUME.
func resumes(n int) func(discordtest.Gateway) bool {
	return func(g discordtest.Gateway) bool { return len(g.Resumed) >= n && g.Ready == 1 && g.Open == 1 }
}

func TestGatewayComesBack(t *testing.T) {
	identifies := func(n int) func(discordtest.Gateway) bool {
		return func(g discordtest.Gateway) bool { return len(g.Identified) >= n && g.Ready == 1 && g.Open == 1 }
	}
	for _, tt := range []struct {
		name string
		do   func(*discordtest.Server)
		done func(discordtest.Gateway) bool
	}{
		{"dropped without a word", func(s *discordtest.Server) { s.Cut() }, resumes(1)},
		{"asked to reconnect", func(s *discordtest.Server) { s.AskReconnect() }, resumes(1)},
		{"unknown error 4000", func(s *discordtest.Server) { s.Drop(4000) }, resumes(1)},
		{"unknown operation 4001", func(s *discordtest.Server) { s.Drop(4001) }, resumes(1)},
		{"packet that cannot be read 4002", func(s *discordtest.Server) { s.Drop(4002) }, resumes(1)},
		{"not authenticated 4003", func(s *discordtest.Server) { s.Drop(4003) }, identifies(2)},
		{"already authenticated 4005", func(s *discordtest.Server) { s.Drop(4005) }, resumes(1)},
		{"wrong sequence 4007", func(s *discordtest.Server) { s.Drop(4007) }, identifies(2)},
		{"too many packets 4008", func(s *discordtest.Server) { s.Drop(4008) }, resumes(1)},
		{"session timed out 4009", func(s *discordtest.Server) { s.Drop(4009) }, identifies(2)},
		{"closed in the normal way 1000", func(s *discordtest.Server) { s.Drop(1000) }, identifies(2)},
		{"gateway goes away 1001", func(s *discordtest.Server) { s.Drop(1001) }, identifies(2)},
		{"session invalid, resumable", func(s *discordtest.Server) { s.Invalidate(true) }, resumes(1)},
		{"session invalid for good", func(s *discordtest.Server) { s.Invalidate(false) }, identifies(2)},
		{"resume refused", func(s *discordtest.Server) { s.RefuseResumes(1); s.Cut() }, identifies(2)},
		{"words that are no JSON", func(s *discordtest.Server) { s.Send("{") }, resumes(1)},
		{"silence", func(s *discordtest.Server) {
			s.Silence(true)
			time.AfterFunc(500*time.Millisecond, func() { s.Silence(false) })
		}, resumes(1)},
		{"heartbeats not acknowledged", func(s *discordtest.Server) {
			s.StopAcks(true)
			time.AfterFunc(300*time.Millisecond, func() { s.StopAcks(false) })
		}, resumes(1)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := discordtest.New(t)
			s.Heartbeat = 100 * time.Millisecond
			begin(t, s)
			s.AwaitReady()
			tt.do(s)
			s.AwaitGateway(5*time.Second, "back again", tt.done)
		})
	}
}

func TestSilentConnectionIsGivenUpInTime(t *testing.T) {
	for _, interval := range []time.Duration{100 * time.Millisecond, 5 * time.Second, 41250 * time.Millisecond} {
		c := connection{interval: interval}
		if most := 2*interval + 5*time.Second; c.idle() > most || c.idle() <= interval {
			t.Errorf("interval %v: given up after %v, at most %v", interval, c.idle(), most)
		}
	}
}

func TestSilentConnectionIsReplacedInTime(t *testing.T) {
	t.Parallel()
	s := discordtest.New(t)
	s.Heartbeat = 500 * time.Millisecond
	begin(t, s)
	s.AwaitReady()
	s.Silence(true)
	s.AwaitGateway(2*s.Heartbeat+5*time.Second, "given up", func(g discordtest.Gateway) bool { return g.Opened > 1 })
	s.Silence(false)
	s.AwaitGateway(10*time.Second, "back again", resumes(1))
}

func TestGatewayStopsWhereTryingAgainCannotHelp(t *testing.T) {
	for _, tt := range []struct {
		code int
		says string
	}{{4004, "DISCORD_TOKEN"}, {4010, "shard"}, {4012, "newer derisk"}, {4013, "intents"}, {4014, "intents"}} {
		t.Run(tt.says, func(t *testing.T) {
			s := discordtest.New(t)
			s.CloseNext(tt.code)
			err := begin(t, s).end(t)
			stop, ok := errors.AsType[*StopError](err)
			if !ok || stop.Code != tt.code || !strings.Contains(stop.Error(), tt.says) {
				t.Errorf("ended with %v", err)
			}
		})
	}
}

func TestWrongTokenStopsAndSaysWhatToDo(t *testing.T) {
	s := discordtest.New(t)
	s.Token = "another-token"
	r := begin(t, s, func(d *Discord) { s.Token = "the-right-one" })
	stop, ok := errors.AsType[*StopError](r.end(t))
	if !ok || stop.Code != http.StatusUnauthorized || !strings.Contains(stop.Remedy, "copy it anew") {
		t.Errorf("ended with %v", stop)
	}
	if n := len(s.Requests("")); n != 1 {
		t.Errorf("%d requests with a wrong token: they count towards a ban", n)
	}
}

func TestServerThatNeverGreetsIsGivenUpAndEndsAtOnce(t *testing.T) {
	s := discordtest.New(t)
	s.NoHello = true
	r := begin(t, s, func(d *Discord) { d.gateway.openTime = 100 * time.Millisecond })
	s.AwaitGateway(5*time.Second, "a second try", func(g discordtest.Gateway) bool { return g.Opened >= 2 })
	began := time.Now()
	r.stop()
	if err := r.end(t); err != nil || time.Since(began) > time.Second {
		t.Errorf("ended after %v: %v", time.Since(began), err)
	}
}

func TestEndDuringAReconnectIsFinal(t *testing.T) {
	s := discordtest.New(t)
	r := begin(t, s, func(d *Discord) { d.gateway.backoff = func(int) time.Duration { return time.Hour } })
	s.AwaitReady()
	s.Cut()
	s.AwaitGateway(5*time.Second, "gone", func(g discordtest.Gateway) bool { return g.Open == 0 })
	r.stop()
	if err := r.end(t); err != nil {
		t.Error(err)
	}
	if g := s.Gateway(); g.Opened != 1 || g.Open != 0 {
		t.Errorf("after the end: %+v", g)
	}
}

func TestStartsOfADayAreCountedAndLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &remembered{}
		again := func() *starts { return newStarts(m, quiet()) } // as after a restart
		began := time.Now()
		for range maxStarts {
			turn, err := again().await(t.Context(), 0)
			if err != nil {
				t.Fatal(err)
			}
			if err := turn.spend(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if took, least := time.Since(began), (maxStarts-1)*startSpacing; took != least {
			t.Errorf("%d starts took %v, not %v", maxStarts, took, least)
		}
		turn, _ := again().await(t.Context(), 0)
		if took := time.Since(began); took != 24*time.Hour {
			t.Errorf("one more came after %v", took)
		}
		turn.spend(t.Context())
		if c := again().count(t.Context()); c.Count != 1 {
			t.Errorf("the next day begins at %d", c.Count)
		}
	})
}

func TestNoStartsLeftAtDiscordWaits(t *testing.T) {
	s := discordtest.New(t)
	s.StartsLeft = 0
	r := begin(t, s)
	for len(s.Requests("GET /gateway/bot")) == 0 {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(50 * time.Millisecond)
	if g := s.Gateway(); g.Opened != 0 {
		t.Errorf("connected all the same: %+v", g)
	}
	r.stop()
	r.end(t)
}

func TestBackoffGrowsWithJitterAndHasAnEnd(t *testing.T) {
	for failures, longest := range []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second, 32 * time.Second, time.Minute, time.Minute} {
		seen := map[time.Duration]bool{}
		for range 50 {
			wait := backoff(failures)
			if seen[wait] = true; wait < longest/2 || wait > longest {
				t.Errorf("%v after %d failures, at most %v", wait, failures, longest)
			}
		}
		if len(seen) < 10 {
			t.Errorf("after %d failures: no jitter", failures)
		}
	}
	if wait := backoff(1 << 30); wait > longestWait {
		t.Error(wait)
	}
}

func TestTokenIsNeverTold(t *testing.T) {
	const secret = "s3cr3t-t0k3n"
	s := discordtest.New(t)
	s.Token = secret
	r := begin(t, s)
	s.AwaitReady()
	s.AddChannel("11")
	var told []string
	note := func(err error) {
		if err != nil {
			told = append(told, err.Error())
		}
	}
	s.Script(discordtest.Storm("P", 100, 1, false))
	for range 20 {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		note(post(r.api, ctx, "11"))
		note(r.api.call(ctx, http.MethodPatch, "/webhooks/1/interaction-secret/messages/@original", notice("x"), nil))
		cancel()
	}
	s.Script(nil)
	s.Invalidate(false)
	s.AwaitGateway(5*time.Second, "a second session", func(g discordtest.Gateway) bool { return len(g.Identified) == 2 })
	s.CloseNext(4004)
	s.Invalidate(false)
	note(r.end(t))
	_, err := NewDiscord(DiscordConfig{Token: secret, API: "ftp://nowhere", Log: quiet()})
	note(err)
	_, err = NewDiscord(DiscordConfig{Token: "Bot " + secret + "\nx", Log: quiet()})
	note(err)
	all := r.log.String() + strings.Join(told, "\n")
	for _, s := range []string{secret, "interaction-secret"} {
		if strings.Contains(all, s) {
			t.Errorf("%s is told in:\n%s", s, all)
		}
	}
	if len(told) < 10 {
		t.Errorf("only %d errors to look at", len(told))
	}
}
