// Package discordtest is a scripted Discord for tests: the part of its HTTP API
// and of its gateway that a bot like derisk uses, on a loopback address, with
// the faults that the real one has.
//
// A [Server] keeps channels, messages, commands and the answers to
// interactions. [Server.Script] says of each request how it goes wrong;
// [Server.Drop], [Server.Silence] and their like do the same to the gateway.
// Every request is checked against Discord's own description of its API, and
// against the rules that this leaves out: what breaks the rules is answered as
// Discord answers, and what breaks either fails the test at its end.
//
// A Server is an [http.RoundTripper] besides, for tests in a synctest bubble,
// where a connection over loopback would hang.
package discordtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// Application is the id of the bot's application and of its user.
const Application = "900000000000000001"

// Base is the path under which the API stands, as at Discord.
const Base = "/api/v10"

// Server is one scripted Discord. Its fields may be set until the first request.
type Server struct {
	Token       string        // the only bot token that is good
	NonceMemory time.Duration // how long a nonce is remembered

	Heartbeat  time.Duration // interval told in HELLO
	NoHello    bool          // accept connections and say nothing
	StartsLeft int           // session starts that /gateway/bot reports as left

	tb   testing.TB
	http *httptest.Server

	mu       sync.Mutex // guards all below
	script   func(Request) Fault
	requests []Request
	broken   []string // bodies against Discord's rules
	lastID   int64
	channels map[string]*channel
	guilds   map[string]Guild
	commands json.RawMessage
	replies  map[string]*Interaction // by interaction token
	gateway  gateway
}

// Request is one request to the HTTP API, as it came in.
type Request struct {
	N      int // 0 for the first
	Method string
	Path   string // under [Base], with the query
	Body   []byte
	At     time.Time
	Token  string // the Authorization header
}

// New starts a server that ends with the test. Its token is "good-token".
func New(tb testing.TB) *Server {
	s := Fake(tb)
	s.http = httptest.NewServer(s)
	tb.Cleanup(func() {
		s.hangUp()
		s.http.CloseClientConnections()
		s.http.Close()
	})
	return s
}

// Fake is a server without a network, to be used as a [http.RoundTripper]. It
// has no gateway.
func Fake(tb testing.TB) *Server {
	s := &Server{
		Token: "good-token", NonceMemory: 3 * time.Minute, Heartbeat: 41250 * time.Millisecond, StartsLeft: 1000,
		tb: tb, channels: map[string]*channel{}, guilds: map[string]Guild{Home: {Owner: "1", Roles: []Role{{ID: Home, Permissions: 1<<50 - 1}}}}, replies: map[string]*Interaction{},
	}
	s.gateway.changed = make(chan struct{})
	tb.Cleanup(func() {
		for _, b := range s.Broken() {
			tb.Errorf("against Discord's rules: %s", b)
		}
	})
	return s
}

// URL is the base of the API: scheme, host and [Base].
func (s *Server) URL() string { return s.http.URL + Base }

// Broken lists, and forgets, what was sent against Discord's rules.
func (s *Server) Broken() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	broken := s.broken
	s.broken = nil
	return broken
}

func (s *Server) breaks(rules ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = append(s.broken, rules...)
}

// Requests lists those whose method and path begin so, as "POST /channels/".
func (s *Server) Requests(prefix string) []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	var some []Request
	for _, r := range s.requests {
		if strings.HasPrefix(r.Method+" "+r.Path, prefix) {
			some = append(some, r)
		}
	}
	return some
}

// Commands is the body of the latest registration; nil before the first.
func (s *Server) Commands() json.RawMessage {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.commands
}

// RoundTrip serves a request without a network. A fault that cuts the
// connection is an error here, one that hangs ends with the request's context.
func (s *Server) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		r.Body = http.NoBody
	}
	type outcome struct {
		w   *httptest.ResponseRecorder
		cut any
	}
	done := make(chan outcome, 1)
	go func() {
		w := httptest.NewRecorder()
		defer func() { done <- outcome{w, recover()} }()
		s.ServeHTTP(w, r)
	}()
	o := <-done
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if o.cut != nil {
		return nil, io.ErrUnexpectedEOF
	}
	return o.w.Result(), nil
}

// ServeHTTP answers one request of the API, or opens a gateway connection.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/gateway" {
		s.serveGateway(w, r)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client has gone
	}
	path, under := strings.CutPrefix(r.URL.RequestURI(), Base)
	if !under {
		s.tb.Errorf("request for %s, which is not under %s", r.URL.Path, Base)
	}
	if err := described().request(r.Method, path, r.Header, body); err != nil {
		s.breaks(err.Error())
	}
	fault := s.note(Request{Method: r.Method, Path: path, Body: body, At: time.Now(), Token: r.Header.Get("Authorization")})
	if !pause(r, fault.Delay) {
		return
	}
	answer := reply{status: fault.Status, body: fault.Body}
	if fault.none() || fault.Store {
		r.Body = io.NopCloser(bytes.NewReader(body))
		good := s.serve(r, strings.SplitN(path, "?", 2)[0], body)
		if fault.none() {
			answer = good
		}
	}
	switch {
	case fault.Hang:
		<-r.Context().Done()
		return
	case fault.Reset:
		panic(http.ErrAbortHandler)
	}
	for k, v := range fault.Header {
		w.Header()[k] = v
	}
	answer.write(w)
}

func (s *Server) note(r Request) Fault {
	s.mu.Lock()
	r.N = len(s.requests)
	s.requests = append(s.requests, r)
	script := s.script
	s.mu.Unlock()
	if script == nil {
		return Fault{}
	}
	return script(r)
}

// pause says whether the client was still there at the end of it.
func pause(r *http.Request, d time.Duration) bool {
	if d == 0 {
		return true
	}
	select {
	case <-time.After(d):
		return true
	case <-r.Context().Done():
		return false
	}
}

// reply is what goes back: a value as JSON, or a body as it is.
type reply struct {
	status int
	value  any
	body   string
}

func (a reply) write(w http.ResponseWriter) {
	switch {
	case a.value != nil:
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(a.status)
		json.NewEncoder(w).Encode(a.value) // the client may have gone
	default:
		w.WriteHeader(a.status)
		io.WriteString(w, a.body)
	}
}

// refuse is an answer of Discord's kind: a status, its own code, and words.
func refuse(status, code int, words string) reply {
	return reply{status: status, value: map[string]any{"code": code, "message": words}}
}

func (s *Server) nextID(at time.Time) string {
	s.lastID++
	return Snowflake(at, s.lastID)
}

// Snowflake is the n-th id that Discord gives in the millisecond of at. Before
// Discord's first, as in a synctest bubble, ids only go by n.
func Snowflake(at time.Time, n int64) string {
	const epoch = 1420070400000 // 2015-01-01, in milliseconds
	return fmt.Sprint(max(0, at.UnixMilli()-epoch)<<22 | n&(1<<22-1))
}
