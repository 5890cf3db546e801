package rules

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"derisk/tracker"
)

// shapes are texts that are dear to read, each about n bytes long.
var shapes = map[string]func(n int) string{
	"open lists": func(n int) string { return strings.Repeat("[", n) }, "open maps": func(n int) string { return strings.Repeat("{", n) }, "pairs of brackets": func(n int) string { return "a: " + strings.Repeat("[]", n/2) },
	"commas": func(n int) string { return "a: [" + strings.Repeat(",", n) }, "entries": func(n int) string { return "once: [" + strings.Repeat("a,", n/2) + "a]" }, "lines of entries": func(n int) string { return "once:\n" + strings.Repeat("- a\n", n/4) },
	"lines of nothing": func(n int) string { return strings.Repeat("\n", n) }, "spaces": func(n int) string { return strings.Repeat(" ", n) }, "comments": func(n int) string { return strings.Repeat("#\n", n/2) }, "comment": func(n int) string { return "a: b #" + strings.Repeat("x", n) },
	"one key": func(n int) string { return strings.Repeat("k", n) + ": v" }, "keys": func(n int) string { return numbered(n/11, "k%d: v\n") }, "keys on a line": func(n int) string { return "{" + numbered(n/11, "k%d: v,") + "}" }, "questions": func(n int) string { return strings.Repeat("? ", n/2) }, "colons": func(n int) string { return strings.Repeat(": ", n/2) },
	"dashes": func(n int) string { return strings.Repeat("- ", n/2) }, "anchors": func(n int) string { return "a: [" + strings.Repeat("&a x,", n/5) + "]" }, "aliases": func(n int) string { return "a: &a x\nb: [" + strings.Repeat("*a,", n/3) + "]" }, "tags": func(n int) string { return "a: [" + strings.Repeat("!a x,", n/5) + "]" },
	"documents": func(n int) string { return strings.Repeat("---\n", n/4) }, "directives": func(n int) string { return strings.Repeat("%A\n", n/3) }, "plain text": func(n int) string { return "about: " + strings.Repeat("x ", n/2) }, "open quote": func(n int) string { return `about: "` + strings.Repeat("x\n", n/2) },
	"escapes": func(n int) string { return `about: "` + strings.Repeat(`\u4e00`, n/6) + `"` }, "folded": func(n int) string { return "about: >\n" + strings.Repeat("  x\n", n/4) }, "wide": func(n int) string { return "about: " + strings.Repeat("石", n/3) }, "carriage returns": func(n int) string { return strings.Repeat("a: b\r", n/5) },
	"staircase": func(n int) string {
		var b strings.Builder
		for i := 0; b.Len() < n; i++ {
			b.WriteString(strings.Repeat(" ", i) + "a:\n")
		}
		return b.String()
	},
	"expression": func(n int) string { return ruleWith("when: |\n  true" + strings.Repeat(" or true", n/8)) },
	"largest messages": func(n int) string {
		return ruleWith("say:\n  en: '" + strings.Repeat("{{ measure.titel }}", 49) + "'\n  zh: '" + strings.Repeat("{{ measure.titel }}", 49) + "'")
	},
	"braces": func(n int) string { return ruleWith(`say: {en: "` + strings.Repeat("{{1}}", n/5) + `", zh: x}`) },
	"tests": func(n int) string {
		one := "  - {name: a, at: 2026-01-01T00:00, given: [" + strings.Repeat("x,", 99) + "], fires: [" + strings.Repeat("x,", 99) + "]}\n"
		return ruleWith("tests:\n" + strings.Repeat(one, min(200, n/len(one))))
	},
	"faulty tests": func(n int) string { return ruleWith("tests:\n" + strings.Repeat("  - {a: b}\n", n/11)) },
	"measures in a test": func(n int) string {
		measure := "{id: m, title: {en: x}, kind: tariff, by: US, zone: UTC, entities: [" + strings.Repeat("a,", 300) + "a], events: [{id: m.a, what: announced, on: 2026-01-01, published: 2026-01-01, evidence: official}]}"
		return ruleWith("tests: [{name: a, at: 2026-01-01T00:00, fires: [], given: [" + strings.Repeat(measure+", ", n/len(measure)) + "x]}]")
	},
	"expressions of once": func(n int) string {
		dear := "measure.id" + strings.Repeat(" == \"x\" ? measure.id : measure.id", 40)
		return ruleWith("once: [" + strings.TrimSuffix(strings.Repeat("'"+dear+"', ", 10), ", ") + "]")
	},
}

// TestAnyFileIsReadWithinBounds: whatever a file of up to 1 MB holds, reading it
// never holds 200 MB at once, as all that it asks for, most of it free again
// while it goes on, stays under 256 MB; and it ends soon.
func TestAnyFileIsReadWithinBounds(t *testing.T) {
	atLength(t)
	for name, shape := range shapes {
		for _, size := range []int{MaxFile - 2000, 1 << 20} {
			data := []byte(shape(size))
			if len(data) > 1<<20+4000 {
				t.Fatalf("%s has %d bytes", name, len(data))
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			_, faults := Parse("any.yaml", data)
			for _, f := range faults {
				_ = f.Error()
			}
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			asked := (after.TotalAlloc - before.TotalAlloc) >> 20
			if asked > 256 || took > 20*time.Second {
				t.Errorf("%s of %d bytes asks for %d MB and takes %v", name, len(data), asked, took)
			}
			if took > 200*time.Millisecond || asked > 50 {
				t.Logf("%s of %d bytes: %d MB, %v", name, len(data), asked, took)
			}
		}
	}
}

// TestLargeFactsKeepTheBound: what a measure holds beyond the table is reckoned
// with before a rule looks at it. What it can afford it looks at.
func TestLargeFactsKeepTheBound(t *testing.T) {
	m := paused("large", -60, 0)
	for i := range 20_000 {
		m.Entities = append(m.Entities, fmt.Sprint("entity-", i))
	}
	s := snapshot(t, tracker.Facts{Measures: []*tracker.Measure{m}, Goods: goods()})
	for when, want := range map[string]string{
		`any(measure.entities, # == "entity-19999")`:                           "",
		`any(measure.entities, # in ["` + strings.Repeat(`x", "`, 30) + `y"])`: "when: measure large is too large: any(measure.entities, # in [\"x\", \"x\", \"x\", \"x\", \"x\", \"x\", \"… could cost 20,000 × 128 = 2,560,003 units, an expression may cost 1,500,000",
	} {
		r := mustParse(t, "when: |\n  "+when)
		out, err := Evaluate(r, s, Tick{At: day0}, tracker.RuleState{})
		if want == "" && (err != nil || len(out.Firings) != 1) {
			t.Errorf("%s: %v, %d firings", when, err, len(out.Firings))
		}
		if out.Failed != want {
			t.Errorf("%s: %s", when, out.Failed)
		}
	}
}

func TestLongKeysAreDigests(t *testing.T) {
	a, b := strings.Repeat("x", 2000)+"a", strings.Repeat("x", 2000)+"b"
	if key := keyOf([]any{a}); len(key) > 100 || key == keyOf([]any{b}) || key != keyOf([]any{a}) {
		t.Error(key)
	}
}

func TestAllRulesTogetherAreBounded(t *testing.T) {
	atLength(t)
	dear := []byte(ruleWith("when: |\n  count(measure.entities, # startsWith \"a\" or # startsWith \"b\") > 3 " + strings.Repeat(" and count(measure.entities, # startsWith \"a\" or # startsWith \"b\") > 3", 6)))
	if _, faults := Parse("r.yaml", dear); len(faults) > 0 {
		t.Fatal(faults[0])
	}
	files := fstest.MapFS{}
	for i := range 400 {
		files[fmt.Sprintf("r%d.yaml", i)] = &fstest.MapFile{Data: dear}
	}
	if _, err := Load(files); err == nil || !strings.Contains(err.Error(), "the rules of the folder could cost") {
		t.Errorf("is loaded: %v", err)
	}
	large := append([]byte(ruleWith("")), strings.Repeat("#", MaxFile-1000)...)
	files = fstest.MapFS{}
	for i := range 1 + MaxFolder/len(large) {
		files[fmt.Sprintf("r%d.yaml", i)] = &fstest.MapFile{Data: large}
	}
	if _, err := Load(files); err == nil || !strings.Contains(err.Error(), "more than 32 MiB") {
		t.Errorf("is loaded: %v", err)
	}
}
