package rules

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// bombs ask for unbounded work, or for something outside the language: by name,
// the lines of a rule's file.
func bombs() map[string]string {
	when := func(source string) string { return "when: |\n  " + source }
	many := func(n int, entry string) string { return strings.Repeat(entry, n) }
	list := map[string]string{
		// Building texts and lists.
		"repeat": when(`repeat("x", 1000000000) == ""`), "repeat of repeat": when(`len(repeat(repeat("x", 100000), 100000)) > 0`),
		"reduce": when(`reduce(measure.tags, #acc + #, "") == ""`), "reduce doubling": when(`reduce(1..30, #acc + #acc, "x") == ""`),
		"sum of map of range": when(`sum(map(1..1000000, # * 2)) > 0`), "filter": when(`len(filter(measure.tags, true)) > 0`), "map": when(`map(measure.tags, measure.tags) == []`),
		"group": when(`groupBy(measure.tags, #) == {}`), "sort": when(`sortBy(measure.tags, #)[0] == ""`), "flatten": when(`len(flatten([measure.tags])) > 0`),
		"concat": when(`len(concat(measure.tags, measure.tags)) > 0`), "join": when(`join(measure.tags, "x") == ""`), "replace": when(`replace(measure.title, "", measure.title) == ""`),
		"split": when(`len(split(measure.title, "")) > 0`), "json": when(`toJSON(measure) == ""`), "text and text": when(`measure.title + measure.title == ""`),
		// Ranges and figures.
		"huge range": when(`len(1..1000000000) > 0`), "range in in": when(`days_until(measure.until) in 0..2000000`), "computed range": when(`days_until(measure.until) in 0..len(measure.tags)`),
		"range of the largest": when(`measure.rate in -9223372036854775807..9223372036854775807`), "power": when(`9 ** 9 ** 9 > 1`), "modulo of nothing": when(`1 % 0 == 1`),
		"figure of many digits": when(many(3000, "9") + " > 1"), "figure too large": when("1e999 > 1"), "shift": when(`1 << 62 > 1`),
		// Closures in closures, and wide ones.
		"three small closures": when(`any(["a"], any(["a"], any(["a"], # == "x")))`), "three closures": when(`any(measure.tags, any(measure.hs, any(measure.entities, # == "x")))`),
		"two wide closures": when(`any(measure.entities, any(measure.entities, # == "x"))`), "wide in in wide": when(`any(measure.entities, # in measure.entities)`),
		"many wide closures": when("true" + many(60, ` and any(measure.entities, # == "x")`)), "pipe": when(`measure.entities | filter(true) | count() > 1`),
		"search in a closure": when(`any(measure.entities, any(measure.hs, lower(measure.title) contains #))`), "count of count": when(`count(measure.entities, count(measure.hs, true) > 1) > 1`),
		// Patterns.
		"pattern computed": when(`measure.title matches measure.id`), "pattern bomb": when(`measure.title matches "((a{1000}){1000}){1000}"`), "pattern long": when(`measure.title matches "` + many(300, "a") + `"`),
		"pattern of many states": when(`any(measure.entities, # matches "(a?){900}b")`), "pattern of unicode": when(`any(measure.entities, # matches "(\\pL\\pN){400}")`), "pattern broken": when(`measure.title matches "(?P<a"`),
		"pattern with a look back": when(`measure.title matches "(?<=a)b"`),
		// Syntax that is left out.
		"let": when(`let x = measure.title; x == ""`), "sequence": when(`true; true`), "map literal": when(`{"a": 1} == {}`), "nil": when(`measure.until == nil`), "index": when(`measure.tags[0] == "x"`),
		"index far": when(`measure.tags[999999999] == "x"`), "slice": when(`measure.tags[0:1] == []`), "optional": when(`measure?.id == "x"`), "environment": when(`$env.measure.id == "x"`), "method": when(`measure.id.String() == ""`),
		"hidden name": when(`facts_ == facts_`), "hidden field": when(`measure.title_zh == ""`), "struct in": when(`"id" in measure`), "hidden function": when(`do date("2026-01-01") == today`), "bytes": when(`b"abc" == measure.id`),
		"working days computed": when(`working_days_until(measure.until, measure.by) > 1`), "date computed": when(`date(measure.id) == today`), "now called": when(`now() == today`), "duration": when(`now - duration("1h") == today`),
		// Long and deep.
		"long": when(many(400, `measure.id == "x" or `) + "true"), "many parts": when("1 == 1" + many(650, " or true")), "deep not": when(many(200, "not ") + "true"), "deep parentheses": when(many(2100, "(") + "true" + many(2100, ")")),
		"deep minus": when(many(1000, "-") + "1 == 1"), "deep conditional": when(many(100, "true ? (") + "true" + many(100, ") : false")), "long list": when("days_until(measure.until) in [" + many(1800, "1,") + "1]"), "long text": when(`measure.id == "` + many(5000, "x") + `"`),
		"list of lists": when(`measure.id in ` + many(60, "[") + `"x"` + many(60, "]")), "long name": when(many(4000, "a") + " == 1"), "open brackets": when(many(4000, "[")), "deep calls": when(many(500, "lower(") + `"x"` + many(500, ")") + ` == "x"`),
		// Unicode and bytes.
		"full width": when("measure．id == \"x\""), "letter like another": when("mеasure.id == \"x\""), "right to left": when("measure.id == \"x\" \u202e or true"), "no width": when("measure\u200b.id == \"x\""), "nul": "about: a\x00b", "not utf-8": "about: \xff\xfe", "no character": when("measure.id == '\ud7ff\ufffe'" + "\u2028"),
		"escape character": "about: \"\x1b[2J\"", "utf-16": "\xfe\xff\x00a",
		// YAML.
		"laughs": "a: &a [x,x,x,x]\nb: &b [*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b]\nd: [*c,*c,*c,*c]", "alias to itself": "labels: &a {x: *a}", "merge": "labels: &x {a: b}\nsay:\n  <<: *x", "tag": "labels: !!binary aGVsbG8=", "custom tag": "labels: !go/struct {x: y}", "deep flow": "labels: {a: " + many(200, "[") + many(200, "]") + "}",
		"deep block": "labels:\n" + strings.Join(indents(100), ""), "deep open": "labels: " + many(50_000, "["), "deep braces": "labels: " + many(5_000, "{a: "), "complex keys": "labels: " + many(2_000, "? "), "dashes": "labels: " + many(2_000, "- "),
		"many keys": "labels:\n" + numbered(2_000, "  k%d: v\n"), "same key": "labels: {" + many(2_000, "a: b, ") + "}", "unknown keys": numbered(5_000, "key%d: v\n"), "unknown keys on a line": "labels: {x: {" + numbered(5_000, "k%d: v, ") + "}}", "large scalar": "about: " + many(200_000, "x"),
		"large folded scalar": "about: >\n" + many(20_000, "  x\n\n"), "large escapes": `about: "` + many(20_000, `\u4e00`) + `"`, "directives": many(1_000, "%TAG ! tag:x,2000:\n") + "---\n", "documents": many(1_000, "---\na: b\n"), "comments": many(20_000, "# x\n") + "x: y", "tabs": "about:\t\tx\n\t\ty: z", "carriage returns": "about: x\ry: z\r",
		"file too large": "about: " + many(MaxFile, "x"),
		// Schedules and zones.
		"every nanosecond": `schedule: "@every 1ns"`, "every too short": `schedule: "@every 999ms"`, "every too long": `schedule: "@every 9999999h"`, "every negative": `schedule: "@every -1s"`, "never due": `schedule: "0 9 31 2 *"`, "never due in short months": `schedule: "0 9 31 4,6,9,11 *"`,
		"step of nothing": `schedule: "*/0 * * * *"`, "step of the largest": `schedule: "*/9223372036854775807 * * * *"`, "range of the largest in cron": `schedule: "0-10000000 * * * *"`, "list without end": `schedule: "` + many(5_000, "1,") + `1 * * * *"`, "seconds": `schedule: "* * * * * *"`, "zone in a schedule": `schedule: "CRON_TZ=../../etc/passwd * * * * *"`,
		"zone as a path": "zone: ../../../etc/passwd", "zone absolute": "zone: /etc/localtime", "zone back": `zone: Asia\..\..\x`, "zone long": "zone: " + many(50_000, "A/"), "zone of this machine": "zone: Local", "zone nul": `zone: "UTC\0"`, "repeat for ever": "repeat: 9999w", "repeat never": "repeat: 0s",
		// Messages, keys and tests.
		"many parts of a message": `say: {en: "` + many(60, "{{ 1 }}") + `", zh: x}`, "ten thousand parts": `say: {en: "` + many(10_000, "{{1}}") + `", zh: x}`, "braces": `say: {en: "` + many(5_000, "{{") + `", zh: x}`, "message too long": `say: {en: "` + many(20_000, "x") + `", zh: x}`, "message too dear": `say: {en: '` + many(2, `{{ count(measure.entities, # contains "x" and # contains "y" and # contains "z" and # contains "w" ) }}`) + many(7, `{{ count(measure.entities, # startsWith "a" and # startsWith "b") }}`) + `', zh: x}`,
		"list in a message": `say: {en: "{{ [1, 2] }}", zh: x}`, "map in a message": `say: {en: "{{ {} }}", zh: x}`, "many keys of once": "once: [" + many(2_000, "measure.id, ") + "measure.id]", "once too dear": "once: [" + many(9, `'count(measure.entities, # startsWith "a" or # startsWith "b" or # startsWith "c") > 3 ? 1 : 2', `) + `measure.id]`, "once constant": `once: ['"x"']`, "once true": "once: measure.presumed",
		"many tests": "tests:\n" + many(300, "  - {name: a, at: 2026-01-01T00:00, given: [x], fires: []}\n"), "many facts": "tests: [{name: a, at: 2026-01-01T00:00, fires: [], given: [" + many(500, "x, ") + "]}]", "many subjects": "tests: [{name: a, at: 2026-01-01T00:00, given: [x], fires: [" + many(500, "x, ") + "]}]", "many steps": "tests: [{name: a, at: 2026-01-01T00:00, given: [x], fires: [], then: [" + many(500, "{at: 2026-01-02T00:00, fires: []}, ") + "]}]",
		"test for ever": "tests: [{name: a, at: 9999-12-31T23:59, given: [x], fires: []}]", "long label": "labels: {a: " + many(5_000, "x") + "}", "long about": "about: " + many(5_000, "x"), "was a path": "was: ../../etc/passwd",
	}
	return list
}

func numbered(n int, form string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, form, i)
	}
	return b.String()
}

func indents(n int) (lines []string) {
	for i := 1; i <= n; i++ {
		lines = append(lines, strings.Repeat(" ", i)+"a:\n")
	}
	return lines
}

// TestBombs: no bomb loads, and what is said of each is in testdata/bombs.txt.
func TestBombs(t *testing.T) {
	const golden = "testdata/bombs.txt"
	var got bytes.Buffer
	list := bombs()
	for _, name := range slices.Sorted(maps.Keys(list)) {
		start := time.Now()
		rule, faults := Parse("bomb.yaml", []byte(ruleWith(list[name])))
		if rule != nil {
			t.Errorf("%s loads", name)
			continue
		}
		if took := time.Since(start); took > time.Second && !testing.Short() {
			t.Errorf("%s took %v", name, took)
		}
		if len(faults) > maxFaults+1 {
			t.Errorf("%s has %d faults", name, len(faults))
		}
		for _, f := range faults {
			if said := f.Error(); len(said) > 3000 {
				t.Errorf("%s is told in %d bytes", name, len(said))
			}
		}
		fmt.Fprintf(&got, "%s: %s\n", name, clip(strings.TrimPrefix(faults[0].Headline(), "bomb.yaml:"), 160))
	}
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || string(want) != got.String() {
		t.Errorf("%v\n%s", err, got.String())
	}
}
