package bot

import (
	"cmp"
	"context"
	"strings"
	"time"

	"derisk/tracker"
)

const (
	// drillTime is how long a drill is watched, and drillLook how often it is looked at.
	drillTime, drillLook = 4 * time.Second, 200 * time.Millisecond
)

// alertDrill sends a marked test firing the whole way that a real one takes, and
// tells what became of it (prometheus/alertmanager#2213).
func alertDrill(ctx context.Context, env Env, r Request) (Reply, error) {
	s, err := drilled(ctx, env, r)
	if err != nil {
		return Reply{}, err
	}
	if err := env.mayChange(ctx, r, s); err != nil {
		return Reply{}, err
	}
	now := r.Arg("now") == "true"
	plan, err := env.Subscriptions.Drill(ctx, r.Owner, s.ID, tracker.Severity(cmp.Or(r.Arg("severity"), string(tracker.Info))), now, r.User, r.Query.Now)
	if err != nil {
		return Reply{}, err
	}
	d, err := watchDrill(ctx, env, r, Delivered{Delivery: plan, For: s})
	if err != nil {
		return Reply{}, err
	}
	reply := Reply{Title: say("Drill · %s: %s", "演练 · %s：%s", s.ID, named(deliveryWords, d.State)).In(r.Lang), Tone: drillTones[d.State], Data: d, Ephemeral: true}
	section := Section{Lines: inLang([]tracker.Text{fateOf(d, r).Why, d.drillHint(s)}, r.Lang)}
	if link, ok := messageLink(d); ok {
		section.Links = []Link{{Text: text("The message", "消息").In(r.Lang), URL: link}}
	}
	reply.add(section)
	return reply, nil
}

var drillTones = map[tracker.DeliveryState]Tone{
	tracker.Sent: Good, tracker.Merged: Good, tracker.Waiting: Notice, tracker.Held: Notice, tracker.Failed: Alarm, tracker.NotSent: Warning,
}

// drilled is the subscription to be tested: the one that id names, or the only
// one of the channel.
func drilled(ctx context.Context, env Env, r Request) (tracker.Subscription, error) {
	here, err := whySubscriptions(ctx, env, r)
	if err != nil {
		return tracker.Subscription{}, err
	}
	var ids []string
	for _, s := range here {
		ids = append(ids, s.ID)
	}
	switch len(here) {
	case 0:
		return tracker.Subscription{}, impossible("there is no subscription here to test: alert subscribe begins one", "此处没有可测试的订阅：用 alert subscribe 开始")
	case 1:
		return here[0], nil
	}
	return tracker.Subscription{}, wrong("which one? Name it with id: %s", "测试哪一项？请用 id 指明：%s", strings.Join(ids, ", "))
}

// watchDrill looks for some seconds what becomes of a drill that goes out at once.
func watchDrill(ctx context.Context, env Env, r Request, d Delivered) (Delivered, error) {
	if d.State != tracker.Waiting || env.Changed == nil { // nobody posts
		return d, nil
	}
	env.Changed()
	for last := time.Now().Add(drillTime); time.Now().Before(last); {
		rows, err := deliveriesOf(ctx, env, r, DeliveryQuery{Firing: d.Firing, Subscription: d.Subscription})
		if err != nil {
			return d, err
		}
		if len(rows) > 0 {
			d = rows[0]
		}
		if !d.Settled.IsZero() {
			return d, nil
		}
		if err := sleep(ctx, drillLook); err != nil {
			return d, err
		}
	}
	return d, nil
}

// drillHint says what to do about a drill that did not arrive.
func (d Delivered) drillHint(s tracker.Subscription) tracker.Text {
	switch {
	case d.State == tracker.Held:
		return say("alert drill %s now:true sends one all the same.", "alert drill %s now:true 可立即发送。", s.ID)
	case d.State == tracker.Waiting:
		return say("It is on its way: alert why %s tells what became of it.", "正在发送：alert why %s 可查看结果。", d.Firing)
	case d.Cause == tracker.CausePaused:
		return say("alert resume %s lets it go on.", "alert resume %s 可恢复。", s.ID)
	}
	return tracker.Text{}
}
