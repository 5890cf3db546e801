package main

import (
	"fmt"
	"html"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"derisk/rules"
	"derisk/tracker"
)

// Whatever a rule or a title says, it makes no markup, no table, no mention and
// no link, and reads as it is written.
func TestTextsMakeNoMarkdown(t *testing.T) {
	for text, want := range map[string]string{
		"@here and @everyone":        "&#64;&#8203;here and &#64;&#8203;everyone",
		"a | b":                      "a &#124; b",
		"see #12, GH *x* _y_ `z`":    "see &#35;&#8203;12, GH &#42;x&#42; &#95;y&#95; &#96;z&#96;",
		"</details><script>":         "&#60;/details&#62;&#60;script&#62;",
		"[x](https://example.org)":   "&#91;x&#93;(https:&#8203;//example.org)",
		"www.example.org :tada:":     "www.&#8203;example.org :&#8203;tada:",
		"two\nlines\u202e turned":    "two lines turned",
		"09:00, ¥ 3.5 %, $x$ & &lt;": "09:00, ¥ 3.5 %, &#36;x&#36; &#38; &#38;lt;",
	} {
		if got := inMarkdown(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.RuneFrom([]rune("aw.:/@#|<>&;*_`[]()$~!\\ \n\"{}中"))).Draw(t, "text")
		got := inMarkdown(text)
		if strings.ContainsAny(got, "@|<>*_`[]$~\\\n\"{}!") || strings.Contains(got, "://") || strings.Contains(got, "www.w") {
			t.Fatalf("%q: %q", text, got)
		}
		shown := strings.ReplaceAll(html.UnescapeString(got), "\u200b", "")
		if short := []rune(strings.Join(strings.Fields(text), " ")); shown != string(short) && len(short) <= maxQuoted {
			t.Fatalf("%q is shown as %q", text, shown)
		}
	})
}

// However much differs, a comment stays within its bound, closes what it opens,
// and says how much it leaves out.
func TestCommentIsBounded(t *testing.T) {
	c := &rules.Comparison{}
	for i := range 5000 {
		c.Rules = append(c.Rules, rules.RuleDifference{Rule: fmt.Sprintf("rule-%d", i), Edit: rules.RuleAdded, Added: 1})
		f := tracker.Foretold{Firing: tracker.Firing{At: time.Date(2026, 11, 11, 9, 0, 0, 0, time.UTC), Rule: fmt.Sprintf("rule-%d", i), Subject: "m",
			Message: tracker.Text{EN: strings.Repeat("<@everyone> ", 300), ZH: strings.Repeat("电池", 5000)}}}
		c.Firings = append(c.Firings, rules.FiringDifference{Change: []rules.FiringChange{rules.FiringAdded, rules.FiringRemoved}[i%2], Coming: i%3 == 0, Foretold: f})
	}
	d := ruleDiff{Comparison: c, from: tracker.MustDate("2026-01-01"), to: tracker.MustDate("2027-01-01")}
	for _, lang := range []string{"en", "zh"} {
		text := d.markdown(lang)
		if n := utf8.RuneCountInString(text); n > maxComment || n < maxComment/2 {
			t.Errorf("%s: %d characters", lang, n)
		}
		if strings.Count(text, "<details>") != 2 || strings.Count(text, "</details>") != 2 {
			t.Errorf("%s: %d opened, %d closed", lang, strings.Count(text, "<details>"), strings.Count(text, "</details>"))
		}
		for _, said := range map[string][]string{"en": {"and 4900 more rules", "and 2500 more; "}, "zh": {"及另外4900条规则", "及另外2500次"}}[lang] {
			if !strings.Contains(text, said) {
				t.Errorf("%s: does not say %q", lang, said)
			}
		}
	}
}
