package bot

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"derisk/bot/discordtest"
	"derisk/tracker"
)

// ended is a post whose firing is over.
func ended(p tracker.Post) tracker.Post {
	end := p.Firings[0]
	end.Kind, end.At, end.ID = tracker.Resolved, end.At.Add(time.Hour), end.ID+"-over"
	p.Firings = append(p.Firings[:1:1], end)
	return p
}

func TestPostShowsWhatBecameOfItThroughAStorm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := discordtest.Fake(t)
		s.AddChannel("11", "12")
		l := newLedger()
		l.add("11", 30)
		l.add("12", 30)
		d := fakeDiscord(t, s, quiet())
		empties(t, l, PosterConfig{Discord: d})
		for _, p := range l.posts {
			p.Post, p.chore, p.NextTry = ended(p.Post), tracker.EditPost, time.Time{}
		}
		s.Script(discordtest.Storm("PATCH /channels/", 45, 1, true))
		empties(t, l, PosterConfig{Discord: d})
		for _, c := range []string{"11", "12"} {
			all := s.Messages(c)
			for _, m := range all {
				if !strings.HasPrefix(m.Embeds[0].Title, "over · ") || !strings.Contains(m.Embeds[0].Description, "↳ **over** · <t:1791684000:f>") || m.Edited == 0 {
					t.Fatalf("%+v", m)
				}
			}
			if len(all) != 30 {
				t.Errorf("%d messages", len(all))
			}
		}
	})
}

func TestWhatCannotBeEditedIsLetBe(t *testing.T) {
	for _, tt := range []struct {
		name    string
		trouble func(*discordtest.Server)
		paused  tracker.Cause
		left    int
	}{
		{"a moderator deleted the message", func(s *discordtest.Server) { s.DeleteMessage("11", s.Messages("11")[0].ID) }, "", 0},
		{"the channel is gone", func(s *discordtest.Server) { s.DeleteChannel("11") }, "", 0},
		{"the channel is out of reach for now", func(s *discordtest.Server) { s.Forbid("11") }, tracker.CauseAccess, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := discordtest.Fake(t)
				s.AddChannel("11")
				l := newLedger()
				l.add("11", 1)
				d := fakeDiscord(t, s, quiet())
				empties(t, l, PosterConfig{Discord: d})
				tt.trouble(s)
				l.posts[0].Post, l.posts[0].chore, l.posts[0].NextTry = ended(l.posts[0].Post), tracker.EditPost, time.Time{}
				NewPoster(PosterConfig{Outbox: l, Discord: d, Log: quiet()}).Flush(t.Context())
				if l.paused["11"] != tt.paused || l.left() != tt.left {
					t.Errorf("paused for %q, %d left", l.paused["11"], l.left())
				}
			})
		})
	}
}

func TestPublishedOnceThoughTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := discordtest.Fake(t)
		s.AddChannel("11")
		l := newLedger()
		l.add("11", 1)
		d := fakeDiscord(t, s, quiet())
		empties(t, l, PosterConfig{Discord: d})
		for range 2 {
			l.posts[0].chore, l.posts[0].NextTry = tracker.PublishPost, time.Time{}
			empties(t, l, PosterConfig{Discord: d})
		}
		if m := s.Messages("11"); len(m) != 1 || !m[0].Published {
			t.Errorf("%+v", m)
		}
	})
}

func TestManyMeasuresOfOneAnnouncementAreOnePostWithALineEach(t *testing.T) {
	p := tracker.Post{ID: "p1", Lang: "en"}
	for _, id := range []string{"a", "b", "c"} {
		f := aFiring(id)
		f.Subject = id
		p.Firings = append(p.Firings, f)
	}
	over := p.Firings[1]
	over.Kind, over.At = tracker.Resolved, over.At.Add(time.Hour)
	p.Firings = append(p.Firings, over)
	p.Notes = []tracker.Note{{Firing: "c", What: tracker.NoteAcknowledged, At: over.At, By: "discord:77"}}
	e := drawPost(p).Embeds
	want := `- suspended, last day 10 November 2026 (a)
- suspended, last day 10 November 2026 (b) ↳ **over** · <t:1791684000:f> (<t:1791684000:R>)
- suspended, last day 10 November 2026 (c) ↳ acknowledged by <@77>, <t:1791684000:f>
<t:1791680400:f> (<t:1791680400:R>)`
	if len(e) != 1 || e[0].Title != "warning · suspension-ending · 3" || e[0].Description != want {
		t.Errorf("%d embeds, %s\n%s", len(e), e[0].Title, e[0].Description)
	}
}
