package rules

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/vm"

	"derisk/tracker"
)

// MaxMessage is how many characters a message may have in one language; what
// is longer is cut, and ends in "…".
const MaxMessage = 1500

// template is a message with {{ expression }} parts.
type template []part

// part is literal words, or an expression.
type part struct {
	words string
	expr  *expression
}

// Limits of a message in a rule's file.
const (
	maxTemplate = 16 << 10 // bytes
	maxParts    = 50       // expressions
)

// expressions are the parts that are evaluated.
func (t template) expressions() (list []*expression) {
	for _, p := range t {
		if p.expr != nil {
			list = append(list, p.expr)
		}
	}
	return list
}

// parseTemplate reads a message for a rule over each. Faults are placed in text.
func (d *dialects) parseTemplate(text string, each Each, lang int) (template, []fault) {
	if len(text) > maxTemplate {
		return nil, []fault{{0, 1, fmt.Sprintf("a message may have %d bytes, this has %d", maxTemplate, len(text)), "say less"}}
	}
	var t template
	var faults []fault
	rest, at := text, 0
	for {
		if len(faults) >= maxFaults {
			return t, faults
		}
		before, after, found := strings.Cut(rest, "{{")
		if before != "" {
			t = append(t, part{words: before})
		}
		if !found {
			return t, append(faults, t.dear()...)
		}
		at += utf8.RuneCountInString(before) + 2
		source, tail, closed := cutOutsideQuotes(after)
		if !closed {
			return t, append(faults, fault{at - 2, at, `"{{" is never closed`, `write "}}" after the expression`})
		}
		if len(t.expressions()) == maxParts {
			return t, append(faults, fault{at - 2, at, fmt.Sprintf("a message may have %d expressions", maxParts), "say less"})
		}
		x, wrong := d.compile(source, each, lang)
		if x != nil && (x.kind == Truth || x.kind.element() == Figure || x.kind.element() == Date) {
			wrong = append(wrong, fault{0, utf8.RuneCountInString(source), "a " + string(x.kind) + " cannot be put into words", `write condition ? "yes" : "no"`})
		}
		for _, f := range wrong {
			faults = append(faults, fault{f.from + at, f.to + at, f.message, f.hint})
		}
		t = append(t, part{expr: x})
		at += utf8.RuneCountInString(source) + 2
		rest = tail
	}
}

// dear tells that the parts of a message together cost too much.
func (t template) dear() []fault {
	if cost := costOf(t.expressions()); cost > maxCost {
		return []fault{{0, 1, fmt.Sprintf("the expressions of the message could cost %s units together, the most is %s", grouped(cost), grouped(maxCost)), "say less"}}
	}
	return nil
}

// cutOutsideQuotes cuts at the first "}}" that stands in no string.
func cutOutsideQuotes(s string) (before, after string, found bool) {
	var quote byte
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quote != 0 && c == '\\':
			i++
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
		case c == '"' || c == '\'' || c == '`':
			quote = c
		case strings.HasPrefix(s[i:], "}}"):
			return s[:i], s[i+2:], true
		}
	}
	return s, "", false
}

// render is the message for one subject, cut at [MaxMessage].
func (t template) render(machine *vm.VM, env *scope, lang int) (string, error) {
	var b strings.Builder
	for _, p := range t {
		if b.Len() > 4*MaxMessage {
			break // full, whatever else there is
		}
		if p.expr == nil {
			b.WriteString(p.words)
			continue
		}
		v, err := p.expr.run(machine, env)
		if err != nil {
			return "", err
		}
		b.WriteString(cutBytes(print(v, lang), 4*MaxMessage))
	}
	return cut(strings.TrimSpace(b.String())), nil
}

func cut(s string) string { return clip(s, MaxMessage) }

// clip is a text of at most most characters; one that was longer ends in "…".
func clip(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + "…"
}

// cutBytes is the beginning of a text, in at most most bytes and whole characters.
func cutBytes(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}

// onlyIn marks a message that is written in the other language alone.
var onlyIn = [2]string{english: "[only in Chinese] ", chinese: "［仅有英文］"}

// message is what the rule says of a subject. In a language in which the file
// has no message it is that of the other one, marked, so that whoever reads in either
// is told.
func (r *Rule) message(machine *vm.VM, env *scope) (tracker.Text, error) {
	var said [2]string
	for lang, t := range r.say {
		if t == nil {
			continue
		}
		text, err := t.render(machine, env, lang)
		if err != nil {
			return tracker.Text{}, err
		}
		said[lang] = text
		if other := 1 - lang; r.say[other] == nil {
			said[other] = cut(onlyIn[other] + text)
		}
	}
	return tracker.Text{EN: said[english], ZH: said[chinese]}, nil
}
