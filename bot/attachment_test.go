package bot

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"derisk/bot/discordtest"
)

var drawing = File{Name: "timeline.png", Type: "image/png", Data: []byte("\x89PNG not really"), About: "in force from 8 November 2025"}

// showing answers with a reply and the files.
func showing(wait time.Duration, files ...File) func(context.Context, Request) (Reply, error) {
	return func(ctx context.Context, _ Request) (Reply, error) {
		long := make([]string, 120)
		for i := range long {
			long[i] = strings.Repeat("a line ", 10)
		}
		return Reply{Title: "t", Sections: []Section{{Lines: long}}, Files: files}, sleep(ctx, wait)
	}
}

// TestFilesGoWithAnswers checks what arrives; that the form is Discord's the
// scripted server checks.
func TestFilesGoWithAnswers(t *testing.T) {
	for _, tt := range []struct {
		name  string
		wait  time.Duration
		first int
	}{
		{"at once", 0, discordtest.Answered},
		{"deferred and then edited", 1800 * time.Millisecond, discordtest.Deferred},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := discordtest.New(t)
			begin(t, s, answers(showing(tt.wait, drawing)))
			s.AwaitReady()
			i := s.Interact(discordtest.Ask{Name: "timeline"})
			if kind, _ := i.First(); kind != tt.first {
				t.Fatalf("answered with %d", kind)
			}
			m := i.Message(4 * time.Second)
			if m == nil || len(m.Files) != 1 {
				t.Fatalf("message %+v", m)
			}
			if f := m.Files[0]; f.Name != drawing.Name || f.Type != drawing.Type || f.About != drawing.About || !bytes.Equal(f.Data, drawing.Data) {
				t.Errorf("file %+v", f)
			}
		})
	}
}

// TestTurnedPagesKeepTheFile: an edit that names no attachments leaves those there.
func TestTurnedPagesKeepTheFile(t *testing.T) {
	s := discordtest.New(t)
	begin(t, s, answers(showing(0, drawing)))
	s.AwaitReady()
	id := pressed{Command: "timeline", Args: map[string]string{"of": "by:CN"}, Page: 1, Turn: true}.id()
	i := s.Interact(discordtest.Ask{Type: discordtest.Button, CustomID: id})
	if kind, _ := i.First(); kind != discordtest.Paged {
		t.Fatalf("answered with %d", kind)
	}
	if m := i.Message(time.Second); m == nil || len(m.Files) != 0 {
		t.Errorf("message %+v", m)
	}
	if raw := s.Requests("POST /interactions/"); strings.Contains(string(raw[0].Body), `"attachments"`) {
		t.Errorf("the turn names attachments: %s", raw[0].Body)
	}
}

func TestFilesThatDiscordWouldRefuse(t *testing.T) {
	for _, tt := range []struct {
		name        string
		files       []File
		sent        int
		says, about string
	}{
		{"too large", []File{{Name: "calendar.ics", Data: make([]byte, maxUpload+1)}}, 0, "calendar.ics is too large", ""},
		{"too large together", []File{{Name: "a.ics", Data: make([]byte, maxUpload-200)}, {Name: "b.ics", Data: make([]byte, 201)}}, 1, "b.ics is too large", ""},
		{"described at length", []File{{Name: "a.png", About: strings.Repeat("长", 2000)}}, 1, "", strings.Repeat("长", 1023) + "…"},
	} {
		m := newMessage()
		m.attach(tt.files, "en")
		if len(m.files) != tt.sent || len(m.Attachments) != tt.sent || !strings.Contains(m.Content, tt.says) {
			t.Errorf("%s: %d files, %d attachments, says %q", tt.name, len(m.files), len(m.Attachments), m.Content)
		}
		if tt.about != "" && m.Attachments[0].Description != tt.about {
			t.Errorf("%s: described as %.40q", tt.name, m.Attachments[0].Description)
		}
	}
}
