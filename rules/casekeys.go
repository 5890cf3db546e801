package rules

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"derisk/tracker"
)

// caseKeys are the keys of a test: its first step, and what belongs to the whole.
var caseKeys = slices.Concat(
	[]key{{name: "name", need: true, write: "name: thirty days before the last day", form: textForm(""), about: tracker.Text{EN: "what the test shows", ZH: "测试说明"}}},
	stepKeys(true),
	[]key{{name: "then", form: manyForm(mappingForm(stepKeys(false)), maxSteps), about: tracker.Text{EN: "later steps, in order; at the due times between them nothing may fire", ZH: "其后的步骤，按先后排列；步骤之间的到期时刻不得触发"}}},
)

// stepKeys are the keys of one step of a test. Only the first must say what is given.
func stepKeys(first bool) []key {
	return []key{
		{name: "at", need: true, write: "at: 2026-10-11T09:00:00+08:00", form: textForm("", "2026-10-11T09:00:00+08:00"), about: tracker.Text{EN: "the tick; a due time of the schedule where the test has posts or then, else any instant", ZH: "到期时刻；测试含 posts 或 then 时须为计划的到期时刻，否则任意时刻均可"}},
		{name: "given", need: first, write: "given: [cn-mofcom-2025-58]", form: manyForm(givenForm(), maxGiven), about: tracker.Text{EN: "the facts: ids of starter measures, commitments and indicators, measures written out, {review: …}, {article: …}, {commitment: …}, {indicator: …}; in a later step what is new or changed", ZH: "事实：内置措施、承诺、指标的标识，写全的措施，{review: …}、{article: …}、{commitment: …}、{indicator: …}；其后的步骤只写新增或变更者"}},
		firesKey,
		{name: "resolved", form: manyForm(textForm(""), maxGiven), about: tracker.Text{EN: "ids of the subjects that end, having held at the due time before", ZH: "在前一到期时刻成立、此刻结束的对象标识"}},
		{name: "says", form: mappingForm(saysKeys), about: tracker.Text{EN: "a part of the message, in either language or both", ZH: "消息的一部分，一种或两种语言"}},
		{name: "posts", form: manyForm(mappingForm(postKeys), maxPosts), about: tracker.Text{EN: "what subscriptions make of it, and when", ZH: "各订阅如何处理，以及何时"}},
	}
}

// firesKey may be left out where resolved is there.
var firesKey = key{name: "fires", write: "fires: [cn-mofcom-2025-58], or fires: [] for none", form: manyForm(textForm(""), maxGiven), about: tracker.Text{EN: "ids of the subjects that fire; [] for none", ZH: "触发的对象标识；无则为 []"}}

var saysKeys = []key{
	{name: "en", form: textForm(""), about: tracker.Text{EN: "words of the English message", ZH: "英文消息中的文字"}},
	{name: "zh", form: textForm(""), about: tracker.Text{EN: "words of the Chinese message", ZH: "中文消息中的文字"}},
}

// postKeys are the keys of a subscription in a test, and of what it gets.
var postKeys = []key{
	{name: "filter", form: textForm("", "tag:graphite by:CN"), about: tracker.Text{EN: "which firings the subscription wants; all if left out", ZH: "订阅所要的触发；省略时为全部"}},
	{name: "lang", form: oneOfForm([]string{"en", "zh"}, "en"), about: tracker.Text{EN: "its language; en if left out", ZH: "其语言；省略时为 en"}},
	{name: "zone", form: textForm("", "Europe/Berlin"), about: tracker.Text{EN: "IANA name of its zone; the rule's if left out", ZH: "其时区的IANA名称；省略时为规则的时区"}},
	{name: "deliver", form: oneOfForm(tracker.Delivers(), tracker.AtOnce), about: tracker.Text{EN: "when it is told; at-once if left out", ZH: "何时告知；省略时为 at-once"}},
	{name: "quiet", form: textForm("", "22:00-07:00"), about: tracker.Text{EN: "its quiet hours, by its zone", ZH: "其免打扰时段，按其时区"}},
	{name: "owner", form: textForm("local", "guild:1"), about: tracker.Text{EN: "whose it is; local, to whom the reviews of tests belong, if left out", ZH: "订阅所属；省略时为 local，测试中的审查均属 local"}},
	{name: "at", need: true, write: "at: 2026-10-11T09:00:00+02:00, or at: never", form: textForm("", "2026-10-11T09:00:00+02:00", "never"), about: tracker.Text{EN: "when the firings are posted, or never", ZH: "何时发送，或 never（从不）"}},
	{name: "because", form: schema{"type": "string", "enum": planCauses}, about: tracker.Text{EN: "why then, or why never", ZH: "何以在此时，或何以从不"}},
	{name: "tells", form: manyForm(textForm(""), maxGiven), about: tracker.Text{EN: "ids of the subjects that are posted", ZH: "所发送对象的标识"}},
	{name: "says", form: textForm(""), about: tracker.Text{EN: "a part of the message, in its language", ZH: "消息的一部分，用其语言"}},
}

// planCauses are the causes that [tracker.Plan] gives a subscription that is not paused.
var planCauses = []tracker.Cause{tracker.CauseMatch, tracker.CauseQuiet, tracker.CauseDigest, tracker.CauseFilter, tracker.CauseOwner}

// factKeys are what a test gives besides ids and measures written out.
var factKeys = []key{
	{name: "review", form: mappingForm(reviewKeys), about: tracker.Text{EN: "a review under a measure's clock", ZH: "措施审查期限下的一次审查"}},
	{name: "article", form: mappingForm(articleKeys), about: tracker.Text{EN: "an article", ZH: "一篇文章"}},
	{name: "commitment", form: factForm("id", "title", "by", "framework", "status", "evidence"), about: tracker.Text{EN: "a commitment, as commitments.yaml holds it", ZH: "一项承诺，写法同 commitments.yaml"}},
	{name: "indicator", form: factForm("id", "title", "unit", "observations"), about: tracker.Text{EN: "an indicator, as indicators.yaml holds it", ZH: "一项指标，写法同 indicators.yaml"}},
}

// factForm is a fact of which another reader knows the other keys.
func factForm(need ...string) schema { return schema{"type": "object", "required": need} }

// reviewKeys are the keys of a review that a test gives.
var reviewKeys = []key{
	{name: "id", need: true, write: "id: r1", form: textForm(""), about: tracker.Text{EN: "the review's id", ZH: "审查标识"}},
	{name: "measure", need: true, write: "measure: cn-mofcom-2025-18", form: textForm(""), about: tracker.Text{EN: "id of the measure under which it runs", ZH: "所依据措施的标识"}},
	{name: "name", form: textForm(""), about: tracker.Text{EN: "the name that it was given", ZH: "所取名称"}},
	{name: "accepted", need: true, write: "accepted: 2026-10-09", form: textForm("", "2026-04-01"), about: tracker.Text{EN: "the day of acceptance", ZH: "受理日"}},
	{name: "decided", form: textForm(""), about: tracker.Text{EN: "the day of the decision", ZH: "决定日"}},
	{name: "stops", form: manyForm(mappingForm(stopKeys), 0), about: tracker.Text{EN: "stretches that do not count", ZH: "不计入的期间"}},
}

var stopKeys = []key{
	{name: "on", need: true, write: "on: 2026-10-20", form: textForm(""), about: tracker.Text{EN: "the day of the stop", ZH: "中止日"}},
	{name: "resumed", form: textForm(""), about: tracker.Text{EN: "the day on which it goes on", ZH: "恢复日"}},
}

// articleKeys are the keys of an article that a test gives.
var articleKeys = []key{
	{name: "id", need: true, write: "id: a1", form: textForm(""), about: tracker.Text{EN: "the article's id", ZH: "文章标识"}},
	{name: "title", need: true, write: "title: Export curbs stay shelved", form: textForm(""), about: tracker.Text{EN: "its headline", ZH: "标题"}},
	{name: "publisher", form: textForm(""), about: tracker.Text{EN: "who published it", ZH: "发布者"}},
	{name: "at", need: true, write: "at: 2026-10-11T09:00:00Z", form: textForm("", "2025-10-22T10:00:00+08:00"), about: tracker.Text{EN: "when it was published", ZH: "发布时刻"}},
	{name: "text", form: textForm(""), about: tracker.Text{EN: "its lead", ZH: "导语"}},
	{name: "measures", form: manyForm(textForm(""), 0), about: tracker.Text{EN: "ids of the measures that it names", ZH: "所提及措施的标识"}},
}

// caseMapping gives the values of a mapping of the tests section by key, or nil
// with the fault told where one is not known or a needed one is missing.
func (p *fileReader) caseMapping(n *yaml.Node, in string, keys []key) map[string]*yaml.Node {
	before := len(p.faults) + p.untold
	values := p.mapping(n, in, keyNames(keys))
	for _, k := range keys {
		if k.need && values != nil && values[k.name] == nil {
			p.needs(n, in, k)
		}
	}
	if len(p.faults)+p.untold > before {
		return nil
	}
	return values
}

// needs tells that a key is missing, with an example.
func (p *fileReader) needs(n *yaml.Node, in string, k key) {
	noun := strings.TrimSuffix(in[strings.LastIndexByte(in, '.')+1:], "s")
	if in == "tests.then" {
		noun = "step"
	}
	p.fail(n, in, "write "+k.write, fmt.Sprintf("%s needs the key %q", article(noun), k.name))
}
