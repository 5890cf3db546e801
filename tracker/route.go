package tracker

import (
	"slices"
	"strings"
)

// euMembers are the 27 members of the European Union by ISO 3166-1 alpha-2
// code, as europa.eu lists them under "EU countries" (Greece is GR here, not EL).
const euMembers = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"

// liesIn says whether a country is a place or lies in it. Hong Kong and Macao
// are places of their own. A country that is not known depends, and so does
// "EU" where one of its members is meant.
func liesIn(place, country string) Answer {
	switch {
	case country == "":
		return Depends
	case place == country:
		return Yes
	case place == "EU":
		return answer(isMember(country))
	case country == "EU" && isMember(place):
		return Depends
	}
	return No
}

func isMember(country string) bool { return slices.Contains(strings.Fields(euMembers), country) }

// liesInAny is [liesIn] for the countries that a measure hits; none means all.
func liesInAny(places []string, country string) Answer {
	if len(places) == 0 {
		return Yes
	}
	best := No
	for _, place := range places {
		switch liesIn(place, country) {
		case Yes:
			return Yes
		case Depends:
			best = Depends
		}
	}
	return best
}

// flows says whether measures of a kind restrict a flow of goods at all.
// Frameworks, instruments, investigations, court orders, subsidies and price
// floors do not.
func (k Kind) flows() bool {
	switch k {
	case ExportControl, Tariff, ImportRestriction, EntityList, OwnershipRule, PortFee, Licence, ControlOrder:
		return true
	}
	return false
}

// route is the finding on where goods come from and go. Which end a measure
// looks at follows from its kind:
//
//   - an export control or a licence binds exports from its country to those that it is against;
//   - a tariff or an import restriction binds imports into its country from those that it is against;
//   - a port fee is taken in its country from ships of those that it is against;
//   - a listing follows the party, so that the countries it is against (whose parties it names) are no
//     limit to where goods may be bound: 15 CFR 744.11 asks for a licence wherever a listed party takes part;
//   - an order on a company binds no route.
func (a *asked) route(m *Measure, terms Terms) finding {
	switch m.Kind {
	case ExportControl, Licence:
		if reachesAbroad(terms) {
			return a.abroad(m.By, terms.Against)
		}
		return a.export(m.By, terms.Against)
	case Tariff, ImportRestriction, PortFee:
		return a.importing(m.By, terms.Against)
	case EntityList, OwnershipRule:
		return a.listing(m.By, len(terms.Goods) == 0)
	}
	return yes()
}

// export binds what leaves by for one of the countries that it is against.
func (a *asked) export(by string, against []string) finding {
	leaves := say("covers exports from %s", "涵盖自%s出口", by)
	goes := say("covers exports from %s to %s", "涵盖自%s出口至%s", by, anyOf(against))
	return a.withRoute(
		a.from(liesIn(by, a.p.From), leaves),
		a.to(not(liesIn(by, a.p.To)), goes),
		a.to(liesInAny(against, a.p.To), goes))
}

// abroad binds what others make of by's goods, or pass on, for third countries.
func (a *asked) abroad(by string, against []string) finding {
	covers := say("covers trade outside %s", "涵盖%s以外的交易", by)
	return a.withRoute(
		a.from(not(liesIn(by, a.p.From)), covers),
		a.to(not(liesIn(by, a.p.To)), covers),
		a.to(liesInAny(against, a.p.To), say("covers goods for %s", "涵盖输往%s的商品", anyOf(against))))
}

// importing binds what enters by from one of the countries that it is against.
func (a *asked) importing(by string, against []string) finding {
	enters := say("covers what enters %s", "涵盖进入%s", by)
	comes := say("covers what enters %s from %s", "涵盖自%[2]s进入%[1]s", by, anyOf(against))
	return a.withRoute(
		a.to(liesIn(by, a.p.To), enters),
		a.from(not(liesIn(by, a.p.From)), comes),
		a.from(liesInAny(against, a.p.From), comes))
}

// listing binds what leaves by for a listed party, wherever that is. A listing
// that names no goods bars dealings of every kind, both ways.
func (a *asked) listing(by string, anyDealing bool) finding {
	from, to := liesIn(by, a.p.From), liesIn(by, a.p.To)
	covers := say("covers exports from %s", "涵盖自%s出口", by)
	switch {
	case anyDealing && (from == Yes || to == Yes):
		return a.withRoute()
	case anyDealing && from == No && to == No:
		return no(say("%s to %s: bars dealings with %s only", "%s至%s：仅禁止与%s的交易", a.p.From, a.p.To, by))
	case anyDealing:
		return open(say("where it comes from and goes: bars dealings with %s", "来自何处、运往何处：禁止与%s的交易", by))
	case from == No && to == No:
		return open(say("whether the rules of %s reach it although it comes from %s", "来自%[2]s时是否仍受%[1]s规则管辖", by, a.p.From))
	case from == No:
		return a.to(not(to), covers)
	}
	return a.withRoute(a.from(from, covers), a.to(not(to), covers))
}

// withRoute is all of the legs, and names the route where they say yes.
func (a *asked) withRoute(legs ...finding) finding {
	f := all(legs...)
	if f.answer == Yes && a.p.From != "" && a.p.To != "" {
		f.because = []Text{say("route %s to %s", "路线：%s至%s", a.p.From, a.p.To)}
	}
	return f
}

// from is one end of a route: whether it is where a measure looks, which covers tells.
func (a *asked) from(is Answer, covers Text) finding {
	switch is {
	case Yes:
		return yes()
	case No:
		return no(say("from %s: %s", "来自%s：%s", a.p.From, covers))
	}
	return open(say("where it comes from: %s", "来自何处：%s", covers))
}

// to is the other end.
func (a *asked) to(is Answer, covers Text) finding {
	switch is {
	case Yes:
		return yes()
	case No:
		return no(say("to %s: %s", "运往%s：%s", a.p.To, covers))
	}
	return open(say("where it goes: %s", "运往何处：%s", covers))
}

// anyOf names the countries that a measure is against.
func anyOf(countries []string) Text {
	if len(countries) == 0 {
		return Text{EN: "any other country", ZH: "任何其他国家"}
	}
	var names []Text
	for _, c := range countries {
		names = append(names, Text{EN: c, ZH: c})
	}
	return list(names)
}

// otherEnd compares the end of the route that a measure's against is about.
func (a *asked) otherEnd(kind Kind, against []string) finding {
	covers := anyOf(against)
	switch kind {
	case Tariff, ImportRestriction, PortFee:
		return a.from(liesInAny(against, a.p.From), covers)
	}
	return a.to(liesInAny(against, a.p.To), covers)
}
