package main

import (
	"encoding/json"
	"strings"
	"syscall"
	"testing"

	"derisk/bot/discordtest"
)

const oneMeasureRule = `
about: How batteries stand.
schedule: "@daily"
each: measure
when: measure.id == "cn-mofcom-2025-58"
severity: warning
say: {en: "{{ measure.title }} stands", zh: "{{ measure.title }}"}
`

// buttons are the custom ids of a message's buttons by their labels.
func buttons(t *testing.T, m *discordtest.Message) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, raw := range m.Components {
		var row struct {
			Components []struct {
				Label string
				ID    string `json:"custom_id"`
			}
		}
		if err := json.Unmarshal(raw, &row); err != nil {
			t.Fatal(err)
		}
		for _, b := range row.Components {
			all[b.Label] = b.ID
		}
	}
	return all
}

// press has somebody press a button below a post and gives what they are told.
func (i *install) press(a discordtest.Ask) string {
	i.Helper()
	a.Type = discordtest.Button
	m := i.server.Interact(a).Message(promptly)
	if m == nil {
		i.Fatalf("%s is not answered", a.CustomID)
	}
	if m.Flags&discordtest.Ephemeral == 0 {
		i.Errorf("%s is answered to everybody", a.CustomID)
	}
	return text(m)
}

// TestButtonsOfAPost presses every button below a post: before and after a
// restart, with the right and without, from the server and from another.
func TestButtonsOfAPost(t *testing.T) {
	i := newInstall(t)
	i.subscribe()
	i.rule("batteries", oneMeasureRule)
	end := i.run()
	i.await("the post", i.settled(1))
	post := func() *discordtest.Message { return &i.server.Messages(channel)[0] }
	have := buttons(t, post())
	for _, label := range []string{"Acknowledge", "Snooze 1 day", "Mute here", "Explain", "Sources", "In full"} {
		if have[label] == "" {
			t.Errorf("no button %s in %v", label, have)
		}
	}
	connected := func(times int) func(discordtest.Gateway) bool {
		return func(g discordtest.Gateway) bool { return g.Open == 1 && g.Ready == 1 && g.Opened == times }
	}
	i.server.AwaitGateway(promptly, "the run that posts", connected(2))
	end(syscall.SIGKILL)
	end = i.run()
	i.server.AwaitGateway(promptly, "the run after it", connected(3))

	member := discordtest.Ask{Guild: guild, Channel: channel, User: "70"}
	as := func(a discordtest.Ask, id string) discordtest.Ask { a.CustomID = id; return a }
	for _, tt := range []struct {
		name string
		ask  discordtest.Ask
		says string
	}{
		{"another server acknowledges", discordtest.Ask{Guild: "2002", Channel: channel, User: "66", Permissions: manageGuild, CustomID: have["Acknowledge"]}, "no post"},
		{"another server reads it", discordtest.Ask{Guild: "2002", Channel: channel, User: "66", Permissions: manageGuild, CustomID: have["In full"]}, "no post"},
		{"another server asks for its sources", discordtest.Ask{Guild: "2002", Channel: channel, User: "66", Permissions: manageGuild, CustomID: have["Sources"]}, "no post"},
		{"a direct message", discordtest.Ask{Channel: channel, User: "66", CustomID: have["Snooze 1 day"]}, "no post"},
		{"a member snoozes without the right", as(member, have["Snooze 1 day"]), "changing alerts needs the right"},
		{"a member mutes without the right", as(member, have["Mute here"]), "changing alerts needs the right"},
		{"a member turns the page of what changes something", as(member, strings.Replace(have["Snooze 1 day"], ":run:", ":page:", 1)), "changing alerts needs the right"},
		{"a member in another channel", discordtest.Ask{Guild: guild, Channel: "1009", User: "70", CustomID: have["Acknowledge"]}, "in its own channel"},
		{"a forged post", as(member, "v1:run:0:alert ack?id=*"), "no post"},
		{"no post", as(member, "v1:run:0:alert ack?id="), "id is missing"},
		{"more than a command takes", as(member, have["Acknowledge"]+"&owner=guild:1"), `has no "owner"`},
		{"a member acknowledges", as(member, have["Acknowledge"]), "acknowledged by you"},
		{"another member does", discordtest.Ask{Guild: guild, Channel: channel, User: "71", CustomID: have["Acknowledge"]}, "acknowledged by discord:70 already"},
		{"a member asks why", as(member, have["Explain"]), "comes out as it did"},
		{"a member asks for the sources", as(member, have["Sources"]), "mofcom.gov.cn"},
		{"a member reads it in full", as(member, have["In full"]), "acknowledged by"},
	} {
		if got := i.press(tt.ask); !strings.Contains(got, tt.says) {
			t.Errorf("%s: %q", tt.name, got)
		}
	}
	shows := func(words string) func() bool {
		return func() bool { return strings.Contains(post().Embeds[0].Description, words) }
	}
	i.await("the post shows who", shows("acknowledged by <@70>"))
	if b := buttons(t, post()); b["Acknowledge"] != "" || b["Snooze 1 day"] == "" {
		t.Errorf("buttons once acknowledged: %v", b)
	}
	manager := member
	manager.Permissions = 1 << 4 // Manage Channels
	if got := i.press(as(manager, have["Snooze 1 day"])); !strings.Contains(got, "snoozed until") {
		t.Errorf("snoozed: %q", got)
	}
	i.await("the post shows until when", shows("snoozed by <@70> until <t:"))
	if b := buttons(t, post()); b["Snooze 1 day"] != "" {
		t.Errorf("buttons once snoozed: %v", b)
	}
	if got := i.press(as(manager, have["Mute here"])); !strings.Contains(got, "for good") {
		t.Errorf("muted: %q", got)
	}
	if got := i.press(as(member, "v1:run:0:alert muted?")); !strings.Contains(got, "h1") || !strings.Contains(got, "h2") {
		t.Errorf("muted are %q", got)
	}
	if m := post().Mentions; m == nil || len(m.Parse)+len(m.Users) > 0 {
		t.Errorf("an edit may call %+v", m)
	}
	end(syscall.SIGTERM)
	if n := len(i.server.Messages(channel)); n != 1 {
		t.Errorf("%d messages", n)
	}
}
