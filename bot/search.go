package bot

import (
	"cmp"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"derisk/tracker"
)

// search finds what words name among the facts.
type search struct {
	s      *tracker.Snapshot
	titles []map[string]bool // of each measure, in the order of the snapshot
	lands  *gazetteer
	weight map[string]float64
}

func newSearch(s *tracker.Snapshot) *search {
	x := &search{s: s, weight: map[string]float64{}, lands: newGazetteer()}
	in := map[string]int{}
	for _, m := range s.Measures {
		terms := map[string]bool{}
		for _, t := range []tracker.Text{m.Title, m.Instrument} {
			for _, w := range append(termsOf(t.EN), termsOf(t.ZH)...) {
				if !commonTerms[w] {
					terms[w] = true
				}
			}
		}
		for w := range terms {
			in[w]++
		}
		x.titles = append(x.titles, terms)
	}
	for w, n := range in {
		x.weight[w] = math.Log(1 + float64(len(s.Measures))/float64(n))
	}
	return x
}

// commonTerms are too common in titles to name a measure.
var commonTerms = set(`a an the of on in to for from and or with by over under out that is are was its at as no
	announcement announcements notice order 2023 2024 2025 2026 2027 china chinese us united states american america china's item items related
	export exports control controls tariff tariffs goods product products measure measures rule import imports extra further certain new made trade
	mofcom ministry commerce 公告 商务 务部 海关 总署 年第 物项 相关 出口 口管 管制 关物 部分 对美 对华 美国 中国 措施 关税 的公
	notice suspending suspended list listed limit rate entity 暂停 停实 实施 施商 号公 公告2 清单 名单`)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[singular(w)], m[w] = true, true
	}
	return m
}

// termsOf cuts a text to what it is compared by: words of letters and digits in
// lower case and the singular, and pairs of Chinese characters.
func termsOf(text string) []string {
	var terms []string
	var run []rune
	han := false
	end := func() {
		switch {
		case len(run) == 0:
		case !han:
			terms = append(terms, singular(string(run)))
		default:
			for i := range len(run) - 1 {
				terms = append(terms, string(run[i:i+2]))
			}
		}
		run = run[:0]
	}
	for _, r := range strings.ToLower(text) {
		isHan := unicode.Is(unicode.Han, r)
		if !isHan && !unicode.IsLetter(r) && !unicode.IsDigit(r) || isHan != han {
			end()
		}
		han = isHan
		if isHan || unicode.IsLetter(r) || unicode.IsDigit(r) {
			run = append(run, r)
		}
	}
	end()
	return terms
}

// singular cuts the plural ending; both sides of each comparison go through it.
func singular(w string) string {
	switch {
	case len(w) <= 3 || !strings.HasSuffix(w, "s") || strings.HasSuffix(w, "ss") || strings.HasSuffix(w, "us"):
		return w
	case strings.HasSuffix(w, "ies"):
		return w[:len(w)-3] + "y"
	}
	return w[:len(w)-1]
}

// titled ranks measures by the rare words of their titles that a text holds. It
// keeps those that come near the best, if the best is good enough.
func (x *search) titled(text string) []*tracker.Measure {
	const enough, near = 2.2, 0.75 // a word of about every eighth measure; of the best
	words := map[string]bool{}
	for _, w := range termsOf(text) {
		words[w] = true
	}
	scores := make([]float64, len(x.titles))
	best := 0.0
	for i, terms := range x.titles {
		for w := range words {
			if terms[w] {
				scores[i] += x.weight[w]
			}
		}
		best = max(best, scores[i])
	}
	var found []*tracker.Measure
	for i, score := range scores {
		if best >= enough && score >= near*best {
			found = append(found, x.s.Measures[i])
		}
	}
	return found
}

// measuresNamed finds measures by an id or the number of their instrument, else by their titles.
func (x *search) measuresNamed(text string) []*tracker.Measure {
	if found := x.byID(text); len(found) > 0 {
		return found
	}
	if refs := findNumbers(text); len(refs) > 0 {
		return x.byNumber(refs)
	}
	return x.titled(text)
}

var idWord = regexp.MustCompile(`(?i)\b[a-z]{2}-[a-z0-9]+(?:-[a-z0-9]+)*`)

func (x *search) byID(text string) []*tracker.Measure {
	var found []*tracker.Measure
	for _, id := range idWord.FindAllString(text, -1) {
		if m, err := x.s.Measure(strings.ToLower(id)); err == nil && !slices.Contains(found, m) {
			found = append(found, m)
		}
	}
	return found
}

// numberRef is a legal act named by its number.
type numberRef struct {
	number, year, clause string
	from, to             int  // bytes
	bare                 bool // a figure that nothing calls an act
}

var numberForms = []*regexp.Regexp{
	regexp.MustCompile(`(?i)(?:\bclause\s+(?P<clause>\d+)\s+of\s+)?(?:\b(?:announcements?|notices?|orders?|decrees?|proclamations?|regulations?|eo|mofcom|ctc|mot|gacc)\s*(?:no\.?|nos\.?|number|nr\.?|#)?\s*|\b(?:no\.?|nos\.?|number)\s*|#)(?P<number>\d{1,5})\b(?:\s*(?:of|/|,)\s*(?P<year>20\d\d))?`),
	regexp.MustCompile(`(?i)(?:\bclause\s+(?P<clause>\d+)\s+of\s+)?\b(?P<number>\d{1,5})\s*(?:of|/)\s*(?P<year>20\d\d)\b`),
	regexp.MustCompile(`(?:(?P<year>20\d\d)年)?(?:第\s*(?P<number>\d{1,5})\s*号|公告\s*第?\s*(?P<number2>\d{1,5})\s*号?|(?P<number3>\d{1,5})\s*号(?:公告|令|文)?)(?:.{0,9}?第\s*(?P<clause>[0-9一二三四五])\s*[款条])?`),
	regexp.MustCompile(`(?i)\bsection\s+(?P<number>\d{3})\b`),
}

var hanDigits = strings.NewReplacer("一", "1", "二", "2", "三", "3", "四", "4", "五", "5")

// findNumbers finds the legal acts that a text names by number. "61 and 62" after
// one of them names another.
func findNumbers(text string) []numberRef {
	var refs []numberRef
	for _, form := range numberForms {
		for _, at := range form.FindAllStringSubmatchIndex(text, -1) {
			ref := numberRef{from: at[0], to: at[1]}
			for i, name := range form.SubexpNames() {
				if at[2*i] < 0 {
					continue
				}
				value := text[at[2*i]:at[2*i+1]]
				switch {
				case strings.HasPrefix(name, "number"):
					ref.number = strings.TrimLeft(value, "0")
				case name == "year":
					ref.year = value
				case name == "clause":
					ref.clause = hanDigits.Replace(value)
				}
			}
			if !slices.ContainsFunc(refs, func(other numberRef) bool { return ref.from < other.to && other.from < ref.to }) {
				refs = append(refs, ref)
			}
		}
	}
	slices.SortFunc(refs, func(a, b numberRef) int { return cmp.Compare(a.from, b.from) })
	return withMore(text, refs)
}

var moreNumbers = regexp.MustCompile(`^(?i)\s*(?:,|、|and|or|和|及|与|to|-|–|至|到)+\s*(?:第\s*)?(\d{1,5})\b\s*号?`)

func withMore(text string, refs []numberRef) []numberRef {
	for i := 0; i < len(refs); i++ {
		at := moreNumbers.FindStringSubmatchIndex(text[refs[i].to:])
		if at == nil || strings.HasPrefix(text[refs[i].to+at[3]:], "%") {
			continue
		}
		more := numberRef{number: text[refs[i].to+at[2] : refs[i].to+at[3]], from: refs[i].to + at[2], to: refs[i].to + at[1], year: refs[i].year}
		if !slices.ContainsFunc(refs, func(other numberRef) bool { return more.from < other.to && other.from < more.to }) {
			refs = slices.Insert(refs, i+1, more)
		}
	}
	return refs
}

var bareNumber = regexp.MustCompile(`\b\d{1,5}\b`)

// findBare finds figures that may be numbers of acts: not percents, days or years.
func findBare(text string) []numberRef {
	var refs []numberRef
	for _, at := range bareNumber.FindAllStringIndex(text, -1) {
		after := strings.TrimSpace(text[at[1]:])
		unit := slices.ContainsFunc([]string{"%", "％", "percent", "day", "week", "month", "year", "wh", "天", "日", "年", "月", "周", "个", "百"}, func(u string) bool {
			return strings.HasPrefix(strings.ToLower(after), u)
		})
		if r, _ := utf8.DecodeLastRuneInString(text[:at[0]]); unit || r == '.' || r == '-' {
			continue
		}
		refs = append(refs, numberRef{number: text[at[0]:at[1]], from: at[0], to: at[1], bare: true})
	}
	return refs
}

// act is what a measure's instrument is numbered.
type act struct {
	numbers []string // the first is its own; further ones are of acts that it speaks of
	year    string
	clause  string
}

var (
	actNumber = regexp.MustCompile(`(?i)(?:no\.?|order|proclamation|decree|section)\s*(?:no\.?\s*)?(\d{1,5})\b|\b(\d{5})\b`)
	actYear   = regexp.MustCompile(`\bof (20\d\d)\b`)
	actClause = regexp.MustCompile(`(?i)clause (\d+)`)
)

func actOf(m *tracker.Measure) act {
	var a act
	for _, found := range actNumber.FindAllStringSubmatch(m.Instrument.EN, -1) {
		a.numbers = append(a.numbers, cmp.Or(found[1], found[2]))
	}
	if strings.Contains(m.Title.EN, "Section ") {
		for _, found := range actNumber.FindAllStringSubmatch(m.Title.EN, -1) {
			a.numbers = append(a.numbers, cmp.Or(found[1], found[2]))
		}
	}
	if found := actYear.FindStringSubmatch(m.Instrument.EN); found != nil {
		a.year = found[1]
	}
	if found := actClause.FindStringSubmatch(m.Instrument.EN); found != nil {
		a.clause = found[1]
	}
	return a
}

// byNumber lists every measure that bears one of the numbers, each act's clauses
// too; where none bears it as its own number, those that speak of it.
func (x *search) byNumber(refs []numberRef) []*tracker.Measure {
	var found []*tracker.Measure
	for _, ref := range refs {
		own, other := x.bearing(ref)
		if len(own) == 0 {
			own = other
		}
		for _, m := range own {
			if !slices.Contains(found, m) {
				found = append(found, m)
			}
		}
	}
	return found
}

func (x *search) bearing(ref numberRef) (own, other []*tracker.Measure) {
	for _, m := range x.s.Measures {
		a := actOf(m)
		i := slices.Index(a.numbers, ref.number)
		if i < 0 || ref.year != "" && a.year != ref.year || ref.clause != "" && a.clause != "" && a.clause != ref.clause {
			continue
		}
		if i == 0 || strings.Contains(m.Title.EN, "Section "+ref.number) {
			own = append(own, m)
		} else {
			other = append(other, m)
		}
	}
	return own, other
}

// entitiesIn finds the parties that a text names, the longest name first. A name
// inside a longer one does not count.
func (x *search) entitiesIn(text string) (found []*tracker.Entity, spans [][2]int) {
	names := map[string]*tracker.Entity{}
	for i := range x.s.Entities {
		e := &x.s.Entities[i]
		for _, n := range append([]string{e.ID, e.Name.EN, e.Name.ZH}, e.Aliases...) {
			if utf8.RuneCountInString(n) >= 2 {
				names[strings.ToLower(n)] = e
			}
		}
	}
	low := strings.ToLower(text)
	for _, name := range byLength(names) {
		at := strings.Index(low, name)
		if at < 0 || !standsAlone(low, at, at+len(name)) ||
			slices.ContainsFunc(spans, func(s [2]int) bool { return at < s[1] && s[0] < at+len(name) }) {
			continue
		}
		spans = append(spans, [2]int{at, at + len(name)})
		if !slices.Contains(found, names[name]) {
			found = append(found, names[name])
		}
	}
	return found, spans
}

// byLength are the keys, the longest first.
func byLength[V any](m map[string]V) []string {
	keys := slices.Sorted(maps.Keys(m))
	slices.SortStableFunc(keys, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	return keys
}

// standsAlone says that text[from:to] is no part of a longer word. Chinese is
// written without gaps, so its words always are.
func standsAlone(text string, from, to int) bool {
	first, _ := utf8.DecodeRuneInString(text[from:to])
	last, _ := utf8.DecodeLastRuneInString(text[from:to])
	before, _ := utf8.DecodeLastRuneInString(text[:from])
	after, _ := utf8.DecodeRuneInString(text[to:])
	return !(wordRune(first) && wordRune(before)) && !(wordRune(last) && wordRune(after))
}

func wordRune(r rune) bool {
	return (unicode.IsLetter(r) || unicode.IsDigit(r)) && !unicode.Is(unicode.Han, r) && r != utf8.RuneError
}
