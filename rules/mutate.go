package rules

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"derisk/tracker"
)

// MaxMutants is how many changes of one rule are tried.
const MaxMutants = 300

// Mutant is a rule with one literal or operator changed, and the test that noticed.
type Mutant struct {
	Key          string // when, once or schedule
	Line, Column int    // of what is changed, in the rule's file
	Width        int    // characters on that line
	Was          string
	Now          string // empty: left out
	Killed       string // name of the first test that fails with it; empty: none notices
	rule         *Rule
}

// Mutants tries the changes of a rule one after the other, in the order of their
// places, as long as the caller goes on. Changed are: figures by one, up and
// down; texts and words of the model to others; dates by a day; comparisons
// (< and <=, == and !=), and and or; a not, an entry of a list and an entry of
// once are left out; a fixed hour of the schedule comes an hour later. What
// does not change what the rule can do is left out: the subject's own id in
// once, and what no longer is a rule. Tests that fail with the rule as it is
// notice nothing.
func Mutants(r *Rule, starter *tracker.Snapshot) iter.Seq[Mutant] {
	return func(yield func(Mutant) bool) {
		var stages []*stage
		for _, c := range r.Cases {
			if s, err := newStage(c, starter); err == nil && s.passes(r) {
				stages = append(stages, s)
			}
		}
		for _, m := range mutantsOf(r) {
			i := slices.IndexFunc(stages, func(s *stage) bool { return !s.passes(m.rule) })
			if i >= 0 {
				m.Killed = stages[i].of.Name
			}
			if !yield(m) {
				return
			}
		}
	}
}

// passes says that nothing differs when a rule is played.
func (s *stage) passes(r *Rule) bool {
	return !slices.ContainsFunc(s.play(r), func(p playedStep) bool { return len(p.judge()) > 0 })
}

// mutantsOf makes the mutants of a rule, at most [MaxMutants].
func mutantsOf(r *Rule) []Mutant {
	b := mutantMaker{rule: r, texts: textsOf(r), seen: map[string]bool{}}
	b.expression("when", r.when, func(m *Rule, x *expression) { x.places = r.when.places; m.when = x })
	for i, x := range r.once {
		key := onceKey(i)
		if _, list := b.texts[key]; !list {
			key = "once" // written as a text, not as a list
		}
		b.expression(key, x, func(m *Rule, x *expression) { m.once = slices.Clone(r.once); m.once[i] = x })
		b.leaveOutOnce(key, i)
	}
	b.schedule()
	slices.SortStableFunc(b.mutants, func(x, y Mutant) int { return cmp.Or(cmp.Compare(x.Line, y.Line), cmp.Compare(x.Column, y.Column)) })
	return b.mutants[:min(len(b.mutants), MaxMutants)]
}

type mutantMaker struct {
	rule     *Rule
	texts    map[string]writtenText
	dialects dialects
	seen     map[string]bool // key and text of what was made
	mutants  []Mutant
}

// add takes a mutant whose words stand at characters from to to of a text.
func (b *mutantMaker) add(key string, from, to int, was, now string, change func(m *Rule)) {
	m := *b.rule
	change(&m)
	at := b.texts[key].gap(key, from, to)
	shown, _, _ := strings.Cut(key, ".")
	b.mutants = append(b.mutants, Mutant{Key: shown, Line: at.Line, Column: at.Column, Width: at.Width, Was: was, Now: now, rule: &m})
}

// expression makes the mutants of an expression, by changing its tree and
// compiling what that is written as, as if it stood in the file.
func (b *mutantMaker) expression(key string, x *expression, put func(m *Rule, x *expression)) {
	tree, faults := b.dialects.compile(x.source, x.each, plainly) // a tree of its own
	if len(faults) > 0 {                                          // it was admitted once
		return
	}
	for _, e := range editsOf(&tree.node) {
		if len(b.mutants) >= MaxMutants {
			return
		}
		e.do()
		source := tree.node.String()
		e.undo()
		if source == tree.node.String() || b.seen[key+source] {
			continue
		}
		b.seen[key+source] = true
		changed, faults := b.dialects.compile(source, x.each, plainly)
		if len(faults) == 0 && changed.kind == x.kind {
			from, to := b.texts[key].extent(e.at, 0)
			if e.operator {
				from, to = e.at.Location().From, e.at.Location().To
			}
			b.add(key, from, to, e.was, e.now, func(m *Rule) { put(m, changed) })
		}
	}
}

// leaveOutOnce leaves an entry out of once, but for the subject's own id, which
// a firing is known by anyway.
func (b *mutantMaker) leaveOutOnce(key string, i int) {
	text := b.texts[key].runes
	source := strings.TrimSpace(string(text))
	if len(b.rule.once) < 2 || source == string(b.rule.Each)+".id" {
		return
	}
	b.add(key, 0, len(text), source, "", func(m *Rule) { m.once = slices.Delete(slices.Clone(b.rule.once), i, i+1) })
}

// schedule makes a fixed hour an hour later.
func (b *mutantMaker) schedule() {
	s := b.rule.Schedule
	fields := strings.Fields(s.line)
	if !s.daily || len(fields) != 5 {
		return
	}
	hour, err := strconv.Atoi(fields[1])
	if err != nil {
		return
	}
	was := fields[1]
	fields[1] = strconv.Itoa((hour + 1) % 24)
	later, err := ParseSchedule(strings.Join(fields, " "), s.zone)
	if err != nil {
		return
	}
	text := string(b.texts["schedule"].runes)
	from := strings.Index(text, fields[0]) + len(fields[0])
	from += strings.Index(text[from:], was)
	b.add("schedule", from, from+len(was), was, fields[1], func(m *Rule) { m.Schedule = later })
}

// Survivors are the mutants that no test of a rule notices, and how many were tried.
func Survivors(r *Rule, starter *tracker.Snapshot) (survivors []Mutant, tried int) {
	for m := range Mutants(r, starter) {
		tried++
		if m.Killed == "" {
			survivors = append(survivors, m)
		}
	}
	return survivors, tried
}

// String says what was changed and where: 6:71: when: 60 left out.
func (m Mutant) String() string {
	if m.Now == "" {
		return fmt.Sprintf("%d:%d: %s: %s left out", m.Line, m.Column, m.Key, m.Was)
	}
	return fmt.Sprintf("%d:%d: %s: %s changed to %s", m.Line, m.Column, m.Key, m.Was, m.Now)
}
