package main

import (
	"context"
	"fmt"
	"os"

	"golang.org/x/term"

	"derisk/rules"
	"derisk/tracker"
)

// mutate changes each literal of each rule by itself, tells which changes no
// test notices, and gives how many are noticed in percent. The error is that of ctx.
func (a *app) mutate(ctx context.Context, list []*rules.Rule, starter *tracker.Snapshot) (float64, error) {
	killed, tried := 0, 0
	for i, r := range list {
		for m := range rules.Mutants(r, starter) {
			if ctx.Err() != nil {
				return 0, ctx.Err()
			}
			tried++
			if m.Killed != "" {
				killed++
			}
			a.tellMutant(r, m)
		}
		a.tellProgress(i+1, len(list), r)
	}
	if a.JSON {
		return share(killed, tried), a.line(map[string]any{"mutants": map[string]any{"tried": tried, "killed": killed, "percent": share(killed, tried)}})
	}
	_, err := fmt.Fprintf(a.out, a.say(tracker.Text{EN: "killed %d of %[4]s (%[3]s)\n", ZH: "变异体 %[2]d 个，被测试发现 %[1]d 个（%[3]s）\n"}), killed, tried, percent(share(killed, tried)), tracker.Count(tried, "mutant", "mutants"))
	return share(killed, tried), err
}

// share is a part of all in percent; 100 of nothing.
func share(part, all int) float64 {
	if all == 0 {
		return 100
	}
	return 100 * float64(part) / float64(all)
}

// tellMutant tells a change that no test notices; as JSON, any.
func (a *app) tellMutant(r *rules.Rule, m rules.Mutant) {
	switch {
	case a.JSON:
		a.line(map[string]any{"rule": r.Name, "mutant": map[string]any{"key": m.Key, "line": m.Line, "column": m.Column, "was": m.Was, "now": m.Now, "killed": m.Killed}})
		return
	case m.Killed != "":
		return
	}
	words := tracker.Text{EN: "%s changed to %s", ZH: "%s 改为 %s"}
	if m.Now == "" {
		words = tracker.Text{EN: "%s left out%s", ZH: "略去 %s%s"}
	}
	fmt.Fprintf(a.out, "%s:%d:%d: %s: "+a.say(words)+a.say(tracker.Text{EN: ", and no test notices\n", ZH: "，没有测试发现\n"}), r.File, m.Line, m.Column, m.Key, m.Was, m.Now)
}

// tellProgress shows on a terminal how far a long run has come.
func (a *app) tellProgress(done, of int, r *rules.Rule) {
	f, ok := a.errOut.(*os.File)
	if !ok || of < 2 || a.JSON || !term.IsTerminal(int(f.Fd())) {
		return
	}
	if done == of {
		fmt.Fprint(f, "\r\x1b[K")
		return
	}
	fmt.Fprintf(f, "\r\x1b[K%d/%d %s", done, of, r.Name)
}
