package bot

import (
	"context"
	"slices"
	"strings"

	"derisk/tracker"
)

// Fired lists the newest firings that what names, by a firing's id, a rule or a
// measure, newest first. Of those about reviews it lists only the owner's.
type Fired func(ctx context.Context, owner, what string, limit int) ([]tracker.Firing, error)

const whyFirings = 5 // newest firings that are told about

// fate is what became of a firing for a subscription.
type fate struct {
	Subscription string                `json:"subscription"`
	State        tracker.DeliveryState `json:"state,omitempty"` // empty: it never met the firing
	Cause        tracker.Cause         `json:"cause,omitempty"`
	Post         string                `json:"post,omitempty"`
	Unmet        []string              `json:"unmet,omitempty"` // words of the filter, as it is now, that do not match
	Why          tracker.Text          `json:"why"`
}

// firedJSON is a firing and what became of it here.
type firedJSON struct {
	Fired tracker.Firing `json:"fired"`
	Fates []fate         `json:"fates"`
}

// alertWhy tells why something was posted here or was not.
func alertWhy(ctx context.Context, env Env, r Request) (Reply, error) {
	if env.Fired == nil {
		return Reply{}, noneHere("firings", "触发记录")
	}
	subscriptions, err := whySubscriptions(ctx, env, r)
	if err != nil {
		return Reply{}, err
	}
	firings, err := env.Fired(ctx, r.reviewer(), r.Arg("what"), whyFirings)
	if err != nil {
		return Reply{}, err
	}
	firings = slices.DeleteFunc(firings, func(f tracker.Firing) bool { // another owner's drill is nobody's business
		return f.Rule == tracker.DrillRule && !slices.ContainsFunc(subscriptions, func(s tracker.Subscription) bool { return s.ID == f.Subject })
	})
	if len(firings) == 0 {
		return neverFired(ctx, env, r)
	}
	data := []firedJSON{}
	reply := Reply{Title: say("Why %s was posted here or not", "%s为何在此处发布或未发布", r.Arg("what")).In(r.Lang), Ephemeral: true}
	for _, f := range firings {
		fates, err := fatesOf(ctx, env, r, f, subscriptions)
		if err != nil {
			return Reply{}, err
		}
		data = append(data, firedJSON{f, fates})
		reply.add(fateSection(f, fates, r))
	}
	if len(subscriptions) == 0 {
		reply.add(Section{Lines: []string{text("There is no subscription here: alert subscribe begins one.", "此处没有订阅：用 alert subscribe 开始。").In(r.Lang)}})
	}
	reply.Data = data
	reply.Offers = []Offer{{Label: text("Why it fired", "触发缘由").In(r.Lang), Command: "rule firing", Args: map[string]string{"id": firings[0].ID}}}
	return reply, nil
}

// whySubscriptions are those asked about: the one that id names, or those of the
// channel.
func whySubscriptions(ctx context.Context, env Env, r Request) ([]tracker.Subscription, error) {
	if r.Arg("id") != "" {
		s, err := ownSubscription(ctx, env, r)
		return []tracker.Subscription{s}, err
	}
	all, err := ownSubscriptions(ctx, env, r)
	return slices.DeleteFunc(all, func(s tracker.Subscription) bool { return s.Channel != r.Channel }), err
}

// fatesOf tells what became of a firing: for each of the subscriptions, and for
// those of the channel that were ended since.
func fatesOf(ctx context.Context, env Env, r Request, f tracker.Firing, subscriptions []tracker.Subscription) ([]fate, error) {
	q := DeliveryQuery{Firing: f.ID, Channel: r.Channel}
	if r.Arg("id") != "" {
		q.Channel, q.Subscription = "", r.Arg("id")
	}
	rows, err := deliveriesOf(ctx, env, r, q)
	if err != nil {
		return nil, err
	}
	fates := []fate{}
	for _, s := range subscriptions {
		i := slices.IndexFunc(rows, func(d Delivered) bool { return d.Subscription == s.ID })
		if i < 0 {
			fates = append(fates, fate{Subscription: s.ID, Why: say("it was not told: the subscription was made later, %s", "未告知：订阅建立于其后，%s", tellInstant(s.Made.In(r.zone())))})
			continue
		}
		fates = append(fates, fateOf(rows[i], r))
		rows = slices.Delete(rows, i, i+1)
	}
	for _, d := range rows {
		ended := fateOf(d, r)
		ended.Why = join(ended.Why, text("(the subscription was ended since)", "（该订阅已退订）"))
		fates = append(fates, ended)
	}
	return fates, nil
}

// fateOf says in words what became of a delivery, and why.
func fateOf(d Delivered, r Request) fate {
	told := fate{Subscription: d.Subscription, State: d.State, Cause: d.Cause, Post: d.Post, Why: d.words(r.zone())}
	switch {
	case d.State == tracker.Sent:
		told.Why = say("sent %s", "已于%s发送", tellInstant(d.Settled.In(r.zone())))
	case d.State == tracker.Merged:
		told.Why = say("told by another post: alert post %s", "由另一消息告知：alert post %s", d.Post)
	case d.Cause == tracker.CausePaused && d.For.Paused != "":
		told.Why = join(told.Why, say("(%s)", "（%s）", pausedWhy(d.For)))
	case d.Cause == tracker.CauseFilter:
		filter, _ := tracker.ParseFilter(d.For.Filter) // one that cannot be read wants nothing
		if told.Unmet = filter.Unmet(d.Fired); len(told.Unmet) == 0 {
			told.Why = join(told.Why, text("as it was then; it was changed since", "（以当时的筛选为准，其后已修改）"))
		} else {
			told.Why = join(told.Why, say("in %s", "：%s", strings.Join(told.Unmet, ", ")))
		}
	}
	return told
}

func fateSection(f tracker.Firing, fates []fate, r Request) Section {
	s := Section{Heading: tellInstant(f.At.In(r.zone())).In(r.Lang) + " · " + f.Rule, Lines: []string{f.Message.In(r.Lang)}}
	for _, told := range fates {
		s.Fields = append(s.Fields, Field{told.Subscription, told.Why.In(r.Lang)})
	}
	return s
}

// pausedField says why a subscription is paused, and what lets it go on; nothing
// where it is not.
func pausedField(s tracker.Subscription) tracker.Text {
	if s.Paused == "" {
		return tracker.Text{}
	}
	return say("%s: alert resume %s", "%s：alert resume %s", pausedWhy(s), s.ID)
}

// pausedWhy says why a subscription is paused.
func pausedWhy(s tracker.Subscription) tracker.Text {
	if words, known := causeWords[tracker.Cause(s.Paused)]; known {
		return words
	}
	return text(s.Paused, s.Paused)
}
