package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"derisk/tracker"
)

func chat(t *testing.T, s *store, lines string, d Draw) string {
	t.Helper()
	var out bytes.Buffer
	term := NewTerminal(TerminalConfig{Env: s.env(), In: strings.NewReader(lines), Out: &out, Draw: func() Draw { return d }})
	if err := term.Chat(t.Context()); err != nil && !errors.Is(err, ErrScript) {
		t.Fatal(err)
	}
	return out.String()
}

func TestChat(t *testing.T) {
	for _, c := range []struct{ name, line, says string }{
		{"a command", "measure cn-mofcom-2025-58", "cn-mofcom-2025-58: "},
		{"with a slash", "/measure cn-mofcom-2025-58", "cn-mofcom-2025-58: "},
		{"in Chinese", "措施 cn-mofcom-2025-58 lang:zh", "类别"},
		{"in capitals", "MEASURE CN-MOFCOM-2025-58", "cn-mofcom-2025-58: "},
		{"a bare question", "is announcement 61 in force on 2026-11-12?", "presumably yes"},
		{"a bare question in Chinese", "2026年11月12日第61号公告有效吗", "推定为是"},
		{"a mistyped command", "mesure cn-mofcom-2025-58", `did you mean "measure"?`},
		{"a mistyped command behind a slash", "/hepl me with this please", `did you mean "help"?`},
		{"a group alone", "alert", "subscribe, preview, edit, list"},
		{"an argument by a flag", "measure cn-mofcom-2025-58 --on 2026-11-10", "last day 10 November 2026"},
		{"an argument by a flag and =", "measure cn-mofcom-2025-58 --on=2026-11-10", "last day 10 November 2026"},
		{"an argument with a full-width colon", "measure cn-mofcom-2025-58 on：2026-11-10", "last day 10 November 2026"},
		{"a name in quotes", `review add cn-mofcom-2025-58 2026-10-26 name:"first filing of the year"`, "first filing of the year"},
		{"a filter in quotes", `alert subscribe text:"rare earth" deliver:daily`, `text:"rare earth"`},
		{"the order of words", "review add cn-mofcom-2025-58 2026-10-26 My filing", "My filing"},
		{"the next line after an error", "measure nothing-here\noverview on:2026-11-25", "25 November 2026"},
		{"nothing after quit", "quit\noverview", ""},
		{"empty lines", "\n   \n", ""},
		{"no newline at the end", "help", "alert subscribe"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := chat(t, newStore(t), c.line, Draw{})
			if c.says == "" && got != "" {
				t.Errorf("says %q", got)
			}
			contains(t, got, c.says)
		})
	}
}

func TestChatShowsNoControlCharacters(t *testing.T) {
	s := newStore(t)
	hostile := "\x1b]0;owned\x07\x1b[2J\u202eevil\u200b\r"
	m := *s.facts.Measures[0]
	m.Title = text(hostile, hostile)
	s.facts.Measures = append([]*tracker.Measure{&m}, s.facts.Measures[1:]...)
	got := chat(t, s, "measure "+m.ID+"\nask "+hostile+"\n"+hostile+"\nmeasure "+hostile, Draw{Width: 80})
	if i := strings.IndexFunc(got, func(r rune) bool { return r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) }); i >= 0 {
		t.Errorf("%q at %d of %q", got[i:i+1], i, got)
	}
	contains(t, got, "evil")
}

func TestChatColoursOnlyWhereAsked(t *testing.T) {
	if got := chat(t, newStore(t), "overview", Draw{Colour: true}); !strings.Contains(got, "\x1b[") {
		t.Error("no colour where it was asked for")
	}
	if got := chat(t, newStore(t), "overview\nnonsense x\nmeasure x", Draw{}); strings.Contains(got, "\x1b") {
		t.Errorf("colour where none was asked for: %q", got)
	}
}

// endless is an input at which nobody types.
type endless struct{ closed chan struct{} }

func (e endless) Read([]byte) (int, error) {
	<-e.closed
	return 0, io.EOF
}

func TestChatEndsWithItsContext(t *testing.T) {
	in := endless{make(chan struct{})}
	defer close(in.closed)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- NewTerminal(TerminalConfig{Env: newStore(t).env(), In: in, Out: io.Discard}).Chat(ctx)
	}()
	cancel()
	select {
	case err := <-done:
		if err != nil {
			t.Errorf("ends with %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Error("does not end")
	}
}

func TestChatRefusesALineWithoutEnd(t *testing.T) {
	term := NewTerminal(TerminalConfig{Env: newStore(t).env(), In: strings.NewReader(strings.Repeat("x", longestLine+1)), Out: io.Discard})
	if err := term.Chat(t.Context()); err == nil {
		t.Error("no error")
	}
}

func TestPostIsShownOnce(t *testing.T) {
	var out bytes.Buffer
	term := NewTerminal(TerminalConfig{Out: &out})
	p := tracker.Post{ID: "p1", Channel: TerminalChannel, Lang: "zh", Zone: "Asia/Shanghai", Firings: []tracker.Firing{firing("cn-mofcom-2025-58"), firing("cn-mofcom-2025-61")}}
	for range 2 {
		if _, err := term.Send(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	if n := strings.Count(out.String(), "还有7天"); n != 2 {
		t.Errorf("two firings are told %d times:\n%s", n, out.String())
	}
	contains(t, out.String(), "2026-11-03 09:00", "warning suspension-ending")
}

func TestPostThatCannotBeShownIsTriedAgain(t *testing.T) {
	r, w := io.Pipe()
	_ = r.Close()
	term := NewTerminal(TerminalConfig{Out: w})
	_, err := term.Send(t.Context(), tracker.Post{ID: "p1", Firings: []tracker.Firing{firing("x")}})
	if failed, ok := errors.AsType[*SendError](err); !ok || failed.Cause != "" {
		t.Errorf("%v", err)
	}
}

// TestColumnsLineUp counts cells: a Chinese character takes two.
func TestColumnsLineUp(t *testing.T) {
	table := Table{Columns: []string{"措施", "状态", "x"}, Rows: [][]string{
		{"cn-mofcom-2025-58", "有效，推定", "1"},
		{"锂电池", "in force", "2"},
		{"", "—", "3"},
		{"한화오션", "ｆｕｌｌ", "4"},
	}}
	lines := strings.Split(strings.TrimSuffix((Draw{}).Text(Reply{Sections: []Section{{Table: &table}}}), "\n"), "\n")
	want := cells(lines[0]) - 1
	for i, line := range lines[1:] {
		last := string(rune('1' + i))
		if got := cells(strings.TrimSuffix(line, last)); got != want {
			t.Errorf("%q: the last column begins at %d, want %d", line, got, want)
		}
	}
	if cells("锂电池") != 6 || cells("abc") != 3 || cells("“x”") != 3 {
		t.Errorf("cells: %d %d %d", cells("锂电池"), cells("abc"), cells("“x”"))
	}
}

func TestWrap(t *testing.T) {
	for _, words := range []string{
		"in force since 11 November 2026 (presumed: the suspension's last day was 10 November 2026)",
		"自2026年11月11日起有效（推定：暂停的最后一日为2026年11月10日，未见公告予以证实或否认）。",
		strings.Repeat("x", 100),
		"混合 mixed 文字 text，with，“quotes”（and brackets）。" + strings.Repeat("长", 60),
	} {
		for width := 20; width < 60; width += 7 {
			lines := wrap(words, width)
			for _, line := range lines {
				if cells(line) > width && strings.ContainsFunc(line, func(r rune) bool { return r == ' ' || unicode.Is(unicode.Han, r) }) {
					t.Errorf("%d cells, at most %d: %q", cells(line), width, line)
				}
			}
			if got := strings.ReplaceAll(strings.Join(lines, ""), " ", ""); got != strings.ReplaceAll(words, " ", "") {
				t.Errorf("lost words: %q of %q", got, words)
			}
			if slices.ContainsFunc(lines[1:], func(l string) bool { return strings.HasPrefix(l, "，") || strings.HasPrefix(l, "）") }) {
				t.Errorf("a line begins with what closes: %q", lines)
			}
		}
	}
}

func TestTypedWords(t *testing.T) {
	for _, c := range []struct {
		line string
		want map[string]string
	}{
		{`check graphite anode from:CN to:US`, map[string]string{"product": "graphite anode", "from": "CN", "to": "US"}},
		{`check from:CN graphite --to US anode`, map[string]string{"product": "graphite anode", "from": "CN", "to": "US"}},
		{`check x attr:a=1 attr:b=2`, map[string]string{"product": "x", "attr": "a=1 b=2"}},
		{`ask is "61" in force?`, map[string]string{"question": `is "61" in force?`}},
		{`ask what does "it mean`, map[string]string{"question": `what does "it mean`}},
		{`ask note: is 61 in force on:2026-01-01`, map[string]string{"question": "note: is 61 in force", "on": "2026-01-01"}},
		{`review stop r1 2026-11-02 for:“expert review”`, map[string]string{"id": "r1", "day": "2026-11-02", "for": "expert review"}},
		{`rule backtest suspension-ending from:2026-01-01`, map[string]string{"rule": "suspension-ending", "from": "2026-01-01"}},
		{`measures by:CN text:"rare earth"`, map[string]string{"filter": `by:CN text:"rare earth"`}},
	} {
		r, err := readLine(c.line, Request{})
		if err != nil {
			t.Errorf("%s: %v", c.line, err)
			continue
		}
		if len(r.Args) != len(c.want) {
			t.Errorf("%s: %v, want %v", c.line, r.Args, c.want)
		}
		for name, want := range c.want {
			if r.Args[name] != want {
				t.Errorf("%s: %s is %q, want %q", c.line, name, r.Args[name], want)
			}
		}
	}
}

func TestChatCompletes(t *testing.T) {
	term := NewTerminal(TerminalConfig{Env: newStore(t).env()})
	for _, c := range []struct{ line, want string }{
		{"mea", "measure "},
		{"/rev", "/review "},
		{"review st", "stop "},
		{"measure cn-mofcom-2025-5", "cn-mofcom-2025-58"},
		{"check lithium fr", "from:"},
		{"alert subscribe tag:lith", "tag:lithium-battery"},
		{"check graphite end-use:m", "military"},
		{"measure graphite anode", "cn-mofcom-2025-58"},
		{"措", "措施 "},
	} {
		if head, offers, _ := term.complete(t.Context(), c.line, len([]rune(c.line))); !strings.HasPrefix(c.line, head) || len(head) > 0 && !strings.ContainsAny(head[len(head)-1:], " :") || !slices.ContainsFunc(offers, func(o Choice) bool { return o.Value == c.want }) {
			t.Errorf("%q completes to %v, want %q", c.line, offers, c.want)
		}
	}
}

func FuzzReadLine(f *testing.F) {
	for _, line := range []string{"ask x", `a "b`, "--", "--=", ":", "review", `“”`, "/ /", "check a:b:c --from"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		r, err := readLine(line, asked("en"))
		if err != nil {
			return
		}
		if _, err := Find(r.Command); err != nil {
			t.Errorf("%q is read to %q", line, r.Command)
		}
	})
}

// A script is told on the side which lines were not answered, and fails for them.
func TestScript(t *testing.T) {
	for _, c := range []struct {
		name, lines, told string
		fails             bool
	}{
		{"all answered", "# how things stand\noverview on:2026-11-25\n\n   # done\nhelp", "", false},
		{"one not", "overview on:2026-11-25\n\n/mesure x\nhelp", "line 3: no command \"mesure\": did you mean \"measure\"?\n", true},
		{"not after the end", "quit\n/mesure x", "", false},
		{"before the end", "/mesure x\nquit", "line 1: no command \"mesure\": did you mean \"measure\"?\n", true},
		{"no answer but known", "measure cn-mofcom-2025-58 on:2025-01-01", "", false},
	} {
		var out, told bytes.Buffer
		err := NewTerminal(TerminalConfig{Env: newStore(t).env(), In: strings.NewReader(c.lines), Out: &out, Err: &told}).Chat(t.Context())
		if told.String() != c.told || errors.Is(err, ErrScript) != c.fails || err != nil && !c.fails {
			t.Errorf("%s: %v, told %q", c.name, err, told.String())
		}
	}
}

func TestScriptInObjects(t *testing.T) {
	var out bytes.Buffer
	term := NewTerminal(TerminalConfig{Env: newStore(t).env(), In: strings.NewReader("measure cn-mofcom-2025-58\nmeasures by:CN kind:tariff\nhelp ask"), Out: &out, JSON: true})
	if err := term.Chat(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := term.Send(t.Context(), tracker.Post{ID: "p1", Firings: []tracker.Firing{firing("x")}}); err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(out.String()) {
		if n++; !json.Valid([]byte(line)) || line[0] != '{' {
			t.Errorf("no object: %s", line)
		}
	}
	if n != 6 {
		t.Errorf("%d objects:\n%s", n, out.String())
	}
	contains(t, out.String(), `{"post":{"id":"p1"`)
}

func TestTypedLinesAreKept(t *testing.T) {
	kept := typedLines{filepath.Join(t.TempDir(), "state", "derisk", "typed")}
	for _, line := range []string{"overview", " secret", "", "\x1b[2J", strings.Repeat("x", longestTyped+1), "第61号公告有效吗"} {
		if err := kept.add(line); err != nil {
			t.Fatal(err)
		}
	}
	if got := kept.read(); !slices.Equal(got, []string{"overview", "第61号公告有效吗"}) {
		t.Errorf("kept %q", got)
	}
	info, err := os.Stat(kept.path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if err := os.WriteFile(kept.path, []byte(strings.Repeat("measures by:CN\n", 100_000)+"last"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := kept.read(); len(got) != mostTyped || got[mostTyped-1] != "last" {
		t.Errorf("%d lines", len(got))
	}
	if info, err = os.Stat(kept.path); err != nil || info.Size() > fullTyped || info.Mode().Perm() != 0o600 {
		t.Errorf("not shortened: %v, %v", info, err)
	}
	for _, path := range []string{"", t.TempDir(), filepath.Join(kept.path, "below", "a file")} {
		if got := (typedLines{path}).read(); len(got) > 0 {
			t.Errorf("%q gives %v", path, got)
		}
	}
}
