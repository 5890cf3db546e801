package rules

import (
	"go.yaml.in/yaml/v4"

	"derisk/tracker"
)

// key is one key of a rule file, or of a mapping in it. The reference and the
// schema for editors are made from these tables, as the reader is.
type key struct {
	name  string
	need  bool
	read  func(p *fileReader, n *yaml.Node) // of a key at the top of the file
	form  schema                            // what its value looks like to an editor
	about tracker.Text
	write string // how the line is written, where a file cannot do without the key
}

// keys of a rule file, in the order in which they are read: each and zone
// come before what depends on them.
var keys = []key{
	{name: "each", read: (*fileReader).readEach, form: oneOfForm(Eaches(), EachMeasure),
		about: tracker.Text{EN: "what the rule goes over; measure if left out", ZH: "规则所考察的对象；省略时为 measure"}},
	{name: "zone", read: (*fileReader).readZone, form: textForm("UTC", "Asia/Shanghai", "America/New_York"),
		about: tracker.Text{EN: "IANA name of the schedule's zone, and what \"today\" means; UTC if left out", ZH: "计划所用时区的IANA名称，亦决定“今天”；省略时为UTC"}},
	{name: "about", need: true, read: (*fileReader).readAbout, form: textForm("", "A suspension is about to lapse."),
		about: tracker.Text{EN: "what the rule tells of, in a sentence for people", ZH: "一句话说明规则告知何事"},
		write: "about: A suspension is about to lapse."},
	{name: "schedule", need: true, read: (*fileReader).readSchedule, form: textForm("", "0 9 * * *", "@daily", "@every 15m"),
		about: tracker.Text{EN: "when the rule is due: five cron fields, @daily and friends, or @every 15m", ZH: "何时到期：五个cron字段、@daily等，或@every 15m"},
		write: `schedule: "0 9 * * *"`},
	{name: "when", need: true, read: (*fileReader).readWhen, form: textForm("", `measure.status == "suspended" and days_until(measure.until) in [30, 7, 1]`),
		about: tracker.Text{EN: "the condition that a subject meets", ZH: "对象须满足的条件"},
		write: `when: measure.status == "suspended"`},
	{name: "once", read: (*fileReader).readOnce, form: oneOrMany("measure.id", "measure.until", "days_until(measure.until)"),
		about: tracker.Text{EN: "expressions whose values make a key: the rule fires once ever for each key", ZH: "其值组成键的表达式：每个键只触发一次"}},
	{name: "repeat", read: (*fileReader).readRepeat, form: patternForm(repeatForm.String(), "7d", "2w", "12h"),
		about: tracker.Text{EN: "after how long it fires again while the condition holds", ZH: "条件持续成立时，隔多久再次触发"}},
	{name: "resolve", read: (*fileReader).readResolve, form: truthForm(),
		about: tracker.Text{EN: "tell too when the condition ceases to hold", ZH: "条件不再成立时亦告知"}},
	{name: "severity", read: (*fileReader).readSeverity, form: oneOfForm(tracker.Severities(), tracker.Info),
		about: tracker.Text{EN: "how much it matters; info if left out", ZH: "重要程度；省略时为 info"}},
	{name: "labels", read: (*fileReader).readLabels, form: labelsForm(),
		about: tracker.Text{EN: "names with values, which subscriptions filter by: label:topic=snap-back", ZH: "名称与取值，供订阅筛选：label:topic=snap-back"}},
	{name: "say", need: true, read: (*fileReader).readSay, form: sayForm(),
		about: tracker.Text{EN: "the message, in which {{ expression }} is filled in", ZH: "消息，其中 {{ 表达式 }} 会被填入"},
		write: `say: {en: "{{ measure.title }}", zh: "{{ measure.title }}"}`},
	{name: "tests", read: (*fileReader).readTests, form: manyForm(mappingForm(caseKeys), maxCases),
		about: tracker.Text{EN: "what the rule does at an instant, checked by derisk rules test", ZH: "规则在某一时刻的表现，由 derisk rules test 检验"}},
	{name: "lints", read: (*fileReader).readLints, form: manyForm(mappingForm(snoozeKeys), maxSnoozes),
		about: tracker.Text{EN: "doubts of derisk rules check that are known and wait, with a last day and a reason", ZH: "derisk rules check 的提示中已知且暂缓处理者，附最后一日与理由"}},
	{name: "draft", read: (*fileReader).readDraft, form: truthForm(),
		about: tracker.Text{EN: "keep the rule out of live runs, while all tools work on it", ZH: "不参与实际运行，但各工具仍可使用"}},
	{name: "was", read: (*fileReader).readWas, form: patternForm(ruleName.String(), "old-name"),
		about: tracker.Text{EN: "the rule's former name, whose state it takes over", ZH: "规则的旧名，沿用其状态"}},
}

// sayKeys are the languages of a message.
var sayKeys = []key{
	{name: "en", form: textForm("", "{{ measure.title }}: last day {{ day(measure.until) }}."), about: tracker.Text{EN: "in English", ZH: "英文"}},
	{name: "zh", form: textForm("", "{{ measure.title }}：最后一日为{{ day(measure.until) }}。"), about: tracker.Text{EN: "in Simplified Chinese", ZH: "简体中文"}},
}

func keyNames(keys []key) []string {
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = k.name
	}
	return names
}
