package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"derisk/tracker"
)

// RuleQuestion asks what a rule comes to.
type RuleQuestion struct {
	Rule    string
	Subject string       // every one where empty
	Owner   string       // whose reviews may be seen; [Everybody]: all
	Now     time.Time    // when it is asked
	At      tracker.Date // as it stands then, read in the rule's zone; zero: now
}

// RuleTrace is what a rule's condition came to for one subject, and why.
type RuleTrace struct {
	Rule    string      `json:"rule"`
	Subject string      `json:"subject"`
	At      time.Time   `json:"at"` // in the rule's zone
	Result  bool        `json:"result"`
	Key     string      `json:"key,omitempty"`
	New     *bool       `json:"new,omitempty"` // of an event or article: became known since the due time before
	Parts   []TracePart `json:"parts"`

	Title    tracker.Text `json:"title,omitzero"`
	Why      tracker.Text `json:"why,omitzero"`       // in a sentence
	When     []RuleLine   `json:"when"`               // the condition as it is written
	Decisive []int        `json:"decisive"`           // the parts that the result follows from, by their place
	Prev     time.Time    `json:"prev_tick,omitzero"` // due time before Last
	Last     time.Time    `json:"last_tick,omitzero"` // due time at or before At
	Next     time.Time    `json:"next_tick,omitzero"` // due time after At
	Live     RuleLive     `json:"live"`
	Private  bool         `json:"-"` // of a review: for who may see it alone

	// Of one subject only.
	Times         *RuleTimes      `json:"times,omitempty"`
	Near          []RuleNear      `json:"near,omitempty"`
	Firing        *tracker.Firing `json:"firing,omitempty"` // as it would be told
	Subscriptions []RuleReader    `json:"subscriptions,omitempty"`

	From map[int][]int `json:"-"` // of a decisive part: the values in it, by their place in Parts
}

// TracePart is one part of the condition.
type TracePart struct {
	Expr   string          `json:"expr"`
	Value  json.RawMessage `json:"value"`
	Line   int             `json:"line"`
	Column int             `json:"column"`
	Mark   RuleMark        `json:"-"`
	Joins  bool            `json:"-"` // an and or or
}

// RuleMark is where the value of a part is to be shown.
type RuleMark struct{ Line, Column, Width int }

// RuleLine is a line of a rule's file.
type RuleLine struct {
	Line int    `json:"line"`
	Text string `json:"text"`
}

// RuleLive is what the ledger holds of a rule and a subject.
type RuleLive struct {
	Draft  bool      `json:"draft,omitempty"`
	Stale  bool      `json:"stale,omitempty"`       // its file is broken, this is its last good version
	Failed string    `json:"failed,omitempty"`      // why its latest tick could not be evaluated
	Ran    time.Time `json:"ran,omitzero"`          // latest tick stored; zero: it has had none here
	Once   bool      `json:"once,omitempty"`        // fires once ever for each key
	Edge   bool      `json:"edge,omitempty"`        // fires when it begins to hold
	Active time.Time `json:"active_since,omitzero"` // it holds since that tick
	Silent bool      `json:"silent,omitempty"`      // with Active: held already when the rule began anew, so it did not fire
	Fired  time.Time `json:"fired,omitzero"`        // tick at which this key fired
	Before time.Time `json:"fired_before,omitzero"` // latest tick at which the subject fired under another key
}

// RuleTimes is when a condition holds at due times, from what is known now.
type RuleTimes struct {
	Since time.Time `json:"since,omitzero"`     // it holds at the latest due time: the first of those in a row
	Until time.Time `json:"until,omitzero"`     // first coming due time at which it no longer holds
	From  time.Time `json:"from,omitzero"`      // first coming due time at which it holds
	Ends  time.Time `json:"ends,omitzero"`      // with From: the due time at which that ends
	Held  time.Time `json:"held_last,omitzero"` // last due time at which it held, where it does not at the latest
	Ahead time.Time `json:"looked_to"`
	Back  time.Time `json:"looked_from"`
}

// RuleNear is a single change that would turn the result round. All are hypothetical.
type RuleNear struct {
	Part    string         `json:"part,omitempty"` // of the condition
	Would   tracker.Text   `json:"would"`          // what would have to be, to follow "if"
	Measure string         `json:"measure,omitempty"`
	Event   *tracker.Event `json:"event,omitempty"` // that would have to be recorded, of the measure
}

// RuleReader is a subscription and what it does with a rule's firing.
type RuleReader struct {
	Subscription string                `json:"subscription"`
	Filter       string                `json:"filter"`
	Channel      string                `json:"channel"`
	State        tracker.DeliveryState `json:"state"`
	Cause        tracker.Cause         `json:"cause"`
	Due          time.Time             `json:"due,omitzero"`
	Unmet        []string              `json:"unmet,omitempty"` // words of the filter that do not match
	Paused       string                `json:"paused,omitempty"`
}

// explainRule tells why a rule fires for a subject or does not; for all of them
// only whether.
func explainRule(ctx context.Context, env Env, r Request) (Reply, error) {
	if err := needRules(env); err != nil {
		return Reply{}, err
	}
	q := RuleQuestion{Rule: r.Arg("rule"), Subject: r.Arg("subject"), Owner: r.reviewer(), Now: r.Query.Now, At: r.day("at")}
	traces, err := env.Rules.Explain(ctx, q)
	if err != nil {
		return Reply{}, err
	}
	for i := range traces {
		traces[i].Why = join(traces[i].why(), traces[i].verdict())
		for j := range traces[i].Near {
			n := &traces[i].Near[j]
			if n.Event != nil {
				n.Would = say("%s were recorded", "记录%s", supposed(*n.Event))
			}
		}
	}
	var reply Reply
	if q.Subject == "" {
		reply = explainAll(q.Rule, traces, r)
	} else {
		t := &traces[0]
		if t.Subscriptions, err = readers(ctx, env, r, t.Firing); err != nil {
			return Reply{}, err
		}
		reply = t.reply(traces, r)
	}
	reply.Ephemeral = slices.ContainsFunc(traces, func(t RuleTrace) bool { return t.Private })
	return reply, nil
}

// explainAll is a table of the subjects, those first for which the rule holds.
func explainAll(rule string, traces []RuleTrace, r Request) Reply {
	reply := Reply{Title: rule, Data: append([]RuleTrace{}, traces...)}
	if len(traces) == 0 {
		reply.add(Section{Lines: []string{text("There is nothing that it goes over.", "没有可考察的对象。").In(r.Lang)}})
		return reply
	}
	reply.Title += " · " + tellInstant(traces[0].At).In(r.Lang)
	held := 0
	t := Table{Columns: []string{text("Result", "结果").In(r.Lang), text("Subject", "对象").In(r.Lang), text("Title", "标题").In(r.Lang)}}
	sorted := slices.Clone(traces)
	slices.SortStableFunc(sorted, func(a, b RuleTrace) int { return b.rank() - a.rank() })
	for _, e := range sorted {
		if e.Result {
			held++
		}
		t.Rows = append(t.Rows, []string{e.result().In(r.Lang), e.Subject, e.Title.In(r.Lang)})
	}
	reply.add(Section{Lines: []string{say("It holds for %d of %d.", "%[2]d个对象中有%[1]d个成立。", held, len(traces)).In(r.Lang)}})
	reply.add(Section{Table: &t})
	return reply
}

// rank is higher for what matters more: what holds and would be looked at.
func (t RuleTrace) rank() int {
	switch {
	case t.Result && (t.New == nil || *t.New):
		return 2
	case t.Result:
		return 1
	}
	return 0
}

func (t RuleTrace) result() tracker.Text {
	switch {
	case !t.Result:
		return text("no", "否")
	case t.New != nil && !*t.New:
		return text("yes, not new", "是，但非新")
	}
	return text("yes", "是")
}

// reply draws one subject's trace.
func (t RuleTrace) reply(data []RuleTrace, r Request) Reply {
	holds, tone := text("holds", "成立"), Good
	if !t.Result {
		holds, tone = text("does not hold", "不成立"), Warning
	}
	reply := Reply{Title: say("%s · %s: %s", "%s · %s：%s", t.Rule, t.Subject, holds).In(r.Lang), Tone: tone, No: !t.Result, Data: data}
	reply.add(Section{Lines: inLang([]tracker.Text{t.Title, t.Why}, r.Lang)})
	reply.add(Section{Heading: text("The condition", "条件").In(r.Lang), Marked: t.marked(r.Lang)})
	reply.add(Section{Heading: text("When", "何时").In(r.Lang), Fields: t.times(r.Lang)})
	if lines := inLang(t.live(), r.Lang); len(lines) > 0 {
		reply.add(Section{Heading: text("Firing", "触发").In(r.Lang), Lines: lines})
	}
	reply.add(t.near(r))
	if t.Firing != nil {
		reply.add(t.readers(r))
	}
	if t.Firing != nil && len(t.Firing.Measures) == 1 {
		id := t.Firing.Measures[0]
		reply.Offers = append(reply.Offers, Offer{Label: id, Command: "measure", Args: map[string]string{"id": id}})
	}
	return reply
}

// marked is the condition with its values.
func (t RuleTrace) marked(lang string) Marked {
	var lines Marked
	for _, l := range t.When {
		lines = append(lines, MarkedLine{Number: l.Line, Text: l.Text})
	}
	for _, p := range t.Parts {
		i := slices.IndexFunc(lines, func(l MarkedLine) bool { return l.Number == p.Mark.Line })
		if i < 0 {
			continue
		}
		v := Value{Column: p.Mark.Column, Width: p.Mark.Width, Of: p.Expr, Words: p.words().In(lang)}
		if p.Joins {
			v.Of = ""
		}
		switch string(p.Value) {
		case "true":
			v.Tone = Good
		case "false":
			v.Tone = Alarm
		}
		lines[i].Marks = append(lines[i].Marks, v)
	}
	return lines
}

// words are the value as it is told.
func (p TracePart) words() tracker.Text {
	if string(p.Value) == "null" {
		return text("missing", "缺失")
	}
	words := strings.ReplaceAll(asTyped(p.Value), `","`, `", "`)
	return text(words, words)
}

// asTyped is JSON without the escapes that only web pages need.
func asTyped(raw json.RawMessage) string {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber() // a figure stays as it is written
	var v any
	var out strings.Builder
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if d.Decode(&v) != nil || e.Encode(v) != nil {
		return string(raw)
	}
	return strings.TrimSuffix(out.String(), "\n")
}

// shortWords are the value as it is told in a sentence.
func (p TracePart) shortWords() tracker.Text {
	words := p.words()
	return text(cutCells(words.EN, longValue), cutCells(words.ZH, longValue))
}

// why says which parts of the condition decided, and by which values.
func (t RuleTrace) why() tracker.Text {
	lead := text("It does not hold:", "不成立：")
	if t.Result {
		lead = text("It holds:", "成立：")
	}
	var en, zh []string
	for _, i := range t.Decisive {
		words := t.decided(i)
		en, zh = append(en, words.EN), append(zh, words.ZH)
	}
	return join(lead, text(strings.Join(en, "; ")+".", strings.Join(zh, "；")+"。"))
}

const longPart = 150 // cells of a part of a condition in a sentence

// decided says what a part came to, and the values in it.
func (t RuleTrace) decided(i int) tracker.Text {
	words := say("%s is %s", "%s 为 %s", cutCells(t.Parts[i].Expr, longPart), t.Parts[i].words())
	var en, zh []string
	for _, from := range t.From[i] {
		value := say("%s is %s", "%s 为 %s", cutCells(t.Parts[from].Expr, longPart), t.Parts[from].shortWords())
		en, zh = append(en, value.EN), append(zh, value.ZH)
	}
	if len(en) > 0 {
		words = join(words, text("("+strings.Join(en, ", ")+")", "（"+strings.Join(zh, "，")+"）"))
	}
	return words
}

// subjectsOf are what the rule that was given goes over.
func subjectsOf(ctx context.Context, env Env, r Request) (of listOf, err error) {
	var all []RuleInfo
	if env.Rules != nil {
		all, err = env.Rules.Rules(ctx)
	}
	for _, i := range all {
		if i.Name == r.Arg("rule") && subjectLists[i.Each] != "" {
			return subjectLists[i.Each], err
		}
	}
	return listOf(KnownMeasures), err
}

// subjectLists are what the subjects of a rule are completed from, by what it goes over.
var subjectLists = map[string]listOf{
	"measure": listOf(KnownMeasures), "event": knownEvents, "review": listOf(KnownReviews),
	"commitment": knownCommitments, "indicator": knownIndicators, "article": knownArticles,
}
