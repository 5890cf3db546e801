package rules

import (
	"strings"
	"testing"
)

// What a newcomer is given is in order, passes its tests, and does not run by itself.
func TestNewRulesAreInOrder(t *testing.T) {
	facts := starterFacts(t)
	for _, each := range Eaches() {
		t.Run(string(each), func(t *testing.T) {
			text, err := New("mine", each)
			if err != nil {
				t.Fatal(err)
			}
			r, faults := Parse("mine.yaml", []byte(text))
			if r == nil {
				t.Fatal(faults)
			}
			if r.Each != each || !r.Draft || len(r.Cases) < 2 {
				t.Errorf("it goes over each %s, draft: %v, with %d tests", r.Each, r.Draft, len(r.Cases))
			}
			for _, result := range RunCases(r, facts) {
				for _, wrong := range linesOf(result) {
					t.Errorf("%s:\n%s", result.Case.Name, wrong)
				}
			}
		})
	}
}

func TestNewRefusesBadNames(t *testing.T) {
	for _, name := range []string{"", "../x", "a/b", `a\b`, ".hidden", "-x", "a b", "稀土", "x.yaml", "x.yml", strings.Repeat("x", 65), "con\x00"} {
		if text, err := New(name, EachMeasure); err == nil {
			t.Errorf("%q was taken: %s", name, text)
		}
	}
	if _, err := New("x", "mesure"); err == nil || !strings.Contains(err.Error(), `did you mean "measure"?`) {
		t.Errorf("each mesure: %v", err)
	}
}
