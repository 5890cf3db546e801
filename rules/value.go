package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"derisk/tracker"
)

// Kind is the type of an expression. Types are known before anything runs.
type Kind string

const (
	Text    Kind = "text"
	Figure  Kind = "figure"
	Date    Kind = "date"
	Truth   Kind = "condition"
	Texts   Kind = "list of texts"
	Figures Kind = "list of figures"
	Dates   Kind = "list of dates"
)

func (k Kind) listed() Kind {
	return map[Kind]Kind{Text: Texts, Figure: Figures, Date: Dates}[k]
}

func (k Kind) element() Kind {
	return map[Kind]Kind{Texts: Text, Figures: Figure, Dates: Date}[k]
}

// A missing figure is NaN: every comparison with it is false.
func missing() float64 { return math.NaN() }

func isMissing(f float64) bool { return math.IsNaN(f) || math.IsInf(f, 0) }

// day is a date as rules see it: a calendar date, and for a time its instant.
// The zero day is missing.
type day struct {
	number int            // days since the Unix epoch; of a time, in the rule's zone
	sec    int64          // of a time: its instant
	zone   *time.Location // of a time: the rule's
	timed  bool
	known  bool
	text   string // as keys print it: 2026-11-10, 2026-Q2 or 2026-11-10T05:01:00Z
}

var epoch = tracker.MustDate("1970-01-01")

// firstDay reads a date by its first day: a month by the first of it, and a
// time that begins a day at home as that day.
func firstDay(d tracker.Date, home, zone *time.Location) day {
	t := d.First(home)
	if d.Precision() == tracker.Instant {
		d = tracker.From(t.In(home))
	}
	return dayOf(d, t, zone)
}

// lastDay reads a date by its last day, as ends and due dates are: what stops
// at the first instant of a day at home has the day before as its last.
func lastDay(d tracker.Date, home, zone *time.Location) day {
	t := d.First(home)
	switch {
	case d.Coarse():
		t = d.After(time.UTC).Add(-time.Second)
	case d.Precision() == tracker.Instant:
		d = tracker.LastDay(t.In(home))
	}
	return dayOf(d, t, zone)
}

// dayOf is the date d, which holds at t, in zone.
func dayOf(d tracker.Date, t time.Time, zone *time.Location) day {
	switch {
	case d.IsZero() || d.Precision() == tracker.Never:
		return day{}
	case d.Precision() == tracker.Instant:
		return instant(t, zone)
	case d.Coarse():
		return day{number: tracker.DaysBetween(epoch, tracker.DayOf(t)), known: true, text: d.String()}
	}
	return day{number: tracker.DaysBetween(epoch, d), known: true, text: d.String()}
}

func instant(t time.Time, zone *time.Location) day {
	if t.IsZero() {
		return day{}
	}
	return day{
		number: tracker.DaysBetween(epoch, tracker.DayOf(t.In(zone))),
		sec:    t.Unix(), zone: zone, timed: true, known: true,
		text: t.UTC().Format(time.RFC3339),
	}
}

// compare orders two dates: two times by the clock, all others by the
// calendar. With a missing one there is no order.
func compare(a, b day) (order int, known bool) {
	if !a.known || !b.known {
		return 0, false
	}
	x, y := int64(a.number), int64(b.number)
	if a.timed && b.timed {
		x, y = a.sec, b.sec
	}
	switch {
	case x < y:
		return -1, true
	case x > y:
		return 1, true
	}
	return 0, true
}

// maxKey is how many bytes a key may have; the digest stands for a longer one.
const maxKey = 1000

// keyOf is the value of a once list as JSON: dates as 2026-11-10, what is missing as null.
func keyOf(values []any) string {
	plain := make([]any, len(values))
	for i, v := range values {
		plain[i] = plainValue(v)
	}
	b, _ := json.Marshal(plain) // strings, finite numbers and lists of strings only
	if len(b) > maxKey {
		b, _ = json.Marshal([]string{"digest", digest(string(b))})
	}
	return string(b)
}

// plainValue is a value as JSON can hold it.
func plainValue(v any) any {
	switch v := v.(type) {
	case day:
		if !v.known {
			return nil
		}
		return v.text
	case float64:
		if isMissing(v) {
			return nil
		}
		if v == 0 {
			return 0.0 // not -0
		}
	case []any:
		plain := make([]any, len(v))
		for i := range v {
			plain[i] = plainValue(v[i])
		}
		return plain
	}
	return v
}

var unknownWords = [2]string{"not known", "不详"}

// print is a value as a message shows it.
func print(v any, lang int) string {
	switch v := v.(type) {
	case string:
		return v
	case int:
		return strconv.Itoa(v)
	case float64:
		if isMissing(v) {
			return unknownWords[lang]
		}
		return strconv.FormatFloat(v, 'f', -1, 64)
	case day:
		if !v.known {
			return unknownWords[lang]
		}
		return v.text
	case []string:
		return strings.Join(v, [2]string{", ", "、"}[lang])
	}
	return unknownWords[lang]
}

// longDay is a date in words: 10 November 2026, 2026年11月10日; a time with its
// clock in the rule's zone, as a last day that ends at 13:01 is no whole day.
func longDay(v day, lang int) string {
	switch {
	case !v.known:
		return unknownWords[lang]
	case v.timed:
		t := time.Unix(v.sec, 0).In(v.zone)
		return t.Format([2]string{"2 January 2006, 15:04", "2006年1月2日15:04"}[lang]) + offset(t, lang)
	case len(v.text) != len(time.DateOnly): // coarse: as it is known
		return v.text
	}
	t := time.Unix(int64(v.number)*86400, 0).UTC()
	return t.Format([2]string{"2 January 2006", "2006年1月2日"}[lang])
}

// offset is how far the clock of t is from UTC: " UTC+8", " UTC-3:30".
func offset(t time.Time, lang int) string {
	_, seconds := t.Zone()
	text := "UTC"
	if seconds != 0 {
		text += fmt.Sprintf("%+d", seconds/3600)
		if minutes := max(seconds, -seconds) % 3600 / 60; minutes != 0 {
			text += fmt.Sprintf(":%02d", minutes)
		}
	}
	return [2]string{" " + text, "（" + text + "）"}[lang]
}

// digest is a short fingerprint of parts.
func digest(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\n")))
	return hex.EncodeToString(sum[:16])
}
