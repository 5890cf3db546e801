package bot

import (
	"context"
	"slices"
	"strings"
	"time"

	"derisk/tracker"
)

// foretoldJSON is a firing with what it follows from.
type foretoldJSON struct {
	firingJSON
	Status   tracker.Status   `json:"status,omitempty"`
	Presumed bool             `json:"presumed"`
	Because  []tracker.Ground `json:"because"`
	Changes  []tracker.Change `json:"changes"`
}

// ownForetold are the firings that the asker may see: a review's are its owner's alone.
func ownForetold(all []tracker.Foretold, r Request) []tracker.Foretold {
	var own []tracker.Foretold
	for _, f := range all {
		if r.mayTell(f.Owner) {
			own = append(own, f)
		}
	}
	return own
}

func foretoldReply(title tracker.Text, all []tracker.Foretold, r Request) Reply {
	data := []foretoldJSON{}
	t := Table{Columns: []string{text("When", "时间").In(r.Lang), text("Rule", "规则").In(r.Lang), text("Severity", "级别").In(r.Lang), text("Message ↳ what it follows from", "消息 ↳ 依据").In(r.Lang)}}
	for _, f := range all {
		data = append(data, foretoldJSON{firingJSON{f.At, f.Rule, f.Subject, f.Key, f.Kind, f.Severity, f.Labels, f.Message}, f.Status, f.Presumed, f.Because, f.Changes})
		t.Rows = append(t.Rows, []string{f.At.In(r.zone()).Format("2006-01-02 15:04"), f.Rule, string(f.Severity), f.Message.In(r.Lang) + " ↳ " + TellForetold(f).In(r.Lang)})
	}
	private := slices.ContainsFunc(all, func(f tracker.Foretold) bool { return f.Owner != "" })
	reply := Reply{Title: title.In(r.Lang), Data: data, Ephemeral: private}
	if len(all) > 0 {
		reply.add(Section{Table: &t})
	}
	return reply
}

// TellForetold says what a firing follows from, what the status then is, and
// what would change it, in one sentence of each language.
func TellForetold(f tracker.Foretold) tracker.Text {
	told := text("no date on record brings it about: it is due by the rule's own schedule", "并无已记录的日期促成：仅依规则自身的排程")
	for i, g := range f.Because {
		if i == 0 {
			told = tellGround(g, f.At.Location())
			continue
		}
		told = say("%s; %s", "%s；%s", told, tellGround(g, f.At.Location()))
	}
	if f.Presumed {
		told = say("%s; %s then, presumed", "%s；届时推定为%s", told, named(statusWords, f.Status))
	}
	if len(f.Changes) == 0 {
		return told
	}
	en, zh := make([]string, len(f.Changes)), make([]string, len(f.Changes))
	for i, c := range f.Changes {
		words := changeName(c)
		en[i], zh[i] = words.EN, words.ZH
	}
	return say("%s; what would change it: %s", "%s；可改变此情形的事件：%s", told, text(strings.Join(en, ", "), strings.Join(zh, "、")))
}

var changeNames = map[tracker.Change]tracker.Text{
	tracker.ChangeStop:   {EN: "a stop of the clock", ZH: "中止计时"},
	tracker.ChangeDecide: {EN: "a decision", ZH: "作出决定"},
	tracker.ChangeDue:    {EN: "another due date", ZH: "期限变更"},
	tracker.ChangeStatus: {EN: "a source that shows it met or missed", ZH: "有来源表明已履行或未履行"},
}

func changeName(c tracker.Change) tracker.Text {
	if words, ok := changeNames[c]; ok {
		return words
	}
	return named(whatWords, tracker.What(c))
}

// tellGround is one dated fact: what happened, its date, and on what it rests.
func tellGround(g tracker.Ground, zone *time.Location) tracker.Text {
	date := tellDate(g.Date, zone)
	what := named(whatWords, g.What)
	switch g.Field {
	case tracker.FieldOn:
		return say("%s from %s (%s)", "%[2]s起%[1]s（%[3]s）", what, date, g.Event)
	case tracker.FieldUntil:
		return say("%s, %s, %s (%s)", "%s，%s，%s（%s）", what, lastDayOf(g, date), groundBasis(g), g.Event)
	case tracker.FieldTo:
		return say("postponed to %s (%s)", "推迟至%s（%s）", date, g.Event)
	case tracker.FieldPublished:
		return say("%s published %s (%s)", "%s于%s公布（%s）", what, date, g.Event)
	case tracker.FieldDue:
		return say("due %s%s", "%s到期%s", date, dueBasis(g))
	}
	return say("%s %s", "%[2]s%[1]s", map[tracker.Field]tracker.Text{
		tracker.FieldAccepted: text("accepted", "受理"), tracker.FieldStopped: text("clock stopped", "计时中止"),
		tracker.FieldResumed: text("clock resumed", "计时恢复"), tracker.FieldDecided: text("decided", "作出决定"),
	}[g.Field], date)
}

func lastDayOf(g tracker.Ground, date tracker.Text) tracker.Text {
	switch {
	case g.Date.Precision() == tracker.Instant:
		return say("up to %s", "至%s止", date)
	case g.Date.Coarse():
		return say("to an end known only as %s", "结束时间仅知为%s", date)
	}
	return say("last day %s", "最后一日为%s", date)
}

func groundBasis(g tracker.Ground) tracker.Text {
	if g.Basis == "" {
		return text("not official", "非官方")
	}
	return transitionBasis(tracker.Transition{Basis: g.Basis, Unless: g.Unless})
}

func dueBasis(g tracker.Ground) tracker.Text {
	switch {
	case g.DueIs == tracker.Estimate:
		return say(", an estimate: no calendar of %s is announced that far", "（估计：%s的日历尚未公布至该日）", g.Calendar)
	case g.DueIs == tracker.Computed && g.Calendar != "":
		return say(", counted by the announced calendar of %s", "（按%s已公布的日历计算）", g.Calendar)
	}
	return tracker.Text{}
}

// Unforeseeable says what a forecast cannot tell: what rules over news will
// fire. names are those of the rules forecast that go over events, articles or
// indicators; without one there is nothing to say of them.
func Unforeseeable(names []string) tracker.Text {
	told := text("Foreseen is only what follows from dates that are on record today.", "仅预测依今日已记录日期可推知者。")
	if len(names) == 0 {
		return told
	}
	return join(told, say("Rules over news fire when it comes, which no date foretells: %s.", "针对新事件、文章与数据的规则须待消息出现方会触发，无从预知：%s。",
		text(strings.Join(names, ", "), strings.Join(names, "、"))))
}

// FiresOnNews says that what a rule goes over comes as news: events, articles,
// figures.
func FiresOnNews(each string) bool {
	return each == "event" || each == "article" || each == "indicator"
}

// onNews names the rules forecast that go over news.
func onNews(ctx context.Context, env Env, rule string) ([]string, error) {
	all, err := env.Rules.Rules(ctx)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, i := range all {
		if (rule == "" || rule == i.Name) && FiresOnNews(i.Each) {
			names = append(names, i.Name)
		}
	}
	return names, nil
}
