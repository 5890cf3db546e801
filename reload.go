package main

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"derisk/rules"
	"derisk/tracker"
)

// The folder of rules is looked at every watchEvery. A change counts once two
// looks in a row see the same, the second after settleFor, so that hardly a file
// is read half-written.
const (
	watchEvery = 300 * time.Millisecond
	settleFor  = 100 * time.Millisecond
)

// watchRules has the loop go on with the rules as they are in the folder, within
// a second of a change. Where a file is broken, the last good version of its
// rule goes on.
func (r *running) watchRules(ctx context.Context) error {
	dir := r.rulesFolder()
	for last, wait := r.seen, watchEvery; ; {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
		now := fingerprint(dir)
		if now == last && now != r.seen && !checkingOut(dir, time.Now()) {
			r.seen = now
			r.reload(dir)
		}
		last, wait = now, watchEvery
		if now != r.seen {
			wait = settleFor
		}
	}
}

// rulesFolder is the folder whose rules run, if it is there.
func (a *app) rulesFolder() string { return cmp.Or(a.Rules, "rules.d") }

// reload reads the folder and hands its rules to the loop. Once a folder has
// served, the built-in rules never take its place: where it cannot be read, the
// rules of before go on.
func (r *running) reload(dir string) {
	r.onDisk = r.onDisk || isFolder(dir)
	if !r.onDisk {
		dir = ""
	}
	last := r.asked.current.Load()
	set, from, err := r.loadAfter(dir, last)
	if err != nil {
		r.log.Error("rules cannot be read; the last good ones go on", "err", err)
		set, from = last.Unreadable(err), r.rulesFolder()
	} else {
		set.Mark(revisionOf(from)) // of those that run: to ask git takes longer than most commands
		set = set.Merge(last)
	}
	r.asked.current.Store(set)
	r.loop.Replace(set)
	r.tellRules(set, from)
}

// tellRules says which rules run now, and what is wrong with the others.
func (a *app) tellRules(set *rules.Set, from string) {
	for _, fault := range set.Faults {
		fmt.Fprintln(a.errOut, fault)
	}
	n := len(set.Rules)
	fmt.Fprintln(a.out, a.say(tracker.Text{EN: from + ": " + tracker.Count(n, "rule runs", "rules run"), ZH: fmt.Sprintf("%s：%d 条规则运行中", from, n)}))
}

// fingerprint tells one state of a folder from another: where its links lead,
// and the names, sizes, times and rights of its files. A folder that cannot be
// read has none.
func fingerprint(dir string) string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return ""
	}
	var state strings.Builder
	at, _ := filepath.EvalSymlinks(dir)
	fmt.Fprintf(&state, "%q", at)
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if e.Type()&fs.ModeSymlink != 0 {
			to, _ := os.Readlink(path)
			fmt.Fprintf(&state, " -> %q", to)
		}
		info, err := os.Stat(path)
		if err != nil {
			fmt.Fprintf(&state, " %q gone", e.Name())
			continue
		}
		fmt.Fprintf(&state, " %q %d %d %o", e.Name(), info.Size(), info.ModTime().UnixNano(), info.Mode())
	}
	return state.String()
}

// longCheckout is the age at which the lock of a checkout counts as left behind.
const longCheckout = 10 * time.Second

// checkingOut says that git is changing the folder right now: half of its files
// may be those of another commit.
func checkingOut(dir string, now time.Time) bool {
	top, found := checkoutOf(dir)
	if !found {
		return false
	}
	lock, err := os.Stat(filepath.Join(gitDir(top), "index.lock"))
	return err == nil && now.Sub(lock.ModTime()) < longCheckout
}
