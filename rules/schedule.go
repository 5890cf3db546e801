package rules

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"math/bits"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/robfig/cron/v3"
)

// Schedule is when a rule is due, in a zone. robfig/cron reads the line; when
// it is due is reckoned here, because its own reckoning skips and repeats
// ticks where clocks change.
//
// A time that the clock skips comes at the first instant after the gap, except
// where every hour matches: then the next one comes anyway. A time that the
// clock shows twice comes twice, except where the hour is one number and the
// minute a number or a list of numbers: such a schedule is daily, and each of its
// times comes once on every day that matches, the first time that it is shown.
type Schedule struct {
	line  string
	zone  *time.Location
	every time.Duration // @every: multiples of it since the Unix epoch; else zero
	spec  *cron.SpecSchedule
	daily bool
}

// horizon is how far ahead a due time is looked for: 29 February can be eight years off.
const horizon = 9 * 366

var lineParser = cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.Descriptor)

// descriptors are the names for common lines.
var descriptors = map[string]string{
	"@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
	"@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
}

// ParseSchedule reads five cron fields, @daily and friends, or @every 30s.
// A line that can never come due is refused. The error says what to write.
func ParseSchedule(line string, zone *time.Location) (*Schedule, error) {
	s, faults := parseSchedule(line, zone)
	if len(faults) == 0 {
		return s, nil
	}
	if faults[0].hint == "" {
		return nil, errors.New(faults[0].message)
	}
	return nil, fmt.Errorf("%s: %s", faults[0].message, faults[0].hint)
}

const maxLine = 200 // bytes of a schedule

// parseSchedule is [ParseSchedule] with every fault at its place in the line.
func parseSchedule(line string, zone *time.Location) (*Schedule, []fault) {
	s := &Schedule{line: line, zone: zone}
	whole := func(hint, format string, args ...any) (*Schedule, []fault) {
		return nil, []fault{{0, utf8.RuneCountInString(line), fmt.Sprintf(format, args...), hint}}
	}
	if len(line) > maxLine {
		return whole(cronExample, "a schedule has at most %d bytes, this has %d", maxLine, len(line))
	}
	if rest, ok := strings.CutPrefix(line, "@every"); ok {
		return s.parseEvery(line, strings.TrimSpace(rest))
	}
	fields := line
	if strings.HasPrefix(line, "@") {
		if fields = descriptors[line]; fields == "" {
			return whole(didYouMean(line, append(slices.Sorted(maps.Keys(descriptors)), "@every 30s")), "%q is not a schedule", line)
		}
	}
	switch n := len(strings.Fields(fields)); {
	case strings.Contains(line, "="):
		return whole("leave it out here, and write zone: Asia/Shanghai below", "the zone of a schedule has a key of its own")
	case n == 6:
		return whole("leave out the seconds", "a schedule has five fields (minute hour day month weekday), this has 6")
	case n != 5:
		return whole(cronExample, "a schedule has five fields (minute hour day month weekday), this has %d", n)
	}
	if faults := checkFields(fields); len(faults) > 0 {
		return nil, faults
	}
	parsed, err := lineParser.Parse(plainFields(fields))
	if err != nil { // what is admitted above, robfig/cron is to admit too
		return whole(cronExample, "%v", err)
	}
	s.spec = parsed.(*cron.SpecSchedule)
	minute, hour := strings.Fields(fields)[0], strings.Fields(fields)[1]
	s.daily = !strings.ContainsAny(minute, "*?/-") && !strings.ContainsAny(hour, "*?/,-")
	if s.Next(time.Date(2000, 1, 1, 0, 0, 0, 0, zone)).IsZero() {
		return whole("no month of the schedule has such a day: look at the third and fourth field", "%q can never come due", line)
	}
	return s, nil
}

func (s *Schedule) parseEvery(line, text string) (*Schedule, []fault) {
	whole := func(hint, format string, args ...any) (*Schedule, []fault) {
		return nil, []fault{{0, utf8.RuneCountInString(line), fmt.Sprintf(format, args...), hint}}
	}
	d, err := time.ParseDuration(text)
	switch {
	case err != nil:
		return whole("write @every 30s, @every 15m or @every 6h", "%q is not a duration", text)
	case d < time.Second || d%time.Second != 0:
		return whole("write @every 30s", "@every %s: whole seconds, at least one", text)
	case d > 366*24*time.Hour:
		return whole("write cron fields such as 0 9 1 1 *", "@every %s: a year is the most", text)
	}
	s.every = d
	return s, nil
}

// String is the schedule as it was written.
func (s *Schedule) String() string { return s.line }

// Next is the first due time after t, in the schedule's zone; the zero time
// where none comes within nine years.
func (s *Schedule) Next(t time.Time) time.Time {
	t = t.In(s.zone)
	switch {
	case s.every > 0:
		step := int64(s.every / time.Second)
		return time.Unix((floorDiv(t.Unix(), step)+1)*step, 0).In(s.zone)
	case s.daily:
		return s.nextDaily(t)
	}
	return s.nextByClock(t)
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// nextDaily looks through the days for the first of their times after t.
func (s *Schedule) nextDaily(t time.Time) time.Time {
	y, m, d := t.Date()
	for i := -1; i <= horizon; i++ { // a skipped day comes due on the next
		day := time.Date(y, m, d+i, 0, 0, 0, 0, time.UTC)
		if !s.onDay(day) {
			continue
		}
		if at := s.firstOn(day, t); !at.IsZero() {
			return at
		}
	}
	return time.Time{}
}

// firstOn is the first due time after t among those of a daily schedule's day.
func (s *Schedule) firstOn(day, t time.Time) (first time.Time) {
	for hours := s.spec.Hour &^ starBit; hours != 0; hours &= hours - 1 {
		for minutes := s.spec.Minute &^ starBit; minutes != 0; minutes &= minutes - 1 {
			wall := day.Add(time.Duration(bits.TrailingZeros64(hours))*time.Hour + time.Duration(bits.TrailingZeros64(minutes))*time.Minute)
			at := onClock(wall, s.zone)
			if at.After(t) && (first.IsZero() || at.Before(first)) {
				first = at
			}
		}
	}
	return first
}

// starBit is how robfig/cron marks a field that was "*".
const starBit = 1 << 63

// onDay says whether the day matches month, day of month and weekday. Where
// both of the last are given, either suffices.
func (s *Schedule) onDay(day time.Time) bool {
	if s.spec.Month&(1<<uint(day.Month())) == 0 {
		return false
	}
	ofMonth := s.spec.Dom&(1<<uint(day.Day())) != 0
	ofWeek := s.spec.Dow&(1<<uint(day.Weekday())) != 0
	if s.spec.Dom&starBit != 0 || s.spec.Dow&starBit != 0 {
		return ofMonth && ofWeek
	}
	return ofMonth || ofWeek
}

// nextByClock goes from one reading of the clock to the next that can match,
// never past a change of the clock.
func (s *Schedule) nextByClock(t time.Time) time.Time {
	end := t.AddDate(0, 0, horizon)
	at := t.Truncate(time.Second).Add(time.Second)
	for !at.After(end) {
		wall := onWall(at)
		from, change := at.ZoneBounds()
		if s.matches(wall) || from.Equal(at) && s.skipped(onWall(at.Add(-time.Second)), wall) {
			return at
		}
		next := at.Add(s.untilCandidate(wall))
		if !change.IsZero() && next.After(change) {
			next = change
		}
		at = next
	}
	return time.Time{}
}

// matches says that a reading of the clock is one of the schedule's.
func (s *Schedule) matches(wall time.Time) bool {
	return wall.Second() == 0 && s.spec.Minute&(1<<uint(wall.Minute())) != 0 && s.spec.Hour&(1<<uint(wall.Hour())) != 0 && s.onDay(wall)
}

const everyHour = 1<<24 - 1

// skipped says that a time that matches lies between two readings of the clock,
// before and after it jumped. Where every hour matches none is missed.
func (s *Schedule) skipped(before, after time.Time) bool {
	if s.spec.Hour&everyHour == everyHour {
		return false
	}
	for wall := before.Truncate(time.Minute).Add(time.Minute); wall.Before(after); wall = wall.Add(time.Minute) {
		if s.matches(wall) {
			return true
		}
	}
	return false
}

// untilCandidate is how long after a reading that does not match one can.
func (s *Schedule) untilCandidate(wall time.Time) time.Duration {
	switch {
	case wall.Second() != 0:
		return time.Duration(60-wall.Second()) * time.Second
	case !s.onDay(wall):
		return 24*time.Hour - sinceMidnight(wall)
	case s.spec.Hour&(1<<uint(wall.Hour())) == 0:
		return time.Duration(stepTo(s.spec.Hour, wall.Hour(), 24))*time.Hour - time.Duration(wall.Minute())*time.Minute
	}
	return time.Duration(stepTo(s.spec.Minute, wall.Minute(), 60)) * time.Minute
}

// stepTo is how far the next bit of a field lies after v, or its end.
func stepTo(field uint64, v, end int) int {
	later := field &^ starBit >> uint(v+1)
	return min(bits.TrailingZeros64(later)+1, end-v)
}

func sinceMidnight(wall time.Time) time.Duration {
	return time.Duration(wall.Hour())*time.Hour + time.Duration(wall.Minute())*time.Minute
}

// onWall is what the clocks of t's zone show, as if they showed UTC.
func onWall(t time.Time) time.Time {
	_, offset := t.Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

// onClock is the first instant at which the clocks of zone show wall, or,
// where they skip it, the first instant after the gap.
func onClock(wall time.Time, zone *time.Location) time.Time {
	t := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), 0, 0, zone)
	from, to := t.ZoneBounds()
	if shown := onWall(t); !shown.Equal(wall) { // skipped
		if shown.Before(wall) {
			return to
		}
		return from
	}
	if !from.IsZero() { // perhaps shown twice
		_, now := t.Zone()
		_, before := from.Add(-time.Second).Zone()
		if first := t.Add(time.Duration(now-before) * time.Second); first.Before(from) {
			return first
		}
	}
	return t
}

// Last is the latest due time at or before t; the zero time where there was
// none within nine years.
func (s *Schedule) Last(t time.Time) time.Time {
	for back := 2 * time.Minute; back <= 2*horizon*24*time.Hour; back *= 4 {
		var last time.Time
		for at := range s.Between(t.Add(-back), t) {
			last = at
		}
		if !last.IsZero() {
			return last
		}
	}
	return time.Time{}
}

// Between gives the due times after from, up to and including to, in order.
func (s *Schedule) Between(from, to time.Time) iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		for at := s.Next(from); !at.IsZero() && !at.After(to); at = s.Next(at) {
			if !yield(at) {
				return
			}
		}
	}
}
