package bot

import (
	"context"
	"slices"
	"strings"
	"time"

	"derisk/tracker"
)

// commitments lists what was promised.
func commitments(ctx context.Context, env Env, r Request) (Reply, error) {
	s, err := env.Facts.Snapshot(ctx)
	if err != nil {
		return Reply{}, err
	}
	type commitmentJSON struct {
		tracker.Commitment
		Title string `json:"title"`
		Note  string `json:"note,omitempty"`
		Days  *int   `json:"days,omitempty"` // to the due date; negative when past
	}
	data := []commitmentJSON{}
	t := Table{Columns: []string{text("Due", "期限").In(r.Lang), text("Status", "状态").In(r.Lang), text("By", "承诺方").In(r.Lang), text("Id", "编号").In(r.Lang), text("Commitment", "承诺").In(r.Lang)}}
	for _, c := range s.Commitments {
		if !knownByThen(c.Sources, r) {
			continue
		}
		row := commitmentJSON{Commitment: c, Title: c.Title.In(r.Lang), Note: c.Note.In(r.Lang)}
		when := dueDate(c.Due)
		if c.Due.Precision() == tracker.Day {
			days := tracker.DaysBetween(r.onDay(), c.Due)
			row.Days = &days
			when += " (" + tellDays(r.onDay(), c.Due).In(r.Lang) + ")"
		}
		data = append(data, row)
		t.Rows = append(t.Rows, []string{when, commitmentStatus(c.Status).In(r.Lang), c.By, c.ID, c.Title.In(r.Lang)})
	}
	slices.SortStableFunc(t.Rows, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	reply := Reply{Title: counted(len(data), "commitment", "commitments", "%d项承诺").In(r.Lang), Data: data}
	if len(data) > 0 {
		reply.add(Section{Table: &t})
	}
	return reply, nil
}

func commitmentStatus(status string) tracker.Text {
	words, ok := map[string]tracker.Text{
		"due": {EN: "due", ZH: "待履行"}, "met": {EN: "met", ZH: "已履行"}, "missed": {EN: "missed", ZH: "未履行"}, "unknown": {EN: "not known", ZH: "未知"},
	}[status]
	if !ok {
		return text(status, status)
	}
	return words
}

// knownByThen says whether one of the sources was out by the question's cut.
// Sources without a date are taken to be old.
func knownByThen(sources []tracker.Source, r Request) bool {
	if r.Query.Known.IsZero() || len(sources) == 0 {
		return true
	}
	return slices.ContainsFunc(sources, func(s tracker.Source) bool {
		return s.Date.IsZero() || !s.Date.First(time.UTC).After(r.Query.Known.Last(time.UTC))
	})
}

// indicators lists figures with their sources; those that disagree stand side by side.
func indicators(ctx context.Context, env Env, r Request) (Reply, error) {
	s, err := env.Facts.Snapshot(ctx)
	if err != nil {
		return Reply{}, err
	}
	data := []tracker.Indicator{}
	reply := Reply{}
	for _, i := range s.Indicators {
		i.Observations = slices.DeleteFunc(slices.Clone(i.Observations), func(o tracker.Observation) bool { return !knownByThen([]tracker.Source{o.Source}, r) })
		if len(i.Observations) == 0 || !indicatorFits(s, i, r.Arg("words")) {
			continue
		}
		data = append(data, i)
		section := Section{Heading: i.Title.In(r.Lang)}
		for _, o := range i.Observations {
			section.Links = append(section.Links, Link{Text: strings.Join(nonEmpty(o.Period+": "+number(o.Value)+" "+i.Unit, sourceLink(o.Source, r.Lang).Text), " · "), URL: o.Source.URL})
		}
		if note := i.Note.In(r.Lang); note != "" {
			section.Lines = []string{note}
		}
		reply.add(section)
	}
	reply.Title, reply.Data, reply.No = counted(len(data), "indicator", "indicators", "%d项指标").In(r.Lang), data, len(data) == 0 && r.Arg("words") != ""
	return reply, nil
}

func indicatorFits(s *tracker.Snapshot, i tracker.Indicator, words string) bool {
	words = strings.ToLower(strings.TrimSpace(words))
	if words == "" || strings.Contains(strings.ToLower(i.ID+"\n"+i.Title.EN+"\n"+i.Title.ZH), words) {
		return true
	}
	above := s.TagsAbove([]string{i.Subject})
	return slices.ContainsFunc(s.FindTags(words), func(t tracker.Tag) bool { return slices.Contains(above, t.Slug) })
}

// history lists events in the order of time, with when each could be known and
// when it was recorded here.
func history(ctx context.Context, env Env, r Request) (Reply, error) {
	s, err := env.Facts.Snapshot(ctx)
	if err != nil {
		return Reply{}, err
	}
	of, title := s.Measures, text("History", "历史")
	if r.Arg("id") != "" {
		m, err := findMeasure(s, r.Arg("id"))
		if err != nil {
			return Reply{}, err
		}
		of, title = []*tracker.Measure{m}, say("History of %s", "%s的历史", m.Title)
	}
	rows := historyRows(of, r)
	t := Table{Columns: []string{text("Date", "日期").In(r.Lang), text("Event", "事件").In(r.Lang), text("Published", "公布").In(r.Lang), text("Evidence", "依据").In(r.Lang), text("Of", "措施").In(r.Lang), text("Note", "说明").In(r.Lang)}}
	data := []historyJSON{}
	for _, row := range rows {
		data = append(data, row.data)
		t.Rows = append(t.Rows, []string{dueDate(row.data.On), row.words.In(r.Lang), dueDate(row.data.Published), named(evidenceWords, row.data.Evidence).In(r.Lang), row.data.Measure, row.data.Event.Note.In(r.Lang)})
	}
	reply := Reply{Title: title.In(r.Lang), Data: data, No: len(data) == 0}
	reply.add(Section{Table: &t})
	return reply, nil
}

type historyJSON struct {
	Measure string `json:"measure"`
	tracker.Event
}

type historyRow struct {
	data  historyJSON
	at    time.Time
	words tracker.Text
}

// historyRows are the events known by the question's cut that hold by its day,
// or that are of any time where none was asked for.
func historyRows(of []*tracker.Measure, r Request) []historyRow {
	var rows []historyRow
	for _, m := range of {
		on, cut := r.Query.In(m.Location())
		for _, e := range m.Known(cut) {
			at := e.On.First(m.Location())
			if !r.Query.On.IsZero() && at.After(on) {
				continue
			}
			rows = append(rows, historyRow{historyJSON{m.ID, e}, at, eventWords(m, e)})
		}
	}
	slices.SortStableFunc(rows, func(a, b historyRow) int { return a.at.Compare(b.at) })
	return rows
}

// eventWords are what an event says, with its end and what it is of.
func eventWords(m *tracker.Measure, e tracker.Event) tracker.Text {
	words := named(whatWords, e.What)
	if e.What == tracker.Reported && e.Of != "" {
		words = say("reported: %s", "报道：%s", named(whatWords, tracker.What(e.Of)))
	}
	if e.Reason != "" {
		words = say("%s (%s)", "%s（%s）", words, named(reasonWords, e.Reason))
	}
	if e.Until.Precision() > tracker.Never {
		words = join(words, say(", last day %s", "，最后一日为%s", tellDate(e.Until, m.Location())))
		if e.Until.Precision() == tracker.Instant {
			words = join(named(whatWords, e.What), say(", up to %s", "，至%s止", tellDate(e.Until, m.Location())))
		}
	}
	return words
}
