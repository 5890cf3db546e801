package rules

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"derisk/tracker"
)

// Limits of a folder of rules. A file of that size, whatever is in it, is
// checked within a second and 100 MB. See cost.go for what rules cost when they run.
const (
	MaxFile   = 256 << 10 // bytes of one file
	MaxFiles  = 10_000    // files of a folder
	MaxFolder = 32 << 20  // bytes of them together
	maxNest   = 12        // depth of YAML
	maxQuote  = 120       // characters of a line that an error shows
)

var ruleName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// Load reads every rule of a folder, the files directly in it that end in
// .yaml. Files whose names begin with a dot are left out. What is wrong in a
// file stands in the set's Faults and stops no other file; the error is for
// a folder that cannot be read at all. Pass the file system of an [os.Root],
// so that no symbolic link leads out of the folder.
func Load(fsys fs.FS) (*Set, error) {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("read the folder of rules: %w", err)
	}
	set := &Set{}
	for _, entry := range entries {
		file := entry.Name()
		if strings.HasPrefix(file, ".") || entry.IsDir() || !strings.HasSuffix(file, ".yaml") && !strings.HasSuffix(file, ".yml") {
			continue
		}
		if len(set.names) == MaxFiles {
			return nil, fmt.Errorf("the folder of rules holds more than %d files", MaxFiles)
		}
		if err := set.add(fsys, file); err != nil {
			return nil, err
		}
	}
	set.checkFormerNames()
	sortErrors(set.Faults)
	slices.SortFunc(set.Rules, byName)
	slices.Sort(set.names)
	return set, set.affordable()
}

// affordable says that all rules together cost at most [maxSetCost] for one subject.
func (s *Set) affordable() error {
	total := 0
	for _, r := range s.Rules {
		total = plus(total, r.cost())
	}
	if total <= maxSetCost {
		return nil
	}
	dearest := slices.SortedStableFunc(slices.Values(s.Rules), func(a, b *Rule) int { return b.cost() - a.cost() })
	names := make([]string, 0, 3)
	for _, r := range dearest[:min(3, len(dearest))] {
		names = append(names, fmt.Sprintf("%s (%s)", r.File, grouped(r.cost())))
	}
	return fmt.Errorf("the rules of the folder could cost %s units together for one subject, the most is %s: look at %s",
		grouped(total), grouped(maxSetCost), strings.Join(names, ", "))
}

func (s *Set) add(fsys fs.FS, file string) error {
	name := strings.TrimSuffix(strings.TrimSuffix(file, ".yaml"), ".yml")
	s.names = append(s.names, name)
	data, err := readFile(fsys, file)
	if err != nil {
		s.Faults = append(s.Faults, &Error{File: file, Message: err.Error()})
		return nil
	}
	if s.bytes += len(data); s.bytes > MaxFolder {
		return fmt.Errorf("the folder of rules holds more than %d MiB", MaxFolder>>20)
	}
	rule, faults := Parse(file, data)
	s.Faults = append(s.Faults, faults...)
	if rule != nil {
		s.Rules = append(s.Rules, rule)
	}
	return nil
}

// checkFormerNames refuses a rule that takes over the state of one that is still there.
func (s *Set) checkFormerNames() {
	s.Rules = slices.DeleteFunc(s.Rules, func(r *Rule) bool {
		taken := r.Was != "" && slices.Contains(s.names, r.Was)
		if taken {
			s.Faults = append(s.Faults, &Error{File: r.File, Key: "was", Message: fmt.Sprintf("the rule %q is still there", r.Was), Hint: "remove that file, or this key"})
		}
		return taken
	})
}

func readFile(fsys fs.FS, file string) ([]byte, error) {
	info, err := fs.Stat(fsys, file)
	switch {
	case err != nil:
		return nil, fmt.Errorf("cannot be read: %w", plainPathError(err))
	case !info.Mode().IsRegular():
		return nil, errors.New("is not a regular file")
	case info.Size() > MaxFile:
		return nil, fmt.Errorf("has %s bytes, the most is %s", grouped(int(min(info.Size(), 1<<50))), grouped(MaxFile))
	}
	f, err := fsys.Open(file)
	if err != nil {
		return nil, fmt.Errorf("cannot be read: %w", plainPathError(err))
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MaxFile+1))
	if err == nil && len(data) > MaxFile {
		err = fmt.Errorf("has more than %s bytes", grouped(MaxFile))
	}
	return data, err
}

// plainPathError leaves out the path, which is told already.
func plainPathError(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}

// Parse reads one rule file. Where anything is wrong there is no rule, and
// every fault is reported.
func Parse(file string, data []byte) (*Rule, []*Error) {
	p := &fileReader{file: file, rule: &Rule{File: file, Each: EachMeasure, Severity: tracker.Info, Zone: time.UTC}}
	p.rule.Name = strings.TrimSuffix(file, ".yaml")
	if !strings.HasSuffix(file, ".yaml") || !ruleName.MatchString(p.rule.Name) {
		p.faults = append(p.faults, &Error{File: file, Message: "a rule's file is named like suspension-ending.yaml: letters, digits, dots and dashes"})
		return nil, p.faults
	}
	if len(data) > MaxFile {
		p.whole(0, fmt.Sprintf("has %s bytes, the most is %s", grouped(len(data)), grouped(MaxFile)))
	} else if root := p.document(data); root != nil {
		p.read(root)
	}
	if len(p.faults) > 0 {
		sortErrors(p.faults)
		return nil, p.tellable()
	}
	return p.rule, nil
}

// tellable are the faults, the first [maxFaults] of them where there are more.
func (p *fileReader) tellable() []*Error {
	if p.untold == 0 {
		return p.faults
	}
	return append(p.faults, &Error{File: p.file, Message: fmt.Sprintf("%s further faults in this file", grouped(p.untold))})
}

// fileReader reads one file and gathers its faults.
type fileReader struct {
	file   string
	lines  []string
	rule   *Rule
	faults []*Error
	untold int // faults beyond maxFaults
}

// tell takes a fault, or counts it where there are many already.
func (p *fileReader) tell(e *Error) {
	if len(p.faults) == maxFaults {
		p.untold++
		return
	}
	p.faults = append(p.faults, e)
}

// full says that further faults are only counted.
func (p *fileReader) full() bool { return len(p.faults) == maxFaults }

// document is the mapping that the file holds, or nil with the faults told.
func (p *fileReader) document(data []byte) *yaml.Node {
	text := strings.TrimPrefix(string(data), "\ufeff")
	text = strings.ReplaceAll(text, "\r\n", "\n")
	p.lines, p.rule.source = strings.Split(text, "\n"), text
	p.rule.raw, p.rule.digest = string(data), digest(string(data))
	if i := strings.IndexByte(text, 0); i >= 0 {
		return p.whole(1+strings.Count(text[:i], "\n"), "holds a NUL byte")
	}
	for i, line := range p.lines {
		if !utf8.ValidString(line) {
			return p.whole(i+1, "is not valid UTF-8")
		}
	}
	var doc yaml.Node
	if err := yaml.Load([]byte(text), &doc); err != nil {
		if err == io.EOF || strings.TrimSpace(text) == "" {
			return p.whole(0, "is empty")
		}
		return p.yaml(err)
	}
	if doc.Kind == 0 || len(doc.Content) == 0 {
		return p.whole(0, "is empty")
	}
	root := doc.Content[0]
	if !p.sound(root, 0) {
		return nil
	}
	if root.Kind != yaml.MappingNode {
		return p.whole(root.Line, "a rule is a list of keys such as schedule, when and say")
	}
	return root
}

// yamlPlace finds line and column in what the YAML reader says.
var yamlPlace = regexp.MustCompile(`L(\d+)\.C(\d+): `)

// yaml tells what the YAML reader found wrong.
func (p *fileReader) yaml(err error) *yaml.Node {
	e := &Error{File: p.file, Message: "is not valid YAML"}
	words, _, _ := strings.Cut(err.Error(), "\n")
	if m := yamlPlace.FindStringSubmatchIndex(words); m != nil {
		e.Line, _ = strconv.Atoi(words[m[2]:m[3]])
		e.Column, _ = strconv.Atoi(words[m[4]:m[5]])
		e.Line = min(e.Line, len(p.lines)) // YAML has more ways to break a line
		e.Message += ": " + words[m[1]:]
	} else if _, after, ok := strings.Cut(words, "yaml: "); ok {
		e.Message += ": " + after
	}
	p.tell(e)
	return nil
}

func (p *fileReader) whole(line int, message string) *yaml.Node {
	e := &Error{File: p.file, Message: message}
	if line > 0 {
		e.Line, e.Column = line, 1
	}
	p.tell(e)
	return nil
}

// sound refuses anchors, aliases, tags and deep nesting.
func (p *fileReader) sound(n *yaml.Node, depth int) bool {
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		p.fail(n, "", "", "anchors and aliases are not allowed in rules")
		return false
	case n.Style&yaml.TaggedStyle != 0:
		p.fail(n, "", "", "YAML tags are not allowed in rules")
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

// fail reports a fault at a node as a whole.
func (p *fileReader) fail(n *yaml.Node, key, hint, message string) {
	if p.full() {
		p.untold++
		return
	}
	p.tell(p.at(n, 0, utf8.RuneCountInString(n.Value), key, hint, message))
}

// failWithin reports faults inside a node's text.
func (p *fileReader) failWithin(n *yaml.Node, key string, faults []fault) {
	for _, f := range faults {
		if p.full() {
			p.untold++
			continue
		}
		if strings.Contains(f.message, "token EOF") && n.Style == 0 && strings.Contains(p.lines[min(n.Line, len(p.lines))-1], " #") {
			f.hint = "to YAML a # after a space begins a comment: put the expression below a |"
		}
		p.tell(p.at(n, f.from, f.to, key, f.hint, f.message))
	}
}

// at places characters from to to of a scalar's text in the file: quotes,
// escapes, indents and folded lines lie between the text and the file.
func (p *fileReader) at(n *yaml.Node, from, to int, key, hint, message string) *Error {
	line, column := min(n.Line, len(p.lines)), n.Column
	if n.Kind == yaml.ScalarNode {
		places := p.places(n)
		if from < len(places) {
			line, column = places[from].line, places[from].column
		}
	}
	e := &Error{File: p.file, Line: line, Column: column, Key: key, Message: message, Hint: hint, Width: max(1, to-from)}
	if line >= 1 && line <= len(p.lines) {
		e.quote(p.lines[line-1])
	}
	return e
}

// places gives the place of each character of a scalar's text in the file, as
// far as they can be followed through its quotes, escapes, indents and folds.
func (p *fileReader) places(n *yaml.Node) []place {
	value := []rune(n.Value)
	places := make([]place, len(value))
	cursor := cursor{lines: p.lines, at: place{min(n.Line, len(p.lines)), max(1, n.Column)}}
	if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		cursor.at = place{min(n.Line+1, len(p.lines)), 1} // the text begins below the | or >
	}
	for i, c := range value {
		if found, ok := cursor.find(c); ok {
			places[i] = found
		} else {
			places[i] = cursor.at
		}
	}
	return places
}

// cursor goes forward through a file's lines.
type cursor struct {
	lines []string
	row   []rune // of the line at; nil: not split yet
	at    place
}

// maxAhead is how many characters of the file may lie between two of a scalar's.
const maxAhead = 300

// find goes on to the next character r, and past it. Where there is none, as r
// was written as an escape, the cursor stays. Space is found where the cursor
// stands, as folding changes it.
func (c *cursor) find(r rune) (place, bool) {
	if r == ' ' || r == '\n' || r == '\t' {
		return c.at, true
	}
	stay, left := c.at, maxAhead
	for ; c.at.line <= len(c.lines) && left > 0; c.at, c.row = (place{c.at.line + 1, 1}), nil {
		if c.row == nil {
			c.row = []rune(c.lines[c.at.line-1])
		}
		for ; c.at.column <= len(c.row) && left > 0; c.at.column, left = c.at.column+1, left-1 {
			if c.row[c.at.column-1] == r {
				found := c.at
				c.at.column++
				return found, true
			}
		}
	}
	c.at, c.row = stay, nil
	return place{}, false
}
