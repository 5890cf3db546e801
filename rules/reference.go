package rules

import (
	"slices"
	"strings"

	"derisk/tracker"
)

// Sort is what a line of the reference tells of.
type Sort string

const (
	SortKey      Sort = "key"      // of a rule file
	SortField    Sort = "field"    // of a subject, or now and today
	SortFunction Sort = "function" // of the language
	SortClosure  Sort = "closure"  // a function that goes over a list
	SortOperator Sort = "operator"
	SortLint     Sort = "lint" // of derisk rules check
)

// Entry is one line of the reference of rule files and their language.
type Entry struct {
	Sort    Sort
	Of      string // of a field: its subject; of a key: the key that it stands in
	Name    string
	Takes   []Kind // of a function
	Or      Kind   // what a function takes as well
	Gives   Kind
	Unit    tracker.Text // of a figure
	Zone    tracker.Text // of a date: whose day it is
	Size    tracker.Text // of a list or a longer text: as large as the bound on cost expects it
	About   tracker.Text
	Need    bool   // a rule cannot do without the key
	Example string // an expression; of a key: a value, where its form has examples
	Result  string // what the example comes to, as text; see [ExampleAt] and Subject
	Subject string // of which it comes to that, among the starter facts; empty: of none of them
}

// For says whether a rule over each has a use for the entry.
func (e Entry) For(each Each) bool {
	return e.Sort != SortField || e.Of == "" || slices.Contains(each.inScope(), Each(e.Of))
}

// Depth is how many keys a key stands in.
func (e Entry) Depth() int {
	if e.Of == "" {
		return 0
	}
	return 1 + strings.Count(e.Of, ".")
}

// The instant, 09:00 in Shanghai, and the starter measure for which the results of examples hold.
const (
	ExampleAt      = "2026-10-11T09:00:00+08:00"
	ExampleMeasure = "cn-mofcom-2025-58"
)

// exampleOf are the starter facts for which examples hold where nothing else is said.
var exampleOf = map[Each]string{
	"":             ExampleMeasure,
	EachMeasure:    ExampleMeasure,
	EachEvent:      "cn-mofcom-2025-58.suspended",
	EachCommitment: "usau-alcoa-gallium",
	EachIndicator:  "cn-rare-earth-extraction-share",
}

// Reference lists all that a rule file may hold: keys, then fields by
// subject, functions, closures, operators and lints, from the tables that the reader
// and the checker go by.
func Reference() []Entry {
	entries := keyEntries("", keys)
	for _, n := range names {
		note := fieldNotes[fieldKey(n.Of, n.Name)]
		entries = append(entries, Entry{
			Sort: SortField, Of: string(n.Of), Name: n.Name, Gives: n.Kind, Unit: tracker.Text{EN: n.Unit, ZH: unitWords[n.Unit]}, Zone: note.zone, Size: n.size(),
			About: tracker.Text{EN: n.About, ZH: note.zh}, Example: note.example, Result: "true", Subject: note.subject(n.Of),
		})
	}
	for _, f := range functions {
		note := functionNotes[f.Name]
		entries = append(entries, Entry{
			Sort: SortFunction, Name: f.Name, Takes: f.Takes, Or: f.Or, Gives: f.Gives,
			About: tracker.Text{EN: f.About, ZH: note.zh}, Example: note.example, Result: note.result, Subject: exampleOf[EachMeasure],
		})
	}
	for _, name := range closures {
		entries = append(entries, told(SortClosure, name, closureNotes[name]))
	}
	for _, o := range operatorNotes {
		entries = append(entries, told(SortOperator, o.name, o.note))
	}
	for _, l := range lintNames {
		entries = append(entries, Entry{Sort: SortLint, Name: l.name, About: l.about})
	}
	return entries
}

func told(sort Sort, name string, n note) Entry {
	return Entry{Sort: sort, Name: name, Gives: n.gives, About: tracker.Text{EN: n.en, ZH: n.zh}, Example: n.example, Result: n.result, Subject: exampleOf[EachMeasure]}
}

// within are the keys that stand in another.
var within = map[string][]key{
	"lints": snoozeKeys, "say": sayKeys, "tests": caseKeys, "tests.says": saysKeys, "tests.given": factKeys, "tests.posts": postKeys,
	"tests.given.review": reviewKeys, "tests.given.review.stops": stopKeys, "tests.given.article": articleKeys,
}

func keyEntries(of string, list []key) (entries []Entry) {
	for _, k := range list {
		path := k.name
		if of != "" {
			path = of + "." + k.name
		}
		entries = append(entries, Entry{Sort: SortKey, Of: of, Name: k.name, Need: k.need, About: k.about, Example: firstExample(k.form)})
		entries = append(entries, keyEntries(path, within[path])...)
	}
	return entries
}

func firstExample(form schema) string {
	if list, ok := form["examples"].([]string); ok {
		return list[0]
	}
	return ""
}

// note is what the reference says of a word of the language besides what the
// checker needs of it. Every word has one; a test keeps it so.
type note struct {
	en, zh  string
	zone    tracker.Text
	example string
	of      string // the starter fact of which a field's example is true, where it is not the usual one
	gives   Kind
	result  string
}

func (n note) subject(of Each) string {
	if n.of != "" {
		return n.of
	}
	return exampleOf[of]
}

func fieldKey(of Each, name string) string {
	if of == "" {
		return name
	}
	return string(of) + "." + name
}

var unitWords = map[string]string{"percent of value": "占价值的百分比", "days": "天", "as unit says": "见 unit"}

// KindWords names a kind in both languages.
func KindWords(k Kind) tracker.Text {
	return tracker.Text{EN: string(k), ZH: map[Kind]string{Text: "文本", Figure: "数字", Date: "日期", Truth: "条件", Texts: "文本列表", Figures: "数字列表", Dates: "日期列表"}[k]}
}

// Whose day a date is. A time, such as 13:01 in an act, is put into the rule's zone.
var (
	zoneRule      = tracker.Text{EN: "the rule's", ZH: "规则时区"}
	zoneMeasure   = tracker.Text{EN: "the measure's; a time: the rule's", ZH: "措施时区；带时刻者为规则时区"}
	zoneFramework = tracker.Text{EN: "the framework's; a time: the rule's", ZH: "框架时区；带时刻者为规则时区"}
)

var fieldNotes = map[string]note{
	"now":   {zh: "到期时刻", zone: zoneRule, example: `now >= date("2026-10-11T00:00:00+08:00")`},
	"today": {zh: "到期时刻在规则时区的日期", zone: zoneRule, example: `today == date("2026-10-11")`},

	"measure.id":          {zh: "措施标识", example: `measure.id == "cn-mofcom-2025-58"`},
	"measure.title":       {zh: "标题：在 say 中用消息的语言，别处用英文", example: `measure.title contains "lithium"`},
	"measure.kind":        {zh: "行为种类，如 export-control、tariff", example: `measure.kind == "export-control"`},
	"measure.status":      {zh: "到期时的状态：proposed、announced、in-force、suspended 或 ended", example: `measure.status == "suspended"`},
	"measure.reason":      {zh: "终止原因：expired、revoked、struck-down、replaced、dropped；否则为空", example: `measure.reason == "struck-down"`, of: "us-ieepa-2025-fentanyl-cn"},
	"measure.by":          {zh: "行为方：国家代码，或 EU", example: `measure.by == "CN"`},
	"measure.against":     {zh: "所针对的国家；为空即针对所有国家", example: `"US" in measure.against`, of: "cn-mofcom-2024-46-2"},
	"measure.tags":        {zh: "其货物的标签，连同其上各级标签", example: `"lithium-battery" in measure.tags`},
	"measure.hs":          {zh: "其货物的协调制度编码前缀", example: `any(measure.hs, # startsWith "8507")`},
	"measure.entities":    {zh: "所列各方的标识", example: `"wingtech" in measure.entities`, of: "us-bis-2024-entity-list-wingtech"},
	"measure.end_use":     {zh: "civil、military 或 any；未说明时为空", example: `measure.end_use == "military"`, of: "cn-mofcom-2024-46"},
	"measure.rate":        {zh: "在其他税率之上的税率，含到期前的修改", example: `measure.rate >= 10`, of: "us-ieepa-2025-fentanyl-cn"},
	"measure.announced":   {zh: "首次公布", zone: zoneMeasure, example: `measure.announced == date("2025-10-09")`},
	"measure.effective":   {zh: "首次生效，已到或将到", zone: zoneMeasure, example: `known(measure.effective)`},
	"measure.since":       {zh: "现状态的首日", zone: zoneMeasure, example: `days_since(measure.since) > 30`},
	"measure.until":       {zh: "现状态的最后一日（如已知）", zone: zoneMeasure, example: `days_until(measure.until) in [60, 30, 7]`},
	"measure.back_from":   {zh: "until 之后的首日", zone: zoneMeasure, example: `measure.back_from == date("2026-11-11")`},
	"measure.presumed":    {zh: "状态仅由日期推得，尚无官方通知确认", example: `measure.presumed`, of: "nl-ez-2025-wbg-nexperia"},
	"measure.uncertain":   {zh: "仅大致知道的日期可能已改变状态", example: `not measure.uncertain`},
	"measure.basis":       {zh: "状态为何由日期得出：ordained、lapse、conditional；否则为空", example: `measure.basis == "lapse"`, of: "nl-ez-2025-wbg-nexperia"},
	"measure.reported":    {zh: "状态之外另有媒体、法院或上诉之说", example: `measure.reported`},
	"measure.under":       {zh: "所属措施的标识；否则为空", example: `measure.under == ""`},
	"measure.review_days": {zh: "主管机关审查一份申请的期限", example: `measure.review_days <= 45`},

	"event.id":          {zh: "事件标识", example: `event.id startsWith "cn-mofcom-2025-58."`},
	"event.what":        {zh: "announced、effective、suspended、amended、reported 等", example: `event.what in ["suspended", "extended"]`},
	"event.on":          {zh: "何时起；大致日期取首日", zone: zoneMeasure, example: `days_since(event.on) > 100`},
	"event.until":       {zh: "最后一日；大致日期取末日", zone: zoneMeasure, example: `days_until(event.until) == 30`},
	"event.published":   {zh: "公众何时得知", zone: zoneMeasure, example: `event.published == event.on`},
	"event.evidence":    {zh: "official、press 或 commentary", example: `event.evidence == "official"`},
	"event.rate":        {zh: "事件所定税率", example: `event.rate < event.rate_before`, of: "us-ieepa-2025-fentanyl-cn.amended-2"},
	"event.rate_before": {zh: "事件生效前措施的税率", example: `event.rate_before == 20`, of: "us-ieepa-2025-fentanyl-cn.amended-2"},
	"event.note":        {zh: "注释：在 say 中用消息的语言，别处用英文", example: `event.note contains "Announcement No. 70"`},

	"review.id":       {zh: "审查标识", example: `review.id == "r1"`},
	"review.name":     {zh: "所取名称", example: `review.name == "order 4711"`},
	"review.measure":  {zh: "所依据措施的标识", example: `review.measure == "cn-mofcom-2025-58"`},
	"review.accepted": {zh: "受理日", zone: zoneMeasure, example: `days_since(review.accepted) > 30`},
	"review.due":      {zh: "期限的最后一日；中止期间或无法计算时缺失", zone: zoneMeasure, example: `days_until(review.due) < 30`},
	"review.due_is":   {zh: "computed；日历未公布时为 estimate", example: `review.due_is == "computed"`},
	"review.counted":  {zh: "已计天数，含今日", example: `review.counted > 20`},
	"review.left":     {zh: "剩余天数；逾期为负", example: `review.left in [10, 5, 1]`},
	"review.decided":  {zh: "决定日", zone: zoneMeasure, example: `not known(review.decided)`},

	"commitment.id":        {zh: "承诺标识", example: `commitment.id == "usau-alcoa-gallium"`},
	"commitment.title":     {zh: "标题：在 say 中用消息的语言，别处用英文", example: `commitment.title contains "Gallium"`},
	"commitment.by":        {zh: "承诺方：国家代码，或 EU", example: `commitment.by == "AU"`},
	"commitment.due":       {zh: "期限；大致日期取末日", zone: zoneFramework, example: `days_until(commitment.due) < 90`},
	"commitment.amount":    {zh: "承诺数额", example: `commitment.amount >= 100`},
	"commitment.unit":      {zh: "amount 的单位", example: `commitment.unit == "t/year"`},
	"commitment.framework": {zh: "作出承诺所依据措施的标识", example: `commitment.framework == "us-au-2025-critical-minerals"`},
	"commitment.entity":    {zh: "有关方的标识；否则为空", example: `commitment.entity == "alcoa"`},
	"commitment.status":    {zh: "来源所示：due、met、missed、unknown", example: `commitment.status == "due"`},

	"indicator.id":       {zh: "指标标识", example: `indicator.id == "cn-rare-earth-extraction-share"`},
	"indicator.title":    {zh: "标题：在 say 中用消息的语言，别处用英文", example: `indicator.title contains "rare-earth"`},
	"indicator.unit":     {zh: "value 的单位", example: `indicator.unit == "percent"`},
	"indicator.period":   {zh: "最新数字的时期", example: `indicator.period startsWith "2025"`},
	"indicator.value":    {zh: "最新数字", example: `indicator.value > 50`},
	"indicator.source":   {zh: "最新数字的发布者", example: `indicator.source != ""`},
	"indicator.previous": {zh: "同一发布者的上一数字", example: `indicator.value != indicator.previous`},

	"article.id":        {zh: "文章标识", example: `article.id == "a1"`},
	"article.title":     {zh: "标题", example: `article.title contains "lithium"`},
	"article.publisher": {zh: "发布者", example: `article.publisher == "A Trade Paper"`},
	"article.at":        {zh: "发布时刻", zone: zoneRule, example: `days_since(article.at) <= 7`},
	"article.measures":  {zh: "所提及措施的标识", example: `"cn-mofcom-2025-58" in article.measures`},
	"article.tags":      {zh: "这些措施的标签，连同其上各级标签", example: `"lithium-battery" in article.tags`},
	"article.text":      {zh: "标题、导语和要点", example: `lower(article.text) contains "export controls"`},
}

var functionNotes = map[string]note{
	"days_until":         {zh: "从今天到某日的日历天数；已过为负", example: `days_until(measure.until)`, result: "30"},
	"days_since":         {zh: "从某日到今天的日历天数", example: `days_since(measure.announced)`, result: "367"},
	"working_days_until": {zh: "今天之后至某日（含）的工作日数，按所列日历；超出已公布范围则缺失", example: `working_days_until(measure.until, "CN")`, result: "22"},
	"date":               {zh: "写出的日期", example: `date("2026-11-10")`, result: "2026-11-10"},
	"day":                {zh: "日期的文字形式，用消息的语言；别处为 2026-11-10", example: `day(measure.until)`, result: "10 November 2026"},
	"word":               {zh: "模型用词（如 in-force、export-control）在消息语言中的说法", example: `word(measure.kind)`, result: "export control"},
	"known":              {zh: "日期或数字是否存在", example: `known(measure.rate)`, result: "false"},
	"len":                {zh: "列表的项数，或文本的字符数", example: `len(measure.against)`, result: "0"},
	"lower":              {zh: "转为小写的文本", example: `lower(measure.by)`, result: "cn"},
	"upper":              {zh: "转为大写的文本", example: `upper(measure.status)`, result: "SUSPENDED"},
	"trim":               {zh: "去掉首尾空格的文本", example: `trim(" graphite ")`, result: "graphite"},
	"abs":                {zh: "去掉正负号的数字", example: `abs(days_since(measure.until))`, result: "30"},
	"round":              {zh: "最近的整数", example: `round(2.5)`, result: "3"},
	"floor":              {zh: "向下取整", example: `floor(2.5)`, result: "2"},
	"ceil":               {zh: "向上取整", example: `ceil(2.5)`, result: "3"},
	"min":                {zh: "两数中较小者", example: `min(measure.review_days, 60)`, result: "45"},
	"max":                {zh: "两数中较大者", example: `max(measure.review_days, 60)`, result: "60"},
}

var closureNotes = map[string]note{
	"any":   {en: "whether the condition holds for an entry, which is #", zh: "条件是否对某一项（以 # 表示）成立", gives: Truth, example: `any(measure.tags, # startsWith "lithium")`, result: "true"},
	"all":   {en: "whether it holds for every entry", zh: "条件是否对每一项成立", gives: Truth, example: `all(measure.hs, len(#) >= 4)`, result: "true"},
	"none":  {en: "whether it holds for no entry", zh: "条件是否对任何一项都不成立", gives: Truth, example: `none(measure.tags, # == "gallium")`, result: "true"},
	"one":   {en: "whether it holds for exactly one entry", zh: "条件是否恰对一项成立", gives: Truth, example: `one(measure.hs, # == "850760")`, result: "true"},
	"count": {en: "for how many entries it holds", zh: "条件对多少项成立", gives: Figure, example: `count(measure.tags, # contains "lithium")`, result: "2"},
}

var operatorNotes = []struct {
	name string
	note note
}{
	{"and", note{en: "both hold; also &&", zh: "两者都成立；亦作 &&", gives: Truth, example: `measure.by == "CN" and measure.reported`, result: "true"}},
	{"or", note{en: "one holds at least; also ||", zh: "至少一者成立；亦作 ||", gives: Truth, example: `measure.status == "ended" or measure.reported`, result: "true"}},
	{"not", note{en: "it does not hold; also !", zh: "不成立；亦作 !", gives: Truth, example: `not measure.presumed`, result: "true"}},
	{"==  !=", note{en: "the same, or not; of a missing date or figure == is false and != true", zh: "相等，或不等；日期或数字缺失时 == 为假、!= 为真", gives: Truth, example: `measure.rate == 10`, result: "false"}},
	{"<  <=  >  >=", note{en: "figures by size, dates by the calendar, two times by the clock; false where one is missing", zh: "数字比大小，日期比先后，两个时刻按时钟；有缺失则为假", gives: Truth, example: `measure.until < date("2027-01-01")`, result: "true"}},
	{"in", note{en: "among a list, or from one whole number to another", zh: "在列表中，或在两个整数之间（含）", gives: Truth, example: `days_until(measure.until) in 0..30`, result: "true"}},
	{"contains", note{en: "a text stands in another; also startsWith, endsWith", zh: "文本包含另一文本；亦有 startsWith、endsWith", gives: Truth, example: `measure.id contains "mofcom"`, result: "true"}},
	{"matches", note{en: "a text matches a pattern (RE2), which is written out", zh: "文本符合写出的模式（RE2）", gives: Truth, example: `measure.id matches "-20(25|26)-"`, result: "true"}},
	{"+  -  *  /", note{en: "of figures", zh: "数字运算", gives: Figure, example: `measure.review_days + 15`, result: "60"}},
	{"? :", note{en: "one value or another", zh: "二者取一", gives: Text, example: `measure.presumed ? "presumed" : "official"`, result: "official"}},
}
