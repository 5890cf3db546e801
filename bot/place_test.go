package bot

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"

	"derisk/bot/discordtest"
	"derisk/tracker"
)

const (
	view, send, embed    = discordgo.PermissionViewChannel, discordgo.PermissionSendMessages, discordgo.PermissionEmbedLinks
	readBack, threads    = discordgo.PermissionReadMessageHistory, discordgo.PermissionSendMessagesInThreads
	admin, mentionRights = discordgo.PermissionAdministrator, discordgo.PermissionMentionEveryone
	manageChannels       = discordgo.PermissionManageChannels
)

// TestPermissions works through Discord's documented order: everybody's role,
// roles, then the channel's changes for everybody, for roles, for the member.
func TestPermissions(t *testing.T) {
	later, before := time.Unix(100, 0), time.Unix(10, 0)
	g := guildInfo{ID: "1", Owner: "9", Roles: []roleInfo{{ID: "1", Permissions: view}, {ID: "2", Permissions: send}, {ID: "3", Permissions: embed}, {ID: "4", Permissions: admin}}}
	for _, tt := range []struct {
		name  string
		roles []string
		over  []overwrite
		until *time.Time
		user  string
		want  int64
	}{
		{"everybody's role", nil, nil, nil, "7", view},
		{"roles add up", []string{"2", "3"}, nil, nil, "7", view | send | embed},
		{"another's role counts for nothing", nil, []overwrite{{ID: "2", Allow: send}}, nil, "7", view},
		{"an administrator", []string{"4"}, []overwrite{{ID: "1", Deny: view}}, nil, "7", allRights},
		{"the server's owner", nil, []overwrite{{ID: "1", Deny: view}}, nil, "9", allRights},
		{"the channel denies everybody", []string{"2"}, []overwrite{{ID: "1", Deny: send}}, nil, "7", view},
		{"and allows a role", []string{"2"}, []overwrite{{ID: "2", Allow: send}, {ID: "1", Deny: send}}, nil, "7", view | send},
		{"one role denies, another allows", []string{"2", "3"}, []overwrite{{ID: "2", Allow: send}, {ID: "3", Deny: send}}, nil, "7", view | send | embed},
		{"a role allows, the member is denied", []string{"2"}, []overwrite{{ID: "2", Allow: send}, {ID: "7", Deny: send}}, nil, "7", view},
		{"the member is allowed what a role is denied", []string{"2"}, []overwrite{{ID: "2", Deny: send}, {ID: "7", Allow: send}}, nil, "7", view | send},
		{"who does not see may do nothing", []string{"2"}, []overwrite{{ID: "1", Deny: view}}, nil, "7", 0},
		{"in a time-out", []string{"2"}, nil, &later, "7", view},
		{"after a time-out", []string{"2"}, nil, &before, "7", view | send},
	} {
		if got := permissionsOf(g, tt.over, memberInfo{User: tt.user, Roles: tt.roles, Silenced: tt.until}, time.Unix(50, 0)); got != tt.want {
			t.Errorf("%s: %b, want %b", tt.name, got, tt.want)
		}
	}
}

// server is a Discord with a server 9 whose bot sees and posts, but for what its
// channels change, and a member 55 with Manage Channels.
func server(t *testing.T) *discordtest.Server {
	s := discordtest.New(t)
	s.AddGuild("9", discordtest.Guild{Owner: "1",
		Roles: []discordtest.Role{
			{ID: "9", Permissions: view}, {ID: "91", Permissions: send | embed | readBack | threads},
			{ID: "92", Permissions: manageChannels}, {ID: "93", Mentionable: true}, {ID: "94"}, {ID: "95"}},
		Members: map[string][]string{discordtest.Application: {"91"}, "55": {"92"}}})
	deny := func(what int64) []discordtest.Overwrite {
		return []discordtest.Overwrite{{ID: discordtest.Application, Type: 1, Deny: what}}
	}
	for _, p := range []discordtest.Place{
		{ID: "11", Guild: "9"},
		{ID: "12", Guild: "9", Overwrites: deny(embed | send)},
		{ID: "13", Guild: "9", Kind: 5},
		{ID: "14", Guild: "9", Kind: 15},
		{ID: "15", Guild: "9", Kind: 11, Parent: "11"},
		{ID: "16", Guild: "9", Kind: 11, Parent: "17"},
		{ID: "17", Guild: "9", Overwrites: deny(threads)},
		{ID: "18", Guild: "9", Overwrites: deny(readBack)},
		{ID: "19", Guild: "9", Overwrites: []discordtest.Overwrite{{ID: "92", Deny: manageChannels | view}, {ID: "95", Allow: view}}},
		{ID: "21", Guild: "8"},
		{ID: "31", Kind: 1},
		{ID: "32", Kind: 1},
	} {
		s.AddPlace(p)
	}
	s.AddPlace(discordtest.Place{ID: "20", Guild: "9"})
	s.Forbid("20")
	return s
}

// member is a member of server 9.
func member(user string, rights int64, roles ...string) map[string]any {
	return map[string]any{"member": map[string]any{"user": map[string]any{"id": user}, "permissions": fmt.Sprint(rights), "roles": roles}}
}

// from is what somebody does in a channel where the bot may do so much.
func from(channel string, bot int64, who map[string]any, options map[string]any) discordtest.Ask {
	more := map[string]any{"app_permissions": fmt.Sprint(bot)}
	for k, v := range who {
		more[k] = v
	}
	a := discordtest.Ask{Name: "alert", Sub: "subscribe", Guild: "9", Channel: channel, Options: options, More: more}
	if channel[0] == '3' {
		a.Guild, a.User = "", "55"
	}
	return a
}

// TestPermissionsAreMissedBeforeSubscribing names what the bot lacks, and stores
// nothing then.
func TestPermissionsAreMissedBeforeSubscribing(t *testing.T) {
	const all = view | send | embed | readBack | threads
	ana := member("55", manageChannels|view, "92")
	for _, tt := range []struct {
		name string
		ask  discordtest.Ask
		ok   bool
		says string
		want tracker.Subscription // publish, no reviews
	}{
		{"here", from("11", all, ana, nil), true, "", tracker.Subscription{NoReviews: true}},
		{"here, by who may see reviews", from("11", all, member("55", discordgo.PermissionManageGuild), nil), true, "whoever sees the channel", tracker.Subscription{}},
		{"here without Embed Links", from("11", view|send, ana, nil), false, "I lack Embed Links.", tracker.Subscription{}},
		{"here without anything", from("11", 0, ana, nil), false, "I lack View Channel, Send Messages, Embed Links.", tracker.Subscription{}},
		{"another channel", from("11", all, ana, map[string]any{"channel": "18"}), true, "I lack Read Message History", tracker.Subscription{NoReviews: true}},
		{"another channel that forbids it", from("11", all, ana, map[string]any{"channel": "12"}), false, "I lack Send Messages, Embed Links", tracker.Subscription{}},
		{"an announcement channel", from("11", all, member("55", discordgo.PermissionManageGuild, "92"), map[string]any{"channel": "13"}), true, "published", tracker.Subscription{Publish: true, NoReviews: true}},
		{"a forum", from("11", all, ana, map[string]any{"channel": "14"}), false, "takes no posts", tracker.Subscription{}},
		{"a thread", from("11", all, ana, map[string]any{"channel": "15"}), true, "", tracker.Subscription{NoReviews: true}},
		{"a thread of a channel that forbids it", from("11", all, ana, map[string]any{"channel": "16"}), false, "I lack Send Messages in Threads", tracker.Subscription{}},
		{"a channel that the bot does not see", from("11", all, ana, map[string]any{"channel": "20"}), false, "I see no channel 20", tracker.Subscription{}},
		{"another server's channel", from("11", all, ana, map[string]any{"channel": "21"}), false, "I see no channel 21", tracker.Subscription{}},
		{"another server's channel, by who may do all here", from("11", all, member("55", admin), map[string]any{"channel": "21"}), false, "I see no channel 21", tracker.Subscription{}},
		{"no channel at all", from("11", all, ana, map[string]any{"channel": "77"}), false, "I see no channel 77", tracker.Subscription{}},
		{"what is no id", from("11", all, ana, map[string]any{"channel": "../users/@me"}), false, "I see no channel", tracker.Subscription{}},
		{"the terminal", from("11", all, ana, map[string]any{"channel": TerminalChannel}), false, "I see no channel", tracker.Subscription{}},
		{"a channel that the asker does not manage", from("11", all, ana, map[string]any{"channel": "19"}), false, "you need Manage Channels", tracker.Subscription{}},
		{"a channel that who has the role sees", from("11", all, member("56", view, "95"), map[string]any{"channel": "19"}), true, "", tracker.Subscription{NoReviews: true}},
		{"a channel that who has the role sees not", from("11", all, member("56", view, "94"), map[string]any{"channel": "11"}), false, "changing alerts needs", tracker.Subscription{}},
		{"a role that all may mention", from("11", all, ana, map[string]any{"ping": "93"}), true, "", tracker.Subscription{NoReviews: true}},
		{"a role that the bot may not mention", from("11", all, ana, map[string]any{"ping": "94"}), false, "may not mention", tracker.Subscription{}},
		{"a role that the bot may mention by right", from("11", all|mentionRights, ana, map[string]any{"ping": "94"}), true, "", tracker.Subscription{NoReviews: true}},
		{"@everyone", from("11", all|mentionRights, ana, map[string]any{"ping": "9"}), false, "never mentioned", tracker.Subscription{}},
		{"another server's role", from("11", all|mentionRights, ana, map[string]any{"ping": "2001"}), false, "I see no role", tracker.Subscription{}},
		{"direct messages", from("31", 0, nil, nil), true, "", tracker.Subscription{}},
		{"somebody else's direct messages", from("31", 0, nil, map[string]any{"channel": "32"}), false, "you subscribe for yourself", tracker.Subscription{}},
		{"a server's channel from direct messages", from("31", 0, nil, map[string]any{"channel": "11"}), false, "you subscribe for yourself", tracker.Subscription{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, kept := server(t), newStore(t)
			d := begin(t, s, func(d *Discord) {
				env := kept.env()
				env.Places = d
				d.run = func(ctx context.Context, r Request) (Reply, error) { return Run(ctx, env, r) }
			})
			d.settings.SetSetting(t.Context(), RoleSetting("guild:9", AlertWork), "95")
			s.AwaitReady()
			m := s.Interact(tt.ask).Message(5 * time.Second)
			if m == nil {
				t.Fatal("not answered")
			}
			said := m.Content
			for _, e := range m.Embeds {
				said += e.Title + e.Description
			}
			if !strings.Contains(said, tt.says) || tt.ok != (len(kept.subs) == 1) {
				t.Errorf("stored %+v, says %q", kept.subs, said)
			}
			if tt.ok && (kept.subs[0].Publish != tt.want.Publish || kept.subs[0].NoReviews != tt.want.NoReviews) {
				t.Errorf("stored %+v", kept.subs[0])
			}
			if !tt.ok && m.Flags&discordtest.Ephemeral == 0 {
				t.Error("everybody reads of it")
			}
		})
	}
}

func TestWithoutDiscordsAnswerNothingIsSubscribed(t *testing.T) {
	s, kept := server(t), newStore(t)
	begin(t, s, func(d *Discord) {
		env := kept.env()
		env.Places = d
		d.run = func(ctx context.Context, r Request) (Reply, error) { return Run(ctx, env, r) }
	})
	s.AwaitReady()
	s.Script(discordtest.Storm("GET /", 100, 1, false))
	ask := from("11", view|send|embed, member("55", manageChannels), map[string]any{"channel": "13"})
	ask.Locale = "zh-CN"
	m := s.Interact(ask).Message(20 * time.Second)
	if m == nil || !strings.Contains(m.Content, "目前无法确认") || len(kept.subs) != 0 {
		t.Errorf("stored %+v, says %+v", kept.subs, m)
	}
}

// TestResumeChecksPermissionsAgain takes a right, resumes, gives it back, and
// resumes.
func TestResumeChecksPermissionsAgain(t *testing.T) {
	s, kept := server(t), newStore(t)
	kept.subs = []tracker.Subscription{{ID: "s1", Owner: "guild:9", Channel: "12", Lang: "en", Paused: string(tracker.CauseAccess)}}
	begin(t, s, func(d *Discord) {
		env := kept.env()
		env.Places = d
		d.run = func(ctx context.Context, r Request) (Reply, error) { return Run(ctx, env, r) }
	})
	s.AwaitReady()
	ask := from("11", view|send|embed, member("55", manageChannels, "92"), map[string]any{"id": "s1"})
	ask.Sub = "resume"
	m := s.Interact(ask).Message(5 * time.Second)
	if m == nil || !strings.Contains(m.Content, "I lack Send Messages, Embed Links") || kept.subs[0].Paused == "" {
		t.Fatalf("%+v, says %+v", kept.subs, m)
	}
	s.AddPlace(discordtest.Place{ID: "12", Guild: "9"})
	if m = s.Interact(ask).Message(5 * time.Second); m == nil || kept.subs[0].Paused != "" {
		t.Errorf("%+v, says %+v", kept.subs, m)
	}
}

// TestRightsInOneChannelDoNotReachAnother has somebody who manages channel 11 alone.
func TestRightsInOneChannelDoNotReachAnother(t *testing.T) {
	for _, sub := range []string{"pause", "unsubscribe", "resume", "edit"} {
		s, kept := server(t), newStore(t)
		was := tracker.Subscription{ID: "s1", Owner: "guild:9", Channel: "19", Lang: "en", Zone: "UTC", Deliver: tracker.AtOnce}
		kept.subs = []tracker.Subscription{was}
		begin(t, s, func(d *Discord) {
			env := kept.env()
			env.Places = d
			d.run = func(ctx context.Context, r Request) (Reply, error) { return Run(ctx, env, r) }
		})
		s.AwaitReady()
		ask := from("11", view|send|embed, member("55", manageChannels, "92"), map[string]any{"id": "s1"})
		if ask.Sub = sub; sub == "edit" {
			ask.Options["lang"] = "zh"
		}
		m := s.Interact(ask).Message(5 * time.Second)
		if m == nil || !strings.Contains(m.Content, "in that channel too") || len(kept.subs) != 1 || kept.subs[0] != was {
			t.Errorf("%s: %+v, says %+v", sub, kept.subs, m)
		}
	}
}
