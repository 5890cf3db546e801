package tracker

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// Severity is how much a firing matters.
type Severity string

const (
	Info     Severity = "info"
	Warning  Severity = "warning"
	Critical Severity = "critical"
)

// Severities lists every severity, mildest first.
func Severities() []Severity { return []Severity{Info, Warning, Critical} }

// FiringKind says whether a rule began to hold for a subject or ceased to.
type FiringKind string

const (
	Began    FiringKind = "firing"
	Resolved FiringKind = "resolved"
)

// Firing is what people are told about: a rule found a subject that matches,
// at a tick. Rule, Subject, Key and Kind identify it; they are unique for ever.
type Firing struct {
	ID       string            `json:"id"` // made of Rule, Subject, Key and Kind
	At       time.Time         `json:"at"` // the tick that was due
	Rule     string            `json:"rule"`
	Subject  string            `json:"subject"` // id of what the rule's `each` goes over
	Key      string            `json:"key"`     // JSON of the once list, or for an edge the tick at which it began
	Kind     FiringKind        `json:"kind"`
	Severity Severity          `json:"severity"`
	Labels   map[string]string `json:"labels,omitempty"`
	Message  Text              `json:"message"`
	Late     time.Time         `json:"late,omitzero"` // when it was evaluated, if well after it was due

	// What subscriptions filter by: the measures concerned, and of those the
	// tags with every tag above them, the acting countries and the kinds.
	Measures []string `json:"measures,omitempty"`
	Tags     []string `json:"tags,omitempty"`
	By       []string `json:"by,omitempty"`
	Kinds    []Kind   `json:"kinds,omitempty"`
	Owner    string   `json:"owner,omitempty"` // of a review: nobody else is told

	// What it was decided with, so that it can be explained again exactly. None
	// of it is part of the firing's identity.
	Digest   string   `json:"digest,omitempty"`   // of the rule's file as it ran
	Revision string   `json:"revision,omitempty"` // of the folder of rules, see [RuleVersion]
	Facts    []string `json:"facts,omitempty"`    // ids of what the subject's view rested on, at most [MaxFacts]
	First    bool     `json:"first,omitempty"`    // live, at the rule's first tick: it saw all that was recorded when it was evaluated, not when it was due
}

// OwnRules begins the names of the rules by which derisk tells of itself. No
// file may have such a name, and only a filter that names it wants their firings.
const OwnRules = "derisk."

// Own says that derisk tells of itself.
func (f Firing) Own() bool { return strings.HasPrefix(f.Rule, OwnRules) }

// MaxFacts is how many facts a firing names: of a measure with more events,
// the latest of them.
const MaxFacts = 100

// RuleVersion is a rule's file as it ran.
type RuleVersion struct {
	Rule   string `json:"rule"`
	Digest string `json:"digest"`
	Source string `json:"source"`

	// Revision is the git commit that the folder was at; "+changes" after it
	// says that the file differed from the commit, "+unchecked" that it is not
	// known whether. "unknown" is a checkout whose commit cannot be told, and
	// empty no checkout.
	Revision string `json:"revision,omitempty"`
}

// FiringID is the identity of a firing: 24 hexadecimal digits, the same for ever
// for the same four. Deliveries and posts are kept under it, so the way in which
// it is made must never change.
func FiringID(rule, subject, key string, kind FiringKind) string {
	return identity(rule, subject, key, string(kind))
}

// identity is a hash of its parts, each of which stays apart from the next.
func identity(parts ...string) string {
	h := sha256.New()
	for _, part := range parts {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// Active is a subject for which a rule holds.
type Active struct {
	Subject string    `json:"subject"`
	Key     string    `json:"key"`              // of the firing that began it
	Since   time.Time `json:"since"`            // tick at which it began
	Last    time.Time `json:"last"`             // tick of the latest firing
	Silent  bool      `json:"silent,omitempty"` // held already when the rule began anew: never fired, so never resolves
}

// RuleState is what a rule remembers between ticks. The zero RuleState is that
// of a rule that has not had a tick yet.
type RuleState struct {
	Tick   time.Time         // latest tick that is stored; zero: none
	Form   string            // fingerprint of `each` and `once`: another form begins anew
	Active map[string]Active // by subject
	Fired  map[string]bool   // subject and key of every once firing, joined by a newline
	Failed string            // why its latest tick could not be evaluated; empty: it could
}

// Outcome is all that one tick of one rule decided: stored whole or not at all.
type Outcome struct {
	Rule    string
	Tick    time.Time
	Form    string
	Firings []Firing
	Active  []Active // all that is active after the tick
	Failed  string   // why the rule could not be evaluated; then nothing else is set and the state stays
}
