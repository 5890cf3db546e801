package bot

import (
	"cmp"
	"context"
	"slices"
	"time"

	"derisk/tracker"
)

// settle puts the arguments of a command into a subscription, and checks it.
// What was not given stays as it is.
func (r Request) settle(s *tracker.Subscription) (tracker.Filter, error) {
	s.Filter, s.Lang, s.Zone = cmp.Or(r.Arg("filter"), s.Filter), cmp.Or(r.Arg("lang"), s.Lang), cmp.Or(r.Arg("zone"), s.Zone)
	s.Quiet, s.Ping = cmp.Or(r.Arg("quiet"), s.Quiet), cmp.Or(r.Arg("ping"), s.Ping)
	r.settleTime(s)
	switch r.Arg("without") {
	case "filter":
		s.Filter = ""
	case "at":
		s.At = ""
	case "quiet":
		s.Quiet = ""
	case "ping":
		s.Ping = ""
	}
	if err := s.Check(); err != nil {
		return tracker.Filter{}, wrong("%s", "无法订阅：%s", err)
	}
	filter, _ := tracker.ParseFilter(s.Filter) // Check read it
	quiet, _ := tracker.ParseQuiet(s.Quiet)
	s.Filter, s.Quiet = filter.String(), quiet.String()
	return filter, nil
}

// settleTime puts in when posts go out. A time of digests says by itself how often
// they come, and what was not asked for gives way to what was: no digest, no time.
func (r Request) settleTime(s *tracker.Subscription) {
	deliver, at := tracker.Deliver(r.Arg("deliver")), r.Arg("at")
	t, err := tracker.ParseDigestTime(cmp.Or(at, s.At))
	switch {
	case err != nil: // Check says so
	case deliver == "" && at != "" && t.Named:
		deliver = tracker.Weekly
	case deliver == "" && at != "" && s.Deliver != tracker.Weekly:
		deliver = tracker.Daily
	case deliver == tracker.Daily && at == "" && s.At != "":
		t.Named = false
	}
	s.Deliver = cmp.Or(deliver, s.Deliver)
	if digest := s.Deliver == tracker.Daily || s.Deliver == tracker.Weekly; !digest && at == "" {
		s.At = ""
	}
	if s.At = cmp.Or(at, s.At); s.At != "" && err == nil {
		s.At = t.String()
	}
}

// editSubscription gives a subscription other settings, and says which were
// changed from what to what.
func editSubscription(ctx context.Context, env Env, r Request) (Reply, error) {
	own, err := ownSubscription(ctx, env, r)
	if err != nil {
		return Reply{}, err
	}
	if err := env.mayChange(ctx, r, own); err != nil {
		return Reply{}, err
	}
	if ping := r.Arg("ping"); ping != "" {
		own.Ping = ping
		if _, err := env.settleIn(ctx, r, &own); err != nil {
			return Reply{}, err
		}
	}
	if len(r.Args) < 2 {
		return Reply{}, wrong("say what to change: filter, lang, zone, deliver, at, quiet or ping, or what to take out with without",
			"请说明要修改什么：filter、lang、zone、deliver、at、quiet 或 ping；去除请用 without")
	}
	var filter tracker.Filter
	was, now, err := env.Subscriptions.EditSubscription(ctx, r.Owner, r.Arg("id"), r.User, r.Query.Now, func(s *tracker.Subscription) (err error) {
		before := *s
		if filter, err = r.settle(s); err == nil && *s == before {
			err = impossible("%s is like that already: nothing was changed", "%s 已是如此：未作更改", s.ID)
		}
		return err
	})
	if err != nil {
		return Reply{}, err
	}
	doubts, err := filterDoubts(ctx, env, filter)
	if err != nil {
		return Reply{}, err
	}
	reply := Reply{Title: say("Changed · %s", "已修改 · %s", now.ID).In(r.Lang), Tone: Good, Data: now}
	reply.add(Section{Fields: changedFields(was, now, r)})
	same := now
	same.Lang, same.Ping = was.Lang, was.Ping
	if same != was {
		doubts = append(doubts, text("What waits for it, and is in no post yet, goes out by the new settings.", "等待中且尚未编入消息的内容按新设置发送。"))
	}
	reply.add(Section{Lines: inLang(doubts, r.Lang)})
	return reply, nil
}

// changedFields are the settings that differ: "everything → tag:graphite".
func changedFields(was, now tracker.Subscription, r Request) (changed []Field) {
	before := subscriptionFields(was, r)
	value := func(fields []Field, name string) string {
		if i := slices.IndexFunc(fields, func(f Field) bool { return f.Name == name }); i >= 0 {
			return fields[i].Value
		}
		return text("none", "无").In(r.Lang)
	}
	after := subscriptionFields(now, r)
	for _, f := range append(slices.Clone(after), before...) {
		f.Value = value(before, f.Name) + " → " + value(after, f.Name)
		if value(before, f.Name) != value(after, f.Name) && !slices.Contains(changed, f) {
			changed = append(changed, f)
		}
	}
	return changed
}

// goesOut says when a subscription's posts go out: "weekly digest, Friday 16:00".
func goesOut(s tracker.Subscription) tracker.Text {
	t, err := tracker.ParseDigestTime(s.At)
	if err != nil {
		t, _ = tracker.ParseDigestTime("")
	}
	day := t.Day
	t.Named = false
	switch s.Deliver {
	case tracker.Hourly:
		return text("hourly digest", "每小时摘要")
	case tracker.Daily:
		return say("daily digest, %s", "每日摘要（%s）", t)
	case tracker.Weekly:
		return say("weekly digest, %s %s", "每周摘要（%s%s）", weekday(day), t)
	}
	return text("at once", "立即")
}

func weekday(day time.Weekday) tracker.Text {
	return text(day.String(), []string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"}[day])
}
