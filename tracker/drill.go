package tracker

import (
	"fmt"
	"time"
)

// DrillRule is the rule of a drill: a test firing that one subscription is told, to
// see that what is told arrives. No rule fires it, so no backtest counts it.
const DrillRule = OwnRules + "drill"

// Drill is a test firing for the subscription alone. It says what it is.
func (s Subscription) Drill(severity Severity, at time.Time) Firing {
	f := Firing{
		At: at, Rule: DrillRule, Subject: s.ID, Key: at.UTC().Format(time.RFC3339Nano), Kind: Began, Severity: severity,
		Labels: map[string]string{"topic": "drill"},
		Message: Text{
			EN: fmt.Sprintf("DRILL: a test of subscription %s. Nothing has happened; what is real takes the same way.", s.ID),
			ZH: fmt.Sprintf("演练：对订阅 %s 的测试，并未发生任何事。真实提醒经由同一路径发送。", s.ID),
		},
	}
	f.ID = FiringID(f.Rule, f.Subject, f.Key, f.Kind)
	return f
}

// wants says whether the subscription's filter wants the firing; a drill is for
// the subscription that it tests.
func (s Subscription) wants(f Firing) bool {
	if f.Rule == DrillRule {
		return f.Subject == s.ID
	}
	filter, err := ParseFilter(s.Filter)
	return err == nil && filter.Match(f)
}
