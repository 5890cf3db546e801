package rules

import (
	"slices"
	"time"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/vm"

	"derisk/tracker"
)

// WatchDays is how far an explanation looks ahead and back.
const WatchDays = 400

// Times is when a condition holds at due times, from the dates that are known
// at the instant explained and come to be known later by what is recorded now.
type Times struct {
	Since time.Time // where it holds at the latest due time: the first of those in a row; zero: before the search began
	Until time.Time // where it holds: the first coming due time at which it does not; zero: none found
	From  time.Time // where it does not hold: the first coming due time at which it does; zero: none found
	Ends  time.Time // with From: the first due time after it at which it does not hold; zero: none found
	Held  time.Time // where it does not hold at the latest due time: the last before at which it did; zero: none found
	Ahead time.Time // where the search ahead ended
	Back  time.Time // where the search back ended
}

// narrow is a snapshot of one subject and what it rests on, and of some tags
// besides, so that looking at it many times is cheap.
func narrow(s *tracker.Snapshot, each Each, id string, tags ...string) (*tracker.Snapshot, error) {
	f := tracker.Facts{Calendars: s.Calendars}
	var ids []string
	switch each {
	case EachMeasure:
		ids = []string{id}
	case EachEvent:
		for _, m := range s.Measures {
			if slices.ContainsFunc(m.Events, func(e tracker.Event) bool { return e.ID == id }) {
				ids = append(ids, m.ID)
			}
		}
	case EachReview:
		f.Reviews = only(s.Reviews, func(r tracker.Review) bool { return r.ID == id })
		for _, r := range f.Reviews {
			ids = append(ids, r.Measure)
		}
	case EachCommitment:
		f.Commitments = only(s.Commitments, func(c tracker.Commitment) bool { return c.ID == id })
		for _, c := range f.Commitments {
			ids = append(ids, c.Framework)
		}
	case EachIndicator:
		f.Indicators = only(s.Indicators, func(i tracker.Indicator) bool { return i.ID == id })
		for _, i := range f.Indicators {
			tags = append(tags, i.Subject)
		}
	case EachArticle:
		f.Articles = only(s.Articles, func(a tracker.Article) bool { return a.ID == id })
		for _, a := range f.Articles {
			for _, mention := range a.Mentions {
				ids = append(ids, mention.Measure)
			}
		}
	}
	f.Measures = withWholes(s, ids)
	f.Goods = withParents(s, append(tags, tagsOf(f.Measures)...))
	return tracker.NewSnapshot(f)
}

// tagsOf are the tags of what measures cover, now or as amended.
func tagsOf(measures []*tracker.Measure) (tags []string) {
	for _, m := range measures {
		goods := slices.Clone(m.Goods)
		for i := range m.Events {
			goods = append(goods, m.Events[i].Goods...)
		}
		for _, g := range goods {
			tags = append(tags, g.Tags...)
		}
	}
	return tags
}

// withParents are those tags of the tree that there are, each with all above it, once.
func withParents(s *tracker.Snapshot, slugs []string) (list []tracker.Tag) {
	for _, slug := range slugs {
		for slug != "" && !slices.ContainsFunc(list, func(t tracker.Tag) bool { return t.Slug == slug }) {
			t, err := s.Tag(slug)
			if err != nil {
				break
			}
			list, slug = append(list, *t), t.Parent
		}
	}
	return list
}

func only[T any](all []T, wanted func(T) bool) []T {
	return slices.DeleteFunc(slices.Clone(all), func(t T) bool { return !wanted(t) })
}

// withWholes are the measures of those ids that there are, each with its wholes, once.
func withWholes(s *tracker.Snapshot, ids []string) (list []*tracker.Measure) {
	for _, id := range ids {
		m, err := s.Measure(id)
		if err != nil {
			continue
		}
		for ; m != nil && !slices.Contains(list, m); m = m.Whole() {
			list = append(list, m)
		}
	}
	return list
}

// watch looks at one subject of a rule at one instant after another, in the way
// in which a backtest does.
type watch struct {
	rule    *Rule
	facts   *tracker.Snapshot // narrow
	id      string
	scenes  scenes
	machine vm.VM
}

// at calls visit with the subject as it stands at an instant, unless it is not
// there. What happens is there only in the window that ends then.
func (w *watch) at(at time.Time, visit func(*evaluation, subject) error) error {
	e := &evaluation{rule: w.rule, scene: w.scenes.at(w.facts, at, false, w.rule.Zone), machine: &w.machine}
	if w.rule.Each.Happens() {
		e.prev = w.rule.Schedule.Last(at.Add(-time.Nanosecond))
	}
	return e.eachSubject(func(s subject) error {
		if s.id != w.id {
			return nil
		}
		return visit(e, s)
	})
}

func (w *watch) holds(at time.Time) (held bool, err error) {
	err = w.at(at, func(e *evaluation, s subject) (err error) {
		held, err = w.rule.when.holds(e.machine, s.scope)
		return err
	})
	return held, err
}

// firing is what would be told of the subject if the rule fired at an instant.
func (w *watch) firing(at time.Time) (fired *tracker.Firing, err error) {
	e := &evaluation{rule: w.rule, scene: w.scenes.at(w.facts, at, false, w.rule.Zone), machine: &w.machine}
	err = e.eachSubject(func(s subject) error {
		if s.id != w.id {
			return nil
		}
		key, err := e.key(s)
		if err == nil {
			err = e.fire(s, key, tracker.Began)
		}
		return err
	})
	if err != nil || len(e.out.Firings) == 0 {
		return nil, err
	}
	return &e.out.Firings[0], nil
}

// times looks ahead and back from an instant.
func (w *watch) times(at time.Time) (*Times, error) {
	t := &Times{Ahead: at.AddDate(0, 0, WatchDays), Back: at.AddDate(0, 0, -WatchDays)}
	switch {
	case w.rule.Each.Happens(): // at one due time, however long ago
		t.Back = tracker.MustDate("1900").First(time.UTC)
	case w.mentionsNow():
		t.shorten(w.rule.Schedule, at)
	}
	if err := w.ahead(t, at); err != nil {
		return nil, err
	}
	return t, w.back(t, at)
}

// maxWatched is how many due times either way are looked at one by one.
const maxWatched = 5000

// shorten makes the stretches that are looked at hold at most maxWatched due times each.
func (t *Times) shorten(s *Schedule, at time.Time) {
	n := 0
	for tick := range s.Between(at, t.Ahead) {
		if n++; n == maxWatched {
			t.Ahead = tick
			break
		}
	}
	if past := s.newest(at, maxWatched); len(past) == maxWatched {
		t.Back = laterOf(t.Back, past[0].Add(-time.Nanosecond))
	}
}

// ahead goes through the coming due times at which the result may change.
func (w *watch) ahead(t *Times, at time.Time) error {
	now, err := w.holds(at)
	if err != nil {
		return err
	}
	for _, tick := range w.changes(at, t.Ahead) {
		held, err := w.holds(tick)
		switch {
		case err != nil:
			return err
		case now && !held:
			t.Until = tick
			return nil
		case !now && held && t.From.IsZero():
			t.From = tick
		case !now && !held && !t.From.IsZero():
			t.Ends = tick
			return nil
		}
	}
	return nil
}

// back goes through the due times up to an instant, the latest first.
func (w *watch) back(t *Times, at time.Time) error {
	past := w.changes(t.Back, at)
	next := w.rule.Schedule.Next(at) // of the stretch that is looked at
	for i, tick := range slices.Backward(past) {
		held, err := w.holds(tick)
		latest := i == len(past)-1
		switch {
		case err != nil:
			return err
		case held && (latest || !t.Since.IsZero()):
			t.Since = tick
		case held:
			t.Held = w.rule.Schedule.Last(next.Add(-time.Nanosecond))
			return nil
		case !t.Since.IsZero():
			return nil
		}
		next = tick
	}
	if len(past) > 0 && t.Since.Equal(past[0]) { // it may have held before
		t.Since = time.Time{}
	}
	return nil
}

// changes lists, in order, the first due time after from and every later one up
// to to at which the result can differ from that at the due time before.
func (w *watch) changes(from, to time.Time) (ticks []time.Time) {
	if w.mentionsNow() && !w.rule.Each.Happens() {
		return slices.Collect(w.rule.Schedule.Between(from, to))
	}
	take := func(at time.Time) {
		if at.After(from) && !at.After(to) {
			ticks = append(ticks, at)
		}
	}
	take(w.rule.Schedule.Next(from))
	for _, at := range w.instants(from, to) {
		if at.Before(from) || at.After(to) {
			continue
		}
		tick := w.rule.Schedule.Next(at.Add(-time.Nanosecond))
		take(tick)
		if w.rule.Each.Happens() { // it is new at one due time only
			take(w.rule.Schedule.Next(tick))
		}
	}
	slices.SortFunc(ticks, time.Time.Compare)
	return slices.CompactFunc(ticks, time.Time.Equal)
}

// mentionsNow says that the condition looks at the clock, which differs at each due time.
func (w *watch) mentionsNow() (does bool) {
	visitPlaced(w.rule.when.node, func(n ast.Node) {
		name, is := n.(*ast.IdentifierNode)
		does = does || is && name.Value == "now"
	})
	return does
}

// instants are those at which anything about the subject can change: the
// beginnings of days in the rule's zone and where the measures are at home, and
// the dates of what it rests on. What happens does not change once it is known.
func (w *watch) instants(from, to time.Time) (list []time.Time) {
	zones := []*time.Location{w.rule.Zone, time.UTC}
	for _, m := range w.facts.Measures {
		zones = append(zones, m.Location())
		for i := range m.Events {
			e := &m.Events[i]
			for _, d := range []tracker.Date{e.On, e.Until, e.To, e.Published, e.Publication} {
				list = append(list, d.First(m.Location()), d.After(m.Location()))
			}
		}
	}
	for _, a := range w.facts.Articles {
		list = append(list, a.At)
	}
	if w.rule.Each.Happens() {
		return list
	}
	for i, zone := range zones {
		if slices.Contains(zones[:i], zone) {
			continue
		}
		for day := range int(to.Sub(from).Hours()/24) + 2 {
			list = append(list, tracker.DayOf(from.In(zone).AddDate(0, 0, day)).First(zone))
		}
	}
	return list
}
