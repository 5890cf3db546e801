package bot

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"derisk/bot/discordtest"
)

func TestCommandsAreRegisteredOnlyWhenChanged(t *testing.T) {
	s := discordtest.New(t)
	r := begin(t, s)
	for deadline := time.Now().Add(5 * time.Second); len(s.Commands()) == 0 && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	for _, tt := range []struct {
		name string
		app  string
		do   func()
		want int
	}{
		{"the same again", discordtest.Application, func() {}, 1},
		{"other commands are remembered", discordtest.Application, func() { r.settings.SetSetting(t.Context(), registeredKey, "of another version") }, 2},
		{"another application", "12", func() {}, 3},
		{"no application", "", func() {}, 3},
	} {
		tt.do()
		r.register(t.Context(), tt.app)
		if n := len(s.Requests("PUT /applications/")); n != tt.want {
			t.Errorf("%s: registered %d times, not %d", tt.name, n, tt.want)
		}
	}
}

// The scripted server checks names, lengths and counts.
func TestEveryCommandCanBeRegistered(t *testing.T) {
	s := discordtest.Fake(t)
	a := fakeAPI(t, s)
	if err := a.call(t.Context(), "PUT", "/applications/"+discordtest.Application+"/commands", appCommands(Commands()), nil); err != nil {
		t.Fatal(err)
	}
	var all []appCommand
	if err := json.Unmarshal(s.Commands(), &all); err != nil {
		t.Fatal(err)
	}
	byName := map[string]appCommand{}
	for _, c := range all {
		byName[c.Name] = c
		eachOption(c, func(o appCommand) {
			if o.Names["zh-CN"] == "" || o.Abouts["zh-CN"] == "" || o.About == "" || strings.HasSuffix(o.About, "…") {
				t.Errorf("%s %s: names %v, %q, %v", c.Name, o.Name, o.Names, o.About, o.Abouts)
			}
		})
	}
	for _, name := range []string{"ask", "measure", "check", "calendar", "review", "alert", "rule", "record", "help"} {
		if byName[name].Name == "" {
			t.Errorf("no /%s", name)
		}
	}
	if byName["alert"].Rights != "16" || byName["record"].Rights != "32" || byName["ask"].Rights != "" {
		t.Errorf("rights: alert %q, record %q, ask %q", byName["alert"].Rights, byName["record"].Rights, byName["ask"].Rights)
	}
	if !slices.Equal(byName["record"].Contexts, []int{inServers}) || !slices.Equal(byName["ask"].Contexts, []int{inServers, inDirect}) {
		t.Errorf("contexts: record %v, ask %v", byName["record"].Contexts, byName["ask"].Contexts)
	}
	if id := byName["measure"].Options[0]; id.Name != "id" || !id.Required || !id.Autocomplete || id.Type != 3 {
		t.Errorf("measure's id: %+v", id)
	}
}

func eachOption(c appCommand, do func(appCommand)) {
	do(c)
	for _, o := range c.Options {
		eachOption(o, do)
	}
}

func TestRegistrationIsTriedAgainUnlessRefused(t *testing.T) {
	for _, tt := range []struct {
		fault discordtest.Fault
		want  int
	}{{discordtest.Fault{Status: 502}, 2}, {discordtest.Fault{Reset: true}, 2}, {discordtest.Status(400, 50035), 1}} {
		synctest.Test(t, func(t *testing.T) {
			s := discordtest.Fake(t)
			s.Script(once(tt.fault))
			fakeDiscord(t, s, quiet()).register(t.Context(), "900")
			if got := len(s.Requests("PUT /applications/900/commands")); got != tt.want {
				t.Errorf("%+v: %d tries, not %d", tt.fault, got, tt.want)
			}
		})
	}
}
