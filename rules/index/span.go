package index

import "math"

// span is a stretch of figures, both ends included; with NaN there are none in it.
type span struct{ from, to float64 }

// fitting is the span of figures that compare so with v.
func fitting(op string, v float64) span {
	low, high := math.Inf(-1), math.Inf(1)
	switch {
	case v != v, op == "<" && v == low, op == ">" && v == high:
		return span{math.NaN(), math.NaN()}
	case op == "<":
		return span{low, math.Nextafter(v, low)}
	case op == "<=":
		return span{low, v}
	case op == ">=":
		return span{v, high}
	case op == ">":
		return span{math.Nextafter(v, high), high}
	}
	return span{v, v}
}

// counted turns a span of days, counted from today on or back from it, into days.
func (s span) counted(function string, today float64) span {
	from, to := math.Ceil(s.from), math.Floor(s.to)
	if function == "days_since" {
		from, to = -to, -from
	}
	return span{today + from, today + to}
}

// mirrored turns an operator round, for the sides changed.
var mirrored = map[string]string{"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "=="}
