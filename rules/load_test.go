package rules

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"derisk/tracker"
)

// ruleWith is a rule file that is good but for the lines given.
func ruleWith(lines string) string {
	base := map[string]string{
		"about":    "about: A test.",
		"schedule": `schedule: "0 9 * * *"`,
		"when":     `when: measure.status == "suspended"`,
		"say":      "say: {en: \"{{ measure.title }}\", zh: \"{{ measure.title }}\"}",
	}
	var b strings.Builder
	for _, key := range []string{"about", "schedule", "when", "say"} {
		if !strings.HasPrefix(lines, key+":") && !strings.Contains(lines, "\n"+key+":") {
			b.WriteString(base[key] + "\n")
		}
	}
	return b.String() + lines + "\n"
}

func mustParse(t *testing.T, lines string) *Rule {
	t.Helper()
	r, faults := Parse("test.yaml", []byte(ruleWith(lines)))
	for _, f := range faults {
		t.Error(f)
	}
	if r == nil {
		t.FailNow()
	}
	return r
}

func TestStarterRulesLoad(t *testing.T) {
	set, err := Load(os.DirFS("../rules.d"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range set.Faults {
		t.Error(f)
	}
	if len(set.Rules) < 1 {
		t.Errorf("%d rules", len(set.Rules))
	}
}

func TestFaultsNamePlaceAndWords(t *testing.T) {
	tests := []struct{ name, lines, want string }{
		{"unknown field", "when: measure.statu == \"suspended\"", `test.yaml:4:15: when: a measure has no field "statu"
    when: measure.statu == "suspended"
                  ^^^^^ did you mean "status"?`},
		{"unknown function", "when: day_until(measure.until) == 3", `did you mean "days_until"?`},
		{"unknown key", "wen: 1", `test.yaml:5:1: unknown key "wen"`},
		{"block", "when: |\n  measure.status == \"ended\" and\n    measure.rat > 3", "test.yaml:6:13: when: a measure has no field \"rat\""},
		{"folded", "when: >\n  measure.status == \"ended\" and\n  measure.rat > 3", "test.yaml:6:11: when: a measure has no field \"rat\""},
		{"double quotes", `when: "measure.status == \"ended\" and measure.rat > 3"`, "test.yaml:4:48: when: a measure has no field \"rat\""},
		{"cut off by a comment", "when: any(measure.tags, # == \"x\")", "put the expression below a |"},
		{"wrong type", "when: measure.status > 3", "> cannot compare a text with a figure"},
		{"date as text", "when: measure.until < \"2026-01-01\"", `write date("2026-11-10")`},
		{"other subject", "when: event.what == \"ended\"", `a rule over each measure has no "event"`},
		{"not a condition", "when: measure.title", "must be a condition, this is a text"},
		{"in a message", `say: {en: "{{ measure.titel }}", zh: "x"}`, "test.yaml:4:23: say.en: a measure has no field \"titel\""},
		{"no language", `say: {}`, `needs the message in English, Chinese or both`},
		{"boolean key", "once: [measure.id, measure.presumed]", "a condition as key would fire once and never again"},
		{"constant key", `once: ['"x"']`, "always the same"},
		{"never due", `schedule: "0 9 31 2 *"`, "can never come due"},
		{"six fields", `schedule: "0 0 9 * * *"`, "five fields"},
		{"zone", "zone: Asia/Shangai", `"Asia/Shangai" is not a zone`},
		{"severity", "severity: warnin", `did you mean "warning"?`},
		{"alias", "labels: &a {x: y}", "anchors and aliases"},
		{"deep", "labels: {a: [[[[[[[[[[[[[[x]]]]]]]]]]]]]]}", "nested more than 12 deep"},
		{"key twice", "severity: info\nseverity: info", "twice"},
		{"repeat with once", "once: [measure.since]\nrepeat: 7d", "cannot repeat"},
		{"resolve an event", "each: event\nwhen: event.what == \"ended\"\nresolve: true", "nothing to resolve"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, faults := Parse("test.yaml", []byte(ruleWith(tt.lines)))
			if r != nil {
				t.Fatal("was accepted")
			}
			var all []string
			for _, f := range faults {
				all = append(all, f.Error())
			}
			if got := strings.Join(all, "\n"); !strings.Contains(got, tt.want) {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestHostileFiles(t *testing.T) {
	files := map[string][]byte{
		"nul.yaml":    []byte("about: a\x00b"),
		"utf8.yaml":   []byte("about: \xff\xfe"),
		"empty.yaml":  nil,
		"spaces.yaml": []byte("  \n\n"),
		"list.yaml":   []byte("- a\n- b\n"),
		"deep.yaml":   []byte(strings.Repeat("[", 50_000)),
		"deeper.yaml": []byte("about: " + strings.Repeat("[", 200) + strings.Repeat("]", 200)),
		"laughs.yaml": []byte("a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n"),
		"merge.yaml":  []byte("about: &x {a: b}\nsay:\n  <<: *x\n"),
		"huge.yaml":   []byte("about: " + strings.Repeat("x", MaxFile)),
		"tabs.yaml":   []byte("about:\tx\n\tschedule: y\n"),
		"twodoc.yaml": []byte("about: x\n---\nabout: y\n"),
		"old.yml":     []byte(ruleWith("")),
		"sp ace.yaml": []byte(ruleWith("")),
		"good.yaml":   []byte("\ufeff" + strings.ReplaceAll(ruleWith(""), "\n", "\r\n")),
		".hid.yaml":   []byte("x"),
		"notes.txt":   []byte("x"),
	}
	fsys := fstest.MapFS{}
	for name, data := range files {
		fsys[name] = &fstest.MapFile{Data: data}
	}
	start := time.Now()
	set, err := Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	if d := time.Since(start); d > 2*time.Second {
		t.Errorf("took %v", d)
	}
	if len(set.Rules) != 1 || set.Rules[0].Name != "good" {
		t.Errorf("rules: %v", set.Rules)
	}
	faulty := map[string]bool{}
	for _, f := range set.Faults {
		faulty[f.File] = true
		t.Log(f.Headline())
	}
	for name := range files {
		if want := name != "good.yaml" && name != ".hid.yaml" && name != "notes.txt"; faulty[name] != want {
			t.Errorf("%s: faulty %v, want %v", name, faulty[name], want)
		}
	}
}

func TestMergeKeepsTheLastGoodVersion(t *testing.T) {
	good, _ := Load(fstest.MapFS{"a.yaml": {Data: []byte(ruleWith(""))}, "b.yaml": {Data: []byte(ruleWith(""))}})
	bad, _ := Load(fstest.MapFS{"a.yaml": {Data: []byte("about: [")}})
	merged := bad.Merge(good)
	if len(merged.Rules) != 1 || merged.Rules[0].Name != "a" || len(merged.Stale) != 1 || len(merged.Faults) == 0 {
		t.Errorf("%+v", merged)
	}
	if _, err := merged.Rule("b"); err == nil {
		t.Error("a rule whose file is gone runs on")
	}
}

func TestRuleNotFoundOffersTheNearest(t *testing.T) {
	set, _ := Load(fstest.MapFS{"suspension-ending.yaml": {Data: []byte(ruleWith(""))}})
	_, err := set.Rule("suspension-endin")
	if err == nil || !strings.Contains(err.Error(), `did you mean "suspension-ending"?`) {
		t.Error(err)
	}
}

func snapshot(t testing.TB, facts tracker.Facts) *tracker.Snapshot {
	t.Helper()
	s, err := tracker.NewSnapshot(facts)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// atLength leaves a test that takes long out of short runs. They look for races,
// and it runs on one goroutine.
func atLength(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("takes long")
	}
}
