package bot

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"derisk/tracker"
)

// TryQuestion asks what a condition matches.
type TryQuestion struct {
	Expression string
	Each       string // what it goes over
	Owner      string // whose reviews may be seen; [Everybody]: all
	Now        time.Time
	At         tracker.Date   // as it stands then; zero: now
	Zone       *time.Location // where today is
}

// Trial is what a condition matches.
type Trial struct {
	At      time.Time
	Of      int // subjects that there are
	Cost    int // units that it costs for one subject, by the bound
	Most    int // that one may cost
	Matches []TryMatch
}

// TryMatch is a subject for which a condition holds.
type TryMatch struct {
	Subject string       `json:"subject"`
	Title   tracker.Text `json:"title"`
	Values  []TryValue   `json:"values"`
}

// TryValue is a value that the condition compares.
type TryValue struct {
	Expr  string          `json:"expr"`
	Value json.RawMessage `json:"value"`
}

// words are the value as it is told.
func (v TryValue) words(lang string) string {
	return cutCells(TracePart{Value: v.Value}.words().In(lang), longValue)
}

// tryJSON is a match by itself.
type tryJSON struct {
	TryMatch
	Each string    `json:"each"`
	At   time.Time `json:"at"`
	Cost int       `json:"cost"`       // units for one subject
	Most int       `json:"cost_limit"` // that it may be
}

// eachWords are what subjects of a kind are called, several of them.
var eachWords = map[string]tracker.Text{
	"measure": {EN: "measures", ZH: "项措施"}, "event": {EN: "events", ZH: "项事件"}, "review": {EN: "reviews", ZH: "项审查"},
	"commitment": {EN: "commitments", ZH: "项承诺"}, "indicator": {EN: "indicators", ZH: "项指标"}, "article": {EN: "articles", ZH: "篇文章"},
}

func eachChoices() (list []Choice) {
	for _, each := range []string{"measure", "event", "review", "commitment", "indicator", "article"} {
		list = append(list, Choice{each, text(each, strings.TrimLeft(eachWords[each].ZH, "项篇"))})
	}
	return list
}

const triedShown = 20 // where no limit is given

// tryRule tells what a condition matches, and what it costs. The answer is no
// where that is nothing.
func tryRule(ctx context.Context, env Env, r Request) (Reply, error) {
	if err := needRules(env); err != nil {
		return Reply{}, err
	}
	q := TryQuestion{Expression: r.Arg("expression"), Each: r.Arg("each"), Owner: r.reviewer(), Now: r.Query.Now, At: r.day("at"), Zone: time.UTC}
	if q.Each == "" {
		q.Each = "measure"
	}
	if name := r.Arg("zone"); name != "" {
		zone, err := time.LoadLocation(name)
		if err != nil || zone == time.Local {
			return Reply{}, wrong("zone: %q is not a zone: write an IANA name such as Asia/Shanghai", "zone：“%s”不是时区：请写 IANA 名称，例如 Asia/Shanghai", shown(name))
		}
		q.Zone = zone
	}
	limit := triedShown
	if n, err := strconv.Atoi(r.Arg("limit")); err == nil {
		limit = max(1, min(n, 1000))
	}
	trial, err := env.Rules.Try(ctx, q)
	if err != nil {
		return Reply{}, err
	}
	return trial.reply(q, r, limit), nil
}

func (t Trial) reply(q TryQuestion, r Request, limit int) Reply {
	matches := t.Matches[:min(limit, len(t.Matches))]
	data := []tryJSON{}
	for _, m := range matches {
		data = append(data, tryJSON{m, q.Each, t.At, t.Cost, t.Most})
	}
	reply := Reply{
		Title: say("It matches %d of %d %s · %s", "匹配%d/%d%s · %s", len(t.Matches), t.Of, eachWords[q.Each], tellInstant(t.At)).In(r.Lang),
		Data:  data, No: len(t.Matches) == 0, Ephemeral: q.Each == "review",
	}
	lines := []tracker.Text{t.costs()}
	if q.Each == "event" || q.Each == "article" {
		lines = append(lines, text("All that are known were looked at; a rule looks at each once, when it becomes known.", "此处考察所有已知者；规则只在其新得知时考察一次。"))
	}
	if len(matches) < len(t.Matches) {
		lines = append(lines, say("The first %d are shown: narrow the condition, or give limit.", "仅显示前%d项：请缩小条件，或给出 limit。", len(matches)))
	}
	common := commonValues(matches)
	if len(common) > 0 {
		lines = append(lines, say("All of them: %s", "全部：%s", told(common, nil, r.Lang)))
	}
	reply.add(Section{Lines: inLang(lines, r.Lang)})
	if len(matches) == 0 {
		return reply
	}
	reply.add(Section{Table: matchTable(matches, common, r.Lang)})
	return reply
}

// matchTable has a row for each match, with the values in which they differ.
func matchTable(matches []TryMatch, common []TryValue, lang string) *Table {
	t := &Table{Columns: []string{text("Subject", "对象").In(lang)}}
	differ := len(matches[0].Values) > len(common)
	if differ {
		t.Columns = append(t.Columns, text("Values", "值").In(lang))
	}
	t.Columns = append(t.Columns, text("Title", "标题").In(lang))
	for _, m := range matches {
		row := []string{m.Subject}
		if differ {
			row = append(row, told(m.Values, common, lang))
		}
		t.Rows = append(t.Rows, append(row, m.Title.In(lang)))
	}
	return t
}

// costs tells the bound on what the condition costs.
func (t Trial) costs() tracker.Text {
	share := strconv.FormatFloat(100*float64(t.Cost)/float64(max(1, t.Most)), 'g', 2, 64)
	return say("It costs at most %s units for each, %s %% of what a rule's condition may cost (%s).",
		"每个对象至多耗费%s单位，为规则条件上限的%s%%（%s）。", number(float64(t.Cost)), share, number(float64(t.Most)))
}

// commonValues are those that are the same in all of several matches.
func commonValues(matches []TryMatch) []TryValue {
	if len(matches) < 2 {
		return nil
	}
	common := slices.Clone(matches[0].Values)
	for _, m := range matches[1:] {
		common = slices.DeleteFunc(common, func(v TryValue) bool { return !m.has(v) })
	}
	return common
}

func (m TryMatch) has(v TryValue) bool {
	return slices.ContainsFunc(m.Values, func(o TryValue) bool { return o.Expr == v.Expr && string(o.Value) == string(v.Value) })
}

// told are values in words, without some.
func told(values, without []TryValue, lang string) string {
	var words []string
	for _, v := range values {
		if !slices.ContainsFunc(without, func(o TryValue) bool { return o.Expr == v.Expr }) {
			words = append(words, v.Expr+": "+v.words(lang))
		}
	}
	return strings.Join(words, ", ")
}
