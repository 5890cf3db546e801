package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"derisk/db"
	"derisk/db/nobodytest"
	"derisk/rules"
)

// aRule is a rule of that description.
func aRule(about string) string {
	return "about: " + about + "\nschedule: \"0 9 * * *\"\neach: measure\nwhen: measure.status == \"suspended\"\n" +
		"say: {en: \"{{ measure.title }}\", zh: \"{{ measure.title }}\"}\n"
}

// liveFolder is a folder of rules that is watched, on a clock that costs nothing.
type liveFolder struct {
	t   *testing.T
	dir string
	r   *running
}

// watching has test edit a folder with the rules a ("one") and b ("two") while it is watched.
func watching(t *testing.T, dir string, test func(f *liveFolder)) {
	t.Helper()
	put(t, filepath.Join(dir, "a.yaml"), aRule("one"))
	put(t, filepath.Join(dir, "b.yaml"), aRule("two"))
	watchingAsItIs(t, dir, test)
}

func watchingAsItIs(t *testing.T, dir string, test func(f *liveFolder)) {
	t.Helper()
	flag := dir
	if dir == "rules.d" { // it serves by no flag, because it is there
		flag = ""
	}
	synctest.Test(t, func(t *testing.T) {
		a := &app{commands: &commands{Rules: flag, Lang: "en"}, out: io.Discard, errOut: io.Discard}
		store, err := db.Open(t.Context(), filepath.Join(t.TempDir(), "derisk.db"))
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		seen := fingerprint(dir)
		set, err := a.readRules(t.Context(), store)
		if err != nil {
			t.Fatal(err)
		}
		r := &running{app: a, seen: seen, onDisk: true, store: store, asked: newRulesForBot(store, set), log: a.logger(false)}
		r.loop = rules.NewLoop(set, store, store, nil)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- r.watchRules(ctx) }()
		test(&liveFolder{t, dir, r})
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// within waits for less than a second and checks what runs: "a one, b two",
// with a star behind what runs on in its last good version.
func (f *liveFolder) within(want string) {
	f.t.Helper()
	time.Sleep(time.Second - time.Millisecond)
	synctest.Wait()
	f.now(want)
}

func (f *liveFolder) now(want string) {
	f.t.Helper()
	set := f.r.asked.current.Load()
	var all []string
	for _, r := range set.Rules {
		stale := ""
		if slices.Contains(set.Stale, r.Name) {
			stale = "*"
		}
		all = append(all, r.Name+" "+r.About+stale)
	}
	if got := strings.Join(all, ", "); got != want {
		f.t.Errorf("%s run, want %s; faults %v", got, want, set.Faults)
	}
}

func (f *liveFolder) path(name string) string { return filepath.Join(f.dir, name) }

func (f *liveFolder) do(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

// Every way in which a file comes to hold something else is live within a second.
func TestEditsAreLiveWithinASecond(t *testing.T) {
	for name, edit := range map[string]func(f *liveFolder, text string){
		"written over": func(f *liveFolder, text string) { put(f.t, f.path("a.yaml"), text) },
		"a file beside it moved into its place": func(f *liveFolder, text string) {
			put(f.t, f.path(".a.yaml.tmp"), text)
			f.do(os.Rename(f.path(".a.yaml.tmp"), f.path("a.yaml")))
		},
		"vim, which moves the old one away": func(f *liveFolder, text string) {
			put(f.t, f.path(".a.yaml.swp"), "b0VIM")
			put(f.t, f.path("4913"), "")
			f.do(os.Remove(f.path("4913")))
			f.do(os.Rename(f.path("a.yaml"), f.path("a.yaml~")))
			put(f.t, f.path("a.yaml"), text)
			f.do(os.Remove(f.path("a.yaml~")))
		},
		"a link turned to another file": func(f *liveFolder, text string) {
			put(f.t, f.path("other/a"), text)
			f.do(os.Remove(f.path("a.yaml")))
			f.do(os.Symlink("other/a", f.path("a.yaml")))
		},
		"the same size and time": func(f *liveFolder, text string) { // as a package store has them, where every file is of 1970
			put(f.t, f.path("store/1"), aRule("one"))
			put(f.t, f.path("store/2"), text)
			for _, n := range []string{"store/1", "store/2"} {
				f.do(os.Chtimes(f.path(n), time.Unix(1, 0), time.Unix(1, 0)))
			}
			f.do(os.Remove(f.path("a.yaml")))
			f.do(os.Symlink("store/1", f.path("a.yaml")))
			f.within("a one, b two")
			f.do(os.Remove(f.path("a.yaml")))
			f.do(os.Symlink("store/2", f.path("a.yaml")))
		},
	} {
		t.Run(name, func(t *testing.T) {
			watching(t, t.TempDir(), func(f *liveFolder) {
				edit(f, aRule("new"))
				f.within("a new, b two")
			})
		})
	}
}

// A file that is written slowly never takes its rule away, and is live at its end.
func TestSlowWriting(t *testing.T) {
	watching(t, t.TempDir(), func(f *liveFolder) {
		file, err := os.OpenFile(f.path("a.yaml"), os.O_WRONLY|os.O_TRUNC, 0)
		f.do(err)
		defer file.Close()
		for part := range strings.Lines(aRule("new")) {
			f.within("a one*, b two")
			_, err := file.WriteString(part[:len(part)/2])
			f.do(err)
			f.within("a one*, b two")
			_, err = file.WriteString(part[len(part)/2:])
			f.do(err)
		}
		f.within("a new, b two")
	})
}

// A ConfigMap is a folder in which each file is a link through ..data, which is
// turned to another folder in one step.
func TestConfigMap(t *testing.T) {
	dir := t.TempDir()
	version := func(name, about string) {
		put(t, filepath.Join(dir, name, "a.yaml"), aRule(about))
		put(t, filepath.Join(dir, name, "b.yaml"), aRule(about))
	}
	turn := func(f string, to string) {
		t.Helper()
		tmp := filepath.Join(dir, "..data_tmp")
		if err := os.Symlink(to, tmp); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(tmp, filepath.Join(dir, f)); err != nil {
			t.Fatal(err)
		}
	}
	version("..2026_11_25_1", "one")
	version("..2026_11_25_2", "two")
	turn("..data", "..2026_11_25_1")
	turn("a.yaml", "..data/a.yaml")
	turn("b.yaml", "..data/b.yaml")
	watchingAsItIs(t, dir, func(f *liveFolder) {
		f.now("a one, b one")
		turn("..data", "..2026_11_25_2")
		f.do(os.RemoveAll(f.path("..2026_11_25_1")))
		f.within("a two, b two")
	})
}

// The rules run on while their folder is away, and the built-in ones never take its place.
func TestFolderGoesAndComesBack(t *testing.T) {
	t.Chdir(t.TempDir())
	watching(t, "rules.d", func(f *liveFolder) {
		f.do(os.Rename(f.dir, f.dir+".away"))
		f.within("a one*, b two*")
		if list, err := f.r.asked.Rules(f.t.Context()); err != nil || list[0].Name != "rules.d" || len(list[0].Faults) != 1 {
			f.t.Errorf("the list does not tell of it: %+v, %v", list, err)
		}
		f.do(os.Rename(f.dir+".away", f.dir))
		f.within("a one, b two")
		f.do(os.RemoveAll(f.dir))
		f.within("a one*, b two*")
		put(f.t, f.path("b.yaml"), aRule("new"))
		f.within("b new")
	})
}

func TestRightsGoAndComeBack(t *testing.T) {
	if nobodytest.Run(t) {
		return
	}
	watching(t, t.TempDir(), func(f *liveFolder) {
		f.do(os.Chmod(f.path("a.yaml"), 0))
		f.within("a one*, b two")
		f.do(os.Chmod(f.path("a.yaml"), 0o600))
		f.within("a one, b two")
		f.do(os.Chmod(f.dir, 0))
		f.within("a one*, b two*")
		f.do(os.Chmod(f.dir, 0o700))
		f.within("a one, b two")
	})
}

// A checkout of another branch changes many files; none of them is read before
// git is done, and each rule says which commit it is of.
func TestGitCheckout(t *testing.T) {
	top, run := checkout(t, "sha1")
	folder := filepath.Join(top, "rules.d")
	commit := func(branch, about string) string {
		run("checkout", "-q", "-b", branch)
		for n := range 200 {
			put(t, filepath.Join(folder, fmt.Sprintf("r%03d.yaml", n)), aRule(about))
		}
		os.Remove(filepath.Join(folder, "a.yaml"))
		run("add", "-A")
		run("commit", "-q", "-m", about)
		return run("rev-parse", "HEAD")
	}
	first := commit("first", "one")
	second := commit("second", "two")
	run("checkout", "-q", "first")
	watchingAsItIs(t, folder, func(f *liveFolder) {
		check := func(about, revision string) {
			t.Helper()
			set := f.r.asked.current.Load()
			for _, r := range set.Rules {
				if v := r.Version(); r.About != about || v.Revision != revision {
					t.Fatalf("%s says %s, of %s, want %s, of %s", r.Name, r.About, v.Revision, about, revision)
				}
			}
			if len(set.Rules) != 200 {
				t.Errorf("%d rules", len(set.Rules))
			}
		}
		check("one", first)
		run("checkout", "-q", "second")
		time.Sleep(time.Second)
		synctest.Wait()
		check("two", second)

		lock := filepath.Join(top, ".git", "index.lock") // as while a checkout goes on
		put(t, lock, "")
		f.do(os.Chtimes(lock, time.Now(), time.Now()))
		put(t, f.path("r000.yaml"), aRule("half"))
		time.Sleep(time.Second)
		synctest.Wait()
		check("two", second)
		f.do(os.Remove(lock))
		time.Sleep(time.Second)
		synctest.Wait()
		if r, err := f.r.asked.current.Load().Rule("r000"); err != nil || r.About != "half" || r.Version().Revision != second+"+changes" {
			t.Errorf("after the lock is gone %+v runs, %v", r.Version(), err)
		}
	})
}

// BenchmarkLiveFolder is what a folder of 1,000 rules costs: each look at it, of
// which there are three a second, and each reading of it after a change.
func BenchmarkLiveFolder(b *testing.B) {
	dir := b.TempDir()
	for n := range 1000 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("r%04d.yaml", n)), []byte(aRule(fmt.Sprint(n))), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("look", func(b *testing.B) {
		for b.Loop() {
			if fingerprint(dir) == "" {
				b.Fatal("unreadable")
			}
		}
	})
	a := &app{commands: &commands{Rules: dir}}
	last := &rules.Set{}
	for _, name := range []string{"read all anew", "read after one change"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				set, _, err := a.loadAfter("", last)
				if err != nil || len(set.Rules) != 1000 {
					b.Fatal(err)
				}
			}
		})
		last, _, _ = a.load("")
		if err := os.WriteFile(filepath.Join(dir, "r0007.yaml"), []byte(aRule("changed")), 0o644); err != nil {
			b.Fatal(err)
		}
	}
}
