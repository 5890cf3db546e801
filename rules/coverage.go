package rules

import (
	"cmp"
	"slices"

	"github.com/expr-lang/expr/vm"

	"derisk/tracker"
)

// Coverage is how much of a rule its tests reach. Its points are: each part of
// the condition true and false, where it is come to (what stands after a false
// "and" is not); the same of each condition in a message that is sent; and a
// message asserted in each language.
type Coverage struct {
	Rule    string
	Points  int
	Reached int
	Gaps    []Gap // points that no test reaches, by place
}

// Gap is a point that no test of a rule reaches.
type Gap struct {
	Key          string // when, say.en, say.zh
	Line, Column int    // in the rule's file
	Width        int    // characters on that line
	Expr         string // the part; empty of a message as a whole
	Never        Never
}

// Never is what tests failed to do to a part.
type Never string

const (
	NeverTrue     Never = "true"
	NeverFalse    Never = "false"
	NeverAsserted Never = "asserted"
)

// Percent is the share of points that are reached; 100 where there are none.
func (c Coverage) Percent() float64 {
	if c.Points == 0 {
		return 100
	}
	return 100 * float64(c.Reached) / float64(c.Points)
}

// Cover runs the tests of a rule and tells what they reach.
func Cover(r *Rule, starter *tracker.Snapshot) Coverage {
	d := new(dialects)
	w := watcher{machine: new(vm.VM), when: probeMaker{d, r.Each, plainly}.make(r.when.node)}
	for lang, t := range r.say {
		for _, p := range t {
			if p.expr != nil {
				w.say = append(w.say, probeMaker{d, r.Each, lang}.make(p.expr.node))
			}
		}
	}
	for _, c := range r.Cases {
		if s, err := newStage(c, starter); err == nil { // what is wrong with it, running it tells
			s.watch = w.tick
			s.play(r)
		}
	}
	return w.coverage(r)
}

// watcher looks at every subject of every tick with the probes of a rule.
type watcher struct {
	machine *vm.VM
	when    *probe
	say     []*probe
}

func (w *watcher) tick(e *evaluation, told []tracker.Firing) error {
	began := subjectsOf(told, tracker.Began)
	e.machine = w.machine
	return e.eachSubject(func(s subject) error {
		if _, err := w.when.look(w.machine, s.scope); err != nil || !slices.Contains(began, s.id) {
			return err
		}
		for _, p := range w.say {
			if _, err := p.look(w.machine, s.scope); err != nil {
				return err
			}
		}
		return nil
	})
}

// coverage counts what was seen.
func (w *watcher) coverage(r *Rule) Coverage {
	count := counter{Coverage: Coverage{Rule: r.Name}}
	text := textsOf(r)
	count.parts("when", text["when"], 0, w.when)
	say := w.say
	for lang, key := range []string{"say.en", "say.zh"} {
		if _, written := text[key]; written {
			count.asserted(r, key, text[key], []string{"en", "zh"}[lang])
		}
		at := 0
		for _, p := range r.say[lang] {
			if p.expr == nil {
				at += len([]rune(p.words))
				continue
			}
			count.parts(key, text[key], at+len("{{"), say[0])
			at, say = at+len("{{")+len([]rune(p.expr.source))+len("}}"), say[1:]
		}
	}
	slices.SortStableFunc(count.Gaps, func(a, b Gap) int { return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column)) })
	return count.Coverage
}

// counter adds up points.
type counter struct{ Coverage }

func (c *counter) point(reached bool, gap Gap) {
	c.Points++
	if reached {
		c.Reached++
		return
	}
	c.Gaps = append(c.Gaps, gap)
}

// parts counts a probe and those in it, of an expression that begins at a character of a text.
func (c *counter) parts(key string, text writtenText, at int, p *probe) {
	if p.point {
		from, to := text.extent(p.node, at)
		gap := text.gap(key, from, to)
		gap.Expr, gap.Never = p.node.String(), NeverTrue
		c.point(p.sawTrue, gap)
		gap.Never = NeverFalse
		c.point(p.sawFalse, gap)
	}
	for _, part := range p.parts {
		c.parts(key, text, at, part)
	}
}

// asserted counts whether a test says something of the message in a language.
func (c *counter) asserted(r *Rule, key string, text writtenText, lang string) {
	gap := text.gap(key, 0, len(text.runes))
	gap.Never = NeverAsserted
	c.point(slices.ContainsFunc(r.Cases, func(t Case) bool { return t.asserts(lang) }), gap)
}

// asserts says whether a test wants words of a message in a language.
func (c Case) asserts(lang string) bool {
	return slices.ContainsFunc(c.steps(), func(s Step) bool {
		return inLanguage(s.Says, lang) != "" ||
			slices.ContainsFunc(s.Posts, func(p Posting) bool { return p.Says != "" && p.To.Lang == lang })
	})
}
