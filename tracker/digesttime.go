package tracker

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// DigestTime is when daily and weekly digests go out, by the clock on the wall.
type DigestTime struct {
	Clock time.Duration // since midnight
	Day   time.Weekday  // of weekly ones
	Named bool          // the day was named: it cannot be meant daily
}

// usualDigest is where nothing is written: 09:00, and of weekly ones Monday.
var usualDigest = DigestTime{Clock: 9 * time.Hour, Day: time.Monday}

var digestTimeForm = regexp.MustCompile(`^(?:(mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?[\s@-]+|(?:周|星期|礼拜)([一二三四五六日天])[\s@-]*)?([01]?\d|2[0-3])[:：]([0-5]\d)$`)

// ParseDigestTime reads a time such as "07:30", or with a day of the week
// "fri 16:00" or "周五 16:00". Nothing written is 09:00, of weekly digests on Monday.
func ParseDigestTime(s string) (DigestTime, error) {
	if s == "" {
		return usualDigest, nil
	}
	m := digestTimeForm.FindStringSubmatch(strings.ToLower(strings.TrimSpace(s)))
	if m == nil {
		return DigestTime{}, fmt.Errorf("%s is no time for a digest: write one such as 07:30, or with a day fri 16:00", quoted(s))
	}
	t := DigestTime{Clock: sinceMidnight(m[3], m[4]), Day: usualDigest.Day, Named: m[1]+m[2] != ""}
	for day := time.Sunday; day <= time.Saturday && t.Named; day++ {
		if m[1] == dayWord(day) || strings.Contains([]string{"日天", "一", "二", "三", "四", "五", "六"}[day], m[2]) && m[2] != "" {
			t.Day = day
		}
	}
	return t, nil
}

func dayWord(day time.Weekday) string { return strings.ToLower(day.String()[:3]) }

// String is the form that [ParseDigestTime] reads.
func (t DigestTime) String() string {
	clock := fmt.Sprintf("%02d:%02d", int(t.Clock.Hours()), int(t.Clock.Minutes())%60)
	if t.Named {
		return dayWord(t.Day) + " " + clock
	}
	return clock
}

// checkAt says whether the subscription's digests can go out at its time.
func (s Subscription) checkAt() error {
	t, err := ParseDigestTime(s.At)
	switch {
	case err != nil:
		return err
	case s.At != "" && s.Deliver != Daily && s.Deliver != Weekly:
		return fmt.Errorf("a time of %s is for daily and weekly digests, and these posts go out %s", quoted(s.At), s.Deliver)
	case t.Named && s.Deliver == Daily:
		return fmt.Errorf("%s names a day of the week, and a daily digest has none: leave it out, or make it weekly", quoted(s.At))
	}
	return nil
}

// nextDelivery is the first time of delivery after at, in at's location; at
// itself for what goes out at once. Where the clocks skip the time of a digest, it
// goes out at the first instant after the gap; where they show it twice, the first time.
func (s Subscription) nextDelivery(at time.Time) time.Time {
	switch s.Deliver {
	case Hourly:
		wall := asUTC(at)
		return at.Add(wall.Truncate(time.Hour).Add(time.Hour).Sub(wall))
	case Daily, Weekly:
		t, err := ParseDigestTime(s.At)
		if err != nil {
			t = usualDigest
		}
		return t.after(at, s.Deliver)
	}
	return at
}

// after is the first digest after at.
func (t DigestTime) after(at time.Time, d Deliver) time.Time {
	y, m, day := at.Date()
	for ; ; day++ {
		wall := time.Date(y, m, day, 0, 0, 0, 0, time.UTC).Add(t.Clock)
		if d == Weekly && wall.Weekday() != t.Day {
			continue
		}
		if due := wallTime(wall, at.Location()); due.After(at) {
			return due
		}
	}
}
