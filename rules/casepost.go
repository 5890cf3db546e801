package rules

import (
	"slices"
	"strings"
	"time"

	"derisk/tracker"
)

// judgePosting lets the subscription of a posting meet the firings of its step,
// at their tick, and tells where what is planned is not what was wanted.
func (p playedStep) judgePosting(want Posting) (wrong []Difference) {
	var planned, posted []plan
	for _, f := range p.firings {
		d := plan{f, tracker.Plan(want.To, f, f.At)}
		planned = append(planned, d)
		if d.delivery.State != tracker.NotSent {
			posted = append(posted, d)
		}
	}
	if d, ok := want.judge(planned, posted); !ok {
		d.At = p.step.At
		wrong = append(wrong, d)
	}
	wrong = append(wrong, want.judgeTells(posted, p.step.At)...)
	if want.Says != "" && len(posted) > 0 {
		wrong = append(wrong, p.judgeWords(want.Line, "posts.says", want.Says, want.To.Lang, firingsOf(posted))...)
	}
	return wrong
}

// plan is a firing, and what the subscription does with it.
type plan struct {
	firing   tracker.Firing
	delivery tracker.Delivery
}

func firingsOf(plans []plan) (list []tracker.Firing) {
	for _, d := range plans {
		list = append(list, d.firing)
	}
	return list
}

// judge compares when, and why then.
func (want Posting) judge(planned, posted []plan) (Difference, bool) {
	looked := posted
	if len(posted) == 0 {
		looked = planned
	}
	if want.At.IsZero() && len(looked) == 0 && want.Because == "" {
		return Difference{}, true
	}
	d := Difference{Line: want.Line, Key: "posts", Want: Words{Text: want.words(want.At, want.Because)}}
	if len(looked) == 0 {
		d.Note = tracker.Text{EN: "nothing fires that it could get", ZH: "没有可供发送的触发"}
		return d, false
	}
	var had []string
	ok := true
	for _, l := range looked {
		due, cause := l.delivery.Due, l.delivery.Cause
		ok = ok && due.Equal(want.At) && (want.Because == "" || want.Because == cause)
		had = append(had, want.words(due, cause))
	}
	d.Had.Text = strings.Join(sortedOnce(had), "; ")
	if looked[0].delivery.Cause == tracker.CauseFilter {
		d.Note = bears(looked[0].firing)
	}
	return d, ok
}

// words are a time in the subscription's zone, or never, and the cause.
func (want Posting) words(at time.Time, because tracker.Cause) string {
	text := "never"
	if !at.IsZero() {
		zone, err := time.LoadLocation(want.To.Zone)
		if err != nil { // the reader admits no such zone
			zone = time.UTC
		}
		text = at.In(zone).Format(time.RFC3339)
	}
	if because != "" {
		text += " because " + string(because)
	}
	return text
}

func (want Posting) judgeTells(posted []plan, at time.Time) (wrong []Difference) {
	if want.Tells == nil {
		return nil
	}
	var had []string
	for _, d := range posted {
		had = append(had, d.firing.Subject)
	}
	for _, id := range notIn(want.Tells, had) {
		wrong = append(wrong, Difference{Line: want.Line, At: at, Key: "posts.tells", Want: Words{Text: id}})
	}
	for _, id := range notIn(had, want.Tells) {
		wrong = append(wrong, Difference{Line: want.Line, At: at, Key: "posts.tells", Had: Words{Text: id}})
	}
	return wrong
}

// bears tells what filters look at in a firing.
func bears(f tracker.Firing) tracker.Text {
	words := []string{"rule:" + f.Rule, "severity:" + string(f.Severity)}
	for name, value := range f.Labels {
		words = append(words, "label:"+name+"="+value)
	}
	for _, by := range f.By {
		words = append(words, "by:"+by)
	}
	for _, kind := range f.Kinds {
		words = append(words, "kind:"+string(kind))
	}
	for _, tag := range f.Tags {
		words = append(words, "tag:"+tag)
	}
	slices.Sort(words)
	text := strings.Join(words, " ")
	return tracker.Text{EN: "the firing bears " + text, ZH: "该触发带有 " + text}
}
