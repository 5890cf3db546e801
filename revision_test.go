package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// checkout is a git checkout with one rule committed on the branch main.
func checkout(t *testing.T, format string) (dir string, run func(args ...string) string) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not here")
	}
	dir = t.TempDir()
	run = func(args ...string) string {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"}, args...)...)
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return strings.TrimSpace(string(out))
	}
	run("init", "-q", "-b", "main", "--object-format="+format)
	put(t, filepath.Join(dir, "rules.d", "a.yaml"), "one\ntwo\n")
	run("add", ".")
	run("commit", "-q", "-m", "A rule")
	return dir, run
}

// put writes a file and the folders that it lies in.
func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestRevision(t *testing.T) {
	for _, format := range []string{"sha1", "sha256"} {
		t.Run(format, func(t *testing.T) {
			dir, run := checkout(t, format)
			folder := filepath.Join(dir, "rules.d")
			if err := os.Symlink("a.yaml", filepath.Join(folder, "link.yaml")); err != nil {
				t.Fatal(err)
			}
			run("add", ".")
			run("commit", "-q", "--amend", "-m", "A rule and a link")
			head := run("rev-parse", "HEAD")
			of := revisionOf(folder)
			for _, c := range []struct{ name, file, text, want string }{
				{"as committed", "a.yaml", "one\ntwo\n", head},
				{"as committed, with lines ended for Windows", "a.yaml", "one\r\ntwo\r\n", head},
				{"changed", "a.yaml", "one\nthree\n", head + "+changes"},
				{"not in the commit", "b.yaml", "one\ntwo\n", head + "+changes"},
				{"a link", "link.yaml", "one\ntwo\n", head + "+unchecked"},
			} {
				if got := of(c.file, c.text); got != c.want {
					t.Errorf("%s: %s, want %s", c.name, got, c.want)
				}
			}
		})
	}
	if got := revisionOf(t.TempDir())("a.yaml", ""); got != "" {
		t.Errorf("a folder in no checkout is at %q", got)
	}
	if got := revisionOf("nowhere")("a.yaml", ""); got != "" {
		t.Errorf("no folder is at %q", got)
	}
}

// TestRevisionWithoutGit reads what git keeps in each of the ways in which it keeps it.
func TestRevisionWithoutGit(t *testing.T) {
	dir, run := checkout(t, "sha1")
	head := run("rev-parse", "HEAD")
	run("worktree", "add", "-q", "-b", "side/branch", filepath.Join(dir, "..", filepath.Base(dir)+"-tree"))
	tree := filepath.Join(dir, "..", filepath.Base(dir)+"-tree")
	t.Cleanup(func() { os.RemoveAll(tree) })
	t.Setenv("PATH", t.TempDir())
	look := func(name, folder, want string) {
		t.Helper()
		if got := revisionOf(folder)("a.yaml", "one\ntwo\n"); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	look("a branch", filepath.Join(dir, "rules.d"), head+"+unchecked")
	look("the top itself", dir, head+"+unchecked")
	look("a worktree", filepath.Join(tree, "rules.d"), head+"+unchecked")
	packed := func() string { return filepath.Join(dir, ".git", "packed-refs") }
	put(t, packed(), "# pack-refs with: peeled fully-peeled sorted\n"+head+" refs/heads/main\n"+head+" refs/heads/side/branch\n")
	if err := os.Remove(filepath.Join(dir, ".git", "refs", "heads", "main")); err != nil {
		t.Fatal(err)
	}
	look("a packed branch", dir, head+"+unchecked")
	put(t, filepath.Join(dir, ".git", "HEAD"), head+"\n")
	look("a commit checked out by itself", dir, head+"+unchecked")
	for name, hostile := range map[string]string{
		"a ref that leads out": "ref: refs/../../../etc/passwd", "no ref": "ref: nowhere", "a ref that is not there": "ref: refs/heads/gone",
		"too long": strings.Repeat("a", maxRef+1), "nothing": "", "no commit": strings.Repeat("z", 40),
	} {
		put(t, filepath.Join(dir, ".git", "HEAD"), hostile)
		look(name, dir, "unknown")
	}
	os.RemoveAll(filepath.Join(dir, ".git"))
	put(t, filepath.Join(dir, ".git"), "gitdir: nowhere\n")
	look("a link to nowhere", dir, "unknown")
}
