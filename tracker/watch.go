package tracker

import (
	"fmt"
	"slices"
	"time"
)

// Watch is what filters watch at an instant: a digest says it even where
// nothing fired, so that silence means something.
type Watch struct {
	Measures int        // that have not ended, as far as tag, by and kind choose them
	Next     Transition // the earliest change of status that is known to come, if Of is set
	Of       *Measure   // what it is a change of; nil: none is known
	Recorded time.Time  // when anything about them was last recorded; zero: not known
}

// Watch looks at what filters watch together. All filters are of one channel;
// without any, nothing is watched.
func (s *Snapshot) Watch(filters []Filter, at time.Time) (w Watch) {
	cut := Cut{Known: at, Recorded: at}
	for _, m := range s.Measures {
		might := slices.DeleteFunc(slices.Clone(filters), func(f Filter) bool { return !f.watches(m) })
		if len(might) == 0 {
			continue
		}
		state := m.At(at, cut)
		if state.Status == StatusEnded || state.Status == NoStatus || !slices.ContainsFunc(might, func(f Filter) bool { return f.watchesGoods(s, state) }) {
			continue
		}
		w.Measures++
		for i := range m.Events {
			if r := m.Events[i].Recorded; r.After(w.Recorded) && !r.After(at) {
				w.Recorded = r
			}
		}
		if len(state.Next) > 0 && (w.Of == nil || state.Next[0].On.Before(w.Next.On)) {
			w.Next, w.Of = state.Next[0], m
		}
	}
	return w
}

func (f Filter) watches(m *Measure) bool {
	return wanted(f.By, func(c string) bool { return c == m.By }) && wanted(f.Kinds, func(k Kind) bool { return k == m.Kind })
}

func (f Filter) watchesGoods(s *Snapshot, state State) bool {
	if len(f.Tags) == 0 {
		return true
	}
	var tags []string
	for _, g := range state.Terms.Goods {
		tags = append(tags, g.Tags...)
	}
	above := s.TagsAbove(tags)
	return slices.ContainsFunc(f.Tags, func(t string) bool { return slices.Contains(above, t) })
}

// Words tell a watch, with the day of recording in zone. What is to come is told
// as it is known: by its own zone's day, or as coarsely as its date.
func (w Watch) Words(zone *time.Location) Text {
	t := Text{EN: Count(w.Measures, "measure", "measures") + " watched", ZH: fmt.Sprintf("关注%d项措施", w.Measures)}
	if !w.Recorded.IsZero() {
		on := dayWords(w.Recorded.In(zone))
		t.EN, t.ZH = t.EN+"; last recorded "+on.EN, t.ZH+"；最近记录于"+on.ZH
	}
	if w.Of == nil {
		return Text{EN: t.EN + "; no change known to come", ZH: t.ZH + "；暂无已知的后续变化"}
	}
	on := dayWords(w.Next.On.In(w.Of.Location()))
	if coarse := w.Next.Coarse; !coarse.IsZero() {
		on = Text{EN: "in " + coarse.String(), ZH: coarse.String() + "期间"}
	}
	if w.Next.Basis != Ordained {
		on = Text{EN: on.EN + " by dates alone", ZH: on.ZH + "（仅依日期推算）"}
	}
	return Text{
		EN: fmt.Sprintf("%s; next due %s: %s", t.EN, on.EN, w.Of.Title.In("en")),
		ZH: fmt.Sprintf("%s；下一变化：%s，%s", t.ZH, on.ZH, w.Of.Title.In("zh")),
	}
}
