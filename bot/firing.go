package bot

import (
	"context"
	"fmt"
	"strings"
	"time"

	"derisk/tracker"
)

// FiringTrace is a firing that was decided again, by the rule and the facts of its time.
type FiringTrace struct {
	RuleTrace
	Fired     tracker.Firing `json:"fired"`
	Evaluated time.Time      `json:"evaluated"` // when that was, with what was recorded by then
	Differs   []string       `json:"differs"`   // what comes out otherwise than it did
}

// explainFiring tells why something was told.
func explainFiring(ctx context.Context, env Env, r Request) (Reply, error) {
	if err := needRules(env); err != nil {
		return Reply{}, err
	}
	t, err := env.Rules.ExplainFiring(ctx, r.reviewer(), r.Arg("id"))
	if err != nil {
		return Reply{}, err
	}
	if len(t.Parts) > 0 { // of a subject that went away there are none
		t.Why = t.why()
	}
	f := t.Fired
	reply := Reply{
		Title: f.Rule + " · " + tellInstant(f.At.In(r.zone())).In(r.Lang), Data: t,
		Tone: Good, No: len(t.Differs) > 0, Ephemeral: f.Owner != "",
	}
	verdict := text("Decided again by the rule and the facts of that time, it comes out as it did.", "按当时的规则与事实重新评估，结果与当时一致。")
	if reply.No {
		reply.Tone = Warning
		verdict = say("Decided again by the rule and the facts of that time, it comes out otherwise: %s.", "按当时的规则与事实重新评估，结果与当时不同：%s。", strings.Join(t.Differs, ", "))
	}
	reply.add(Section{Lines: []string{f.Message.In(r.Lang), verdict.In(r.Lang)}})
	if len(t.Parts) > 0 {
		reply.add(Section{Heading: text("The condition", "条件").In(r.Lang), Lines: []string{t.Why.In(r.Lang)}, Marked: t.marked(r.Lang)})
	}
	reply.add(Section{Fields: []Field{
		{text("Evaluated", "评估时间").In(r.Lang), tellInstant(t.Evaluated.In(r.zone())).In(r.Lang)},
		{text("Rule's text", "规则文本").In(r.Lang), strings.TrimSpace(f.Digest + " " + f.Revision)},
		{text("Facts", "事实").In(r.Lang), factList(f.Facts)},
	}})
	return reply, nil
}

const maxFactList = 12 // facts that are named; JSON has all

func factList(facts []string) string {
	if more := len(facts) - maxFactList; more > 0 {
		return fmt.Sprintf("… (%d), %s", more, strings.Join(facts[more:], ", "))
	}
	return strings.Join(facts, ", ")
}
