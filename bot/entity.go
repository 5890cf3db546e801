package bot

import (
	"context"
	"slices"
	"strings"
	"time"

	"derisk/tracker"
)

// entity tells who owns a party, who names it, and whom the 50 % rule reaches.
func entity(ctx context.Context, env Env, r Request) (Reply, error) {
	s, err := env.Facts.Snapshot(ctx)
	if err != nil {
		return Reply{}, err
	}
	e, err := findEntity(s, r.Arg("id"))
	if err != nil {
		return Reply{}, err
	}
	named, reached := naming(s, e, r), reaching(s, e, r)
	reply := Reply{Title: strings.Join(nonEmpty(e.Name.In(r.Lang), e.Country), " · "), Data: entityData(e, named, reached, r)}
	reply.add(Section{Fields: []Field{
		{text("Id", "编号").In(r.Lang), e.ID},
		{text("Also called", "别名").In(r.Lang), orNone(strings.Join(e.Aliases, ", "), r.Lang)},
	}})
	reply.add(Section{Heading: text("Owners", "股东").In(r.Lang), Items: orNoneRecorded(ownerLines(s, e, r.Lang), r.Lang)})
	reply.add(Section{Heading: text("Named by", "点名该方的措施").In(r.Lang), Items: orNoneRecorded(glanceLines(named, r), r.Lang)})
	reply.add(Section{Heading: text("Rules on owners", "持股规则").In(r.Lang), Items: orNoneRecorded(reachLines(reached, r), r.Lang)})
	if note := e.Note.In(r.Lang); note != "" {
		reply.add(Section{Heading: text("Note", "说明").In(r.Lang), Lines: []string{note}})
	}
	return reply, nil
}

func orNone(words, lang string) string {
	if words == "" {
		return text("none recorded", "无记录").In(lang)
	}
	return words
}

func orNoneRecorded(items []string, lang string) []string {
	if len(items) == 0 {
		return []string{orNone("", lang)}
	}
	return items
}

// findEntity takes an id or a name in full.
func findEntity(s *tracker.Snapshot, words string) (*tracker.Entity, error) {
	words = strings.TrimSpace(words)
	if e, err := s.Entity(strings.ToLower(words)); err == nil {
		return e, nil
	}
	found, _ := newSearch(s).entitiesIn(words)
	if len(found) == 1 {
		return found[0], nil
	}
	var known []string
	for _, e := range s.Entities {
		known = append(append(known, e.ID, e.Name.EN, e.Name.ZH), e.Aliases...)
	}
	return nil, missing("entity", "主体", words, nonEmpty(known...))
}

func ownerLines(s *tracker.Snapshot, e *tracker.Entity, lang string) []string {
	var lines []string
	for _, o := range e.Owners {
		name := text(o.Entity, o.Entity)
		if owner, err := s.Entity(o.Entity); err == nil {
			name = owner.Name
		}
		share := text("share not known", "比例未知")
		if o.Percent != nil {
			share = text(number(*o.Percent)+" %", number(*o.Percent)+"%")
		}
		line := say("%s: %s", "%s：%s", name, share)
		if !o.From.IsZero() {
			line = join(line, say(", from %s", "，自%s起", tellDate(o.From, time.UTC)))
		}
		if o.Until.Precision() > tracker.Never {
			line = join(line, say(", last day %s", "，最后一日为%s", tellDate(o.Until, time.UTC)))
		}
		lines = append(lines, line.In(lang))
	}
	return lines
}

// naming are the measures that name a party, in their own record or in its.
func naming(s *tracker.Snapshot, e *tracker.Entity, r Request) []glance {
	var list []glance
	for _, m := range s.Measures {
		g := look(m, r)
		if g.Status != tracker.NoStatus && (slices.Contains(g.State.Terms.Entities, e.ID) || slices.Contains(e.Listed, m.ID)) {
			list = append(list, g)
		}
	}
	return list
}

// reaching are the rules on owners, each with whether it reaches the party. The
// route is taken to be one that the rule covers.
func reaching(s *tracker.Snapshot, e *tracker.Entity, r Request) []tracker.Match {
	var list []tracker.Match
	for _, m := range s.Measures {
		if m.Kind != tracker.OwnershipRule {
			continue
		}
		to := e.Country
		if to == "" || to == m.By {
			to = "ZZ" // anywhere else
		}
		for _, match := range s.Check(tracker.Product{Tags: []string{tracker.AllGoods}, From: m.By, To: to, Parties: []string{e.ID}}, r.Query) {
			if match.Measure.ID == m.ID {
				match.Because = slices.DeleteFunc(slices.Clone(match.Because), func(t tracker.Text) bool {
					return strings.HasPrefix(t.EN, "route ") || strings.HasPrefix(t.EN, "covers all goods")
				})
				list = append(list, match)
			}
		}
	}
	return list
}

func glanceLines(list []glance, r Request) []string {
	var lines []string
	for _, g := range list {
		lines = append(lines, say("%s %s — %s", "%s %s——%s", g.ID, g.Title, g.sentence()).In(r.Lang))
	}
	return lines
}

var answerWords = map[tracker.Answer]tracker.Text{
	tracker.Yes:     {EN: "reaches it", ZH: "及于该方"},
	tracker.No:      {EN: "does not reach it", ZH: "不及于该方"},
	tracker.Depends: {EN: "depends", ZH: "视情况而定"},
}

func reachLines(list []tracker.Match, r Request) []string {
	var lines []string
	for _, m := range list {
		g := look(m.Measure, r)
		why := strings.Join(append(inLang(m.Because, r.Lang), inLang(m.DependsOn, r.Lang)...), text("; ", "；").In(r.Lang))
		lines = append(lines, say("%s %s: %s, %s. The rule is %s", "%s %s：%s，%s。该规则%s", g.ID, g.Title, answerWords[m.Applies], why, g.sentence()).In(r.Lang))
	}
	return lines
}

type entityJSON struct {
	ID      string              `json:"id"`
	Name    string              `json:"name"`
	Country string              `json:"country,omitempty"`
	Aliases []string            `json:"aliases,omitempty"`
	Owners  []tracker.Ownership `json:"owners"`
	NamedBy []measureJSON       `json:"named_by"`
	Rules   []matchJSON         `json:"ownership_rules"`
}

func entityData(e *tracker.Entity, named []glance, reached []tracker.Match, r Request) entityJSON {
	data := entityJSON{ID: e.ID, Name: e.Name.In(r.Lang), Country: e.Country, Aliases: e.Aliases, Owners: append([]tracker.Ownership{}, e.Owners...), NamedBy: []measureJSON{}}
	for _, g := range named {
		data.NamedBy = append(data.NamedBy, measureData(g, false))
	}
	data.Rules = checkData(tracker.Product{}, reached, r.Lang).Measures
	return data
}
