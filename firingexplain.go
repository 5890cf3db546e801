package main

import (
	"context"
	"fmt"

	"derisk/bot"
	"derisk/rules"
	"derisk/tracker"
)

// ExplainFiring decides again about a firing, which an owner may be told of:
// by the text of the rule that fired, over what was recorded when it was
// evaluated. The error matches [tracker.ErrNotFound].
func (r *rulesForBot) ExplainFiring(ctx context.Context, owner, id string) (bot.FiringTrace, error) {
	told, err := r.store.Firing(ctx, id)
	if err != nil {
		return bot.FiringTrace{}, err
	}
	f := told.Firing
	switch {
	case f.Owner != "" && f.Owner != owner && owner != bot.Everybody:
		return bot.FiringTrace{}, fmt.Errorf("no firing %q (%w)", id, tracker.ErrNotFound)
	case f.Own():
		return bot.FiringTrace{}, fmt.Errorf("firing %s is derisk's own word about its rules: see derisk doctor", id)
	case told.Source == "":
		return bot.FiringTrace{}, fmt.Errorf("firing %s comes from a derisk that did not keep the rule's text: see derisk rules explain %s %s --at %s",
			id, f.Rule, f.Subject, f.At.Format("2006-01-02T15:04:05Z07:00"))
	}
	then, err := r.store.SnapshotAt(ctx, told.Stored)
	if err != nil {
		return bot.FiringTrace{}, err
	}
	again, err := rules.DecideAgain(told.Source, then, f)
	if err != nil {
		return bot.FiringTrace{}, err
	}
	return bot.FiringTrace{RuleTrace: traceOf(again.Explanation), Fired: f, Evaluated: told.Stored, Differs: again.Differs}, nil
}
