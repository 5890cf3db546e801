package bot

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"derisk/tracker"
)

// Hushes keeps what owners do not want to be told for a while. Errors match
// [tracker.ErrNotFound] where the owner has no such post or hush.
type Hushes interface {
	// Snooze hushes what a post tells, as far as it still holds, and gives the post as it was before.
	Snooze(ctx context.Context, owner, post string, until time.Time, by string, at time.Time) (tracker.Post, error)
	// Mute hushes a measure that a post tells of in its channel; for good where until is zero.
	Mute(ctx context.Context, owner, post, measure string, until time.Time, by string, at time.Time) (tracker.Hush, error)
	EndHush(ctx context.Context, owner, id, by string, at time.Time) (tracker.Hush, error)
	// Hushes lists those of an owner that hold; everybody's where owner is empty.
	Hushes(ctx context.Context, owner string) ([]tracker.Hush, error)
}

// snooze hushes what a post tells for some days, or until a date.
func snooze(ctx context.Context, env Env, r Request) (Reply, error) {
	if env.Hushes == nil {
		return Reply{}, noneHere("snoozes", "稍后提醒")
	}
	p, err := ownPost(ctx, env, r)
	if err != nil {
		return Reply{}, err
	}
	end, note, err := snoozeEnd(r, zoneOf(p.Zone))
	if err != nil {
		return Reply{}, err
	}
	if p, err = env.Hushes.Snooze(ctx, r.Owner, p.ID, end, r.User, r.Query.Now); err != nil {
		return Reply{}, notThere(err, r)
	}
	p = r.readable(p)
	reply := Reply{Title: text("Snoozed", "已设为稍后提醒").In(r.Lang), Tone: Good, Data: p, Ephemeral: true}
	told := done(p, r, func(tracker.Telling) tracker.Text {
		return say("snoozed until %s", "稍后提醒，至 %s", tellInstant(end))
	})
	if told.none {
		reply.Title, reply.Tone = text("Nothing to snooze", "无需稍后提醒").In(r.Lang), Notice
		note = tracker.Text{}
	}
	reply.add(Section{Items: told.lines, Lines: inLang([]tracker.Text{note}, r.Lang)})
	return reply, nil
}

var snoozeDays = map[string]int{"1d": 1, "3d": 3, "1w": 7}

// snoozeEnd is when a snooze ends that is asked for, with what is to be said of it.
func snoozeEnd(r Request, zone *time.Location) (end time.Time, note tracker.Text, err error) {
	if r.Arg("for") != "" && r.Arg("until") != "" {
		return end, note, wrong("give for or until, not both", "for 与 until 只能给出一个")
	}
	now := r.Query.Now.In(zone)
	until := tracker.InstantOf(now.AddDate(0, 0, snoozeDays[cmp.Or(r.Arg("for"), "1d")]))
	if r.Arg("until") != "" {
		until = r.day("until")
	}
	if end, note, err = hushEnd(until, now); err != nil {
		return end, note, err
	}
	if end.After(now.AddDate(0, 0, tracker.MaxSnooze)) {
		return end, note, wrong("a snooze lasts %d days at most, so that none is forgotten; alert mute lasts longer", "稍后提醒最长%d天，以免遗忘；更久请用 alert mute", tracker.MaxSnooze)
	}
	return end, note, nil
}

// hushEnd is when a hush ends that is wanted until a date, by the clocks of now,
// and says so where a weekend moved it.
func hushEnd(until tracker.Date, now time.Time) (end time.Time, note tracker.Text, err error) {
	end, moved := tracker.HushEnd(until, now.Location())
	if !end.After(now) {
		return end, note, wrong("%s is over: give a later end", "%s 已过：请给出更晚的时间", tellInstant(end))
	}
	if moved {
		note = say("That end would fall on a weekend, so it is Monday, %s.", "原定结束时间在周末，已顺延至周一：%s。", tellInstant(end))
	}
	return end, note, nil
}

// mute hushes a measure in the channel of a post that tells of it.
func mute(ctx context.Context, env Env, r Request) (Reply, error) {
	if env.Hushes == nil {
		return Reply{}, noneHere("mutes", "静音")
	}
	p, err := ownPost(ctx, env, r)
	if err != nil {
		return Reply{}, err
	}
	measures := p.Measures()
	measure := r.Arg("measure")
	switch {
	case measure == "" && len(measures) == 0:
		return Reply{}, impossible("this post is about no measure: alert snooze hushes what it tells", "该消息不涉及任何措施：请用 alert snooze")
	case measure == "" && len(measures) > 1:
		return whichMeasure(ctx, env, r, measures)
	}
	end, note := time.Time{}, tracker.Text{}
	if r.Arg("until") != "" {
		if end, note, err = hushEnd(r.day("until"), r.Query.Now.In(zoneOf(p.Zone))); err != nil {
			return Reply{}, err
		}
	}
	measure = cmp.Or(measure, measures[0])
	h, err := env.Hushes.Mute(ctx, r.Owner, p.ID, measure, end, r.User, r.Query.Now)
	if errors.Is(err, tracker.ErrNotFound) {
		return Reply{}, missing("measure in that post", "该消息所涉的措施", measure, measures)
	}
	if err != nil {
		return Reply{}, err
	}
	reply := Reply{Title: say("Muted here · %s", "已在此静音 · %s", h.ID).In(r.Lang), Tone: Good, Data: h, Ephemeral: true, Offers: []Offer{endOffer(h, r)}}
	reply.add(Section{Items: []string{hushWords(h, r).In(r.Lang)}, Lines: inLang([]tracker.Text{note,
		text("What it hushes and still holds when it ends is told then.", "静音结束时仍成立的情况会届时告知。")}, r.Lang)})
	return reply, nil
}

// whichMeasure asks which of a post's measures is meant.
func whichMeasure(ctx context.Context, env Env, r Request, measures []string) (Reply, error) {
	reply := Reply{Title: text("Mute which measure?", "静音哪项措施？").In(r.Lang), Data: measures, Ephemeral: true}
	s := Section{}
	for _, id := range measures {
		s.Items = append(s.Items, titled(ctx, env, id).In(r.Lang))
		args := map[string]string{"id": r.Arg("id"), "measure": id}
		if until := r.Arg("until"); until != "" {
			args["until"] = until
		}
		reply.Offers = append(reply.Offers, Offer{Label: id, Command: "alert mute", Args: args})
	}
	reply.add(s)
	return reply, nil
}

// titled is a measure's id with its title, if it can be read.
func titled(ctx context.Context, env Env, id string) tracker.Text {
	if env.Facts != nil {
		if s, err := env.Facts.Snapshot(ctx); err == nil {
			if m, err := s.Measure(id); err == nil {
				return say("%s: %s", "%s：%s", id, m.Title)
			}
		}
	}
	return text(id, id)
}

// listHushes tells what is not told here at present.
func listHushes(ctx context.Context, env Env, r Request) (Reply, error) {
	all, err := ownHushes(ctx, env, r)
	if err != nil {
		return Reply{}, err
	}
	reply := Reply{Title: say("%d snoozed or muted", "%d项稍后提醒或静音", len(all)).In(r.Lang), Data: append([]tracker.Hush{}, all...), Ephemeral: true}
	if len(all) == 0 {
		reply.add(Section{Lines: []string{text("None: everything that a subscription wants is told.", "无：订阅所需的一切均会告知。").In(r.Lang)}})
	}
	s := Section{}
	for _, h := range all {
		s.Items = append(s.Items, h.ID+": "+hushWords(h, r).In(r.Lang))
		if r.MayAlert {
			reply.Offers = append(reply.Offers, endOffer(h, r))
		}
	}
	reply.add(s)
	return reply, nil
}

// ownHushes are those of the asker, who must be somebody, without those of
// reviews unless they have the right to these.
func ownHushes(ctx context.Context, env Env, r Request) ([]tracker.Hush, error) {
	if env.Hushes == nil {
		return nil, noneHere("hushes", "静音")
	}
	if r.Owner == "" {
		return nil, nil
	}
	all, err := env.Hushes.Hushes(ctx, strings.TrimSuffix(r.Owner, Everybody))
	return slices.DeleteFunc(all, func(h tracker.Hush) bool { return h.Review && !r.MayReview }), err
}

func endOffer(h tracker.Hush, r Request) Offer {
	return Offer{Label: say("End %s", "结束 %s", h.ID).In(r.Lang), Command: "alert unmute", Args: map[string]string{"id": h.ID}}
}

// endHush ends a mute or a snooze before its time.
func endHush(ctx context.Context, env Env, r Request) (Reply, error) {
	all, err := ownHushes(ctx, env, r)
	if err != nil {
		return Reply{}, err
	}
	h, err := env.Hushes.EndHush(ctx, r.Owner, r.Arg("id"), r.User, r.Query.Now)
	if errors.Is(err, tracker.ErrNotFound) {
		var known []string
		for _, h := range all {
			known = append(known, h.ID)
		}
		return Reply{}, missing("snooze or mute", "稍后提醒或静音", r.Arg("id"), known)
	}
	if err != nil {
		return Reply{}, err
	}
	reply := Reply{Title: say("Ended · %s", "已结束 · %s", h.ID).In(r.Lang), Tone: Good, Data: h, Ephemeral: true}
	reply.add(Section{Items: []string{hushWords(h, r).In(r.Lang)}})
	return reply, nil
}

// hushWords say what is hushed, by whom and how long.
func hushWords(h tracker.Hush, r Request) tracker.Text {
	words := say("%s in channel %s, muted by %s", "%s（频道 %s），由 %s 静音", h.Measure, h.Channel, h.By)
	if h.Snooze() {
		words = say("%s of %s, snoozed by %s", "%s：%s，由 %s 设为稍后提醒", h.Rule, h.Subject, h.By)
	}
	if h.Until.IsZero() {
		return join(words, text(", for good", "，永久"))
	}
	return join(words, say(", until %s", "，至 %s", tellInstant(h.Until.In(r.zone()))))
}
