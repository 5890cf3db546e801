package bot

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"derisk/tracker"
)

// Intent is what a question wants to know.
type Intent string

const (
	AskStatus  Intent = "status"  // is it in force, is it controlled
	AskWhen    Intent = "when"    // since when, to when, when next
	AskWhy     Intent = "why"     // why it is so
	AskSource  Intent = "source"  // what it rests on
	AskNext    Intent = "next"    // what changes
	AskList    Intent = "list"    // which measures
	AskUnknown Intent = "unknown" // not understood
)

// question is a question as far as it was understood.
type question struct {
	text    string // normalised
	intent  Intent
	on      tracker.Date // the day that it is about; none: now
	badDate string       // a date that cannot be one
	days    int          // of "in the next 30 days"; 0: none said
	left    string       // what is still to be read: what was understood is blanked
}

// normal folds full-width letters and digits, and white space.
func normal(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar || unicode.Is(unicode.Cf, r) {
			return ' '
		}
		return r
	}, norm.NFKC.String(text))
	return strings.Join(strings.Fields(simplified.Replace(text)), " ")
}

// simplified turns the traditional characters of this field's commonest words
// to simplified ones.
var simplified = strings.NewReplacer("號", "号", "關", "关", "稅", "税", "暫", "暂", "實", "实", "體", "体", "單", "单", "現", "现", "嗎", "吗",
	"電", "电", "鋰", "锂", "鎵", "镓", "鍺", "锗", "銻", "锑", "極", "极", "負", "负", "對", "对", "國", "国", "華", "华", "為", "为", "麼", "么", "時", "时",
	"來", "来", "據", "据", "復", "复", "終", "终", "還", "还", "開", "开", "會", "会", "後", "后", "間", "间", "數", "数", "項", "项", "與", "与", "個", "个",
	"導", "导", "晶片", "芯片", "鎢", "钨", "磁體", "磁体", "聞", "闻", "達", "达", "韓", "韩", "歐", "欧", "盟", "盟", "東", "东", "從", "从", "輸", "输", "裡", "里", "這", "这", "點", "点", "變", "变", "長", "长", "嚴", "严", "許", "许", "證", "证", "車", "车", "質", "质", "產", "产")

func readQuestion(text string, today tracker.Date) question {
	q := question{text: normal(text)}
	q.left = q.text
	q.days = q.window()
	if slashed := slashedDate.FindString(q.left); slashed != "" {
		q.badDate = slashed // day or month first? not known
		return q
	}
	q.readIDsAway(func() { q.readDate(today) })
	q.intent = intentOf(q.text)
	if q.days > 0 && (q.intent == AskStatus || q.intent == AskWhen || q.intent == AskList || q.intent == AskUnknown) {
		q.intent = AskNext
	}
	return q
}

// blank takes text[from:to] out of what is left to be read.
func (q *question) blank(from, to int) {
	q.left = q.left[:from] + strings.Repeat(" ", to-from) + q.left[to:]
}

// readIDsAway keeps measure ids and numbered acts out of sight while something else is read.
func (q *question) readIDsAway(read func()) {
	saved := q.left
	for _, at := range idWord.FindAllStringIndex(q.left, -1) {
		q.blank(at[0], at[1])
	}
	for _, ref := range findNumbers(q.left) {
		if ref.number != "" {
			q.blank(ref.from, ref.to)
		}
	}
	hidden := q.left
	read()
	merged := []byte(saved)
	for i := range merged {
		if q.left[i] == ' ' && hidden[i] != ' ' {
			merged[i] = ' '
		}
	}
	q.left = string(merged)
}

var windows = []struct {
	form *regexp.Regexp
	days int // of one unit
}{
	{regexp.MustCompile(`(?i)\b(?:next|coming|within|in the next)\s+(\d{1,3})\s+days?\b|(?:未来|接下来|今后|之后|下)\s*的?\s*(\d{1,3})\s*[天日]|(\d{1,3})\s*天内`), 1},
	{regexp.MustCompile(`(?i)\b(?:next|coming|within)\s+(\d{1,2})\s+weeks?\b|(?:未来|接下来)\s*(\d{1,2})\s*周`), 7},
	{regexp.MustCompile(`(?i)\b(?:next|coming|within)\s+(\d{1,2})\s+months?\b|(?:未来|接下来)\s*(\d{1,2})\s*个月`), 30},
	{regexp.MustCompile(`(?i)\b(?:next|this|coming) week\b|[下本]周|一周内`), 7},
	{regexp.MustCompile(`(?i)\b(?:next|this|coming) month\b|下个?月|本月|一个月内`), 31},
	{regexp.MustCompile(`(?i)\b(?:next|coming) (?:quarter|three months)\b|下个?季度|未来三个月`), 92},
	{regexp.MustCompile(`(?i)\b(?:next|coming) year\b|未来一年`), 365},
}

// window reads "in the next 30 days", in days.
func (q *question) window() int {
	for _, w := range windows {
		at := w.form.FindStringSubmatchIndex(q.left)
		if at == nil {
			continue
		}
		days := w.days
		for i := 2; i+1 < len(at); i += 2 {
			if at[i] >= 0 {
				n, _ := strconv.Atoi(q.left[at[i]:at[i+1]])
				days = n * w.days
			}
		}
		q.blank(at[0], at[1])
		return min(days, 3660)
	}
	return 0
}

var monthNumbers = map[string]int{"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12}

const monthWords = `(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?`

// dateForms read a date to year, month and day; month and day may be missing.
var dateForms = []struct {
	form *regexp.Regexp
	read func(m []string, today tracker.Date) string
}{
	{regexp.MustCompile(`\b(\d{4})-(\d{1,2})-(\d{1,2})\b`), func(m []string, _ tracker.Date) string { return ymd(m[1], m[2], m[3]) }},
	{regexp.MustCompile(`(\d{4})年\s*(\d{1,2})月\s*(\d{1,2})[日号]`), func(m []string, _ tracker.Date) string { return ymd(m[1], m[2], m[3]) }},
	{regexp.MustCompile(`(\d{4})年\s*(\d{1,2})月`), func(m []string, _ tracker.Date) string { return ymd(m[1], m[2], "") }},
	{regexp.MustCompile(`(\d{1,2})月\s*(\d{1,2})[日号]`), func(m []string, today tracker.Date) string { return ymd(yearOf(today), m[1], m[2]) }},
	{regexp.MustCompile(`(?i)\b(\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?` + monthWords + `,?\s+(\d{4})\b`), func(m []string, _ tracker.Date) string { return ymd(m[3], month(m[2]), m[1]) }},
	{regexp.MustCompile(`(?i)\b` + monthWords + `\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b`), func(m []string, _ tracker.Date) string { return ymd(m[3], month(m[1]), m[2]) }},
	{regexp.MustCompile(`(?i)\b` + monthWords + `\s+(\d{4})\b`), func(m []string, _ tracker.Date) string { return ymd(m[2], month(m[1]), "") }},
	{regexp.MustCompile(`(?i)\b(\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?` + monthWords + `\b`), func(m []string, today tracker.Date) string { return ymd(yearOf(today), month(m[2]), m[1]) }},
	{regexp.MustCompile(`(?i)\b` + monthWords + `\s+(\d{1,2})(?:st|nd|rd|th)?\b`), func(m []string, today tracker.Date) string { return ymd(yearOf(today), month(m[1]), m[2]) }},
	{regexp.MustCompile(`\b(\d{4})-(\d{2})\b`), func(m []string, _ tracker.Date) string { return ymd(m[1], m[2], "") }},
	{regexp.MustCompile(`(?i)\b(?:in|at the end of|during|by the end of)\s+(20\d\d)\b`), func(m []string, _ tracker.Date) string { return m[1] }},
	{regexp.MustCompile(`(20\d\d)年(?:底|末)?`), func(m []string, _ tracker.Date) string { return m[1] }},
	{regexp.MustCompile(`(?i)\b(today|right now|tomorrow|yesterday)\b|(今天|今日|明天|昨天)`), func(m []string, today tracker.Date) string {
		return shifted(today, 0, nearDays[strings.ToLower(m[1]+m[2])])
	}},
	{regexp.MustCompile(`(?i)\blast month\b|上个?月`), func(_ []string, today tracker.Date) string { return shifted(today, -1, 0)[:7] }},
	{regexp.MustCompile(`(?i)\blast year\b|去年`), func(_ []string, today tracker.Date) string { return shifted(today, -12, 0)[:4] }},
	{regexp.MustCompile(`(?i)\blast week\b|上周`), func(_ []string, today tracker.Date) string { return shifted(today, 0, -7) }},
}

var slashedDate = regexp.MustCompile(`\b\d{1,2}/\d{1,2}/\d{2,4}\b|\b\d{1,2}\.\d{1,2}\.\d{4}\b`)

func ymd(year, month, day string) string {
	pad := func(s string) string { return ("0" + s)[len(s)-1:] }
	s := year + "-" + pad(month)
	if day != "" {
		s += "-" + pad(day)
	}
	return s
}

func month(word string) string { return strconv.Itoa(monthNumbers[strings.ToLower(word)[:3]]) }

func yearOf(d tracker.Date) string { return d.String()[:4] }

func shifted(today tracker.Date, months, days int) string {
	t := today.First(time.UTC)
	first := time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC).AddDate(0, months, 0)
	if months != 0 {
		return tracker.DayOf(first).String()
	}
	return tracker.DayOf(t.AddDate(0, 0, days)).String()
}

// readDate reads the first date of the question.
func (q *question) readDate(today tracker.Date) {
	for _, f := range dateForms {
		at := f.form.FindStringSubmatchIndex(q.left)
		if at == nil {
			continue
		}
		m := f.form.FindStringSubmatch(q.left)
		if extending.MatchString(q.left[:at[0]]) {
			q.blank(at[0], at[1]) // how far it goes, not when to look
			return
		}
		d, err := tracker.ParseDate(f.read(m, today))
		if err != nil {
			q.badDate = m[0]
		}
		q.on = d
		q.blank(at[0], at[1])
		return
	}
}

var extending = regexp.MustCompile(`(?i)(?:extended|prolonged|extension)\s+(?:to|until|till)\s*$|(?:延长|延期|延)[到至]?\s*$`)

// intentForms are in the order in which they count: a question for the source of
// an ending is one for its source.
var intentForms = []struct {
	intent Intent
	form   *regexp.Regexp
}{
	{AskSource, regexp.MustCompile(`(?i)\b(?:sources?|cite|citations?|evidence|proof|references?|link|links|where (?:does|did|can|is) .*(?:say|said|read|written|published)|according to (?:whom|what)|who says)\b|来源|出处|依据|证据|链接|哪里公布|根据什么`)},
	{AskWhy, regexp.MustCompile(`(?i)\b(?:why|reasons?|how come|what (?:caused|ended|stopped))\b|为什么|为何|原因|怎么会|缘何|因何`)},
	{AskWhen, regexp.MustCompile(`(?i)\b(?:when|how long|until when|since when|what (?:date|day)|which (?:date|day)|deadlines?|expir(?:es?|y|ation)|how soon)\b|何时|什么时候|多久|几号|哪天|哪一天|几月|到期日|截止|什么时间|多长时间`)},
	{AskNext, regexp.MustCompile(`(?i)\b(?:what(?:'s| is| will)? (?:changes?|next|happens?|comes? next|coming|is due|due)|upcoming|what (?:else )?(?:will change|changes)|coming up)\b|接下来|即将|将有什么|有什么变化|会有什么变化|有哪些变化|后续|近期变化`)},
	{AskList, regexp.MustCompile(`(?i)^list\b|\blist (?:all|the|me)\b|\b(?:which|what (?:measures?|controls?|tariffs?|restrictions?|rules?|fees?)|show (?:me )?all|how many|name all)\b|哪些|列出|所有|全部|有什么措施|多少项`)},
	{AskStatus, regexp.MustCompile(`(?i)\b(?:is|are|was|were|does|do|did|has|have|can|could|may|must|will|still|status|state|what about|need|needs|what (?:is|are|was|were)|tell me|how|in force|suspended|active|what (?:happened|applies)|who|controlled|restricted)\b|吗|是否|现在|目前|状态|怎么样|如何|生效|有效|暂停|管制|还在|有没有|能否|可以|需要|是不是|情况|什么`)},
}

func intentOf(text string) Intent {
	for _, f := range intentForms {
		if f.form.MatchString(text) {
			return f.intent
		}
	}
	return AskUnknown
}

// wantedKind is the kind of measure and the status that a question for a list names.
func wantedKinds(text string) []tracker.Kind {
	var kinds []tracker.Kind
	for _, f := range kindForms {
		if f.form.MatchString(text) {
			kinds = append(kinds, f.kind)
		}
	}
	return kinds
}

var kindForms = []struct {
	kind tracker.Kind
	form *regexp.Regexp
}{
	{tracker.ExportControl, regexp.MustCompile(`(?i)\bexport (?:controls?|restrictions?|curbs?|bans?)\b|出口管制|出口限制`)},
	{tracker.Tariff, regexp.MustCompile(`(?i)\b(?:tariffs?|duty|duties)\b|关税|加征`)},
	{tracker.EntityList, regexp.MustCompile(`(?i)\b(?:entity list(?:ing)?s?|listings?)\b|实体清单|管控名单`)},
	{tracker.OwnershipRule, regexp.MustCompile(`(?i)\b(?:ownership rule|affiliates rule|50 ?% ?rule)\b|穿透|50%规则`)},
	{tracker.PortFee, regexp.MustCompile(`(?i)\bport (?:fees?|dues)\b|港口费|港务费`)},
	{tracker.Licence, regexp.MustCompile(`(?i)\bgeneral licen[cs]es?\b|通用许可`)},
	{tracker.Framework, regexp.MustCompile(`(?i)\bframeworks?\b|框架`)},
	{tracker.CourtOrder, regexp.MustCompile(`(?i)\bcourt (?:orders?|rulings?)\b|法院`)},
}

func wantedStatuses(text string) []tracker.Status {
	var list []tracker.Status
	for _, f := range []struct {
		status tracker.Status
		form   *regexp.Regexp
	}{
		{tracker.StatusSuspended, suspendedWords}, {tracker.StatusInForce, inForceWords}, {tracker.StatusEnded, endedWords},
		{tracker.StatusProposed, proposedWords}, {tracker.StatusAnnounced, announcedWords},
	} {
		if f.form.MatchString(text) {
			list = append(list, f.status)
		}
	}
	return list
}

var (
	suspendedWords = regexp.MustCompile(`(?i)\b(?:suspended|paused|on hold|shelved)\b|暂停|搁置`)
	inForceWords   = regexp.MustCompile(`(?i)\b(?:in force|in effect|in place|running|active|effective|apply|applies|live|collected|charged|levied)\b|生效|有效|实施|施行`)
	endedWords     = regexp.MustCompile(`(?i)\b(?:ended|expired|revoked|struck down|dropped|gone|over(?: now| yet| already)?[?.!\s]*$)|终止|失效|撤销|废止|结束`)
	proposedWords  = regexp.MustCompile(`(?i)\bproposed\b|拟议`)
	announcedWords = regexp.MustCompile(`(?i)\bannounced\b|已公布`)
)

// readForms blanks the words by which kinds and statuses were understood.
func (q *question) readForms() {
	forms := []*regexp.Regexp{suspendedWords, inForceWords, endedWords, proposedWords, announcedWords}
	for _, f := range kindForms {
		forms = append(forms, f.form)
	}
	for _, f := range forms {
		for _, at := range f.FindAllStringIndex(q.left, -1) {
			q.blank(at[0], at[1])
		}
	}
}

// leftovers are words of the question that nothing understood.
func (q *question) leftovers(known map[string]bool) []string {
	var words []string
	for _, run := range regexp.MustCompile(`[\p{Han}]+|[\p{L}\p{N}'’]+`).FindAllString(stripHan(q.left), -1) {
		low := strings.ToLower(strings.Trim(run, "'’"))
		low = strings.TrimSuffix(strings.TrimSuffix(low, "'s"), "’s")
		plain := singular(low)
		switch {
		case low == "" || functionWords[low] || functionWords[plain] || known[low] || known[plain]:
		case unicode.Is(unicode.Han, []rune(run)[0]):
			if !hanKnown(run, known) {
				words = append(words, run)
			}
		case len(low) > 1 || unicode.IsDigit(rune(low[0])):
			words = append(words, run)
		}
	}
	return slices.Compact(words)
}

// hanKnown says that every character of a run stands in a pair that is known.
func hanKnown(run string, known map[string]bool) bool {
	r := []rune(run)
	if len(r) == 1 {
		return true
	}
	covered := make([]bool, len(r))
	for i := range len(r) - 1 {
		if known[string(r[i:i+2])] {
			covered[i], covered[i+1] = true, true
		}
	}
	bare := 0
	for _, c := range covered {
		if !c {
			bare++
		}
	}
	return bare <= 1
}

// stripHan takes out the Chinese words that every question may hold.
func stripHan(text string) string {
	for _, w := range hanFunctionWords {
		text = strings.ReplaceAll(text, w, " ")
	}
	return text
}
