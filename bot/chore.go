package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"derisk/tracker"
)

// do tries a chore once. It says whether the ledger has moved on by it. The
// channel was reserved for it.
func (p *Poster) do(ctx context.Context, c tracker.Chore, s Sender) (moved bool) {
	defer p.release(c.Post.Channel)
	if err := p.to.Outbox.TakeChore(ctx, c, time.Now()); err != nil {
		return false
	}
	doing, done := outlive(ctx, min(tryTime*time.Duration(c.Tries+1), longestTry))
	err := safeSender{s}.do(doing, c)
	done()
	ctx = context.WithoutCancel(ctx)
	if err != nil && p.putOff(ctx, c, sendErrorOf(err)) {
		return false
	}
	if err := p.to.Outbox.DoneChore(ctx, c); err != nil {
		p.to.Log.Error("what was done about a post cannot be stored; it is done again", "post", c.Post.ID, "err", err)
		return false
	}
	return true
}

// putOff notes what a try met, unless no other try can help. What a channel that
// is out of reach should show waits until it is in reach again.
func (p *Poster) putOff(ctx context.Context, c tracker.Chore, how SendError) (again bool) {
	log := p.to.Log.With("post", c.Post.ID, "channel", c.Post.Channel, "what", c.What, "err", how.Err)
	switch how.Cause {
	case tracker.CauseAccess:
		p.pause(ctx, c.Post.Channel, how.Cause)
	case "":
	default:
		log.Warn("given up about a post", "cause", how.Cause)
		return false
	}
	now := time.Now()
	next := how.next(now, c.Tries)
	log.Info("not done about a post yet", "next", next.Sub(now))
	if err := p.to.Outbox.PutOffChore(ctx, c, next, how.Err.Error()); err != nil {
		log.Error("what is to be done about a post cannot be put off", "stored", err)
	}
	return true
}

// do is what the chore asks for.
func (s safeSender) do(ctx context.Context, c tracker.Chore) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &SendError{Cause: tracker.CauseRefused, Err: fmt.Errorf("drawing the post panicked: %v", r)}
		}
	}()
	switch c.What {
	case tracker.EditPost:
		return s.Edit(ctx, c.Post)
	case tracker.PublishPost:
		return s.Publish(ctx, c.Post)
	}
	return &SendError{Cause: tracker.CauseRefused, Err: fmt.Errorf("%s is nothing that can be done about a post", c.What)}
}

func sendErrorOf(err error) SendError {
	if known, ok := errors.AsType[*SendError](err); ok {
		return *known
	}
	return SendError{Err: err}
}

// next is when to try again after a try of that number.
func (e SendError) next(now time.Time, tries int) time.Time {
	next := now.Add(retryAfter(tries))
	if e.After.After(next) {
		return e.After
	}
	return next
}
