package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"derisk/tracker"
)

// Recorder adds an event to a measure, if it may follow those before it.
type Recorder interface {
	Record(ctx context.Context, measure string, e tracker.Event, by string, at time.Time) error
}

// record adds a fact to the common record, signed, and tells what it changed.
func record(ctx context.Context, env Env, r Request) (Reply, error) {
	if env.Recorder == nil {
		return Reply{}, noneHere("records", "记录")
	}
	s, err := env.Facts.Snapshot(ctx)
	if err != nil {
		return Reply{}, err
	}
	m, err := findMeasure(s, r.Arg("measure"))
	if err != nil {
		return Reply{}, err
	}
	e, err := readRecord(m, r)
	if err != nil {
		return Reply{}, err
	}
	if err := m.Admits(e); err != nil {
		return Reply{}, impossible("%s", "无法记录：%s", err)
	}
	before := look(m, r)
	if err := env.Recorder.Record(ctx, m.ID, e, r.User, r.Query.Now); err != nil {
		return Reply{}, err
	}
	if s, err = env.Facts.Snapshot(ctx); err != nil {
		return Reply{}, err
	}
	if m, err = s.Measure(m.ID); err != nil {
		return Reply{}, err
	}
	return recordReply(before, look(m, r), e, r), nil
}

func recordReply(before, after glance, e tracker.Event, r Request) Reply {
	reply := Reply{Title: say("Recorded %s", "已记录 %s", e.ID).In(r.Lang), Tone: Good, Data: e}
	change := say("The status stays: %s", "状态不变：%s", after.sentence())
	if before.sentence() != after.sentence() {
		change = say("Before: %s. Now: %s", "此前：%s。现在：%s", before.sentence(), after.sentence())
	}
	reply.add(Section{Lines: []string{
		after.ID + ": " + eventWords(after.Measure, e).In(r.Lang), change.In(r.Lang),
		text("If it is wrong, withdraw it: it is then as if it never was, and stays in the history.", "如有误，可撤回：视同从未发生，并保留在历史中。").In(r.Lang),
	}})
	reply.Offers = []Offer{{Label: text("Withdraw", "撤回").In(r.Lang), Command: "record", Args: map[string]string{
		"measure": after.ID, "what": string(tracker.Withdrawn), "of": e.ID, "evidence": string(tracker.Official)}}}
	return reply
}

// readRecord makes an event of the arguments, by way of the form that events have
// in files, so that the same checks hold.
func readRecord(m *tracker.Measure, r Request) (tracker.Event, error) {
	form := map[string]any{"measure": m.ID, "what": r.Arg("what")}
	for _, key := range []string{"on", "until", "to", "of", "reason", "published", "evidence"} {
		if value := r.Arg(key); value != "" {
			form[key] = value
		}
	}
	what := tracker.What(r.Arg("what"))
	if form["published"] == nil && form["on"] != nil && what != tracker.Corrected && what != tracker.Withdrawn {
		form["published"] = form["on"]
	}
	if note := r.Arg("note"); note != "" {
		form["note"] = map[string]string{r.Lang: note}
	}
	if title, url := r.Arg("source"), r.Arg("url"); title != "" || url != "" {
		source := map[string]string{"title": cmp.Or(title, url)}
		if url != "" {
			source["url"] = url
		}
		form["sources"] = []any{source}
	}
	if what == tracker.Withdrawn {
		delete(form, "evidence")
	}
	form["id"] = freeID(m, r.Arg("what"))
	data, err := yaml.Marshal(form)
	if err != nil {
		return tracker.Event{}, wrong("%s", "%s", err)
	}
	_, e, err := tracker.ReadEvent("record", data)
	if err != nil {
		return e, wrong("%s", "无法记录：%s", recordFaults(err))
	}
	return e, nil
}

// recordFaults are what is wrong in words, without the lines of a file that the
// asker never saw.
func recordFaults(err error) string {
	faults, ok := errors.AsType[tracker.Faults](err)
	if !ok {
		return err.Error()
	}
	var words []string
	for _, f := range faults {
		words = append(words, f.Message)
	}
	return strings.Join(words, "; ")
}

// freeID is an id for an event that the measure does not have yet.
func freeID(m *tracker.Measure, what string) string {
	id := m.ID + "." + what
	for n := 2; slices.ContainsFunc(m.Events, func(e tracker.Event) bool { return e.ID == id }); n++ {
		id = fmt.Sprintf("%s.%s-%d", m.ID, what, n)
	}
	return id
}
