package bot

import (
	"slices"
	"strings"
	"time"

	"derisk/bot/picture"
	"derisk/tracker"
)

// notes are the dated facts of a measure's course, in the order of time: its
// events, and the changes that follow from dates alone. What falls on one
// instant is one note.
func (g glance) notes(course []tracker.Stretch, r Request) []picture.Note {
	on := r.onInstant(g.Location())
	var notes []picture.Note
	add := func(at time.Time, day, words tracker.Text) {
		said := words.In(r.Lang)
		if i := slices.IndexFunc(notes, func(n picture.Note) bool { return n.At.Equal(at) && n.Day == day.In(r.Lang) }); i >= 0 {
			if !strings.Contains(notes[i].Words, said) {
				notes[i].Words += text("; ", "；").In(r.Lang) + said
			}
			return
		}
		notes = append(notes, picture.Note{At: at, Day: day.In(r.Lang), Words: said, Come: !at.After(on)})
	}
	for _, e := range g.known {
		if at := g.takesHold(e); !at.IsZero() {
			add(at, g.shortDate(e.On), g.eventWords(e))
		}
	}
	for i, s := range course {
		if i > 0 && course[i-1].Status != s.Status && !g.dated(s.From) {
			add(s.From, g.shortDate(cmpDate(s.Coarse, tracker.From(s.From))), g.turnWords(course[i-1].Status, s))
		}
	}
	slices.SortStableFunc(notes, func(a, b picture.Note) int { return a.At.Compare(b.At) })
	return notes
}

func cmpDate(coarse, exact tracker.Date) tracker.Date {
	if coarse.IsZero() {
		return exact
	}
	return coarse
}

// shortDate is a date with the month cut short: "10 Nov 2026".
func (g glance) shortDate(d tracker.Date) tracker.Text {
	told := g.date(d)
	switch d.Precision() {
	case tracker.Day:
		told.EN = d.First(time.UTC).Format("2 Jan 2006")
	case tracker.Instant:
		at := d.First(g.Location())
		told = text(at.Format("2 Jan 2006, 15:04"), at.Format("2006年1月2日15:04"))
	}
	return told
}

// dated says whether an official event of the measure takes hold at the instant.
func (g glance) dated(at time.Time) bool {
	return slices.ContainsFunc(g.known, func(e tracker.Event) bool { return e.Moves() && g.takesHold(e).Equal(at) })
}

// takesHold is when an event surely has come: one of a coarse date when that is over.
func (g glance) takesHold(e tracker.Event) time.Time {
	if e.On.Coarse() {
		return e.On.After(g.Location())
	}
	return e.On.First(g.Location())
}

// eventWords tell an event: "suspended, last day 10 Nov 2026", "ended (revoked)",
// "press: extended".
func (g glance) eventWords(e tracker.Event) tracker.Text {
	words := named(whatWords, e.What)
	switch {
	case e.What == tracker.Reported && e.Of != "":
		words = named(whatWords, tracker.What(e.Of))
	case e.What == tracker.Ended:
		words = say("%s (%s)", "%s（%s）", words, named(reasonWords, e.Reason))
	case e.What == tracker.Postponed:
		words = say("%s to %s", "%s至%s", words, g.shortDate(e.To))
	}
	if e.Until.Precision() > tracker.Never {
		end := say(", last day %s", "，最后一日为%s", g.shortDate(e.Until))
		switch {
		case e.Until.Coarse():
			end = say(", to an end known only as %s", "，结束时间仅知为%s", g.shortDate(e.Until))
		case e.Until.Precision() == tracker.Instant:
			end = say(", up to %s", "，至%s止", g.shortDate(e.Until))
		}
		words = join(words, end)
	}
	if e.Evidence != tracker.Official {
		words = say("%s only: %s", "仅%s报道：%s", named(evidenceWords, e.Evidence), words)
	}
	return words
}

// turnWords tell a change that no event of that day makes.
func (g glance) turnWords(was tracker.Status, s tracker.Stretch) tracker.Text {
	words := changeWords(was, tracker.Transition{Status: s.Status, Reason: s.Reason})
	if s.Presumed {
		return say("%s (presumed: by dates alone)", "%s（推定：仅依日期推算）", words)
	}
	return words
}

func noteLines(notes []picture.Note, more string) []string {
	var lines []string
	for _, n := range notes {
		lines = append(lines, n.Day+": "+n.Words)
	}
	return nonEmpty(append(lines, more)...)
}

// courseWords tell a course in one line, for who does not see the picture.
func courseWords(g glance, course []tracker.Stretch) string {
	var parts []tracker.Text
	for _, s := range course {
		words := named(statusWords, s.Status)
		if s.Reason != "" {
			words = say("%s (%s)", "%s（%s）", words, named(reasonWords, s.Reason))
		}
		if s.Presumed {
			words = join(words, text("(presumed)", "（推定）"))
		}
		if s.Uncertain {
			words = join(words, text("(uncertain)", "（不确定）"))
		}
		parts = append(parts, say("%s from %s", "%[2]s起%[1]s", words, g.shortDate(tracker.From(s.From))))
	}
	return g.ID + text(", ", "，").In(g.lang) + joinTexts(parts).In(g.lang)
}
