package bot

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestMarkedLinesUpBelowChinese(t *testing.T) {
	line := `when: event.note contains "石墨负极" and measure.rate > 5   # 石墨`
	at := func(words string) (column, width int) {
		return runes(line[:strings.Index(line, words)]) + 1, runes(words)
	}
	var marks []Value
	for _, v := range []struct {
		of, value string
		tone      Tone
	}{
		{"event.note", `"自11月10日起暂停"`, Plain}, {`event.note contains "石墨负极"`, "false", Alarm}, {"and", "false", Alarm},
		{"measure.rate", "25", Plain}, {"measure.rate > 5", "true", Good},
	} {
		column, width := at(v.of)
		marks = append(marks, Value{column, width, v.of, v.value, v.tone})
	}
	tests := []struct {
		name, want string
		draw       Draw
	}{
		{"in one line", `  12 | when: event.note contains "石墨负极" and measure.rate > 5   # 石墨
     |       └ "自11月10日起暂停"           └ false
     |       └────────── false ───────────┘     └─── 25 ───┘
     |                                          └──── true ────┘
`, Draw{}},
		{"broken where it is narrow", `  12 | when: event.note contains
     |       └ "自11月10日起暂停"
     |       └───── false ─────┘
     |     "石墨负极" and measure.rate > 5
     |                └ false
     |                    └─── 25 ───┘
     |                    └──── true ────┘
     |     # 石墨
`, Draw{Width: 42}},
		{"coloured on a terminal", "\x1b[2m  12 | \x1b[0mwhen: event.note contains \"石墨负极\" and measure.rate > 5   # 石墨\n" +
			"\x1b[2m     | \x1b[0m      └ \"自11月10日起暂停\"           \x1b[31m└ false\x1b[0m\n" +
			"\x1b[2m     | \x1b[0m      \x1b[31m└────────── false ───────────┘\x1b[0m     └─── 25 ───┘\n" +
			"\x1b[2m     | \x1b[0m                                         \x1b[32m└──── true ────┘\x1b[0m\n", Draw{Colour: true}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var b strings.Builder
			test.draw.marked(&b, Marked{{12, line, marks}})
			if got := b.String(); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

// TestMarkedShowsEveryValueInItsPlace: whatever the line and the widths, every
// value is there, none is written over another, and no line is too wide.
func TestMarkedShowsEveryValueInItsPlace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[a-z.]{1,12}|[石墨]{1,6}|"[a-z]{0,9}"|\(`), 1, 25).Draw(t, "words")
		line := strings.Join(words, " ")
		l := MarkedLine{Number: rapid.IntRange(1, 2000).Draw(t, "number"), Text: line}
		for n := range rapid.IntRange(0, 8).Draw(t, "values") {
			column := rapid.IntRange(1, runes(line)).Draw(t, "column")
			for []rune(line)[column-1] == ' ' {
				column--
			}
			width := rapid.IntRange(1, runes(line)-column+1).Draw(t, "width")
			l.Marks = append(l.Marks, Value{column, width, "x", fmt.Sprintf("%d%s", n, strings.Repeat("值", rapid.IntRange(0, 30).Draw(t, "long"))), Plain})
		}
		width := rapid.IntRange(50, 120).Draw(t, "width of the terminal")
		var b strings.Builder
		Draw{Width: width}.marked(&b, Marked{l})
		drawn := b.String()
		for _, row := range strings.Split(drawn, "\n") {
			if cells(row) > width {
				t.Fatalf("%d cells at a width of %d: %q", cells(row), width, row)
			}
		}
		for _, v := range l.Marks {
			if begins := string([]rune(v.Words)[:min(9, runes(v.Words))]); !strings.Contains(drawn, begins) {
				t.Fatalf("%q is not in\n%s", v.Words, drawn)
			}
		}
		if got := strings.Count(drawn, "└") + strings.Count(drawn, "┘"); len(l.Marks) > 0 && got < len(l.Marks) {
			t.Fatalf("%d brackets for %d values in\n%s", got, len(l.Marks), drawn)
		}
	})
}
