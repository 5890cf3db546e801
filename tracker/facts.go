package tracker

// With lays other facts over these: what bears the same id is taken from over,
// all else stays. It is how a team's own folder adds to the starter facts.
func (f Facts) With(over Facts) Facts {
	f.Measures = overlaid(f.Measures, over.Measures, func(m *Measure) string { return m.ID })
	f.Goods = overlaid(f.Goods, over.Goods, func(t Tag) string { return t.Slug })
	f.Entities = overlaid(f.Entities, over.Entities, func(e Entity) string { return e.ID })
	f.Commitments = overlaid(f.Commitments, over.Commitments, func(c Commitment) string { return c.ID })
	f.Indicators = overlaid(f.Indicators, over.Indicators, func(i Indicator) string { return i.ID })
	f.Calendars = overlaid(f.Calendars, over.Calendars, func(c Calendar) string { return c.ID })
	f.Reviews = overlaid(f.Reviews, over.Reviews, func(r Review) string { return r.ID })
	f.Articles = overlaid(f.Articles, over.Articles, func(a Article) string { return a.ID })
	return f
}

func overlaid[T any](under, over []T, id func(T) string) []T {
	place := make(map[string]int, len(under)+len(over))
	all := make([]T, 0, len(under)+len(over))
	for _, list := range [][]T{under, over} {
		for _, v := range list {
			if i, there := place[id(v)]; there {
				all[i] = v
				continue
			}
			place[id(v)] = len(all)
			all = append(all, v)
		}
	}
	return all
}
