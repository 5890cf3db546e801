package tracker

import (
	"fmt"
	"slices"
	"strings"
)

// Answer is yes, no, or depends: scope is never guessed. Answers combine as in
// Kleene's logic, so an answer that is definite stays so when more is known.
type Answer string

const (
	Yes     Answer = "yes"
	No      Answer = "no"
	Depends Answer = "depends"
)

func answer(yes bool) Answer {
	if yes {
		return Yes
	}
	return No
}

func not(a Answer) Answer {
	switch a {
	case Yes:
		return No
	case No:
		return Yes
	}
	return Depends
}

// finding is the answer of one dimension of scope, in words that a person can check.
type finding struct {
	answer  Answer
	because []Text
	depends []Text // what would have to be known; only with Depends
}

func yes(because ...Text) finding { return finding{answer: Yes, because: because} }

func no(because ...Text) finding { return finding{answer: No, because: because} }

// open is a finding that depends on something.
func open(on Text, because ...Text) finding {
	return finding{answer: Depends, because: because, depends: []Text{on}}
}

// all is no where one is no, and that one's reason is reason enough; else it
// depends on everything that one of them depends on.
func all(fs ...finding) finding {
	sum := finding{answer: Yes}
	for _, f := range fs {
		if f.answer == No {
			return f
		}
		sum.add(f)
		if f.answer == Depends {
			sum.answer = Depends
		}
	}
	return sum
}

// either is yes where one is yes, and that one's reason is reason enough; else
// it depends on everything that one of them depends on, else it is no.
func either(fs ...finding) finding {
	sum := finding{answer: No}
	for _, f := range fs {
		switch {
		case f.answer == Yes:
			return f
		case f.answer == sum.answer:
			sum.add(f)
		case f.answer == Depends:
			sum = f
		}
	}
	return sum
}

func (f *finding) add(more finding) {
	f.because = addNew(f.because, more.because)
	f.depends = addNew(f.depends, more.depends)
}

func addNew(texts, more []Text) []Text {
	for _, t := range more {
		if !slices.Contains(texts, t) {
			texts = append(slices.Clip(texts), t)
		}
	}
	return texts
}

// say fills a sentence in both languages. A [Text] among the arguments speaks
// the language of each.
func say(en, zh string, args ...any) Text {
	inEN, inZH := slices.Clone(args), slices.Clone(args)
	for i, arg := range args {
		if t, ok := arg.(Text); ok {
			inEN[i], inZH[i] = t.In("en"), t.In("zh")
		}
	}
	return Text{EN: fmt.Sprintf(en, inEN...), ZH: fmt.Sprintf(zh, inZH...)}
}

// list joins names: "A, B and C".
func list(names []Text) Text {
	if len(names) == 0 {
		return Text{}
	}
	last := names[len(names)-1]
	if len(names) == 1 {
		return last
	}
	var en, zh []string
	for _, n := range names[:len(names)-1] {
		en, zh = append(en, n.In("en")), append(zh, n.In("zh"))
	}
	return say("%s and %s", "%s和%s", Text{EN: strings.Join(en, ", "), ZH: strings.Join(zh, "、")}, last)
}
