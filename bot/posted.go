package bot

import (
	"context"
	"slices"
	"time"

	"derisk/tracker"
)

// Posts is what was posted.
type Posts interface {
	// Post is one of an owner's posts with what became of its firings. The error
	// matches [tracker.ErrNotFound] where the owner has no such post.
	Post(ctx context.Context, owner, id string) (tracker.Post, error)
}

// showPost tells a post's firings in full, with all that became of them.
func showPost(ctx context.Context, env Env, r Request) (Reply, error) {
	p, err := ownPost(ctx, env, r)
	if err != nil {
		return Reply{}, err
	}
	reply := Reply{Title: counted(len(p.Tellings()), "firing in the post", "firings in the post", "共%d条提醒").In(r.Lang), Data: p, Ephemeral: true}
	for _, t := range p.Tellings() {
		reply.add(tellingSection(t, r))
	}
	return reply, nil
}

// ownPost is one of the asker's posts, without what it tells of reviews unless
// they have the right to these.
func ownPost(ctx context.Context, env Env, r Request) (tracker.Post, error) {
	if env.Posts == nil {
		return tracker.Post{}, noneHere("posts", "消息")
	}
	p, err := env.Posts.Post(ctx, r.Owner, r.Arg("id"))
	p.Firings = slices.DeleteFunc(p.Firings, func(f tracker.Firing) bool { return !r.mayTell(f.Owner) })
	return p, err
}

func tellingSection(t tracker.Telling, r Request) Section {
	when := func(at time.Time) string { return tellInstant(at.In(r.zone())).In(r.Lang) }
	s := Section{Heading: firingWord(t.Firing).In(r.Lang) + " · " + t.Rule, Lines: []string{t.Message.In(r.Lang)}}
	s.Fields = []Field{{text("Due", "触发时间").In(r.Lang), when(t.At)}}
	for _, n := range t.Notes {
		s.Items = append(s.Items, plainNote(n, when).In(r.Lang))
	}
	if t.End != nil {
		s.Fields = append(s.Fields, Field{text("Over", "结束").In(r.Lang), when(t.End.At)})
	}
	s.Items = append(s.Items, t.Measures...)
	return s
}

// plainNote is what became of a firing, for any surface.
func plainNote(n tracker.Note, when func(time.Time) string) tracker.Text {
	switch n.What {
	case tracker.NoteAcknowledged:
		return say("%s: acknowledged by %s", "%s：%s 已确认", when(n.At), n.By)
	case tracker.NoteSnoozed:
		return say("%s: snoozed by %s until %s", "%s：%s 设为稍后提醒，至 %s", when(n.At), n.By, when(n.Until))
	case tracker.NoteWoken:
		return say("%s: snooze over", "%s：稍后提醒已结束", when(n.At))
	}
	return join(say("%s: corrected: ", "%s：已更正：", when(n.At)), n.Words)
}
