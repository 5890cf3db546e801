package main

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/mattn/go-runewidth"

	"derisk/rules"
	"derisk/tracker"
)

type rulesReferenceCommand struct {
	Each   string `help:"Only what a rule over this may speak of: measure, event, review, commitment, indicator or article." placeholder:"SUBJECT" enum:"measure,event,review,commitment,indicator,article," default:""`
	Schema bool   `help:"Print the JSON Schema of rule files, for editors."`
}

// Run prints what a rule file may hold, from the tables that the checker goes by.
func (c *rulesReferenceCommand) Run(a *app) error {
	if c.Schema {
		schema, err := rules.Schema(a.Lang)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(a.out, "%s\n", schema)
		return err
	}
	var entries []rules.Entry
	for _, e := range rules.Reference() {
		if c.Each == "" || e.For(rules.Each(c.Each)) {
			entries = append(entries, e)
		}
	}
	if a.JSON {
		for _, e := range entries {
			a.line(a.entryJSON(e))
		}
		return nil
	}
	a.tellReference(entries)
	return nil
}

// entryJSON is a line of the reference as programs read it.
func (a *app) entryJSON(e rules.Entry) map[string]any {
	line := map[string]any{"sort": e.Sort, "name": e.Name, "about": a.say(e.About)}
	for name, value := range map[string]string{
		"of": e.Of, "type": string(e.Gives), "unit": a.say(e.Unit), "zone": a.say(e.Zone), "size": a.say(e.Size), "example": e.Example,
	} {
		if value != "" {
			line[name] = value
		}
	}
	switch {
	case e.Sort == rules.SortKey:
		line["required"] = e.Need
	case e.Subject != "":
		line["result"], line["subject"], line["at"] = e.Result, e.Subject, rules.ExampleAt
	}
	if len(e.Takes) > 0 {
		line["takes"] = e.Takes
	}
	if e.Or != "" {
		line["or"] = e.Or
	}
	return line
}

var referenceHeadings = map[rules.Sort]tracker.Text{
	rules.SortKey:      {EN: "Keys of a rule file (* must be there)", ZH: "规则文件的键（*为必填）"},
	rules.SortField:    {EN: "Names that every rule may use", ZH: "所有规则可用的名称"},
	rules.SortFunction: {EN: "Functions", ZH: "函数"},
	rules.SortClosure:  {EN: "Functions that go over a list", ZH: "遍历列表的函数"},
	rules.SortOperator: {EN: "Operators", ZH: "运算符"},
	rules.SortLint:     {EN: "Lints of derisk rules check", ZH: "derisk rules check 的提示"},
}

// tellReference prints the entries in chapters, each with its columns aligned.
func (a *app) tellReference(entries []rules.Entry) {
	var rows [][3]string
	flush := func() {
		a.tellColumns(rows)
		rows = nil
	}
	for i, e := range entries {
		chapter, before := "", ""
		if e.Sort == rules.SortField {
			chapter = e.Of
		}
		if i > 0 && entries[i-1].Sort == rules.SortField {
			before = entries[i-1].Of
		}
		if i == 0 || entries[i-1].Sort != e.Sort || chapter != before {
			flush()
			heading := a.say(referenceHeadings[e.Sort])
			if chapter != "" {
				heading = "each: " + chapter
			}
			fmt.Fprintf(a.out, "%s%s\n", strings.Repeat("\n", min(i, 1)), heading)
		}
		rows = append(rows, a.referenceRow(e))
	}
	flush()
	fmt.Fprintf(a.out, a.say(tracker.Text{EN: "\n→ what it comes to for %s at %s\n", ZH: "\n→ 对 %s 在 %s 的结果\n"}), rules.ExampleMeasure, rules.ExampleAt)
}

// referenceRow is an entry in three columns: its name, its type, and what it means.
func (a *app) referenceRow(e rules.Entry) [3]string {
	name, kind, about := e.Name, a.say(rules.KindWords(e.Gives)), a.say(e.About)
	example := e.Example
	switch e.Sort {
	case rules.SortKey:
		name = strings.Repeat("  ", e.Depth()) + name
		if e.Need {
			kind = "*"
		}
	case rules.SortField:
		if e.Of != "" {
			name = e.Of + "." + name
		}
		if more := cmp.Or(a.say(e.Unit), a.say(e.Zone), a.say(e.Size)); more != "" {
			kind += " (" + more + ")"
		}
	case rules.SortLint:
	case rules.SortFunction:
		takes := make([]string, len(e.Takes))
		for i, t := range e.Takes {
			takes[i] = a.say(rules.KindWords(t))
			if e.Or != "" {
				takes[i] += a.say(tracker.Text{EN: " or ", ZH: "或"}) + a.say(rules.KindWords(e.Or))
			}
		}
		name += "(" + strings.Join(takes, ", ") + ")"
		example += " → " + e.Result
	default:
		example += " → " + e.Result
	}
	if e.Example != "" {
		about += "\n" + example
	}
	return [3]string{name, kind, about}
}

// tellColumns prints rows with the first two columns aligned; of the last
// column each line stands on a line of its own.
func (a *app) tellColumns(rows [][3]string) {
	var wide [2]int
	for _, row := range rows {
		for i := range wide {
			wide[i] = max(wide[i], runewidth.StringWidth(row[i]))
		}
	}
	for _, row := range rows {
		first, rest, more := strings.Cut(row[2], "\n")
		fmt.Fprintf(a.out, "  %s  %s  %s\n", runewidth.FillRight(row[0], wide[0]), runewidth.FillRight(row[1], wide[1]), first)
		if more {
			fmt.Fprintf(a.out, "  %s    %s\n", strings.Repeat(" ", wide[0]+wide[1]), rest)
		}
	}
}
