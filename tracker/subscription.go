package tracker

import "time"

// Filter says which firings a subscription wants: all of different names must
// hold, any of the same name. The empty filter wants everything.
type Filter struct {
	Tags       []string
	By         []string
	Kinds      []Kind
	Severities []Severity
	Rules      []string
	Labels     [][2]string // name, value
	Texts      []string    // words in the message, either language, any case
}

// Deliver is when a subscription's posts go out.
type Deliver string

const (
	AtOnce Deliver = "at-once"
	Hourly Deliver = "hourly"
	Daily  Deliver = "daily"
	Weekly Deliver = "weekly"
)

// Subscription is a channel's wish.
type Subscription struct {
	ID      string    `json:"id"`
	Owner   string    `json:"owner"`   // "local", "guild:ID" or "user:ID"
	Channel string    `json:"channel"` // Discord channel id, or "terminal"
	Filter  string    `json:"filter"`  // as typed; ParseFilter reads it
	Lang    string    `json:"lang"`    // en, zh
	Zone    string    `json:"zone"`    // IANA name: for quiet hours, digests and dates
	Deliver Deliver   `json:"deliver"`
	Quiet   string    `json:"quiet,omitempty"` // "22:00-07:00" in Zone: posts are held until it ends
	Ping    string    `json:"ping,omitempty"`  // role id to mention with critical firings
	By      string    `json:"by,omitempty"`    // user who made it
	Made    time.Time `json:"made"`
	Paused  string    `json:"paused,omitempty"` // why, or empty
}

// ParseFilter reads a filter such as
//
//	tag:lithium-battery by:CN severity:warning label:topic=snap-back text:稀土
//
// The error names the word at fault and what could stand there.
func ParseFilter(s string) (Filter, error) { panic("unwritten") }

// Match says whether the filter wants the firing.
func (f Filter) Match(firing Firing) bool { panic("unwritten") }
