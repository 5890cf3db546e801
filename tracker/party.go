package tracker

import "slices"

// Entity is a party: a firm, an agency, a person.
type Entity struct {
	ID      string      `json:"id" yaml:"id"`
	Name    Text        `json:"name" yaml:"name"`
	Country string      `json:"country,omitempty" yaml:"country,omitempty"`
	Aliases []string    `json:"aliases,omitempty" yaml:"aliases,omitempty"`
	Owners  []Ownership `json:"owners,omitempty" yaml:"owners,omitempty"`
	Listed  []string    `json:"listed,omitempty" yaml:"listed,omitempty"` // measures that name it
	Note    Text        `json:"note,omitzero" yaml:"note,omitempty"`
}

// Ownership is one owner's share. A nil Percent is a share that is not known.
type Ownership struct {
	Entity  string   `json:"entity" yaml:"entity"`
	Percent *float64 `json:"percent,omitempty" yaml:"percent,omitempty"`
	From    Date     `json:"from,omitzero" yaml:"from,omitempty"`
	Until   Date     `json:"until,omitzero" yaml:"until,omitempty"`
	Source  *Source  `json:"source,omitempty" yaml:"source,omitempty"`
}

// named is the finding on the parties that a measure names. What it names them
// for follows from its kind: a list, those listed; an import restriction, the
// exporters shut out; an export control or an order, the firms bound; a licence,
// its holders. Who owns them is a matter for an ownership rule alone.
func (a *asked) named(m *Measure, names []string) finding {
	if len(names) == 0 {
		return open(Text{EN: "who the parties are: those that it names are not recorded", ZH: "当事方是谁：其点名的各方未收录"})
	}
	if len(a.p.Parties) == 0 {
		return open(say("who the parties are: names %s", "当事方是谁：点名%s", a.partyList(names)))
	}
	for _, party := range a.p.Parties {
		if slices.Contains(names, party) {
			return yes(say("names %s", "点名%s", a.party(party)))
		}
	}
	if m.Kind == Licence { // holders are seldom made public in full
		return open(say("whether one of the parties holds it: recorded holders are %s", "当事方是否持有：已知持有者为%s", a.partyList(names)))
	}
	return no(append(a.namedOwners(m, names),
		say("names %s, none of the parties given", "点名%s，不含所给当事方", a.partyList(names)))...)
}

// namedOwners tells which owners of the parties a list names: that alone does
// not reach the parties, but a reader should know it.
func (a *asked) namedOwners(m *Measure, names []string) []Text {
	if m.Kind != EntityList {
		return nil
	}
	on, _ := a.q.In(m.Location())
	var told []Text
	for _, party := range a.p.Parties {
		for _, owner := range a.s.holdingsOf(party, on, m.Location()).order[1:] {
			if slices.Contains(names, owner) {
				told = append(told, say("names %s, an owner of %s: only a rule on owners reaches on to it", "点名%[2]s的股东%[1]s：仅持股规则可延及", a.party(owner), a.party(party)))
			}
		}
	}
	return told
}

// names are the parties that a measure names, by its own record or by theirs.
func (a *asked) names(m *Measure, terms Terms) []string {
	return slices.Concat(terms.Entities, a.listed[m.ID])
}

func (a *asked) party(id string) Text {
	if e := a.s.entities[id]; e != nil && e.Name != (Text{}) {
		return e.Name
	}
	return Text{EN: id, ZH: id}
}

// partyList names up to five parties and counts the rest.
func (a *asked) partyList(parties []string) Text {
	const most = 5
	var names []Text
	for _, id := range parties {
		names = addNew(names, []Text{a.party(id)})
	}
	if more := len(names) - most; more > 0 {
		names = append(names[:most], say("%d more", "另外%d家", more))
	}
	return list(names)
}
