package tracker

import (
	"fmt"
	"slices"
	"time"
)

// Deliver is when a subscription's posts go out.
type Deliver string

const (
	AtOnce Deliver = "at-once"
	Hourly Deliver = "hourly"
	Daily  Deliver = "daily"
	Weekly Deliver = "weekly"
)

// Delivers lists when posts can go out.
func Delivers() []Deliver { return []Deliver{AtOnce, Hourly, Daily, Weekly} }

// Subscription is a channel's wish.
type Subscription struct {
	ID      string    `json:"id"`
	Owner   string    `json:"owner"`   // "local", "guild:ID" or "user:ID"
	Channel string    `json:"channel"` // Discord channel id, or "terminal"
	Filter  string    `json:"filter"`  // as typed; ParseFilter reads it
	Lang    string    `json:"lang"`    // en, zh
	Zone    string    `json:"zone"`    // IANA name: for quiet hours, digests and dates
	Deliver Deliver   `json:"deliver"`
	At      string    `json:"at,omitempty"`    // "07:30" or "fri 16:00" in Zone: when daily and weekly digests go out; empty: 09:00, Mondays
	Quiet   string    `json:"quiet,omitempty"` // "22:00-07:00" in Zone: posts are held until it ends
	Ping    string    `json:"ping,omitempty"`  // role id to mention with critical firings
	By      string    `json:"by,omitempty"`    // user who made it
	Made    time.Time `json:"made"`
	Paused  string    `json:"paused,omitempty"` // why, or empty

	Publish   bool `json:"publish,omitempty"`    // an announcement channel: posts go on to the servers that follow it
	NoReviews bool `json:"no_reviews,omitempty"` // is told of no reviews, though its owner has some
}

// Check says what in a subscription cannot be kept: a filter or quiet hours
// that cannot be read, an unknown language or zone, a time that its posts cannot have. Whoever
// stores a subscription checks it first, for [Plan] has no error.
func (s Subscription) Check() error {
	if _, err := ParseFilter(s.Filter); err != nil {
		return err
	}
	if _, err := ParseQuiet(s.Quiet); err != nil {
		return err
	}
	if !slices.Contains([]string{"en", "zh"}, s.Lang) {
		return fmt.Errorf("%s is not a language: write en or zh", quoted(s.Lang))
	}
	if zone, err := time.LoadLocation(s.Zone); err != nil || s.Zone == "" || zone == time.Local {
		return fmt.Errorf("%s is not a zone: write an IANA name such as Asia/Shanghai", quoted(s.Zone))
	}
	if _, err := oneWord("a time of delivery", string(s.Deliver), Delivers()); err != nil {
		return err
	}
	return s.checkAt()
}

// Location is the subscription's zone, or UTC where it cannot be found.
func (s Subscription) Location() *time.Location {
	zone, err := time.LoadLocation(s.Zone)
	if err != nil || zone == time.Local {
		return time.UTC
	}
	return zone
}
