package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"
)

const (
	// limitTries is how often one request is made while it is answered with 429.
	// Each such answer counts towards a ban of the address: 10,000 in 10 minutes.
	limitTries = 5
	// maxGate bounds what is believed of a Retry-After: a ban lasts an hour.
	maxGate = time.Hour
	// maxAnswer bounds how much of an answer is read.
	maxAnswer = 8 << 20
)

// limitedError says that Discord takes no such request until an instant that is
// later than the request could wait, or after too many tries.
type limitedError struct{ until time.Time }

func (e *limitedError) Error() string {
	return "discord's rate limit is reached until " + e.until.UTC().Format(time.RFC3339)
}

// transport carries every request to Discord. It aims them at the base of the
// API and keeps the rate limits, both before a request is made and after a 429:
// one gate for the global limit, one for each route. It waits on the request's
// context and gives up at once where the gate opens after its deadline.
//
// discordgo's own limiter sees none of this: the headers that it goes by are
// taken out, for it ignores the context while it sleeps, stops only one channel
// at a global limit, and takes the body of a 429 for JSON.
type transport struct {
	base *url.URL
	next http.RoundTripper
	log  *slog.Logger

	mu     sync.Mutex           // guards all below
	global time.Time            // no request before, but answers to interactions
	routes map[string]time.Time // no request of the route before; what has passed is dropped
}

func newTransport(base *url.URL, next http.RoundTripper, log *slog.Logger) *transport {
	return &transport{base: base, next: next, log: log, routes: map[string]time.Time{}}
}

// RoundTrip makes the request when its gates are open.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	route := routeOf(r)
	for try := 1; ; try++ {
		if err := t.await(r.Context(), route); err != nil {
			return nil, err
		}
		aimed, err := t.aim(r)
		if err != nil {
			return nil, err
		}
		answer, err := t.next.RoundTrip(aimed)
		if err != nil {
			return nil, err
		}
		if answer.StatusCode != http.StatusTooManyRequests {
			t.learn(route, answer.Header)
			answer.Body = limitedBody{io.LimitReader(answer.Body, maxAnswer), answer.Body}
			return answer, nil
		}
		if until := t.limited(route, answer, try); try == limitTries {
			return nil, &limitedError{until}
		}
	}
}

type limitedBody struct {
	io.Reader
	io.Closer
}

// routeOf names what Discord counts together: the method and the first three
// parts of the path, which hold the channel, or an interaction's token.
func routeOf(r *http.Request) string {
	parts := strings.Split(trimBase(r.URL.Path), "/")
	return r.Method + " " + strings.Join(parts[:min(len(parts), 4)], "/")
}

func trimBase(path string) string {
	return strings.TrimPrefix(path, "/api/v"+discordgo.APIVersion)
}

// isAnswer says whether a route answers an interaction. These are not bound to
// the global limit ("Rate Limits" in Discord's documentation), and cannot wait.
func isAnswer(route string) bool {
	_, path, _ := strings.Cut(route, " ")
	return strings.HasPrefix(path, "/interactions/") || strings.HasPrefix(path, "/webhooks/")
}

// aim is a copy of the request for where the API really is.
func (t *transport) aim(r *http.Request) (*http.Request, error) {
	c := r.Clone(r.Context())
	c.URL.Scheme, c.URL.Host, c.Host = t.base.Scheme, t.base.Host, ""
	c.URL.Path = strings.TrimSuffix(t.base.Path, "/") + trimBase(r.URL.Path)
	c.URL.RawPath = ""
	if r.GetBody == nil {
		return c, nil
	}
	body, err := r.GetBody()
	c.Body = body
	return c, err
}

func (t *transport) await(ctx context.Context, route string) error {
	for {
		until := t.closedUntil(route)
		wait := time.Until(until)
		if wait <= 0 {
			return ctx.Err()
		}
		if deadline, ok := ctx.Deadline(); ok && until.After(deadline) {
			return &limitedError{until}
		}
		if err := sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// sleep waits, or less long where the context ends.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t *transport) closedUntil(route string) time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	until := t.routes[route]
	if t.global.After(until) && !isAnswer(route) {
		until = t.global
	}
	return until
}

// learn closes a route whose requests are used up, and hides from discordgo
// what its limiter would go by.
func (t *transport) learn(route string, h http.Header) {
	left, err := strconv.Atoi(h.Get("X-RateLimit-Remaining"))
	if after, ok := seconds(h.Get("X-RateLimit-Reset-After")); ok && err == nil && left == 0 {
		t.close(route, false, time.Now().Add(after))
	}
	for name := range h {
		if strings.HasPrefix(http.CanonicalHeaderKey(name), "X-Ratelimit-") {
			h.Del(name)
		}
	}
}

// limited reads a 429 and closes the gate that it is about. An answer that is
// not of Discord's own making comes from the proxy before it, which counts by
// address: it closes the global gate.
func (t *transport) limited(route string, answer *http.Response, try int) time.Time {
	defer answer.Body.Close()
	raw, _ := io.ReadAll(io.LimitReader(answer.Body, 64<<10)) // what cannot be read counts as not said
	var body struct {
		RetryAfter *float64 `json:"retry_after"`
		Global     bool     `json:"global"`
	}
	ours := json.Unmarshal(raw, &body) == nil
	global := !ours || body.Global || answer.Header.Get("X-RateLimit-Global") != "" || answer.Header.Get("X-RateLimit-Scope") == "global"
	after, said := seconds(answer.Header.Get("Retry-After"))
	if ours && body.RetryAfter != nil {
		if exact, ok := seconds(fmt.Sprint(*body.RetryAfter)); ok && (!said || exact > after) {
			after, said = exact, true
		}
	}
	if !said {
		after = time.Second << (try - 1)
	}
	until := time.Now().Add(after)
	t.close(route, global, until)
	t.log.Warn("discord limits the rate", "route", publicPath(route), "global", global, "wait", after, "try", try)
	return until
}

// seconds reads a duration that Discord gives, and believes it within bounds.
func seconds(s string) (time.Duration, bool) {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(n) || n < 0 {
		return 0, false
	}
	return time.Duration(min(n, maxGate.Seconds()) * float64(time.Second)), true
}

func (t *transport) close(route string, global bool, until time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	maps.DeleteFunc(t.routes, func(_ string, passed time.Time) bool { return !passed.After(now) })
	if global && until.After(t.global) {
		t.global = until
	}
	if (!global || isAnswer(route)) && until.After(t.routes[route]) {
		t.routes[route] = until
	}
}
