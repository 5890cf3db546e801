package rules

import (
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/expr-lang/expr/vm"

	"derisk/tracker"
)

// TestNamesAreFields ties the table of names to what the machine reads.
func TestNamesAreFields(t *testing.T) {
	kinds := map[reflect.Type]Kind{reflect.TypeFor[string](): Text, reflect.TypeFor[float64](): Figure, reflect.TypeFor[day](): Date,
		reflect.TypeFor[bool](): Truth, reflect.TypeFor[[]string](): Texts}
	views := map[Each]reflect.Type{EachMeasure: reflect.TypeFor[measureView](), EachEvent: reflect.TypeFor[eventView](), EachReview: reflect.TypeFor[reviewView](),
		EachCommitment: reflect.TypeFor[commitmentView](), EachIndicator: reflect.TypeFor[indicatorView](), EachArticle: reflect.TypeFor[articleView]()}
	for each, view := range views {
		fields := map[string]Kind{}
		for i := range view.NumField() {
			if tag := view.Field(i).Tag.Get("expr"); tag != "" && !strings.HasSuffix(tag, "_zh") {
				fields[tag] = kinds[view.Field(i).Type]
			}
		}
		for _, n := range Names() {
			if n.Of != each {
				continue
			}
			if fields[n.Name] != n.Kind {
				t.Errorf("%s.%s is a %q, the table says %q", each, n.Name, fields[n.Name], n.Kind)
			}
			if (n.Kind == Figure) != (n.Unit != "") || (n.Kind == Texts) != (n.List > 0) || n.About == "" {
				t.Errorf("%s.%s: a figure needs a unit, a list a length, everything a word about it", each, n.Name)
			}
			delete(fields, n.Name)
		}
		if len(fields) > 0 {
			t.Errorf("%s: not in the table: %v", each, fields)
		}
	}
}

func TestEveryFunctionCanBeCalled(t *testing.T) {
	written := map[Kind]string{Date: "measure.until", Figure: "measure.rate", Text: `"CN"`, Texts: "measure.tags", Truth: "true"}
	for _, f := range Functions() {
		for _, first := range []Kind{f.Takes[0], f.Or} {
			if first == "" {
				continue
			}
			args := []string{written[first]}
			for _, k := range f.Takes[1:] {
				args = append(args, written[k])
			}
			if f.Name == "date" {
				args = []string{`"2026-11-10"`}
			}
			source := f.Name + "(" + strings.Join(args, ", ") + ")"
			x, faults := compile(source, EachMeasure, english)
			if len(faults) > 0 {
				t.Errorf("%s: %v", source, faults)
				continue
			}
			if x.kind != f.Gives {
				t.Errorf("%s gives a %s", source, x.kind)
			}
			if _, err := x.run(new(vm.VM), testScope(t)); err != nil {
				t.Error(err)
			}
		}
	}
}

// testScope has a measure of which hardly anything is known.
func testScope(t testing.TB) *scope {
	s := snapshot(t, tracker.Facts{})
	sc := newScene(s, time.Date(2026, 10, 11, 1, 0, 0, 0, time.UTC), false, zone(t, "Asia/Shanghai"), nil)
	env := sc.scope()
	env.Measure = &measureView{ID: "m", Title: "Graphite", TitleZH: "石墨", Status: "suspended", By: "CN", Tags: []string{"a", "b"},
		Rate: missing(), ReviewDays: 45, Since: firstDay(tracker.MustDate("2025-11-07"), time.UTC, time.UTC),
		BackFrom: firstDay(tracker.MustDate("2026-11-11T00:30+08:00"), time.UTC, sc.zone)}
	return env
}

func TestExpressions(t *testing.T) {
	env := testScope(t)
	tests := []struct {
		source string
		want   bool
	}{
		// What is missing compares as false, and its negation is true.
		{`measure.until < date("2026-01-01")`, false}, {`measure.until > date("2026-01-01")`, false},
		{`measure.until <= date("2026-01-01")`, false}, {`measure.until >= date("2026-01-01")`, false},
		{`measure.until == date("2026-01-01")`, false}, {`measure.until != date("2026-01-01")`, true},
		{`not (measure.until < date("2026-01-01"))`, true}, {`measure.until == measure.until`, false},
		{`date("2026-01-01") < measure.until`, false}, {`measure.until in [date("2026-01-01"), measure.until]`, false},
		{`measure.until not in [date("2026-01-01")]`, true},
		{`days_until(measure.until) in [60, 30, 14]`, false}, {`days_until(measure.until) in 0..30`, false},
		{`days_until(measure.until) > 30`, false}, {`days_until(measure.until) < 30`, false}, {`days_until(measure.until) == 0`, false},
		{`days_until(measure.until) != 0`, true}, {`days_until(measure.until) + 1 > 0`, false}, {`-days_until(measure.until) > 0`, false},
		{`measure.rate > 10`, false}, {`measure.rate <= 10`, false}, {`measure.rate == measure.rate`, false}, {`measure.rate in [10, 0]`, false},
		{`not (measure.rate > 10)`, true}, {`min(measure.rate, 3) > 0 or max(3, measure.rate) > 0 or abs(measure.rate) >= 0`, false},
		{`round(measure.rate) == 0 or floor(measure.rate) == 0 or ceil(measure.rate) == 0`, false},
		{`known(measure.until) or known(measure.rate)`, false}, {`known(measure.since) and known(measure.review_days)`, true},
		{`working_days_until(measure.since, "XX") <= 0`, false}, {`measure.review_days / 0 > 1`, true},
		{`measure.presumed ? measure.until == today : measure.since < today`, true},
		{`any([measure.until], # == today)`, false}, {`none([measure.rate], # > 1)`, true},
		// What is there.
		{`days_since(measure.since) == 338`, true}, {`days_until(measure.since) == -338`, true}, {`days_since(measure.since) in 300..400`, true},
		{`measure.since == date("2025-11-07")`, true}, {`measure.since in [date("2025-11-07")]`, true}, {`measure.since < now`, true}, {`today == now`, true},
		{`days_until(measure.back_from) == 31`, true}, {`measure.back_from == date("2026-11-11")`, true},
		{`date("2026-10-11T09:00+08:00") == now`, true}, {`date("2026-10-11T08:59+08:00") < now`, true},
		{`"a" in measure.tags and not ("c" in measure.tags)`, true}, {`any(measure.tags, # startsWith "b")`, true}, {`count(measure.tags, true) == 2`, true},
		{`len(measure.tags) == 2 and len("石墨") == 2`, true}, {`measure.status in ["suspended", "ended"]`, true},
		{`measure.title contains "raph" and lower(measure.title) == "graphite"`, true}, {`measure.title matches "^G.*e$"`, true},
		{`day(measure.since) == "2025-11-07"`, true}, {`measure.review_days * 2 == 90 and 1 + 2 * 3 == 7`, true},
	}
	for _, tt := range tests {
		x, faults := compile(tt.source, EachMeasure, plainly)
		if len(faults) > 0 {
			t.Errorf("%s: %+v", tt.source, faults)
			continue
		}
		got, err := x.holds(new(vm.VM), env)
		if err != nil || got != tt.want {
			t.Errorf("%s is %v, %v", tt.source, got, err)
		}
	}
}

func TestMessages(t *testing.T) {
	env := testScope(t)
	tests := []struct {
		text, en, zh string
	}{
		{"{{ measure.title }}, {{ day(measure.since) }}", "Graphite, 7 November 2025", "石墨, 2025年11月7日"},
		{"{{ measure.since }} {{ measure.until }} {{ day(measure.until) }}", "2025-11-07 not known not known", "2025-11-07 不详 不详"},
		{"{{ measure.rate }}% {{ measure.review_days }} {{ measure.review_days / 2 }}", "not known% 45 22.5", "不详% 45 22.5"},
		{"{{ measure.tags }} {{ word(measure.status) }}", "a, b suspended", "a、b 暂停"},
		{"{{ \"}}\" }} { x }} {{ 1 == 1 ? \"yes\" : \"no\" }}", "}} { x }} yes", "}} { x }} yes"},
		{strings.Repeat("石", 2000), strings.Repeat("石", 1499) + "…", strings.Repeat("石", 1499) + "…"},
	}
	for _, tt := range tests {
		for lang, want := range []string{tt.en, tt.zh} {
			template, faults := new(dialects).parseTemplate(tt.text, EachMeasure, lang)
			if len(faults) > 0 {
				t.Errorf("%s: %+v", tt.text, faults)
				continue
			}
			if got, err := template.render(new(vm.VM), env, lang); got != want || err != nil {
				t.Errorf("%s: %q, %v", tt.text, got, err)
			}
		}
	}
	for _, bad := range []string{"{{ measure.title", "{{ }}", "{{ measure.presumed }}", "{{ measure }}", "{{ 1 }} {{ nope }}"} {
		if _, faults := new(dialects).parseTemplate(bad, EachMeasure, english); len(faults) == 0 {
			t.Errorf("%s was accepted", bad)
		}
	}
}

func TestKeys(t *testing.T) {
	env := testScope(t)
	tests := []struct{ once, want string }{
		{"[measure.id, measure.since, days_since(measure.since)]", `["m","2025-11-07",338]`},
		{"[measure.until, measure.rate, measure.back_from]", `[null,null,"2026-11-10T16:30:00Z"]`},
		{"measure.tags", `[["a","b"]]`},
	}
	for _, tt := range tests {
		r := mustParse(t, "once: "+tt.once)
		e := evaluation{rule: r, scene: env.Facts, machine: new(vm.VM)}
		if got, err := e.key(subject{scope: env}); got != tt.want || err != nil {
			t.Errorf("%s: %s, %v", tt.once, got, err)
		}
	}
}

// FuzzCompile: whatever is admitted runs, gives what its kind says, and soon.
func FuzzCompile(f *testing.F) {
	for _, seed := range []string{`measure.status == "suspended" and days_until(measure.until) in [60, 30]`, `any(measure.tags, # startsWith "a")`,
		`min(measure.rate, 3) > 1 ? measure.id : "x"`, `measure.until in [date("2026-01-01"), today]`, `-1 in -3..4`, `measure.id | lower()`, `not not true`,
		`count(measure.tags, # in ["a"]) / 0`, `working_days_until(now, "CN")`, `"a" not in measure.tags`, `word(day(today))`, `1.5e300 * 1e300`, `len("x") in [1]`} {
		f.Add(seed)
	}
	env := testScope(f)
	f.Fuzz(func(t *testing.T, source string) {
		for _, lang := range []int{plainly, chinese} {
			x, faults := compile(source, EachMeasure, lang)
			if len(faults) > 0 {
				continue
			}
			v, err := x.run(new(vm.VM), env)
			if err != nil {
				t.Fatalf("%q: %v", source, err)
			}
			if !isOf(v, x.kind) {
				t.Fatalf("%q gives %T, not a %s", source, v, x.kind)
			}
			if x.kind != Truth {
				keyOf([]any{v})
			}
		}
	})
}

func isOf(v any, k Kind) bool {
	switch v.(type) {
	case string:
		return k == Text
	case int, float64:
		return k == Figure
	case day:
		return k == Date
	case bool:
		return k == Truth
	}
	return k.element() != ""
}

// FuzzParse: no file panics, and every fault has its place inside the file.
func FuzzParse(f *testing.F) {
	sample, err := os.ReadFile("../rules.d/suspension-ending.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(sample))
	f.Add(ruleWith("when: |\n  measure.statu == 3"))
	f.Add("\r- a")
	f.Add(ruleWith("when: >-\n\n  measure.statu\n\n  == 3\nonce: [a, 'b''c', \"\\u4e00\"]"))
	f.Fuzz(func(t *testing.T, text string) {
		r, faults := Parse("test.yaml", []byte(text))
		if (r == nil) != (len(faults) > 0) {
			t.Fatalf("rule %v with %d faults", r, len(faults))
		}
		for _, fault := range faults {
			if fault.Line < 0 || fault.Line > 1+strings.Count(text, "\n") || fault.Error() == "" {
				t.Fatalf("%+v", fault)
			}
		}
	})
}
