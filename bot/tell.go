package bot

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"derisk/tracker"
)

// tellDate is a date in words, as coarse as it is known: "10 November 2026",
// "2026年11月10日". An instant is told by the clocks of zone, with their distance
// from UTC.
func tellDate(d tracker.Date, zone *time.Location) tracker.Text {
	t := d.First(zone)
	switch year := t.Year(); d.Precision() {
	case tracker.Unset:
		return tracker.Text{}
	case tracker.Never:
		return text("no date", "无日期")
	case tracker.Year:
		return text(strconv.Itoa(year), fmt.Sprintf("%d年", year))
	case tracker.Half:
		half := (int(t.Month())-1)/6 + 1
		return text(fmt.Sprintf("%s half of %d", []string{"first", "second"}[half-1], year), fmt.Sprintf("%d年%s半年", year, []string{"上", "下"}[half-1]))
	case tracker.Quarter:
		quarter := (int(t.Month())-1)/3 + 1
		return text(fmt.Sprintf("Q%d %d", quarter, year), fmt.Sprintf("%d年第%d季度", year, quarter))
	case tracker.Month:
		return text(t.Format("January 2006"), t.Format("2006年1月"))
	case tracker.Instant:
		return tellInstant(t.In(zone))
	}
	return text(t.Format("2 January 2006"), t.Format("2006年1月2日"))
}

// tellInstant is an instant by the clocks of its own location.
func tellInstant(t time.Time) tracker.Text {
	return text(t.Format("2 January 2006, 15:04 ")+offset(t), t.Format("2006年1月2日15:04（")+offset(t)+"）")
}

// offset is how far t's clocks are from UTC: "UTC+8".
func offset(t time.Time) string {
	_, seconds := t.Zone()
	if seconds == 0 {
		return "UTC"
	}
	hours, minutes := seconds/3600, seconds%3600/60
	if minutes == 0 {
		return fmt.Sprintf("UTC%+d", hours)
	}
	return fmt.Sprintf("UTC%+d:%02d", hours, max(minutes, -minutes))
}

// tellDays is how far a day is from today, both read as calendar days.
func tellDays(today, d tracker.Date) tracker.Text {
	switch n := tracker.DaysBetween(today, d); {
	case n == 0:
		return text("today", "今天")
	case n == 1:
		return text("tomorrow", "明天")
	case n == -1:
		return text("yesterday", "昨天")
	case n > 0:
		return say("in %d days", "%d天后", n)
	default:
		return say("%d days ago", "%d天前", -n)
	}
}

// counted is a number with its noun, of which the Chinese has one form: "%d项审查".
func counted(n int, one, many, zh string) tracker.Text {
	return text(tracker.Count(n, one, many), fmt.Sprintf(zh, n))
}

// number is a figure without needless digits, thousands apart.
func number(v float64) string {
	s := strconv.FormatFloat(v, 'f', -1, 64)
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if fraction != "" {
		whole += "." + fraction
	}
	if v < 0 {
		whole = "-" + whole
	}
	return whole
}

// inLang are texts in one language, without those that are empty.
func inLang(texts []tracker.Text, lang string) []string {
	var list []string
	for _, t := range texts {
		if s := t.In(lang); s != "" {
			list = append(list, s)
		}
	}
	return list
}

// join puts texts behind each other in each language.
func join(texts ...tracker.Text) tracker.Text {
	var sum tracker.Text
	for _, t := range texts {
		if sum.EN != "" && t.EN != "" && !strings.HasPrefix(t.EN, ",") {
			sum.EN += " "
		}
		sum.EN += t.EN
		sum.ZH += t.ZH
	}
	return sum
}

// sourceLinks are the sources of events as links, each once.
func sourceLinks(events []tracker.Event, lang string) []Link {
	var links []Link
	for _, e := range events {
		for _, s := range e.Sources {
			if l := sourceLink(s, lang); !slices.Contains(links, l) {
				links = append(links, l)
			}
		}
	}
	return links
}

func sourceLink(s tracker.Source, lang string) Link {
	title := s.Title
	for _, more := range []string{s.Publisher, tellDate(s.Date, time.UTC).In(lang)} {
		if more != "" {
			title += " · " + more
		}
	}
	return Link{Text: title, URL: s.URL}
}
