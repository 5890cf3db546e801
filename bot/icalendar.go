package bot

import (
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"derisk/tracker"
)

// icalendar is dates as a calendar file (RFC 5545). A day is an event of the
// whole day, an instant is one in UTC, and a date that is known only coarsely
// fills the stretch in which it falls, and says so. What is not sure is
// TENTATIVE. No entry makes anybody busy. The same dates give the same bytes.
func icalendar(items []due, r Request) []byte {
	w := &icsWriter{lang: map[string]string{"zh": "zh-CN"}[r.Lang]}
	if w.lang == "" {
		w.lang = "en"
	}
	name := text("Trade measures", "贸易措施").In(r.Lang)
	w.line("BEGIN", "VCALENDAR")
	w.line("VERSION", "2.0")
	w.line("PRODID", "-//derisk//trade measures//EN")
	w.line("CALSCALE", "GREGORIAN")
	w.text("NAME", name) // RFC 7986
	w.text("X-WR-CALNAME", name)
	used := map[string]bool{}
	for _, d := range items {
		e := d.entry()
		uid := e.uid(d)
		if used[uid] { // the same change again, on another date
			uid = strings.TrimSuffix(uid, "@derisk") + "." + d.On.String() + "@derisk"
		}
		used[uid] = true
		w.event(d, e, uid, r)
	}
	w.line("END", "VCALENDAR")
	return []byte(w.b.String())
}

type icsWriter struct {
	b    strings.Builder
	lang string // as RFC 5646 has it
}

func (w *icsWriter) event(d due, e entry, uid string, r Request) {
	revised := e.Revised
	if revised.IsZero() {
		revised = r.Query.Now
	}
	w.line("BEGIN", "VEVENT")
	w.text("UID", uid)
	w.line("DTSTAMP", icsInstant(revised))
	w.line("SEQUENCE", strconv.Itoa(e.Revision))
	w.when(d)
	w.text("SUMMARY;LANGUAGE="+w.lang, d.summary(r.Lang))
	w.text("DESCRIPTION;LANGUAGE="+w.lang, d.description(e.Links, r.Lang))
	w.text("CATEGORIES;LANGUAGE="+w.lang, e.Category.In(r.Lang))
	for _, l := range e.Links {
		if at, err := url.Parse(l.URL); err == nil && at.Host != "" && (at.Scheme == "http" || at.Scheme == "https") {
			w.line("URL", at.String())
			break
		}
	}
	w.line("STATUS", map[bool]string{true: "CONFIRMED", false: "TENTATIVE"}[e.Sure])
	w.line("TRANSP", "TRANSPARENT")
	w.line("END", "VEVENT")
}

// when writes the days, DTEND being the first day after them, or the instant.
func (w *icsWriter) when(d due) {
	if d.On.Precision() == tracker.Instant {
		w.line("DTSTART", icsInstant(d.at))
		return
	}
	const date = "20060102"
	w.line("DTSTART;VALUE=DATE", d.On.First(time.UTC).Format(date))
	w.line("DTEND;VALUE=DATE", d.On.After(time.UTC).Format(date))
}

func icsInstant(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

// summary is what stands in the calendar: what happens, and to what.
func (d due) summary(lang string) string {
	words := d.What
	if d.Kind != "review" && d.Kind != "commitment" { // these name themselves
		words = say("%s: %s", "%s：%s", words, d.Title)
	}
	if d.On.Coarse() {
		words = say("%s (known only as %s)", "%s（仅知为%s）", words, tellDate(d.On, time.UTC))
	}
	return words.In(lang)
}

func (d due) description(sources []Link, lang string) string {
	lines := nonEmpty(d.Subject+": "+d.What.In(lang), text("Rests on: ", "依据：").In(lang)+d.Sure.In(lang))
	if d.On.Coarse() {
		lines = append(lines, text("The date is known only roughly: it falls somewhere in these days.", "仅知大致日期：在此期间的某一日。").In(lang))
	}
	for _, l := range sources {
		lines = append(lines, strings.Join(nonEmpty(l.Text, l.URL), " "))
	}
	return strings.Join(lines, "\n")
}

// text writes a property whose value is words, escaped.
func (w *icsWriter) text(name, words string) {
	words = strings.ToValidUTF8(words, "\uFFFD")
	words = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n").Replace(words)
	words = strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && unicode.IsControl(r) {
			return -1
		}
		return r
	}, words)
	w.line(name, strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`).Replace(words))
}

// line writes one property, folded at 75 octets between characters.
func (w *icsWriter) line(name, value string) {
	const most = 75
	line, room := name+":"+value, most
	for len(line) > room {
		at := room
		for !utf8.RuneStart(line[at]) {
			at--
		}
		w.b.WriteString(line[:at] + "\r\n ")
		line, room = line[at:], most-1 // after the space
	}
	w.b.WriteString(line + "\r\n")
}
