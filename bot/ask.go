package bot

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"derisk/tracker"
)

// ask answers a question in plain words, in the question's own language unless
// one was asked for. What it does not understand it says; it invents nothing.
func ask(ctx context.Context, env Env, r Request) (Reply, error) {
	s, err := env.Facts.Snapshot(ctx)
	if err != nil {
		return Reply{}, err
	}
	words := r.Arg("question")
	if len([]rune(words)) > maxQuestion {
		return Reply{}, wrong("the question is longer than %d characters", "问题超过%d个字", maxQuestion)
	}
	if r.Arg("lang") == "" && strings.ContainsFunc(words, func(c rune) bool { return unicode.Is(unicode.Han, c) }) {
		r.Lang = "zh"
	} else if r.Arg("lang") == "" {
		r.Lang = "en"
	}
	q := readQuestion(words, r.Today())
	if !q.on.IsZero() {
		r.Query.On = q.on
	}
	a := &inquiry{s: s, x: newSearch(s), q: q, r: r}
	a.answer()
	return a.reply(), nil
}

const maxQuestion = 500 // characters

// inquiry is one question on its way to an answer.
type inquiry struct {
	s *tracker.Snapshot
	x *search
	q question
	r Request

	places  []place
	lines   []tracker.Text
	about   []*tracker.Measure // what the answer speaks of, in order
	goods   []string           // tags of the question
	unknown []string           // names that are none of ours
	known   bool               // understood and answered
	private bool               // tells of reviews
	tone    Tone
}

type askJSON struct {
	Answer    string       `json:"answer"`
	Intent    Intent       `json:"intent"`
	Measures  []string     `json:"measures"`
	Sources   []sourceJSON `json:"sources"`
	Confident bool         `json:"confident"`
	On        tracker.Date `json:"on,omitzero"`
	Ignored   []string     `json:"not_understood,omitempty"`
}

type sourceJSON struct {
	Title string       `json:"title"`
	URL   string       `json:"url,omitempty"`
	Date  tracker.Date `json:"date,omitzero"`
}

func (a *inquiry) say(t tracker.Text) { a.lines = append(a.lines, t) }

// answer finds what the question is about, the surest names first.
func (a *inquiry) answer() {
	a.places = a.x.lands.find(a.q.left)
	switch {
	case a.q.badDate != "":
		a.q.intent = AskUnknown
		a.unknown = append(a.unknown, a.q.badDate)
		a.say(say("Not known: %q is no date that can be read in one way. Write it as 2026-11-10.", "未知：“%s”不是可明确读取的日期。请写成 2026-11-10。", shown(a.q.badDate)))
	case a.q.intent == AskUnknown && !a.namesAnything():
		a.notKnown()
	case a.unknownParty():
		a.notKnown()
	case a.byID(), a.byNumber(), a.byParty(), a.byGoods(), a.listAsked() && a.byList(), a.byTitle(), a.byBareNumber(), a.byList(), a.byMention():
	default:
		a.notKnown()
	}
}

// namesAnything says whether a question without a question's words is at least a name.
func (a *inquiry) namesAnything() bool {
	if len(a.x.byID(a.q.left)) > 0 || len(findNumbers(a.q.left)) > 0 || len(a.s.FindTags(a.q.left)) > 0 {
		a.q.intent = AskStatus
	}
	if found, _ := a.x.entitiesIn(a.q.left); len(found) > 0 {
		a.q.intent = AskStatus
	}
	if codeInText.MatchString(a.q.left) {
		a.q.intent = AskStatus
	}
	if len(findBare(a.q.left)) > 0 && len(strings.Fields(a.q.text)) == 1 {
		a.q.intent = AskStatus
	}
	return a.q.intent != AskUnknown || len(a.x.titled(a.q.left)) > 0
}

func (a *inquiry) notKnown() {
	a.q.intent = AskUnknown
	a.say(text("Not known: the question names no measure, product, party or number that is recorded here.", "未知：问题中没有此处已记录的措施、产品、当事方或文号。"))
	if len(a.unknown) > 0 {
		a.say(say("Not recorded: %s.", "未收录：%s。", strings.Join(a.unknown, ", ")))
	}
}

// byID answers about ids. An id that is none of ours is said to be not known.
func (a *inquiry) byID() bool {
	ids := idWord.FindAllStringIndex(a.q.left, -1)
	var named []string
	for _, at := range ids {
		id := strings.ToLower(a.q.left[at[0]:at[1]])
		if !looksLikeID(a.s, id) {
			continue
		}
		named = append(named, id)
	}
	if len(named) == 0 {
		return false
	}
	found := a.x.byID(a.q.left)
	for _, id := range named {
		if _, err := a.s.Measure(id); err != nil {
			a.unknown = append(a.unknown, id)
			problem := missing("measure", "措施", id, measureIDs(a.s)).Words
			a.say(say("Not known: %s", "未知：%s", problem))
		}
	}
	for _, at := range ids {
		a.q.blank(at[0], at[1])
	}
	a.aboutMeasures(found)
	return true
}

var idYear = regexp.MustCompile(`-20\d\d(-|$)`)

// looksLikeID says whether a word with a hyphen is meant to be a measure's id.
func looksLikeID(s *tracker.Snapshot, word string) bool {
	if _, err := s.Measure(word); err == nil {
		return true
	}
	return strings.Count(word, "-") >= 2 && idYear.MatchString(word)
}

func measureIDs(s *tracker.Snapshot) []string {
	var ids []string
	for _, m := range s.Measures {
		ids = append(ids, m.ID)
	}
	return ids
}

// byNumber answers about acts by their numbers: every measure that bears it.
func (a *inquiry) byNumber() bool {
	refs := findNumbers(a.q.left)
	if len(refs) == 0 {
		return false
	}
	return a.numbered(refs)
}

func (a *inquiry) numbered(refs []numberRef) bool {
	var found []*tracker.Measure
	for _, ref := range refs {
		of := a.x.byNumber([]numberRef{ref})
		if len(of) == 0 && ref.bare {
			return false
		}
		if len(of) == 0 {
			name := strings.TrimSpace(a.q.left[ref.from:ref.to])
			a.unknown = append(a.unknown, name)
			a.say(say("Not known: no measure with the number %s is recorded.", "未知：未收录编号为%s的措施。", joinNumber(ref)))
		}
		for _, m := range of {
			if !slices.Contains(found, m) {
				found = append(found, m)
			}
		}
	}
	for _, ref := range refs {
		a.q.blank(ref.from, ref.to)
	}
	a.aboutMeasures(a.narrow(found))
	return true
}

func joinNumber(ref numberRef) tracker.Text {
	if ref.year == "" {
		return text(ref.number, ref.number)
	}
	return text(ref.number+" of "+ref.year, ref.year+"年第"+ref.number+"号")
}

// byBareNumber is for "when does the suspension of 58 end": a figure is taken for
// an act's number only where nothing else was named.
func (a *inquiry) byBareNumber() bool {
	refs := findBare(a.q.left)
	return len(refs) > 0 && len(a.places) == 0 && a.numbered(refs)
}

// narrow keeps the measures of the countries and kinds that the question names,
// if that leaves any.
func (a *inquiry) narrow(list []*tracker.Measure) []*tracker.Measure {
	fits := func(m *tracker.Measure) bool {
		for _, p := range a.places {
			if m.By != p.code && !slices.Contains(m.Against, p.code) {
				return false
			}
		}
		return true
	}
	if kept := keep(list, fits); len(kept) > 0 {
		list = kept
	}
	kinds := wantedKinds(a.q.text)
	if kept := keep(list, func(m *tracker.Measure) bool { return slices.Contains(kinds, m.Kind) }); len(kept) > 0 {
		list = kept
	}
	return list
}

func keep(list []*tracker.Measure, fits func(*tracker.Measure) bool) []*tracker.Measure {
	var kept []*tracker.Measure
	for _, m := range list {
		if fits(m) {
			kept = append(kept, m)
		}
	}
	return kept
}

// byTitle answers about measures whose titles hold the question's rare words.
func (a *inquiry) byTitle() bool {
	found := a.x.titled(a.q.left)
	if len(found) == 0 {
		return false
	}
	a.aboutMeasures(a.narrow(found))
	return true
}

func (a *inquiry) mention(m *tracker.Measure) {
	if !slices.Contains(a.about, m) {
		a.about = append(a.about, m)
	}
}

// listAsked says that the question asks for all of a kind or a status.
func (a *inquiry) listAsked() bool {
	return a.q.intent == AskList && len(wantedKinds(a.q.text))+len(wantedStatuses(a.q.text)) > 0
}

// byList answers about all measures of a kind, a status or a country, and about
// what is to change. A list is no answer to a question that was understood only
// in part.
func (a *inquiry) byList() bool {
	kinds, statuses := wantedKinds(a.q.text), wantedStatuses(a.q.text)
	switch {
	case len(a.ignored()) > 0:
		return false
	case a.q.intent == AskNext:
		a.upcoming(nil)
	case a.q.intent == AskList, a.q.intent == AskStatus && len(kinds) > 0 && len(a.places)+len(statuses) > 0:
		a.list(kinds, statuses)
	default:
		return false
	}
	return true
}

// byMention answers about measures whose notes hold all the words that nothing
// else explains. That is a guess at what is meant, so it is never confident.
func (a *inquiry) byMention() bool {
	words := a.ignored()
	if len(words) == 0 || len(words) > 3 {
		return false
	}
	found := keep(a.s.Measures, func(m *tracker.Measure) bool {
		g := look(m, a.r)
		all := allText(g, "en") + "\n" + allText(g, "zh")
		for _, e := range g.known {
			all += "\n" + e.Note.EN + "\n" + e.Note.ZH
		}
		terms := set(strings.Join(termsOf(all), " "))
		return g.Status != tracker.NoStatus && !slices.ContainsFunc(words, func(w string) bool {
			return slices.ContainsFunc(termsOf(w), func(t string) bool { return !terms[t] })
		})
	})
	if len(found) == 0 {
		return false
	}
	a.unknown = append(a.unknown, words...)
	a.say(say("No measure bears that name. These speak of %s:", "没有以此为名的措施。下列措施提及%s：", strings.Join(words, ", ")))
	a.aboutMeasures(found)
	return true
}

func (a *inquiry) list(kinds []tracker.Kind, statuses []tracker.Status) {
	if len(statuses) == 0 {
		statuses = []tracker.Status{tracker.StatusInForce, tracker.StatusSuspended}
	}
	fits := keep(a.s.Measures, func(m *tracker.Measure) bool {
		g := look(m, a.r)
		return slices.Contains(statuses, g.Status) && (len(kinds) == 0 || slices.Contains(kinds, m.Kind))
	})
	for _, p := range a.places {
		fits = keep(fits, func(m *tracker.Measure) bool { return p.concerns(m) })
	}
	a.known = true
	a.say(say("What fits: %s.", "符合条件：%s。", some(len(fits))))
	for _, m := range fits {
		g := look(m, a.r)
		a.mention(m)
		a.say(say("%s %s: %s.", "%s %s：%s。", g.ID, g.Title, g.sentence()))
	}
}

// upcoming tells what changes in the days asked about, of the measures wanted.
func (a *inquiry) upcoming(wanted func(glance) bool) {
	days := a.q.days
	if days == 0 {
		days = overviewDays
	}
	from := a.r.onDay()
	to := tracker.DayOf(from.First(time.UTC).AddDate(0, 0, days))
	items := datesBetween(a.s, a.r, from, to, wanted)
	a.known, a.private = true, tellsReviews(items)
	if len(items) == 0 {
		a.say(say("Nothing that is recorded changes from %s to %s.", "%s至%s没有已记录的变化。", tellDate(from, time.UTC), tellDate(to, time.UTC)))
		return
	}
	a.say(say("From %s to %s:", "%s至%s：", tellDate(from, time.UTC), tellDate(to, time.UTC)))
	for _, d := range items {
		if m, err := a.s.Measure(d.Subject); err == nil {
			a.mention(m)
		}
		a.say(say("%s: %s — %s (%s).", "%s：%s——%s（%s）。", tellDate(d.On, time.UTC), d.Subject, d.What, d.Sure))
	}
}

// confident says that the question was understood whole and answered from
// official events.
func (a *inquiry) confident() bool {
	if !a.known || len(a.unknown) > 0 || len(a.ignored()) > 0 || a.q.intent == AskUnknown {
		return false
	}
	return !slices.ContainsFunc(a.about, func(m *tracker.Measure) bool { return look(m, a.r).Status == tracker.NoStatus })
}

// ignored are the question's words that played no part in the answer.
func (a *inquiry) ignored() []string {
	q := a.q
	q.readForms()
	for _, p := range a.x.lands.find(q.left) {
		q.blank(p.from, p.to)
	}
	known := map[string]bool{}
	for _, m := range a.about {
		known[strings.ToLower(m.By)] = true
		for _, lang := range []string{"en", "zh"} {
			for _, w := range termsOf(allText(look(m, a.r), lang)) {
				known[w] = true
			}
			for _, e := range m.Events {
				for _, w := range termsOf(e.Note.In(lang)) {
					known[w] = true
				}
			}
		}
		for _, id := range m.Entities {
			if e, err := a.s.Entity(id); err == nil {
				for _, w := range append(termsOf(e.Name.EN), termsOf(e.Name.ZH)...) {
					known[w] = true
				}
			}
		}
	}
	for _, slug := range a.s.TagsAbove(a.goods) {
		if t, err := a.s.Tag(slug); err == nil {
			for _, w := range append([]string{t.Slug, t.EN, t.ZH}, t.Also...) {
				for _, term := range termsOf(w) {
					known[term] = true
				}
			}
		}
	}
	return q.leftovers(known)
}

func (a *inquiry) reply() Reply {
	confident := a.confident()
	if ignored := a.ignored(); a.known && len(ignored) > 0 {
		a.lines = slices.Insert(a.lines, 0, say("Not understood, and left out of the answer: %s.", "未能理解、未计入答复：%s。", strings.Join(ignored, ", ")))
	}
	data := askJSON{Intent: a.q.intent, Measures: []string{}, Sources: []sourceJSON{}, Confident: confident, On: a.q.on, Ignored: a.ignoredData()}
	reply := Reply{Title: shown(a.q.text), Tone: a.tone, Ephemeral: a.private}
	lines := inLang(a.lines, a.r.Lang)
	data.Answer = strings.Join(lines, "\n")
	reply.add(Section{Lines: lines})
	links := a.sources(&data)
	if len(links) > 0 {
		reply.add(Section{Heading: text("Sources", "来源").In(a.r.Lang), Links: links})
	}
	for _, m := range a.about {
		data.Measures = append(data.Measures, m.ID)
		if len(reply.Offers) < 5 {
			reply.Offers = append(reply.Offers, Offer{Label: m.ID, Command: "measure", Args: map[string]string{"id": m.ID}})
		}
	}
	if !a.known {
		reply.Tone = Notice
		reply.add(Section{Heading: text("Try", "可以试试").In(a.r.Lang), Items: inLang(askExamples, a.r.Lang)})
	}
	reply.Data = data
	return reply
}

func (a *inquiry) ignoredData() []string {
	if !a.known {
		return a.unknown
	}
	return append(slices.Clone(a.unknown), a.ignored()...)
}

var askExamples = []tracker.Text{
	{EN: "is announcement 61 of 2025 in force?", ZH: "2025年第61号公告现在有效吗？"},
	{EN: "is artificial graphite from China to the US controlled today?", ZH: "人造石墨从中国出口到美国现在受管制吗？"},
	{EN: "what changes in the next 30 days?", ZH: "未来30天有什么变化？"},
}

// sources are those of the events that the answers rest on, the official ones
// first; for a question for the source, all of the measure.
func (a *inquiry) sources(data *askJSON) []Link {
	const most = 12
	var links []Link
	for _, m := range a.about {
		for _, e := range a.restsOn(m) {
			for _, s := range e.Sources {
				l := sourceLink(s, a.r.Lang)
				if slices.Contains(links, l) || len(links) == most {
					continue
				}
				links = append(links, l)
				data.Sources = append(data.Sources, sourceJSON{s.Title, s.URL, s.Date})
			}
		}
	}
	return links
}

func (a *inquiry) restsOn(m *tracker.Measure) []tracker.Event {
	g := look(m, a.r)
	if a.q.intent == AskSource {
		return g.known
	}
	var events []tracker.Event
	for whole := m; whole != nil; whole = whole.Whole() {
		_, cut := a.r.Query.In(whole.Location())
		for _, e := range whole.Known(cut) {
			if slices.Contains(g.Because, e.ID) {
				events = append(events, e)
			}
		}
	}
	return append(events, g.Reported...)
}
