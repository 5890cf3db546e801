package bot

import (
	"cmp"
	"context"
	"time"

	"derisk/tracker"
)

// Reviews records reviews. Whether an order is possible is checked before.
type Reviews interface {
	AddReview(ctx context.Context, r tracker.Review, by string) (tracker.Review, error)
	StopReview(ctx context.Context, owner, id string, s tracker.Stop, by string, at time.Time) error
	ResumeReview(ctx context.Context, owner, id string, day tracker.Date, by string, at time.Time) error
	DecideReview(ctx context.Context, owner, id string, day tracker.Date, by string, at time.Time) error
}

// reviewJSON is a review for programs.
type reviewJSON struct {
	ID       string         `json:"id"`
	Name     string         `json:"name,omitempty"`
	Measure  string         `json:"measure"`
	Accepted tracker.Date   `json:"accepted"`
	Due      tracker.Date   `json:"due,omitzero"`
	DueIs    tracker.DueIs  `json:"due_is,omitempty"`
	Known    tracker.Date   `json:"calendar_known_to,omitzero"`
	Counted  int            `json:"counted"`
	Left     int            `json:"left"`
	Stopped  bool           `json:"stopped"`
	Stops    []tracker.Stop `json:"stops"`
	Decided  tracker.Date   `json:"decided,omitzero"`
}

func reviewData(v tracker.Review, c tracker.Clock) reviewJSON {
	return reviewJSON{v.ID, v.Name, v.Measure, v.Accepted, c.Due, c.DueIs, c.Known, c.Counted, c.Left, c.Stopped, append([]tracker.Stop{}, v.Stops...), v.Decided}
}

// reviewer is whose reviews the asker may see: the owner's with the right to
// them, else nobody's.
func (r Request) reviewer() string {
	if r.MayReview {
		return r.Owner
	}
	return ""
}

// mayTell says whether the asker may be told of a firing, of which owner is
// empty unless it is about a review.
func (r Request) mayTell(owner string) bool {
	return owner == "" || owner == r.reviewer() || r.reviewer() == Everybody
}

// ownReviews are the reviews of the asker. Nobody sees another's.
func ownReviews(s *tracker.Snapshot, r Request) []tracker.Review {
	var own []tracker.Review
	for _, v := range s.Reviews {
		if v.Owner == r.reviewer() && v.Owner != "" {
			own = append(own, v)
		}
	}
	return own
}

func findReview(s *tracker.Snapshot, r Request) (tracker.Review, error) {
	var known []string
	for _, v := range ownReviews(s, r) {
		if v.ID == r.Arg("id") {
			return v, nil
		}
		known = append(known, v.ID)
	}
	return tracker.Review{}, missing("review", "审查", r.Arg("id"), known)
}

// dueIsWords says how sure a due date is; an estimate is never shown as fact.
func dueIsWords(c tracker.Clock) tracker.Text {
	if c.DueIs != tracker.Estimate {
		return text("by the announced calendar", "按已公布的日历计算")
	}
	return say("estimate by weekdays: no calendar is announced after %s", "按周一至周五估算：%s之后的日历尚未公布", tellDate(c.Known, time.UTC))
}

// clockWords tells a clock as it stands on a day. A decision of a later day is
// told as such.
func clockWords(v tracker.Review, c tracker.Clock, day tracker.Date) tracker.Text {
	if later := v.Decided; !later.IsZero() && tracker.DaysBetween(day, later) > 0 {
		v.Decided = tracker.Date{}
		return say("%s; decision recorded for %s", "%s；已记录%s作出决定", clockWords(v, c, day), tellDate(later, time.UTC))
	}
	counted := say("%s counted, %d left", "已计%s，剩余%d日", daysWords(c.Counted), c.Left)
	switch {
	case !v.Decided.IsZero():
		return say("decided on %s after %s", "%s作出决定，共计%s", tellDate(v.Decided, time.UTC), daysWords(c.Counted))
	case c.Stopped:
		return say("stopped: no due date while it stands; %s", "已中止：中止期间无到期日；%s", counted)
	case c.Due.IsZero():
		return counted
	case c.Left < 0:
		return say("overdue by %s: was due on %s", "已逾期%s：应于%s完成", daysWords(-c.Left), tellDate(c.Due, time.UTC))
	}
	return say("due on %s (%s); %s", "到期日%s（%s）；%s", tellDate(c.Due, time.UTC), dueIsWords(c), counted)
}

func daysWords(n int) tracker.Text { return counted(n, "day", "days", "%d日") }

func addReview(ctx context.Context, env Env, r Request) (Reply, error) {
	s, err := env.Facts.Snapshot(ctx)
	if err != nil {
		return Reply{}, err
	}
	m, err := findMeasure(s, r.Arg("measure"))
	if err != nil {
		return Reply{}, err
	}
	v := tracker.Review{Owner: r.Owner, Measure: m.ID, Name: r.Arg("name"), Accepted: r.day("accepted"), Recorded: r.Query.Now}
	if m.Review == nil {
		return Reply{}, impossible("%s has no review clock: %s have one", "%s 没有审查时限；有时限的措施：%s", m.ID, reviewedIDs(s))
	}
	if err := exactDay("accepted", v.Accepted); err != nil {
		return Reply{}, err
	}
	if _, err := s.Clock(v, r.onDay()); err != nil {
		return Reply{}, wrong("%s", "%s", err)
	}
	if env.Reviews == nil {
		return Reply{}, noneHere("reviews", "审查")
	}
	if v, err = env.Reviews.AddReview(ctx, v, r.User); err != nil {
		return Reply{}, err
	}
	return oneReview(s, v, r, text("Clock started", "已开始计时"))
}

func exactDay(name string, d tracker.Date) error {
	if d.Precision() != tracker.Day {
		return wrong("%s: %s is no exact day: write it as 2026-10-26", "%s：%s不是确切日期：请写成 2026-10-26", name, d)
	}
	return nil
}

func noneHere(noun, zh string) error {
	return impossible("there are no %s here", "此处没有%s功能", text(noun, zh))
}

func reviewedIDs(s *tracker.Snapshot) string {
	var with []*tracker.Measure
	for _, m := range s.Measures {
		if m.Review != nil {
			with = append(with, m)
		}
	}
	return idList(with)
}

func oneReview(s *tracker.Snapshot, v tracker.Review, r Request, did tracker.Text) (Reply, error) {
	c, err := s.Clock(v, r.onDay())
	if err != nil {
		return Reply{}, err
	}
	reply := Reply{Title: did.In(r.Lang), Tone: Good, Data: reviewData(v, c), Ephemeral: true}
	name := v.ID
	if v.Name != "" {
		name += " " + v.Name
	}
	lines := []string{name + ": " + clockWords(v, c, r.onDay()).In(r.Lang)}
	if m, err := s.Measure(v.Measure); err == nil && !v.Visible(r.onDay(), m.Location()) {
		lines = append(lines, text("Accepted in the future: nothing counts yet.", "受理日在将来：尚未开始计时。").In(r.Lang))
	}
	reply.add(Section{Lines: lines, Fields: []Field{
		{text("Measure", "措施").In(r.Lang), v.Measure},
		{text("Accepted", "受理日").In(r.Lang), tellDate(v.Accepted, time.UTC).In(r.Lang)},
	}})
	return reply, nil
}

func listReviews(ctx context.Context, env Env, r Request) (Reply, error) {
	s, err := env.Facts.Snapshot(ctx)
	if err != nil {
		return Reply{}, err
	}
	data := []reviewJSON{}
	t := Table{Columns: []string{text("Review", "审查").In(r.Lang), text("Name", "名称").In(r.Lang), text("Measure", "措施").In(r.Lang), text("Accepted", "受理日").In(r.Lang), text("Clock", "计时").In(r.Lang)}}
	for _, v := range ownReviews(s, r) {
		if m, err := s.Measure(v.Measure); err == nil && !v.Visible(r.onDay(), m.Location()) && !r.Query.On.IsZero() {
			continue
		}
		c, err := s.Clock(v, r.onDay())
		if err != nil {
			return Reply{}, err
		}
		data = append(data, reviewData(v, c))
		t.Rows = append(t.Rows, []string{v.ID, v.Name, v.Measure, v.Accepted.String(), clockWords(v, c, r.onDay()).In(r.Lang)})
	}
	reply := Reply{Title: counted(len(data), "review", "reviews", "%d项审查").In(r.Lang), Data: data, Ephemeral: true}
	if len(data) == 0 {
		reply.add(Section{Lines: []string{text("None yet. Start one with: review add MEASURE accepted:2026-10-26", "尚无。开始计时：review add 措施编号 accepted:2026-10-26").In(r.Lang)}})
		return reply, nil
	}
	reply.add(Section{Table: &t})
	return reply, nil
}

// changeReview does something to one of the asker's reviews, and tells the clock
// as it stands after.
func changeReview(ctx context.Context, env Env, r Request, did tracker.Text, check func(v tracker.Review) error, change func() error) (Reply, error) {
	s, err := env.Facts.Snapshot(ctx)
	if err != nil {
		return Reply{}, err
	}
	v, err := findReview(s, r)
	if err != nil {
		return Reply{}, err
	}
	day := r.day("day")
	if err := cmp.Or(exactDay("day", day), undecided(v), notBefore(v, day), check(v)); err != nil {
		return Reply{}, err
	}
	if env.Reviews == nil {
		return Reply{}, noneHere("reviews", "审查")
	}
	if err := change(); err != nil {
		return Reply{}, err
	}
	if s, err = env.Facts.Snapshot(ctx); err != nil {
		return Reply{}, err
	}
	if v, err = findReview(s, r); err != nil {
		return Reply{}, err
	}
	return oneReview(s, v, r, did)
}

func undecided(v tracker.Review) error {
	if v.Decided.IsZero() {
		return nil
	}
	return impossible("review %s was decided on %s", "审查 %s 已于%s作出决定", v.ID, tellDate(v.Decided, time.UTC))
}

func notBefore(v tracker.Review, day tracker.Date) error {
	last := v.Accepted
	if n := len(v.Stops); n > 0 {
		last = cmp.Or(v.Stops[n-1].Resumed, v.Stops[n-1].On)
	}
	if tracker.DaysBetween(last, day) >= 0 {
		return nil
	}
	return impossible("review %s: %s comes before %s, the latest day on record", "审查 %s：%s早于已记录的最近日期%s", v.ID, tellDate(day, time.UTC), tellDate(last, time.UTC))
}

func isStopped(v tracker.Review) bool {
	n := len(v.Stops)
	return n > 0 && v.Stops[n-1].Resumed.IsZero()
}

func stopReview(ctx context.Context, env Env, r Request) (Reply, error) {
	return changeReview(ctx, env, r, text("Clock stopped", "已中止计时"), func(v tracker.Review) error {
		if isStopped(v) {
			return impossible("review %s has stood stopped since %s: resume it first", "审查 %s 自%s起已中止：请先恢复", v.ID, tellDate(v.Stops[len(v.Stops)-1].On, time.UTC))
		}
		return nil
	}, func() error {
		return env.Reviews.StopReview(ctx, r.Owner, r.Arg("id"), tracker.Stop{On: r.day("day"), For: r.Arg("for")}, r.User, r.Query.Now)
	})
}

func resumeReview(ctx context.Context, env Env, r Request) (Reply, error) {
	return changeReview(ctx, env, r, text("Clock runs again", "已恢复计时"), func(v tracker.Review) error {
		if !isStopped(v) {
			return impossible("review %s is not stopped", "审查 %s 并未中止", v.ID)
		}
		return nil
	}, func() error {
		return env.Reviews.ResumeReview(ctx, r.Owner, r.Arg("id"), r.day("day"), r.User, r.Query.Now)
	})
}

func decideReview(ctx context.Context, env Env, r Request) (Reply, error) {
	return changeReview(ctx, env, r, text("Decided", "已决定"), func(tracker.Review) error { return nil }, func() error {
		return env.Reviews.DecideReview(ctx, r.Owner, r.Arg("id"), r.day("day"), r.User, r.Query.Now)
	})
}
