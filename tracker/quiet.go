package tracker

import (
	"fmt"
	"regexp"
	"time"
)

// Quiet is the stretch of every day in which nothing is posted: from From up to,
// not including, To, across midnight where To comes first. The zero Quiet is none.
type Quiet struct {
	From, To time.Duration // since midnight, by the clock on the wall
}

var quietForm = regexp.MustCompile(`^\s*([01]\d|2[0-3]):([0-5]\d)\s*[-–]\s*([01]\d|2[0-3]):([0-5]\d)\s*$`)

// ParseQuiet reads quiet hours such as "22:00-07:00"; nothing written is none.
func ParseQuiet(s string) (Quiet, error) {
	if s == "" {
		return Quiet{}, nil
	}
	m := quietForm.FindStringSubmatch(s)
	if m == nil {
		return Quiet{}, fmt.Errorf("%s are no quiet hours: write two times from 00:00 to 23:59, such as 22:00-07:00", quoted(s))
	}
	q := Quiet{From: sinceMidnight(m[1], m[2]), To: sinceMidnight(m[3], m[4])}
	if q.From == q.To {
		return Quiet{}, fmt.Errorf("quiet hours %s would never end: write a later end, or pause the subscription", quoted(s))
	}
	return q, nil
}

func sinceMidnight(hours, minutes string) time.Duration {
	d, _ := time.ParseDuration(hours + "h" + minutes + "m") // the form admits digits only
	return d
}

// String is the form that [ParseQuiet] reads.
func (q Quiet) String() string {
	if q == (Quiet{}) {
		return ""
	}
	return fmt.Sprintf("%02d:%02d-%02d:%02d", int(q.From.Hours()), int(q.From.Minutes())%60, int(q.To.Hours()), int(q.To.Minutes())%60)
}

// End says whether at lies in quiet hours, by the clocks of at's location, and
// when those end. Where the clocks skip a time, it comes at the first instant
// after the gap; where they show one twice, quiet hours begin with the first and
// end with the second.
func (q Quiet) End(at time.Time) (end time.Time, quiet bool) {
	y, m, d := at.Date()
	for _, day := range []int{d - 1, d} {
		midnight := time.Date(y, m, day, 0, 0, 0, 0, time.UTC)
		to := midnight.Add(q.To)
		if q.To < q.From {
			to = to.AddDate(0, 0, 1)
		}
		start, end := wallTime(midnight.Add(q.From), at.Location()), lastWallTime(to, at.Location())
		if !at.Before(start) && at.Before(end) {
			return end, true
		}
	}
	return time.Time{}, false
}

// lastWallTime is the last instant in zone at which its clocks show wall, or,
// where they skip it, the first instant after the gap.
func lastWallTime(wall time.Time, zone *time.Location) time.Time {
	t := wallTime(wall, zone)
	_, change := t.ZoneBounds()
	if change.IsZero() {
		return t
	}
	_, before := t.Zone()
	_, after := change.Zone()
	if again := t.Add(time.Duration(before-after) * time.Second); !again.Before(change) && asUTC(again).Equal(wall) {
		return again
	}
	return t
}
