package index

import (
	"cmp"
	"math"
	"slices"
)

// span is a stretch of figures, both ends included.
type span struct{ from, to float64 }

var everything = span{math.Inf(-1), math.Inf(1)}

// fitting appends the span of figures that compare so with v; none where v is NaN.
func fitting(into []span, op string, v float64) []span {
	s := everything
	switch op {
	case "==":
		s = span{v, v}
	case "<=":
		s.to = v
	case ">=":
		s.from = v
	case "<":
		s.to = math.Nextafter(v, math.Inf(-1))
	case ">":
		s.from = math.Nextafter(v, math.Inf(1))
	}
	beyond := op == "<" && v == math.Inf(-1) || op == ">" && v == math.Inf(1)
	if v != v || beyond {
		return into
	}
	return append(into, s)
}

// fittingDays is [fitting] for dates, which compare by the day, but by the clock
// where both are times: a time can fit on its own day too.
func fittingDays(into []span, op string, day Day) []span {
	if day.Timed && (op == "<" || op == ">") {
		op += "="
	}
	return fitting(into, op, day.figure())
}

// apart orders spans that are single figures, each once.
func apart(points []span) []span {
	slices.SortFunc(points, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	return slices.Compact(points)
}

// mirrored turns an operator round, for the sides changed.
var mirrored = map[string]string{"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "=="}

// scales turn spans of a figure into spans of the column that a function reckons it from.
var scales = map[string]func(spans []span, today float64) []span{"": plain, "len": plain, "days_until": ahead, "days_since": behind}

func plain(spans []span, _ float64) []span { return spans }

// ahead is for days counted from today on, behind for days counted back from it.
func ahead(spans []span, today float64) []span {
	for i, s := range spans {
		spans[i] = span{math.Ceil(s.from) + today, math.Floor(s.to) + today}
	}
	return spans
}

func behind(spans []span, today float64) []span {
	for i, s := range spans {
		spans[i] = span{today - math.Floor(s.to), today - math.Ceil(s.from)}
	}
	return spans
}
