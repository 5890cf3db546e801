package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"derisk/tracker"
)

// read reads every key of a rule.
func (p *fileReader) read(root *yaml.Node) {
	values := p.mapping(root, "", keyNames(keys))
	for _, k := range keys {
		switch n := values[k.name]; {
		case n != nil:
			k.read(p, n)
		case k.need:
			p.tell(&Error{File: p.file, Line: root.Line, Column: root.Column, Message: fmt.Sprintf("a rule needs the key %q", k.name), Hint: "write " + k.write})
		}
	}
	p.readTogether(values)
}

// readTogether refuses keys that do not go together.
func (p *fileReader) readTogether(values map[string]*yaml.Node) {
	r := p.rule
	if n := values["repeat"]; n != nil && values["once"] != nil {
		p.fail(n, "repeat", "leave out repeat, or once", "a rule with once fires once ever for each value, so it cannot repeat")
	}
	for _, key := range []string{"repeat", "resolve"} {
		if n := values[key]; n != nil && r.Each.Happens() {
			p.fail(n, key, "leave it out", fmt.Sprintf("%s happens once: there is nothing to %s", article(string(r.Each)), key))
		}
	}
}

// mapping gives the values of a mapping by key; unknown and repeated keys are faults.
func (p *fileReader) mapping(n *yaml.Node, key string, known []string) map[string]*yaml.Node {
	if n.Kind != yaml.MappingNode {
		p.fail(n, key, "write key: value, each on a line of its own", "must be keys with values")
		return nil
	}
	values := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content) && !p.full(); i += 2 {
		name := n.Content[i]
		switch {
		case name.Kind != yaml.ScalarNode:
			p.fail(name, key, "write key: value", "a key must be a word")
		case known != nil && !slices.Contains(known, name.Value):
			p.fail(name, key, didYouMean(name.Value, known), fmt.Sprintf("unknown key %.60q", name.Value))
		case values[name.Value] != nil:
			p.fail(name, key, "leave one of them out", fmt.Sprintf("the key %.60q is there twice", name.Value))
		default:
			values[name.Value] = n.Content[i+1]
		}
	}
	return values
}

// text is a scalar's text; anything else, and an empty one, is a fault.
func (p *fileReader) text(n *yaml.Node, key string) (string, bool) {
	switch {
	case n.Kind == yaml.MappingNode:
		p.fail(n, key, `put it in quotes, as a { begins a list of keys: "{{ measure.title }}"`, "must be a text")
	case n.Kind == yaml.SequenceNode:
		p.fail(n, key, "put it in quotes, as a [ begins a list", "must be a text")
	case n.Tag == "!!null" || strings.TrimSpace(n.Value) == "":
		p.fail(n, key, "write something, or leave out the key", "must be a text, this is empty")
	default:
		return n.Value, true
	}
	return "", false
}

// oneOf is a text out of a closed list.
func oneOf[T ~string](p *fileReader, n *yaml.Node, key string, known []T, into *T) {
	text, ok := p.text(n, key)
	if !ok {
		return
	}
	words := make([]string, len(known))
	for i, k := range known {
		words[i] = string(k)
	}
	if !slices.Contains(words, text) {
		p.fail(n, key, didYouMean(text, words), fmt.Sprintf("unknown word %.60q", text))
		return
	}
	*into = T(text)
}

func (p *fileReader) truth(n *yaml.Node, key string, into *bool) {
	if n.Kind != yaml.ScalarNode || n.Value != "true" && n.Value != "false" {
		p.fail(n, key, "write "+key+": true", "must be true or false")
		return
	}
	*into = n.Value == "true"
}

func (p *fileReader) readEach(n *yaml.Node) { oneOf(p, n, "each", Eaches(), &p.rule.Each) }

func (p *fileReader) readSeverity(n *yaml.Node) {
	oneOf(p, n, "severity", tracker.Severities(), &p.rule.Severity)
}

func (p *fileReader) readDraft(n *yaml.Node)   { p.truth(n, "draft", &p.rule.Draft) }
func (p *fileReader) readResolve(n *yaml.Node) { p.truth(n, "resolve", &p.rule.Resolve) }

func (p *fileReader) readAbout(n *yaml.Node) {
	p.rule.About, _ = p.text(n, "about")
	if utf8.RuneCountInString(p.rule.About) > maxAbout {
		p.fail(n, "about", "say less", fmt.Sprintf("may have %d characters", maxAbout))
	}
}

func (p *fileReader) readSchedule(n *yaml.Node) {
	line, ok := p.text(n, "schedule")
	if !ok {
		return
	}
	schedule, faults := parseSchedule(strings.TrimSpace(line), p.rule.Zone)
	p.failWithin(n, "schedule", faults)
	p.rule.Schedule = schedule
}

func (p *fileReader) readWas(n *yaml.Node) {
	name, ok := p.text(n, "was")
	switch {
	case !ok:
	case !ruleName.MatchString(name):
		p.fail(n, "was", "write was: suspension-ending", "must be a rule's name, without .yaml")
	case name == p.rule.Name:
		p.fail(n, "was", "leave it out", "a rule cannot have been itself")
	default:
		p.rule.Was = name
	}
}

func (p *fileReader) readWhen(n *yaml.Node) {
	x := p.expression(n, "when")
	switch {
	case x == nil:
	case x.kind != Truth:
		p.fail(n, "when", conditionHint(x.node, x.kind), fmt.Sprintf("must be a condition, this is a %s", x.kind))
	default:
		x.places = p.places(n)
		p.rule.when = x
	}
}

func (p *fileReader) expression(n *yaml.Node, key string) *expression {
	source, ok := p.text(n, key)
	if !ok {
		return nil
	}
	x, faults := p.dialects.compile(source, p.rule.Each, plainly)
	p.failWithin(n, key, faults)
	return x
}

const maxOnce = 10 // expressions of a key

// readOnce reads the key's expressions. One that is a condition or that never
// changes is refused: such a key would fire once and never again.
func (p *fileReader) readOnce(n *yaml.Node) {
	list := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		list = n.Content
	}
	if len(list) == 0 || len(list) > maxOnce {
		p.fail(n, "once", "write [measure.id, measure.until]", fmt.Sprintf("must be a list of 1 to %d expressions", maxOnce))
		return
	}
	for _, entry := range list {
		x := p.expression(entry, "once")
		switch {
		case x == nil:
		case x.kind == Truth:
			p.fail(entry, "once", "add what changes, such as measure.since", "a condition as key would fire once and never again")
		case !x.varies:
			p.fail(entry, "once", "add what changes, such as measure.since", "a key that is always the same would fire once and never again")
		default:
			p.rule.once = append(p.rule.once, x)
		}
	}
	if cost := costOf(p.rule.once); cost > maxCost {
		p.fail(n, "once", "name fewer values", fmt.Sprintf("could cost %s units together, the most is %s", grouped(cost), grouped(maxCost)))
	}
}

var repeatForm = regexp.MustCompile(`^(\d{1,4})(w|d|h|m|s)$`)

// maxRepeat is four years, in days.
const maxRepeat = 1461

func (p *fileReader) readRepeat(n *yaml.Node) {
	m := repeatForm.FindStringSubmatch(n.Value)
	if n.Kind != yaml.ScalarNode || m == nil {
		p.fail(n, "repeat", "write 7d, 2w or 12h", "must be a number of weeks, days, hours, minutes or seconds")
		return
	}
	count, _ := strconv.Atoi(m[1]) // four digits at most
	switch m[2] {
	case "w":
		p.rule.Repeat.Days = 7 * count
	case "d":
		p.rule.Repeat.Days = count
	default:
		unit := map[string]time.Duration{"h": time.Hour, "m": time.Minute, "s": time.Second}[m[2]]
		p.rule.Repeat.Clock = time.Duration(count) * unit
	}
	if count == 0 || p.rule.Repeat.Days > maxRepeat {
		p.fail(n, "repeat", "write 7d", fmt.Sprintf("must lie between one second and %d days", maxRepeat))
	}
}

// Limits of what a rule says about itself.
const (
	maxLabels = 20
	maxLabel  = 200  // characters of a label's name, and of its value
	maxAbout  = 1000 // characters
)

func (p *fileReader) readLabels(n *yaml.Node) {
	values := p.mapping(n, "labels", nil)
	if len(values) > maxLabels {
		p.fail(n, "labels", "write {topic: snap-back}", fmt.Sprintf("more than %d labels", maxLabels))
		return
	}
	p.rule.Labels = map[string]string{}
	for name, value := range values {
		text, ok := p.text(value, "labels."+clip(name, 40))
		if ok && max(utf8.RuneCountInString(name), utf8.RuneCountInString(text)) > maxLabel {
			p.fail(value, "labels", "say it in about", fmt.Sprintf("a label may have %d characters", maxLabel))
		}
		p.rule.Labels[name] = text
	}
}

// readSay reads the message in both languages, or in one, which then stands for
// the other: see [Rule.message].
func (p *fileReader) readSay(n *yaml.Node) {
	values := p.mapping(n, "say", keyNames(sayKeys))
	if values == nil {
		return
	}
	if len(values) == 0 {
		p.fail(n, "say", `write en: "{{ measure.title }}"`, "needs the message in English, Chinese or both")
	}
	for lang, name := range []string{"en", "zh"} {
		value := values[name]
		if value == nil {
			continue
		}
		if text, ok := p.text(value, "say."+name); ok {
			t, faults := p.dialects.parseTemplate(text, p.rule.Each, lang)
			p.failWithin(value, "say."+name, faults)
			p.rule.say[lang] = t
		}
	}
}
