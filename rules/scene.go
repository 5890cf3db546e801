package rules

import (
	"math"
	"slices"
	"strings"
	"time"

	"derisk/tracker"
)

// Tick is one due time of a rule's schedule.
type Tick struct {
	At   time.Time
	Prev time.Time // the due time before it: what became known after it is new
	Live bool      // sees what is both published and recorded by At; else all that is published by then
}

// scope is what an expression can see: one subject and the time.
type scope struct {
	Now        day             `expr:"now"`
	Today      day             `expr:"today"`
	Facts      *scene          `expr:"facts_"`
	Measure    *measureView    `expr:"measure"`
	Event      *eventView      `expr:"event"`
	Review     *reviewView     `expr:"review"`
	Commitment *commitmentView `expr:"commitment"`
	Indicator  *indicatorView  `expr:"indicator"`
	Article    *articleView    `expr:"article"`
}

// scene is a snapshot as it stands at one instant, in one zone. It belongs to
// one goroutine.
type scene struct {
	snapshot *tracker.Snapshot
	at       time.Time
	zone     *time.Location
	live     bool
	cut      tracker.Cut
	now      day
	today    day
	folds    *folds
}

// newScene looks at a snapshot at an instant. It takes over the folds of last, a
// scene of the same zone and live, which is not used again; or nil.
func newScene(s *tracker.Snapshot, at time.Time, live bool, zone *time.Location, last *scene) *scene {
	sc := &scene{
		snapshot: s, at: at, zone: zone, live: live,
		cut:   tracker.Cut{Known: at},
		now:   instant(at, zone),
		today: zoneDay(at, zone),
	}
	if live {
		sc.cut.Recorded = at
	}
	switch {
	case last == nil:
		sc.folds = newFolds(s)
	case last.snapshot != s:
		sc.folds = last.folds.follow(s)
	default:
		sc.folds = last.folds
	}
	return sc
}

func (s *scene) scope() *scope { return &scope{Now: s.now, Today: s.today, Facts: s} }

// measure is the view of a measure by its id, or nil where there is none.
func (s *scene) measure(id string) *measureView {
	i, found := slices.BinarySearchFunc(s.snapshot.Measures, id, func(m *tracker.Measure, id string) int { return strings.Compare(m.ID, id) })
	if !found {
		return nil
	}
	return s.view(i)
}

// newMeasures lists the measures that can have events which became known after prev.
func (s *scene) newMeasures(prev time.Time) []int {
	if s.folds.news == nil {
		s.folds.news = gatherNews(s.snapshot)
	}
	return s.folds.news.between(prev, s.at)
}

func (s *scene) view(i int) *measureView {
	f := &s.folds.list[i]
	if !f.holds(s.at) {
		m := s.snapshot.Measures[i]
		f.view = s.look(m)
		f.from, f.until = s.steady(m)
	}
	return f.view
}

// steady is the stretch round the scene's instant in which nothing about a
// measure changes: no date of its events or of its wholes' begins or ends, none
// becomes known.
func (s *scene) steady(m *tracker.Measure) (from, until time.Time) {
	mark := func(t time.Time) {
		switch {
		case t.IsZero():
		case t.After(s.at):
			if until.IsZero() || t.Before(until) {
				until = t
			}
		case t.After(from):
			from = t
		}
	}
	for ; m != nil; m = m.Whole() {
		home := m.Location()
		for i := range m.Events {
			e := &m.Events[i]
			for _, d := range []tracker.Date{e.On, e.Until, e.To, e.Published, e.Publication} {
				mark(d.First(home))
				mark(d.After(home))
			}
			mark(e.Recorded)
		}
	}
	return from, until
}

func (s *scene) look(m *tracker.Measure) *measureView {
	state, home := m.At(s.at, s.cut), m.Location()
	v := &measureView{
		measure: m, ID: m.ID, Title: m.Title.In("en"), TitleZH: m.Title.In("zh"), Kind: string(m.Kind), By: m.By, Under: m.Under,
		Status: string(state.Status), Reason: string(state.Reason), Basis: string(state.Basis),
		Presumed: state.Presumed, Uncertain: state.Uncertain, Reported: len(state.Reported) > 0,
		Against: state.Terms.Against, Entities: state.Terms.Entities, EndUse: string(state.Terms.EndUse), Rate: percent(state.Terms.Rate),
		Announced: firstDay(state.Announced, home, s.zone), Effective: firstDay(state.Effective, home, s.zone),
		Since: firstDay(state.Started(), home, s.zone),
		Until: lastDay(state.Until(), home, s.zone), BackFrom: lastDay(state.BackFrom(), home, s.zone),
		ReviewDays: missing(),
	}
	if m.Review != nil {
		v.ReviewDays = float64(m.Review.Days)
	}
	var tags []string
	for _, g := range state.Terms.Goods {
		tags = append(tags, g.Tags...)
		v.HS = append(v.HS, g.HS...)
	}
	v.Tags = s.tags(tags)
	v.large = isLarge(EachMeasure, v)
	return v
}

// tags are the tags given with all above them.
func (s *scene) tags(tags []string) []string {
	if len(tags) == 0 {
		return nil
	}
	return s.snapshot.TagsAbove(tags)
}

func percent(r *tracker.Rate) float64 {
	if r == nil {
		return missing()
	}
	return r.Percent
}

func figure(f *float64) float64 {
	if f == nil {
		return missing()
	}
	return *f
}

// event is the view of an event of m.
func (s *scene) event(m *tracker.Measure, e *tracker.Event) *eventView {
	home := m.Location()
	v := &eventView{
		ID: e.ID, What: string(e.What), Evidence: string(e.Evidence),
		On: firstDay(e.On, home, s.zone), Until: lastDay(e.Until, home, s.zone), Published: firstDay(published(e), home, s.zone),
		Rate: percent(e.Rate), RateBefore: missing(),
		Note: e.Note.In("en"), NoteZH: e.Note.In("zh"),
	}
	if e.Rate != nil {
		before := m.At(e.On.First(home).Add(-time.Nanosecond), s.cut)
		v.RateBefore = percent(before.Terms.Rate)
	}
	v.large = isLarge(EachEvent, v)
	return v
}

// published is when the public could know an event: on the day itself where nothing is said.
func published(e *tracker.Event) tracker.Date {
	if e.Published.IsZero() {
		return e.On
	}
	return e.Published
}

// review is the view of a review as it stood on the day, or nil before its acceptance.
func (s *scene) review(r tracker.Review) (*reviewView, error) {
	m, err := s.snapshot.Measure(r.Measure)
	if err != nil {
		return nil, err
	}
	home := m.Location()
	if r.Accepted.First(home).After(s.at) || s.live && r.Recorded.After(s.at) {
		return nil, nil
	}
	r = asOf(r, s.at, home)
	v := &reviewView{
		ID: r.ID, Name: r.Name, Measure: r.Measure,
		Accepted: firstDay(r.Accepted, home, s.zone), Decided: firstDay(r.Decided, home, s.zone),
		Counted: missing(), Left: missing(),
	}
	// A clock that cannot be counted leaves its figures missing: one team's
	// review must not stop the rule for everybody else.
	if clock, err := s.snapshot.Clock(r, tracker.DayOf(s.at.In(home))); err == nil {
		v.Due, v.DueIs = lastDay(clock.Due, home, s.zone), string(clock.DueIs)
		v.Counted, v.Left = float64(clock.Counted), float64(clock.Left)
	}
	v.large = isLarge(EachReview, v)
	return v, nil
}

// asOf is a review without what happened after at.
func asOf(r tracker.Review, at time.Time, home *time.Location) tracker.Review {
	if r.Decided.First(home).After(at) {
		r.Decided = tracker.Date{}
	}
	var stops []tracker.Stop
	for _, stop := range r.Stops {
		if stop.On.First(home).After(at) {
			continue
		}
		if stop.Resumed.First(home).After(at) {
			stop.Resumed = tracker.Date{}
		}
		stops = append(stops, stop)
	}
	r.Stops = stops
	return r
}

// commitment is the view of a commitment, or nil before any of its sources appeared.
func (s *scene) commitment(c *tracker.Commitment) *commitmentView {
	if first := firstSource(c.Sources); !first.IsZero() && first.First(time.UTC).After(s.at) {
		return nil
	}
	home := s.zone
	if m, err := s.snapshot.Measure(c.Framework); err == nil {
		home = m.Location()
	}
	v := &commitmentView{
		ID: c.ID, Title: c.Title.In("en"), TitleZH: c.Title.In("zh"), By: c.By, Due: lastDay(c.Due, home, s.zone),
		Amount: figure(c.Amount), Unit: c.Unit, Framework: c.Framework, Entity: c.Entity, Status: c.Status,
	}
	v.large = isLarge(EachCommitment, v)
	return v
}

func firstSource(sources []tracker.Source) (first tracker.Date) {
	for _, src := range sources {
		if !src.Date.IsZero() && (first.IsZero() || src.Date.First(time.UTC).Before(first.First(time.UTC))) {
			first = src.Date
		}
	}
	return first
}

// indicator is the view of an indicator's latest figure, or nil where none was published yet.
func (s *scene) indicator(ind *tracker.Indicator) *indicatorView {
	var latest, before *tracker.Observation
	for i := range ind.Observations {
		o := &ind.Observations[i]
		if o.Source.Date.First(time.UTC).After(s.at) {
			continue
		}
		if latest == nil || !newer(latest, o) {
			latest = o
		}
	}
	if latest == nil {
		return nil
	}
	v := &indicatorView{ID: ind.ID, Title: ind.Title.In("en"), TitleZH: ind.Title.In("zh"), Unit: ind.Unit,
		Period: latest.Period, Value: latest.Value, Source: latest.Source.Publisher, Previous: missing()}
	for i := range ind.Observations {
		o := &ind.Observations[i]
		same := o.Source.Publisher == latest.Source.Publisher && o.Period != latest.Period && !o.Source.Date.First(time.UTC).After(s.at)
		if same && newer(latest, o) && (before == nil || !newer(before, o)) {
			before = o
		}
	}
	if before != nil {
		v.Previous = before.Value
	}
	v.large = isLarge(EachIndicator, v)
	return v
}

// newer says that a is of a later period than b, or of the same and published later.
func newer(a, b *tracker.Observation) bool {
	x, y := periodEnd(a.Period), periodEnd(b.Period)
	if !x.Equal(y) {
		return x.After(y)
	}
	return a.Source.Date.First(time.UTC).After(b.Source.Date.First(time.UTC))
}

// periodEnd is when a period ends; a word such as "planned" comes before all dates.
func periodEnd(period string) time.Time {
	if _, to, ok := strings.Cut(period, "/"); ok {
		period = to
	}
	d, err := tracker.ParseDate(period)
	if err != nil {
		return time.Time{}
	}
	return d.After(time.UTC)
}

func (s *scene) article(a *tracker.Article) *articleView {
	v := &articleView{ID: a.ID, Title: a.Title, TitleZH: a.Title, Publisher: a.Publisher, At: instant(a.At, s.zone)}
	var tags []string
	for _, mention := range a.Mentions {
		v.Measures = append(v.Measures, mention.Measure)
		if m := s.measure(mention.Measure); m != nil {
			tags = append(tags, m.Tags...)
		}
	}
	v.Tags = sortedOnce(tags)
	text := []string{a.Title, a.Lead}
	for _, g := range a.Groups {
		text = append(append(text, g.Title), g.Points...)
	}
	v.Text = cutBytes(strings.Join(text, "\n"), maxArticleText)
	v.large = isLarge(EachArticle, v)
	return v
}

func sortedOnce(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// workingDays counts from today to d; beyond the announced calendar it is missing.
func (s *scene) workingDays(d day, calendar string, today day) float64 {
	c, err := s.snapshot.Calendar(calendar)
	if err != nil || !d.known || math.Abs(float64(d.number-today.number)) > maxWorkingSpan {
		return missing()
	}
	n, known := c.WorkingDays(dateOf(today), dateOf(d))
	if !known {
		return missing()
	}
	return float64(n)
}

// maxWorkingSpan is how many days a count of working days may go over.
const maxWorkingSpan = 4000

func dateOf(d day) tracker.Date {
	return tracker.DayOf(time.Unix(int64(d.number)*86400, 0).UTC())
}
