package bot

import (
	"bytes"
	"errors"
	"testing"

	"derisk/tracker"
)

func TestPostInTheTerminal(t *testing.T) {
	f := aFiring("a")
	f.Message.ZH = "暂停，最后一日 2026年11月10日\n\x1b[2J第二行"
	over := f
	over.Kind = tracker.Resolved
	var b bytes.Buffer
	if _, err := NewTerminalSender(&b).Send(t.Context(), tracker.Post{Lang: "zh", Zone: "Asia/Shanghai", Firings: []tracker.Firing{f, over}}); err != nil {
		t.Fatal(err)
	}
	want := `[警告] suspension-ending · 2026-10-11 09:00 CST
  暂停，最后一日 2026年11月10日
  [2J第二行
[已结束] suspension-ending · 2026-10-11 09:00 CST
  暂停，最后一日 2026年11月10日
  [2J第二行
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &b, want)
	}
	if _, err := NewTerminalSender(closed{}).Send(t.Context(), tracker.Post{Firings: []tracker.Firing{f}}); err == nil {
		t.Error("a closed terminal took the post")
	}
}

type closed struct{}

func (closed) Write([]byte) (int, error) { return 0, errors.New("closed") }
