package rules

import (
	"fmt"
	"slices"

	"derisk/tracker"
)

// maxPinTries is how many changed rules are tested for all rules together.
const maxPinTries = 3000

// lintPins doubts a rule with tests of which none notices that a literal of its
// condition is another. It says whether it could look at all rules.
func lintPins(list []*Rule, facts *tracker.Snapshot) (found map[*Rule][]finding, all bool) {
	found = map[*Rule][]finding{}
	tries := 0
	for _, r := range list {
		failing := slices.ContainsFunc(RunCases(r, facts), func(c CaseResult) bool { return len(c.Wrong) > 0 })
		if len(r.Cases) == 0 || failing { // told elsewhere
			continue
		}
		var loose []Mutant
		for m := range Mutants(r, facts) {
			if tries++; tries > maxPinTries {
				return found, false
			}
			if m.Killed == "" && m.Key == "when" && !slices.Contains(unpinnable, m.Was) {
				loose = append(loose, m)
			}
		}
		if len(loose) > 0 {
			found[r] = []finding{unpinnedFinding(loose)}
		}
	}
	return found, true
}

// unpinnable are the operators, which mutants change too.
var unpinnable = []string{"and", "&&", "or", "||", "not", "!", "==", "!=", "<", "<=", ">", ">="}

func unpinnedFinding(loose []Mutant) finding {
	first := loose[0]
	change := "is " + first.Now
	if first.Now == "" {
		change = "is left out"
	}
	message := fmt.Sprintf("no test notices if %s %s", first.Was, change)
	if more := len(loose) - 1; more > 0 {
		message += fmt.Sprintf(" (and %d more)", more)
	}
	return finding{name: unpinned, key: "when", fault: fault{message: message, hint: "add a test; derisk rules test --mutate lists them"},
		at: &Error{Line: first.Line, Column: first.Column, Width: first.Width}}
}
