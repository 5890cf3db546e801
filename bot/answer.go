package bot

import (
	"regexp"
	"slices"
	"strings"

	"derisk/tracker"
)

const mostAnswers = 8 // measures told one by one; the rest are named

// aboutMeasures answers the question for each of the measures.
func (a *inquiry) aboutMeasures(list []*tracker.Measure) {
	if len(list) == 0 {
		if len(a.lines) == 0 {
			a.notKnown()
		}
		return
	}
	a.known = true
	if len(list) > mostAnswers {
		for _, m := range list[mostAnswers:] {
			defer a.mention(m)
		}
		defer a.say(say("And %d more: %s.", "另有%d项：%s。", len(list)-mostAnswers, idList(list[mostAnswers:])))
		list = list[:mostAnswers]
	}
	for _, m := range list {
		g := look(m, a.r)
		a.mention(m)
		if len(list) == 1 {
			a.tone = g.tone()
		}
		a.aboutMeasure(g, len(list) == 1)
	}
}

func (a *inquiry) aboutMeasure(g glance, alone bool) {
	sentence := g.sentence()
	if !a.q.on.IsZero() {
		sentence = say("on %s: %s", "%s：%s", g.date(a.q.on), sentence)
	}
	if alone {
		sentence = join(a.verdict(g), sentence)
	}
	a.say(say("%s, %s: %s.", "%s，%s：%s。", g.ID, g.Title, sentence))
	if rate := rateWords(g, "en"); rate != "" {
		told := say("Rate: %s.", "税率：%s。", text(rate, rateWords(g, "zh")))
		if g.Status != tracker.StatusInForce {
			told = say("Rate named in it, not in force: %s.", "所载税率（当前无效）：%s。", text(rate, rateWords(g, "zh")))
		}
		a.say(told)
	}
	a.otherCountries(g)
	switch a.q.intent {
	case AskWhen:
		a.when(g)
	case AskWhy:
		a.why(g)
	case AskSource:
		a.source(g)
	case AskNext:
		a.next(g)
	}
	if a.q.intent != AskSource && a.q.intent != AskWhy {
		for _, t := range g.reported() {
			a.say(t)
		}
	}
}

// otherCountries says where the question names a country that the measure is
// neither of nor against.
func (a *inquiry) otherCountries(g glance) {
	against := g.State.Terms.Against
	for _, p := range a.places {
		if len(against) > 0 && p.code != g.By && !slices.Contains(against, p.code) {
			a.say(say("It is against %s, not %s.", "其针对%s，而非%s。", strings.Join(against, ", "), p.code))
		}
	}
}

var negated = regexp.MustCompile(`(?i)\bnot\b|n't\b|没有|未|不再|不`)

// aboutSuspension is a question about a suspension, not about the measure.
var aboutSuspension = regexp.MustCompile(`(?i)\b(?:suspension|pause|truce|moratorium)\b`)

// verdict answers a yes-or-no question about one measure. A question that asks
// both ways, with a not, or about the suspension is answered by the sentence alone.
func (a *inquiry) verdict(g glance) tracker.Text {
	if a.q.intent != AskStatus || aboutSuspension.MatchString(a.q.text) || negated.MatchString(strings.ReplaceAll(a.q.text, "是不是", "")) {
		return tracker.Text{}
	}
	want := tracker.NoStatus
	for status, form := range map[tracker.Status]*regexp.Regexp{tracker.StatusSuspended: suspendedWords, tracker.StatusInForce: inForceWords, tracker.StatusEnded: endedWords} {
		if form.MatchString(a.q.text) {
			if want != tracker.NoStatus {
				return tracker.Text{}
			}
			want = status
		}
	}
	switch {
	case want == tracker.NoStatus || g.Status == tracker.NoStatus:
		return tracker.Text{}
	case g.Uncertain:
		return text("uncertain:", "不确定：")
	case g.Presumed && g.Status == want:
		return text("presumably yes:", "推定为是：")
	case g.Presumed:
		return text("presumably not:", "推定为否：")
	case g.Status == want:
		return text("yes:", "是：")
	}
	return text("no:", "否：")
}

// when tells the dates: of announcement and effect, of each suspension, and what
// comes next.
func (a *inquiry) when(g glance) {
	if !g.Announced.IsZero() {
		a.say(say("Announced on %s.", "公布于%s。", g.date(g.Announced)))
	}
	if !g.Effective.IsZero() {
		a.say(say("First start of effect: %s.", "最初生效日：%s。", g.date(g.Effective)))
	}
	for _, e := range g.known {
		if e.Moves() && (e.What == tracker.Suspended || e.What == tracker.Extended || e.What == tracker.Effective && !e.Until.IsZero()) {
			a.say(say("%s: %s.", "%s：%s。", g.date(e.On), eventWords(g.Measure, e)))
		}
	}
	a.next(g)
}

func (a *inquiry) next(g glance) {
	if len(g.Next) == 0 {
		a.say(text("No change that is to come is recorded.", "没有已记录的后续变化。"))
	}
	for _, t := range g.next() {
		a.say(say("Next: %s.", "后续：%s。", t))
	}
}

// why tells the events that the status rests on, what courts decided beside
// them, and what the measure answers to.
func (a *inquiry) why(g glance) {
	told := false
	for _, e := range a.restsOn(g.Measure) {
		if e.Evidence == tracker.Official && (e.Note != tracker.Text{}) {
			told = true
			a.say(say("%s, %s: %s", "%s，%s：%s", g.date(e.On), eventWords(g.Measure, e), e.Note))
		}
	}
	if !told {
		a.say(text("Why is not recorded beyond these dates.", "除上述日期外，未记录原因。"))
	}
	for _, rel := range g.Relates {
		a.say(say("It %s %s.", "%s %s。", relationWords[rel.As], rel.To))
	}
}

var relationWords = map[tracker.RelationAs]tracker.Text{
	tracker.Implements:    {EN: "implements", ZH: "实施"},
	tracker.Suspends:      {EN: "suspends", ZH: "暂停"},
	tracker.Extends:       {EN: "extends", ZH: "扩展"},
	tracker.Amends:        {EN: "amends", ZH: "修订"},
	tracker.ExemptsFrom:   {EN: "exempts from", ZH: "豁免自"},
	tracker.RetaliatesFor: {EN: "answers", ZH: "反制"},
}

// source tells what each event rests on.
func (a *inquiry) source(g glance) {
	for _, e := range g.known {
		var names []string
		for _, s := range e.Sources {
			names = append(names, sourceLink(s, a.r.Lang).Text)
		}
		if len(names) == 0 {
			names = []string{text("no source recorded", "未收录来源").In(a.r.Lang)}
		}
		rest := strings.Join(names, "; ")
		a.say(say("%s, %s (%s): %s.", "%s，%s（%s）：%s。", g.date(e.On), eventWords(g.Measure, e), named(evidenceWords, e.Evidence), text(rest, rest)))
	}
}

func (a *inquiry) asksTariff() bool { return slices.Contains(wantedKinds(a.q.text), tracker.Tariff) }
