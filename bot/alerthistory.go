package bot

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"derisk/tracker"
)

const (
	historyDeliveries = 500 // newest deliveries that are looked at
	historyPosts      = 30  // posts that are told of them
	historyFirings    = 5   // firings told of a post; alert post tells all
)

// alertHistory tells what was posted here lately, and what became of it.
func alertHistory(ctx context.Context, env Env, r Request) (Reply, error) {
	q := DeliveryQuery{Posted: true, Limit: historyDeliveries, Channel: r.Channel}
	where := text("here", "此处")
	if r.Arg("id") != "" {
		s, err := ownSubscription(ctx, env, r)
		if err != nil {
			return Reply{}, err
		}
		q.Channel, q.Subscription, where = "", s.ID, text("for "+s.ID, "为 "+s.ID+" ")
	}
	all, err := deliveriesOf(ctx, env, r, q)
	if err != nil {
		return Reply{}, err
	}
	told := byPost(all)
	reply := Reply{Title: say("Posted %s lately: %s", "%s近期发布：%s", where, counted(len(told), "post", "posts", "%d条消息")).In(r.Lang), Data: append([]toldPost{}, told...), Ephemeral: true}
	if len(told) == 0 {
		reply.add(Section{Lines: []string{text("Nothing yet. alert why RULE or MEASURE says why not.", "尚无。alert why 规则或措施 可说明原因。").In(r.Lang)}})
	}
	for _, p := range told {
		s, err := p.section(ctx, env, r)
		if err != nil {
			return Reply{}, err
		}
		reply.add(s)
	}
	return reply, nil
}

// toldPost is a post with the deliveries that it tells.
type toldPost struct {
	Post       string      `json:"post"`
	At         time.Time   `json:"at,omitzero"` // when it was sent or given up; zero: it is on its way
	Deliveries []Delivered `json:"deliveries"`
}

// byPost puts deliveries together that one post tells, the newest posts first.
func byPost(all []Delivered) (told []toldPost) {
	place := map[string]int{}
	for _, d := range all {
		i, there := place[d.Post]
		if !there && len(told) == historyPosts {
			continue
		}
		if !there {
			i = len(told)
			place[d.Post], told = i, append(told, toldPost{Post: d.Post})
		}
		p := &told[i]
		p.Deliveries = append(p.Deliveries, d)
		if p.At.IsZero() || d.State == tracker.Sent || d.State == tracker.Failed {
			p.At = d.Settled
		}
	}
	return told
}

// section tells one post: when, what became of it, and of what it tells.
func (p toldPost) section(ctx context.Context, env Env, r Request) (Section, error) {
	first := p.Deliveries[0]
	for _, d := range p.Deliveries {
		if d.State == tracker.Sent {
			first = d
		}
	}
	state := first.words(r.zone()).In(r.Lang)
	if first.State == tracker.Sent || first.State == tracker.Merged {
		state = named(deliveryWords, first.State).In(r.Lang)
	}
	s := Section{Heading: state + " · " + first.Subscription}
	if !p.At.IsZero() {
		s.Heading = tellInstant(p.At.In(r.zone())).In(r.Lang) + " · " + s.Heading
	}
	tellings, err := p.tellings(ctx, env, r)
	if err != nil {
		return s, err
	}
	for _, t := range tellings[:min(len(tellings), historyFirings)] {
		s.Items = append(s.Items, inShort(t, r))
	}
	if more := len(tellings) - historyFirings; more > 0 {
		s.Items = append(s.Items, say("and %d more: alert post %s", "另有%d条：alert post %s", more, p.Post).In(r.Lang))
	}
	if link, ok := messageLink(first); ok {
		s.Links = append(s.Links, Link{Text: text("The message", "消息").In(r.Lang), URL: link})
	}
	return s, nil
}

// tellings are what the post tells, with what became of it since.
func (p toldPost) tellings(ctx context.Context, env Env, r Request) ([]tracker.Telling, error) {
	if env.Posts != nil {
		post, err := env.Posts.Post(ctx, r.Owner, p.Post)
		if err == nil || !errors.Is(err, tracker.ErrNotFound) {
			return post.Tellings(), err
		}
	}
	var post tracker.Post
	for _, d := range p.Deliveries {
		if !slices.ContainsFunc(post.Firings, func(f tracker.Firing) bool { return f.ID == d.Firing }) {
			post.Firings = append(post.Firings, d.Fired)
		}
	}
	return post.Tellings(), nil
}

// inShort is a firing in a line, with the latest of what became of it.
func inShort(t tracker.Telling, r Request) string {
	when := func(at time.Time) string { return tellInstant(at.In(r.zone())).In(r.Lang) }
	line := firingWord(t.Firing).In(r.Lang) + " · " + t.Rule + text(": ", "：").In(r.Lang) + t.Message.In(r.Lang)
	switch {
	case t.End != nil:
		line += " ↳ " + overWord.In(r.Lang) + text(", ", "，").In(r.Lang) + when(t.End.At)
	case len(t.Notes) > 0:
		line += " ↳ " + plainNote(t.Notes[len(t.Notes)-1], when).In(r.Lang)
	}
	return line
}

// messageLink leads to the message of a delivery that was sent on Discord.
func messageLink(d Delivered) (url string, ok bool) {
	if !isSnowflake(d.Message) || !isSnowflake(d.For.Channel) {
		return "", false
	}
	guild, is := strings.CutPrefix(d.For.Owner, "guild:")
	if !is {
		guild = "@me"
	}
	return "https://discord.com/channels/" + guild + "/" + d.For.Channel + "/" + d.Message, true
}
