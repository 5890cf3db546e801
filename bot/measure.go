package bot

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"derisk/tracker"
)

// measure answers what one measure is at the time asked about.
func measure(ctx context.Context, env Env, r Request) (Reply, error) {
	s, err := env.Facts.Snapshot(ctx)
	if err != nil {
		return Reply{}, err
	}
	m, err := findMeasure(s, r.Arg("id"))
	if err != nil {
		return Reply{}, err
	}
	return measureReply(look(m, r), r), nil
}

// idForm is what can only be meant as an id: it is never looked for as words.
var idForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.]*(-[A-Za-z0-9.]+)+$`)

// findMeasure takes an id, or words that stand in the title of one measure only.
func findMeasure(s *tracker.Snapshot, words string) (*tracker.Measure, error) {
	words = strings.TrimSpace(words)
	m, err := s.Measure(strings.ToLower(words))
	if err == nil {
		return m, nil
	}
	var found []*tracker.Measure
	if !idForm.MatchString(words) {
		found = newSearch(s).measuresNamed(words)
	}
	if len(found) == 1 {
		return found[0], nil
	}
	if len(found) > 1 {
		return nil, &Problem{Is: tracker.ErrNotFound, Words: say("%q fits several measures: %s", "“%s”符合多项措施：%s", shown(words), idList(found))}
	}
	var known []string
	for _, m := range s.Measures {
		known = append(known, m.ID)
	}
	return nil, missing("measure", "措施", words, known)
}

func idList(list []*tracker.Measure) string {
	const most = 8
	var ids []string
	for _, m := range list[:min(len(list), most)] {
		ids = append(ids, m.ID)
	}
	if more := len(list) - most; more > 0 {
		ids = append(ids, fmt.Sprintf("+%d", more))
	}
	return strings.Join(ids, ", ")
}

// missing says that a name is not known, and offers the nearest.
func missing(noun, zh, name string, known []string) *Problem {
	words := say("no %s %q", "没有%s“%s”", text(noun, zh), shown(name))
	if near := tracker.Nearest(name, known); near != "" {
		words = say("no %s %q: did you mean %q?", "没有%s“%s”：是否指“%s”？", text(noun, zh), shown(name), near)
	}
	return &Problem{Words: words, Is: tracker.ErrNotFound}
}

func measureReply(g glance, r Request) Reply {
	lang := r.Lang
	reply := Reply{Title: g.Title.In(lang), Tone: g.tone(), Data: measureData(g, true), No: g.Status == tracker.NoStatus}
	reply.add(Section{Lines: []string{g.ID + ": " + g.sentence().In(lang)}, Fields: measureFields(g, r)})
	for _, part := range []struct {
		heading tracker.Text
		items   []tracker.Text
	}{
		{text("Next", "后续"), g.next()},
		{text("Beside the status", "状态之外"), g.reported()},
		{text("Exempted", "豁免"), exemptions(g)},
		{text("Covers", "范围"), goodsLines(g.State.Terms)},
	} {
		if len(part.items) > 0 {
			reply.add(Section{Heading: part.heading.In(lang), Items: inLang(part.items, lang)})
		}
	}
	if note := g.Note.In(lang); note != "" {
		reply.add(Section{Heading: text("Note", "说明").In(lang), Lines: []string{note}})
	}
	if links := sourceLinks(g.known, lang); len(links) > 0 {
		reply.add(Section{Heading: text("Sources", "来源").In(lang), Links: links})
	}
	reply.Offers = []Offer{
		{Label: text("Timeline", "时间线").In(lang), Command: "timeline", Args: map[string]string{"of": g.ID}},
		{Label: text("History", "历史").In(lang), Command: "history", Args: map[string]string{"id": g.ID}},
		{Label: text("What changes", "何时变化").In(lang), Command: "calendar", Args: map[string]string{}},
	}
	return reply
}

func measureFields(g glance, r Request) []Field {
	lang := r.Lang
	fields := []Field{
		{text("Kind", "类别").In(lang), named(kindWords, g.Kind).In(lang)},
		{text("By", "发布方").In(lang), strings.Join(nonEmpty(g.By, g.Authority.In(lang)), " · ")},
		{text("Instrument", "文件").In(lang), g.Instrument.In(lang)},
		{text("Against", "针对").In(lang), strings.Join(g.State.Terms.Against, ", ")},
		{text("Rate", "税率").In(lang), rateWords(g, lang)},
		{text("End use", "最终用途").In(lang), string(g.State.Terms.EndUse)},
		{text("Parties named", "点名各方").In(lang), strings.Join(g.State.Terms.Entities, ", ")},
		{text("Part of", "从属于").In(lang), g.Under},
		{text("Review", "审查时限").In(lang), reviewWords(g.Review, lang)},
		{text("Latest event published", "最近事件公布于").In(lang), g.date(g.latest()).In(lang)},
	}
	return slices.DeleteFunc(fields, func(f Field) bool { return f.Value == "" })
}

func nonEmpty(list ...string) []string {
	return slices.DeleteFunc(list, func(s string) bool { return s == "" })
}

// rateWords tells the rate, and the former one where it was amended.
func rateWords(g glance, lang string) string {
	now, first := g.State.Terms.Rate, g.Measure.Rate
	if now == nil {
		return ""
	}
	words := number(now.Percent) + " %"
	if first != nil && *first != *now {
		words += text(", first ", "，最初为").In(lang) + number(first.Percent) + " %"
	}
	return words
}

func reviewWords(t *tracker.ReviewTerms, lang string) string {
	if t == nil {
		return ""
	}
	of := text("working days", "个工作日").In(lang)
	if t.Of == "calendar" {
		of = text("days", "日").In(lang)
	}
	return say("%d %s", "%d%s", t.Days, of).In(lang)
}

func goodsLines(t tracker.Terms) []tracker.Text {
	var lines []tracker.Text
	for _, g := range t.Goods {
		name := g.Name
		if name == (tracker.Text{}) {
			name = text(strings.Join(g.Tags, ", "), strings.Join(g.Tags, "、"))
		}
		var more []tracker.Text
		if len(g.HS) > 0 {
			more = append(more, say("HS %s", "HS %s", strings.Join(g.HS, ", ")))
		}
		more = append(more, g.Conditions()...)
		if len(more) > 0 {
			name = say("%s (%s)", "%s（%s）", name, joinTexts(more))
		}
		lines = append(lines, name)
	}
	return lines
}

func joinTexts(list []tracker.Text) tracker.Text {
	joined := list[0]
	for _, t := range list[1:] {
		joined = say("%s; %s", "%s；%s", joined, t)
	}
	return joined
}

func exemptions(g glance) []tracker.Text {
	var lines []tracker.Text
	for _, x := range g.Exempted {
		line := say("from %s", "自%s起", g.date(tracker.From(x.Since)))
		if !x.End.IsZero() {
			line = join(line, say(", last day %s", "，最后一日为%s", g.date(tracker.LastDay(x.End))))
		}
		lines = append(lines, join(line, text(":", "："), x.Note, named(nil, strings.Join(x.Terms.Entities, ", "))))
	}
	return lines
}

// measureJSON is a measure for programs. Days are of its own zone.
type measureJSON struct {
	ID         string             `json:"id"`
	Title      string             `json:"title"`
	Kind       tracker.Kind       `json:"kind"`
	By         string             `json:"by"`
	Instrument string             `json:"instrument,omitempty"`
	Status     tracker.Status     `json:"status"`
	Reason     tracker.Reason     `json:"reason"`
	Since      tracker.Date       `json:"since"`
	Until      tracker.Date       `json:"until"`
	BackFrom   tracker.Date       `json:"back_from,omitzero"`
	Presumed   bool               `json:"presumed"`
	Uncertain  bool               `json:"uncertain"`
	Basis      tracker.Basis      `json:"basis,omitempty"`
	Unless     string             `json:"unless,omitempty"`
	Under      string             `json:"under"`
	Zone       string             `json:"zone"`
	Against    []string           `json:"against,omitempty"`
	Rate       *tracker.Rate      `json:"rate,omitempty"`
	Next       []nextJSON         `json:"next"`
	Reported   []reportJSON       `json:"reported"`
	Because    []string           `json:"because,omitempty"`
	Events     []tracker.Event    `json:"events,omitempty"`
	Relates    []tracker.Relation `json:"relates,omitempty"`
}

type nextJSON struct {
	On     tracker.Date   `json:"on"`
	Status tracker.Status `json:"status"`
	Reason tracker.Reason `json:"reason,omitempty"`
	Basis  tracker.Basis  `json:"basis"`
	Unless string         `json:"unless,omitempty"`
}

type reportJSON struct {
	ID        string           `json:"id"`
	What      tracker.What     `json:"what"`
	Of        string           `json:"of,omitempty"`
	On        tracker.Date     `json:"on,omitzero"`
	Until     tracker.Date     `json:"until,omitzero"`
	Published tracker.Date     `json:"published,omitzero"`
	Evidence  tracker.Evidence `json:"evidence"`
	Note      string           `json:"note,omitempty"`
}

func measureData(g glance, events bool) measureJSON {
	data := measureJSON{
		ID: g.ID, Title: g.Title.In(g.lang), Kind: g.Kind, By: g.By, Instrument: g.Instrument.In(g.lang),
		Status: g.Status, Reason: g.Reason, Since: g.Started(), Until: g.Until(), BackFrom: g.BackFrom(),
		Presumed: g.Presumed, Uncertain: g.Uncertain, Basis: g.Basis, Unless: g.Unless.In(g.lang), Under: g.Under, Zone: g.Zone,
		Against: g.State.Terms.Against, Rate: g.State.Terms.Rate, Next: []nextJSON{}, Reported: []reportJSON{}, Because: g.Because, Relates: g.Relates,
	}
	for _, t := range g.Next {
		data.Next = append(data.Next, nextJSON{t.Date(), t.Status, t.Reason, t.Basis, t.Unless.In(g.lang)})
	}
	for _, e := range g.Reported {
		data.Reported = append(data.Reported, reportJSON{e.ID, e.What, e.Of, e.On, e.Until, e.Published, e.Evidence, e.Note.In(g.lang)})
	}
	if events {
		data.Events = g.known
	}
	return data
}

// measures lists the measures that a filter wants.
func measures(ctx context.Context, env Env, r Request) (Reply, error) {
	s, err := env.Facts.Snapshot(ctx)
	if err != nil {
		return Reply{}, err
	}
	want, err := readListFilter(s, r.Arg("filter"))
	if err != nil {
		return Reply{}, err
	}
	data := []measureJSON{}
	table := Table{Columns: []string{text("Measure", "措施").In(r.Lang), text("Status", "状态").In(r.Lang), text("Since", "自").In(r.Lang), text("Last day", "最后一日").In(r.Lang), text("Title", "标题").In(r.Lang)}}
	for _, m := range s.Measures {
		g := look(m, r)
		if g.Status == tracker.NoStatus || !want.matches(s, g) {
			continue
		}
		data = append(data, measureData(g, false))
		table.Rows = append(table.Rows, []string{g.ID, g.status().In(r.Lang), dueDate(g.Started()), dueDate(g.Until()), g.Title.In(r.Lang)})
	}
	reply := Reply{Title: some(len(data)).In(r.Lang), Data: data}
	if len(data) == 0 {
		reply.add(Section{Lines: []string{text("No measure fits.", "没有符合的措施。").In(r.Lang)}})
		return reply, nil
	}
	reply.add(Section{Table: &table})
	reply.Offers = []Offer{{Label: text("Timeline", "时间线").In(r.Lang), Command: "timeline", Args: map[string]string{"of": r.Arg("filter")}}}
	return reply, nil
}

// listFilter is a filter of measures: that of firings, and status.
type listFilter struct {
	tracker.Filter
	statuses []string
}

// readListFilter reads what [tracker.ParseFilter] does, and status:WORD beside
// it; presumed and uncertain count as statuses. Words without a name are looked
// for in the text.
func readListFilter(s *tracker.Snapshot, filter string) (listFilter, error) {
	var f listFilter
	var rest, words []string
	for _, word := range strings.Fields(filter) {
		name, value, named := strings.Cut(strings.ReplaceAll(word, "：", ":"), ":")
		switch {
		case named && name == "status":
			known := append(statusNames(), "presumed", "uncertain")
			if !slices.Contains(known, value) {
				return f, missing("status", "状态", value, known)
			}
			f.statuses = append(f.statuses, value)
		case named && slices.Contains([]string{"severity", "rule", "label"}, name):
			return f, wrong("%s: a list of measures goes by tag, by, kind, status and text", "%s：措施列表可按 tag、by、kind、status、text 筛选", name)
		case !named && !strings.Contains(filter, `"`):
			words = append(words, word)
		default:
			rest = append(rest, word)
		}
	}
	if len(words) > 0 {
		rest = append(rest, `text:"`+strings.ReplaceAll(strings.Join(words, " "), `\`, `\\`)+`"`)
	}
	parsed, err := tracker.ParseFilter(strings.Join(rest, " "))
	if err != nil {
		return f, wrong("%s", "%s", err)
	}
	for _, tag := range parsed.Tags {
		if _, err := s.Tag(tag); errors.Is(err, tracker.ErrNotFound) {
			return f, missing("tag", "标签", tag, tagNames(s))
		}
	}
	f.Filter = parsed
	return f, nil
}

func statusNames() []string {
	var names []string
	for _, s := range tracker.Statuses() {
		names = append(names, string(s))
	}
	return names
}

func tagNames(s *tracker.Snapshot) []string {
	var names []string
	for _, t := range s.Goods {
		names = append(names, t.Slug)
	}
	return names
}

// matches holds a measure against the filter as if it were a firing about it.
func (f listFilter) matches(s *tracker.Snapshot, g glance) bool {
	if len(f.statuses) > 0 && !slices.ContainsFunc(f.statuses, func(want string) bool {
		return want == string(g.Status) || want == "presumed" && g.Presumed || want == "uncertain" && g.Uncertain
	}) {
		return false
	}
	return f.Match(tracker.Firing{
		Tags: s.TagsAbove(tagsOf(g.State.Terms)), By: []string{g.By}, Kinds: []tracker.Kind{g.Kind},
		Message: text(allText(g, "en"), allText(g, "zh")),
	})
}

func tagsOf(t tracker.Terms) []string {
	var tags []string
	for _, g := range t.Goods {
		tags = append(tags, g.Tags...)
	}
	return tags
}

func allText(g glance, lang string) string {
	words := []string{g.ID, g.Title.In(lang), g.Instrument.In(lang), g.Authority.In(lang), g.Note.In(lang)}
	for _, goods := range g.State.Terms.Goods {
		words = append(words, goods.Name.In(lang))
	}
	return strings.Join(words, "\n")
}
