package bot

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"derisk/tracker"
)

const mostChoices = 25 // Discord's limit of autocomplete choices

// Complete offers values for an option as it is typed, at most 25, the likeliest
// first. The arguments given so far are in r.
func Complete(ctx context.Context, env Env, r Request, option, typed string) ([]Choice, error) {
	c, err := Find(r.Command)
	if err != nil {
		return nil, err
	}
	o, ok := c.option(option)
	if !ok {
		return nil, c.unknownOption(option)
	}
	if len(typed) > maxArgument || c.allowed(r) != nil {
		return nil, nil
	}
	all, err := o.values(ctx, env, r)
	if err != nil {
		return nil, err
	}
	before := ""
	if o.Known == KnownFilters { // only the last word is being typed
		if i := strings.LastIndexAny(typed, " 　"); i >= 0 {
			_, size := utf8.DecodeRuneInString(typed[i:])
			before, typed = typed[:i+size], typed[i+size:]
		}
	}
	return likeliest(all, before, typed), nil
}

// likeliest ranks values that begin as typed before those that hold it, in value
// or name, and cuts names to what Discord takes.
func likeliest(all []Choice, before, typed string) []Choice {
	typed = strings.ToLower(strings.TrimSpace(typed))
	var first, rest []Choice
	for _, c := range all {
		value, names := strings.ToLower(c.Value), strings.ToLower(c.Name.EN+"\n"+c.Name.ZH)
		c.Value = before + c.Value
		if utf8.RuneCountInString(c.Value) > longestChoice {
			continue
		}
		c.Name = text(cutName(before+c.Name.EN), cutName(before+c.Name.ZH))
		switch {
		case strings.HasPrefix(value, typed):
			first = append(first, c)
		case strings.Contains(value, typed) || strings.Contains(names, typed):
			rest = append(rest, c)
		}
	}
	found := append(first, rest...)
	return found[:min(len(found), mostChoices)]
}

const longestChoice = 100 // characters of a choice's name and value on Discord

func cutName(name string) string {
	if r := []rune(name); len(r) > longestChoice {
		return string(r[:longestChoice-1]) + "…"
	}
	return name
}

// values are all that an option may be completed to.
func (o Option) values(ctx context.Context, env Env, r Request) ([]Choice, error) {
	if len(o.Choices) > 0 {
		return o.Choices, nil
	}
	switch o.Known {
	case NoneKnown:
		return nil, nil
	case KnownZones:
		return asChoices(commonZones), nil
	case KnownCountries:
		return asChoices([]string{"CN", "US", "EU", "NL", "AU", "JP", "KR", "DE", "GB", "FR", "CA", "MX", "IN", "VN", "MY", "TW", "HK"}), nil
	case KnownRules:
		return ruleNames(ctx, env)
	case KnownPosts:
		return postNames(ctx, env, r)
	case KnownHushes:
		all, err := ownHushes(ctx, env, r)
		var list []Choice
		for _, h := range all {
			list = append(list, Choice{h.ID, join(text(h.ID+" ·", h.ID+" · "), hushWords(h, r))})
		}
		return list, err
	case KnownSubscriptions:
		all, err := ownSubscriptions(ctx, env, r)
		var list []Choice
		for _, s := range all {
			list = append(list, Choice{s.ID, say("%s · %s", "%s · %s", s.ID, everything(s.Filter))})
		}
		return list, err
	}
	s, err := env.Facts.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	if o.Known == KnownSubjects {
		return subjectsOf(ctx, env, s, r)
	}
	return o.recorded(s, r), nil
}

// recorded are the values that the facts give.
func (o Option) recorded(s *tracker.Snapshot, r Request) []Choice {
	var list []Choice
	switch o.Known {
	case KnownMeasures, KnownReviewed:
		for _, m := range s.Measures {
			if o.Known == KnownMeasures || m.Review != nil {
				list = append(list, Choice{m.ID, say("%s · %s", "%s · %s", m.ID, m.Title)})
			}
		}
	case KnownGoods:
		for _, t := range s.Goods {
			list = append(list, Choice{t.Slug, text(t.EN, t.ZH)})
		}
	case KnownEntities:
		for _, e := range s.Entities {
			list = append(list, Choice{e.ID, e.Name})
		}
	case KnownReviews:
		for _, v := range ownReviews(s, r) {
			list = append(list, Choice{v.ID, text(strings.Join(nonEmpty(v.ID, v.Name, v.Measure), " · "), strings.Join(nonEmpty(v.ID, v.Name, v.Measure), " · "))})
		}
	case KnownFilters:
		list = filterWords(s)
	}
	return list
}

// filterWords are the words of a filter, those of most use first.
func filterWords(s *tracker.Snapshot) []Choice {
	var words []string
	for _, t := range s.Goods {
		words = append(words, "tag:"+t.Slug)
	}
	var by []string
	for _, m := range s.Measures {
		by = append(by, "by:"+m.By)
	}
	slices.Sort(by)
	words = append(words, slices.Compact(by)...)
	for _, k := range tracker.Kinds() {
		words = append(words, "kind:"+string(k))
	}
	for _, v := range tracker.Severities() {
		words = append(words, "severity:"+string(v))
	}
	return asChoices(words)
}

func ruleNames(ctx context.Context, env Env) ([]Choice, error) {
	if env.Rules == nil {
		return nil, nil
	}
	all, err := env.Rules.Rules(ctx)
	var list []Choice
	for _, i := range all {
		about := strings.Join(nonEmpty(i.Name, i.About), " · ")
		list = append(list, Choice{i.Name, text(about, about)})
	}
	return list, err
}

func asChoices(values []string) []Choice {
	var list []Choice
	for _, v := range values {
		list = append(list, Choice{v, text(v, v)})
	}
	return list
}

// commonZones are offered; every other IANA name is taken too.
var commonZones = []string{"UTC", "Asia/Shanghai", "Asia/Hong_Kong", "Asia/Taipei", "Asia/Tokyo", "Asia/Seoul", "Asia/Singapore", "Asia/Kolkata",
	"Australia/Sydney", "Australia/Perth", "Europe/London", "Europe/Berlin", "Europe/Paris", "Europe/Amsterdam", "Europe/Brussels",
	"America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Sao_Paulo"}
