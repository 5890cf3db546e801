package rules

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/expr-lang/expr/ast"
	"golang.org/x/text/language"

	"derisk/tracker"
)

// vocabulary is what a field, or an entry of a list, can be.
type vocabulary struct {
	words  []string          // all that it can be, or all that is recorded
	closed bool              // nothing else is possible; else nothing else is recorded
	also   func(string) bool // what is in order besides; may be nil
}

func (v vocabulary) has(word string) bool {
	return slices.Contains(v.words, word) || v.also != nil && v.also(word)
}

// doubt says what is wrong with a word that the field does not have.
func (v vocabulary) doubt(field, word string) (message, hint string) {
	near := didYouMean(word, slices.DeleteFunc(slices.Clone(v.words), func(w string) bool { return w == "" }))
	if v.closed {
		return fmt.Sprintf("%s is never %q", field, word), near
	}
	return fmt.Sprintf("nothing recorded has %q in %s", word, field), near
}

// vocabularies are the fields whose words are known, as rules write them. What
// can be missing can also be "".
func vocabularies(s *tracker.Snapshot) map[string]vocabulary {
	measures, parties, tags, countries := recordedWords(s)
	all := map[string]vocabulary{
		"measure.status":    closed("", tracker.StatusProposed, tracker.StatusAnnounced, tracker.StatusInForce, tracker.StatusSuspended, tracker.StatusEnded),
		"measure.kind":      closed(tracker.Kinds()...),
		"measure.reason":    closed(append(tracker.Reasons(), "")...),
		"measure.basis":     closed(append(tracker.Bases(), "")...),
		"measure.end_use":   closed("", tracker.Civil, tracker.Military, tracker.AnyUse),
		"event.what":        closed(tracker.Whats()...),
		"event.evidence":    closed(tracker.Evidences()...),
		"review.due_is":     closed("", tracker.Computed, tracker.Estimate),
		"commitment.status": closed("due", "met", "missed", "unknown"),
	}
	for _, field := range []string{"measure.id", "measure.under", "review.measure", "commitment.framework", "article.measures"} {
		all[field] = vocabulary{words: measures}
	}
	for _, field := range []string{"measure.entities", "commitment.entity"} {
		all[field] = vocabulary{words: parties}
	}
	for _, field := range []string{"measure.tags", "article.tags"} {
		all[field] = vocabulary{words: tags}
	}
	for _, field := range []string{"measure.by", "measure.against", "commitment.by"} {
		all[field] = vocabulary{words: countries, closed: true, also: isCountry}
	}
	return all
}

func closed[T ~string](words ...T) vocabulary {
	v := vocabulary{closed: true}
	for _, w := range words {
		v.words = append(v.words, string(w))
	}
	return v
}

// recordedWords are the ids of measures and parties, the tags and the
// countries of the facts; an id or tag may also be "", which is none.
func recordedWords(s *tracker.Snapshot) (measures, parties, tags, countries []string) {
	measures, parties, tags = []string{""}, []string{""}, []string{""}
	for _, m := range s.Measures {
		measures = append(measures, m.ID)
		countries = append(append(countries, m.By), m.Against...)
		for _, g := range m.Goods {
			tags = append(tags, g.Tags...)
		}
	}
	for i := range s.Entities {
		parties = append(parties, s.Entities[i].ID)
	}
	for i := range s.Goods {
		tags = append(tags, s.Goods[i].Slug)
	}
	return measures, parties, sortedOnce(tags), sortedOnce(countries)
}

var twoLetters = regexp.MustCompile(`^[A-Z]{2}$`)

// isCountry says whether a word is a two-letter code of a country of today.
func isCountry(word string) bool {
	region, err := language.ParseRegion(word)
	return err == nil && twoLetters.MatchString(word) && region.IsCountry() && region.Canonicalize().String() == word
}

// lintWords doubts a condition that contradicts itself, or else words in it that
// a field never has.
func lintWords(r *Rule, words map[string]vocabulary) (found []finding) {
	x := &reasoner{words: words}
	if never := x.impossible(r.when.node, false); never != nil {
		return []finding{{name: neverTrue, key: "when", fault: never.fault("can never hold: " + never.why)}}
	}
	if always := x.impossible(r.when.node, true); always != nil {
		return []finding{{name: alwaysTrue, key: "when", fault: always.fault("always holds: " + always.otherwise)}}
	}
	for _, w := range strangeWords(r.when.node, words) {
		found = append(found, finding{name: unknownWord, key: "when", fault: w})
	}
	return found
}

// strangeWords are the words in a condition that the field which they are
// compared with never has.
func strangeWords(condition ast.Node, words map[string]vocabulary) (faults []fault) {
	doubt := func(field string, n ast.Node) {
		text, fixed := n.(*ast.StringNode)
		if v, known := words[field]; fixed && known && !v.has(text.Value) {
			message, hint := v.doubt(field, text.Value)
			from, to := spanOf(n)
			faults = append(faults, fault{from, to, message, hint})
		}
	}
	var look func(n ast.Node, over string)
	look = func(n ast.Node, over string) {
		switch n := n.(type) {
		case *ast.BinaryNode:
			left, right := fieldOf(n.Left, over), fieldOf(n.Right, over)
			switch n.Operator {
			case "==", "!=":
				doubt(left, n.Right)
				doubt(right, n.Left)
			case "in":
				doubt(right, n.Left)
				if list, ok := n.Right.(*ast.ArrayNode); ok {
					for _, entry := range list.Nodes {
						doubt(left, entry)
					}
				}
			}
		case *ast.BuiltinNode:
			if len(n.Arguments) == 2 && slices.Contains(closures, n.Name) {
				over = fieldOf(n.Arguments[0], over)
			}
		}
		for _, child := range childrenOf(n) {
			look(child, over)
		}
	}
	look(condition, "")
	return faults
}

// fieldOf is the field that a node reads, such as measure.status, or "". An
// entry of a list, #, is of the field that the closure goes over.
func fieldOf(n ast.Node, over string) string {
	switch n := n.(type) {
	case *ast.PointerNode:
		return over
	case *ast.MemberNode:
		return n.String()
	}
	return ""
}
