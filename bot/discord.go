package bot

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"
)

// DiscordConfig says how Discord is reached and what is asked there. Token, Env,
// Settings and Log must be set.
type DiscordConfig struct {
	Token     string            // of the bot, with or without "Bot " before it
	API       string            // base of the HTTP API; empty: [DefaultAPI]. The gateway's address comes from its /gateway/bot
	Env       Env               // what commands ask and change
	Settings  Settings          // remembers session starts and what is registered
	Log       *slog.Logger      // never told a token
	Transport http.RoundTripper // carries the requests; nil: one of Discord's own
}

// Discord is the bot on Discord: it answers interactions, and is a [Sender] and
// a [Teller].
//
// Posting needs no more than the HTTP API, so it goes on while the gateway is
// away. Every command is answered, or deferred, within two seconds.
type Discord struct {
	api      *api
	gateway  *gateway
	settings Settings
	log      *slog.Logger

	run      func(context.Context, Request) (Reply, error)
	complete func(ctx context.Context, r Request, option, typed string) ([]Choice, error)

	work      sync.WaitGroup
	slots     chan struct{} // one for each interaction in hand
	workers   chan struct{} // one for each command that runs
	offerers  chan struct{} // one for each completion that runs
	turnsAway chan struct{} // one for each interaction that is told to come again

	registering sync.Mutex
}

const (
	// inHand is how many interactions are taken up at the same time: all of them are
	// answered or deferred in time. As many more are told to come again.
	inHand = 512
	// atWork is how many commands run then, and as many completions. They need
	// processors more than they wait; with many at once the first answers of the
	// others would come late.
	atWork = 4
	// idleConnections are kept open to one host.
	idleConnections = 64
	// addressTime is how long asking for the gateway's address may take.
	addressTime = 15 * time.Second
)

// NewDiscord makes the bot. Nothing is sent before Run, Send or Tell.
func NewDiscord(c DiscordConfig) (*Discord, error) {
	token := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(c.Token), "Bot "))
	if token == "" {
		return nil, errors.New("no discord token: set DISCORD_TOKEN")
	}
	if strings.ContainsAny(token, " \t\r\n") {
		return nil, errors.New("the discord token holds a space: copy it anew from the developer portal and set DISCORD_TOKEN to it alone")
	}
	next := c.Transport
	if next == nil {
		own := http.DefaultTransport.(*http.Transport).Clone()
		own.MaxIdleConnsPerHost = idleConnections
		next = own
	}
	api, err := newAPI(token, cmp.Or(c.API, DefaultAPI), next, c.Log)
	if err != nil {
		return nil, err
	}
	d := &Discord{api: api, settings: c.Settings, log: c.Log,
		slots: make(chan struct{}, inHand), turnsAway: make(chan struct{}, inHand),
		workers: make(chan struct{}, atWork), offerers: make(chan struct{}, atWork)}
	c.Env.Places = d
	d.run = func(ctx context.Context, r Request) (Reply, error) { return Run(ctx, c.Env, r) }
	offers := new(Completion)
	d.complete = func(ctx context.Context, r Request, option, typed string) ([]Choice, error) {
		return offers.Complete(ctx, c.Env, r, option, typed)
	}
	d.gateway = &gateway{
		token: token, address: d.address, log: c.Log,
		backoff: backoff, openTime: 20 * time.Second, invalidWait: time.Second,
		starts: newStarts(c.Settings, c.Log),
		kept:   &sessions{memory: c.Settings, log: c.Log},
	}
	return d, nil
}

// Run keeps the bot on Discord until ctx ends, and then finishes what it has in
// hand. It returns nil, or a [StopError] where Discord will not have the bot.
func (d *Discord) Run(ctx context.Context) error {
	defer d.work.Wait()
	d.gateway.ready = func(app string) { d.work.Go(func() { d.register(ctx, app) }) }
	d.gateway.handle = func(event string, data json.RawMessage) { d.event(ctx, event, data) }
	return d.gateway.runShards(ctx)
}

func (d *Discord) address(ctx context.Context) (found gatewayAddress, err error) {
	ctx, cancel := context.WithTimeout(ctx, addressTime)
	defer cancel()
	err = d.api.call(ctx, http.MethodGet, "/gateway/bot", nil, &found)
	return found, err
}

// event takes up one event of the gateway. It does not block.
func (d *Discord) event(ctx context.Context, event string, data json.RawMessage) {
	switch event {
	case "INTERACTION_CREATE":
		d.takeUp(ctx, data)
	}
}

// takeUp works on an interaction if there is a slot for it, else it asks the
// user to come again.
func (d *Discord) takeUp(ctx context.Context, data json.RawMessage) {
	received := time.Now()
	select {
	case d.slots <- struct{}{}:
		d.inSlot(d.slots, data, func(i *discordgo.Interaction) { d.interact(ctx, i, received) })
		return
	default:
	}
	select {
	case d.turnsAway <- struct{}{}:
		d.log.Warn("too many commands at once: one is told to come again", "limit", inHand)
		d.inSlot(d.turnsAway, data, func(i *discordgo.Interaction) { d.turnAway(ctx, i, received) })
	default:
		d.log.Error("too many commands at once: one was left unanswered", "limit", 2*inHand)
	}
}

// inSlot works on an interaction aside, and frees its slot then.
func (d *Discord) inSlot(slot chan struct{}, data json.RawMessage, do func(*discordgo.Interaction)) {
	d.work.Go(func() {
		defer func() { <-slot }()
		defer func() {
			if r := recover(); r != nil {
				d.log.Error("an interaction panicked", "panic", r)
			}
		}()
		var i discordgo.Interaction
		if err := json.Unmarshal(data, &i); err != nil {
			d.log.Warn("an interaction cannot be read", "err", err)
			return
		}
		do(&i)
	})
}
