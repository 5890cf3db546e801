package db

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"derisk/tracker"
)

const kills = 20

// TestMain lets this binary serve as the process that TestKill kills, and keeps
// the random tests, which wait for the disk at each step, to some seconds;
// -rapid.checks asks for more.
func TestMain(m *testing.M) {
	if path := os.Getenv("DERISK_TEST_KILLED"); path != "" {
		runUntilKilled(path)
	}
	if err := flag.Set("rapid.checks", "40"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// TestKill kills a process that commits and posts, at random points. Whatever
// it had acknowledged is there, and no firing is told by two posts.
func TestKill(t *testing.T) {
	path := newPath(t)
	d := openAt(t, path)
	subscribed(t, d, everything("c"), everything("d"))
	seen := &witness{posts: map[string]string{}}
	for range kills {
		seen.kill(t, path, 1+rand.IntN(60))
	}
	must(t, d.Check(t.Context()))
	fired, err := d.Firings(t.Context(), time.Time{}, 0)
	must(t, err)
	if len(fired) < seen.committed {
		t.Errorf("%d firings are stored, %d were acknowledged", len(fired), seen.committed)
	}
	for now := noon.AddDate(1, 0, 0); ; now = now.Add(claimTime) {
		posts := due(t, d, now)
		if len(posts) == 0 {
			break
		}
		for _, p := range posts {
			for _, f := range p.Firings {
				seen.posted(t, p.Channel+" "+f.ID, p.ID)
			}
			must(t, d.MarkTried(t.Context(), p.ID, now))
			must(t, d.SettlePost(t.Context(), p.ID, "m", now))
		}
	}
	if len(seen.posts) != 2*len(fired) {
		t.Errorf("%d firings were told %d times to two channels", len(fired), len(seen.posts))
	}
	t.Logf("%d firings, %d acknowledged", len(fired), seen.committed)
}

// witness is what the killed processes said, as Discord and a user would know it.
type witness struct {
	committed int
	posts     map[string]string // channel and firing to the post that told it
}

// kill runs a process, and kills it after some lines of what it says.
func (w *witness) kill(t *testing.T, path string, lines int) {
	self, err := os.Executable()
	must(t, err)
	child := exec.Command(self)
	child.Env = append(os.Environ(), "DERISK_TEST_KILLED="+path)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	must(t, err)
	must(t, child.Start())
	said := bufio.NewScanner(out)
	for n := 0; said.Scan(); n++ { // also what it said before it was dead
		w.heard(t, said.Text())
		if n == lines {
			must(t, child.Process.Kill())
		}
	}
	child.Wait() // it was killed
}

func (w *witness) heard(t *testing.T, line string) {
	switch words := strings.Fields(line); {
	case len(words) == 2 && words[0] == "committed":
		n, err := strconv.Atoi(words[1])
		must(t, err)
		w.committed = max(w.committed, n)
	case len(words) == 4 && words[0] == "posted":
		w.posted(t, words[1]+" "+words[2], words[3])
	default:
		t.Fatalf("the process says %q", line)
	}
}

func (w *witness) posted(t *testing.T, what, post string) {
	if before := w.posts[what]; before != "" && before != post {
		t.Errorf("%s was told by posts %s and %s", what, before, post)
	}
	w.posts[what] = post
}

// runUntilKilled commits one firing after another and posts them, and says so.
func runUntilKilled(path string) {
	ctx := context.Background()
	d, err := Open(ctx, path)
	check(err)
	fired, err := d.Firings(ctx, time.Time{}, 0)
	check(err)
	for n := len(fired) + 1; ; n++ {
		tick := noon.Add(time.Duration(n) * time.Minute)
		check(d.Commit(ctx, outcome("r", tick, 1), tick))
		fmt.Println("committed", n)
		check(d.Gather(ctx, tick))
		posts, err := d.DuePosts(ctx, tick)
		check(err)
		for _, p := range posts {
			check(d.MarkTried(ctx, p.ID, tick))
			post(p) // as if Discord had stored it
			check(d.SettlePost(ctx, p.ID, "m", tick))
		}
	}
}

func post(p tracker.Post) {
	for _, f := range p.Firings {
		fmt.Println("posted", p.Channel, f.ID, p.ID)
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
