package bot

import (
	"cmp"
	"context"
	"slices"
	"time"

	"derisk/tracker"
)

const calendarDays = 90 // that the calendar shows where no end is given

// calendar lists what changes between two days, both included.
func calendar(ctx context.Context, env Env, r Request) (Reply, error) {
	s, err := env.Facts.Snapshot(ctx)
	if err != nil {
		return Reply{}, err
	}
	from, to := r.day("from"), r.day("to")
	if from.IsZero() {
		from = cmp.Or(r.Query.On, r.Today())
	}
	if to.IsZero() {
		to = tracker.DayOf(from.First(time.UTC).AddDate(0, 0, calendarDays))
	}
	if to.Last(time.UTC).Before(from.First(time.UTC)) {
		return Reply{}, wrong("to: %s comes before %s", "to：%s早于%s", tellDate(to, time.UTC), tellDate(from, time.UTC))
	}
	items := datesBetween(s, r, from, to, nil)
	reply := Reply{
		Title: say("%s to %s", "%s至%s", tellDate(from, r.zone()), tellDate(to, r.zone())).In(r.Lang),
		Data:  dueData(items, r.Lang), Ephemeral: tellsReviews(items),
	}
	if len(items) == 0 {
		reply.add(Section{Lines: []string{text("Nothing that is recorded changes then.", "其间没有已记录的变化。").In(r.Lang)}})
		return reply, nil
	}
	reply.add(Section{Table: dueTable(items, r)})
	reply.Files = []File{{Name: "calendar.ics", Type: "text/calendar", Data: icalendar(items, r),
		About: say("The same dates as a calendar file: %d entries.", "同样的日期，日历文件：%d条。", len(items)).In(r.Lang)}}
	return reply, nil
}

// due is something that happens on a date.
type due struct {
	On      tracker.Date
	at      time.Time
	Kind    string // start, suspension, snap-back, end, exemption, amendment, reported, review, commitment
	Subject string
	Title   tracker.Text
	What    tracker.Text
	Sure    tracker.Text // on what it rests
	entry   func() entry // made where a calendar file is
}

type dueJSON struct {
	On      tracker.Date `json:"on"`
	Kind    string       `json:"kind"`
	Subject string       `json:"subject"`
	Title   string       `json:"title"`
	What    string       `json:"what"`
	Basis   string       `json:"basis,omitempty"`
}

func dueData(items []due, lang string) []dueJSON {
	data := []dueJSON{}
	for _, d := range items {
		data = append(data, dueJSON{d.On, d.Kind, d.Subject, d.Title.In(lang), d.What.In(lang), d.Sure.In(lang)})
	}
	return data
}

func dueTable(items []due, r Request) *Table {
	t := Table{Columns: []string{text("Date", "日期").In(r.Lang), text("Of", "对象").In(r.Lang), text("Rests on", "依据").In(r.Lang), text("What", "事项").In(r.Lang)}}
	for _, d := range items {
		t.Rows = append(t.Rows, []string{dueDate(d.On), d.Subject, d.Sure.In(r.Lang), d.What.In(r.Lang)})
	}
	return &t
}

// tellsReviews says whether a list is for the asker's eyes only.
func tellsReviews(items []due) bool {
	return slices.ContainsFunc(items, func(d due) bool { return d.Kind == "review" })
}

// dueDate is short enough for a table: a time without its seconds, by its own clocks.
func dueDate(d tracker.Date) string {
	if s := d.String(); d.Precision() == tracker.Instant && len(s) >= len("2006-01-02T15:04") {
		return s[:10] + " " + s[11:16]
	}
	return d.String()
}

// datesBetween gathers what happens on the days from one to another, of the
// measures wanted (nil: all), in the order of time.
func datesBetween(s *tracker.Snapshot, r Request, from, to tracker.Date, wanted func(glance) bool) []due {
	var items []due
	for _, m := range s.Measures {
		if g := look(m, r); wanted == nil || wanted(g) {
			items = append(items, changes(g, r, from, to)...)
			items = append(items, besides(g, from, to)...)
		}
	}
	if wanted == nil {
		items = append(items, reviewsDue(s, r, from, to)...)
		items = append(items, commitmentsDue(s, from, to)...)
	}
	slices.SortStableFunc(items, func(a, b due) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.Subject, b.Subject)) })
	return items
}

func within(d, from, to tracker.Date, zone *time.Location) bool {
	return !d.Last(zone).Before(from.First(zone)) && !d.First(zone).After(to.Last(zone))
}

// changes are the changes of a measure's status in a stretch of days.
func changes(g glance, r Request, from, to tracker.Date) []due {
	zone := g.Location()
	_, cut := r.Query.In(zone)
	was := g.At(from.First(zone).Add(-1), cut)
	var items []due
	for _, t := range was.Next {
		if within(t.Date(), from, to, zone) {
			items = append(items, due{
				On: t.Date(), at: t.On, Kind: changeKind(was.Status, t), Subject: g.ID, Title: g.Title,
				What: changeWords(was.Status, t), Sure: g.rests(t, r, cut), entry: func() entry { return g.entryOfChange(t, cut) },
			})
		}
		was.Status = t.Status
	}
	return items
}

func changeKind(was tracker.Status, t tracker.Transition) string {
	switch {
	case was == tracker.StatusSuspended && t.Status == tracker.StatusInForce:
		return "snap-back"
	case t.Status == tracker.StatusInForce:
		return "start"
	case t.Status == tracker.StatusSuspended:
		return "suspension"
	case t.Status == tracker.StatusEnded:
		return "end"
	}
	return string(t.Status)
}

func changeWords(was tracker.Status, t tracker.Transition) tracker.Text {
	switch {
	case was == tracker.StatusSuspended && t.Status == tracker.StatusInForce:
		return text("back in force", "恢复有效")
	case t.Status == tracker.StatusInForce:
		return text("in force", "生效")
	case t.Status == tracker.StatusEnded:
		return say("ended (%s)", "终止（%s）", named(reasonWords, t.Reason))
	}
	return named(statusWords, t.Status)
}

// rests says what a change rests on: for one that has come, whether it is
// presumed.
func (g glance) rests(t tracker.Transition, r Request, cut tracker.Cut) tracker.Text {
	on, _ := r.Query.In(g.Location())
	switch {
	case t.On.After(on):
		return transitionBasis(t)
	case g.At(t.On, cut).Presumed:
		return text("presumed: no notice confirms it", "推定：无公告证实")
	case t.Basis == tracker.Ordained:
		return text("the act names the day", "法令载明该日")
	}
	return text("confirmed", "已证实")
}

// besides are ends of amendments and exemptions, and ends that the press reports.
func besides(g glance, from, to tracker.Date) []due {
	zone := g.Location()
	var items []due
	for _, e := range g.known {
		if e.Until.Precision() <= tracker.Never || !within(e.Until, from, to, zone) {
			continue
		}
		d := due{On: e.Until, at: e.Until.First(zone), Subject: g.ID, Title: g.Title, Sure: named(evidenceWords, e.Evidence), entry: func() entry { return g.entryOf(e) }}
		switch {
		case !e.Moves():
			d.Kind, d.What = "reported", say("last day by report: %s", "据报道为最后一日：%s", g.claim(e))
			d.Sure = text("press only: no official notice seen", "仅媒体报道：未见官方公告")
		case e.What == tracker.Exempted:
			d.Kind, d.What = "exemption", text("last day of an exemption", "豁免的最后一日")
		case e.What == tracker.Amended:
			d.Kind, d.What = "amendment", text("last day of an amendment", "修订的最后一日")
		default:
			continue
		}
		items = append(items, d)
	}
	return items
}

// reviewsDue are the asker's reviews that come due.
func reviewsDue(s *tracker.Snapshot, r Request, from, to tracker.Date) []due {
	var items []due
	for _, v := range ownReviews(s, r) {
		c, err := s.Clock(v, r.onDay())
		if err != nil || c.Due.IsZero() || !within(c.Due, from, to, time.UTC) {
			continue
		}
		items = append(items, due{On: c.Due, at: c.Due.First(time.UTC), Kind: "review", Subject: v.ID, Title: text(v.Name, v.Name),
			What: say("review due: %s", "审查到期：%s", cmp.Or(v.Name, v.Measure)), Sure: dueIsWords(c), entry: func() entry { return entryOfReview(v, c) }})
	}
	return items
}

func commitmentsDue(s *tracker.Snapshot, from, to tracker.Date) []due {
	var items []due
	for _, c := range s.Commitments {
		if c.Due.Precision() <= tracker.Never || !within(c.Due, from, to, time.UTC) {
			continue
		}
		items = append(items, due{On: c.Due, at: c.Due.First(time.UTC), Kind: "commitment", Subject: c.ID, Title: c.Title,
			What: say("promised: %s", "承诺：%s", c.Title), Sure: commitmentStatus(c.Status), entry: func() entry { return entryOfCommitment(c) }})
	}
	return items
}

// onDay is the day that is asked about, in the asker's zone.
func (r Request) onDay() tracker.Date {
	if r.Query.On.Precision() == tracker.Day {
		return r.Query.On
	}
	on, _ := r.Query.In(r.zone())
	return tracker.DayOf(on.In(r.zone()))
}
