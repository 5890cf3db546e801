package picture

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"
	"time"

	"derisk/tracker"
)

func day(s string) time.Time { return tracker.MustDate(s).First(time.UTC) }

// sample is a timeline of one measure that has everything.
func sample(titles ...string) Timeline {
	return Timeline{
		Title: titles, About: []string{"cn-mofcom-2025-58"}, From: day("2025-08-01"), To: day("2027-04-01"), Today: day("2026-11-25"),
		Rows: []Row{{Name: titles, Beside: "2026-11-28", Bands: []Band{
			{From: day("2025-10-09"), To: day("2025-11-07"), Status: tracker.StatusAnnounced},
			{From: day("2025-11-07"), To: day("2026-11-11"), Status: tracker.StatusSuspended, Uncertain: true},
			{From: day("2026-11-11"), Status: tracker.StatusInForce, Presumed: true},
		}}},
		Notes: []Note{{At: day("2025-10-09"), Day: "9 Oct 2025", Words: "announced", Come: true}, {At: day("2027-03-01"), Day: "1 Mar 2027", Words: "ended"}},
		Words: Words{Lang: "en", Today: "today", Presumed: "presumed", Uncertain: "uncertain", Status: map[tracker.Status]string{
			tracker.StatusAnnounced: "announced", tracker.StatusSuspended: "suspended", tracker.StatusInForce: "in force"}},
	}
}

func drawn(t *testing.T, line Timeline, theme Theme) (image.Image, []byte) {
	t.Helper()
	data, err := line.PNG(theme)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return img, data
}

// TestPictureShowsTheBands looks for the colours of each status where it must be.
func TestPictureShowsTheBands(t *testing.T) {
	for _, theme := range []Theme{Dark, Light} {
		line := sample("T")
		img, data := drawn(t, line, theme)
		if img.Bounds().Dx() != Width || img.Bounds().Dy() < 300 || img.Bounds().Dy() > 800 || len(data) > 300<<10 {
			t.Errorf("%v, %d bytes", img.Bounds(), len(data))
		}
		colours := paletteOf(theme)
		s := sheet{Timeline: line}
		for at, status := range map[string]tracker.Status{"2025-10-20": tracker.StatusAnnounced, "2026-03-01": tracker.StatusSuspended, "2027-01-15": tracker.StatusInForce} {
			if !column(img, s.x(day(at)), colours.status[status].band) {
				t.Errorf("%s: no %s at %s", theme, status, at)
			}
		}
		if column(img, s.x(day("2025-09-10")), colours.status[tracker.StatusAnnounced].band) {
			t.Errorf("%s: something stands before the first date", theme)
		}
	}
}

// TestWhatIsNotSureIsMarked: dots where it is uncertain, hatching where it is presumed.
func TestWhatIsNotSureIsMarked(t *testing.T) {
	for _, theme := range []Theme{Dark, Light} {
		line := sample("T")
		img, _ := drawn(t, line, theme)
		colours, s := paletteOf(theme), sheet{Timeline: line}
		for _, tt := range []struct {
			name, from, to string
			mark           color.RGBA
			there          bool
		}{
			{"sure", "2025-10-12", "2025-11-01", colours.ground, false},
			{"uncertain", "2025-11-20", "2026-02-01", colours.ground, true},
			{"uncertain, not presumed", "2025-11-20", "2026-02-01", mix(colours.status[tracker.StatusSuspended].band, colours.ground, 55), false},
			{"presumed", "2026-12-05", "2027-03-20", mix(colours.status[tracker.StatusInForce].band, colours.ground, 55), true},
			{"presumed, not uncertain", "2026-12-05", "2027-03-20", colours.ground, false},
		} {
			top := 0
			for img.At(s.x(day("2025-10-20")), top) != color.Color(colours.status[tracker.StatusAnnounced].band) {
				top++
			}
			there := false
			for x := s.x(day(tt.from)); x < s.x(day(tt.to)); x++ {
				for y := top; y < top+14; y++ { // above the words on the band
					there = there || img.At(x, y) == color.Color(tt.mark)
				}
			}
			if there != tt.there {
				t.Errorf("%s, %s: marked %v", theme, tt.name, there)
			}
		}
	}
}

// column says whether a colour stands in a column of pixels, or next to it.
func column(img image.Image, x int, c color.Color) bool {
	r, g, b, _ := c.RGBA()
	for dx := -6; dx <= 6; dx++ {
		for y := range img.Bounds().Dy() * 2 / 3 { // the legend stands below
			if r1, g1, b1, _ := img.At(x+dx, y).RGBA(); r1 == r && g1 == g && b1 == b {
				return true
			}
		}
	}
	return false
}

func TestPicturesAreTheSameEveryTime(t *testing.T) {
	_, first := drawn(t, sample("锂电池、正极材料和人造石墨负极材料相关物项出口管制"), Dark)
	_, second := drawn(t, sample("锂电池、正极材料和人造石墨负极材料相关物项出口管制"), Dark)
	if !bytes.Equal(first, second) {
		t.Error("two drawings differ")
	}
}

// TestNamesThatTheFontLacks: never an empty box, the next name is taken.
func TestNamesThatTheFontLacks(t *testing.T) {
	p, err := newPen(Dark)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name  string
		names Names
		want  string
	}{
		{"Chinese", Names{"镓、锗、锑（对美国）“原则上”不予许可"}, "镓、锗、锑（对美国）“原则上”不予许可"},
		{"Latin with accents, composed first", Names{"Se\u0301curite\u0301 – €5"}, "Sécurité – €5"},
		{"a rare character", Names{"𠀀号公告", "Announcement", "id"}, "Announcement"},
		{"Arabic", Names{"تعريفة", "", "id"}, "id"},
		{"an emoji", Names{"Tariff 🚀", "id"}, "id"},
		{"a mark that combines with nothing", Names{"x\u0316", "id"}, "id"},
		{"turned direction and controls", Names{"a\u202eb\u2066c\x00d\re\n f"}, "abcd e f"},
		{"nothing at all", Names{"", "\u200b"}, ""},
	} {
		if got := p.pick(tt.names); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestFontHasWhatIsSaid: all that the starter facts and GB 2312 need.
func TestFontHasWhatIsSaid(t *testing.T) {
	p, err := newPen(Dark)
	if err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{"abcXYZ 0123456789 .,;:!?()[]{}<>/\\|@#%&*+-=_~'\"", "äöüßéèçñøå – — … “” ‘’ · • § ° € £ × ≥ ≤ →", "啊齄一第号公告年月日：，。、；（）《》“”！？—…％"} {
		for _, r := range words {
			if !p.can(string(r)) {
				t.Errorf("no %q (%U)", r, r)
			}
		}
	}
}

// TestHostileTitlesAreCut: words of any length and kind give a picture of bounded size.
func TestHostileTitlesAreCut(t *testing.T) {
	for name, words := range map[string]string{
		"5,000 letters":        strings.Repeat("W", 5000),
		"5,000 characters":     strings.Repeat("稀", 5000),
		"only spaces":          strings.Repeat(" ", 5000),
		"combining marks":      "e" + strings.Repeat("\u0301", 5000),
		"right to left":        strings.Repeat("\u202eשלום", 1000),
		"emoji":                strings.Repeat("👩‍👩‍👧", 1000),
		"not UTF-8":            strings.Repeat("a\xff", 2000),
		"all kinds of newline": strings.Repeat("a\r\n\u2028", 1000),
	} {
		line := sample(words, "id")
		line.About, line.More = []string{words, words}, words
		line.Notes[0].Words, line.Notes[1].Day = words, words
		line.Rows[0].Beside, line.Words.Today = words, words
		line.Words.Status[tracker.StatusSuspended], line.Words.Presumed = words, words
		for _, rows := range []int{1, MaxRows} {
			for len(line.Rows) < rows {
				line.Rows = append(line.Rows, line.Rows[0])
			}
			img, data := drawn(t, line, Dark)
			if height := img.Bounds().Dy(); height > 2500 || len(data) > 1<<20 {
				t.Errorf("%s, %d rows: %d high, %d bytes", name, rows, height, len(data))
			}
		}
	}
}

func TestWhatCannotBeDrawn(t *testing.T) {
	for name, change := range map[string]func(*Timeline){
		"no rows":       func(l *Timeline) { l.Rows = nil },
		"too many rows": func(l *Timeline) { l.Rows = make([]Row, MaxRows+1) },
		"no time":       func(l *Timeline) { l.To = l.From },
		"back in time":  func(l *Timeline) { l.From, l.To = l.To, l.From },
	} {
		line := sample("T")
		change(&line)
		if _, err := line.PNG(Dark); err == nil {
			t.Errorf("%s: drawn", name)
		}
	}
}

// TestTicksCanBeRead: however long the time, the ticks are few, at the first
// instants of months, in order.
func TestTicksCanBeRead(t *testing.T) {
	for _, tt := range []struct {
		from, to string
		first    string
		most     int
	}{
		{"2025-10-01", "2025-10-20", "Oct", 7},
		{"2025-10-05", "2026-12-20", "2026", 7},
		{"2018-07-06", "2027-01-01", "2020", 7},
		{"1900-01-01", "2199-12-31", "1900", 7},
	} {
		line := Timeline{From: day(tt.from), To: day(tt.to), Words: Words{Lang: "en"}}
		ticks := line.Ticks(7)
		if len(ticks) == 0 || len(ticks) > tt.most+1 || ticks[0].Name != tt.first {
			t.Errorf("%s to %s: %v", tt.from, tt.to, ticks)
		}
	}
}
