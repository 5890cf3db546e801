package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/gorilla/websocket"
)

// StopError is why Discord will not have this bot: trying again cannot help.
type StopError struct {
	Code   int    // of the gateway's close, or the status of HTTP
	Remedy string // what is wrong and what to do
}

func (e *StopError) Error() string { return fmt.Sprintf("%s (discord's code %d)", e.Remedy, e.Code) }

const badToken = "discord does not accept the token: copy it anew from the developer portal (Bot, Reset Token), set DISCORD_TOKEN to it, and start again"

// stops are the close codes after which there is no point in connecting again
// ("Gateway Close Event Codes" in Discord's documentation).
var stops = map[int]string{
	4004: badToken,
	4010: "discord refuses the shard number: this is a fault in derisk, please report it",
	4012: "discord no longer speaks version 10 of its gateway: install a newer derisk",
	4013: "discord refuses the intents: this is a fault in derisk, please report it",
	4014: "discord does not allow the intents that were asked for: this is a fault in derisk, which needs no privileged ones",
}

// sessionEnds are the close codes after which a session cannot be resumed.
var sessionEnds = map[int]bool{
	websocket.CloseNormalClosure: true, websocket.CloseGoingAway: true,
	4003: true, // not authenticated
	4007: true, // the sequence is wrong
	4009: true, // timed out
}

// closeTooFew is the close code of a connection that would have to serve more
// servers than it may: more shards are needed.
const closeTooFew = 4011

const (
	writeTime   = 5 * time.Second
	longestWait = time.Minute // between two connections
	stableTime  = time.Minute // a connection that lasts so long was a good one
	maxPacket   = 32 << 20
	closeResume = 4000 // the code with which we end a connection whose session goes on
)

// Operations of the gateway, by Discord's numbers.
const (
	opDispatch = iota
	opHeartbeat
	opIdentify
	opResume         = 6
	opReconnect      = 7
	opInvalidSession = 9
	opHello          = 10
	opAck            = 11
)

var (
	errReconnect = errors.New("discord asks for a new connection")
	errInvalid   = errors.New("discord has ended the session")
	errSilent    = errors.New("no answer to a heartbeat")
)

// gateway keeps one shard's connection to Discord's gateway open, whatever
// happens to it, until its context ends or Discord says that it will never have
// the bot.
//
// It stands in for that of discordgo, which hides the code of a close, tries for
// ever what cannot succeed, notices a silent connection after minutes only,
// identifies itself where nobody can count it, and comes back after Close.
type gateway struct {
	token   string
	address func(context.Context) (gatewayAddress, error)
	shard   shard
	starts  *starts
	kept    *sessions
	ready   func(app string)                         // the bot is there, as that application; must not block
	handle  func(event string, data json.RawMessage) // must not block
	log     *slog.Logger

	// The waits, which only tests shorten.
	backoff     func(failures int) time.Duration
	openTime    time.Duration // from dialling to READY
	invalidWait time.Duration // before a new session in place of an ended one, or up to five times as long
}

// gatewayAddress is the answer of /gateway/bot.
type gatewayAddress struct {
	URL    string `json:"url"`
	Shards int    `json:"shards"`
	Starts struct {
		Total       int   `json:"total"`
		Remaining   int   `json:"remaining"`
		ResetAfter  int64 `json:"reset_after"`     // milliseconds
		Concurrency int   `json:"max_concurrency"` // buckets in which shards may identify themselves side by side
	} `json:"session_start_limit"`
}

// run returns nil when ctx has ended, else errTooFew or a [StopError]. What the
// next process needs to go on is stored at the end.
func (g *gateway) run(ctx context.Context) error {
	session := g.kept.load(ctx, g.shard)
	defer func() {
		ending, done := outlive(ctx, writeTime)
		defer done()
		g.kept.save(ending, g.shard, session, true)
	}()
	for failures := 0; ctx.Err() == nil; failures++ {
		began := time.Now()
		err := g.connect(ctx, session)
		if stop := g.judge(err, session); stop != nil && ctx.Err() == nil {
			return stop
		}
		if time.Since(began) >= stableTime {
			failures = 0
		}
		wait := g.backoff(failures)
		if errors.Is(err, errInvalid) {
			wait = max(wait, g.invalidWait+rand.N(4*g.invalidWait)) // one to five seconds, as Discord asks
		}
		if ctx.Err() == nil {
			g.log.Warn("discord connection ended", "shard", g.shard, "err", err, "resume", session.id != "", "wait", wait)
		}
		sleep(ctx, wait) // the loop looks at ctx
	}
	return nil
}

// backoff is up to a second at first, and doubles.
func backoff(failures int) time.Duration {
	longest := min(time.Second<<min(failures, 10), longestWait)
	return longest/2 + rand.N(longest/2)
}

// judge says whether an error is the end, and forgets a session that it ended.
func (g *gateway) judge(err error, s *session) error {
	if stop := refusal(err); stop != nil {
		return stop
	}
	if closed, ok := errors.AsType[*websocket.CloseError](err); ok {
		if closed.Code == closeTooFew {
			return errTooFew
		}
		if remedy, is := stops[closed.Code]; is {
			return &StopError{closed.Code, remedy}
		}
		if sessionEnds[closed.Code] {
			s.forget()
		}
	}
	if errors.Is(err, errInvalid) {
		s.forget()
	}
	return nil
}

// refusal is a [StopError] where Discord does not accept the token.
func refusal(err error) error {
	if refused, ok := errors.AsType[*refusedError](err); ok && refused.Status == http.StatusUnauthorized {
		return &StopError{refused.Status, badToken}
	}
	return nil
}

// connect opens a connection and serves it until it ends, always with an error.
func (g *gateway) connect(ctx context.Context, s *session) error {
	if s.id == "" {
		turn, err := g.starts.await(ctx, g.shard.id)
		if err != nil {
			return err
		}
		defer turn.end()
		s.turn = turn
	}
	at, err := g.where(ctx, s)
	if err != nil {
		return err
	}
	opened := time.Now()
	opening, cancel := context.WithDeadline(ctx, opened.Add(g.openTime))
	defer cancel()
	dialer := websocket.Dialer{Proxy: http.ProxyFromEnvironment, HandshakeTimeout: g.openTime}
	ws, answer, err := dialer.DialContext(opening, at, nil)
	if answer != nil && answer.Body != nil {
		answer.Body.Close()
	}
	if err != nil {
		s.url = "" // ask for another address
		return fmt.Errorf("connect to the gateway: %w", err)
	}
	ws.SetReadLimit(maxPacket)
	c := &connection{ws: ws, session: s}
	c.acked.Store(true)
	defer c.ws.Close()
	defer context.AfterFunc(ctx, func() { c.end(closeResume, ctx.Err()) })()
	return g.serve(ctx, c, opened.Add(g.openTime))
}

// where is the address to connect to. A session that can be resumed has its own;
// else Discord must let the bot identify itself.
func (g *gateway) where(ctx context.Context, s *session) (string, error) {
	at := s.url
	if at == "" || s.id == "" {
		found, err := g.address(ctx)
		if err != nil {
			return "", fmt.Errorf("ask for the gateway: %w", err)
		}
		if limit := found.Starts; s.id == "" && limit.Total > 0 && limit.Remaining <= 0 {
			wait := min(time.Duration(limit.ResetAfter)*time.Millisecond, 24*time.Hour)
			g.log.Error("discord allows no more sessions for now; posts go out all the same", "wait", wait)
			if err := sleep(ctx, wait); err != nil {
				return "", err
			}
		}
		at = found.URL
	}
	u, err := url.Parse(at)
	if err != nil || u.Scheme != "ws" && u.Scheme != "wss" {
		s.url = ""
		return "", fmt.Errorf("%.100q is not the address of a gateway", at)
	}
	u.RawQuery = "v=10&encoding=json"
	return u.String(), nil
}

// serve reads what Discord says. Until READY or RESUMED it must come by a
// deadline, afterwards soon enough after what came before.
func (g *gateway) serve(ctx context.Context, c *connection, deadline time.Time) error {
	var beating sync.WaitGroup
	defer beating.Wait()
	beat, stop := context.WithCancel(ctx)
	defer stop()
	ready := false
	for {
		if ready {
			deadline = time.Now().Add(c.idle())
		}
		c.ws.SetReadDeadline(deadline)
		p, err := c.read()
		if err != nil {
			return err
		}
		switch p.Op {
		case opHello:
			if err := g.greet(ctx, c, p.Data); err != nil {
				return err
			}
			beating.Go(func() { c.beat(beat) })
		case opDispatch:
			ready = g.dispatch(ctx, c, p) || ready
		default:
			if err := c.control(p); err != nil {
				return err
			}
			if p.Op == opAck && ready {
				g.kept.save(ctx, g.shard, c.session, false)
			}
		}
	}
}

// greet answers HELLO: resume where that is possible, else identify.
func (g *gateway) greet(ctx context.Context, c *connection, hello json.RawMessage) error {
	var h struct {
		Interval int64 `json:"heartbeat_interval"` // milliseconds
	}
	if err := json.Unmarshal(hello, &h); err != nil || h.Interval <= 0 || c.interval != 0 {
		return errors.New("discord's greeting cannot be read, or comes twice")
	}
	c.interval = time.Duration(min(h.Interval, time.Hour.Milliseconds())) * time.Millisecond
	if c.session.id != "" {
		return c.write(opResume, map[string]any{"token": g.token, "session_id": c.session.id, "seq": c.session.seq.Load()})
	}
	if err := c.session.turn.spend(ctx); err != nil {
		return err
	}
	return c.write(opIdentify, map[string]any{
		"token": g.token, "intents": discordgo.IntentsGuilds, "shard": []int{g.shard.id, g.shard.of},
		"properties": map[string]string{"os": "linux", "browser": "derisk", "device": "derisk"},
	})
}

// dispatch hands an event on. It says whether the connection is ready by it.
func (g *gateway) dispatch(ctx context.Context, c *connection, p packet) bool {
	s := c.session
	s.seq.Store(p.Seq)
	ready := p.Type == "READY" || p.Type == "RESUMED"
	if p.Type == "READY" {
		if err := s.begin(p.Data); err != nil {
			g.log.Warn("discord's READY cannot be read", "err", err)
		}
	}
	if ready {
		g.log.Info("discord connection ready", "event", p.Type, "shard", g.shard)
		g.kept.save(ctx, g.shard, s, false)
		g.ready(s.app)
		s.stale = false
	}
	if !s.stale {
		g.handle(p.Type, p.Data)
	}
	return ready
}

// packet is one message of the gateway.
type packet struct {
	Op   int             `json:"op"`
	Data json.RawMessage `json:"d"`
	Seq  int64           `json:"s"`
	Type string          `json:"t"`
}

// connection is one connection to the gateway. One goroutine reads; each write
// takes its turn.
type connection struct {
	ws       *websocket.Conn
	session  *session
	interval time.Duration // of heartbeats; set before they begin
	acked    atomic.Bool   // the latest heartbeat was answered
	writing  sync.Mutex
	ended    atomic.Pointer[error] // why we ended it ourselves
}

// idle is how long the connection may say nothing: each heartbeat is answered.
// With it a silent connection is given up within two intervals and five seconds.
func (c *connection) idle() time.Duration {
	return c.interval + min(c.interval/2, 3*time.Second) + time.Second
}

func (c *connection) read() (p packet, err error) {
	if err = c.ws.ReadJSON(&p); err == nil {
		return p, nil
	}
	if ours := c.ended.Load(); ours != nil {
		return p, *ours
	}
	return p, err
}

func (c *connection) write(op int, data any) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	c.ws.SetWriteDeadline(time.Now().Add(writeTime))
	if err := c.ws.WriteJSON(map[string]any{"op": op, "d": data}); err != nil {
		return fmt.Errorf("write to the gateway: %w", err)
	}
	return nil
}

// control does what Discord asks for besides events.
func (c *connection) control(p packet) error {
	switch p.Op {
	case opAck:
		c.acked.Store(true)
	case opHeartbeat:
		return c.heartbeat()
	case opReconnect:
		c.end(closeResume, errReconnect)
		return errReconnect
	case opInvalidSession:
		if string(p.Data) == "true" {
			c.end(closeResume, errReconnect)
			return errReconnect
		}
		c.end(websocket.CloseNormalClosure, errInvalid)
		return errInvalid
	}
	return nil
}

func (c *connection) heartbeat() error {
	if seq := c.session.seq.Load(); seq != 0 {
		return c.write(opHeartbeat, seq)
	}
	return c.write(opHeartbeat, nil)
}

// beat sends heartbeats, the first after a part of the interval so that not all
// bots beat at once. One that was not answered by the next ends the connection.
func (c *connection) beat(ctx context.Context) {
	wait := rand.N(c.interval)
	for sleep(ctx, wait) == nil {
		if !c.acked.Swap(false) {
			c.end(closeResume, errSilent)
			return
		}
		if err := c.heartbeat(); err != nil {
			c.end(closeResume, err)
			return
		}
		wait = c.interval
	}
}

// end ends the connection with a code; why is what read returns from then on.
func (c *connection) end(code int, why error) {
	c.ended.CompareAndSwap(nil, &why)
	c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), time.Now().Add(time.Second))
	c.ws.Close()
}
