package rules

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"derisk/tracker"
)

// troubleRule is derisk's own rule: it fires for each rule whose file is broken
// or that failed at its latest tick, and resolves once that is mended.
const troubleRule = tracker.OwnRules + "rules-broken"

// folderSubject is its subject where the folder as a whole cannot be read.
const folderSubject = "rules.d"

// troubles says of each rule that is in trouble what it is.
func (l *Loop) troubles() map[string]tracker.Text {
	found := map[string]tracker.Text{}
	for _, name := range slices.Sorted(maps.Keys(l.runners)) {
		if r := l.runners[name]; r.failed != "" {
			found[name] = tracker.Text{
				EN: fmt.Sprintf("Rule %s could not be evaluated: %s. It fires nothing, keeps its state, and tries again when it is next due.", name, r.failed),
				ZH: fmt.Sprintf("规则 %s 无法评估：%s。本次不触发，状态保留，下次到期时重试。", name, r.failed),
			}
		}
	}
	faults := map[string][]*Error{}
	for _, f := range l.set.Faults {
		faults[f.Rule()] = append(faults[f.Rule()], f)
	}
	for name, of := range faults {
		found[name] = l.brokenWords(name, of)
	}
	return found
}

// brokenWords are the first fault of a file, and what its rule does meanwhile.
func (l *Loop) brokenWords(name string, of []*Error) tracker.Text {
	fault := of[0].Headline()
	if len(of) > 1 {
		fault += fmt.Sprintf(" (+%d)", len(of)-1)
	}
	if name == folderSubject {
		return tracker.Text{EN: fault + ". The rules of before run on.", ZH: fault + "。沿用此前的规则。"}
	}
	if l.runners[name] != nil {
		return tracker.Text{
			EN: fmt.Sprintf("The file of rule %s is broken: %s. Its last good version runs on.", name, fault),
			ZH: fmt.Sprintf("规则 %s 的文件已损坏：%s。沿用上一有效版本。", name, fault),
		}
	}
	return tracker.Text{
		EN: fmt.Sprintf("The file of rule %s is broken: %s. The rule does not run.", name, fault),
		ZH: fmt.Sprintf("规则 %s 的文件已损坏：%s。该规则未运行。", name, fault),
	}
}

// tellTrouble stores what newly is in trouble and what no longer is, and gives
// the firings. What is told stands in the ledger, so that it is told once, also
// over restarts and by several processes.
func (l *Loop) tellTrouble(ctx context.Context) ([]tracker.Firing, error) {
	found := l.troubles()
	if l.troubled != nil && slices.Equal(slices.Sorted(maps.Keys(found)), slices.Sorted(maps.Keys(l.troubled))) {
		return nil, nil
	}
	state, err := l.ledger.RuleState(ctx, troubleRule)
	if err != nil {
		return nil, err
	}
	if l.troubled == nil { // a process that begins takes over what was told before
		l.troubled = nameSet(state.Active)
	}
	now := time.Now()
	out := l.troubleOutcome(state, laterOf(now.Truncate(time.Second), state.Tick.Add(time.Second)).UTC(), found)
	if len(out.Firings) > 0 {
		if err := l.ledger.Commit(ctx, out, now); err != nil {
			if after, _ := l.ledger.RuleState(ctx, troubleRule); after.Tick.Before(out.Tick) {
				return nil, err
			}
			return nil, nil // another process was first: looked at again
		}
	}
	l.troubled = nameSet(found)
	return out.Firings, nil
}

// troubleOutcome is the tick at which derisk tells what changed since it last
// looked. What another process has told is told already, and what this one
// never saw broken it does not call mended: their folders can differ for a while.
func (l *Loop) troubleOutcome(was tracker.RuleState, at time.Time, found map[string]tracker.Text) tracker.Outcome {
	out := tracker.Outcome{Rule: troubleRule, Tick: at, Form: "trouble"}
	active := maps.Clone(was.Active)
	if active == nil {
		active = map[string]tracker.Active{}
	}
	tell := func(subject, key string, kind tracker.FiringKind, message tracker.Text) {
		out.Firings = append(out.Firings, tracker.Firing{
			ID: tracker.FiringID(troubleRule, subject, key, kind), At: at, Rule: troubleRule, Subject: subject, Key: key, Kind: kind,
			Severity: tracker.Warning, Labels: map[string]string{"topic": "derisk"}, Message: message,
		})
	}
	for _, name := range slices.Sorted(maps.Keys(found)) {
		if _, told := active[name]; !told {
			key := at.Format(time.RFC3339)
			active[name] = tracker.Active{Subject: name, Key: key, Since: at, Last: at}
			tell(name, key, tracker.Began, found[name])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(l.troubled)) {
		before, told := active[name]
		if _, still := found[name]; told && !still {
			delete(active, name)
			tell(name, before.Key, tracker.Resolved, l.mendedWords(name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(active)) {
		out.Active = append(out.Active, active[name])
	}
	return out
}

func (l *Loop) mendedWords(name string) tracker.Text {
	switch {
	case name == folderSubject:
		return tracker.Text{EN: "The folder of rules can be read again.", ZH: "规则文件夹已恢复可读。"}
	case l.runners[name] != nil:
		return tracker.Text{EN: fmt.Sprintf("Rule %s runs again.", name), ZH: fmt.Sprintf("规则 %s 已恢复运行。", name)}
	}
	return tracker.Text{EN: fmt.Sprintf("Rule %s is no longer broken: it was removed, or does not run any more.", name), ZH: fmt.Sprintf("规则 %s 不再报错：已移除或不再运行。", name)}
}

// nameSet are the keys of a map.
func nameSet[V any](of map[string]V) map[string]bool {
	all := map[string]bool{}
	for name := range of {
		all[name] = true
	}
	return all
}

// Unreadable is the set going on where its folder cannot be read: every rule
// in its last good version, and the fault of the folder.
func (s *Set) Unreadable(err error) *Set {
	kept := *s
	kept.Faults = slices.DeleteFunc(slices.Clone(s.Faults), func(f *Error) bool { return f.File == folderSubject })
	kept.Faults = append(kept.Faults, &Error{File: folderSubject, Message: err.Error()})
	kept.Stale = s.Names()
	return &kept
}
