package tracker

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// acts are the words by which a text speaks of a kind of measure.
var acts = map[Kind]*regexp.Regexp{
	ExportControl:     regexp.MustCompile(`(?i)\bexport (?:controls?|restrictions?|curbs?|regulations?|rules?|bans?|limits?|licen[cs]\w+)|\b(?:controls|curbs|restrictions)\b|出口管制|出口限制|出口许可|管制`),
	Licence:           regexp.MustCompile(`(?i)\b(?:general )?licen[cs](?:es?|ing)\b|\bexport permits?\b|\bsimplif\w+|通用许可|许可|放宽`),
	Tariff:            regexp.MustCompile(`(?i)\btariffs?\b|\bduties\b|\bsurcharge\b|关税|加征`),
	ImportRestriction: regexp.MustCompile(`(?i)\bimport (?:bans?|restrictions?|curbs?|rights)\b|\b(?:ban|halt|suspend)\w* (?:on |of )?imports\b|进口限制|暂停进口|输华资质`),
	EntityList:        regexp.MustCompile(`(?i)\b(?:entity|export control|unreliable entity) list\b|\bblacklist\w*|实体清单|管控名单`),
	OwnershipRule:     regexp.MustCompile(`(?i)\b(?:affiliates?|50 ?%|50 percent|ownership) rule\b|穿透`),
	PortFee:           regexp.MustCompile(`(?i)\b(?:port|dock\w*) (?:fees?|dues|charges)\b|港口费|港务费`),
	Investigation:     regexp.MustCompile(`(?i)\b(?:investigat\w+|probes?|antitrust|anti-monopoly)\b|调查|反垄断`),
	ControlOrder:      regexp.MustCompile(`(?i)\b(?:t(?:ake|akes|aken|ook) control|take[- ]?over|intervention|intervened|ministerial order|goods availability)\b|接管|货物可用性`),
	CourtOrder:        regexp.MustCompile(`(?i)\b(?:court|ruling|judge?ment|enterprise chamber)\b|法院|法庭|判决`),
	PriceFloor:        regexp.MustCompile(`(?i)\bprice floors?\b|\bfloor prices?\b|保底价|价格下限`),
	Framework:         regexp.MustCompile(`(?i)\b(?:framework|agreement|pact|deal|partnership|arrangement)\b|协议|框架|共识`),
	Subsidy:           regexp.MustCompile(`(?i)\b(?:subsid(?:y|ies)|grants?|tax credits?)\b|补贴`),
}

// byGoods are the kinds of which a text speaks by their goods. The others name
// parties, so a text must name one of those.
var byGoods = []Kind{ExportControl, Licence, Tariff, ImportRestriction, PortFee, PriceFloor, Framework, Subsidy}

var (
	exporting    = regexp.MustCompile(`(?i)\bexport|出口`)
	suspending   = regexp.MustCompile(`(?i)\b(?:suspen[ds]|postpon|delay|paus|shelv|halt)\w*|暂停|推迟|暂缓`)
	percentForm  = regexp.MustCompile(`(\d{1,4}(?:\.\d{1,2})?) ?(?:%|percent\b|per cent\b)`)
	numberForm   = regexp.MustCompile(`(?i)\bNo\. ?(\d{1,4})(?: of (\d{4}))?|(\d{4})年第(\d{1,4})号|第(\d{1,4})号`)
	citationForm = regexp.MustCompile(`\b\d{4}/\d{2,4}\b|\b1[34]\d{3}\b`) // (EU) 2023/2675, Executive Order 14257
)

// passage is one sentence or paragraph of an article, and what it names: each
// with the words for it.
type passage struct {
	tokens  []string
	nations map[string]string
	tags    map[string]string
	acts    map[Kind]string
	parties map[string]string
	numbers map[string]string
	rates   map[float64]string
	titles  map[string][]string // of measures: words of their titles that hardly another has
	suspend bool
}

// spoken is an [Article] cut up.
type spoken struct {
	at       time.Time
	passages []passage
	parties  map[string]string // of all passages
	opening  map[string]string // nations in its title and lead
}

// speech is how texts can speak of the measures of a snapshot.
type speech struct {
	s       *Snapshot
	parties map[string][]partyWord // by first token
	titles  map[string][]string    // ids of measures by a phrase of their titles
}

type partyWord struct {
	tokens []string
	party  string
	word   string
}

func newSpeech(s *Snapshot) *speech {
	x := &speech{s: s, parties: map[string][]partyWord{}, titles: map[string][]string{}}
	for _, e := range s.Entities {
		for _, name := range append([]string{e.Name.EN, e.Name.ZH}, e.Aliases...) {
			if tokens := tokensOf(name); len(tokens) > 0 {
				x.parties[tokens[0]] = append(x.parties[tokens[0]], partyWord{tokens, e.ID, name})
			}
		}
	}
	for _, m := range s.Measures {
		for _, text := range []string{m.Title.EN, m.Title.ZH} {
			for _, p := range s.phrases(tokensOf(text)) {
				if !slices.Contains(x.titles[p], m.ID) {
					x.titles[p] = append(x.titles[p], m.ID)
				}
			}
		}
	}
	return x
}

// plainWords say nothing of one measure alone.
var plainWords = []string{"a", "an", "the", "of", "on", "to", "and", "or", "for", "from", "in", "by", "at", "over", "under", "after", "until",
	"with", "other", "new", "extra", "further", "certain", "item", "product", "good", "measure", "rule", "control", "export", "import", "tariff",
	"duty", "rate", "kept", "three", "five", "six", "seven", "sixteen", "october", "november", "us", "united", "state", "china", "chinese", "entity"}

// phrases are runs of two words or six Chinese characters that could be told
// from a title: neither plain words nor years nor names of goods.
func (s *Snapshot) phrases(tokens []string) []string {
	var list []string
	for i := range tokens {
		n := 2
		if len(tokens[i]) > 0 && unicode.Is(unicode.Han, []rune(tokens[i])[0]) {
			n = 6
		}
		if i+n > len(tokens) {
			continue
		}
		run := tokens[i : i+n]
		if slices.ContainsFunc(run, tellsNothing) || len(s.findWords(run)) > 0 {
			continue
		}
		list = append(list, strings.Join(run, " "))
	}
	return list
}

func tellsNothing(token string) bool {
	year, err := strconv.Atoi(token)
	return token == "" || slices.Contains(plainWords, token) || err == nil && year > 1900 && year < 2200
}

const (
	maxPassages = 500  // of an article that are read
	maxPassage  = 4000 // bytes of a passage that are read
	rarePhrase  = 3    // measures that may share a phrase of their titles
)

// head is what is read of a passage.
func head(text string) string {
	if len(text) <= maxPassage {
		return text
	}
	return strings.ToValidUTF8(text[:maxPassage], "")
}

func (x *speech) cut(a Article) spoken {
	sp := spoken{at: a.At, parties: map[string]string{}, opening: nationsIn(head(a.Title) + "\n" + head(a.Lead))}
	text := a.Text()
	exports := exporting.MatchString(text)
	for i, line := range strings.Split(text, "\n") {
		if i == maxPassages {
			break
		}
		p := x.passage(head(line), a.At)
		if !exports {
			delete(p.acts, ExportControl)
			delete(p.acts, Licence)
		}
		for id, word := range p.parties {
			sp.parties[id] = word
		}
		sp.passages = append(sp.passages, p)
	}
	return sp
}

func (x *speech) passage(text string, at time.Time) passage {
	p := passage{tokens: tokensOf(text), nations: nationsIn(text), tags: map[string]string{}, acts: map[Kind]string{}, parties: map[string]string{},
		numbers: numbersIn(text, at), rates: map[float64]string{}, titles: map[string][]string{}, suspend: suspending.MatchString(text)}
	for kind, words := range acts {
		if word := words.FindString(text); word != "" {
			p.acts[kind] = word
		}
	}
	for _, f := range outermost(x.s.findWords(p.tokens)) {
		p.tags[f.tag.Slug] = joined(p.tokens[f.from:f.to])
	}
	for i := range p.tokens {
		for _, w := range x.parties[p.tokens[i]] {
			if n := len(w.tokens); i+n <= len(p.tokens) && slices.Equal(p.tokens[i:i+n], w.tokens) {
				p.parties[w.party] = w.word
			}
		}
	}
	for _, m := range percentForm.FindAllStringSubmatch(text, -1) {
		rate, _ := strconv.ParseFloat(m[1], 64) // the form admits figures only
		p.rates[rate] = m[0]
	}
	for _, phrase := range x.s.phrases(p.tokens) {
		if ids := x.titles[phrase]; len(ids) <= rarePhrase {
			for _, id := range ids {
				p.titles[id] = append(p.titles[id], joined(strings.Split(phrase, " ")))
			}
		}
	}
	return p
}

// joined puts tokens together as they are written: Chinese without spaces.
func joined(tokens []string) string {
	words := strings.Builder{}
	for i, t := range tokens {
		if i > 0 && !unicode.Is(unicode.Han, []rune(t)[0]) {
			words.WriteByte(' ')
		}
		words.WriteString(t)
	}
	return words.String()
}

// numbersIn finds the numbers of announcements, as "58 of 2025", and citations.
// A number without a year is of the year of at.
func numbersIn(text string, at time.Time) map[string]string {
	found := map[string]string{}
	for _, m := range numberForm.FindAllStringSubmatch(text, -1) {
		number, year := m[1]+m[4]+m[5], m[2]+m[3]
		if year == "" {
			year = strconv.Itoa(at.Year())
		}
		found[number+" of "+year] = m[0]
	}
	for _, cited := range citationForm.FindAllString(text, -1) {
		found[cited] = cited
	}
	return found
}

// speaks lists the words by which the article speaks of the measure; none where
// it does not.
func (x *speech) speaks(a spoken, m *Measure) []string {
	if !a.at.IsZero() && m.began().After(a.at) {
		return nil
	}
	numbers := numbersIn(m.Instrument.EN, m.began())
	var words []string
	for _, p := range a.passages {
		by := p.actor(m.By, a.opening)
		if by == "" {
			continue
		}
		for _, more := range [][]string{p.number(numbers), p.titles[m.ID], x.party(a, p, m), x.goods(a, p, m), p.rate(m)} {
			if len(more) > 0 {
				words = append(append(words, more...), by)
			}
		}
	}
	slices.Sort(words)
	return slices.Compact(words)
}

// began is when the public could first know of the measure.
func (m *Measure) began() time.Time {
	var first time.Time
	for _, e := range m.Events {
		for _, d := range []Date{e.Published, e.On} {
			if at := d.First(m.Location()); !at.IsZero() && (first.IsZero() || at.Before(first)) {
				first = at
			}
		}
	}
	return first
}

// actor is the word that names who acts. A passage that names no nation at all
// speaks of those with whom the article opens.
func (p passage) actor(by string, opening map[string]string) string {
	if len(p.nations) == 0 {
		return opening[by]
	}
	return p.nations[by]
}

func (p passage) number(of map[string]string) []string {
	for n := range of {
		if word := p.numbers[n]; word != "" {
			return []string{word}
		}
	}
	return nil
}

// party is for a passage that speaks of the act, in an article that names a party to it.
func (x *speech) party(a spoken, p passage, m *Measure) []string {
	act := p.acts[m.Kind]
	if act == "" || m.Kind == Framework {
		return nil
	}
	for _, id := range m.Entities {
		if word := a.parties[id]; word != "" {
			return []string{act, word}
		}
	}
	return nil
}

// goods is for a passage that speaks of the act and of its goods. One that speaks
// of a suspension means measures that were suspended not long before.
func (x *speech) goods(a spoken, p passage, m *Measure) []string {
	act := p.acts[m.Kind]
	if act == "" || !slices.Contains(byGoods, m.Kind) || p.suspend && !m.suspendedBefore(a.at) {
		return nil
	}
	if m.Kind == Framework && !p.names(m.signatories()) || !p.hits(m, a.opening) || p.otherRate(m) {
		return nil
	}
	tags := measureTags(m)
	for tag, word := range p.tags {
		if x.means(tag, tags) {
			return []string{act, word}
		}
	}
	return nil
}

func measureTags(m *Measure) []string {
	var tags []string
	for _, g := range m.Goods {
		tags = append(tags, g.Tags...)
	}
	return tags
}

// means says whether a text that names a tag may mean a measure on tags: one of
// them, one below one of them, or one above all of them. A tag at the top of
// the tree is too wide for the latter two.
func (x *speech) means(tag string, tags []string) bool {
	if slices.Contains(tags, tag) {
		return tag != AllGoods
	}
	below := func(high, low string) bool { return x.s.parent(high) != "" && x.s.isAbove(high, low) }
	if slices.ContainsFunc(tags, func(t string) bool { return below(t, tag) }) {
		return true
	}
	return len(tags) > 0 && !slices.ContainsFunc(tags, func(t string) bool { return !below(tag, t) })
}

// recently is how long a text may speak of a suspension as news.
const recently = 120 * 24 * time.Hour

func (m *Measure) suspendedBefore(at time.Time) bool {
	return slices.ContainsFunc(m.Events, func(e Event) bool {
		told := e.Published.First(m.Location())
		return (e.What == Suspended || e.What == Postponed || e.What == Extended) && !told.After(at) && at.Sub(told) <= recently
	})
}

// signatories are the nations that a framework's title and authority name; a
// framework of one is not known by its goods.
func (m *Measure) signatories() map[string]string {
	named := nationsIn(m.Title.EN + "\n" + m.Authority.EN)
	if len(named) < 2 {
		return nil
	}
	return named
}

func (p passage) names(nations map[string]string) bool {
	for code := range nations {
		if p.nations[code] == "" {
			return false
		}
	}
	return len(nations) > 0
}

// hits says whether the passage, or the opening of its article, names one of
// those whom the measure hits; a measure that hits all needs no name.
func (p passage) hits(m *Measure, opening map[string]string) bool {
	return len(m.Against) == 0 || slices.ContainsFunc(m.Against, func(c string) bool { return p.nations[c] != "" || opening[c] != "" })
}

// otherRate says that the passage gives rates, and none is that of the tariff.
func (p passage) otherRate(m *Measure) bool {
	return m.Kind == Tariff && m.Rate != nil && len(p.rates) > 0 && p.rates[m.Rate.Percent] == ""
}

// rate is for a passage that gives the rate of a tariff on all goods and names
// those whom it hits.
func (p passage) rate(m *Measure) []string {
	if m.Kind != Tariff || m.Rate == nil || m.Rate.Percent == 0 || !slices.Contains(measureTags(m), AllGoods) {
		return nil
	}
	act, rate := p.acts[Tariff], p.rates[m.Rate.Percent]
	if act == "" || rate == "" || !p.hits(m, nil) {
		return nil
	}
	return []string{rate, act}
}
