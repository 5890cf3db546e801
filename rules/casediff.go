package rules

import (
	"slices"
	"strings"
	"time"

	"derisk/tracker"
)

// Difference is one thing that a test wanted and did not have, or had and did
// not want. Empty Want or Had: nothing.
type Difference struct {
	Line  int // of the step or posting, in the file
	At    time.Time
	Key   string // as in the file: fires, resolved, says.en, posts; given, at or when where there is no outcome
	Want  Words
	Had   Words
	Note  tracker.Text // what else is to be said of it
	Parts []Part       // of the condition: why a subject that was wanted did not fire
}

// Lines are the difference in words: what was wanted after a -, what was had
// after a +, or, where there was no outcome, why.
func (d Difference) Lines() (lines []string) {
	if d.Want.Text != "" {
		lines = append(lines, "- "+d.Key+": "+d.Want.Text)
	}
	if d.Had.Text != "" {
		lines = append(lines, "+ "+d.Key+": "+d.Had.Text)
	}
	if len(lines) == 0 {
		lines = []string{d.Key + ": " + d.Note.EN}
	}
	return lines
}

// Words are a text with what differs in it marked: characters from, up to and
// not including, to.
type Words struct {
	Text  string
	Marks [][2]int
}

// judge tells where a step's outcome is not what it wants.
func (p playedStep) judge() []Difference {
	if len(p.faults) > 0 {
		return p.faults
	}
	wrong := p.judgeLoose()
	wrong = append(wrong, p.judgeSubjects("fires", p.step.Fires, tracker.Began)...)
	wrong = append(wrong, p.judgeSubjects("resolved", p.step.Resolved, tracker.Resolved)...)
	for _, lang := range []string{"en", "zh"} {
		if want := inLanguage(p.step.Says, lang); want != "" {
			wrong = append(wrong, p.judgeWords(p.step.Line, "says."+lang, want, lang, p.firings)...)
		}
	}
	for _, posting := range p.step.Posts {
		wrong = append(wrong, p.judgePosting(posting)...)
	}
	return wrong
}

// inLanguage is a text in one language, and in no other.
func inLanguage(t tracker.Text, lang string) string {
	if lang == "zh" {
		return t.ZH
	}
	return t.EN
}

// judgeLoose tells what fired between the steps, where nothing may.
func (p playedStep) judgeLoose() (wrong []Difference) {
	for _, f := range p.loose {
		key := "fires"
		if f.Kind == tracker.Resolved {
			key = "resolved"
		}
		wrong = append(wrong, Difference{Line: p.step.Line, At: f.At, Key: key, Had: Words{Text: f.Subject}, Note: tracker.Text{
			EN: "before this step, at " + f.At.Format(time.RFC3339) + ": give that tick a step of its own",
			ZH: "在本步骤之前，于 " + f.At.Format(time.RFC3339) + "：请为该时间单独写一个步骤",
		}})
	}
	return wrong
}

func (p playedStep) judgeSubjects(key string, want []string, kind tracker.FiringKind) (wrong []Difference) {
	had := subjectsOf(p.firings, kind)
	for _, id := range notIn(want, had) {
		wrong = append(wrong, Difference{Line: p.step.Line, At: p.step.At, Key: key, Want: Words{Text: id}})
	}
	for _, id := range notIn(had, want) {
		wrong = append(wrong, Difference{Line: p.step.Line, At: p.step.At, Key: key, Had: Words{Text: id}})
	}
	return wrong
}

func notIn(list, other []string) (missing []string) {
	for _, id := range list {
		if !slices.Contains(other, id) {
			missing = append(missing, id)
		}
	}
	return missing
}

// judgeWords looks for part of a message in those of firings, and shows the nearest.
func (p playedStep) judgeWords(line int, key, want, lang string, firings []tracker.Firing) []Difference {
	d := Difference{Line: line, At: p.step.At, Key: key, Want: Words{Text: want}}
	best := -1 << 30
	for _, f := range firings {
		said := inLanguage(f.Message, lang)
		if strings.Contains(said, want) {
			return nil
		}
		if w, h, score := alignWords(want, said); score > best {
			d.Want, d.Had, best = w, h, score
		}
	}
	return []Difference{d}
}
