package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"derisk/tracker"
)

// board is what was posted, and what is hushed, in memory: all of the owner "local".
type board struct {
	posts  []tracker.Post
	hushes []tracker.Hush
}

func (b *board) Post(_ context.Context, owner, id string) (tracker.Post, error) {
	i := slices.IndexFunc(b.posts, func(p tracker.Post) bool { return p.ID == id })
	if i < 0 || owner != "local" {
		return tracker.Post{}, fmt.Errorf("no post %q: %w", id, tracker.ErrNotFound)
	}
	return b.posts[i], nil
}

func (b *board) RecentPosts(_ context.Context, owner string, most int) ([]tracker.Post, error) {
	if owner != "local" {
		return nil, nil
	}
	return b.posts[:min(most, len(b.posts))], nil
}

// note adds a note to what holds of a post, and gives the post as it was before.
func (b *board) note(owner, id string, n tracker.Note) (tracker.Post, error) {
	before, err := b.Post(context.Background(), owner, id)
	for i := range b.posts {
		if b.posts[i].ID != id || err != nil {
			continue
		}
		for _, t := range before.Tellings() {
			if n.Firing = t.ID; t.Holds() {
				b.posts[i].Notes = append(slices.Clone(b.posts[i].Notes), n)
			}
		}
	}
	return before, err
}

func (b *board) Acknowledge(_ context.Context, owner, id, by string, at time.Time) (tracker.Post, error) {
	return b.note(owner, id, tracker.Note{What: tracker.NoteAcknowledged, By: by, At: at})
}

func (b *board) Snooze(_ context.Context, owner, id string, until time.Time, by string, at time.Time) (tracker.Post, error) {
	return b.note(owner, id, tracker.Note{What: tracker.NoteSnoozed, By: by, At: at, Until: until})
}

func (b *board) Mute(_ context.Context, owner, id, measure string, until time.Time, by string, at time.Time) (tracker.Hush, error) {
	p, err := b.Post(context.Background(), owner, id)
	if err != nil || !slices.Contains(p.Measures(), measure) {
		return tracker.Hush{}, tracker.ErrNotFound
	}
	h := tracker.Hush{ID: fmt.Sprintf("h%d", len(b.hushes)+1), Owner: owner, Channel: p.Channel, Measure: measure, By: by, Made: at, Until: until}
	b.hushes = append(b.hushes, h)
	return h, nil
}

func (b *board) EndHush(_ context.Context, owner, id, _ string, _ time.Time) (tracker.Hush, error) {
	for i, h := range b.hushes {
		if h.ID == id && h.Owner == owner {
			b.hushes = slices.Delete(b.hushes, i, i+1)
			return h, nil
		}
	}
	return tracker.Hush{}, tracker.ErrNotFound
}

func (b *board) Hushes(_ context.Context, owner string) ([]tracker.Hush, error) {
	return slices.DeleteFunc(slices.Clone(b.hushes), func(h tracker.Hush) bool { return h.Owner != owner }), nil
}

// newBoard is a board with a post of one measure, and one of two of which one is over.
func newBoard() *board {
	one, two := aFiring("f1"), aFiring("f2")
	one.Facts = []string{"cn-mofcom-2025-58.suspended"}
	two.Subject, two.Measures = "cn-mofcom-2025-61", []string{"cn-mofcom-2025-61"}
	over := two
	over.ID, over.Kind, over.At = "f2-over", tracker.Resolved, two.At.Add(time.Hour)
	return &board{posts: []tracker.Post{
		{ID: "P1", Channel: "11", Zone: "Asia/Shanghai", Lang: "en", Firings: []tracker.Firing{one}},
		{ID: "P2", Channel: "11", Zone: "Asia/Shanghai", Lang: "en", Firings: []tracker.Firing{one, two, over}},
	}}
}

// TestWhatIsDoneAboutAPost runs lines one after another, at noon of Wednesday, 25
// November 2026 in Shanghai.
func TestWhatIsDoneAboutAPost(t *testing.T) {
	for _, tt := range []struct {
		name, lang string
		lines      []string
		says       []string // of the last line
		is         error
	}{
		{"acknowledged", "en", []string{"alert ack P1"}, []string{"Acknowledged", "suspension-ending of cn-mofcom-2025-58: acknowledged by you"}, nil},
		{"acknowledged again", "en", []string{"alert ack P1", "alert ack P1"}, []string{"acknowledged by local already, 25 November 2026, 12:00 UTC+8"}, nil},
		{"half of it is over", "zh", []string{"alert ack P2"}, []string{"已确认", "cn-mofcom-2025-58：已由您确认", "cn-mofcom-2025-61：已于 2026年10月11日10:00（UTC+8） 结束，未作更改"}, nil},
		{"no such post", "zh", []string{"alert ack P9"}, []string{"没有消息“P9”"}, tracker.ErrNotFound},
		{"snoozed a day", "en", []string{"alert snooze P1"}, []string{"Snoozed", "snoozed until 26 November 2026, 12:00 UTC+8"}, nil},
		{"over a weekend", "en", []string{"alert snooze P1 for:3d"}, []string{"snoozed until 30 November 2026, 09:00 UTC+8", "would fall on a weekend, so it is Monday"}, nil},
		{"until a Saturday", "zh", []string{"提醒 稍后 P1 until:2026-11-28"}, []string{"顺延至周一：2026年11月30日09:00（UTC+8）"}, nil},
		{"until a week from now", "en", []string{"alert snooze P1 1w"}, []string{"until 2 December 2026, 12:00 UTC+8"}, nil},
		{"until what is over", "en", []string{"alert snooze P1 until:yesterday"}, []string{"is over: give a later end"}, ErrUsage},
		{"for and until", "en", []string{"alert snooze P1 1d until:2026-12-01"}, []string{"not both"}, ErrUsage},
		{"for ever", "en", []string{"alert snooze P1 until:2027-11-01"}, []string{"92 days at most"}, ErrUsage},
		{"muted", "en", []string{"alert mute P1"}, []string{"Muted here · h1", "cn-mofcom-2025-58 in channel 11, muted by local, for good"}, nil},
		{"until a day", "en", []string{"alert mute P1 until:2026-12-01"}, []string{"until 1 December 2026, 09:00 UTC+8"}, nil},
		{"which of two", "en", []string{"alert mute P2"}, []string{"Mute which measure?", "cn-mofcom-2025-58: ", "cn-mofcom-2025-61: "}, nil},
		{"the one of two", "en", []string{"alert mute P2 cn-mofcom-2025-61"}, []string{"cn-mofcom-2025-61 in channel 11"}, nil},
		{"a measure that it does not tell of", "en", []string{"alert mute P2 cn-mofcom-2025-62"}, []string{`did you mean "cn-mofcom-2025-61"`}, tracker.ErrNotFound},
		{"nothing muted", "zh", []string{"alert muted"}, []string{"0项", "无"}, nil},
		{"muted are", "en", []string{"alert mute P1", "alert muted"}, []string{"1 snoozed or muted", "h1: cn-mofcom-2025-58 in channel 11"}, nil},
		{"unmuted", "en", []string{"alert mute P1", "alert unmute h1"}, []string{"Ended · h1"}, nil},
		{"unmuted what is not", "en", []string{"alert mute P1", "alert unmute h2"}, []string{`did you mean "h1"`}, tracker.ErrNotFound},
		{"sources", "en", []string{"alert sources P1"}, []string{"https://www.chemradar.com/"}, nil},
		{"sources where none are known", "zh", []string{"alert sources P2"}, []string{"所依事实未注明来源"}, nil},
		{"explained", "en", []string{"alert explain P1"}, []string{"Decided again"}, nil},
		{"explained, one of several", "zh", []string{"alert explain P2"}, []string{"说明哪一条？", "cn-mofcom-2025-61："}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, b := newStore(t), newBoard()
			env := s.env()
			env.Posts, env.Hushes = b, b
			got, err := "", error(nil)
			for _, line := range tt.lines {
				r, bad := readLine(line, asked(tt.lang))
				if bad != nil {
					t.Fatal(bad)
				}
				var reply Reply
				reply, err = Run(t.Context(), env, r)
				if got = textOf(reply); err != nil {
					got, _ = Tell(err, tt.lang)
				} else if !reply.Ephemeral {
					t.Errorf("%s is answered to everybody", line)
				}
			}
			if !errors.Is(err, tt.is) {
				t.Fatalf("error %v, want %v", err, tt.is)
			}
			contains(t, got, tt.says...)
		})
	}
}

func TestWhoMayDoWhatAboutAPost(t *testing.T) {
	for _, tt := range []struct {
		name, line, owner, channel string
		may                        bool
		is                         error
	}{
		{"acknowledge in its channel", "alert ack P1", "local", "11", false, nil},
		{"acknowledge from elsewhere", "alert ack P1", "local", "12", false, ErrRight},
		{"acknowledge from elsewhere with the right", "alert ack P1", "local", "12", true, nil},
		{"acknowledge another's", "alert ack P1", "guild:2", "11", true, tracker.ErrNotFound},
		{"acknowledge as nobody", "alert ack P1", "", "11", true, tracker.ErrNotFound},
		{"snooze", "alert snooze P1", "local", "11", false, ErrRight},
		{"snooze another's", "alert snooze P1", "guild:2", "11", true, tracker.ErrNotFound},
		{"mute", "alert mute P1", "local", "11", false, ErrRight},
		{"mute another's", "alert mute P1", "guild:2", "11", true, tracker.ErrNotFound},
		{"unmute", "alert unmute h1", "local", "11", false, ErrRight},
		{"read another's sources", "alert sources P1", "guild:2", "11", true, tracker.ErrNotFound},
		{"have another's explained", "alert explain P1", "guild:2", "11", true, tracker.ErrNotFound},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBoard()
			env := newStore(t).env()
			env.Posts, env.Hushes = b, b
			r, err := readLine(tt.line, asked("en"))
			if err != nil {
				t.Fatal(err)
			}
			r.Owner, r.Channel, r.MayAlert = tt.owner, tt.channel, tt.may
			_, err = Run(t.Context(), env, r)
			if !errors.Is(err, tt.is) {
				t.Errorf("%v, want %v", err, tt.is)
			}
			if tt.is != nil && len(b.posts[0].Notes)+len(b.hushes) > 0 {
				t.Errorf("changed all the same: %+v %+v", b.posts[0].Notes, b.hushes)
			}
		})
	}
}

func TestWhoReadsNoReviewsSeesNoneInWhatIsDone(t *testing.T) {
	b := newBoard()
	secret := aFiring("f9")
	secret.Owner, secret.Subject = "local", "secretfiling"
	b.posts[0].Firings = append(b.posts[0].Firings, secret)
	b.hushes = []tracker.Hush{{ID: "h1", Owner: "local", Rule: "review-due", Subject: "secretfiling", Review: true}}
	env := newStore(t).env()
	env.Posts, env.Hushes = b, b
	for _, line := range []string{"alert ack P1", "alert snooze P1", "alert explain P1", "alert sources P1", "alert muted", "alert post P1"} {
		for _, may := range []bool{true, false} {
			r, _ := readLine(line, asked("en"))
			r.MayReview = may
			reply, err := Run(t.Context(), env, r)
			if err != nil {
				t.Fatal(err)
			}
			if line != "alert post P1" && strings.Contains(textOf(reply), "secretfiling") != may {
				t.Errorf("%s, may see reviews %t:\n%s", line, may, textOf(reply))
			}
		}
	}
}

func TestButtonsBelowAPost(t *testing.T) {
	note := func(what tracker.NoteKind) []tracker.Note { return []tracker.Note{{Firing: "f1", What: what}} }
	end := aFiring("f1-over")
	end.Kind, end.At = tracker.Resolved, end.At.Add(time.Hour)
	facts := aFiring("f1")
	facts.Facts = []string{"a.b"}
	own := aFiring("f1")
	own.Rule, own.Measures = "derisk.rules", nil
	for _, tt := range []struct {
		name string
		post tracker.Post
		want string
	}{
		{"it holds", tracker.Post{Firings: []tracker.Firing{facts}}, "Acknowledge, Snooze 1 day, Mute here, Explain, Sources / In full"},
		{"acknowledged", tracker.Post{Firings: []tracker.Firing{facts}, Notes: note(tracker.NoteAcknowledged)}, "Snooze 1 day, Mute here, Explain, Sources, In full"},
		{"snoozed", tracker.Post{Firings: []tracker.Firing{facts}, Notes: note(tracker.NoteSnoozed)}, "Acknowledge, Mute here, Explain, Sources, In full"},
		{"woken", tracker.Post{Firings: []tracker.Firing{facts}, Notes: append(note(tracker.NoteSnoozed), note(tracker.NoteWoken)...)}, "Acknowledge, Snooze 1 day, Mute here, Explain, Sources / In full"},
		{"over", tracker.Post{Firings: []tracker.Firing{facts, end}}, "Mute here, Explain, Sources, In full"},
		{"a digest", tracker.Post{Firings: []tracker.Firing{facts}, Digest: true}, "Acknowledge, Mute here, Explain, Sources, In full"},
		{"of derisk itself", tracker.Post{Firings: []tracker.Firing{own}}, "Acknowledge, Snooze 1 day, In full"},
		{"in Chinese", tracker.Post{Firings: []tracker.Firing{facts}, Lang: "zh"}, "确认, 1天后提醒, 在此静音, 说明, 来源 / 全文"},
		{"nothing", tracker.Post{Digest: true}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.post.ID = strings.Repeat("X", 25); tt.post.Lang == "" {
				tt.post.Lang = "en"
			}
			var rows []string
			for _, r := range postButtons(tt.post) {
				var labels []string
				for _, b := range r.Buttons {
					p, err := readButton(b.CustomID)
					if c, bad := Find(p.Command); err != nil || bad != nil || p.Args["id"] != tt.post.ID || !c.has("id") {
						t.Errorf("%s carries %q: %v %v", b.Label, b.CustomID, err, bad)
					}
					labels = append(labels, b.Label)
				}
				rows = append(rows, strings.Join(labels, ", "))
			}
			if got := strings.Join(rows, " / "); got != tt.want {
				t.Errorf("buttons %s, want %s", got, tt.want)
			}
		})
	}
}

func TestPostsAndHushesAreOffered(t *testing.T) {
	b := newBoard()
	b.hushes = []tracker.Hush{{ID: "h1", Owner: "local", Measure: "cn-mofcom-2025-58", Channel: "11"}}
	env := newStore(t).env()
	env.Posts, env.Hushes = b, b
	for command, want := range map[string]string{"alert ack": "P1", "alert snooze": "P1", "alert unmute": "h1"} {
		for _, owner := range []string{"local", "guild:2"} {
			r := asked("en")
			r.Command, r.Owner = command, owner
			found, err := new(Completion).Complete(t.Context(), env, r, "id", "")
			if err != nil || owner != "local" && len(found) > 0 || owner == "local" && (len(found) == 0 || found[0].Value != want) {
				t.Errorf("%s for %s: %v, %v", command, owner, found, err)
			}
		}
	}
}
