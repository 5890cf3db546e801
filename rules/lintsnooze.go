package rules

import (
	"fmt"
	"slices"
	"time"

	"go.yaml.in/yaml/v4"

	"derisk/tracker"
)

// snooze keeps a lint of its file quiet up to and including a day.
type snooze struct {
	name  string
	until tracker.Date
	why   string
}

// snoozeKeys are the keys of a snooze.
var snoozeKeys = []key{
	{name: "name", need: true, form: schema{"type": "string", "enum": lintWordsList()}, about: tracker.Text{EN: "the lint", ZH: "提示名称"}},
	{name: "until", need: true, form: textForm("", "2027-01-31"), about: tracker.Text{EN: "the last day, in the rule's zone, at most a year ahead", ZH: "最后一日，按规则时区，至多一年后"}},
	{name: "why", need: true, form: textForm("", "waits for the annex"), about: tracker.Text{EN: "the reason", ZH: "理由"}},
}

func lintWordsList() []string {
	names := make([]string, len(lintNames))
	for i, l := range lintNames {
		names[i] = l.name
	}
	return names
}

const (
	maxSnoozes    = 20
	snoozeExample = `write lints: [{name: never-true, until: 2027-01-31, why: "waits for the annex"}]`
)

// readLints reads which lints a rule snoozes, until when and why.
func (p *fileReader) readLints(n *yaml.Node) {
	if n.Kind != yaml.SequenceNode || len(n.Content) > maxSnoozes {
		p.fail(n, "lints", snoozeExample, fmt.Sprintf("must be a list of at most %d lints to snooze", maxSnoozes))
		return
	}
	for _, entry := range n.Content {
		values := p.mapping(entry, "lints", keyNames(snoozeKeys))
		if values == nil {
			continue
		}
		var s snooze
		for _, k := range snoozeKeys {
			if values[k.name] == nil {
				p.fail(entry, "lints", snoozeExample, fmt.Sprintf("a snooze needs the key %q", k.name))
				return
			}
		}
		oneOf(p, values["name"], "lints.name", lintWordsList(), &s.name)
		s.why, _ = p.text(values["why"], "lints.why")
		if text, ok := p.text(values["until"], "lints.until"); ok {
			var err error
			if s.until, err = tracker.ParseDate(text); err != nil || s.until.Precision() != tracker.Day {
				p.fail(values["until"], "lints.until", "write 2027-01-31", fmt.Sprintf("%q is not a day", clip(text, 40)))
			}
		}
		p.rule.snoozes = append(p.rule.snoozes, s)
	}
}

// snooze leaves out what the file snoozes as of now, and doubts snoozes that
// are over, too long, or not needed.
func (r *Rule) snooze(found []finding, tried bool, now time.Time) []finding {
	var doubts []finding
	for i, s := range r.snoozes {
		doubt := func(hint, format string, args ...any) {
			doubts = append(doubts, finding{name: snoozing, key: fmt.Sprintf("lints#%d", i), fault: fault{message: fmt.Sprintf(format, args...), hint: hint}})
		}
		named := func(f finding) bool { return f.name == s.name }
		last, day := s.until.Last(r.Zone), longDay(firstDay(s.until, r.Zone, r.Zone), english)
		switch {
		case last.After(now.AddDate(1, 0, 1)):
			doubt("write until: "+now.AddDate(1, 0, 0).Format(time.DateOnly), "%s lies more than a year ahead, so nothing is snoozed", day)
		case !slices.ContainsFunc(found, named) && (tried || !needsTrying(s.name)):
			doubt("take it out", "there is no %s to snooze", s.name)
		case last.Before(now):
			for j := range found {
				if named(found[j]) {
					found[j].message += fmt.Sprintf(" (was snoozed; last day %s)", day)
				}
			}
		default:
			found = slices.DeleteFunc(found, named)
		}
	}
	return append(found, doubts...)
}

// needsTrying says whether a lint shows only when conditions are tried over time.
func needsTrying(name string) bool {
	return slices.Contains([]string{neverTrue, alwaysTrue, sameAs, subsumed, unpinned}, name)
}
