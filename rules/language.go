package rules

import (
	"maps"
	"slices"

	"derisk/tracker"
)

// Name is one name that a rule may use: now, today, or a field of a subject.
type Name struct {
	Of    Each   // the subject that has it; empty for now and today
	Name  string // as rules write it
	Kind  Kind
	Unit  string // of a figure
	About string
	List  int // of a list: how many entries the bound on cost reckons with
	Bytes int // of a text, or of each entry of a list of texts: as many as that bound reckons with; 0: wordBytes
}

// wordBytes is how long ids and the words of the model are at most.
const wordBytes = 120

// Function is one function that a rule may call.
type Function struct {
	Name  string
	Takes []Kind // what each argument must be; of a second Kind in Or, that one instead
	Or    Kind
	Gives Kind
	About string
	Fixed bool // the last argument must be written out, not computed
	InSay bool // only in say

	charge  int // units that a call costs
	perText int // and a unit more for each so many bytes of the text that it takes; 0: none
}

// Names lists every name of the language, by subject.
func Names() []Name { return slices.Clone(names) }

// Functions lists every function of the language.
func Functions() []Function { return slices.Clone(functions) }

var names = []Name{
	{Name: "now", Kind: Date, About: "the tick, as a time"},
	{Name: "today", Kind: Date, About: "the tick's calendar date in the rule's zone"},

	{Of: EachMeasure, Name: "id", Kind: Text, About: "the measure's id"},
	{Of: EachMeasure, Name: "title", Kind: Text, Bytes: 500, About: "its title: in say in the message's language, elsewhere in English"},
	{Of: EachMeasure, Name: "kind", Kind: Text, About: "what sort of act it is, such as export-control or tariff"},
	{Of: EachMeasure, Name: "status", Kind: Text, About: "proposed, announced, in-force, suspended or ended, at the tick"},
	{Of: EachMeasure, Name: "reason", Kind: Text, About: "why it ended: expired, revoked, struck-down, replaced, dropped; else empty"},
	{Of: EachMeasure, Name: "by", Kind: Text, About: "who acts: a country code, or EU"},
	{Of: EachMeasure, Name: "against", Kind: Texts, List: 250, Bytes: 2, About: "the countries hit; empty means all"},
	{Of: EachMeasure, Name: "tags", Kind: Texts, List: 50, About: "tags of its goods, with every tag above them"},
	{Of: EachMeasure, Name: "hs", Kind: Texts, List: 500, Bytes: 12, About: "Harmonized System prefixes of its goods"},
	{Of: EachMeasure, Name: "entities", Kind: Texts, List: 1000, About: "ids of the parties that it names"},
	{Of: EachMeasure, Name: "end_use", Kind: Text, About: "civil, military or any; empty where not stated"},
	{Of: EachMeasure, Name: "rate", Kind: Figure, Unit: "percent of value", About: "duty on top of others, as amended by the tick"},
	{Of: EachMeasure, Name: "announced", Kind: Date, About: "first announcement"},
	{Of: EachMeasure, Name: "effective", Kind: Date, About: "first start of its effect, come or to come"},
	{Of: EachMeasure, Name: "since", Kind: Date, About: "first day of the status"},
	{Of: EachMeasure, Name: "until", Kind: Date, About: "last day that the status holds, where one is known"},
	{Of: EachMeasure, Name: "back_from", Kind: Date, About: "first day after until"},
	{Of: EachMeasure, Name: "presumed", Kind: Truth, About: "the status follows from dates alone, no official notice confirms it"},
	{Of: EachMeasure, Name: "uncertain", Kind: Truth, About: "a date known only coarsely could have changed the status already"},
	{Of: EachMeasure, Name: "basis", Kind: Text, About: "why the status follows from a date: ordained, lapse, conditional; else empty"},
	{Of: EachMeasure, Name: "reported", Kind: Truth, About: "the press, a court or an appeal says something beside the status"},
	{Of: EachMeasure, Name: "under", Kind: Text, About: "id of the measure that it is a part of; else empty"},
	{Of: EachMeasure, Name: "review_days", Kind: Figure, Unit: "days", About: "how long the authority may take over one application"},

	{Of: EachEvent, Name: "id", Kind: Text, About: "the event's id"},
	{Of: EachEvent, Name: "what", Kind: Text, About: "announced, effective, suspended, amended, reported and so on"},
	{Of: EachEvent, Name: "on", Kind: Date, About: "from when it holds; a coarse date is read by its first day"},
	{Of: EachEvent, Name: "until", Kind: Date, About: "last day that it holds; a coarse date is read by its last day"},
	{Of: EachEvent, Name: "published", Kind: Date, About: "when the public could know it"},
	{Of: EachEvent, Name: "evidence", Kind: Text, About: "official, press or commentary"},
	{Of: EachEvent, Name: "rate", Kind: Figure, Unit: "percent of value", About: "the rate that the event sets"},
	{Of: EachEvent, Name: "rate_before", Kind: Figure, Unit: "percent of value", About: "the measure's rate just before the event holds"},
	{Of: EachEvent, Name: "note", Kind: Text, Bytes: 4000, About: "its note: in say in the message's language, elsewhere in English"},

	{Of: EachReview, Name: "id", Kind: Text, About: "the review's id"},
	{Of: EachReview, Name: "name", Kind: Text, Bytes: 500, About: "the name it was given"},
	{Of: EachReview, Name: "measure", Kind: Text, About: "id of the measure under which it runs"},
	{Of: EachReview, Name: "accepted", Kind: Date, About: "the day of acceptance"},
	{Of: EachReview, Name: "due", Kind: Date, About: "last day of the clock; missing while it stands stopped or cannot be counted"},
	{Of: EachReview, Name: "due_is", Kind: Text, About: "computed, or estimate where no calendar has been announced"},
	{Of: EachReview, Name: "counted", Kind: Figure, Unit: "days", About: "days counted, today included"},
	{Of: EachReview, Name: "left", Kind: Figure, Unit: "days", About: "days left; negative when overdue"},
	{Of: EachReview, Name: "decided", Kind: Date, About: "the day of the decision"},

	{Of: EachCommitment, Name: "id", Kind: Text, About: "the commitment's id"},
	{Of: EachCommitment, Name: "title", Kind: Text, Bytes: 500, About: "its title: in say in the message's language, elsewhere in English"},
	{Of: EachCommitment, Name: "by", Kind: Text, About: "who promised: a country code, or EU"},
	{Of: EachCommitment, Name: "due", Kind: Date, About: "by when; a coarse date is read by its last day"},
	{Of: EachCommitment, Name: "amount", Kind: Figure, Unit: "as unit says", About: "how much was promised"},
	{Of: EachCommitment, Name: "unit", Kind: Text, About: "of amount"},
	{Of: EachCommitment, Name: "framework", Kind: Text, About: "id of the measure under which it was promised"},
	{Of: EachCommitment, Name: "entity", Kind: Text, About: "id of the party concerned; else empty"},
	{Of: EachCommitment, Name: "status", Kind: Text, About: "what sources show: due, met, missed, unknown"},

	{Of: EachIndicator, Name: "id", Kind: Text, About: "the indicator's id"},
	{Of: EachIndicator, Name: "title", Kind: Text, Bytes: 500, About: "its title: in say in the message's language, elsewhere in English"},
	{Of: EachIndicator, Name: "unit", Kind: Text, About: "of value"},
	{Of: EachIndicator, Name: "period", Kind: Text, About: "of the latest figure"},
	{Of: EachIndicator, Name: "value", Kind: Figure, Unit: "as unit says", About: "the latest figure"},
	{Of: EachIndicator, Name: "source", Kind: Text, Bytes: 500, About: "who publishes the latest figure"},
	{Of: EachIndicator, Name: "previous", Kind: Figure, Unit: "as unit says", About: "the same publisher's figure before it"},

	{Of: EachArticle, Name: "id", Kind: Text, About: "the article's id"},
	{Of: EachArticle, Name: "title", Kind: Text, Bytes: 2000, About: "its headline"},
	{Of: EachArticle, Name: "publisher", Kind: Text, Bytes: 500, About: "who published it"},
	{Of: EachArticle, Name: "at", Kind: Date, About: "when it was published"},
	{Of: EachArticle, Name: "measures", Kind: Texts, List: 100, About: "ids of the measures that it names"},
	{Of: EachArticle, Name: "tags", Kind: Texts, List: 100, About: "tags of those measures, with every tag above them"},
	{Of: EachArticle, Name: "text", Kind: Text, Bytes: maxArticleText, About: "headline, lead and points: their first 20,000 bytes"},
}

var functions = []Function{
	{Name: "days_until", Takes: []Kind{Date}, Gives: Figure, charge: 4, About: "calendar days from today to a date; negative when it is past"},
	{Name: "days_since", Takes: []Kind{Date}, Gives: Figure, charge: 4, About: "calendar days from a date to today"},
	{Name: "working_days_until", Takes: []Kind{Date, Text}, Fixed: true, Gives: Figure, charge: 10000, About: "working days after today up to and including a date, by the calendar named; missing beyond what has been announced"},
	{Name: "date", Takes: []Kind{Text}, Fixed: true, Gives: Date, charge: 10, About: "a date written out"},
	{Name: "day", Takes: []Kind{Date}, Gives: Text, charge: 12, About: "a date in words, in the message's language; elsewhere as 2026-11-10"},
	{Name: "word", Takes: []Kind{Text}, Gives: Text, InSay: true, charge: 4, About: "a word of the model, such as in-force or export-control, in the message's language"},
	{Name: "known", Takes: []Kind{Date}, Or: Figure, Gives: Truth, charge: 4, About: "whether a date or figure is there"},

	{Name: "len", Takes: []Kind{Texts}, Or: Text, Gives: Figure, charge: 2, perText: 32, About: "how many entries a list has, or characters a text"},
	{Name: "lower", Takes: []Kind{Text}, Gives: Text, charge: 2, perText: 16, About: "a text in small letters"},
	{Name: "upper", Takes: []Kind{Text}, Gives: Text, charge: 2, perText: 16, About: "a text in capitals"},
	{Name: "trim", Takes: []Kind{Text}, Gives: Text, charge: 2, perText: 16, About: "a text without spaces round it"},
	{Name: "abs", Takes: []Kind{Figure}, Gives: Figure, charge: 2, About: "a figure without its sign"},
	{Name: "round", Takes: []Kind{Figure}, Gives: Figure, charge: 2, About: "the nearest whole figure"},
	{Name: "floor", Takes: []Kind{Figure}, Gives: Figure, charge: 2, About: "the whole figure below"},
	{Name: "ceil", Takes: []Kind{Figure}, Gives: Figure, charge: 2, About: "the whole figure above"},
	{Name: "min", Takes: []Kind{Figure, Figure}, Gives: Figure, charge: 4, About: "the smaller of two figures"},
	{Name: "max", Takes: []Kind{Figure, Figure}, Gives: Figure, charge: 4, About: "the larger of two figures"},
}

// closures go over a list: any(measure.tags, # startsWith "lithium").
var closures = []string{"any", "all", "none", "one", "count"}

// allowedBuiltins are the functions that expr itself provides.
var allowedBuiltins = []string{"any", "all", "none", "one", "count", "len", "lower", "upper", "trim", "abs", "round", "floor", "ceil"}

// inScope lists the subjects that a rule over each can speak of.
func (e Each) inScope() []Each {
	if e == EachEvent || e == EachReview {
		return []Each{e, EachMeasure}
	}
	return []Each{e}
}

func fieldsOf(subject Each) (known []string) {
	for _, n := range names {
		if n.Of == subject {
			known = append(known, n.Name)
		}
	}
	return known
}

func lookName(of Each, name string) (Name, bool) {
	i := slices.IndexFunc(names, func(n Name) bool { return n.Of == of && n.Name == name })
	if i < 0 {
		return Name{}, false
	}
	return names[i], true
}

func lookFunction(name string) (Function, bool) {
	i := slices.IndexFunc(functions, func(f Function) bool { return f.Name == name })
	if i < 0 {
		return Function{}, false
	}
	return functions[i], true
}

func callable() []string {
	known := slices.Clone(closures)
	for _, f := range functions {
		known = append(known, f.Name)
	}
	return known
}

// wordsOf the model, in both languages, for the function word.
var wordsOf = map[string]tracker.Text{
	"proposed": {EN: "proposed", ZH: "拟议"}, "announced": {EN: "announced", ZH: "已公布"},
	"in-force": {EN: "in force", ZH: "生效中"}, "suspended": {EN: "suspended", ZH: "暂停"}, "ended": {EN: "ended", ZH: "已终止"},
	"effective": {EN: "takes effect", ZH: "生效"}, "postponed": {EN: "postponed", ZH: "推迟"}, "resumed": {EN: "resumed", ZH: "恢复"},
	"extended": {EN: "extended", ZH: "延长"}, "amended": {EN: "amended", ZH: "修改"}, "exempted": {EN: "exemption granted", ZH: "豁免"},
	"reinstated": {EN: "reinstated", ZH: "重新恢复效力"}, "reported": {EN: "reported", ZH: "据报道"}, "ruled": {EN: "court ruling", ZH: "法院裁决"},
	"challenged": {EN: "appeal lodged", ZH: "提出上诉"},
	"expired":    {EN: "expired", ZH: "到期"}, "revoked": {EN: "revoked", ZH: "撤销"}, "struck-down": {EN: "struck down", ZH: "被判无效"},
	"replaced": {EN: "replaced", ZH: "被取代"}, "dropped": {EN: "dropped", ZH: "放弃"},
	"ordained": {EN: "named in the act itself", ZH: "文件自身规定"}, "lapse": {EN: "by lapse of dates", ZH: "期限届满"}, "conditional": {EN: "on a condition", ZH: "附条件"},
	"official": {EN: "official", ZH: "官方"}, "press": {EN: "press", ZH: "媒体"}, "commentary": {EN: "commentary", ZH: "评论"},
	"computed": {EN: "computed", ZH: "推算"}, "estimate": {EN: "estimate", ZH: "估计"},
	"due": {EN: "due", ZH: "未到期"}, "met": {EN: "met", ZH: "已兑现"}, "missed": {EN: "missed", ZH: "未兑现"}, "unknown": {EN: "not known", ZH: "不详"},
	"export-control": {EN: "export control", ZH: "出口管制"}, "tariff": {EN: "tariff", ZH: "关税"}, "import-restriction": {EN: "import restriction", ZH: "进口限制"},
	"entity-list": {EN: "entity listing", ZH: "实体清单"}, "ownership-rule": {EN: "ownership rule", ZH: "股权规则"}, "port-fee": {EN: "port fee", ZH: "港口费"},
	"licence": {EN: "licence", ZH: "许可"}, "investigation": {EN: "investigation", ZH: "调查"}, "control-order": {EN: "control order", ZH: "管制令"},
	"court-order": {EN: "court order", ZH: "法院命令"}, "price-floor": {EN: "price floor", ZH: "价格下限"}, "framework": {EN: "framework", ZH: "框架协议"},
	"instrument": {EN: "instrument", ZH: "法律工具"}, "subsidy": {EN: "subsidy", ZH: "补贴"},
}

// modelWords lists the words of the model.
func modelWords() []string { return slices.Sorted(maps.Keys(wordsOf)) }
