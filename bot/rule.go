package bot

import (
	"context"
	"encoding/json"
	"time"

	"derisk/tracker"
)

// Rules asks the rules that run.
type Rules interface {
	// Rules lists them by name, broken ones too.
	Rules(ctx context.Context) ([]RuleInfo, error)
	// Explain tells what a rule comes to at an instant for a subject, or for every one where subject is empty.
	Explain(ctx context.Context, rule, subject string, at time.Time) ([]RuleTrace, error)
	// Backtest tells what a rule, or every one where rule is empty, would have fired on days from to to, both included.
	Backtest(ctx context.Context, rule string, from, to tracker.Date) ([]tracker.Firing, error)
	// Forecast tells what will fire in so many days if nothing new becomes known.
	Forecast(ctx context.Context, rule string, days int) ([]tracker.Firing, error)
}

// RuleInfo is a rule as it is listed.
type RuleInfo struct {
	Name     string           `json:"name"`
	About    string           `json:"about,omitempty"`
	Schedule string           `json:"schedule,omitempty"`
	Zone     string           `json:"zone,omitempty"`
	Each     string           `json:"each,omitempty"`
	Severity tracker.Severity `json:"severity,omitempty"`
	Draft    bool             `json:"draft,omitempty"`
	Next     time.Time        `json:"next,omitzero"`    // next tick
	Faults   []string         `json:"faults,omitempty"` // of a broken file, each with its place
	Stale    bool             `json:"stale,omitempty"`  // broken; its last good version runs on
	Failed   string           `json:"failed,omitempty"` // why its latest tick could not be evaluated
}

// RuleTrace is what a rule's condition came to for one subject.
type RuleTrace struct {
	Rule    string      `json:"rule"`
	Subject string      `json:"subject"`
	At      time.Time   `json:"at"`
	Result  bool        `json:"result"`
	Key     string      `json:"key,omitempty"`
	New     *bool       `json:"new,omitempty"` // of an event or article: became known since the due time before
	Parts   []TracePart `json:"parts"`
}

// TracePart is one part of the condition.
type TracePart struct {
	Expr   string          `json:"expr"`
	Value  json.RawMessage `json:"value"`
	Line   int             `json:"line"`
	Column int             `json:"column"`
}
