package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"derisk/bot"
	"derisk/tracker"
)

type timelineCommand struct {
	Of    []string     `arg:"" optional:"" help:"A measure's id, or a filter such as tag:lithium-battery by:CN; all if left out."`
	From  tracker.Date `help:"First day shown." placeholder:"DAY"`
	To    tracker.Date `help:"Last day shown." placeholder:"DAY"`
	PNG   string       `name:"png" help:"Draw it as a picture into this file." type:"path" placeholder:"FILE"`
	Theme string       `help:"What the picture is drawn on: dark or light." enum:"dark,light" default:"dark"`
}

// Run draws bands of signs, or a picture into a file.
func (c *timelineCommand) Run(ctx context.Context, a *app) error {
	reply, err := a.reply(ctx, localUser, "timeline", map[string]string{
		"of": strings.Join(c.Of, " "), "from": c.From.String(), "to": c.To.String(), "theme": c.Theme,
	})
	switch {
	case err != nil:
		return err
	case c.PNG == "":
		return a.show(reply)
	case len(reply.Files) == 0:
		return errors.Join(a.show(reply), errNo)
	}
	return a.keep(reply.Files[0], c.PNG)
}

// keep writes a file of a reply and tells what it shows.
func (a *app) keep(f bot.File, path string) error {
	if err := writeWhole(path, f.Data); err != nil {
		return fmt.Errorf("write the picture: %w", err)
	}
	return a.done(map[string]any{"file": path, "bytes": len(f.Data), "shows": f.About},
		tracker.Text{EN: "%s: %s", ZH: "%s：%s"}, path, f.About)
}
