package bot

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"derisk/tracker"
)

// TerminalSender writes posts to a terminal. It is a [Sender].
type TerminalSender struct {
	mu sync.Mutex // one post at a time
	w  io.Writer
}

// NewTerminalSender makes one that writes to w.
func NewTerminalSender(w io.Writer) *TerminalSender { return &TerminalSender{w: w} }

// Send writes a post. It was sent if all of it was written.
func (t *TerminalSender) Send(_ context.Context, post tracker.Post) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, err := io.WriteString(t.w, postText(post))
	return "", err
}

// postText is a post in plain text, with its times in its own zone.
func postText(post tracker.Post) string {
	zone, err := time.LoadLocation(post.Zone)
	if err != nil {
		zone = time.UTC
	}
	var b strings.Builder
	for _, f := range post.Firings {
		fmt.Fprintf(&b, "[%s] %s · %s\n", firingWord(f).In(post.Lang), inOneLine(f.Rule), f.At.In(zone).Format("2006-01-02 15:04 MST"))
		for line := range strings.Lines(f.Message.In(post.Lang)) {
			fmt.Fprintf(&b, "  %s\n", inOneLine(line))
		}
	}
	return b.String()
}

// inOneLine is text from outside that a terminal can show and not obey.
func inOneLine(s string) string { return strings.Join(strings.Fields(strings.Map(visible, s)), " ") }
