package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"derisk/bot/discordtest"
)

// TestRulesAreReloaded edits the folder while the bot runs: a rule that comes is
// live at once, and one that is broken afterwards goes on in its last good version.
func TestRulesAreReloaded(t *testing.T) {
	i := newInstall(t)
	i.subscribe()
	end := i.run()
	i.server.AwaitReady()
	i.rule("by-china", suspendedRule)
	foretold := i.foretold()
	begun := time.Now()
	i.await("posts of the rule that came", i.settled(len(foretold)))
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("live after %s", took)
	}

	i.rule("by-china", strings.Replace(suspendedRule, "measure.status", "measure.statu", 1))
	i.await("the broken rule to run on", func() bool {
		m := i.server.Interact(discordtest.Ask{Name: "rule", Sub: "list", Guild: guild, Channel: channel}).Message(promptly)
		return m != nil && strings.Contains(text(m), `no field "statu"`)
	})
	if wrote := end(syscall.SIGTERM); !strings.Contains(wrote, `by-china.yaml:5:15: when: a measure has no field "statu"`) {
		t.Errorf("the fault is not told:\n%s", wrote)
	}
}

func text(m *discordtest.Message) string {
	all := m.Content
	for _, e := range m.Embeds {
		all += e.Title + e.Description
		for _, f := range e.Fields {
			all += f.Name + f.Value
		}
	}
	return all
}

// A folder is told from itself after an edit, and after a link in it was turned
// to another folder, as Kubernetes does with a ConfigMap.
func TestFingerprint(t *testing.T) {
	dir := t.TempDir()
	write := func(path, content string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, path), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, sub := range []string{"..1", "..2"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	write("..1/a.yaml", "one")
	write("..2/a.yaml", "other")
	link := func(to, from string) {
		t.Helper()
		os.Remove(filepath.Join(dir, from))
		if err := os.Symlink(to, filepath.Join(dir, from)); err != nil {
			t.Fatal(err)
		}
	}
	link("..1", "..data")
	link("..data/a.yaml", "a.yaml")
	was := fingerprint(dir)
	if fingerprint(dir) != was || was == "" {
		t.Fatal("an untouched folder differs from itself")
	}
	link("..2", "..data")
	swapped := fingerprint(dir)
	if swapped == was {
		t.Error("a link that was turned is not seen")
	}
	write("b.yaml", "new")
	if fingerprint(dir) == swapped {
		t.Error("a new file is not seen")
	}
	if fingerprint(filepath.Join(dir, "nowhere")) != "" {
		t.Error("a folder that is not there has a fingerprint")
	}
}
