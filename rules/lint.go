package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"derisk/tracker"
)

// Lint is a doubt about a rule that loads: the rule runs as it is written, which
// may not be as it was meant.
type Lint struct {
	Name string // stable: files snooze it by it
	Rule string
	At   *Error // the place, the words and what to do
}

// String is the lint in up to three lines, its name behind the first.
func (l *Lint) String() string {
	named := *l.At
	named.Message += " [" + l.Name + "]"
	return named.Error()
}

// Names of lints.
const (
	neverTrue       = "never-true"
	alwaysTrue      = "always-true"
	unknownWord     = "unknown-word"
	sameAs          = "same-as"
	subsumed        = "subsumed"
	needlessTicks   = "needless-ticks"
	missedDays      = "missed-days"
	missingLanguage = "missing-language"
	untested        = "untested"
	unpinned        = "unpinned"
	snoozing        = "snooze"
)

// lintNames are all lints, with what each doubts.
var lintNames = []struct {
	name  string
	about tracker.Text
}{
	{neverTrue, tracker.Text{EN: "the condition contradicts itself, or holds for nothing in the two years before and after today, by what is recorded", ZH: "条件自相矛盾，或依现有记录在今天前后两年内对任何对象都不成立"}},
	{alwaysTrue, tracker.Text{EN: "the condition holds for everything at every time", ZH: "条件在任何时候对任何对象都成立"}},
	{unknownWord, tracker.Text{EN: "a field is compared with a word, id, tag or country that it never has, or that nothing recorded has", ZH: "字段与其不可能取得、或记录中不存在的词、标识、标签或国家比较"}},
	{sameAs, tracker.Text{EN: "another rule has the same condition, or always fires together with it", ZH: "另一规则条件相同，或总与其同时触发"}},
	{subsumed, tracker.Text{EN: "wherever the rule fires another fires too, which is no less severe", ZH: "凡其触发之处，另一不低于其级别的规则也触发"}},
	{needlessTicks, tracker.Text{EN: "the schedule is finer than a day, while the condition changes with the calendar", ZH: "计划细于一天，而条件只随日历变化"}},
	{missedDays, tracker.Text{EN: "the condition names several days, of which the rule can fire on some only", ZH: "条件列出若干日，而规则只能在其中部分日触发"}},
	{missingLanguage, tracker.Text{EN: "the message is written in one language only", ZH: "消息只有一种语言"}},
	{unpinned, tracker.Text{EN: "a literal of the condition could be another, and no test would notice", ZH: "条件中的某个字面值改变后，没有测试会发现"}},
	{untested, tracker.Text{EN: "the file has no tests", ZH: "文件没有测试"}},
}

// finding is a lint before its place in the file is known.
type finding struct {
	name  string
	key   string // of the file
	fault        // characters of the key's text
	at    *Error // the place, where it is known already; else nil
}

// recentYears is how far back and ahead of now conditions are tried.
const recentYears = 2

// Lints tells what is doubtful about the rules of a set, over the facts given,
// as of now, by file and place. What a file snoozes is left out. Where rules
// and facts are too many to be tried in some seconds, untried says so: what shows
// only in trying may then be missing.
func Lints(set *Set, facts *tracker.Snapshot, now time.Time) (lints []*Lint, untried bool) {
	found := map[*Rule][]finding{}
	words := vocabularies(facts)
	for _, r := range set.Rules {
		found[r] = slices.Concat(lintWords(r, words), lintSchedule(r), lintFile(r))
	}
	histories, tried := replayAll(set.Rules, facts, now.AddDate(-recentYears, 0, 0), now.AddDate(recentYears, 0, 0))
	for _, h := range histories {
		found[h.rule] = append(found[h.rule], h.lint(found[h.rule])...)
	}
	for r, more := range lintOverlaps(set.Rules, histories) {
		found[r] = append(found[r], more...)
	}
	loose, pinned := lintPins(set.Rules, facts)
	for r, more := range loose {
		found[r] = append(found[r], more...)
	}
	tried = tried && pinned
	for _, r := range set.Rules {
		lints = append(lints, r.place(r.snooze(found[r], tried, now))...)
	}
	slices.SortStableFunc(lints, func(a, b *Lint) int {
		return cmp.Or(cmp.Compare(a.At.File, b.At.File), cmp.Compare(a.At.Line, b.At.Line), cmp.Compare(a.At.Column, b.At.Column))
	})
	return lints, !tried
}

// lintFile doubts what a file leaves out.
func lintFile(r *Rule) (found []finding) {
	for lang, name := range []string{"en", "zh"} {
		if r.say[lang] == nil {
			found = append(found, finding{name: missingLanguage, key: "say", fault: fault{message: fmt.Sprintf("has no message in %q: who reads that gets the other one, marked", name), hint: fmt.Sprintf("add %s: …", name)}})
		}
	}
	if len(r.Cases) == 0 {
		found = append(found, finding{name: untested, key: "tests", fault: fault{message: "the rule has no test", hint: "derisk rules new shows how one is written"}})
	}
	return found
}

// place turns findings into lints, for which it reads the file again.
func (r *Rule) place(found []finding) (lints []*Lint) {
	if len(found) == 0 {
		return nil
	}
	p := &fileReader{file: r.File, rule: &Rule{}}
	root := p.document([]byte(r.source))
	values := p.mapping(root, "", nil)
	for _, f := range found {
		if f.at != nil {
			at := Error{File: r.File, Line: f.at.Line, Column: f.at.Column, Width: f.at.Width, Key: f.key, Message: f.message, Hint: f.hint}
			at.quote(p.lines[min(at.Line, len(p.lines))-1])
			lints = append(lints, &Lint{Name: f.name, Rule: r.Name, At: &at})
			continue
		}
		key, entry, _ := strings.Cut(f.key, "#")
		n := values[key]
		if entry != "" {
			var i int
			fmt.Sscan(entry, &i)
			n = n.Content[i]
		}
		lints = append(lints, &Lint{Name: f.name, Rule: r.Name, At: p.placeAt(n, root, key, f.fault)})
	}
	return lints
}

// placeAt is the place of a fault in a value, or of the file's beginning where
// there is no such value.
func (p *fileReader) placeAt(n, root *yaml.Node, key string, f fault) *Error {
	if n == nil {
		return p.at(root, 0, 1, "", f.hint, f.message)
	}
	to := f.to
	if f.to == 0 && n.Kind == yaml.ScalarNode {
		to = len([]rune(n.Value))
	}
	return p.at(n, f.from, to, key, f.hint, f.message)
}
