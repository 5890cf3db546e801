package main

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"derisk/bot"
	"derisk/rules"
	"derisk/tracker"
)

// Bounds of a comment on a pull request. GitHub takes 65,536 characters.
const (
	maxComment     = 60_000
	maxCommentRows = 100 // rules in the table
	maxQuoted      = 400 // characters of one text from outside
	keptForEnds    = 600 // characters for what closes a list that is cut
)

// markdown is the comparison as a comment on a pull request: the counts by rule, and
// folded below them the firings. What is cut is counted. Texts from outside are
// shown as they are: they make no markup, no table and no mention.
func (d ruleDiff) markdown(lang string) string {
	c := &comment{lang: lang}
	c.line("### derisk rules diff")
	c.line("")
	c.line("%s", inMarkdown(d.headline().In(lang)))
	c.line("")
	c.rules(d.Rules)
	c.line("%s", d.same().In(lang))
	if len(d.channels) > 0 {
		more, fewer := 0, 0
		for _, channel := range d.channels {
			more, fewer = more+channel.More, fewer+channel.Fewer
		}
		c.line("%s", sayf("Channels that would be told otherwise: %d (posts: %d more, %d fewer).", "受影响的频道：%d个（多%d条，少%d条）。", len(d.channels), more, fewer).In(lang))
	}
	for _, change := range []rules.FiringChange{rules.FiringAdded, rules.FiringRemoved, rules.FiringChanged} {
		c.firings(d, change)
	}
	return c.String()
}

// comment is a text in Markdown that grows up to a bound.
type comment struct {
	strings.Builder
	lang string
	size int // characters
}

func (c *comment) line(format string, args ...any) {
	text := fmt.Sprintf(format, args...) + "\n"
	c.WriteString(text)
	c.size += utf8.RuneCountInString(text)
}

func (c *comment) rules(list []rules.RuleDifference) {
	if len(list) == 0 {
		return
	}
	c.line("| %s |", strings.Join(inLang(c.lang, ruleWord, addedWord, removedWord, changedWord, editWord), " | "))
	c.line("| --- | ---: | ---: | ---: | --- |")
	for i, r := range list {
		if i == maxCommentRows {
			c.line("| %s | | | | |", sayf("and %[2]s", "及另外%[1]d条规则", len(list)-i, tracker.Count(len(list)-i, "more rule", "more rules")).In(c.lang))
			break
		}
		c.line("| %s | %d | %d | %d | %s |", inMarkdown(ruleName(r)), r.Added, r.Removed, r.Changed, edit(r).In(c.lang))
	}
	c.line("")
}

// firings lists the firings of one sort, folded, as far as there is room.
func (c *comment) firings(d ruleDiff, change rules.FiringChange) {
	count := d.Count(change)
	if count == 0 {
		return
	}
	word := map[rules.FiringChange]tracker.Text{rules.FiringAdded: addedWord, rules.FiringRemoved: removedWord, rules.FiringChanged: changedWord}[change]
	c.line("\n<details><summary>%s: %d</summary>\n", word.In(c.lang), count)
	listed := 0
	for _, f := range d.Firings {
		if f.Change != change {
			continue
		}
		item := c.item(f)
		if c.size+utf8.RuneCountInString(item) > maxComment-keptForEnds {
			c.line("\n%s", sayf("and %d more; `derisk rules diff` without `--markdown` lists all", "及另外%d次；不带 `--markdown` 的 `derisk rules diff` 会全部列出", count-listed).In(c.lang))
			break
		}
		c.line("%s", item)
		listed++
	}
	c.line("\n</details>")
}

// item tells one firing: when, which rule, about what, and the basis of what is to come.
func (c *comment) item(f rules.FiringDifference) string {
	var parts []string
	for _, part := range wordsOf(f, c.lang) {
		parts = append(parts, inMarkdown(part))
	}
	if f.Coming {
		parts = append(parts, "↳ "+inMarkdown(bot.TellForetold(f.Foretold).In(c.lang)))
	}
	return fmt.Sprintf("- **%s** %s · %s: %s", f.At.Format(minutes), inMarkdown(f.Rule), inMarkdown(f.Subject), strings.Join(parts, "<br>"))
}

// inMarkdown is a text from outside in one line, cut, so that Markdown shows its
// characters and reads nothing into them. Entities keep punctuation from being
// markup; a space of no width keeps GitHub from making mentions (@), references
// (#), emoji (:name:) and links (://, www.).
func inMarkdown(text string) string {
	var b strings.Builder
	runes := []rune(strings.Join(strings.Fields(text), " "))
	for i, r := range runes {
		if i == maxQuoted {
			b.WriteString("…")
			break
		}
		switch {
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
		case r < utf8.RuneSelf && (unicode.IsPunct(r) || unicode.IsSymbol(r)) && !strings.ContainsRune("-.,;:()'/%+=?", r):
			fmt.Fprintf(&b, "&#%d;", r)
		default:
			b.WriteRune(r)
		}
		if joins(r, runes[i+1:]) || r == '.' && i >= 3 && strings.EqualFold(string(runes[i-3:i]), "www") {
			b.WriteString("&#8203;")
		}
	}
	return b.String()
}

// joins says that a character would make more of what follows it.
func joins(r rune, rest []rune) bool {
	switch r {
	case '@', '#':
		return true
	case ':':
		return len(rest) > 0 && (rest[0] == '/' || unicode.IsLetter(rest[0]))
	}
	return false
}
