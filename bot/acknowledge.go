package bot

import (
	"context"
	"errors"
	"time"

	"derisk/tracker"
)

// acknowledge notes who has seen to what a post tells. Whoever reads a channel may
// do so there, as the button below a post does; from elsewhere it needs the right
// to change alerts.
func acknowledge(ctx context.Context, env Env, r Request) (Reply, error) {
	p, err := ownPost(ctx, env, r)
	if err != nil {
		return Reply{}, err
	}
	if r.Channel != p.Channel && !r.MayAlert {
		return Reply{}, refused("acknowledge a post in its own channel; from elsewhere it needs the right to change alerts",
			"请在消息所在频道确认；在别处确认需要更改提醒的权限")
	}
	if p, err = env.Posts.Acknowledge(ctx, r.Owner, p.ID, r.User, r.Query.Now); err != nil {
		return Reply{}, notThere(err, r)
	}
	p = r.readable(p)
	reply := Reply{Title: text("Acknowledged", "已确认").In(r.Lang), Tone: Good, Data: p, Ephemeral: true}
	told := done(p, r, func(t tracker.Telling) tracker.Text {
		if by, was := t.Acknowledged(); was {
			return say("acknowledged by %s already, %s", "%s 已于 %s 确认", by.By, tellInstant(by.At.In(r.zone())))
		}
		return text("acknowledged by you", "已由您确认")
	})
	if told.none {
		reply.Title, reply.Tone = text("Nothing to acknowledge", "无需确认").In(r.Lang), Notice
	}
	reply.add(Section{Items: told.lines})
	return reply, nil
}

// outcome is what was done about the firings of a post, a line each.
type outcome struct {
	lines []string
	none  bool // none of them holds: nothing was done
}

// done tells what was done about those firings of a post that held, and that the
// others were over.
func done(p tracker.Post, r Request, words func(tracker.Telling) tracker.Text) outcome {
	o := outcome{none: true}
	for _, t := range p.Tellings() {
		what := text("over, so nothing was changed", "已结束，未作更改")
		switch {
		case t.Holds():
			what, o.none = words(t), false
		case t.End != nil:
			what = say("over since %s, so nothing was changed", "已于 %s 结束，未作更改", tellInstant(t.End.At.In(r.zone())))
		}
		o.lines = append(o.lines, say("%s of %s: %s", "%s · %s：%s", t.Rule, t.Subject, what).In(r.Lang))
	}
	return o
}

// notThere says in both languages that there is no such post of the asker's.
func notThere(err error, r Request) error {
	if errors.Is(err, tracker.ErrNotFound) {
		return missing("post", "消息", r.Arg("id"), nil)
	}
	return err
}

// zoneOf is a zone by its name, or UTC where there is none.
func zoneOf(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	return zone
}
