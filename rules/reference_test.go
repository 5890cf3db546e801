package rules

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/expr-lang/expr/vm"

	"derisk/tracker"
)

// exampleFacts are the starter facts, and a review and an article, of which they have none.
func exampleFacts(t *testing.T) *tracker.Snapshot {
	facts := starterFacts(t).Facts
	facts.Reviews = []tracker.Review{{ID: "r1", Name: "order 4711", Measure: "cn-mofcom-2025-58", Accepted: tracker.MustDate("2026-08-17"), Owner: "local"}}
	facts.Articles = []tracker.Article{{ID: "a1", Title: "Curbs on lithium batteries", Publisher: "A Trade Paper", Lead: "China keeps its export controls.",
		At: time.Date(2026, 10, 10, 9, 0, 0, 0, time.UTC), Mentions: []tracker.Mention{{Measure: "cn-mofcom-2025-58"}}}}
	return snapshot(t, facts)
}

// atExample gives a subject as it is at [ExampleAt].
func atExample(t *testing.T, s *tracker.Snapshot, each Each, id string) *scope {
	t.Helper()
	at, err := time.Parse(time.RFC3339, ExampleAt)
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	r := mustParse(t, fmt.Sprintf("each: %s\nwhen: today == date(\"2026-10-11\")\nsay: {en: x, zh: x}", each))
	e := evaluation{rule: r, scene: newScene(s, at, false, zone, nil)}
	var found *scope
	if err := e.eachSubject(func(sub subject) error {
		if sub.id == id || id == "" {
			own := *sub.scope
			found = &own
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if found == nil {
		t.Fatalf("no %s %q", each, id)
	}
	return found
}

func TestReferenceTellsOfEveryWord(t *testing.T) {
	told := map[Sort][]string{}
	for _, e := range Reference() {
		told[e.Sort] = append(told[e.Sort], fieldKey(Each(e.Of), e.Name))
		switch {
		case e.About.EN == "" || e.About.ZH == "":
			t.Errorf("%s %s.%s is not told of in both languages: %q %q", e.Sort, e.Of, e.Name, e.About.EN, e.About.ZH)
		case e.Sort == SortKey || e.Sort == SortLint:
		case e.Example == "":
			t.Errorf("%s %s has no example", e.Sort, e.Name)
		case e.Sort == SortField && (e.Gives == Date) != (e.Zone != tracker.Text{}):
			t.Errorf("%s.%s is a %s in the zone %q", e.Of, e.Name, e.Gives, e.Zone.EN)
		case e.Gives == Figure && e.Sort == SortField && e.Unit.ZH == "":
			t.Errorf("%s.%s has no unit in Chinese", e.Of, e.Name)
		}
	}
	if got, want := len(told[SortField]), len(names); got != want || len(fieldNotes) != want {
		t.Errorf("%d fields are told of, %d notes, the checker knows %d", got, len(fieldNotes), want)
	}
	if len(functionNotes) != len(functions) || len(closureNotes) != len(closures) {
		t.Errorf("notes of %d functions and %d closures, the checker knows %d and %d", len(functionNotes), len(closureNotes), len(functions), len(closures))
	}
	for _, k := range keys {
		if !slices.Contains(told[SortKey], k.name) {
			t.Errorf("the key %s is not told of", k.name)
		}
	}
}

// Every example is in order, speaks of what it is an example of, and comes to
// what the reference says.
func TestExamplesComeToWhatTheySay(t *testing.T) {
	facts := exampleFacts(t)
	for _, e := range Reference() {
		if e.Sort == SortKey || e.Sort == SortLint {
			continue
		}
		name := fieldKey(Each(e.Of), e.Name)
		t.Run(string(e.Sort)+" "+name, func(t *testing.T) {
			each, lang := Each(e.Of), plainly
			if each == "" {
				each = EachMeasure
			}
			if e.Name == "day" || e.Name == "word" {
				lang = english
			}
			if !strings.Contains(e.Example, strings.Fields(e.Name)[0]) {
				t.Errorf("%s does not speak of it", e.Example)
			}
			x, faults := compile(e.Example, each, lang)
			if len(faults) > 0 {
				t.Fatalf("%s: %s", e.Example, faults[0].message)
			}
			if e.Sort != SortField && x.kind != e.Gives {
				t.Errorf("%s is a %s, not a %s", e.Example, x.kind, e.Gives)
			}
			v, err := x.run(new(vm.VM), atExample(t, facts, each, e.Subject))
			if err != nil {
				t.Fatal(err)
			}
			if got := shown(v); got != e.Result {
				t.Errorf("%s of %s is %s, the reference says %s", e.Example, e.Subject, got, e.Result)
			}
		})
	}
}

func shown(v any) string {
	if held, ok := v.(bool); ok {
		return map[bool]string{true: "true", false: "false"}[held]
	}
	return print(v, english)
}
