package bot

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"derisk/tracker"
)

// Outbox is the ledger of deliveries, as far as posting goes. Which firings a
// post tells is fixed before its first try and never changes.
type Outbox interface {
	// Gather puts what may go out now into posts.
	Gather(ctx context.Context, now time.Time) error
	// DuePosts lists of each channel the oldest post that is not settled, if it
	// may be tried now.
	DuePosts(ctx context.Context, now time.Time) ([]tracker.Post, error)
	// NextDue is when the next delivery may go out, or the next post may be
	// tried; the zero time where there is none.
	NextDue(ctx context.Context) (time.Time, error)
	// MarkTried claims a post for a try. On an error it must not be sent.
	MarkTried(ctx context.Context, id string, at time.Time) error
	SettlePost(ctx context.Context, id, message string, at time.Time) error
	RetryPost(ctx context.Context, id string, next time.Time, why string) error
	FailPost(ctx context.Context, id string, cause tracker.Cause, why string, at time.Time) error
	// DueChores lists what is to be done now about posts that were sent, of each
	// channel the oldest.
	DueChores(ctx context.Context, now time.Time) ([]tracker.Chore, error)
	// TakeChore claims a chore for a try. On an error it must not be tried.
	TakeChore(ctx context.Context, c tracker.Chore, at time.Time) error
	DoneChore(ctx context.Context, c tracker.Chore) error
	PutOffChore(ctx context.Context, c tracker.Chore, next time.Time, why string) error
	// PauseChannel pauses a channel's subscriptions and says which.
	PauseChannel(ctx context.Context, channel string, cause tracker.Cause, at time.Time) ([]tracker.Subscription, error)
}

// Sender puts a post where people see it, and says under which id it stands
// there. To send a post again must not show it again. Errors are a [SendError]
// where more is known than that it may be worth another try.
type Sender interface {
	Send(ctx context.Context, post tracker.Post) (message string, err error)
	// Edit shows a post that was sent as it is now. Where its message is gone,
	// nothing is left to show, and that is no error.
	Edit(ctx context.Context, post tracker.Post) error
	// Publish hands a post that was sent on to those who follow its channel.
	Publish(ctx context.Context, post tracker.Post) error
}

// SendError is how sending failed.
type SendError struct {
	Cause tracker.Cause // why it can never succeed; empty: it may
	After time.Time     // no other try before; zero: as the poster likes
	Err   error
}

func (e *SendError) Error() string { return e.Err.Error() }

// Unwrap is what happened.
func (e *SendError) Unwrap() error { return e.Err }

// Teller reaches the person who made a subscription.
type Teller interface {
	Tell(ctx context.Context, user string, words string) error
}

// TerminalChannel is the channel of the chat in the terminal.
const TerminalChannel = "terminal"

const (
	// pollTime is the least between two looks for what is due, unless the poster is woken.
	pollTime = 500 * time.Millisecond
	// idleTime is how long a delivery waits at most that the poster was not woken for.
	idleTime = 10 * time.Minute
	// senders is how many channels are posted to at the same time.
	senders = 8
	// tryTime is how long a first try may take; each further one may take as much longer.
	tryTime, longestTry = 4 * time.Second, 20 * time.Second
)

// Poster empties the ledger: it tries each post until it is sent, or until it
// is known that it never will be. A channel's posts go out in their order,
// channels do not wait for each other.
//
// Between two tries it waits under ten seconds, except where Discord's rate
// limit asks for more.
type Poster struct {
	to   PosterConfig
	wake chan struct{}

	mu   sync.Mutex        // guards all below
	busy map[string]bool   // channels that are being posted to
	sent map[string]string // posts that were sent but could not be settled yet, with the message's id
}

// PosterConfig says what a poster works with. Outbox and Log must be set.
type PosterConfig struct {
	Outbox   Outbox
	Discord  Sender // nil: what is for Discord waits
	Terminal Sender // nil: what is for the terminal waits
	Teller   Teller // nil: what is to be told is only logged
	Log      *slog.Logger
}

// NewPoster makes a poster, which does nothing before Run or Flush.
func NewPoster(c PosterConfig) *Poster {
	return &Poster{to: c, wake: make(chan struct{}, 1), busy: map[string]bool{}, sent: map[string]string{}}
}

// Wake has Run look for new deliveries now rather than at its next poll.
func (p *Poster) Wake() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// Run posts until ctx ends, and then for as long as the tries in hand need,
// at most some seconds.
func (p *Poster) Run(ctx context.Context) error {
	var work sync.WaitGroup
	defer work.Wait()
	for {
		p.round(ctx, func(try func() bool) {
			work.Go(func() {
				if try() {
					p.Wake()
				}
			})
		})
		select {
		case <-ctx.Done():
			return nil
		case <-p.wake:
		case <-time.After(p.untilNext(ctx)):
		}
	}
}

// untilNext is how long there is nothing to do, as far as the ledger knows.
func (p *Poster) untilNext(ctx context.Context) time.Duration {
	next, err := p.to.Outbox.NextDue(ctx)
	switch {
	case err != nil:
		return pollTime
	case next.IsZero():
		return idleTime
	}
	return min(max(time.Until(next), pollTime), idleTime)
}

// Flush posts what is due now, and returns when nothing that is due can be sent.
func (p *Poster) Flush(ctx context.Context) {
	for progress := true; progress && ctx.Err() == nil; {
		progress = false
		p.round(ctx, func(try func() bool) {
			progress = try() || progress
		})
	}
}

// round starts a try of every post and every chore that is due, as far as there
// are senders. A try says whether the ledger has moved on by it.
func (p *Poster) round(ctx context.Context, start func(try func() bool)) {
	now := time.Now()
	if err := p.to.Outbox.Gather(ctx, now); err != nil && ctx.Err() == nil {
		p.to.Log.Error("deliveries cannot be gathered", "err", err)
	}
	due, err := p.to.Outbox.DuePosts(ctx, now)
	if err != nil && ctx.Err() == nil {
		p.to.Log.Error("posts cannot be read", "err", err)
	}
	for _, post := range due {
		if s := p.sender(post.Channel); s != nil && ctx.Err() == nil && p.take(post.Channel) {
			start(func() bool { return p.try(ctx, post, s) })
		}
	}
	chores, err := p.to.Outbox.DueChores(ctx, now)
	if err != nil && ctx.Err() == nil {
		p.to.Log.Error("what is to be done about posts cannot be read", "err", err)
	}
	for _, c := range chores {
		if s := p.sender(c.Post.Channel); s != nil && ctx.Err() == nil && p.take(c.Post.Channel) {
			start(func() bool { return p.do(ctx, c, s) })
		}
	}
}

func (p *Poster) sender(channel string) Sender {
	if channel == TerminalChannel {
		return p.to.Terminal
	}
	return p.to.Discord
}

// take reserves a channel, unless it is reserved or all senders are at work.
func (p *Poster) take(channel string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.busy[channel] || len(p.busy) >= senders {
		return false
	}
	p.busy[channel] = true
	return true
}

func (p *Poster) release(channel string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.busy, channel)
}

// try tries a post once. It says whether the ledger has moved on by it. The
// channel was reserved for it.
func (p *Poster) try(ctx context.Context, post tracker.Post, s Sender) (moved bool) {
	defer p.release(post.Channel)
	message, sent := p.wasSent(post.ID)
	if !sent {
		if err := p.to.Outbox.MarkTried(ctx, post.ID, time.Now()); err != nil {
			p.to.Log.Info("post left alone", "post", post.ID, "err", err)
			return false
		}
		sending, done := outlive(ctx, min(tryTime*time.Duration(post.Tries+1), longestTry))
		var err error
		message, err = safeSender{s}.Send(sending, post)
		done()
		if err != nil {
			return p.failed(context.WithoutCancel(ctx), post, err)
		}
	}
	if err := p.to.Outbox.SettlePost(context.WithoutCancel(ctx), post.ID, message, time.Now()); err != nil {
		p.remember(post.ID, message)
		p.to.Log.Error("a post was sent but cannot be settled; it is not sent again", "post", post.ID, "err", err)
		return false
	}
	p.forget(post.ID)
	return true
}

// safeSender turns a sender's panic into an error: one post must not stop all.
type safeSender struct{ Sender }

func (s safeSender) Send(ctx context.Context, post tracker.Post) (message string, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &SendError{Cause: tracker.CauseRefused, Err: fmt.Errorf("drawing the post panicked: %v", r)}
		}
	}()
	return s.Sender.Send(ctx, post)
}

// failed notes what a try met.
func (p *Poster) failed(ctx context.Context, post tracker.Post, met error) (moved bool) {
	now := time.Now()
	log := p.to.Log.With("post", post.ID, "channel", post.Channel, "err", met)
	how := sendErrorOf(met)
	if how.Cause == "" {
		next := how.next(now, post.Tries)
		log.Warn("post not sent", "next", next.Sub(now))
		if err := p.to.Outbox.RetryPost(ctx, post.ID, next, met.Error()); err != nil {
			log.Error("post cannot be put off", "stored", err)
		}
		return false
	}
	log.Error("post given up", "cause", how.Cause)
	if err := p.to.Outbox.FailPost(ctx, post.ID, how.Cause, met.Error(), now); err != nil {
		log.Error("post cannot be given up", "stored", err)
		return false
	}
	if how.Cause == tracker.CauseAccess || how.Cause == tracker.CauseGone {
		p.pause(ctx, post.Channel, how.Cause)
	}
	return true
}

// retryAfter is the wait after the try of that number: 1, 2, 4, 8, then 9
// seconds, or up to a quarter less.
func retryAfter(tries int) time.Duration {
	longest := min(time.Second<<min(tries, 4), 9*time.Second)
	return longest - rand.N(longest/4)
}

// pause pauses a channel's subscriptions and tells those who made them.
func (p *Poster) pause(ctx context.Context, channel string, cause tracker.Cause) {
	paused, err := p.to.Outbox.PauseChannel(ctx, channel, cause, time.Now())
	if err != nil {
		p.to.Log.Error("channel cannot be paused", "channel", channel, "err", err)
		return
	}
	p.to.Log.Error("channel paused: nothing can be posted there", "channel", channel, "cause", cause, "subscriptions", len(paused))
	told := map[string]bool{}
	for _, s := range paused {
		user, ok := strings.CutPrefix(s.By, userPrefix)
		if !ok || told[user] || p.to.Teller == nil {
			continue
		}
		told[user] = true
		telling, cancel := context.WithTimeout(ctx, longestTry)
		err := p.to.Teller.Tell(telling, user, pausedWords(s, cause))
		cancel()
		if err != nil {
			p.to.Log.Warn("cannot tell that a channel is paused", "user", s.By, "channel", channel, "err", err)
		}
	}
}

// pausedWords say what happened to a subscription, and what to do.
func pausedWords(s tracker.Subscription, cause tracker.Cause) string {
	text := tracker.Text{
		EN: "I may no longer post to <#%s>, so its subscriptions are paused: what fires meanwhile is not posted. Give me View Channel, Send Messages and Embed Links there, then use `/alert resume`.",
		ZH: "我已无法在 <#%s> 发布消息，该频道的订阅已暂停，期间触发的提醒不会发布。请授予我查看频道、发送消息和嵌入链接的权限，然后使用 `/alert resume`。",
	}
	if cause == tracker.CauseGone {
		text = tracker.Text{
			EN: "The channel %s is gone, so its subscriptions are paused. Use `/alert subscribe` in another channel to go on.",
			ZH: "频道 %s 已不存在，其订阅已暂停。如需继续，请在其他频道使用 `/alert subscribe`。",
		}
	}
	return fmt.Sprintf(text.In(s.Lang), s.Channel)
}

func (p *Poster) wasSent(post string) (message string, sent bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	message, sent = p.sent[post]
	return message, sent
}

func (p *Poster) remember(post, message string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sent[post] = message
}

func (p *Poster) forget(post string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.sent, post)
}
