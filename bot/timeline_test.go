package bot

import (
	"bytes"
	"fmt"
	"image/png"
	"strings"
	"testing"

	"derisk/bot/picture"
	"derisk/tracker"
)

// TestPicturesInWords: who cannot see a picture is told the same.
func TestPicturesInWords(t *testing.T) {
	s := newStore(t)
	for _, tt := range []struct{ lang, line, want string }{
		{"en", "timeline cn-mofcom-2025-58", "Timeline. today 25 Nov 2026: cn-mofcom-2025-58, announced from 9 Oct 2025; suspended from 7 Nov 2025; in force (presumed) from 11 Nov 2026"},
		{"zh", "时间线 cn-mofcom-2025-58", "时间线。今天 2026年11月25日：cn-mofcom-2025-58，2025年10月9日起已公布；2025年11月7日起暂停；2026年11月11日起有效（推定）"},
		{"en", "timeline cn-mofcom-2025-58 on:2025-11-08", "Timeline. 8 Nov 2025: "},
		{"en", "timeline us-ieepa-2025-reciprocal-cn", "suspended from 14 May 2025, 00:01; ended (struck down by a court) from 24 Feb 2026"},
		{"en", "timeline by:EU", "eu-2024-1252: in force; eu-2023-2675: in force"},
		{"en", "timeline", "cn-mofcom-2024-46-2: suspended, next 2026-11-28 back in force; cn-mofcom-2025-72: in force, next 2026-11-28 ended (expired)"},
		{"en", "timeline by:US kind:port-fee", "us-ustr-2025-301-ships, announced from 17 Apr 2025; in force from 14 Oct 2025; suspended"},
		{"en", "timeline", "and 37 more: narrow the filter to see them"},
	} {
		reply, err := s.say(tt.lang, tt.line)
		if err != nil || len(reply.Files) != 1 {
			t.Errorf("%s: %d files, %v", tt.line, len(reply.Files), err)
			continue
		}
		f := reply.Files[0]
		if !strings.Contains(f.About, tt.want) {
			t.Errorf("%s:\n got %q\nwant %q", tt.line, f.About, tt.want)
		}
		if _, err := png.DecodeConfig(bytes.NewReader(f.Data)); err != nil {
			t.Errorf("%s: %v", tt.line, err)
		}
	}
}

func TestTimelinesThatCannotBeDrawn(t *testing.T) {
	s := newStore(t)
	for line, want := range map[string]string{
		"timeline cn-mofcom-2025-85":             `did you mean "cn-mofcom-2025-58"?`,
		"timeline colour:red":                    "colour",
		"timeline from:2027-01-01 to:2026-01-01": "comes before",
		"timeline cn-mofcom-2025-58 theme:pink":  "pink",
		"timeline tag:lithium-batery":            "lithium-battery",
	} {
		if reply, err := s.say("en", line); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, %v", line, reply.Title, err)
		}
	}
	for line, no := range map[string]bool{"timeline cn-mofcom-2025-58 known:2020-01-01": true, "timeline by:XX": false} {
		reply, err := s.say("en", line)
		if err != nil || len(reply.Files) != 0 || reply.No != no {
			t.Errorf("%s: no %v, %d files, %v", line, reply.No, len(reply.Files), err)
		}
	}
}

// TestCoarseDatesAreMarked: what is uncertain is drawn and told so.
func TestCoarseDatesAreMarked(t *testing.T) {
	s := newStore(t)
	s.facts.Measures = append(s.facts.Measures, coarse("x-coarse"))
	reply := s.must("en", "timeline x-coarse")
	drawn := Draw{Width: 80}.Text(reply)
	for _, want := range []string{"=?=?=?", "#?~?#?~", "_~_~_~", "? uncertain", "Q1 2026: effective, to an end known only as first half of 2027", "Q4 2026: back in force (presumed: by dates alone)"} {
		if !strings.Contains(drawn, want) {
			t.Errorf("no %q in\n%s", want, drawn)
		}
	}
	if strings.Count(drawn, "October 2025") != 1 {
		t.Errorf("an event and the change that it makes are told apart:\n%s", drawn)
	}
}

func coarse(id string) *tracker.Measure {
	event := func(name string, what tracker.What, on, until, published string) tracker.Event {
		e := tracker.Event{ID: id + "." + name, What: what, On: tracker.MustDate(on), Published: tracker.MustDate(published), Evidence: tracker.Official}
		if until != "" {
			e.Until = tracker.MustDate(until)
		}
		return e
	}
	return &tracker.Measure{ID: id, Title: text("Coarsely known "+id, "大致已知 "+id), Kind: tracker.Tariff, By: "CN", Zone: "Asia/Shanghai", Events: []tracker.Event{
		event("a", tracker.Announced, "2025-10", "", "2025-10-31"),
		event("e", tracker.Effective, "2026-Q1", "2027-H1", "2025-10-31"),
		event("s", tracker.Suspended, "2026-06-01", "2026-Q4", "2026-06-01"),
	}}
}

// TestBandsInCells: rows line up at every width, in both languages, with colour
// and without.
func TestBandsInCells(t *testing.T) {
	s := newStore(t)
	for _, lang := range []string{"en", "zh"} {
		reply := s.must(lang, "timeline by:CN")
		var bands *picture.Timeline
		for _, section := range reply.Sections {
			if section.Bands != nil {
				bands = section.Bands
			}
		}
		for _, width := range []int{0, 30, 50, 80, 200} {
			var plain, coloured strings.Builder
			Draw{Width: width}.bands(&plain, *bands)
			Draw{Width: width, Colour: true}.bands(&coloured, *bands)
			most := width
			if width == 0 {
				most = bandWidth
			}
			for line := range strings.Lines(plain.String()) {
				if n := cells(strings.TrimRight(line, "\n")); n > max(most, 31) {
					t.Errorf("%s, %d cells wide: %d in %q", lang, width, n, line)
				}
			}
			if got := withoutColour(coloured.String()); squeezeEnds(got) != plain.String() {
				t.Errorf("%s, %d: colour changes more than colour:\n%s\n%s", lang, width, got, plain.String())
			}
		}
	}
}

func withoutColour(s string) string {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(s, "\x1b[")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		_, s, _ = strings.Cut(after, "m")
	}
}

func squeezeEnds(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

// TestManyMeasuresAreCut: of 100,000 measures the first are drawn and the rest
// is told. (It takes about 2 s of one core, all but the picture to look at each.)
func TestManyMeasuresAreCut(t *testing.T) {
	if testing.Short() {
		t.Skip("makes 100,000 measures")
	}
	s := newStore(t)
	for i := range 100_000 {
		m := *s.facts.Measures[i%49]
		m.ID, m.Under = fmt.Sprintf("m-%06d", i), ""
		s.facts.Measures = append(s.facts.Measures, &m)
	}
	reply := s.must("en", "timeline")
	if size, rows := len(reply.Files[0].Data), len(reply.Data.([]courseJSON)); size > 1<<20 || rows != timelineRows {
		t.Errorf("%d bytes, %d rows", size, rows)
	}
	if about := reply.Files[0].About; !strings.Contains(about, "and 100037 more") || len(about) > 4*maxFileAbout {
		t.Errorf("told as %q", about)
	}
}
