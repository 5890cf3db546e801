package tracker

import (
	"slices"
	"time"
)

// half is the share from which an ownership rule reaches a party: the 50 percent
// of OFAC's guidance of 13 August 2014 and of the BIS affiliates rule. The
// tolerance lets 0.3, 32.3 and 17.4 add up in binary.
const half = 50 - 1e-9

// heldAt says whether the share was held at an instant. It depends inside a
// stretch in which a coarse date could fall.
func (o Ownership) heldAt(on time.Time, zone *time.Location) Answer {
	switch {
	case !o.From.IsZero() && on.Before(o.From.First(zone)):
		return No
	case o.ends() && !on.Before(o.Until.After(zone)):
		return No
	case o.From.Coarse() && on.Before(o.From.After(zone)):
		return Depends
	case o.ends() && o.Until.Coarse() && !on.Before(o.Until.First(zone)):
		return Depends
	}
	return Yes
}

func (o Ownership) ends() bool { return o.Until.Precision() > Never }

// share is what one owner holds, or perhaps holds, of a party.
type share struct {
	owner   string
	percent *float64 // nil: not known
	certain bool     // that it was held at all at the instant
}

// holdings is who owns whom, from one party upwards, at an instant.
type holdings struct {
	order  []string // the party, then its owners, then theirs, each once: rings end here
	shares map[string][]share
}

func (s *Snapshot) holdingsOf(party string, on time.Time, zone *time.Location) *holdings {
	h := &holdings{order: []string{party}, shares: map[string][]share{}}
	seen := map[string]bool{party: true}
	for i := 0; i < len(h.order); i++ {
		e := s.entities[h.order[i]]
		if e == nil {
			continue
		}
		for _, o := range e.Owners {
			held := o.heldAt(on, zone)
			if held == No {
				continue
			}
			h.shares[e.ID] = append(h.shares[e.ID], share{o.Entity, o.Percent, held == Yes})
			if !seen[o.Entity] {
				seen[o.Entity] = true
				h.order = append(h.order, o.Entity)
			}
		}
	}
	return h
}

// reach is the listed parties and whomever they own by half or more, each with
// its turn, from 1: whoever is in reach is so by parties of earlier turns. What
// the parties in reach hold of one party is counted by held.
//
// Whoever is reached counts whole as an owner of the next: shares are added up
// at each step, not multiplied along the chain. So OFAC reads "indirectly" (FAQ
// 401, 13 August 2014), and so does supplement 8 to 15 CFR part 744, added by the
// interim final rule of 29 September 2025 (RIN 0694-AK11).
func (h *holdings) reach(listed map[string][]Text, held func([]share, map[string]int) float64) map[string]int {
	in := map[string]int{}
	for _, id := range h.order {
		if len(listed[id]) > 0 {
			in[id] = len(in) + 1
		}
	}
	for before := -1; before < len(in); {
		before = len(in)
		for _, id := range slices.Backward(h.order) {
			if in[id] == 0 && held(h.shares[id], in) >= half {
				in[id] = len(in) + 1
			}
		}
	}
	return in
}

// surely adds up what is known to be held by the parties in reach.
func surely(shares []share, in map[string]int) float64 {
	sum := 0.0
	for _, s := range shares {
		if s.certain && s.percent != nil && in[s.owner] > 0 {
			sum += *s.percent
		}
	}
	return sum
}

// possibly adds up what the parties in reach can hold at most: shares that are
// not known share what the known ones leave.
func possibly(shares []share, in map[string]int) float64 {
	sum, rest, unknown := 0.0, 100.0, false
	for _, s := range shares {
		switch {
		case s.percent == nil:
			unknown = unknown || in[s.owner] > 0
		case in[s.owner] > 0:
			sum += *s.percent
		}
		if s.percent != nil && s.certain {
			rest -= *s.percent
		}
	}
	if unknown {
		sum += max(rest, 0)
	}
	return sum
}

// ownership is the finding of a 50 percent rule on the parties, by the owners
// that are recorded: a party whose owners nobody recorded is not reached.
func (a *asked) ownership(m *Measure, terms Terms) finding {
	listed := a.extended(m, terms)
	switch {
	case len(listed) == 0:
		return open(Text{EN: "whom it reaches: no list that it extends is recorded", ZH: "所及对象：未收录其所延伸的清单"})
	case len(a.p.Parties) == 0:
		return open(Text{EN: "who the parties are, and who owns them", ZH: "当事方及其股东是谁"})
	}
	on, _ := a.q.In(m.Location())
	var fs []finding
	for _, party := range a.p.Parties {
		if a.s.entities[party] == nil && len(listed[party]) == 0 {
			fs = append(fs, open(say("who owns %s: it is not recorded", "%s的股东：未收录", party)))
			continue
		}
		fs = append(fs, a.owned(a.s.holdingsOf(party, on, m.Location()), listed))
	}
	return either(fs...)
}

// extended is whom an ownership rule starts from: the parties that it names and
// those named by the measures that it extends, each with the measures that do.
func (a *asked) extended(m *Measure, terms Terms) map[string][]Text {
	listed := map[string][]Text{}
	for _, id := range a.names(m, terms) {
		listed[id] = addNew(listed[id], []Text{{EN: m.ID, ZH: m.ID}})
	}
	for _, r := range m.Relates {
		of := a.s.measures[r.To]
		if r.As != Extends || of == nil {
			continue
		}
		st := of.Asked(a.q)
		if st.Status == NoStatus || st.Status == StatusEnded {
			continue
		}
		for _, id := range a.names(of, st.Terms) {
			listed[id] = addNew(listed[id], []Text{listName(of.ID, st.Status)})
		}
	}
	return listed
}

// owned is the finding on one party, with the chain that leads to it.
func (a *asked) owned(h *holdings, listed map[string][]Text) finding {
	party := h.order[0]
	sure := h.reach(listed, surely)
	if sure[party] > 0 {
		return yes(a.chain(h, listed, sure)...)
	}
	if maybe := h.reach(listed, possibly); maybe[party] > 0 {
		f := finding{answer: Depends}
		for _, id := range h.order {
			if maybe[id] > 0 && sure[id] == 0 {
				f.depends = addNew(f.depends, a.unknownShares(id, h.shares[id], maybe))
			}
		}
		return f
	}
	if sum := surely(h.shares[party], sure); sum > 0 {
		return no(say("%s is owned %s %% by listed parties: the rule begins at 50 %%", "列名方共持有%s的%s%%：规则自50%%起适用", a.party(party), number(sum)))
	}
	return no(say("no owner of %s that is listed is recorded", "未收录%s有被列名的股东", a.party(party)))
}

// chain tells, from the party upwards, by whom each is owned that is in reach
// without being listed, and by what the others are listed.
func (a *asked) chain(h *holdings, listed map[string][]Text, in map[string]int) []Text {
	if by := listed[h.order[0]]; len(by) > 0 {
		return []Text{say("%s is itself listed by %s", "%s本身被%s列名", a.party(h.order[0]), list(by))}
	}
	const most = 8
	var steps []Text
	told := map[string]bool{h.order[0]: true}
	for _, id := range h.order {
		if !told[id] || len(listed[id]) > 0 {
			continue
		}
		if len(steps) == most {
			return append(steps, Text{EN: "and so on up to listed parties", ZH: "依此上溯至列名方"})
		}
		var owners []Text
		for _, s := range h.shares[id] {
			if s.certain && s.percent != nil && in[s.owner] > 0 && in[s.owner] < in[id] {
				told[s.owner] = true
				owners = append(owners, a.owner(s, listed[s.owner]))
			}
		}
		steps = append(steps, say("%s is owned %s", "%s：%s", a.party(id), list(owners)))
	}
	return steps
}

// owner tells one share, and by what its owner is listed.
func (a *asked) owner(s share, by []Text) Text {
	told := say("%s %% by %s", "%[2]s持股%[1]s%%", number(*s.percent), a.party(s.owner))
	if len(by) > 0 {
		told = say("%s, listed by %s", "%s（被%s列名）", told, list(by))
	}
	return told
}

// unknownShares asks for the shares in one party that could decide.
func (a *asked) unknownShares(party string, shares []share, maybe map[string]int) []Text {
	var on []Text
	for _, s := range shares {
		switch {
		case maybe[s.owner] == 0:
		case s.percent == nil:
			on = append(on, say("what share of %s %s holds: not recorded", "%[2]s在%[1]s的持股比例：未收录", a.party(party), a.party(s.owner)))
		case !s.certain:
			on = append(on, say("whether %s held its %s %% of %s by then: the date is known only coarsely",
				"%[1]s当时是否持有%[3]s的%[2]s%%：日期仅大致可知", a.party(s.owner), number(*s.percent), a.party(party)))
		}
	}
	return on
}

// listName names a list, and says so where it is not in force.
func listName(id string, status Status) Text {
	words, ok := map[Status]Text{
		StatusSuspended: {EN: "suspended", ZH: "暂停中"},
		StatusAnnounced: {EN: "announced", ZH: "已公布"},
		StatusProposed:  {EN: "proposed", ZH: "拟议中"},
	}[status]
	if !ok {
		return Text{EN: id, ZH: id}
	}
	return say("%s (%s)", "%s（%s）", id, words)
}
