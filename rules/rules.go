// Package rules turns rule files into firings.
//
// [Load] reads a folder of rules, one a file, and reports every fault with its
// place; a broken file never stops the others. [Evaluate] decides: one rule,
// one snapshot, one [Tick], what the rule remembers, and out comes all that the
// tick decided. It has no clock and does no I/O, so the same arguments give
// the same outcome for ever. [Backtest], [Forecast], [RunCases] and [Explain]
// call it and nothing else. [Loop] alone has a clock: it waits for ticks,
// catches up on missed ones, and commits each through a [Ledger].
//
// Rules are not trusted. Their language is a subset of expr: an allow-list of
// syntax and functions, types known before anything runs, and a bound on cost
// that is checked at load. See language.go for every name a rule may use.
package rules

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"derisk/tracker"
)

// Each is what a rule goes over.
type Each string

const (
	EachMeasure    Each = "measure"
	EachEvent      Each = "event"
	EachReview     Each = "review"
	EachCommitment Each = "commitment"
	EachIndicator  Each = "indicator"
	EachArticle    Each = "article"
)

// Eaches lists everything that a rule can go over.
func Eaches() []Each {
	return []Each{EachMeasure, EachEvent, EachReview, EachCommitment, EachIndicator, EachArticle}
}

// Happens says that subjects are things that happen, events and articles: each
// is looked at once, at the first tick after it became known, so it can
// neither be repeated nor resolved.
func (e Each) Happens() bool { return e == EachEvent || e == EachArticle }

// Rule is one rule file, checked and compiled. It is never changed after
// [Load] and may be shared by goroutines.
type Rule struct {
	Name     string // the file's name without .yaml
	File     string // as the folder names it
	Was      string // a former name, whose state this rule takes over
	About    string
	Schedule *Schedule
	Zone     *time.Location // the schedule's, and what "today" means
	Each     Each
	Severity tracker.Severity
	Labels   map[string]string
	Draft    bool // kept out of live runs
	Resolve  bool // tells when it ends
	Repeat   Repeat
	Cases    []Case

	when    *expression
	once    []*expression
	snoozes []snooze
	say     [2]template // by language: English, Chinese
	source  string      // the whole file, lines ended by \n alone
	raw     string      // the whole file as it is
	digest  string      // of raw

	revision string // see [tracker.RuleVersion]; set by [Set.Mark]
}

// Version is the rule's file as it runs.
func (r *Rule) Version() tracker.RuleVersion {
	return tracker.RuleVersion{Rule: r.Name, Digest: r.digest, Source: r.raw, Revision: r.revision}
}

// Form is the fingerprint of what a rule goes over and of its once list. A
// rule whose form changes begins anew.
func (r *Rule) Form() string {
	parts := []string{string(r.Each)}
	for _, e := range r.once {
		parts = append(parts, e.node.String())
	}
	return digest(parts...)
}

// expressions lists all that the rule evaluates for one subject, by key. Each
// list together keeps to [maxCost].
func (r *Rule) expressions() iter.Seq2[string, []*expression] {
	return func(yield func(string, []*expression) bool) {
		_ = yield("when", []*expression{r.when}) && yield("once", r.once) &&
			yield("say.en", r.say[english].expressions()) && yield("say.zh", r.say[chinese].expressions())
	}
}

// cost is the most units that the rule can cost for one subject.
func (r *Rule) cost() (units int) {
	for _, list := range r.expressions() {
		units += costOf(list)
	}
	return units
}

// Once says that the rule fires once ever for each value of its key.
func (r *Rule) Once() bool { return len(r.once) > 0 }

// Repeat is how long a rule waits before it fires again while it stays true:
// by the calendar in its zone in Days, by the clock in Clock. The zero Repeat is never.
type Repeat struct {
	Days  int
	Clock time.Duration
}

// After is the first instant at which a firing at t is repeated.
func (p Repeat) After(t time.Time, zone *time.Location) time.Time {
	return t.In(zone).AddDate(0, 0, p.Days).Add(p.Clock)
}

// Set is the rules of a folder. It is never changed once it is loaded.
type Set struct {
	Rules  []*Rule  // the good ones, by name
	Faults []*Error // all that is wrong, by file and place
	Stale  []string // names of rules that run on in their last good version because their file is broken
	bytes  int      // of all files
	names  []string // of every file, good or broken, by name

	awaited []string // former names that broken files give: their state waits until the file is mended
}

// Rule finds a rule by its name. The error matches [tracker.ErrNotFound].
func (s *Set) Rule(name string) (*Rule, error) {
	if r := s.find(name); r != nil {
		return r, nil
	}
	known := make([]string, len(s.Rules))
	for i, r := range s.Rules {
		known[i] = r.Name
	}
	if near := tracker.Nearest(name, known); near != "" {
		return nil, fmt.Errorf("no rule %q: did you mean %q? (%w)", name, near, tracker.ErrNotFound)
	}
	return nil, fmt.Errorf("no rule %q (%w)", name, tracker.ErrNotFound)
}

// find is the rule of that name, or nil.
func (s *Set) find(name string) *Rule {
	i, found := slices.BinarySearchFunc(s.Rules, name, func(r *Rule, name string) int { return strings.Compare(r.Name, name) })
	if !found {
		return nil
	}
	return s.Rules[i]
}

// Mark notes the revision of every rule, which revision tells by its file's name
// and text. It is for whoever has just loaded the set, before anybody else has it.
func (s *Set) Mark(revision func(file, text string) string) {
	for i, r := range s.Rules {
		if now := revision(r.File, r.raw); now != r.revision {
			marked := *r // the other may run
			marked.revision = now
			s.Rules[i] = &marked
		}
	}
}

// Names lists every rule that has a file, also those whose file is broken.
func (s *Set) Names() []string { return slices.Clone(s.names) }

// Remember makes a set of versions that ran, for [Set.Merge]. Those that this
// program does not take are left out.
func Remember(versions []tracker.RuleVersion) *Set {
	set, dialects := &Set{}, new(dialects)
	for _, v := range versions {
		if r, _ := dialects.parse(v.Rule+".yaml", []byte(v.Source)); r != nil {
			r.revision = v.Revision
			set.Rules = append(set.Rules, r)
			set.names = append(set.names, r.Name)
		}
	}
	slices.SortFunc(set.Rules, byName)
	slices.Sort(set.names)
	return set
}

// Merge keeps the last good version of each rule whose file is broken now: it
// is the set with those rules of previous put in, named in Stale.
func (s *Set) Merge(previous *Set) *Set {
	merged := &Set{Rules: slices.Clone(s.Rules), Faults: s.Faults, names: s.names, awaited: s.awaited}
	if previous == nil {
		return merged
	}
	for _, name := range s.names {
		if _, err := s.Rule(name); err == nil {
			continue
		}
		if last, err := previous.Rule(name); err == nil {
			merged.Rules = append(merged.Rules, last)
			merged.Stale = append(merged.Stale, name)
		}
	}
	slices.SortFunc(merged.Rules, byName)
	return merged
}

func byName(a, b *Rule) int { return strings.Compare(a.Name, b.Name) }
