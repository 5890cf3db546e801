package bot

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"
	"pgregory.net/rapid"

	"derisk/tracker"
)

// entries reads the calendar file of a reply with somebody else's parser.
func entries(t *testing.T, reply Reply) map[string]*ics.VEvent {
	t.Helper()
	if len(reply.Files) != 1 || reply.Files[0].Name != "calendar.ics" || reply.Files[0].Type != "text/calendar" {
		t.Fatalf("files %+v", reply.Files)
	}
	return parsed(t, reply.Files[0].Data)
}

func parsed(t interface{ Fatal(...any) }, data []byte) map[string]*ics.VEvent {
	c, err := ics.ParseCalendar(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]*ics.VEvent{}
	for _, e := range c.Events() {
		if found[e.Id()] != nil {
			t.Fatal("twice: ", e.Id())
		}
		found[e.Id()] = e
	}
	return found
}

func value(e *ics.VEvent, p ics.ComponentProperty) string {
	if e == nil || e.GetProperty(p) == nil {
		return ""
	}
	return e.GetProperty(p).Value
}

func TestCalendarFile(t *testing.T) {
	s := newStore(t)
	s.facts.Measures = append(s.facts.Measures, coarse("x-coarse"))
	found := entries(t, s.must("en", "calendar from:2026-11-09 to:2027-12-31"))
	for _, tt := range []struct {
		name, uid                                string
		start, end, summary, description, status string
	}{
		{"a snap-back on a day, presumed", "snap-back.cn-mofcom-2025-58.suspended@derisk",
			"20261111", "20261112", "back in force: Export control on lithium batteries", "Rests on: presumed: no notice confirms it", "TENTATIVE"},
		{"a day that the act names", "snap-back.us-bis-2025-affiliates.suspended@derisk",
			"20261110", "20261111", "back in force: Affiliates rule", "the act names the day", "CONFIRMED"},
		{"an instant, in UTC and without an end", "snap-back.cn-ctc-2025-4.suspended@derisk",
			"20261110T050100Z", "", "back in force: Retaliatory tariff", "presumed", "TENTATIVE"},
		{"a date known only coarsely fills its stretch", "snap-back.x-coarse.s@derisk",
			"20261001", "20270101", "(known only as Q4 2026)", "known only roughly", "TENTATIVE"},
		{"what the press says", "reported.cn-mofcom-2025-58.reported@derisk",
			"20270110", "20270111", "last day by report: extension to 10 January 2027 reported", "press only: no official notice seen", "TENTATIVE"},
	} {
		e := found[tt.uid]
		if e == nil {
			t.Errorf("%s: no %s", tt.name, tt.uid)
			continue
		}
		for what, is := range map[string][2]string{
			"start": {value(e, ics.ComponentPropertyDtStart), tt.start}, "end": {value(e, ics.ComponentPropertyDtEnd), tt.end},
			"status": {value(e, ics.ComponentPropertyStatus), tt.status}, "busy": {value(e, ics.ComponentPropertyTransp), "TRANSPARENT"},
		} {
			if is[0] != is[1] {
				t.Errorf("%s: %s %q, want %q", tt.name, what, is[0], is[1])
			}
		}
		if got := value(e, ics.ComponentPropertySummary); !strings.Contains(got, tt.summary) {
			t.Errorf("%s: summary %q", tt.name, got)
		}
		if got := value(e, ics.ComponentPropertyDescription); !strings.Contains(got, tt.description) {
			t.Errorf("%s: description %q", tt.name, got)
		}
	}
	zh := entries(t, s.must("zh", "calendar from:2026-11-09 to:2027-12-31"))
	if e := zh["snap-back.cn-mofcom-2025-58.suspended@derisk"]; !strings.Contains(value(e, ics.ComponentPropertySummary), "恢复有效：锂电池") || len(zh) != len(found) {
		t.Errorf("in Chinese %d entries, %q", len(zh), value(e, ics.ComponentPropertySummary))
	}
}

// TestExtendedEndMovesItsEntry: the entry of an end keeps its name when the end
// moves and when it is confirmed, and its revision grows.
func TestExtendedEndMovesItsEntry(t *testing.T) {
	const uid = "snap-back.cn-mofcom-2025-58.suspended@derisk"
	s := newStore(t)
	before := entries(t, s.must("en", "calendar from:2026-11-01 to:2027-12-31"))[uid]
	for _, m := range s.facts.Measures {
		if m.ID == "cn-mofcom-2025-58" {
			m.Events = append(m.Events, tracker.Event{ID: "cn-mofcom-2025-58.extended", What: tracker.Extended, Evidence: tracker.Official,
				On: tracker.MustDate("2026-11-10"), Until: tracker.MustDate("2027-11-10"), Published: tracker.MustDate("2026-11-09")})
		}
	}
	after := entries(t, s.must("en", "calendar from:2026-11-01 to:2027-12-31"))[uid]
	if value(before, ics.ComponentPropertyDtStart) != "20261111" || value(after, ics.ComponentPropertyDtStart) != "20271111" {
		t.Errorf("moved from %q to %q", value(before, ics.ComponentPropertyDtStart), value(after, ics.ComponentPropertyDtStart))
	}
	if was, is := value(before, ics.ComponentPropertySequence), value(after, ics.ComponentPropertySequence); was >= is {
		t.Errorf("revision %s, then %s", was, is)
	}
}

func TestCalendarFileIsTheSameEveryTime(t *testing.T) {
	s := newStore(t)
	first := s.must("zh", "calendar from:2026-01-01 to:2027-12-31").Files[0].Data
	if second := s.must("zh", "calendar from:2026-01-01 to:2027-12-31").Files[0].Data; !bytes.Equal(first, second) {
		t.Error("two files differ")
	}
	if reply := s.must("en", "calendar from:1999-01-01 to:1999-01-02"); len(reply.Files) != 0 {
		t.Error("a calendar without an entry")
	}
}

// TestCalendarLinesHoldAnyWords: no words can break out of their line, and what
// is read back is what was written.
func TestCalendarLinesHoldAnyWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.RuneFrom([]rune("稀土a\\;,:\r\n\t\"\u2028\x00\x1b🚀é")))).Draw(t, "words")
		d := due{On: tracker.MustDate("2026-11-10"), Kind: "start", Subject: "x", Title: text(words, words), What: text("in force", "生效"), Sure: text(words, words),
			entry: func() entry {
				return entry{Root: "x.e", Category: text(words, words), Links: []Link{{words, "https://example.org/" + words}, {words, words}}}
			}}
		data := icalendar([]due{d}, Request{Lang: "en", Query: tracker.Query{Now: time.Unix(0, 0)}})
		checkLines(t, data)
		e := parsed(t, data)["start.x.e@derisk"]
		if got, want := value(e, ics.ComponentPropertySummary), "in force: "+plainWords(words); got != want {
			t.Fatalf("%q read back as %q", want, got)
		}
	})
}

// plainWords is what of words a calendar can hold.
func plainWords(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n").Replace(s)
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && (r < ' ' || r >= 0x7F && r < 0xA0) {
			return -1
		}
		return r
	}, s)
}

func checkLines(t *rapid.T, data []byte) {
	if !bytes.HasSuffix(data, []byte("\r\nEND:VCALENDAR\r\n")) || !utf8.Valid(data) {
		t.Fatalf("it ends %q", data[max(0, len(data)-40):])
	}
	lines := strings.Split(strings.TrimSuffix(string(data), "\r\n"), "\r\n")
	begins := 0
	for _, line := range lines {
		if len(line) > 75 || strings.ContainsAny(line, "\r\n") || !utf8.ValidString(line) {
			t.Fatalf("line %q", line)
		}
		if strings.HasPrefix(line, "BEGIN:") {
			begins++
		}
	}
	if begins != 2 {
		t.Fatalf("%d components in\n%s", begins, data)
	}
}
