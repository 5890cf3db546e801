package rules

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"time"

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
func Load(fsys fs.FS) (*Set, error) { return Reload(fsys, &Set{}) }

// Reload is [Load] after a change: a rule whose file holds what it held is taken
// over from last.
func Reload(fsys fs.FS, last *Set) (*Set, error) {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("read the folder of rules: %w", err)
	}
	set, dialects := &Set{}, new(dialects)
	for _, entry := range entries {
		file := entry.Name()
		if strings.HasPrefix(file, ".") || entry.IsDir() || !strings.HasSuffix(file, ".yaml") && !strings.HasSuffix(file, ".yml") {
			continue
		}
		if len(set.names) == MaxFiles {
			return nil, fmt.Errorf("the folder of rules holds more than %d files", MaxFiles)
		}
		if err := set.add(fsys, file, last, dialects); err != nil {
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

func (s *Set) add(fsys fs.FS, file string, last *Set, d *dialects) error {
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
	if r := last.find(name); r != nil && r.File == file && r.raw == string(data) {
		s.Rules = append(s.Rules, r)
		return nil
	}
	rule, faults := d.parse(file, data)
	s.Faults = append(s.Faults, faults...)
	if rule != nil {
		s.Rules = append(s.Rules, rule)
		return nil
	}
	if was := writtenWas.FindSubmatch(data); was != nil {
		s.awaited = append(s.awaited, string(was[1]))
	}
	return nil
}

// writtenWas finds the former name in a file that cannot be read as a rule.
var writtenWas = regexp.MustCompile(`(?m)^was:[ \t]*["']?([A-Za-z0-9][A-Za-z0-9._-]{0,63})`)

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
func Parse(file string, data []byte) (*Rule, []*Error) { return new(dialects).parse(file, data) }

func (d *dialects) parse(file string, data []byte) (*Rule, []*Error) {
	p := &fileReader{file: file, dialects: d, rule: &Rule{File: file, Each: EachMeasure, Severity: tracker.Info, Zone: time.UTC}}
	p.rule.Name = strings.TrimSuffix(file, ".yaml")
	if !strings.HasSuffix(file, ".yaml") || !ruleName.MatchString(p.rule.Name) {
		p.faults = append(p.faults, &Error{File: file, Message: "a rule's file is named like suspension-ending.yaml: letters, digits, dots and dashes"})
		return nil, p.faults
	}
	if strings.HasPrefix(p.rule.Name, tracker.OwnRules) {
		p.faults = append(p.faults, &Error{File: file, Message: "names that begin with " + tracker.OwnRules + " are derisk's own: choose another"})
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
	file     string
	dialects *dialects
	lines    []string
	rule     *Rule
	faults   []*Error
	untold   int // faults beyond maxFaults

	followed *yaml.Node // the scalar of follows
	follows  []place    // of its characters; kept, as one text can have many faults
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
