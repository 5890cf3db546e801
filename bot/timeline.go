package bot

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"derisk/bot/picture"
	"derisk/tracker"
)

const (
	// timelineRows is how many measures one picture shows: more would be so high
	// that Discord makes it too small to read.
	timelineRows = 12
	// timelineNotes is how many dates are told below the band of one measure.
	timelineNotes = 10
	// timelineMonths is how far a picture of several measures reaches either way.
	timelineMonths = 12
)

// timelineCommand shows when one measure, or each that a filter wants, was what: a picture
// for who sees pictures, the same in words beside it.
func timelineCommand(ctx context.Context, env Env, r Request) (Reply, error) {
	s, err := env.Facts.Snapshot(ctx)
	if err != nil {
		return Reply{}, err
	}
	from, to := r.day("from"), r.day("to")
	if !from.IsZero() && !to.IsZero() && to.Last(time.UTC).Before(from.First(time.UTC)) {
		return Reply{}, wrong("to: %s comes before %s", "to：%s早于%s", tellDate(to, time.UTC), tellDate(from, time.UTC))
	}
	if m, err := timelineMeasure(s, r.Arg("of")); m != nil || err != nil {
		if err != nil {
			return Reply{}, err
		}
		return oneTimeline(look(m, r), r)
	}
	return manyTimelines(s, r)
}

// timelineMeasure is the one measure that words name; nil for a filter.
func timelineMeasure(s *tracker.Snapshot, words string) (*tracker.Measure, error) {
	if words == "" || strings.ContainsAny(words, ":：") {
		return nil, nil
	}
	m, err := findMeasure(s, words)
	if errors.Is(err, tracker.ErrNotFound) && !idForm.MatchString(words) {
		return nil, nil // words to look for in the text of several
	}
	return m, err
}

// oneTimeline is the whole course of a measure, with its dates.
func oneTimeline(g glance, r Request) (Reply, error) {
	lang := r.Lang
	_, cut := r.Query.In(g.Location())
	course := g.Stretches(cut)
	reply := Reply{Title: g.Title.In(lang), Tone: g.tone(), Data: courseData(g, course), No: len(course) == 0}
	now := g.ID + ": " + g.sentence().In(lang)
	if len(course) == 0 {
		reply.add(Section{Lines: []string{now}})
		return reply, nil
	}
	notes := g.notes(course, r)
	earlier := max(0, len(notes)-timelineNotes)
	t := picture.Timeline{
		Title: titlesOf(g), About: []string{g.ID, g.sentence().In(lang)}, Today: r.onInstant(g.Location()),
		Rows: []picture.Row{{Name: picture.Names{g.ID}, Bands: bandsOf(course)}}, Notes: notes[earlier:], Words: pictureWords(r, g.Location()),
	}
	if earlier > 0 {
		t.More = say("%d earlier dates: history %s", "更早的日期%d个：history %s", earlier, g.ID).In(lang)
	}
	t.From, t.To = courseSpan(course, notes, t.Today)
	span(&t, r, g.Location())
	reply.add(Section{Lines: []string{now}, Bands: &t})
	if len(t.Notes) > 0 {
		reply.add(Section{Heading: text("Dates", "日期").In(lang), Items: noteLines(t.Notes, t.More)})
	}
	reply.Offers = []Offer{
		{Label: text("The measure", "措施详情").In(lang), Command: "measure", Args: map[string]string{"id": g.ID}},
		{Label: text("History", "历史").In(lang), Command: "history", Args: map[string]string{"id": g.ID}},
	}
	return reply, attachPicture(&reply, t, r, courseWords(g, course))
}

// manyTimelines are the courses of the measures that a filter wants, what
// changes next first.
func manyTimelines(s *tracker.Snapshot, r Request) (Reply, error) {
	list, err := filtered(s, r.Arg("of"), r)
	if err != nil {
		return Reply{}, err
	}
	if len(list) == 1 { // there is room for its dates
		return oneTimeline(list[0], r)
	}
	lang := r.Lang
	reply := Reply{Title: say("Timeline: %s", "时间线：%s", some(len(list))).In(lang), Data: []courseJSON{}}
	if len(list) == 0 {
		reply.add(Section{Lines: []string{text("No measure fits.", "没有符合的措施。").In(lang)}})
		return reply, nil
	}
	slices.SortStableFunc(list, soonestFirst)
	more := max(0, len(list)-timelineRows)
	list = list[:len(list)-more]
	t := picture.Timeline{Title: picture.Names{reply.Title}, Today: r.onInstant(r.zone()), Words: pictureWords(r, r.zone())}
	if filter := r.Arg("of"); filter != "" {
		t.About = []string{filter}
	}
	if more > 0 {
		t.More = say("and %d more: narrow the filter to see them", "另有%d项：请缩小筛选范围", more).In(lang)
	}
	t.From, t.To = t.Today.AddDate(0, -timelineMonths, 0), t.Today.AddDate(0, timelineMonths, 0)
	span(&t, r, t.Today.Location())
	var data []courseJSON
	var about []string
	for _, g := range list {
		_, cut := r.Query.In(g.Location())
		course := g.Stretches(cut)
		t.Rows = append(t.Rows, picture.Row{Name: titlesOf(g), Beside: g.nextShort().In(lang), Bands: bandsOf(course)})
		data = append(data, courseData(g, course))
		about = append(about, g.ID+": "+strings.Join(nonEmpty(g.status().In(lang), g.nextShort().In(lang)), text(", next ", "，下一变化：").In(lang)))
	}
	reply.Data = data
	reply.add(Section{Bands: &t})
	reply.add(Section{Items: nonEmpty(append(slices.Clone(about), t.More)...)})
	return reply, attachPicture(&reply, t, r, strings.Join(nonEmpty(append(about, t.More)...), "; "))
}

// filtered are the measures that a filter wants and that have a status.
func filtered(s *tracker.Snapshot, filter string, r Request) ([]glance, error) {
	want, err := readListFilter(s, filter)
	if err != nil {
		return nil, err
	}
	var list []glance
	for _, m := range s.Measures {
		if g := look(m, r); g.Status != tracker.NoStatus && want.matches(s, g) {
			list = append(list, g)
		}
	}
	return list, nil
}

// soonestFirst orders by the next change; what has none comes after, the living
// before the ended, what changed last first.
func soonestFirst(a, b glance) int {
	none := func(g glance) int {
		switch {
		case len(g.Next) > 0:
			return 0
		case g.Status != tracker.StatusEnded:
			return 1
		}
		return 2
	}
	switch by := cmp.Compare(none(a), none(b)); {
	case by != 0:
		return by
	case len(a.Next) == 0:
		return b.Since.Compare(a.Since)
	}
	return a.Next[0].On.Compare(b.Next[0].On)
}

// nextShort is the next change in few words: "2026-11-28 back in force".
func (g glance) nextShort() tracker.Text {
	if len(g.Next) == 0 {
		return tracker.Text{}
	}
	return say("%s %s", "%s %s", dueDate(g.Next[0].Date()), changeWords(g.Status, g.Next[0]))
}

// span takes the days that were asked for.
func span(t *picture.Timeline, r Request, zone *time.Location) {
	if from := r.day("from"); !from.IsZero() {
		t.From = from.First(zone)
	}
	if to := r.day("to"); !to.IsZero() {
		t.To = to.After(zone)
	}
	if !t.From.Before(t.To) { // only one end was asked for, and lies beyond the other
		if r.day("to").IsZero() {
			t.To = t.From.AddDate(1, 0, 0)
		} else {
			t.From = t.To.AddDate(-1, 0, 0)
		}
	}
}

// courseSpan reaches from the first date to the last or today, with some room.
func courseSpan(course []tracker.Stretch, notes []picture.Note, today time.Time) (from, to time.Time) {
	from, to = course[0].From, today
	for _, n := range notes {
		if n.At.Before(from) {
			from = n.At
		}
		if n.At.After(to) {
			to = n.At
		}
	}
	const least = 24 * time.Hour
	room := max(to.Sub(from)/12, least)
	return from.Add(-room / 2), to.Add(room)
}

// onInstant is the instant that is asked about, by the clocks of a zone.
func (r Request) onInstant(zone *time.Location) time.Time {
	on, _ := r.Query.In(zone)
	return on.In(zone)
}

// titlesOf are what a measure can be called where its title cannot be written.
func titlesOf(g glance) picture.Names {
	return picture.Names{g.Title.In(g.lang), g.Title.EN, g.Title.ZH, g.ID}
}

func bandsOf(course []tracker.Stretch) []picture.Band {
	var bands []picture.Band
	for _, s := range course {
		bands = append(bands, picture.Band{From: s.From, To: s.To, Status: s.Status, Presumed: s.Presumed, Uncertain: s.Uncertain})
	}
	return bands
}

func pictureWords(r Request, zone *time.Location) picture.Words {
	lang := r.Lang
	on := r.onInstant(zone)
	today := text("today "+on.Format("2 Jan 2006"), "今天 "+on.Format("2006年1月2日"))
	if !r.Query.On.IsZero() {
		today = text(on.Format("2 Jan 2006"), on.Format("2006年1月2日"))
	}
	w := picture.Words{Lang: lang, Today: today.In(lang), Presumed: text("presumed", "推定").In(lang), Uncertain: text("uncertain", "不确定").In(lang),
		Status: map[tracker.Status]string{}}
	for _, s := range tracker.Statuses() {
		w.Status[s] = named(statusWords, s).In(lang)
	}
	return w
}

// attachPicture adds the picture, with what it shows in words.
func attachPicture(reply *Reply, t picture.Timeline, r Request, about string) error {
	data, err := t.PNG(picture.Theme(r.Arg("theme")))
	if err != nil {
		return err
	}
	about = say("Timeline. %s: %s", "时间线。%s：%s", t.Words.Today, about).In(r.Lang)
	reply.Files = append(reply.Files, File{Name: "timeline.png", Type: "image/png", Data: data, About: about})
	return nil
}

// courseJSON is a measure's course for programs.
type courseJSON struct {
	ID        string         `json:"id"`
	Title     string         `json:"title"`
	Zone      string         `json:"zone"`
	Stretches []courseOfJSON `json:"stretches"`
}

type courseOfJSON struct {
	From      tracker.Date   `json:"from"`
	Until     tracker.Date   `json:"until"` // the last day that it holds
	Status    tracker.Status `json:"status"`
	Reason    tracker.Reason `json:"reason,omitempty"`
	Presumed  bool           `json:"presumed"`
	Uncertain bool           `json:"uncertain"`
	KnownAs   tracker.Date   `json:"known_as,omitzero"` // the coarse date that from rests on
}

func courseData(g glance, course []tracker.Stretch) courseJSON {
	data := courseJSON{ID: g.ID, Title: g.Title.In(g.lang), Zone: g.Zone, Stretches: []courseOfJSON{}}
	for _, s := range course {
		data.Stretches = append(data.Stretches, courseOfJSON{tracker.From(s.From), tracker.LastDay(s.To), s.Status, s.Reason, s.Presumed, s.Uncertain, s.Coarse})
	}
	return data
}
