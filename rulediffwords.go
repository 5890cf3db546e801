package main

import (
	"fmt"
	"slices"
	"strings"

	"derisk/bot"
	"derisk/rules"
	"derisk/tracker"
)

// headline is the whole in one sentence.
func (d ruleDiff) headline() tracker.Text {
	coming := 0
	for _, f := range d.Firings {
		if f.Coming {
			coming++
		}
	}
	added, removed, changed := d.Count(rules.FiringAdded), d.Count(rules.FiringRemoved), d.Count(rules.FiringChanged)
	if added+removed+changed == 0 {
		return sayf("%s to %s: no firing is added, removed or changed.", "%s至%s：无新增、减少或变更的触发。", d.from, d.to)
	}
	return sayf("%s to %s: firings added %d, removed %d, changed %d; still to come: %d.", "%s至%s：触发新增%d次，减少%d次，变更%d次；其中尚未到来：%d次。",
		d.from, d.to, added, removed, changed, coming)
}

// same tells of the rules that are not listed.
func (d ruleDiff) same() tracker.Text {
	return sayf("Rules whose file is the same: %d.", "文件相同的规则：%d条。", d.Same)
}

// edit is what was done to a rule, and whether it has an effect.
func edit(r rules.RuleDifference) tracker.Text {
	words := map[rules.Edit]tracker.Text{
		rules.RuleAdded: {EN: "added", ZH: "新增"}, rules.RuleRemoved: {EN: "removed", ZH: "删除"},
		rules.RuleRenamed: {EN: "renamed", ZH: "改名"}, rules.RuleEdited: {EN: "edited", ZH: "修改"},
	}[r.Edit]
	more := tracker.Text{}
	switch quiet := r.Added+r.Removed+r.Changed == 0; {
	case r.Draft:
		more = tracker.Text{EN: ", a draft that does not run", ZH: "，草稿，不运行"}
	case quiet && (r.Edit == rules.RuleAdded || r.Edit == rules.RuleRemoved):
		more = tracker.Text{EN: ", fires nothing in that time", ZH: "，其间不触发"}
	case quiet:
		more = tracker.Text{EN: ", fires the same", ZH: "，触发不变"}
	}
	return tracker.Text{EN: words.EN + more.EN, ZH: words.ZH + more.ZH}
}

func ruleName(r rules.RuleDifference) string {
	if r.Was != "" {
		return r.Was + " → " + r.Rule
	}
	return r.Rule
}

// wordsOf is what a firing says, with what became another in one that changed.
func wordsOf(f rules.FiringDifference, lang string) []string {
	var changed, before []string
	for _, what := range f.What {
		switch what {
		case "severity":
			changed = append(changed, fmt.Sprintf("%s → %s", f.Before.Severity, f.Severity))
		case "at":
			changed = append(changed, fmt.Sprintf("%s → %s", f.Before.At.Format(minutes), f.At.Format(minutes)))
		case "labels":
			changed = append(changed, fmt.Sprintf("%s → %s", labelsOf(f.Before.Labels), labelsOf(f.Labels)))
		case "message":
			before = []string{sayf("before: %s", "原为：%s", f.Before.Message.In(lang)).In(lang)}
		}
	}
	return append(append(changed, f.Message.In(lang)), before...)
}

const minutes = "2006-01-02 15:04 -07:00"

func labelsOf(labels map[string]string) string {
	var all []string
	for name, value := range labels {
		all = append(all, name+"="+value)
	}
	slices.Sort(all)
	return "{" + strings.Join(all, ", ") + "}"
}

// reply is the comparison for people.
func (d ruleDiff) reply(lang string) bot.Reply {
	reply := bot.Reply{Title: d.headline().In(lang)}
	if len(d.Rules) > 0 {
		reply.Sections = append(reply.Sections, bot.Section{Table: d.ruleTable(lang)})
	}
	reply.Sections = append(reply.Sections, bot.Section{Lines: []string{d.same().In(lang)}})
	if len(d.Firings) > 0 {
		reply.Sections = append(reply.Sections, bot.Section{Table: d.firingTable(lang)})
	}
	var channels []string
	for _, c := range d.channels {
		channels = append(channels, sayf("Channel %s would be told %d more, %d fewer.", "频道 %s 将多收到%d条，少收到%d条。", c.Channel, c.More, c.Fewer).In(lang))
	}
	if channels != nil {
		reply.Sections = append(reply.Sections, bot.Section{Lines: channels})
	}
	return reply
}

func (d ruleDiff) ruleTable(lang string) *bot.Table {
	t := bot.Table{Columns: inLang(lang, addedWord, removedWord, changedWord, ruleWord, editWord)}
	for _, r := range d.Rules {
		t.Rows = append(t.Rows, []string{fmt.Sprint(r.Added), fmt.Sprint(r.Removed), fmt.Sprint(r.Changed), ruleName(r), edit(r).In(lang)})
	}
	return &t
}

func (d ruleDiff) firingTable(lang string) *bot.Table {
	t := bot.Table{Columns: append([]string{" "}, inLang(lang, whenWord, ruleWord, ofWord, messageWord)...)}
	signs := map[rules.FiringChange]string{rules.FiringAdded: "+", rules.FiringRemoved: "-", rules.FiringChanged: "~"}
	for _, f := range d.Firings {
		t.Rows = append(t.Rows, []string{signs[f.Change], f.At.Format(minutes), f.Rule, f.Subject, strings.Join(wordsOf(f, lang), " · ")})
	}
	return &t
}

func inLang(lang string, names ...tracker.Text) (list []string) {
	for _, n := range names {
		list = append(list, n.In(lang))
	}
	return list
}

// Heads of the columns.
var (
	addedWord   = tracker.Text{EN: "Added", ZH: "新增"}
	removedWord = tracker.Text{EN: "Removed", ZH: "减少"}
	changedWord = tracker.Text{EN: "Changed", ZH: "变更"}
	ruleWord    = tracker.Text{EN: "Rule", ZH: "规则"}
	editWord    = tracker.Text{EN: "Edit", ZH: "改动"}
	whenWord    = tracker.Text{EN: "When", ZH: "时间"}
	ofWord      = tracker.Text{EN: "Of", ZH: "对象"}
	messageWord = tracker.Text{EN: "Message", ZH: "消息"}
)

func sayf(en, zh string, args ...any) tracker.Text {
	return tracker.Text{EN: fmt.Sprintf(en, args...), ZH: fmt.Sprintf(zh, args...)}
}
