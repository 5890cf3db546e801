package bot

import (
	"time"

	"derisk/tracker"
)

// times tells when the condition holds, and when the rule is due.
func (t RuleTrace) times(lang string) []Field {
	fields := []Field{{text("Asked about", "所问时刻").In(lang), tellInstant(t.At).In(lang)}}
	add := func(name, value tracker.Text) {
		if value != (tracker.Text{}) {
			fields = append(fields, Field{name.In(lang), value.In(lang)})
		}
	}
	add(text("Holds", "成立时间"), t.holdsWhen())
	add(text("Held last", "上次成立"), t.heldLast())
	add(text("Last due", "上次到期"), instantOrNone(t.Last))
	add(text("Next due", "下次到期"), instantOrNone(t.Next))
	if t.New != nil {
		add(text("Looked at", "考察"), t.window())
	}
	return fields
}

func instantOrNone(at time.Time) tracker.Text {
	if at.IsZero() {
		return text("none within nine years", "九年内无")
	}
	return tellInstant(at)
}

// holdsWhen tells the stretch of due times at which it holds, now or next.
func (t RuleTrace) holdsWhen() tracker.Text {
	w := t.Times
	switch {
	case w == nil || t.New != nil && !*t.New && w.From.IsZero():
		return tracker.Text{}
	case t.Result && w.Until.IsZero():
		return join(t.since(), say("true at every due time up to %s, as known now", "据目前所知，至%s为止每次到期均成立", tellInstant(w.Ahead)))
	case t.Result:
		return join(t.since(), say("no longer true from %s, as known now", "据目前所知，自%s起不再成立", tellInstant(w.Until)))
	case w.From.IsZero():
		return say("not up to %s, as known now", "据目前所知，至%s为止不成立", tellInstant(w.Ahead))
	case w.Ends.IsZero():
		return say("true from %s, as known now", "据目前所知，自%s起成立", tellInstant(w.From))
	}
	return say("true from %s, no longer from %s, as known now", "据目前所知，自%s起成立，自%s起不再成立", tellInstant(w.From), tellInstant(w.Ends))
}

func (t RuleTrace) since() tracker.Text {
	if t.Times.Since.IsZero() {
		return tracker.Text{}
	}
	return say("true since %s,", "自%s起成立，", tellInstant(t.Times.Since))
}

func (t RuleTrace) heldLast() tracker.Text {
	switch {
	case t.Times == nil || t.Result && !t.Times.Since.IsZero():
		return tracker.Text{}
	case t.Times.Held.IsZero() && !t.Result && t.New == nil:
		return say("at no due time since %s", "自%s以来从未成立", tellInstant(t.Times.Back))
	case t.Times.Held.IsZero():
		return tracker.Text{}
	}
	return tellInstant(t.Times.Held)
}

// window says whether what happens is new at the due time asked about.
func (t RuleTrace) window() tracker.Text {
	window := say("what became known after %s, up to %s", "%s之后至%s之间新得知者", tellInstant(t.Prev), tellInstant(t.At))
	if *t.New {
		return say("yes: the rule looks at %s", "是：规则考察%s", window)
	}
	return say("no: the rule looks at %s, and this did not", "否：规则考察%s，此项不在其内", window)
}

// verdict says whether the rule fires for what holds, or why it does not.
func (t RuleTrace) verdict() tracker.Text {
	l := t.Live
	switch {
	case !t.Result:
		return tracker.Text{}
	case t.New != nil && !*t.New:
		return text("Yet it does not fire now: the rule looks at each once, when it becomes known.", "但现在不触发：规则只在新得知时考察一次。")
	case l.Draft:
		return text("Yet it does not fire: the rule is a draft.", "但不触发：该规则为草稿。")
	case l.Once && !l.Fired.IsZero():
		return say("Yet it does not fire again: it did for this key at %s.", "但不再触发：此键已于%s触发。", tellInstant(l.Fired))
	case l.Edge && !l.Active.IsZero():
		return say("Yet it does not fire anew: it has been active since %s.", "但不重新触发：自%s起处于活动状态。", tellInstant(l.Active))
	}
	return text("It fires for this at the first due time at which the rule runs and this still holds.", "在规则运行且条件仍成立的首个到期时刻触发。")
}

// live tells what stands between the condition and a firing: the rule's own
// state, and what fired already.
func (t RuleTrace) live() []tracker.Text {
	l := t.Live
	var lines []tracker.Text
	if l.Stale {
		lines = append(lines, text("The rule's file is broken: this is its last good version, which runs on.", "规则文件已损坏：此为仍在运行的上一有效版本。"))
	}
	if l.Failed != "" {
		lines = append(lines, say("It failed at its latest due time: %s", "上次到期时运行失败：%s", l.Failed))
	}
	switch {
	case l.Draft:
		return append(lines, text("The rule is a draft: it does not run, so it fires nothing.", "该规则为草稿，不运行，故不触发。"))
	case l.Ran.IsZero():
		lines = append(lines, text("The rule has not run here yet, so nothing has fired.", "该规则在此尚未运行，故未曾触发。"))
	default:
		lines = append(lines, say("The rule ran last for %s.", "规则最近运行至%s。", tellInstant(l.Ran)))
	}
	return append(lines, t.fired()...)
}

// fired tells what the ledger holds of the subject.
func (t RuleTrace) fired() (lines []tracker.Text) {
	l := t.Live
	switch {
	case !l.Fired.IsZero() && l.Once:
		lines = append(lines, say("It fires once for each key, and for this one, %s, it did so at %s: it does not fire for it again.",
			"每个键只触发一次；此键 %s 已于%s触发，不再触发。", t.Key, tellInstant(l.Fired)))
	case !l.Fired.IsZero():
		lines = append(lines, say("It fired for this at %s.", "已于%s触发。", tellInstant(l.Fired)))
	case t.Result && l.Once:
		lines = append(lines, say("It fires once for each key; for this one, %s, it has not fired.", "每个键只触发一次；此键 %s 尚未触发。", t.Key))
	}
	switch {
	case !l.Active.IsZero() && l.Silent:
		lines = append(lines, say("It counts as active since %s, in silence: it held already when the rule began anew or under a key that had fired.", "自%s起静默视为活动：规则重新开始时已成立，或其键早已触发。", tellInstant(l.Active)))
	case !l.Active.IsZero():
		lines = append(lines, say("It is active since %s.", "自%s起处于活动状态。", tellInstant(l.Active)))
		if l.Edge {
			lines = append(lines, text("It fires when it begins to hold, so it fires again only after it has not held, or by the rule's repeat.", "仅在开始成立时触发；须先不成立，或按规则的 repeat，方会再次触发。"))
		}
	}
	if !l.Before.IsZero() {
		lines = append(lines, say("It fired last for this subject at %s, under another key.", "该对象上次触发于%s，键不同。", tellInstant(l.Before)))
	}
	return lines
}

// near lists what would turn the result round.
func (t RuleTrace) near(r Request) Section {
	s := Section{Heading: text("What would change it", "何种变化会改变结果").In(r.Lang)}
	if len(t.Near) == 0 {
		s.Lines = []string{text("No single value in the condition, and no single event of those supposed.", "条件中的任何单一数值及所假设的任何单一事件均不会。").In(r.Lang)}
		return s
	}
	s.Lines = []string{text("Hypothetical: each alone would turn the result round.", "假设：以下任何一项单独发生即会改变结果。").In(r.Lang)}
	for _, n := range t.Near {
		s.Items = append(s.Items, say("if %s", "若%s", n.Would).In(r.Lang))
	}
	return s
}

// supposed is an event that was not recorded, in words.
func supposed(e tracker.Event) tracker.Text {
	on := tellDate(e.On, time.UTC)
	words := say("%s from %s", "自%[2]s起的%[1]s", named(factWords, e.What), on)
	switch {
	case e.What == tracker.Reported:
		words = say("a report in the press of %s", "%s的媒体报道", on)
	case e.What == tracker.Postponed && !e.To.IsZero():
		words = join(words, say("to %s", "至%s", tellDate(e.To, time.UTC)))
	case e.What == tracker.Ended:
		words = join(words, say("(%s)", "（%s）", named(reasonWords, e.Reason)))
	case e.Rate != nil:
		words = join(words, say("to a rate of %s %%", "，税率改为%s%%", number(e.Rate.Percent)))
	case len(e.Against) > 0:
		words = join(words, say("to be against %s", "，针对%s", e.Against[0]))
	case len(e.Entities) > 0:
		words = join(words, say("to name %s", "，列名%s", e.Entities[0]))
	case len(e.Goods) > 0:
		words = join(words, say("to goods with the tag %s", "，商品标签为%s", e.Goods[0].Tags[0]))
	}
	switch e.Until.Precision() {
	case tracker.Unset:
	case tracker.Never:
		words = join(words, text("without an end", "，不设期限"))
	default:
		words = join(words, say("with last day %s", "，最后一日为%s", tellDate(e.Until, time.UTC)))
	}
	if e.Of != "" {
		words = join(words, say("of %s", "（针对 %s）", e.Of))
	}
	return words
}

// factWords are what events are called as things.
var factWords = map[tracker.What]tracker.Text{
	tracker.Proposed:   {EN: "a proposal", ZH: "拟议"},
	tracker.Announced:  {EN: "an announcement", ZH: "公布"},
	tracker.Effective:  {EN: "a notice of effect", ZH: "生效通知"},
	tracker.Postponed:  {EN: "a postponement", ZH: "推迟"},
	tracker.Suspended:  {EN: "a suspension", ZH: "暂停"},
	tracker.Resumed:    {EN: "a resumption", ZH: "恢复"},
	tracker.Extended:   {EN: "an extension", ZH: "延长"},
	tracker.Amended:    {EN: "an amendment", ZH: "修订"},
	tracker.Ended:      {EN: "an ending", ZH: "终止"},
	tracker.Reinstated: {EN: "a reinstatement", ZH: "恢复效力"},
}
