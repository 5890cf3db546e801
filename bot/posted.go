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
	// RecentPosts lists an owner's latest posts, at most so many, newest first.
	RecentPosts(ctx context.Context, owner string, most int) ([]tracker.Post, error)
	// Acknowledge notes who has seen to what a post tells, as far as it still
	// holds and nobody was first, and gives the post as it was before.
	Acknowledge(ctx context.Context, owner, post, by string, at time.Time) (tracker.Post, error)
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

// postNames are the asker's latest posts, each with what it tells first.
func postNames(ctx context.Context, env Env, r Request) (list []*offered, err error) {
	if env.Posts == nil || r.Owner == "" {
		return nil, nil
	}
	all, err := env.Posts.RecentPosts(ctx, r.Owner, maxChoices)
	for _, p := range all {
		p, about := r.readable(p), p.Lead
		if len(p.Firings) > 0 {
			about = p.Firings[0].Message
		}
		list = append(list, offer(p.ID, about))
	}
	return list, err
}

// readable is a post without what it tells of reviews, unless the asker has the
// right to these.
func (r Request) readable(p tracker.Post) tracker.Post {
	p.Firings = slices.DeleteFunc(slices.Clone(p.Firings), func(f tracker.Firing) bool { return !r.mayTell(f.Owner) })
	return p
}

// ownPost is one of the asker's posts, as far as they may read it.
func ownPost(ctx context.Context, env Env, r Request) (tracker.Post, error) {
	if env.Posts == nil {
		return tracker.Post{}, noneHere("posts", "消息")
	}
	p, err := env.Posts.Post(ctx, r.Owner, r.Arg("id"))
	return r.readable(p), notThere(err, r)
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

// wokenWords say who ended a snooze, or what did, other than its time.
func wokenWords(n tracker.Note) tracker.Text {
	switch {
	case n.By != "":
		return say(", ended by %s", "，由 %s 结束", n.By)
	case n.Words != (tracker.Text{}):
		return say(": %s", "：%s", n.Words)
	}
	return tracker.Text{}
}

// plainNote is what became of a firing, for any surface.
func plainNote(n tracker.Note, when func(time.Time) string) tracker.Text {
	switch n.What {
	case tracker.NoteAcknowledged:
		return say("%s: acknowledged by %s", "%s：%s 已确认", when(n.At), n.By)
	case tracker.NoteSnoozed:
		return say("%s: snoozed by %s until %s", "%s：%s 设为稍后提醒，至 %s", when(n.At), n.By, when(n.Until))
	case tracker.NoteWoken:
		return join(say("%s: snooze over", "%s：稍后提醒已结束", when(n.At)), wokenWords(n))
	}
	return join(say("%s: corrected: ", "%s：已更正：", when(n.At)), n.Words)
}
