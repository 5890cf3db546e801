package main

import (
	"context"
	"strconv"
	"strings"

	"derisk/bot"
	"derisk/tracker"
)

type auditCommand struct {
	What  []string     `arg:"" optional:"" help:"Words that an entry must hold: what was done, an id, who: record · s1 · discord:123."`
	To    tracker.Date `help:"Last day to show; today if left out." placeholder:"DAY"`
	Limit int          `help:"How many at most." default:"100"`
}

// Run lists who changed what, newest first, of every owner.
func (c *auditCommand) Run(ctx context.Context, a *app) error {
	return a.answerFor(ctx, bot.Everybody, "audit", map[string]string{
		"what": strings.Join(c.What, " "), "to": c.To.String(), "limit": strconv.Itoa(c.Limit)})
}
