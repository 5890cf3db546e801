package rules

import (
	"embed"
	"fmt"
	"strings"
)

// beginnings hold a rule to begin from for each subject: in order, commented, a
// draft, with tests that pass over the starter facts.
//
//go:embed new.d/*.yaml
var beginnings embed.FS

// New is the text of a rule file to begin from, which goes over each. The error
// says what is wrong with the name.
func New(name string, each Each) (string, error) {
	if bare := strings.TrimSuffix(strings.TrimSuffix(name, ".yaml"), ".yml"); bare != name {
		return "", fmt.Errorf("%q: write the name without its ending: %s", name, bare)
	}
	if !ruleName.MatchString(name) {
		return "", fmt.Errorf("%q cannot name a rule: write at most 64 letters, digits, dots, dashes and underscores, first a letter or digit, such as suspension-ending", name)
	}
	text, err := beginnings.ReadFile("new.d/" + string(each) + ".yaml")
	if err != nil {
		return "", fmt.Errorf("no rule goes over each %q: %s", each, didYouMean(string(each), eachWords()))
	}
	return string(text), nil
}

func eachWords() (words []string) {
	for _, e := range Eaches() {
		words = append(words, string(e))
	}
	return words
}
