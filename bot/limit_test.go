package bot

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"derisk/bot/discordtest"
)

// fakeAPI is an api over a scripted Discord without a network, for bubbles.
func fakeAPI(t *testing.T, s *discordtest.Server) *api {
	t.Helper()
	a, err := newAPI(s.Token, DefaultAPI, s, quiet())
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func post(a *api, ctx context.Context, channel string) error {
	return a.call(ctx, http.MethodPost, "/channels/"+channel+"/messages", notice("hello"), nil)
}

// once is a script that does a fault to the first request only.
func once(f discordtest.Fault) func(discordtest.Request) discordtest.Fault {
	return func(r discordtest.Request) discordtest.Fault {
		if r.N == 0 {
			return f
		}
		return discordtest.Fault{}
	}
}

func TestRateLimitIsWaitedFor(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault discordtest.Fault
		wait  time.Duration
	}{
		{"Retry-After in a header", discordtest.Limited(7*time.Second, false, true), 7 * time.Second},
		{"only in the body", discordtest.Limited(1500*time.Millisecond, false, false), 1500 * time.Millisecond},
		{"a page and nothing to go by", discordtest.LimitedByProxy(), time.Second},
		{"a negative time", discordtest.Fault{Status: 429, Body: `{"retry_after": -5}`}, time.Second},
		{"a year", discordtest.Fault{Status: 429, Body: `{"retry_after": 31536000}`}, time.Hour},
		{"an empty body", discordtest.Fault{Status: 429}, time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := discordtest.Fake(t)
				s.AddChannel("1")
				s.Script(once(tt.fault))
				began := time.Now()
				if err := post(fakeAPI(t, s), t.Context(), "1"); err != nil {
					t.Fatal(err)
				}
				if took := time.Since(began); took != tt.wait {
					t.Errorf("waited %v, not %v", took, tt.wait)
				}
				if n := len(s.Messages("1")); n != 1 {
					t.Errorf("%d messages", n)
				}
			})
		})
	}
}

func TestGlobalLimitStopsEveryChannelButNotAnswers(t *testing.T) {
	for _, tt := range []struct {
		global bool
		other  time.Duration // when the other channel gets its post
	}{{true, 10 * time.Second}, {false, 0}} {
		synctest.Test(t, func(t *testing.T) {
			s := discordtest.Fake(t)
			s.AddChannel("1", "2")
			s.Script(once(discordtest.Limited(10*time.Second, tt.global, true)))
			a := fakeAPI(t, s)
			began := time.Now()
			var work sync.WaitGroup
			work.Go(func() { post(a, t.Context(), "1") })
			synctest.Wait()
			work.Go(func() {
				a.call(t.Context(), http.MethodPost, "/interactions/3/token/callback", callback{Type: answerLater}, nil)
				if took := time.Since(began); took != 0 {
					t.Errorf("an answer to an interaction waited %v", took)
				}
			})
			if err := post(a, t.Context(), "2"); err != nil {
				t.Error(err)
			}
			if took := time.Since(began); took != tt.other {
				t.Errorf("global %t: the other channel waited %v, not %v", tt.global, took, tt.other)
			}
			work.Wait()
		})
	}
}

func TestRateLimitHasACapOnTries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := discordtest.Fake(t)
		s.AddChannel("1")
		s.Script(func(discordtest.Request) discordtest.Fault { return discordtest.Limited(time.Second, false, true) })
		err := post(fakeAPI(t, s), t.Context(), "1")
		if _, ok := errors.AsType[*limitedError](err); !ok {
			t.Errorf("got %v", err)
		}
		if n := len(s.Requests("")); n != limitTries {
			t.Errorf("%d requests, not %d", n, limitTries)
		}
	})
}

func TestWaitingForALimitEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := discordtest.Fake(t)
		s.AddChannel("1")
		s.Script(once(discordtest.Limited(time.Minute, false, true)))
		a := fakeAPI(t, s)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(2*time.Second, cancel)
		began := time.Now()
		if err := post(a, ctx, "1"); !errors.Is(err, context.Canceled) || time.Since(began) != 2*time.Second {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
		ctx, cancel = context.WithTimeout(t.Context(), 4*time.Second)
		defer cancel()
		began = time.Now()
		limit, ok := errors.AsType[*limitedError](post(a, ctx, "1"))
		if !ok || time.Since(began) != 0 || time.Until(limit.until) != 58*time.Second {
			t.Errorf("a limit that outlasts the deadline was waited for: %v %v", ok, time.Since(began))
		}
	})
}

func TestUsedUpBucketIsWaitedForBeforeTheNextRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answers := map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": "3.5", "X-RateLimit-Bucket": "b"}
		tr := newTransport(&url.URL{Scheme: "http", Host: "h", Path: "/base"}, answering(answers), quiet())
		began := time.Now()
		for range 2 {
			r, _ := http.NewRequestWithContext(t.Context(), "POST", "https://discord.com/api/v9/channels/1/messages", nil)
			answer, err := tr.RoundTrip(r)
			if err != nil {
				t.Fatal(err)
			}
			if left := answer.Header.Get("X-RateLimit-Remaining") + answer.Header.Get("X-RateLimit-Bucket"); left != "" {
				t.Errorf("discordgo's limiter sees %q", left)
			}
		}
		if took := time.Since(began); took != 3500*time.Millisecond {
			t.Errorf("waited %v", took)
		}
	})
}

type answering map[string]string

func (a answering) RoundTrip(r *http.Request) (*http.Response, error) {
	h := http.Header{}
	for k, v := range a {
		h.Set(k, v)
	}
	return &http.Response{StatusCode: 200, Header: h, Body: io.NopCloser(strings.NewReader("{}")), Request: r}, nil
}

func TestLimiterKeepsNothingOfAnsweredInteractions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := newTransport(&url.URL{Scheme: "http", Host: "h"}, answering{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": "1"}, quiet())
		for i := range 1000 {
			r, _ := http.NewRequestWithContext(t.Context(), "POST", "https://discord.com/api/v9/interactions/1/"+strings.Repeat("x", i)+"/callback", nil)
			if _, err := tr.RoundTrip(r); err != nil {
				t.Fatal(err)
			}
			time.Sleep(10 * time.Millisecond)
		}
		if n := len(tr.routes); n > 101 {
			t.Errorf("%d routes are remembered after 1000 interactions", n)
		}
	})
}

func TestRequestsGoToTheBaseOnly(t *testing.T) {
	var got string
	tr := newTransport(&url.URL{Scheme: "http", Host: "proxy.test:8080", Path: "/discord/v10/"}, carrier(func(r *http.Request) (*http.Response, error) {
		got = r.URL.String()
		return answering{}.RoundTrip(r)
	}), quiet())
	r, _ := http.NewRequestWithContext(t.Context(), "GET", "https://discord.com/api/v9/channels/1/messages?limit=2", nil)
	if _, err := tr.RoundTrip(r); err != nil || got != "http://proxy.test:8080/discord/v10/channels/1/messages?limit=2" {
		t.Errorf("went to %s: %v", got, err)
	}
}

type carrier func(*http.Request) (*http.Response, error)

func (c carrier) RoundTrip(r *http.Request) (*http.Response, error) { return c(r) }
