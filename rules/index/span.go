package index

import "math"

// span is a stretch of figures, both ends included.
type span struct{ from, to float64 }

// spans are where the figures or days of a column must lie: those in sure do
// fit, those in doubted may.
type spans struct{ sure, doubted []span }

var everything = span{math.Inf(-1), math.Inf(1)}

// figures adds those that compare so with v; none where v is NaN.
func (s *spans) figures(op string, v float64) {
	fits := everything
	switch op {
	case "==":
		fits = span{v, v}
	case "<=":
		fits.to = v
	case ">=":
		fits.from = v
	case "<":
		fits.to = math.Nextafter(v, math.Inf(-1))
	case ">":
		fits.from = math.Nextafter(v, math.Inf(1))
	}
	beyond := op == "<" && v == math.Inf(-1) || op == ">" && v == math.Inf(1)
	if v == v && !beyond {
		s.sure = append(s.sure, fits)
	}
}

// days is [spans.figures] for dates, which compare by the day, but by the clock
// where both are times: on its own day a time is in doubt.
func (s *spans) days(op string, day Day) {
	if !day.Timed {
		s.figures(op, day.figure())
		return
	}
	if op != "==" {
		s.figures(op[:1], day.figure())
	}
	s.doubted = append(s.doubted, span{day.figure(), day.figure()})
}

// counted turns days counted from today on, or back from it, into days.
func (s *spans) counted(function string, today float64) {
	for i, c := range s.sure {
		from, to := math.Ceil(c.from), math.Floor(c.to)
		if function == "days_since" {
			from, to = -to, -from
		}
		s.sure[i] = span{today + from, today + to}
	}
}

// mirrored turns an operator round, for the sides changed.
var mirrored = map[string]string{"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "=="}
