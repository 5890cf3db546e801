package bot

import (
	"context"
	"fmt"
	"time"

	"derisk/tracker"
)

const overviewDays = 30 // that the overview looks ahead

// overview tells what holds now at a glance, and what is due soon.
func overview(ctx context.Context, env Env, r Request) (Reply, error) {
	s, err := env.Facts.Snapshot(ctx)
	if err != nil {
		return Reply{}, err
	}
	var inForce, suspended, presumed, other int
	held, new, running := Table{Columns: heldColumns(r.Lang, untilWord)}, Table{Columns: heldColumns(r.Lang, sinceWord)}, Table{Columns: heldColumns(r.Lang, sinceWord)}
	for _, m := range s.Measures {
		g := look(m, r)
		switch {
		case g.Presumed && g.Status != tracker.StatusEnded:
			presumed++
			new.Rows = append(new.Rows, []string{g.ID, g.status().In(r.Lang), dueDate(g.Started()), g.Title.In(r.Lang)})
		case g.Status == tracker.StatusInForce:
			inForce++
			running.Rows = append(running.Rows, []string{g.ID, g.status().In(r.Lang), dueDate(g.Started()), g.Title.In(r.Lang)})
		case g.Status == tracker.StatusSuspended:
			suspended++
			held.Rows = append(held.Rows, []string{g.ID, g.status().In(r.Lang), dueDate(g.Until()), g.Title.In(r.Lang)})
		case g.Status == tracker.StatusAnnounced || g.Status == tracker.StatusProposed:
			other++
		}
	}
	on := r.onDay()
	to := tracker.DayOf(on.First(time.UTC).AddDate(0, 0, overviewDays))
	items := datesBetween(s, r, on, to, nil)
	reply := Reply{Ephemeral: tellsReviews(items), Title: say("%s: %d in force, %d presumed, %d suspended, %d announced or proposed", "%s：%d项有效，%d项推定，%d项暂停，%d项已公布或拟议",
		tellDate(on, time.UTC), inForce, presumed, suspended, other).In(r.Lang)}
	reply.Data = map[string]any{"on": on, "in_force": inForce, "presumed": presumed, "suspended": suspended, "announced": other, "due": dueData(items, r.Lang)}
	if len(new.Rows) > 0 {
		reply.add(Section{Heading: text("Presumed: no notice confirms these", "推定：以下均无公告证实").In(r.Lang), Table: &new})
	}
	if len(held.Rows) > 0 {
		reply.add(Section{Heading: text("Suspended", "暂停").In(r.Lang), Table: &held})
	}
	if len(running.Rows) > 0 {
		reply.add(Section{Heading: text("In force", "有效").In(r.Lang), Table: &running})
	}
	soon := Section{Heading: fmt.Sprintf(text("Due in the next %d days", "未来%d天").In(r.Lang), overviewDays)}
	if soon.Table = dueTable(items, r); len(items) == 0 {
		soon.Table, soon.Lines = nil, []string{text("Nothing that is recorded.", "无已记录事项。").In(r.Lang)}
	}
	reply.add(soon)
	return reply, nil
}

var sinceWord, untilWord = text("Since", "自"), text("Last day", "最后一日")

func heldColumns(lang string, date tracker.Text) []string {
	return []string{text("Measure", "措施").In(lang), text("Status", "状态").In(lang), date.In(lang), text("Title", "标题").In(lang)}
}
