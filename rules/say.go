package rules

import (
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/vm"
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

// parseTemplate reads a message for a rule over each. Faults are placed in text.
func parseTemplate(text string, each Each, lang int) (template, []fault) {
	var t template
	var faults []fault
	rest, at := text, 0
	for {
		before, after, found := strings.Cut(rest, "{{")
		if before != "" {
			t = append(t, part{words: before})
		}
		if !found {
			return t, faults
		}
		at += utf8.RuneCountInString(before) + 2
		source, tail, closed := cutOutsideQuotes(after)
		if !closed {
			return t, append(faults, fault{at - 2, at, `"{{" is never closed`, `write "}}" after the expression`})
		}
		x, wrong := compile(source, each, lang)
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
		if p.expr == nil {
			b.WriteString(p.words)
			continue
		}
		v, err := p.expr.run(machine, env)
		if err != nil {
			return "", err
		}
		b.WriteString(print(v, lang))
	}
	return cut(strings.TrimSpace(b.String())), nil
}

func cut(s string) string {
	if utf8.RuneCountInString(s) <= MaxMessage {
		return s
	}
	return string([]rune(s)[:MaxMessage-1]) + "…"
}
