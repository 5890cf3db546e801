package bot

import (
	"context"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"derisk/tracker"
)

// Completion offers values for options as they are typed. It keeps the words of
// the newest snapshot, so that a key pressed costs one look through them. Its
// zero value is ready; goroutines may share it.
type Completion struct {
	mu    sync.Mutex
	of    *tracker.Snapshot
	lists map[listOf][]*offered // made at the first need
}

// listOf says what a list is of: what an option knows, or the subjects of rules.
type listOf string

const (
	knownEvents      listOf = "events"
	knownCommitments listOf = "commitments"
	knownIndicators  listOf = "indicators"
	knownArticles    listOf = "articles"
	knownListFilters listOf = "filter words of a list of measures"
)

// Complete offers values for an option as it is typed, at most 25, the likeliest
// first: by their id, then by words of their names in English and Chinese, all of
// which must be found. The arguments given so far are in r.
func (c *Completion) Complete(ctx context.Context, env Env, r Request, option, typed string) ([]Choice, error) {
	command, err := Find(r.Command)
	if err != nil {
		return nil, err
	}
	o, ok := command.option(option)
	if !ok {
		return nil, command.unknownOption(option)
	}
	if len(typed) > maxArgument {
		return nil, nil
	}
	all, err := c.values(ctx, env, r, o)
	if err != nil {
		return nil, err
	}
	if o.Known == KnownCourses && strings.ContainsAny(typed, ":：") { // a filter, then
		all = slices.DeleteFunc(slices.Clone(all), func(o *offered) bool { return o.measure != nil })
		o.Known = KnownFilters
	}
	if o.Known == KnownFilters {
		return lastWord(all, typed, r), nil
	}
	var list []Choice
	for _, found := range likeliest(all, readTyping(typed), r.Query.Now, maxChoices) {
		if runes(found.value) <= maxChoiceName {
			list = append(list, found.choice(r.Query.Now))
		}
	}
	return list, nil
}

// lastWord completes the last word of a filter. What is offered is called as it
// is written, since more may be typed behind it.
func lastWord(all []*offered, typed string, r Request) (list []Choice) {
	if strings.Count(typed, `"`)%2 == 1 { // inside a text
		return nil
	}
	before := ""
	if i := strings.LastIndexAny(typed, " 　"); i >= 0 {
		_, size := utf8.DecodeRuneInString(typed[i:])
		before, typed = typed[:i+size], typed[i+size:]
	}
	for _, found := range likeliest(all, readTyping(typed), r.Query.Now, maxChoices) {
		if value := before + found.value; runes(value) <= maxChoiceName {
			list = append(list, Choice{value, text(value, value)})
		}
	}
	return list
}

// values are all that an option may be completed to.
func (c *Completion) values(ctx context.Context, env Env, r Request, o Option) ([]*offered, error) {
	switch {
	case len(o.Choices) > 0:
		var list []*offered
		for _, choice := range o.Choices {
			list = append(list, offer(choice.Value, choice.Name))
		}
		return list, nil
	case o.Known == NoneKnown:
		return nil, nil
	case o.Known == KnownRules:
		return offeredRules(ctx, env)
	case o.Known == KnownSubscriptions:
		return offeredSubscriptions(ctx, env, r)
	case o.Known == KnownPosts:
		return postNames(ctx, env, r)
	case o.Known == KnownHushes:
		return offeredHushes(ctx, env, r)
	}
	s, err := env.Facts.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	if o.Known == KnownTold {
		list, err := offeredRules(ctx, env)
		return append(list, c.list(s, listOf(KnownMeasures))...), err
	}
	of := listOf(o.Known)
	switch {
	case o.Known == KnownSubjects:
		if of, err = subjectsOf(ctx, env, r); err != nil {
			return nil, err
		}
	case o.Known == KnownFilters && r.Command == "measures":
		of = knownListFilters
	}
	if of == listOf(KnownReviews) {
		return offeredReviews(s, r), nil // the asker's own: never kept
	}
	return c.list(s, of), nil
}

// list is what the facts give of a kind, made anew where they changed.
func (c *Completion) list(s *tracker.Snapshot, of listOf) []*offered {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.of != s {
		was := c.lists[listOf(KnownMeasures)]
		c.of, c.lists = s, map[listOf][]*offered{}
		if was != nil {
			c.lists[listOf(KnownMeasures)] = offeredMeasures(s, was)
		}
	}
	list, made := c.lists[of]
	if !made {
		list = listed(s, of)
		c.lists[of] = list
	}
	return list
}

func listed(s *tracker.Snapshot, of listOf) (list []*offered) {
	switch of {
	case listOf(KnownMeasures):
		return offeredMeasures(s, nil)
	case listOf(KnownCourses):
		return append(offeredMeasures(s, nil), listed(s, knownListFilters)...)
	case listOf(KnownReviewed):
		return slices.DeleteFunc(offeredMeasures(s, nil), func(o *offered) bool { return o.measure.Review == nil })
	case listOf(KnownGoods):
		for _, t := range s.Goods {
			list = append(list, offer(t.Slug, text(t.EN, t.ZH), t.Also...))
		}
	case listOf(KnownEntities):
		for _, e := range s.Entities {
			list = append(list, offer(e.ID, e.Name, e.Aliases...))
		}
	case listOf(KnownFilters):
		return filterWords(s, namesOf("severity:", tracker.Severities(), severityWords))
	case knownListFilters:
		return filterWords(s, append(namesOf("status:", tracker.Statuses(), statusWords),
			offer("status:presumed", text("presumed", "推定")), offer("status:uncertain", text("uncertain", "不确定"))))
	case listOf(KnownZones):
		for _, z := range commonZones {
			list = append(list, offer(z, tracker.Text{}))
		}
	case listOf(KnownCountries):
		return countriesOffered()
	case knownEvents:
		for _, m := range s.Measures {
			for _, e := range m.Events {
				list = append(list, offer(e.ID, m.Title))
			}
		}
	case knownCommitments:
		for _, c := range s.Commitments {
			list = append(list, offer(c.ID, c.Title))
		}
	case knownIndicators:
		for _, i := range s.Indicators {
			list = append(list, offer(i.ID, i.Title))
		}
	case knownArticles:
		for _, a := range s.Articles {
			list = append(list, offer(a.ID, text(a.Title, a.Title)))
		}
	}
	return list
}

// offeredMeasures are the measures, found by their titles and instruments. Those that
// were listed before and have not changed stay as they are.
func offeredMeasures(s *tracker.Snapshot, was []*offered) []*offered {
	list := make([]*offered, 0, len(s.Measures))
	for _, m := range s.Measures {
		for len(was) > 0 && was[0].value < m.ID { // both are in the order of ids
			was = was[1:]
		}
		if len(was) > 0 && was[0].measure.SameAs(m) {
			list = append(list, was[0])
			continue
		}
		o := offer(m.ID, m.Title, m.Instrument.EN, m.Instrument.ZH)
		o.measure = m
		list = append(list, o)
	}
	return list
}

func offeredReviews(s *tracker.Snapshot, r Request) (list []*offered) {
	for _, v := range ownReviews(s, r) {
		words := strings.Join(nonEmpty(v.Name, v.Measure), nameDot)
		list = append(list, offer(v.ID, text(words, words)))
	}
	return list
}

func offeredSubscriptions(ctx context.Context, env Env, r Request) (list []*offered, err error) {
	all, err := ownSubscriptions(ctx, env, r)
	for _, s := range all {
		list = append(list, offer(s.ID, say("%s", "%s", everything(s.Filter))))
	}
	return list, err
}

func offeredHushes(ctx context.Context, env Env, r Request) (list []*offered, err error) {
	all, err := ownHushes(ctx, env, r)
	for _, h := range all {
		list = append(list, offer(h.ID, hushWords(h, r)))
	}
	return list, err
}

func offeredRules(ctx context.Context, env Env) (list []*offered, err error) {
	if env.Rules == nil {
		return nil, nil
	}
	all, err := env.Rules.Rules(ctx)
	for _, i := range all {
		list = append(list, offer(i.Name, text(i.About, i.About)))
	}
	return list, err
}

// filterWords are the words of a filter, those of most use first, found by what
// they are called in both languages.
func filterWords(s *tracker.Snapshot, last []*offered) (list []*offered) {
	for _, t := range s.Goods {
		list = append(list, offer("tag:"+t.Slug, text(t.EN, t.ZH), t.Also...))
	}
	var by []string
	for _, m := range s.Measures {
		by = append(by, m.By)
	}
	slices.Sort(by)
	for _, code := range slices.Compact(by) {
		name, also := countryName(code)
		list = append(list, offer("by:"+code, name, also...))
	}
	return append(append(list, namesOf("kind:", tracker.Kinds(), kindWords)...), last...)
}

func namesOf[W ~string](prefix string, words []W, names map[W]tracker.Text) (list []*offered) {
	for _, w := range words {
		if w != "" {
			list = append(list, offer(prefix+string(w), named(names, w)))
		}
	}
	return list
}

// countriesOffered are all countries, those first that the starter facts speak of.
func countriesOffered() (list []*offered) {
	often := []string{"CN", "US", "EU", "NL", "AU", "JP", "KR", "TW", "DE", "GB", "FR", "CA", "MX", "IN", "VN", "MY", "HK"}
	rest := slices.DeleteFunc(isoCountries(), func(code string) bool { return slices.Contains(often, code) })
	for _, code := range append(often, rest...) {
		name, also := countryName(code)
		list = append(list, offer(code, name, also...))
	}
	return list
}

// countryName is what a country is called in both languages, and in other words.
func countryName(code string) (tracker.Text, []string) {
	r, err := language.ParseRegion(code)
	if err != nil {
		return text(code, code), nil
	}
	return text(display.English.Regions().Name(r), display.SimplifiedChinese.Regions().Name(r)), otherCountryWords[code]
}

// commonZones are offered; every other IANA name is taken too.
var commonZones = []string{"UTC", "Asia/Shanghai", "Asia/Hong_Kong", "Asia/Taipei", "Asia/Tokyo", "Asia/Seoul", "Asia/Singapore", "Asia/Kolkata",
	"Australia/Sydney", "Australia/Perth", "Europe/London", "Europe/Berlin", "Europe/Paris", "Europe/Amsterdam", "Europe/Brussels",
	"America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Sao_Paulo"}
