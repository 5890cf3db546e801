package bot

import (
	"context"
	"maps"
	"time"

	"derisk/tracker"
)

// expected tells in a line how much a new subscription will tell, so that nobody
// floods a channel unawares.
func expected(ctx context.Context, env Env, r Request, s tracker.Subscription) (tracker.Text, error) {
	if env.Rules == nil {
		return tracker.Text{}, nil
	}
	p, err := foresee(ctx, env, r, s)
	return p.line(), err
}

// alertPreview tells what a subscription would have posted, and what it will, before
// it is switched on.
func alertPreview(ctx context.Context, env Env, r Request) (Reply, error) {
	if err := needRules(env); err != nil {
		return Reply{}, err
	}
	s := tracker.Subscription{Owner: r.Owner, Channel: r.Channel, Lang: r.Lang, Zone: r.zone().String(), Deliver: tracker.AtOnce}
	if r.Arg("id") != "" {
		own, err := ownSubscription(ctx, env, r)
		if err != nil {
			return Reply{}, err
		}
		s = own
	}
	filter, err := r.settle(&s)
	if err != nil {
		return Reply{}, err
	}
	doubts, err := filterDoubts(ctx, env, filter)
	if err != nil {
		return Reply{}, err
	}
	p, err := foresee(ctx, env, r, s)
	if err != nil {
		return Reply{}, err
	}
	return p.reply(r, doubts), nil
}

func (p preview) reply(r Request, doubts []tracker.Text) Reply {
	reply := Reply{Title: say("Preview · %s", "预览 · %s", everything(p.s.Filter)).In(r.Lang), Ephemeral: true}
	narrower := p.narrower()
	_, much := p.much()
	lines := append(doubts, p.notCounted())
	if much > 0 {
		reply.Tone = Warning
		lines = append(lines, p.warning())
	}
	reply.add(Section{Lines: inLang(lines, r.Lang), Fields: []Field{
		{text("Goes out", "发送").In(r.Lang), goesOut(p.s).In(r.Lang)},
		{say("Last %d days", "过去%d天", previewDays).In(r.Lang), p.past.summary(p.s).In(r.Lang)},
		{say("Next %d days", "今后%d天", previewDays).In(r.Lang), p.next.summary(p.s).In(r.Lang)},
	}})
	if much > 0 {
		p.offerLess(&reply, narrower, r)
	}
	reply.add(p.past.section(p.s, text("It would have posted", "本会发布"), r))
	reply.add(p.next.section(p.s, text("It will post, if nothing new becomes known", "若无新信息，将会发布"), r))
	reply.Data = map[string]any{
		"subscription": p.s, "past": p.past.data(p.s), "next": p.next.data(p.s), "too_much": much > 0, "narrower": append([]narrow{}, narrower...),
	}
	return reply
}

// summary says how much it is.
func (f foreseen) summary(s tracker.Subscription) tracker.Text {
	zone := locationOf(s)
	words := say("%s in %s", "%s，共%s", thingsWords(f.things()), postsWords(f.posts(s)))
	if day, n := f.busiest(zone, dayOf); n > 0 {
		_, week := f.busiest(zone, weekOf)
		words = join(words, say(", %s a week; busiest week %d, busiest day %s with %d", "，每周%s条；最多一周%d条，最多一日为%s，%d条",
			aWeek(f.things()), week, tellDate(tracker.DayOf(day), time.UTC), n))
	}
	return words
}

// aWeek is how many things a week a count over the preview's days is.
func aWeek(things int) string {
	return number(float64(int(float64(things)*70/previewDays+0.5)) / 10)
}

// offerLess offers filters that want less, and a digest.
func (p preview) offerLess(reply *Reply, narrower []narrow, r Request) {
	s := Section{Heading: text("Less would be", "更少的选择").In(r.Lang)}
	args := map[string]string{}
	for _, name := range []string{"deliver", "at", "quiet", "zone"} {
		if r.Arg(name) != "" {
			args[name] = r.Arg(name)
		}
	}
	for _, n := range narrower {
		s.Items = append(s.Items, say("%s: %s, at most %d a week", "%s：%s，每周最多%d条", text(n.Filter, n.Filter), thingsWords(n.Told), n.Week).In(r.Lang))
		with := maps.Clone(args)
		with["filter"] = n.Filter
		reply.Offers = append(reply.Offers, Offer{Label: n.Filter, Command: "alert preview", Args: with})
	}
	if p.s.Deliver == tracker.AtOnce {
		daily := p.s
		daily.Deliver = tracker.Daily
		posts := plannedFor(daily, p.all, p.past.from, p.past.to).posts(daily)
		s.Items = append(s.Items, say("deliver:daily: the same in %s", "deliver:daily：内容相同，共%s", postsWords(posts)).In(r.Lang))
	}
	reply.add(s)
}

// section lists what goes out when.
func (f foreseen) section(s tracker.Subscription, heading tracker.Text, r Request) Section {
	section := Section{Heading: heading.In(r.Lang)}
	if len(f.told) == 0 {
		section.Lines = []string{text("Nothing.", "无。").In(r.Lang)}
		return section
	}
	t := Table{Columns: []string{text("Goes out", "发送").In(r.Lang), text("Rule", "规则").In(r.Lang), text("Severity", "级别").In(r.Lang), text("Message", "消息").In(r.Lang)}}
	for _, one := range f.told[:min(len(f.told), previewRows)] {
		how := string(one.Severity)
		if one.Kind == tracker.Resolved {
			how = overWord.In(r.Lang)
		}
		t.Rows = append(t.Rows, []string{one.Due.In(locationOf(s)).Format("2006-01-02 15:04"), one.Rule, how, one.Message.In(s.Lang)})
	}
	section.Table = &t
	if more := len(f.told) - previewRows; more > 0 {
		section.Lines = []string{say("The first %d are shown; there are %d more.", "仅显示前%d条，另有%d条。", previewRows, more).In(r.Lang)}
	}
	return section
}

// data is what programs are told of it.
func (f foreseen) data(s tracker.Subscription) map[string]any {
	list := []map[string]any{}
	for _, t := range f.told {
		list = append(list, map[string]any{"at": t.At, "due": t.Due, "cause": t.Cause, "rule": t.Rule, "subject": t.Subject, "kind": t.Kind, "severity": t.Severity, "message": t.Message})
	}
	return map[string]any{"told": f.things(), "posts": f.posts(s), "firings": list}
}
