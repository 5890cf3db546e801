package tracker

import "slices"

// Product is what a check asks about. A field that is empty is not known.
type Product struct {
	Tags    []string           `json:"tags,omitempty"`    // slugs of the goods tree
	HS      string             `json:"hs,omitempty"`      // Harmonized System code, digits only
	From    string             `json:"from,omitempty"`    // country of origin or dispatch, ISO 3166-1 alpha-2
	To      string             `json:"to,omitempty"`      // country of destination
	EndUse  EndUse             `json:"end_use,omitempty"` // civil or military
	Parties []string           `json:"parties,omitempty"` // ids of the parties to the deal: all of them, where any is given
	Attrs   map[string]float64 `json:"attrs,omitempty"`   // attribute with its unit in the name, such as energy_density_wh_kg
}

// Match is how one measure bears on a product.
type Match struct {
	Measure   *Measure
	State     State
	Applies   Answer // by scope; State says whether the measure is in force
	Because   []Text // each dimension's finding, in order: goods, route, end use, parties, exemptions
	DependsOn []Text // what would have to be known
}

// Check finds every measure that bears on a product, ordered by id. Left out
// are measures that have ended or not begun to exist, those whose goods have
// nothing to do with the product, those of a kind that restricts no flow of
// goods, and orders on companies that are not among the parties. A measure that
// lists the product and is ruled out by a condition, the route, the end use,
// the parties or an exemption stays, with no and the reason.
//
// An answer that is definite stays so when an attribute, the end use or an end
// of the route becomes known.
func (s *Snapshot) Check(p Product, q Query) []Match {
	a := s.asked(p, q)
	exempting := a.exempting()
	var matches []Match
	for _, m := range s.Measures {
		if !m.Kind.flows() || !a.touchesAny(m) {
			continue
		}
		if match, ok := a.match(m, exempting[m.ID]); ok {
			matches = append(matches, match)
		}
	}
	return matches
}

// asked is a product made ready to be held against many measures.
type asked struct {
	s      *Snapshot
	p      Product
	q      Query
	kinds  []string            // the product's lowest tags; none where only a list such as dual-use is known
	bears  map[string]bool     // its tags and those above them
	tied   []string            // without kinds: the tags that recorded lines tie to the HS code
	listed map[string][]string // by measure, the parties whose own record says that it names them
}

func (s *Snapshot) asked(p Product, q Query) *asked {
	a := &asked{s: s, p: p, q: q, bears: map[string]bool{}, listed: map[string][]string{}}
	for _, tag := range s.TagsAbove(p.Tags) {
		a.bears[tag] = true
	}
	a.kinds = slices.DeleteFunc(s.lowest(p.Tags), func(tag string) bool { return tag == AllGoods || tag == DualUse })
	if len(a.kinds) == 0 && p.HS != "" {
		a.tied = s.tiedTo(p.HS)
	}
	for _, e := range s.Entities {
		for _, measure := range e.Listed {
			a.listed[measure] = append(a.listed[measure], e.ID)
		}
	}
	return a
}

// match holds one measure against the product; exempting are the measures in
// force that may exempt from it.
func (a *asked) match(m *Measure, exempting []*Measure) (Match, bool) {
	st := m.Asked(a.q)
	if st.Status == NoStatus || st.Status == StatusEnded {
		return Match{}, false
	}
	f, ok := a.scope(m, st.Terms)
	if !ok {
		return Match{}, false
	}
	f = a.letOff(f, m, st.Exempted)
	for _, x := range exempting {
		f = f.unless(say("may be exempt under “%s” (%s)", "可能依“%s”（%s）获豁免", x.Title, x.ID))
	}
	return Match{Measure: m, State: st, Applies: f.answer, Because: f.because, DependsOn: f.depends}, true
}

// scope is the finding on a measure without its exemptions. It is not ok where
// the measure has nothing to do with the product.
func (a *asked) scope(m *Measure, terms Terms) (f finding, ok bool) {
	goods, touched := a.goods(m.Kind, terms)
	parties := a.parties(m, terms)
	if !touched || m.Kind == ControlOrder && parties.answer != Yes {
		return finding{}, false
	}
	findings := []finding{goods, a.route(m, terms), a.use(terms.EndUse), parties}
	f = all(findings...)
	f.because = nil
	for _, each := range findings {
		f.because = addNew(f.because, each.because)
	}
	return f, true
}

func (a *asked) parties(m *Measure, terms Terms) finding {
	if m.Kind == OwnershipRule {
		return a.ownership(m, terms)
	}
	names := a.names(m, terms)
	if len(names) == 0 && m.Kind != EntityList {
		return yes()
	}
	return a.named(m, names)
}

// useWords are what end uses are called.
var useWords = map[EndUse]Text{Civil: {EN: "civil", ZH: "民用"}, Military: {EN: "military", ZH: "军用"}}

// use compares the product's end use with the one that a measure is about.
func (a *asked) use(want EndUse) finding {
	switch {
	case want == "" || want == AnyUse:
		return yes()
	case a.p.EndUse == "" || a.p.EndUse == AnyUse:
		return open(say("its end use: covers %s use", "最终用途：涵盖%s", useWords[want]))
	case a.p.EndUse == want:
		return yes(say("end use: %s", "最终用途：%s", useWords[want]))
	}
	return no(say("end use %s: covers %s use only", "最终用途为%s：仅涵盖%s", useWords[a.p.EndUse], useWords[want]))
}
