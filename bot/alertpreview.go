package bot

import (
	"cmp"
	"context"
	"slices"
	"time"

	"derisk/tracker"
)

const (
	// previewDays is how far a preview looks back and ahead.
	previewDays = 90
	// warmDays are looked at before that and not told, so that what began earlier
	// and went on does not count as new: longer than the rarest schedule in use.
	warmDays = 31
	// muchAWeek is how many things told in a week people still read.
	muchAWeek = 20
	// previewRows is how many of each list are shown.
	previewRows = 200
)

// foreseen is what a subscription would be told of some days, in the order in
// which it would go out.
type foreseen struct {
	from, to time.Time // to is not included
	told     []toldThen
}

// toldThen is a firing, and when it would go out.
type toldThen struct {
	tracker.Foretold
	tracker.Delivery
	edits bool // an end, shown in the post that told the beginning
}

// preview is what a subscription would have posted and will post.
type preview struct {
	s          tracker.Subscription
	filter     tracker.Filter
	past, next foreseen
	all        []tracker.Foretold // of the past, whatever the filter
	missed     error              // rules that could not be counted
}

// foresee works out what a subscription would have been told, and will be.
func foresee(ctx context.Context, env Env, r Request, s tracker.Subscription) (p preview, err error) {
	p.s, p.s.Paused = s, ""
	p.filter, _ = tracker.ParseFilter(s.Filter) // checked by whoever made it
	now := r.Query.Now
	today := tracker.DayOf(now.In(r.zone()))
	warm := tracker.DayOf(now.In(r.zone()).AddDate(0, 0, -previewDays-warmDays))
	past, errPast := env.Rules.Backtest(ctx, "", warm, today)
	next, errNext := env.Rules.Forecast(ctx, "", previewDays)
	if err := ctx.Err(); err != nil {
		return p, err
	}
	p.missed = cmp.Or(errPast, errNext)
	from := now.AddDate(0, 0, -previewDays)
	for _, f := range ownForetold(past, r) {
		if f.At.After(from) && !f.At.After(now) {
			p.all = append(p.all, f)
		}
	}
	p.past = plannedFor(p.s, p.all, from, now)
	p.next = plannedFor(p.s, ownForetold(next, r), now, now.AddDate(0, 0, previewDays))
	return p, nil
}

// plannedFor has a subscription meet firings at their ticks.
func plannedFor(s tracker.Subscription, firings []tracker.Foretold, from, to time.Time) foreseen {
	f := foreseen{from: from, to: to}
	began := map[[2]string]bool{}
	for _, one := range firings {
		plan := tracker.Plan(s, one.Firing, one.At)
		if plan.State == tracker.NotSent {
			continue
		}
		subject := [2]string{one.Rule, one.Subject}
		f.told = append(f.told, toldThen{one, plan, one.Kind == tracker.Resolved && began[subject]})
		began[subject] = began[subject] || one.Kind == tracker.Began
	}
	slices.SortStableFunc(f.told, func(a, b toldThen) int { return a.Due.Compare(b.Due) })
	return f
}

// things counts what is told: an end that only edits a post is none.
func (f foreseen) things() (n int) {
	for _, t := range f.told {
		if !t.edits {
			n++
		}
	}
	return n
}

// posts counts the posts: what goes out at the same time goes together, and a
// daily or weekly digest comes also where there is nothing to tell.
func (f foreseen) posts(s tracker.Subscription) (n int) {
	together := map[int64]int{} // by the instant, whatever clock tells it
	for _, t := range f.told {
		if !t.edits {
			together[t.Due.UnixNano()]++
		}
	}
	for at := s.NextDigest(f.from); !at.IsZero() && at.Before(f.to); at = s.NextDigest(at) {
		together[at.UnixNano()] += 0
	}
	for _, firings := range together {
		n += max(1, (firings+maxTold-1)/maxTold)
	}
	return n
}

// busiest is the stretch of so many days, as calendars have them, in which most
// is told: its first day, and how much.
func (f foreseen) busiest(zone *time.Location, first func(time.Time) time.Time) (day time.Time, n int) {
	count := map[time.Time]int{}
	for _, t := range f.told {
		if t.edits {
			continue
		}
		at := first(t.Due.In(zone))
		count[at]++
		if count[at] > n || count[at] == n && at.Before(day) {
			day, n = at, count[at]
		}
	}
	return day, n
}

func dayOf(at time.Time) time.Time {
	y, m, d := at.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// weekOf is the Monday of the week.
func weekOf(at time.Time) time.Time {
	day := dayOf(at)
	return day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
}

// much says in which week more is told than people read, and how much.
func (p preview) much() (week time.Time, n int) {
	zone := locationOf(p.s)
	week, n = p.past.busiest(zone, weekOf)
	if at, more := p.next.busiest(zone, weekOf); more > n {
		week, n = at, more
	}
	if n <= muchAWeek {
		return time.Time{}, 0
	}
	return week, n
}

func locationOf(s tracker.Subscription) *time.Location {
	if zone, err := zoneNamed(s.Zone); err == nil {
		return zone
	}
	return time.UTC
}

// line says it all in a line, for whoever has just subscribed.
func (p preview) line() tracker.Text {
	line := say("In the last %d days it would have told %s in %s; in the next %d, as far as dates on record tell, %s in %s.",
		"过去%d天内会收到%s（%s）；今后%d天内，依已记录的日期会收到%s（%s）。",
		previewDays, thingsWords(p.past.things()), postsWords(p.past.posts(p.s)), previewDays, thingsWords(p.next.things()), postsWords(p.next.posts(p.s)))
	if _, n := p.much(); n > 0 {
		line = join(line, p.warning(), say("alert preview id:%s offers narrower filters.", "alert preview id:%s 可提供更窄的筛选。", p.s.ID))
	}
	return join(line, p.notCounted())
}

func thingsWords(n int) tracker.Text { return counted(n, "thing", "things", "%d条") }

func postsWords(n int) tracker.Text { return counted(n, "post", "posts", "%d条消息") }

func (p preview) warning() tracker.Text {
	week, n := p.much()
	if n == 0 {
		return tracker.Text{}
	}
	return say("That is too much to be read: %d in the week of %s.", "数量过多，难以阅读：%[2]s当周有%[1]d条。", n, tellDate(tracker.DayOf(week), time.UTC))
}

func (p preview) notCounted() tracker.Text {
	if p.missed == nil {
		return tracker.Text{}
	}
	return say("Not all could be counted: %s.", "未能全部计入：%s。", p.missed)
}
