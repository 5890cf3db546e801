package tracker

import (
	"cmp"
	"time"
)

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
	CauseEdit    Cause = "edit"         // an end: shown in the post that told the beginning
	CauseQuiet   Cause = "quiet-hours"  // held until they end
	CauseDigest  Cause = "digest"       // held for the next digest
	CauseFilter  Cause = "filter"       // the filter does not match
	CausePaused  Cause = "paused"       // the subscription is paused
	CauseSnoozed Cause = "snoozed"      // its rule and subject are snoozed
	CauseMuted   Cause = "muted"        // all the measures that it concerns are muted in the channel
	CauseDeleted Cause = "deleted"      // the subscription was deleted before it went out
	CauseOwner   Cause = "not-yours"    // a review that this channel is not told of
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

// Plan says what a subscription does with a firing at an instant, and why. Of the
// hushes those count that are the owner's and hold then.
//
// A digest goes out at the next full hour, or the next time of the day or week
// that the subscription names, in its zone and always after at. Quiet hours hold
// firings of every severity; a digest that falls into them waits for their end.
//
// What [Subscription.Check] refuses never makes a firing vanish, except that a
// filter that cannot be read matches nothing: an unknown zone counts as UTC,
// unreadable quiet hours as none, an unknown time of delivery as at once.
func Plan(s Subscription, f Firing, at time.Time, hushes ...Hush) Delivery {
	d := Delivery{Firing: f.ID, Subscription: s.ID}
	if d.Cause = cmp.Or(s.declines(f), s.hushed(f, at, hushes)); d.Cause != "" {
		d.State = NotSent
		return d
	}
	d.State, d.Cause, d.Due = Waiting, CauseMatch, at
	if s.Quiet == "" && s.Deliver == AtOnce {
		return d
	}
	if due := s.nextDelivery(at.In(s.Location())); due.After(at) {
		d.State, d.Cause, d.Due = Held, CauseDigest, due
	}
	if end, in := s.quietUntil(d.Due); in {
		d.Due = end
		if d.State == Waiting {
			d.State, d.Cause = Held, CauseQuiet
		}
	}
	return d
}

// NextDigest is when the subscription's next digest after an instant goes out,
// also where nothing fires; the zero time for those that have none then: posts at
// once, and hourly digests, which would be noise.
func (s Subscription) NextDigest(after time.Time) time.Time {
	if s.Deliver != Daily && s.Deliver != Weekly {
		return time.Time{}
	}
	due := s.nextDelivery(after.In(s.Location()))
	if end, in := s.quietUntil(due); in {
		return end
	}
	return due
}

// quietUntil is when the quiet hours end that an instant falls into.
func (s Subscription) quietUntil(at time.Time) (end time.Time, quiet bool) {
	q, _ := ParseQuiet(s.Quiet) // unreadable: none
	return q.End(at.In(s.Location()))
}

// declines is why the subscription does not want the firing at all, or "". The
// order is that of what would have to change first.
func (s Subscription) declines(f Firing) Cause {
	if f.Owner != "" && (f.Owner != s.Owner || s.NoReviews) {
		return CauseOwner
	}
	if !s.wants(f) {
		return CauseFilter
	}
	if s.Paused != "" {
		return CausePaused
	}
	return ""
}
