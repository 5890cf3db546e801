package discordtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// gateway is the state of the gateway, under the server's mu.
type gateway struct {
	conns      map[*conn]bool
	opened     int
	identified []json.RawMessage // data of each IDENTIFY
	resumed    []json.RawMessage // data of each RESUME
	beats      int
	silent     bool
	dead       bool // heartbeats are not acknowledged, all else goes on
	closeNext  int  // close code for whoever identifies or resumes next
	refuseNext int  // how many RESUMEs are answered with an invalid session
	sessions   map[string]*session
	sequence   int64
	shards     int // that /gateway/bot asks for
	slots      int // its max_concurrency
	changed    chan struct{}
}

// conn is one gateway connection.
type conn struct {
	ws    *websocket.Conn
	mu    sync.Mutex // one writer at a time
	ready bool       // under the server's mu

	session *session // nil before it identified or resumed; under the server's mu
}

// session is what a client may resume, under the server's mu.
type session struct {
	id    string
	shard [2]int
	sent  []packet // the latest events
}

// replayed is how many events are kept of a session.
const replayed = 200

type packet struct {
	Op   int             `json:"op"`
	Data json.RawMessage `json:"d"`
	Seq  *int64          `json:"s,omitempty"`
	Type string          `json:"t,omitempty"`
}

func (c *conn) send(op int, data any) {
	c.write(packet{Op: op, Data: encode(data)})
}

func (c *conn) write(p packet) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ws.SetWriteDeadline(time.Now().Add(time.Second))
	c.ws.WriteJSON(p) // the client may have gone
}

func (c *conn) close(code int) {
	c.mu.Lock()
	c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, "scripted"), time.Now().Add(time.Second))
	c.mu.Unlock()
	time.AfterFunc(100*time.Millisecond, func() { c.ws.Close() })
}

func (s *Server) serveGateway(w http.ResponseWriter, r *http.Request) {
	up := websocket.Upgrader{}
	ws, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer ws.Close()
	c := &conn{ws: ws}
	s.mu.Lock()
	if s.gateway.conns == nil {
		s.gateway.conns, s.gateway.sessions = map[*conn]bool{}, map[string]*session{}
	}
	s.gateway.conns[c] = true
	s.gateway.opened++
	silent, left := s.NoHello, false
	s.gatewayChanged()
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.gateway.conns, c)
		if left && c.session != nil {
			delete(s.gateway.sessions, c.session.id)
		}
		s.gatewayChanged()
		s.mu.Unlock()
	}()
	if !silent {
		c.send(10, map[string]any{"heartbeat_interval": s.Heartbeat.Milliseconds()})
	}
	for {
		var p packet
		if err := ws.ReadJSON(&p); err != nil {
			left = websocket.IsCloseError(err, websocket.CloseNormalClosure, websocket.CloseGoingAway) // ends the session
			return
		}
		s.hear(c, p)
	}
}

func (s *Server) gatewayChanged() {
	close(s.gateway.changed)
	s.gateway.changed = make(chan struct{})
}

// hear does what Discord does with a packet.
func (s *Server) hear(c *conn, p packet) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.gatewayChanged()
	g := &s.gateway
	if g.silent || s.NoHello {
		return
	}
	switch p.Op {
	case 1:
		if g.beats++; !g.dead {
			c.send(11, nil)
		}
	case 2, 6:
		s.begin(c, p)
	}
}

// begin answers an IDENTIFY or a RESUME.
func (s *Server) begin(c *conn, p packet) {
	g := &s.gateway
	var who struct {
		Token   string  `json:"token"`
		Session string  `json:"session_id"`
		Seq     int64   `json:"seq"`
		Shard   *[2]int `json:"shard"`
	}
	if err := json.Unmarshal(p.Data, &who); err != nil {
		c.close(4002)
		return
	}
	if p.Op == 2 {
		g.identified = append(g.identified, p.Data)
	} else {
		g.resumed = append(g.resumed, p.Data)
	}
	code := g.closeNext
	g.closeNext = 0
	shard := [2]int{0, 1}
	if who.Shard != nil {
		shard = *who.Shard
	}
	switch {
	case code != 0:
		c.close(code)
	case who.Token != s.Token:
		c.close(4004)
	case p.Op == 6:
		s.resume(c, who.Session, who.Seq)
	case shard[0] < 0 || shard[0] >= shard[1]:
		c.close(4010)
	case shard[1] < g.shards:
		c.close(4011)
	default:
		c.ready = true
		c.session = &session{id: fmt.Sprintf("session-%d", len(g.identified)), shard: shard}
		g.sessions[c.session.id] = c.session
		s.event(c.session, "READY", s.readyEvent(c))
	}
}

// resume sends again what a client has missed.
func (s *Server) resume(c *conn, id string, seq int64) {
	g := &s.gateway
	c.session = g.sessions[id]
	if g.refuseNext > 0 || c.session == nil || c.session.shard[1] < g.shards {
		g.refuseNext = max(0, g.refuseNext-1)
		c.send(9, false)
		return
	}
	for _, p := range c.session.sent {
		if *p.Seq > seq {
			c.write(p)
		}
	}
	c.ready = true
	s.event(c.session, "RESUMED", struct{}{})
}

func (s *Server) readyEvent(c *conn) any {
	return map[string]any{
		"v": 10, "session_id": c.session.id, "resume_gateway_url": "ws://" + c.ws.LocalAddr().String() + "/gateway",
		"user": map[string]any{"id": Application, "bot": true}, "application": map[string]any{"id": Application, "flags": 0},
		"guilds": []any{}, "shard": c.session.shard,
	}
}

// event sends an event of a session to its connection, if there is one, and keeps it.
func (s *Server) event(of *session, name string, data any) {
	s.gateway.sequence++
	n := s.gateway.sequence
	p := packet{Data: encode(data), Seq: &n, Type: name}
	of.sent = append(of.sent[max(0, len(of.sent)-replayed+1):], p)
	for c := range s.gateway.conns {
		if c.ready && c.session == of {
			c.write(p)
		}
	}
}

// dispatch sends an event to the shard of a guild, also to sessions whose
// connection is away; guild "" is a direct message, everywhere goes to all.
func (s *Server) dispatch(guild, name string, data any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, _ := strconv.ParseInt(guild, 10, 64) // of none: 0, as at Discord
	for _, of := range s.gateway.sessions {
		if guild == everywhere || int(id>>22)%of.shard[1] == of.shard[0] {
			s.event(of, name, data)
		}
	}
}

// everywhere stands for all guilds.
const everywhere = "*"

func (s *Server) eachConn(do func(*conn)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.gateway.conns {
		do(c)
	}
}

// Drop closes every gateway connection with a close code.
func (s *Server) Drop(code int) { s.eachConn(func(c *conn) { c.close(code) }) }

// Cut ends every gateway connection without a word.
func (s *Server) Cut() { s.eachConn(func(c *conn) { c.ws.Close() }) }

// AskReconnect asks every client to connect anew (op 7).
func (s *Server) AskReconnect() { s.eachConn(func(c *conn) { c.send(7, nil) }) }

// AskHeartbeat asks every client for a heartbeat (op 1).
func (s *Server) AskHeartbeat() { s.eachConn(func(c *conn) { c.send(1, nil) }) }

// Invalidate tells every client that its session is no more (op 9).
func (s *Server) Invalidate(resumable bool) {
	s.eachConn(func(c *conn) {
		if c.session != nil && !resumable {
			delete(s.gateway.sessions, c.session.id)
		}
		c.send(9, resumable)
	})
}

// Send sends text to every client as it is.
func (s *Server) Send(text string) {
	s.eachConn(func(c *conn) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.ws.WriteMessage(websocket.TextMessage, []byte(text))
	})
}

// Silence has the gateway say nothing more; false ends that.
func (s *Server) Silence(on bool) { s.set(func(g *gateway) { g.silent = on }) }

// StopAcks has the gateway acknowledge no heartbeat, while events still go out.
func (s *Server) StopAcks(on bool) { s.set(func(g *gateway) { g.dead = on }) }

// CloseNext closes on whoever identifies or resumes next.
func (s *Server) CloseNext(code int) { s.set(func(g *gateway) { g.closeNext = code }) }

// Shards has the gateway want n shards, which may identify themselves in slots
// buckets side by side. Who comes with fewer is closed on with 4011.
func (s *Server) Shards(n, slots int) {
	s.set(func(g *gateway) { g.shards, g.slots = n, slots })
}

// RefuseResumes answers the next n RESUMEs with an invalid session.
func (s *Server) RefuseResumes(n int) { s.set(func(g *gateway) { g.refuseNext = n }) }

func (s *Server) set(do func(*gateway)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	do(&s.gateway)
}

// Gateway is what has happened at the gateway so far.
type Gateway struct {
	Open       int // connections now
	Ready      int // of those, the ones that identified or resumed
	Opened     int // connections ever
	Beats      int // heartbeats
	Identified []json.RawMessage
	Resumed    []json.RawMessage
}

// Gateway tells what has happened at the gateway.
func (s *Server) Gateway() Gateway {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.gatewayNow()
}

func (s *Server) gatewayNow() Gateway {
	g := Gateway{Open: len(s.gateway.conns), Opened: s.gateway.opened, Beats: s.gateway.beats,
		Identified: s.gateway.identified, Resumed: s.gateway.resumed}
	for c := range s.gateway.conns {
		if c.ready {
			g.Ready++
		}
	}
	return g
}

// AwaitGateway waits until done says so of what has happened, or fails the test.
func (s *Server) AwaitGateway(within time.Duration, what string, done func(Gateway) bool) {
	s.tb.Helper()
	timer := time.After(within)
	for {
		s.mu.Lock()
		now, changed := s.gatewayNow(), s.gateway.changed
		s.mu.Unlock()
		if done(now) {
			return
		}
		select {
		case <-changed:
		case <-timer:
			s.tb.Fatalf("not within %v: %s; gateway: %+v", within, what, now)
		}
	}
}

// AwaitReady waits until a client is ready.
func (s *Server) AwaitReady() {
	s.tb.Helper()
	s.AwaitGateway(5*time.Second, "a client that is ready", func(g Gateway) bool { return g.Ready > 0 })
}

func (s *Server) hangUp() { s.Cut() }
