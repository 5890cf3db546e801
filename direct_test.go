package main

import (
	"strings"
	"syscall"
	"testing"

	"derisk/bot/discordtest"
)

// Somebody is told of alerts by direct message until they block the bot, and
// sees then why nothing comes (integrations/slack#774, #998).
func TestAlertsByDirectMessage(t *testing.T) {
	const direct = "3001"
	i := newInstall(t)
	i.server.AddPlace(discordtest.Place{ID: direct, Kind: 1})
	i.rule("snap-back", snapBack(t))
	end := i.run()
	i.server.AwaitReady()
	say := func(sub string, options map[string]any) string {
		t.Helper()
		m := i.server.Interact(discordtest.Ask{Name: "alert", Sub: sub, Options: options, Channel: direct, User: "77"}).Message(promptly)
		if m == nil {
			t.Fatalf("/alert %s is not answered", sub)
		}
		return text(m)
	}
	if said := say("subscribe", map[string]any{"channel": channel}); !strings.Contains(said, "subscribe for yourself") {
		t.Errorf("for a channel of a server: %s", said)
	}
	if said := say("subscribe", map[string]any{"filter": "tag:graphite"}); !strings.Contains(said, "s1") {
		t.Errorf("subscribed: %s", said)
	}
	if said := say("drill", nil); !strings.Contains(said, "sent") {
		t.Errorf("drill: %s", said)
	}
	if posts := i.server.Messages(direct); len(posts) != 1 || len(i.server.Messages(channel)) > 0 {
		t.Errorf("posted %d", len(posts))
	}
	i.server.Script(func(r discordtest.Request) discordtest.Fault {
		if r.Method == "POST" && strings.HasPrefix(r.Path, "/channels/"+direct+"/messages") {
			return discordtest.Status(403, 50007) // "Cannot send messages to this user"
		}
		return discordtest.Fault{}
	})
	if said := say("drill", nil); !strings.Contains(said, "no access to the channel") {
		t.Errorf("drill to somebody who blocked the bot: %s", said)
	}
	if said := say("list", nil); !strings.Contains(said, "Paused") || !strings.Contains(said, "no access to the channel") {
		t.Errorf("list: %s", said)
	}
	end(syscall.SIGTERM)
}
