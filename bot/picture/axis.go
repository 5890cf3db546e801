package picture

import (
	"fmt"
	"image"
	"time"
)

// steps are how many months may lie between two ticks of the axis.
var steps = []int{1, 2, 3, 6, 12, 24, 60, 120, 240, 600}

// tickRoom is how far apart ticks must stand to be read, in pixels.
const tickRoom = 96

// Tick is a place on the axis.
type Tick struct {
	At   time.Time
	Name string
}

// Ticks are at most so many places on the axis, evenly apart in months.
func (t Timeline) Ticks(most int) []Tick {
	var all []Tick
	for _, at := range t.ticks(most) {
		all = append(all, Tick{at, tickName(at, false, t.Words.Lang)})
	}
	return all
}

// ticks are the first instants of months, by the clocks of From's zone.
func (t Timeline) ticks(most int) (at []time.Time) {
	from := t.From
	months := t.To.Sub(from).Hours() / 24 / 30.44
	step := steps[len(steps)-1]
	for _, s := range steps {
		if months/float64(s) <= float64(most) {
			step = s
			break
		}
	}
	first := time.Date(from.Year()-from.Year()%max(1, step/12), 1, 1, 0, 0, 0, 0, from.Location())
	for n := 0; ; n += step {
		tick := first.AddDate(0, n, 0)
		if tick.After(t.To) {
			return at
		}
		if !tick.Before(from) {
			at = append(at, tick)
		}
	}
}

// axis draws the ticks over a height, and what they are called below.
func (s *sheet) axis(top, bottom int) {
	ticks := s.ticks(inner / tickRoom)
	end := margin
	for i, tick := range ticks {
		x := s.x(tick)
		s.fill(image.Rect(x-1, top, x+1, bottom+6), s.rule)
		name := tickName(tick, i == 0 && s.roomy(ticks), s.Words.Lang)
		width := s.width(name, small)
		at := min(max(x-width/2, margin), margin+inner-width)
		if at < end {
			continue
		}
		ink := s.faint
		if tick.Month() == time.January {
			ink = s.ink
		}
		s.write(name, small, at, bottom+32, ink)
		end = at + width + 10
	}
}

// roomy says whether the first tick can say its year too before the second.
func (s *sheet) roomy(ticks []time.Time) bool {
	if len(ticks) < 2 {
		return true
	}
	first, second := tickName(ticks[0], true, s.Words.Lang), tickName(ticks[1], false, s.Words.Lang)
	width := s.width(first, small)
	return max(margin, s.x(ticks[0])-width/2)+width+10 <= s.x(ticks[1])-s.width(second, small)/2
}

// tickName is the year in January, else the month, with its year where that is wanted.
func tickName(at time.Time, yearToo bool, lang string) string {
	zh := lang == "zh"
	switch {
	case at.Month() == time.January && zh:
		return fmt.Sprintf("%d年", at.Year())
	case at.Month() == time.January:
		return at.Format("2006")
	case yearToo && zh:
		return fmt.Sprintf("%d年%d月", at.Year(), int(at.Month()))
	case yearToo:
		return at.Format("Jan 2006")
	case zh:
		return fmt.Sprintf("%d月", int(at.Month()))
	}
	return at.Format("Jan")
}
