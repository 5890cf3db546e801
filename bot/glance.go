package bot

import (
	"slices"
	"strings"
	"time"

	"derisk/tracker"
)

// glance is what a measure is at the time that is asked about.
type glance struct {
	*tracker.Measure
	tracker.State
	known []tracker.Event // as far as the question admits
	lang  string
}

func look(m *tracker.Measure, r Request) glance {
	_, cut := r.Query.In(m.Location())
	return glance{m, m.Asked(r.Query), m.Known(cut), r.Lang}
}

func (g glance) date(d tracker.Date) tracker.Text { return tellDate(d, g.Location()) }

// status is the status in a few words: "in force (presumed)".
func (g glance) status() tracker.Text {
	words := named(statusWords, g.Status)
	if g.Reason != "" {
		words = say("%s (%s)", "%s（%s）", words, named(reasonWords, g.Reason))
	}
	switch {
	case g.Presumed && g.Uncertain:
		words = say("%s, presumed, uncertain", "%s，推定，不确定", words)
	case g.Presumed:
		words = say("%s, presumed", "%s，推定", words)
	case g.Uncertain:
		words = say("%s, uncertain", "%s，不确定", words)
	}
	return words
}

// sentence tells the status with its dates and how sure it is. It never says a
// bare "until".
func (g glance) sentence() tracker.Text {
	var told tracker.Text
	since := g.date(g.Started())
	switch g.Status {
	case tracker.NoStatus:
		told = text("no official event by then, so it has no status", "届时尚无官方事件，故无状态")
	case tracker.StatusSuspended:
		told = join(say("suspended since %s", "自%s起暂停", since), g.lastDay())
	case tracker.StatusInForce:
		told = join(say("in force since %s", "自%s起有效", since), g.lastDay())
	case tracker.StatusEnded:
		told = say("ended: %s; not in force from %s", "已终止（%s）；自%s起不再有效", named(reasonWords, g.Reason), since)
		if g.Effective.IsZero() || !g.Effective.First(g.Location()).Before(g.Since) {
			told = say("ended on %s before it ever took effect: %s", "%s终止，从未生效（%s）", since, named(reasonWords, g.Reason))
		}
	case tracker.StatusAnnounced:
		told = say("announced on %s, not in force yet", "%s公布，尚未生效", since)
	case tracker.StatusProposed:
		told = say("proposed on %s, no more than that", "%s提出，仅为拟议", since)
	}
	return join(told, g.sureness(), g.through())
}

// lastDay tells the end of the stretch, where one is known.
func (g glance) lastDay() tracker.Text {
	if g.End.IsZero() {
		if g.Status == tracker.StatusSuspended {
			return text(", with no end named", "，未定期限")
		}
		return tracker.Text{}
	}
	last, from := g.date(g.Until()), g.date(g.BackFrom())
	if g.EndCoarse != (tracker.Date{}) {
		return say(", to an end known only as %s", "，结束时间仅知为%s", last)
	}
	told := say(", last day %s", "，最后一日为%s", last)
	if !tracker.StartsDay(g.End) {
		told = say(", up to %s", "，至%s止", last)
	}
	if len(g.Next) > 0 && g.Next[0].Status == tracker.StatusInForce {
		told = join(told, say(", back from %s", "，自%s起恢复", from))
	}
	return told
}

// sureness says what a status that follows from dates rests on.
func (g glance) sureness() tracker.Text {
	var told tracker.Text
	switch {
	case g.Presumed:
		told = say("(presumed: %s%s and no notice confirms either way)", "（推定：%s%s，未见公告予以证实或否认）", g.ranOut(), unless(g.Unless))
	case g.Basis == tracker.Ordained:
		told = text("(the act itself named the day)", "（法令本身载明该日）")
	}
	if g.Uncertain {
		told = join(told, text("(uncertain: a date that is known only roughly may have changed it already)", "（不确定：仅知大致日期的事件可能已改变其状态）"))
	}
	return told
}

// ranOut tells the date by which the status followed.
func (g glance) ranOut() tracker.Text {
	what := text("the suspension", "暂停")
	if g.Status == tracker.StatusEnded {
		what = text("its term", "其期限")
	}
	last := tracker.LastDay(g.Since)
	if last.Precision() == tracker.Instant {
		return say("%s stopped at %s", "%s至%s止", what, g.date(last))
	}
	return say("%s's last day was %s", "%s的最后一日为%s", what, g.date(last))
}

// unless tells a condition in its own words.
func unless(words tracker.Text) tracker.Text {
	if words == (tracker.Text{}) {
		return words
	}
	return say(", unless %s", "，除非%s", words)
}

// through names the act of a whole that decides about this part.
func (g glance) through() tracker.Text {
	for whole := g.Whole(); whole != nil; whole = whole.Whole() {
		for _, e := range whole.Events {
			if slices.Contains(g.Because, e.ID) {
				return say("(through %s)", "（经由 %s）", whole.ID)
			}
		}
	}
	return tracker.Text{}
}

// tone is how much the status weighs.
func (g glance) tone() Tone {
	switch {
	case g.Presumed || g.Uncertain:
		return Notice
	case g.Status == tracker.StatusInForce:
		return Alarm
	case g.Status == tracker.StatusSuspended:
		return Warning
	}
	return Plain
}

// next tells each change that is to come, and on what it rests.
func (g glance) next() []tracker.Text {
	var list []tracker.Text
	for _, t := range g.Next {
		list = append(list, say("%s: %s (%s)", "%s：%s（%s）", g.date(t.Date()), named(statusWords, t.Status), transitionBasis(t)))
	}
	return list
}

func transitionBasis(t tracker.Transition) tracker.Text {
	switch t.Basis {
	case tracker.Ordained:
		return text("the act names the day", "法令载明该日")
	case tracker.Conditional:
		return say("unless %s", "除非%s", t.Unless)
	}
	return text("by dates alone, if no notice comes", "仅依日期推算，如无公告")
}

// reported tells what the press says, courts decided and appeals: beside the
// status, never moving it.
func (g glance) reported() []tracker.Text {
	var list []tracker.Text
	for _, e := range g.Reported {
		list = append(list, g.report(e))
	}
	return list
}

func (g glance) report(e tracker.Event) tracker.Text {
	who := map[tracker.Evidence]tracker.Text{tracker.Official: text("Official", "官方"), tracker.Press: text("Press", "媒体"), tracker.Commentary: text("Commentary", "评论")}[e.Evidence]
	switch {
	case e.Evidence != tracker.Official:
	case e.What == tracker.Ruled:
		who = text("Court", "法院")
	case e.What == tracker.Challenged:
		who = text("Appeal", "上诉")
	}
	told := say("%s, %s:", "%s，%s：", who, g.date(e.Published))
	if e.Evidence == tracker.Official {
		return join(told, e.Note)
	}
	told = join(told, g.claim(e), text(";", "；"))
	if g.borneOut(e) {
		return text(strings.ReplaceAll(told.EN, " ;", ".")+" "+e.Note.In("en"), strings.TrimSuffix(told.ZH, "；")+"。"+e.Note.In("zh"))
	}
	told = text(strings.ReplaceAll(told.EN, " ;", ";"), told.ZH)
	return join(told, text("no official notice seen.", "未见官方公告。"), e.Note)
}

// claim is what a report says happened.
func (g glance) claim(e tracker.Event) tracker.Text {
	what := tracker.What(e.Of)
	if e.What != tracker.Reported {
		what = e.What
	}
	switch {
	case what == tracker.Extended && !e.Until.IsZero():
		return say("extension to %s reported", "报道延长至%s", g.date(e.Until))
	case what == "":
		return text("reported", "报道")
	}
	return say("“%s” reported", "报道“%s”", named(whatWords, what))
}

// borneOut says whether an official event of the kind reported is known.
func (g glance) borneOut(report tracker.Event) bool {
	what := tracker.What(report.Of)
	return slices.ContainsFunc(g.known, func(e tracker.Event) bool {
		return e.Moves() && e.What == what && !e.On.First(g.Location()).Before(report.On.First(g.Location()).AddDate(0, -1, 0))
	})
}

// latest is when the newest event became known, for "no change since".
func (g glance) latest() tracker.Date {
	var newest tracker.Date
	for _, e := range g.known {
		if e.Published.First(time.UTC).After(newest.First(time.UTC)) {
			newest = e.Published
		}
	}
	return newest
}
