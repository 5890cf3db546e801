package rules

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/expr-lang/expr/ast"
	"go.yaml.in/yaml/v4"
)

// writtenText is a text of a rule file with the place of each of its characters.
type writtenText struct {
	runes  []rune
	places []place
}

// Line is a line of the rule's file, counted from 1; "" where there is none.
func (r *Rule) Line(number int) string {
	lines := strings.Split(r.source, "\n")
	if number < 1 || number > len(lines) {
		return ""
	}
	return lines[number-1]
}

// textsOf finds the schedule, the condition, each entry of once (once.0 and on) and the messages of a rule in its file.
func textsOf(r *Rule) map[string]writtenText {
	p := &fileReader{file: r.File, rule: &Rule{}}
	texts := map[string]writtenText{}
	root := p.document([]byte(r.source))
	if root == nil { // it was read once, so it can be read
		return texts
	}
	p.gatherTexts(root, "", texts)
	return texts
}

func (p *fileReader) gatherTexts(n *yaml.Node, key string, texts map[string]writtenText) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := key+n.Content[i].Value, n.Content[i+1]
		switch {
		case value.Kind == yaml.ScalarNode:
			texts[name] = writtenText{[]rune(value.Value), p.places(value)}
		case name == "say":
			p.gatherTexts(value, "say.", texts)
		case name == "once":
			for j, entry := range value.Content {
				texts[onceKey(j)] = writtenText{[]rune(entry.Value), p.places(entry)}
			}
		}
	}
}

// onceKey is the key of an entry of once.
func onceKey(entry int) string { return "once." + strconv.Itoa(entry) }

// extent is where a part of an expression that begins at a character stands in
// the text: its own words and those of its parts, up to the bracket that closes the last.
func (t writtenText) extent(n ast.Node, at int) (from, to int) {
	from, to = spanOf(n)
	from, to = min(from+at, len(t.runes)), min(to+at, len(t.runes))
	open := openBrackets(t.runes[from:to])
	for end := to; open > 0 && end < len(t.runes); end++ {
		switch c := t.runes[end]; {
		case c == ')' || c == ']' || c == '}':
			open, to = open-1, end+1
		case !unicode.IsSpace(c):
			return from, to
		}
	}
	return from, to
}

// spanOf is from the first to the last character of a node and of all below it.
func spanOf(n ast.Node) (from, to int) {
	at := n.Location()
	from, to = at.From, at.To
	for _, child := range childrenOf(n) {
		first, last := spanOf(child)
		from, to = min(from, first), max(to, last)
	}
	if m, ok := n.(*ast.MemberNode); ok {
		first, last := spanOf(m.Node)
		from, to = min(from, first), max(to, last)
	}
	return from, to
}

// openBrackets counts the brackets in an expression that it does not close.
func openBrackets(expression []rune) (open int) {
	var quote rune
	for i := 0; i < len(expression); i++ {
		switch c := expression[i]; {
		case quote != 0 && c == '\\' && quote != '`':
			i++
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
		case c == '"' || c == '\'' || c == '`':
			quote = c
		case c == '(' || c == '[' || c == '{':
			open++
		case c == ')' || c == ']' || c == '}':
			open--
		}
	}
	return open
}

// gap is the place of characters of the text, as far as they stand on its first line.
func (t writtenText) gap(key string, from, to int) Gap {
	g := Gap{Key: key}
	if from >= len(t.places) {
		return g
	}
	first := t.places[from]
	g.Line, g.Column, g.Width = first.line, first.column, 1
	for _, at := range t.places[from:min(to, len(t.places))] {
		if at.line == first.line {
			g.Width = max(g.Width, at.column-first.column+1)
		}
	}
	return g
}
