package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"derisk/bot/discordtest"
)

const (
	channel       = "1001"
	guild         = "2001"
	manageGuild   = 1 << 5 // Discord's permission bit
	promptly      = 20 * time.Second
	suspendedRule = `
about: Every measure that is suspended.
schedule: "@daily"
each: measure
when: measure.status in ["suspended", "in-force"] and measure.by == "CN"
severity: warning
say: {en: "{{ measure.title }}: {{ measure.status }}", zh: "{{ measure.title }}：{{ measure.status }}"}
`
)

// install is a folder with a derisk of its own, and a Discord to talk to.
type install struct {
	*testing.T
	binary, dir string
	server      *discordtest.Server
}

func newInstall(t *testing.T) *install {
	t.Helper()
	i := &install{T: t, dir: t.TempDir(), server: discordtest.New(t)}
	i.server.AddChannel(channel)
	i.binary = filepath.Join(t.TempDir(), "derisk")
	if out, err := exec.Command("go", "build", "-o", i.binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	if err := os.Mkdir(filepath.Join(i.dir, "rules.d"), 0o755); err != nil {
		t.Fatal(err)
	}
	return i
}

func (i *install) command(args ...string) *exec.Cmd {
	cmd := exec.Command(i.binary, args...)
	cmd.Dir = i.dir
	cmd.Env = append(os.Environ(), "DISCORD_TOKEN="+i.server.Token, "DERISK_DISCORD_API="+i.server.URL(), "TZ=UTC")
	return cmd
}

// lines runs a command and gives the JSON objects that it prints.
func (i *install) lines(args ...string) (objects []map[string]any) {
	i.Helper()
	cmd := i.command(args...)
	var errOut bytes.Buffer
	cmd.Stderr = &errOut
	out, err := cmd.Output()
	if err != nil {
		i.Fatalf("derisk %s: %v\n%s", strings.Join(args, " "), err, &errOut)
	}
	d := json.NewDecoder(bytes.NewReader(out))
	for d.More() {
		var o map[string]any
		if err := d.Decode(&o); err != nil {
			i.Fatalf("derisk %s: %v in %s", strings.Join(args, " "), err, out)
		}
		objects = append(objects, o)
	}
	return objects
}

// run starts the bot, and gives what ends it with a signal and returns what it wrote to standard error.
func (i *install) run() (end func(os.Signal) string) {
	i.Helper()
	cmd := i.command("run")
	var out bytes.Buffer
	cmd.Stderr = &out
	if err := cmd.Start(); err != nil {
		i.Fatal(err)
	}
	ended := false
	end = func(s os.Signal) string {
		i.Helper()
		ended = true
		cmd.Process.Signal(s)
		err := cmd.Wait()
		if s != syscall.SIGKILL && err != nil {
			i.Errorf("derisk run: %v\n%s", err, &out)
		}
		return out.String()
	}
	i.Cleanup(func() {
		if !ended {
			end(syscall.SIGKILL)
			i.Logf("derisk run wrote:\n%s", &out)
		}
	})
	return end
}

// subscribe has somebody on Discord subscribe the channel to everything, while no rules run.
func (i *install) subscribe() {
	i.Helper()
	end := i.run()
	i.server.AwaitReady()
	m := i.server.Interact(discordtest.Ask{Name: "alert", Sub: "subscribe", Guild: guild, Channel: channel, Permissions: manageGuild}).Message(promptly)
	if m == nil {
		i.Fatal("/alert subscribe was not answered")
	}
	end(syscall.SIGTERM)
	if subscriptions := i.lines("subscriptions", "--json"); len(subscriptions) != 1 {
		i.Fatalf("subscriptions: %v, answered %+v", subscriptions, m)
	}
}

func (i *install) rule(name, text string) {
	i.Helper()
	if err := os.WriteFile(filepath.Join(i.dir, "rules.d", name+".yaml"), []byte(text), 0o644); err != nil {
		i.Fatal(err)
	}
}

func (i *install) await(what string, done func() bool) {
	i.Helper()
	for begun := time.Now(); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Since(begun) > promptly {
			i.Fatalf("%s: not within %s", what, promptly)
		}
	}
}

// settled says that n deliveries, which are all, were sent.
func (i *install) settled(n int) func() bool {
	return func() bool {
		deliveries := i.lines("deliveries", "--limit", "1000", "--json")
		for _, d := range deliveries {
			if d["state"] != "sent" {
				return false
			}
		}
		return len(deliveries) == n
	}
}

// foretold are the subjects that a backtest of today names.
func (i *install) foretold() map[string]int {
	i.Helper()
	today := time.Now().UTC().Format(time.DateOnly)
	subjects := map[string]int{}
	for _, f := range i.lines("rules", "backtest", "--from", today, "--to", today, "--json") {
		subjects[fmt.Sprint(f["message"].(map[string]any)["en"])]++
	}
	return subjects
}

// shown counts in how many places of the channel each message stands.
func (i *install) shown(messages map[string]int) map[string]int {
	var all strings.Builder
	for _, m := range i.server.Messages(channel) {
		text, _ := json.Marshal(m.Embeds)
		all.WriteString(m.Content)
		all.Write(text)
	}
	seen := map[string]int{}
	text := strings.NewReplacer(`\\`, "", `\u0026`, "&").Replace(all.String())
	for message := range messages {
		seen[message] = strings.Count(text, message)
	}
	return seen
}

func TestDiscordGetsWhatABacktestForetold(t *testing.T) {
	i := newInstall(t)
	i.subscribe()
	i.rule("by-china", suspendedRule)
	foretold := i.foretold()
	if len(foretold) < 20 {
		t.Fatalf("a backtest foretells only %v", foretold)
	}
	end := i.run()
	i.await("posts", i.settled(len(foretold)))
	wrote := end(syscall.SIGTERM)
	if got := i.shown(foretold); !maps.Equal(got, foretold) {
		t.Errorf("shown %v, foretold %v", got, foretold)
	}
	if strings.Contains(wrote, i.server.Token) {
		t.Error("the token is in the log")
	}
}

// TestKilledBetweenStoringAndPosting kills the program when a post is on its
// way: once when Discord had stored it and the answer was lost, once when it had not.
func TestKilledBetweenStoringAndPosting(t *testing.T) {
	for name, stored := range map[string]bool{"after Discord stored it": true, "before Discord stored it": false} {
		t.Run(name, func(t *testing.T) {
			i := newInstall(t)
			i.subscribe()
			i.rule("by-china", suspendedRule)
			foretold := i.foretold()

			var hit atomic.Int32
			i.server.Script(func(r discordtest.Request) discordtest.Fault {
				if r.Method == "POST" && strings.HasPrefix(r.Path, "/channels/"+channel+"/messages") {
					hit.Add(1)
					return discordtest.Fault{Store: stored, Hang: true}
				}
				return discordtest.Fault{}
			})
			end := i.run()
			i.await("a try", func() bool { return hit.Load() > 0 && len(i.server.Messages(channel)) > 0 == stored })
			end(syscall.SIGKILL)

			i.server.Script(func(discordtest.Request) discordtest.Fault { return discordtest.Fault{} })
			end = i.run()
			i.await("posts after the restart", i.settled(len(foretold)))
			end(syscall.SIGTERM)
			if got := i.shown(foretold); !maps.Equal(got, foretold) {
				t.Errorf("shown %v, foretold %v", got, foretold)
			}
		})
	}
}

func TestGatewayThatWillNeverHaveTheBotEndsIt(t *testing.T) {
	i := newInstall(t)
	for code, words := range map[int]string{4004: "DISCORD_TOKEN", 4010: "shard number", 4012: "newer derisk", 4013: "intents", 4014: "intents"} {
		i.server.CloseNext(code)
		cmd := i.command("run")
		var errOut bytes.Buffer
		cmd.Stderr = &errOut
		err := cmd.Run()
		lines := strings.Split(strings.TrimSpace(errOut.String()), "\n")
		last := lines[len(lines)-1]
		if exit := cmd.ProcessState.ExitCode(); err == nil || exit != 1 || !strings.Contains(last, words) || !strings.Contains(last, fmt.Sprint(code)) {
			t.Errorf("code %d: exit %d, the last line is %q", code, exit, last)
		}
	}
}

func TestWrongTokenIsToldInPlainWords(t *testing.T) {
	i := newInstall(t)
	cmd := i.command("run")
	cmd.Env = append(cmd.Env, "DISCORD_TOKEN=a-wrong-token")
	var errOut bytes.Buffer
	cmd.Stderr = &errOut
	err := cmd.Run()
	if code := cmd.ProcessState.ExitCode(); err == nil || code != 1 {
		t.Errorf("exit %d, %v", code, err)
	}
	lines := strings.Split(strings.TrimSpace(errOut.String()), "\n")
	last := lines[len(lines)-1]
	if !strings.Contains(last, "token") || !strings.Contains(last, "DISCORD_TOKEN") {
		t.Errorf("the last line is %q", last)
	}
	if strings.Contains(errOut.String(), "a-wrong-token") {
		t.Error("the token is told")
	}
}
