package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"derisk/rules"
	"derisk/tracker"
)

type rulesDiffCommand struct {
	Old      string       `arg:"" help:"Folder of rules as it was, or one at a git revision, such as main:rules.d."`
	New      string       `arg:"" help:"Folder of rules as it is to be."`
	From     tracker.Date `help:"First day, in each rule's zone; a year ago if left out." placeholder:"DAY"`
	To       tracker.Date `help:"Last day; a year ahead if left out." placeholder:"DAY"`
	Markdown bool         `help:"For a comment on a pull request, at most 60,000 characters."`
	MaxAdded *int         `help:"End with 1 where more firings than this are added." placeholder:"N"`
}

// Run lists the firings that a changed folder of rules adds, removes and
// changes. Exit 1 where a folder has a fault, or more are added than allowed.
func (c *rulesDiffCommand) Run(ctx context.Context, a *app) error {
	now := time.Now()
	if err := c.settle(now); err != nil {
		return err
	}
	before, err := a.rulesAt(c.Old)
	after, errNew := a.rulesAt(c.New)
	for _, err := range []error{err, errNew} {
		if err != nil {
			return err
		}
	}
	store, err := a.open(ctx)
	if err != nil {
		return err
	}
	snapshot, err := store.Snapshot(ctx)
	if err != nil {
		return err
	}
	subscriptions, err := store.Subscriptions(ctx, "")
	if err != nil {
		return err
	}
	progress := a.progress()
	found, err := rules.Diff(ctx, before, after, snapshot, now, c.From, c.To, progress.tell)
	progress.clear()
	if err != nil {
		return err
	}
	c.tell(a, ruleDiff{Comparison: found, from: c.From, to: c.To, channels: channelsOf(found, subscriptions)})
	return c.allowed(found.Count(rules.FiringAdded))
}

// settle fills in what was left out, and refuses what makes no sense.
func (c *rulesDiffCommand) settle(now time.Time) error {
	if c.From.IsZero() {
		c.From = tracker.DayOf(now.AddDate(-1, 0, 0))
	}
	if c.To.IsZero() {
		c.To = tracker.DayOf(now.AddDate(1, 0, 0))
	}
	switch {
	case tracker.DaysBetween(c.From, c.To) < 0:
		return usagef("--to %s is before --from %s", c.To, c.From)
	case c.MaxAdded != nil && *c.MaxAdded < 0:
		return usagef("--max-added must be 0 or more")
	}
	return nil
}

func (c *rulesDiffCommand) allowed(added int) error {
	if c.MaxAdded == nil || added <= *c.MaxAdded {
		return nil
	}
	return fmt.Errorf("%s added, more than --max-added %d: narrow the rules, or allow more", tracker.Count(added, "firing is", "firings are"), *c.MaxAdded)
}

func (c *rulesDiffCommand) tell(a *app, d ruleDiff) {
	switch {
	case a.JSON:
		d.lines(a)
	case c.Markdown:
		fmt.Fprint(a.out, d.markdown(a.Lang))
	default:
		fmt.Fprint(a.out, a.draw().Text(d.reply(a.Lang)))
	}
}

// ruleDiff is a comparison as it is told.
type ruleDiff struct {
	*rules.Comparison
	from, to tracker.Date
	channels []channelDiff
}

// channelDiff is how many firings more and fewer the subscriptions of one
// channel would be told.
type channelDiff struct {
	Channel string `json:"channel"`
	More    int    `json:"more"`
	Fewer   int    `json:"fewer"`
}

// channelsOf counts by channel, in the order of their ids, what differs for
// them; each subscription counts by itself.
func channelsOf(c *rules.Comparison, subscriptions []tracker.Subscription) []channelDiff {
	told := func(s tracker.Subscription, f tracker.Foretold) bool {
		return tracker.Plan(s, f.Firing, f.At).State != tracker.NotSent
	}
	var list []channelDiff
	for _, s := range subscriptions {
		d := channelDiff{Channel: s.Channel}
		for _, f := range c.Firings {
			was, is := false, f.Change != rules.FiringRemoved && told(s, f.Foretold)
			switch {
			case f.Change == rules.FiringRemoved:
				was = told(s, f.Foretold)
			case f.Before != nil:
				was = told(s, *f.Before)
			}
			if is && !was {
				d.More++
			} else if was && !is {
				d.Fewer++
			}
		}
		i := slices.IndexFunc(list, func(known channelDiff) bool { return known.Channel == s.Channel })
		switch {
		case d.More+d.Fewer == 0:
		case i >= 0:
			list[i].More, list[i].Fewer = list[i].More+d.More, list[i].Fewer+d.Fewer
		default:
			list = append(list, d)
		}
	}
	slices.SortFunc(list, func(a, b channelDiff) int { return strings.Compare(a.Channel, b.Channel) })
	return list
}

// lines prints one object a line: first the rules, then the firings, then the channels.
func (d ruleDiff) lines(a *app) {
	for _, r := range d.Rules {
		a.line(struct {
			Line string `json:"line"`
			rules.RuleDifference
		}{"rule", r})
	}
	for _, f := range d.Firings {
		a.line(struct {
			Line string `json:"line"`
			rules.FiringDifference
		}{"firing", f})
	}
	for _, c := range d.channels {
		a.line(struct {
			Line string `json:"line"`
			channelDiff
		}{"channel", c})
	}
}
