package bot

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"derisk/tracker"
)

// Subscriptions keeps what channels want to be told.
type Subscriptions interface {
	AddSubscription(ctx context.Context, s tracker.Subscription) (tracker.Subscription, error)
	// EditSubscription lets change put other settings into a subscription, plans
	// what waits for it anew, and gives it as it was and as it is. An error of
	// change leaves all as it is.
	EditSubscription(ctx context.Context, owner, id, by string, at time.Time, change func(*tracker.Subscription) error) (was, now tracker.Subscription, err error)
	// Drill has one subscription told a test firing, with now whatever would hold it.
	Drill(ctx context.Context, owner, id string, severity tracker.Severity, now bool, by string, at time.Time) (tracker.Delivery, error)
	Subscriptions(ctx context.Context, owner string) ([]tracker.Subscription, error)
	PauseSubscription(ctx context.Context, owner, id, why, by string, at time.Time) error
	ResumeSubscription(ctx context.Context, owner, id, by string, at time.Time) error
	DeleteSubscription(ctx context.Context, owner, id, by string, at time.Time) error
}

// RoleSetting is the key under which [Settings] keeps the id of the role that has
// a right in an owner's server.
func RoleSetting(owner string, right Right) string { return "role:" + owner + ":" + string(right) }

// subscribe tells a channel what changes from now on. Only the filter and the
// channel matter; all else has a meaning when it is left out.
func subscribe(ctx context.Context, env Env, r Request) (Reply, error) {
	if env.Subscriptions == nil {
		return Reply{}, noneHere("subscriptions", "订阅")
	}
	s := tracker.Subscription{
		Owner: r.Owner, Channel: cmp.Or(r.Arg("channel"), r.Channel), Lang: r.Lang, Zone: r.zone().String(),
		Deliver: tracker.AtOnce, By: r.User, Made: r.Query.Now,
	}
	if strings.HasPrefix(r.Owner, "user:") && s.Channel != r.Channel {
		return Reply{}, wrong("in a direct message you subscribe for yourself: for a channel, use /alert subscribe in its server",
			"在私信中只能为自己订阅：如需为频道订阅，请在其服务器中使用 /alert subscribe")
	}
	filter, err := r.settle(&s)
	if err != nil {
		return Reply{}, err
	}
	doubts, err := filterDoubts(ctx, env, filter)
	if err != nil {
		return Reply{}, err
	}
	notes, err := env.settleIn(ctx, r, &s)
	if err != nil {
		return Reply{}, err
	}
	if s, err = env.Subscriptions.AddSubscription(ctx, s); err != nil {
		return Reply{}, err
	}
	reply := subscriptionReply(text("Subscribed", "已订阅"), s, r)
	if r.Zone == nil && r.Arg("zone") == "" {
		doubts = append(doubts, noZoneYet)
	}
	how, err := expected(ctx, env, r, s)
	if err != nil {
		how = say("How much that will be is not known: %s", "无法估计数量：%s", err)
	}
	reply.add(Section{Lines: inLang(append(append(notes, doubts...), how), r.Lang)})
	return reply, nil
}

// filterDoubts names what a filter asks for that nothing known has: it may come
// to be, so it is no error, but it may be a slip.
func filterDoubts(ctx context.Context, env Env, f tracker.Filter) ([]tracker.Text, error) {
	if env.Facts == nil || len(f.Tags) == 0 {
		return nil, nil
	}
	s, err := env.Facts.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	var doubts []tracker.Text
	for _, tag := range f.Tags {
		if _, err := s.Tag(tag); err != nil {
			doubts = append(doubts, say("Mind: %s.", "请注意：%s。", missing("tag", "标签", tag, tagNames(s)).Words))
		}
	}
	return doubts, nil
}

func subscriptionReply(did tracker.Text, s tracker.Subscription, r Request) Reply {
	reply := Reply{Title: say("%s · %s", "%s · %s", did, s.ID).In(r.Lang), Tone: Good, Data: s}
	reply.add(Section{Fields: subscriptionFields(s, r)})
	return reply
}

func subscriptionFields(s tracker.Subscription, r Request) []Field {
	fields := []Field{
		{text("Filter", "筛选").In(r.Lang), everything(s.Filter).In(r.Lang)},
		{text("Channel", "频道").In(r.Lang), s.Channel},
		{text("Language", "语言").In(r.Lang), s.Lang},
		{text("Zone", "时区").In(r.Lang), s.Zone},
		{text("Goes out", "发送").In(r.Lang), goesOut(s).In(r.Lang)},
		{text("Next digest", "下次摘要").In(r.Lang), nextDigest(s, r)},
		{text("Quiet hours", "免打扰").In(r.Lang), s.Quiet},
		{text("Mentions", "提及").In(r.Lang), s.Ping},
		{text("Paused", "暂停").In(r.Lang), pausedField(s).In(r.Lang)},
	}
	return slices.DeleteFunc(fields, func(f Field) bool { return f.Value == "" })
}

// nextDigest is when the next digest comes even where nothing fires.
func nextDigest(s tracker.Subscription, r Request) string {
	next := s.NextDigest(r.Query.Now)
	if zone, err := time.LoadLocation(s.Zone); err == nil && !next.IsZero() && s.Paused == "" {
		return tellInstant(next.In(zone)).In(r.Lang)
	}
	return ""
}

func everything(filter string) tracker.Text {
	if filter == "" {
		return text("everything", "全部")
	}
	return text(filter, filter)
}

func listSubscriptions(ctx context.Context, env Env, r Request) (Reply, error) {
	all, err := ownSubscriptions(ctx, env, r)
	if err != nil {
		return Reply{}, err
	}
	reply := Reply{Title: say("%d subscriptions", "%d项订阅", len(all)).In(r.Lang), Data: append([]tracker.Subscription{}, all...), Ephemeral: true}
	if len(all) == 0 {
		reply.add(Section{Lines: []string{text("None yet. Begin with: alert subscribe tag:lithium-battery", "尚无。开始：alert subscribe tag:lithium-battery").In(r.Lang)}})
	}
	for _, s := range all {
		reply.add(Section{Heading: s.ID, Fields: subscriptionFields(s, r)})
	}
	return reply, nil
}

func ownSubscriptions(ctx context.Context, env Env, r Request) ([]tracker.Subscription, error) {
	if env.Subscriptions == nil {
		return nil, noneHere("subscriptions", "订阅")
	}
	if r.Owner == Everybody {
		return env.Subscriptions.Subscriptions(ctx, "")
	}
	if r.Owner == "" {
		return nil, nil // an empty owner would mean everybody's
	}
	return env.Subscriptions.Subscriptions(ctx, r.Owner)
}

// ownSubscription is the asker's subscription that id names.
func ownSubscription(ctx context.Context, env Env, r Request) (tracker.Subscription, error) {
	all, err := ownSubscriptions(ctx, env, r)
	if err != nil {
		return tracker.Subscription{}, err
	}
	var known []string
	for _, s := range all {
		if s.ID == r.Arg("id") {
			return s, nil
		}
		known = append(known, s.ID)
	}
	return tracker.Subscription{}, missing("subscription", "订阅", r.Arg("id"), known)
}

// changeSubscription does something to one of the asker's subscriptions.
func changeSubscription(ctx context.Context, env Env, r Request, did tracker.Text, change func(s *tracker.Subscription) error) (Reply, error) {
	s, err := ownSubscription(ctx, env, r)
	if err == nil {
		err = env.mayChange(ctx, r, s)
	}
	if err == nil {
		err = change(&s)
	}
	if err != nil {
		return Reply{}, err
	}
	return subscriptionReply(did, s, r), nil
}

func pauseSubscription(ctx context.Context, env Env, r Request) (Reply, error) {
	return changeSubscription(ctx, env, r, text("Paused", "已暂停"), func(s *tracker.Subscription) error {
		s.Paused = cmp.Or(r.Arg("why"), text("paused", "已暂停").In(r.Lang))
		return env.Subscriptions.PauseSubscription(ctx, r.Owner, s.ID, s.Paused, r.User, r.Query.Now)
	})
}

func resumeSubscription(ctx context.Context, env Env, r Request) (Reply, error) {
	return changeSubscription(ctx, env, r, text("Goes on with what comes from now on", "已恢复，自此之后的通知照常发送"), func(s *tracker.Subscription) error {
		s.Paused = ""
		wanted := *s // what the channel is now changes nothing else of it
		if _, err := env.settleIn(ctx, r, &wanted); err != nil {
			return err
		}
		return env.Subscriptions.ResumeSubscription(ctx, r.Owner, s.ID, r.User, r.Query.Now)
	})
}

func unsubscribe(ctx context.Context, env Env, r Request) (Reply, error) {
	return changeSubscription(ctx, env, r, text("Ended; what was sent stays on record", "已退订；已发送的记录保留"), func(s *tracker.Subscription) error {
		return env.Subscriptions.DeleteSubscription(ctx, r.Owner, s.ID, r.User, r.Query.Now)
	})
}

// setRoles says which roles have a right in a server, besides those who manage
// it. A role that is not given stays as it is.
func setRoles(ctx context.Context, env Env, r Request) (Reply, error) {
	if env.Settings == nil || env.Audit == nil {
		return Reply{}, noneHere("settings", "设置")
	}
	reply := Reply{Title: text("Roles", "身份组").In(r.Lang), Tone: Good, Ephemeral: true}
	section := Section{}
	data := map[string]string{}
	for _, right := range []Right{AlertWork, RecordIt, ReviewIt} {
		key, role := RoleSetting(r.Owner, right), r.Arg(string(right))
		if role != "" || r.Arg("forget") == string(right) {
			if err := env.Audit.ChangeSetting(ctx, key, role, r.entry("set role", string(right), role)); err != nil {
				return Reply{}, err
			}
		}
		now, err := env.Settings.Setting(ctx, key)
		if err != nil {
			return Reply{}, err
		}
		data[string(right)] = now
		section.Fields = append(section.Fields, Field{rightWords[right].In(r.Lang), cmp.Or(now, text("those who manage the server", "服务器管理者").In(r.Lang))})
	}
	reply.add(section)
	reply.Data = data
	return reply, nil
}

var rightWords = map[Right]tracker.Text{
	AlertWork: {EN: "May change alerts", ZH: "可更改提醒"},
	RecordIt:  {EN: "May record facts", ZH: "可记录事实"},
	ReviewIt:  {EN: "May see and change reviews", ZH: "可查看与更改审查"},
}
