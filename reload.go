package main

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"os"
	"time"

	"derisk/rules"
	"derisk/tracker"
)

// watchEvery is how often the folder of rules is looked at. A change counts
// once two looks in a row see the same, so that no file is read half-written.
const watchEvery = 300 * time.Millisecond

// watchRules has the loop go on with the rules as they are in the folder, within
// a second of a change. Where a file is broken, the last good version of its
// rule goes on.
func (r *running) watchRules(ctx context.Context) error {
	dir := cmp.Or(r.Rules, "rules.d")
	running := fingerprint(dir)
	for last := running; ; {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(watchEvery):
		}
		now := fingerprint(dir)
		if now == last && now != running {
			running = now
			r.reload()
		}
		last = now
	}
}

// reload reads the folder and hands its rules to the loop.
func (r *running) reload() {
	set, from, err := r.load("")
	if err != nil {
		r.log.Error("rules cannot be read; the last good ones go on", "err", err)
		return
	}
	set = set.Merge(r.asked.current.Load())
	r.asked.current.Store(set)
	r.loop.Replace(set)
	r.tellRules(set, from)
}

// tellRules says which rules run now, and what is wrong with the others.
func (a *app) tellRules(set *rules.Set, from string) {
	for _, fault := range set.Faults {
		fmt.Fprintln(a.errOut, fault)
	}
	fmt.Fprintf(a.out, a.say(tracker.Text{EN: "%s: %d rules run\n", ZH: "%s：%d 条规则运行中\n"}), from, len(set.Rules))
}

// fingerprint tells one state of a folder from another: the names, sizes and
// times of its files, followed through links. A folder that cannot be read has none.
func fingerprint(dir string) string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return ""
	}
	state := "folder"
	for _, e := range entries {
		info, err := fs.Stat(os.DirFS(dir), e.Name())
		if err != nil {
			state += fmt.Sprintf(" %q gone", e.Name())
			continue
		}
		state += fmt.Sprintf(" %q %d %d", e.Name(), info.Size(), info.ModTime().UnixNano())
	}
	return state
}
