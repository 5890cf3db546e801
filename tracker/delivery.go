package tracker

import "time"

// DeliveryState is where a delivery stands.
type DeliveryState string

const (
	Waiting DeliveryState = "waiting" // goes out as soon as it can
	Held    DeliveryState = "held"    // goes out at Due
	Sent    DeliveryState = "sent"
	Merged  DeliveryState = "merged" // told by another delivery's post
	Failed  DeliveryState = "failed" // given up, with the cause
	NotSent DeliveryState = "not-sent"
)

// Cause is why a delivery stands where it does.
type Cause string

const (
	CauseMatch   Cause = "match"        // the filter matches, it goes out at once
	CauseQuiet   Cause = "quiet-hours"  // held until they end
	CauseDigest  Cause = "digest"       // held for the next digest
	CauseFilter  Cause = "filter"       // the filter does not match
	CausePaused  Cause = "paused"       // the subscription is paused
	CauseDeleted Cause = "deleted"      // the subscription was deleted before it went out
	CauseOwner   Cause = "not-yours"    // a review of somebody else
	CauseAccess  Cause = "no-access"    // Discord refuses the channel
	CauseGone    Cause = "channel-gone" // the channel was deleted
	CauseRefused Cause = "refused"      // Discord will never take this post
)

// Delivery is one firing for one subscription. Firing and Subscription are unique together.
type Delivery struct {
	Firing       string        `json:"firing"`
	Subscription string        `json:"subscription"`
	State        DeliveryState `json:"state"`
	Cause        Cause         `json:"cause"`
	Due          time.Time     `json:"due,omitzero"`     // when it may go out
	Post         string        `json:"post,omitempty"`   // the post that tells it, fixed before its first try
	Settled      time.Time     `json:"settled,omitzero"` // when it became sent, merged or failed
}

// Plan says what a subscription does with a firing at an instant, and why.
func Plan(s Subscription, f Firing, at time.Time) Delivery { panic("unwritten") }

// Post is the deliveries that go out together to one channel. Which they are
// is stored before the first try; the nonce is made of the id.
type Post struct {
	ID       string    `json:"id"` // at most 25 characters: it serves as Discord's nonce
	Channel  string    `json:"channel"`
	Lang     string    `json:"lang"`
	Zone     string    `json:"zone"`
	Ping     string    `json:"ping,omitempty"` // role to mention, set only where a firing is critical
	Digest   bool      `json:"digest,omitempty"`
	Firings  []Firing  `json:"firings"`
	Tried    time.Time `json:"tried,omitzero"` // first try; zero: none yet
	Tries    int       `json:"tries"`
	NextTry  time.Time `json:"next_try,omitzero"`
	LastFail string    `json:"last_fail,omitempty"`
}
