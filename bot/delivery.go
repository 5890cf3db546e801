package bot

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"derisk/tracker"
)

// Deliveries tells what became of firings. It lists the newest deliveries, newest first.
type Deliveries func(ctx context.Context, q DeliveryQuery) ([]Delivered, error)

// DeliveryQuery says which deliveries are wanted.
type DeliveryQuery struct {
	Owner        string // of the subscription; empty: everybody's
	Failed       bool   // only those that were given up
	Limit        int    // 0: all
	Channel      string // of the subscription; empty: any
	Subscription string // its id; empty: any
	Firing       string // its id; empty: any
	Posted       bool   // only those that a post tells
}

// Delivered is a delivery with what it is about.
type Delivered struct {
	tracker.Delivery
	Fired   tracker.Firing       `json:"fired"`
	For     tracker.Subscription `json:"for"`
	Message string               `json:"message,omitempty"`   // Discord's id of the post
	LastWhy string               `json:"last_fail,omitempty"` // what the post's latest try met
	Tries   int                  `json:"tries,omitempty"`
}

const deliveriesShown = 20 // where no limit is given

// deliveriesOf lists those of the asker, who must be somebody: to whom keeps
// them, an empty owner means everybody. Those about reviews need the right to them.
func deliveriesOf(ctx context.Context, env Env, r Request, q DeliveryQuery) ([]Delivered, error) {
	if env.Deliveries == nil {
		return nil, noneHere("deliveries", "投递")
	}
	if r.Owner == "" {
		return nil, nil
	}
	q.Owner = strings.TrimSuffix(r.Owner, Everybody)
	all, err := env.Deliveries(ctx, q)
	return slices.DeleteFunc(all, func(d Delivered) bool { return !r.mayTell(d.Fired.Owner) }), err
}

// deliveries tells what was sent where, what waits, and why something was not sent.
func deliveries(ctx context.Context, env Env, r Request) (Reply, error) {
	limit := deliveriesShown
	if n, err := strconv.Atoi(r.Arg("limit")); err == nil {
		limit = max(1, min(n, 1000))
	}
	all, err := deliveriesOf(ctx, env, r, DeliveryQuery{Failed: r.Arg("failed") == "true", Limit: limit})
	if err != nil {
		return Reply{}, err
	}
	reply := Reply{Title: counted(len(all), "delivery", "deliveries, newest first", "%d项投递，最新在前").In(r.Lang), Data: append([]Delivered{}, all...), Ephemeral: true}
	if len(all) == 0 {
		reply.add(Section{Lines: []string{text("None.", "无。").In(r.Lang)}})
		return reply, nil
	}
	t := Table{Columns: []string{text("Fired", "触发").In(r.Lang), text("For", "订阅").In(r.Lang), text("State", "状态").In(r.Lang), text("Firing", "触发编号").In(r.Lang), text("What", "内容").In(r.Lang)}}
	for _, d := range all {
		t.Rows = append(t.Rows, []string{d.Fired.At.In(r.zone()).Format("2006-01-02 15:04"), d.Subscription, d.words(r.zone()).In(r.Lang), d.Firing, d.Fired.Message.In(r.Lang)})
	}
	reply.add(Section{Table: &t})
	return reply, nil
}

var deliveryWords = map[tracker.DeliveryState]tracker.Text{
	tracker.Waiting: {EN: "waiting", ZH: "等待中"},
	tracker.Held:    {EN: "held", ZH: "暂存"},
	tracker.Sent:    {EN: "sent", ZH: "已发送"},
	tracker.Merged:  {EN: "merged", ZH: "已合并"},
	tracker.Failed:  {EN: "failed", ZH: "失败"},
	tracker.NotSent: {EN: "not sent", ZH: "未发送"},
}

var causeWords = map[tracker.Cause]tracker.Text{
	tracker.CauseMatch:   {EN: "matches", ZH: "符合筛选"},
	tracker.CauseQuiet:   {EN: "quiet hours", ZH: "免打扰时段"},
	tracker.CauseDigest:  {EN: "for the next digest", ZH: "待下次摘要"},
	tracker.CauseFilter:  {EN: "the filter does not match", ZH: "不符合筛选"},
	tracker.CausePaused:  {EN: "paused", ZH: "订阅已暂停"},
	tracker.CauseSnoozed: {EN: "snoozed", ZH: "稍后提醒"},
	tracker.CauseMuted:   {EN: "muted here", ZH: "在此静音"},
	tracker.CauseDeleted: {EN: "unsubscribed", ZH: "已退订"},
	tracker.CauseOwner:   {EN: "a review that is not for this channel", ZH: "不属于本频道的审查"},
	tracker.CauseAccess:  {EN: "no access to the channel", ZH: "无权访问频道"},
	tracker.CauseGone:    {EN: "the channel is gone", ZH: "频道已删除"},
	tracker.CauseRefused: {EN: "Discord refused it", ZH: "Discord 拒绝"},
}

func (d Delivered) words(zone *time.Location) tracker.Text {
	words := say("%s: %s", "%s：%s", named(deliveryWords, d.State), named(causeWords, d.Cause))
	if d.State == tracker.Held && !d.Due.IsZero() {
		words = join(words, say(", goes out %s", "，将于%s发送", tellInstant(d.Due.In(zone))))
	}
	if d.LastWhy != "" {
		words = join(words, say(", last try: %s", "，上次尝试：%s", d.LastWhy))
	}
	return words
}
