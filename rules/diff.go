package rules

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"derisk/tracker"
)

// Edit is what was done to a rule between two sets.
type Edit string

const (
	RuleAdded   Edit = "added"
	RuleRemoved Edit = "removed"
	RuleRenamed Edit = "renamed" // with `was`; its text may have changed besides
	RuleEdited  Edit = "edited"
)

// Comparison is what a set of rules fires otherwise than another.
type Comparison struct {
	Rules   []RuleDifference // those whose file differs, by name
	Same    int              // rules whose file is the same
	Firings []FiringDifference
}

// RuleDifference counts what one rule fires otherwise. A draft fires nothing:
// it is not run live.
type RuleDifference struct {
	Rule    string `json:"rule"` // its name now; of a removed rule its last
	Was     string `json:"was,omitempty"`
	Edit    Edit   `json:"edit"`
	Draft   bool   `json:"draft"` // is a draft now
	Added   int    `json:"added"`
	Removed int    `json:"removed"`
	Changed int    `json:"changed"`
}

// FiringChange is what became of a firing.
type FiringChange string

const (
	FiringAdded   FiringChange = "added"
	FiringRemoved FiringChange = "removed"
	FiringChanged FiringChange = "changed"
)

// FiringDifference is a firing that only one of two sets has, or that both have in
// different words, at a different severity, with different labels, or less than
// a day apart.
type FiringDifference struct {
	Change FiringChange      `json:"change"`
	Coming bool              `json:"coming"`           // comes after now; else it would have come
	What   []string          `json:"what,omitempty"`   // of a changed one: message, severity, labels, at
	Before *tracker.Foretold `json:"before,omitempty"` // of a changed one
	tracker.Foretold
}

// Count is how many firings became so.
func (c *Comparison) Count(change FiringChange) (n int) {
	for i := range c.Firings {
		if c.Firings[i].Change == change {
			n++
		}
	}
	return n
}

// Diff tells which firings become others between the days from and to where
// one set of rules takes the place of before: the past as a [Backtest], and what
// comes after now as it goes on from there, if nothing new is recorded. Rules
// whose file is the same are not run. watch and ctx are those of [Replay.Run].
// Where a rule cannot be evaluated there is an error and no difference.
// Firings are in the order at, rule, subject, kind.
func Diff(ctx context.Context, before, after *Set, s *tracker.Snapshot, now time.Time, from, to tracker.Date, watch func(float64)) (*Comparison, error) {
	d := &Comparison{}
	pairs := pairsOf(before, after)
	var old, edited []*Rule
	for _, p := range pairs {
		if p.same() {
			d.Same++
			continue
		}
		d.Rules = append(d.Rules, p.difference())
		old, edited = p.live(old, edited)
	}
	was, err := fired(ctx, old, s, now, from, to, half(watch, 0))
	is, errNew := fired(ctx, edited, s, now, from, to, half(watch, 0.5))
	if err := errors.Join(err, errNew); err != nil {
		return nil, err
	}
	for i := range d.Rules {
		r := &d.Rules[i]
		d.Firings = append(d.Firings, r.compare(was[cmp.Or(r.Was, r.Rule)], is[r.Rule], now)...)
	}
	slices.SortStableFunc(d.Firings, func(a, b FiringDifference) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Kind, b.Kind))
	})
	return d, nil
}

// half is the watch of the half of the work that begins at a share.
func half(watch func(float64), from float64) func(float64) {
	if watch == nil {
		return nil
	}
	return func(share float64) { watch(from + share/2) }
}

// fired runs rules over past and future, and gives what each fires.
func fired(ctx context.Context, list []*Rule, s *tracker.Snapshot, now time.Time, from, to tracker.Date, watch func(float64)) (map[string][]tracker.Foretold, error) {
	r := Backtest(list, s, from, to)
	r.now, r.most = now, MaxDiff
	firings, err := r.Run(ctx, watch)
	byRule := map[string][]tracker.Foretold{}
	for _, f := range firings {
		byRule[f.Rule] = append(byRule[f.Rule], f)
	}
	return byRule, err
}

// rulePair is a rule before and after; one of them is nil where it was added or removed.
type rulePair struct{ before, after *Rule }

// pairsOf joins the rules of two sets by name, and by the former name that a rule gives.
func pairsOf(before, after *Set) []rulePair {
	left := map[string]*Rule{}
	for _, r := range before.Rules {
		left[r.Name] = r
	}
	var pairs []rulePair
	for _, r := range after.Rules {
		p := rulePair{before: left[r.Name], after: r}
		if p.before == nil && r.Was != "" {
			p.before = left[r.Was]
		}
		if p.before != nil {
			delete(left, p.before.Name)
		}
		pairs = append(pairs, p)
	}
	for _, name := range slices.Sorted(maps.Keys(left)) {
		pairs = append(pairs, rulePair{before: left[name]})
	}
	slices.SortFunc(pairs, func(a, b rulePair) int { return cmp.Compare(a.name(), b.name()) })
	return pairs
}

func (p rulePair) name() string {
	if p.after == nil {
		return p.before.Name
	}
	return p.after.Name
}

func (p rulePair) same() bool {
	return p.before != nil && p.after != nil && p.before.Name == p.after.Name && p.before.source == p.after.source
}

func (p rulePair) difference() RuleDifference {
	d := RuleDifference{Rule: p.name(), Edit: RuleEdited, Draft: p.after != nil && p.after.Draft}
	switch {
	case p.before == nil:
		d.Edit = RuleAdded
	case p.after == nil:
		d.Edit = RuleRemoved
	case p.before.Name != p.after.Name:
		d.Edit, d.Was = RuleRenamed, p.before.Name
	}
	return d
}

// live adds what runs live to the lists.
func (p rulePair) live(before, after []*Rule) ([]*Rule, []*Rule) {
	if p.before != nil && !p.before.Draft {
		before = append(before, p.before)
	}
	if p.after != nil && !p.after.Draft {
		after = append(after, p.after)
	}
	return before, after
}

// compare tells what one rule fired before and fires after, and counts it.
func (d *RuleDifference) compare(before, after []tracker.Foretold, now time.Time) []FiringDifference {
	known := map[string]int{}
	for i, f := range before {
		known[identityOf(f)] = i
	}
	told := make([]bool, len(before)) // those that have their like after
	var all []FiringDifference
	var fresh []tracker.Foretold
	for _, f := range after {
		i, found := known[identityOf(f)]
		if !found {
			fresh = append(fresh, f)
			continue
		}
		told[i] = true
		all = d.changed(all, before[i], f, now)
	}
	for _, f := range fresh {
		if i := near(before, told, f); i >= 0 {
			told[i] = true
			all = d.changed(all, before[i], f, now)
			continue
		}
		d.Added++
		all = append(all, FiringDifference{Change: FiringAdded, Coming: f.At.After(now), Foretold: f})
	}
	for i, f := range before {
		if !told[i] {
			d.Removed++
			all = append(all, FiringDifference{Change: FiringRemoved, Coming: f.At.After(now), Foretold: f})
		}
	}
	return all
}

// identityOf is what stays of a firing's identity where its rule is renamed.
func identityOf(f tracker.Foretold) string {
	return tracker.FiringID("", f.Subject, f.Key, f.Kind)
}

// near is a firing of the same subject less than a day away that has no like
// yet: the same one, of a rule whose schedule or key was edited. -1: none.
func near(before []tracker.Foretold, told []bool, f tracker.Foretold) int {
	const day = 24 * time.Hour
	first, _ := slices.BinarySearchFunc(before, f.At.Add(-day), func(b tracker.Foretold, at time.Time) int { return b.At.Compare(at) })
	for i, b := range before[first:] {
		if !b.At.Before(f.At.Add(day)) {
			break
		}
		if !told[first+i] && b.Subject == f.Subject && b.Kind == f.Kind {
			return first + i
		}
	}
	return -1
}

// changed adds a firing that both have, where people would be told otherwise.
func (d *RuleDifference) changed(all []FiringDifference, before, after tracker.Foretold, now time.Time) []FiringDifference {
	var what []string
	note := func(name string, differs bool) {
		if differs {
			what = append(what, name)
		}
	}
	note("message", before.Message != after.Message)
	note("severity", before.Severity != after.Severity)
	note("labels", !maps.Equal(before.Labels, after.Labels))
	note("at", !before.At.Equal(after.At))
	if what == nil {
		return all
	}
	d.Changed++
	return append(all, FiringDifference{Change: FiringChanged, Coming: after.At.After(now), What: what, Before: &before, Foretold: after})
}
