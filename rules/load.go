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

// Limits of a folder of rules.
const (
	MaxFile  = 256 << 10 // bytes of one file
	MaxFiles = 10_000    // files of a folder
	maxNest  = 12        // depth of YAML
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
		set.add(fsys, file)
	}
	set.checkFormerNames()
	sortErrors(set.Faults)
	slices.SortFunc(set.Rules, byName)
	slices.Sort(set.names)
	return set, nil
}

func (s *Set) add(fsys fs.FS, file string) {
	name := strings.TrimSuffix(strings.TrimSuffix(file, ".yaml"), ".yml")
	s.names = append(s.names, name)
	data, err := readFile(fsys, file)
	if err != nil {
		s.Faults = append(s.Faults, &Error{File: file, Message: err.Error()})
		return
	}
	rule, faults := Parse(file, data)
	s.Faults = append(s.Faults, faults...)
	if rule != nil {
		s.Rules = append(s.Rules, rule)
	}
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
		return nil, fmt.Errorf("has %d bytes, the most is %d", info.Size(), MaxFile)
	}
	f, err := fsys.Open(file)
	if err != nil {
		return nil, fmt.Errorf("cannot be read: %w", plainPathError(err))
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MaxFile+1))
	if err == nil && len(data) > MaxFile {
		err = fmt.Errorf("has more than %d bytes", MaxFile)
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
	if root := p.document(data); root != nil {
		p.read(root)
	}
	if len(p.faults) > 0 {
		sortErrors(p.faults)
		return nil, p.faults
	}
	return p.rule, nil
}

// fileReader reads one file and gathers its faults.
type fileReader struct {
	file   string
	lines  []string
	rule   *Rule
	faults []*Error
}

// document is the mapping that the file holds, or nil with the faults told.
func (p *fileReader) document(data []byte) *yaml.Node {
	text := strings.TrimPrefix(string(data), "\ufeff")
	text = strings.ReplaceAll(text, "\r\n", "\n")
	p.lines, p.rule.source = strings.Split(text, "\n"), text
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
		return p.whole(yamlLine(err), "is not valid YAML: "+yamlWords(err))
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

var yamlPlace = regexp.MustCompile(`^(?:yaml: )?(?:[a-z ]+error: )?(?:while [a-z ]+ )?(?:at )?(?:line (\d+))?(?:, column \d+)?:? *`)

func yamlLine(err error) int {
	for _, m := range regexp.MustCompile(`line (\d+)`).FindAllStringSubmatch(err.Error(), 1) {
		n, _ := strconv.Atoi(m[1])
		return n
	}
	return 0
}

func yamlWords(err error) string {
	first, _, _ := strings.Cut(err.Error(), "\n")
	return yamlPlace.ReplaceAllString(first, "")
}

func (p *fileReader) whole(line int, message string) *yaml.Node {
	e := &Error{File: p.file, Message: message}
	if line > 0 {
		e.Line, e.Column = line, 1
	}
	p.faults = append(p.faults, e)
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
	p.faults = append(p.faults, p.at(n, 0, utf8.RuneCountInString(n.Value), key, hint, message))
}

// failWithin reports faults inside a node's text.
func (p *fileReader) failWithin(n *yaml.Node, key string, faults []fault) {
	for _, f := range faults {
		p.faults = append(p.faults, p.at(n, f.from, f.to, key, f.hint, f.message))
	}
}

// at places characters from to to of a scalar's text in the file: quotes,
// escapes, indents and folded lines lie between the text and the file.
func (p *fileReader) at(n *yaml.Node, from, to int, key, hint, message string) *Error {
	line, column := n.Line, n.Column
	if n.Kind == yaml.ScalarNode {
		line, column = p.place(n, from)
	}
	e := &Error{File: p.file, Line: line, Column: column, Key: key, Message: message, Hint: hint, Width: max(1, to-from)}
	if line < 1 || line > len(p.lines) {
		return e
	}
	quote := p.lines[line-1]
	indent := len(quote) - len(strings.TrimLeft(quote, " "))
	e.Quote, e.At = strings.TrimRight(quote[indent:], " "), max(0, column-1-indent)
	return e
}

// place follows a scalar's characters through the file, as far as the one at index.
func (p *fileReader) place(n *yaml.Node, index int) (line, column int) {
	line, column = n.Line, n.Column
	l, c := n.Line-1, n.Column-1
	value := []rune(n.Value)
	for i := 0; i <= index && i < len(value); i++ {
		if value[i] == ' ' || value[i] == '\n' || value[i] == '\t' {
			continue
		}
		found := false
		for ; l < len(p.lines) && !found; l, c = l+1, 0 {
			row := []rune(p.lines[l])
			for ; c < len(row); c++ {
				if row[c] == value[i] && !(i == 0 && l == n.Line-1 && c == n.Column-1 && n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0) {
					line, column, found = l+1, c+1, true
					break
				}
			}
			if found {
				c++
				break
			}
		}
		if !found {
			return n.Line, n.Column
		}
	}
	return line, column
}
