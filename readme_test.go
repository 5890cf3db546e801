package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// session is one block of the README that shows a shell: what is typed, and
// what is shown in answer.
type session struct {
	line   int
	script string
	shown  []string
}

// TestReadme types every command of the README, in order and in one empty
// folder, and looks for each line that it shows in the answer. A line with … is
// left out: it depends on the day.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	i := newInstall(t)
	if err := os.Remove(filepath.Join(i.dir, "rules.d")); err != nil {
		t.Fatal(err)
	}
	sessions := sessionsOf(string(text))
	if len(sessions) < 8 {
		t.Fatalf("only %d shell sessions found in README.md", len(sessions))
	}
	for _, s := range sessions {
		cmd := exec.Command("sh", "-e", "-c", s.script)
		cmd.Dir = i.dir
		cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(i.binary)+":"+os.Getenv("PATH"), "DISCORD_TOKEN=", "TZ=UTC")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("README.md:%d: %v\n%s\n%s", s.line, err, s.script, out)
			continue
		}
		for _, line := range s.shown {
			if !strings.Contains(line, "…") && !strings.Contains(squeezed(string(out)), squeezed(line)) {
				t.Errorf("README.md:%d: does not answer %q, but\n%s", s.line, line, out)
			}
		}
	}
}

func squeezed(s string) string { return strings.Join(strings.Fields(s), " ") }

// sessionsOf finds the blocks marked console: "$ " begins a command, "> " goes
// on with it, all else is what it answers.
func sessionsOf(readme string) (found []session) {
	var now *session
	for n, line := range strings.Split(readme, "\n") {
		switch {
		case strings.HasPrefix(line, "```console"):
			now = &session{line: n + 1}
		case now == nil:
		case strings.HasPrefix(line, "```"):
			found = append(found, *now)
			now = nil
		case strings.HasPrefix(line, "$ "), strings.HasPrefix(line, "> "):
			now.script += line[2:] + "\n"
		case line == ">":
			now.script += "\n"
		case strings.TrimSpace(line) != "":
			now.shown = append(now.shown, line)
		}
	}
	return found
}
