package bot

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"derisk/tracker"
)

const (
	// nonceTime is how long Discord is counted on to remember a nonce. It says "a
	// few minutes".
	nonceTime = 2 * time.Minute
	// skew is how far Discord's clock may be from ours.
	skew = 5 * time.Minute
	// historyPage is the most messages that Discord lists at once; historyPages is
	// how many such lists are read.
	historyPage, historyPages = 100, 10
)

// posted is what is read of a message of Discord's.
type posted struct {
	ID     string `json:"id"`
	Nonce  any    `json:"nonce"`
	Embeds []struct {
		Footer struct {
			Text string `json:"text"`
		} `json:"footer"`
	} `json:"embeds"`
}

// Send posts once, however often it is called: under a nonce that Discord keeps
// for some minutes. A post that was first tried longer ago is looked for in the
// channel before; where its messages cannot be read, that is logged, and it is
// posted.
func (d *Discord) Send(ctx context.Context, post tracker.Post) (string, error) {
	if !isSnowflake(post.Channel) {
		return "", &SendError{Cause: tracker.CauseRefused, Err: fmt.Errorf("%.40q is not a channel of Discord", post.Channel)}
	}
	if n := len(post.Tellings()); n > maxTold {
		return "", &SendError{Cause: tracker.CauseRefused, Err: fmt.Errorf("a post of %d firings: at most %d fit into a message", n, maxEmbeds)}
	}
	if !post.Tried.IsZero() && time.Since(post.Tried) > nonceTime {
		if id, err := d.lookFor(ctx, post); id != "" || err != nil {
			return id, classified(err)
		}
	}
	var made posted
	err := d.api.call(ctx, http.MethodPost, "/channels/"+post.Channel+"/messages", drawPost(post), &made)
	if err == nil && made.ID == "" {
		err = errors.New("discord's answer to a post names no message")
	}
	return made.ID, classified(err)
}

// Edit shows a post as it is now. A message that somebody deleted, or that can no
// longer be changed, stays as it is.
func (d *Discord) Edit(ctx context.Context, post tracker.Post) error {
	m := drawPost(post)
	m.Nonce, m.EnforceNonce = "", false
	err := d.api.call(ctx, http.MethodPatch, "/channels/"+post.Channel+"/messages/"+post.Message, m, nil)
	if refused, ok := errors.AsType[*refusedError](err); ok && refused.Code == codeUnknownMessage {
		return nil
	}
	return classified(err)
}

// Publish crossposts a message of an announcement channel. Discord allows ten an
// hour in a channel ("Crosspost Message"), and says when to come back.
func (d *Discord) Publish(ctx context.Context, post tracker.Post) error {
	err := d.api.call(ctx, http.MethodPost, "/channels/"+post.Channel+"/messages/"+post.Message+"/crosspost", nil, nil)
	if refused, ok := errors.AsType[*refusedError](err); ok && (refused.Code == codeCrossposted || refused.Code == codeUnknownMessage) {
		return nil
	}
	return classified(err)
}

// lookFor finds the message of a post that was tried before; "" if it is not
// there or cannot be seen.
func (d *Discord) lookFor(ctx context.Context, post tracker.Post) (string, error) {
	after := snowflakeAt(post.Tried.Add(-skew))
	seen := 0
	for range historyPages {
		var list []posted
		err := d.api.call(ctx, http.MethodGet, fmt.Sprintf("/channels/%s/messages?limit=%d&after=%s", post.Channel, historyPage, after), nil, &list)
		if refused, ok := errors.AsType[*refusedError](err); ok && refused.Status == http.StatusForbidden {
			break
		}
		if err != nil {
			return "", err
		}
		for _, m := range list {
			if m.is(post.ID) {
				d.log.Info("post found in its channel", "post", post.ID, "message", m.ID)
				return m.ID, nil
			}
		}
		seen += len(list)
		newest := newestID(list)
		if len(list) < historyPage || !laterID(newest, after) {
			if seen > 0 {
				return "", nil
			}
			break
		}
		after = newest
	}
	d.log.Warn("a post may have been sent before, and its channel's messages cannot be read (all of them): it is posted now",
		"post", post.ID, "channel", post.Channel, "first_try", post.Tried, "read", seen, "needs", "Read Message History")
	return "", nil
}

func (m posted) is(post string) bool {
	if m.Nonce == post {
		return true
	}
	for _, e := range m.Embeds {
		if e.Footer.Text == marker(post) {
			return true
		}
	}
	return false
}

func newestID(list []posted) (newest string) {
	for _, m := range list {
		if laterID(m.ID, newest) {
			newest = m.ID
		}
	}
	return newest
}

// laterID compares ids as the numbers that they are.
func laterID(a, b string) bool { return len(a) > len(b) || len(a) == len(b) && a > b }

// classified says of an error whether another try can help.
func classified(err error) error {
	if err == nil {
		return nil
	}
	how := &SendError{Err: err}
	if limit, ok := errors.AsType[*limitedError](err); ok {
		how.After = limit.until
	}
	if refused, ok := errors.AsType[*refusedError](err); ok {
		how.Cause = refused.cause()
	}
	return how
}

// cause is why a post can never be taken, or "" where it may be. A refusal
// without Discord's own words may come from a proxy on the way.
func (e *refusedError) cause() tracker.Cause {
	switch {
	case e.Code == 0 && e.Words == "":
		return ""
	case e.Code == codeUnknownChannel, e.Status == http.StatusNotFound:
		return tracker.CauseGone
	case e.Code == codeMissingAccess, e.Code == codeMissingPermission, e.Status == http.StatusForbidden:
		return tracker.CauseAccess
	case isFinal(e.Status):
		return tracker.CauseRefused
	}
	return ""
}

// isFinal says whether the same request would be refused again. A wrong token is
// not the request's fault; the gateway stops the bot for it.
func isFinal(status int) bool {
	switch status {
	case http.StatusUnauthorized, http.StatusRequestTimeout, http.StatusTooManyRequests:
		return false
	}
	return status >= 400 && status < 500
}

func isRefused(err error) bool {
	refused, ok := errors.AsType[*refusedError](err)
	return ok && isFinal(refused.Status)
}

// userPrefix stands before the id of a Discord user where users are recorded.
const userPrefix = "discord:"

// Tell writes to a user directly. The user may have closed that way.
func (d *Discord) Tell(ctx context.Context, user, words string) error {
	if !isSnowflake(user) {
		return fmt.Errorf("%.40q is not a user of Discord", user)
	}
	var channel struct {
		ID string `json:"id"`
	}
	if err := d.api.call(ctx, http.MethodPost, "/users/@me/channels", map[string]string{"recipient_id": user}, &channel); err != nil {
		return err
	}
	return d.api.call(ctx, http.MethodPost, "/channels/"+channel.ID+"/messages", notice(words), nil)
}
