package bot

import (
	"regexp"
	"slices"
	"strings"

	"derisk/tracker"
)

// byParty answers about a party: who lists it, whose owners are listed, or what
// else is recorded of it.
func (a *inquiry) byParty() bool {
	found, spans := a.x.entitiesIn(a.q.left)
	if len(found) == 0 {
		return false
	}
	for _, at := range spans {
		a.q.blank(at[0], at[1])
	}
	kinds := wantedKinds(a.q.text)
	listing := len(kinds) == 0 || slices.Contains(kinds, tracker.EntityList) || slices.Contains(kinds, tracker.OwnershipRule)
	tied := a.tiedTo(found)
	if (a.q.intent == AskStatus || a.q.intent == AskList) && listing && !aboutAct(a.q.text) || len(tied) == 0 {
		for _, e := range found {
			a.party(e)
		}
		a.known = true
		return true
	}
	if titled := a.x.titled(a.q.text); len(titled) > 0 {
		if both := keep(tied, func(m *tracker.Measure) bool { return slices.Contains(titled, m) }); len(both) > 0 {
			tied = both
		}
	}
	a.aboutMeasures(a.narrow(tied))
	return true
}

// aboutAct says that a question is about an act, not about whether a party is listed.
func aboutAct(words string) bool {
	return regexp.MustCompile(`(?i)\b(?:ban|order|measures?|countermeasures?|probe|court|chamber|investigation|price floor|tariff|port)\b|命令|禁令|反制|调查|法庭|法院|保底价|措施`).MatchString(words)
}

// unknownParty says that the question is about lists of parties and names one
// that is not recorded.
func (a *inquiry) unknownParty() bool {
	kinds := wantedKinds(a.q.text)
	found, _ := a.x.entitiesIn(a.q.left)
	if len(found) > 0 || !slices.Contains(kinds, tracker.EntityList) || len(a.x.byID(a.q.left))+len(findNumbers(a.q.left)) > 0 {
		return false
	}
	names := a.ignored()
	a.unknown = append(a.unknown, names...)
	return len(names) > 0
}

// tiedTo are the measures that name one of the parties, or speak of it in their titles.
func (a *inquiry) tiedTo(parties []*tracker.Entity) []*tracker.Measure {
	var tied []*tracker.Measure
	for _, m := range a.s.Measures {
		for _, e := range parties {
			names := append([]string{e.Name.EN, e.Name.ZH}, e.Aliases...)
			says := slices.ContainsFunc(nonEmpty(names...), func(n string) bool {
				title := strings.ToLower(m.Title.EN + "\n" + m.Title.ZH)
				at := strings.Index(title, strings.ToLower(n))
				return at >= 0 && standsAlone(title, at, at+len(n))
			})
			if (says || slices.Contains(m.Entities, e.ID) || slices.Contains(e.Listed, m.ID)) && !slices.Contains(tied, m) {
				tied = append(tied, m)
			}
		}
	}
	return tied
}

func (a *inquiry) party(e *tracker.Entity) {
	lists := 0
	names := naming(a.s, e, a.r)
	names = slices.Concat(keepGlances(names, tracker.EntityList, true), keepGlances(names, tracker.EntityList, false))
	for _, g := range names {
		if g.Kind == tracker.EntityList {
			lists++
		}
		a.mention(g.Measure)
		a.tone = Warning
		a.say(say("%s is named by %s, %s: %s.", "%s被 %s（%s）点名：%s。", e.Name, g.ID, named(kindWords, g.Kind), g.sentence()))
	}
	if lists == 0 {
		a.say(say("No entity list that is recorded names %s.", "已记录的实体清单均未点名%s。", e.Name))
	}
	if owners := ownerLines(a.s, e, "en"); len(owners) > 0 {
		a.say(say("Owners: %s.", "股东：%s。", text(strings.Join(owners, "; "), strings.Join(ownerLines(a.s, e, "zh"), "；"))))
	}
	for _, o := range e.Owners {
		a.listedOwner(e, o.Entity)
	}
	for _, m := range reaching(a.s, e, a.r) {
		if m.Applies == tracker.No {
			continue
		}
		g := look(m.Measure, a.r)
		a.mention(m.Measure)
		because, zh := inLang(append(slices.Clone(m.Because), m.DependsOn...), "en"), inLang(append(slices.Clone(m.Because), m.DependsOn...), "zh")
		a.say(say("The 50 %% rule %s %s: %s. It is %s.", "50%%规则（%s）%s：%s。该规则%s。", g.ID, answerWords[m.Applies],
			text(strings.Join(because, "; "), strings.Join(zh, "；")), g.sentence()))
	}
}

func keepGlances(list []glance, kind tracker.Kind, is bool) []glance {
	return slices.DeleteFunc(slices.Clone(list), func(g glance) bool { return (g.Kind == kind) != is })
}

// listedOwner tells of lists that name an owner, which does not make them name
// the party.
func (a *inquiry) listedOwner(e *tracker.Entity, id string) {
	owner, err := a.s.Entity(id)
	if err != nil {
		return
	}
	for _, g := range naming(a.s, owner, a.r) {
		if g.Kind == tracker.EntityList {
			a.mention(g.Measure)
			a.say(say("Its owner %s is named by %s: %s.", "其股东%s被 %s 点名：%s。", owner.Name, g.ID, g.sentence()))
		}
	}
}
