package rules

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"
)

// document is the mapping that the file holds, or nil with the faults told.
func (p *fileReader) document(data []byte) *yaml.Node {
	text := strings.TrimPrefix(string(data), "\ufeff")
	text = strings.ReplaceAll(text, "\r\n", "\n")
	p.lines, p.rule.source = strings.Split(text, "\n"), text
	p.rule.raw, p.rule.digest = string(data), digest(string(data))
	if i := strings.IndexByte(text, 0); i >= 0 {
		return p.whole(1+strings.Count(text[:i], "\n"), "holds a NUL byte: it is no text")
	}
	for i, line := range p.lines {
		if !utf8.ValidString(line) {
			return p.whole(i+1, "is not valid UTF-8: save the file in that encoding")
		}
		if at := strings.IndexFunc(line, control); at >= 0 {
			return p.whole(i+1, fmt.Sprintf("holds the control character %+q: take it out", []rune(line[at:])[0]))
		}
	}
	root, second, err := parseYAML(text)
	switch {
	case err != nil:
		p.tell(p.yaml(err))
		return nil
	case root == nil:
		return p.whole(0, "is empty: a rule needs about, schedule, when and say")
	case second != nil:
		p.fail(second, "", "write one rule a file", "a second document begins here")
		return nil
	case !p.sound(root, 0):
		return nil
	case root.Kind != yaml.MappingNode:
		return p.whole(root.Line, "a rule is a list of keys such as schedule, when and say")
	}
	return root
}

// control says that YAML, and a terminal, would choke on a character.
func control(c rune) bool {
	return unicode.IsControl(c) && !strings.ContainsRune("\t\r\u0085", c) || c == 0xfffe || c == 0xffff
}

// parseYAML gives the top node of a text, nil where it is empty, and that of a
// second document, where there is one.
func parseYAML(text string) (root, second *yaml.Node, err error) {
	loader, err := yaml.NewLoader(bytes.NewReader([]byte(text)), yaml.WithSingleDocument(false),
		yaml.WithPlugin(loaderlimits.New(loaderlimits.DepthValue(4*maxNest))))
	if err != nil {
		return nil, nil, err
	}
	var documents [2]yaml.Node
	for i := range documents {
		err := loader.Load(&documents[i])
		at, ok := errors.AsType[*yaml.LoadError](err)
		switch {
		case err == io.EOF || ok && strings.Contains(at.Message, "no documents"):
		case err != nil:
			return nil, nil, err
		}
	}
	return top(&documents[0]), top(&documents[1]), nil
}

func top(document *yaml.Node) *yaml.Node {
	if len(document.Content) == 0 {
		return nil
	}
	return document.Content[0]
}

// slips are what people often get wrong in YAML: a part of what the YAML reader
// says, what we say, and what to write.
var slips = []struct{ part, message, hint string }{
	{"cannot start any token", "a value cannot begin with this character", `put the value in quotes: "@daily"`},
	{"tab character", "YAML is indented with spaces, not with tabs", "write spaces"},
	{"mapping values are not allowed", `": " stands in a value without quotes, or the line is indented too far`, `put a value that holds ": " in quotes`},
	{"found unexpected end of stream", "a quote is opened here and never closed", "close the quote"},
	{"expected ',' or ']'", "a list is opened here and never closed", "write ] at its end, and a comma after each entry"},
	{"expected ',' or '}'", "a { is opened here and never closed", "write } at its end, and a comma after each entry"},
	{"did not find expected key", "the keys here do not fit together", "indent keys alike; close each quote, here and on the line above"},
	{"could not find expected ':'", "a key is wanted here, followed by a colon", "write key: value; indent text below a |"},
	{"unknown escape character", "there is no such escape in double quotes", `write \\ for a backslash, or use single quotes`},
	{"block sequence entries are not allowed", "a list cannot begin here", "write each - entry on a line of its own"},
	{"did not find expected node content", "a value is wanted here", ""},
	{"did not find expected '-' indicator", "a list and keys stand side by side", "a rule is keys with values; it has no - before them"},
	{"unknown anchor", "anchors and aliases are not allowed in rules", "write the value out; a value that begins with * stands in quotes"},
	{"control characters", "the file holds a control character", "take it out"},
	{"depth", fmt.Sprintf("nested more than %d deep", maxNest), ""},
	{"directive", "YAML directives are not allowed in rules", "take out the line that begins with %"},
	{"incompatible YAML", "YAML directives are not allowed in rules", "take out the line that begins with %"},
}

// yaml tells what the YAML reader found wrong, where the slip began.
func (p *fileReader) yaml(err error) *Error {
	at, ok := errors.AsType[*yaml.LoadError](err)
	if !ok {
		first, _, _ := strings.Cut(err.Error(), "\n")
		return &Error{File: p.file, Message: "is not valid YAML: " + first}
	}
	mark := at.Mark
	if strings.Contains(at.Message, "end of stream") || strings.Contains(at.Message, "expected ','") {
		mark = at.ContextMark
	}
	e := &Error{File: p.file, Line: min(mark.Line, len(p.lines)), Column: mark.Column, Width: 1, // YAML has more ways to break a line
		Message: "is not valid YAML: " + clip(at.Message, 100)}
	for _, s := range slips {
		if strings.Contains(at.Message, s.part) {
			e.Message, e.Hint = "is not valid YAML: "+s.message, s.hint
			break
		}
	}
	if e.Line > 0 {
		e.quote(p.lines[e.Line-1])
	}
	return e
}

func (p *fileReader) whole(line int, message string) *yaml.Node {
	e := &Error{File: p.file, Message: message}
	if line > 0 {
		e.Line, e.Column = min(line, len(p.lines)), 1 // YAML has more ways to break a line
	}
	p.tell(e)
	return nil
}

// sound refuses anchors, aliases, tags and deep nesting.
func (p *fileReader) sound(n *yaml.Node, depth int) bool {
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		p.fail(n, "", "write the value out; one that begins with & or * stands in quotes", "anchors and aliases are not allowed in rules")
		return false
	case n.Style&yaml.TaggedStyle != 0:
		p.fail(n, "", "write the plain value; one that begins with ! stands in quotes", "YAML tags are not allowed in rules")
		return false
	case depth > maxNest:
		p.fail(n, "", "", fmt.Sprintf("nested more than %d deep", maxNest))
		return false
	}
	for _, child := range n.Content {
		if !p.sound(child, depth+1) {
			return false
		}
	}
	return true
}
