package tracker

import (
	"maps"
	"slices"
	"strings"
	"unicode"
)

// touch is how one line of goods and a product meet before the line's
// conditions are looked at: by an HS prefix, or by the first tag that says yes,
// or by all the tags that depend.
type touch struct {
	answer Answer
	tags   []string
	hs     string
}

// touch matches by tag or by HS, whichever says more. Where a line and the
// product can be compared one way, the other way is not asked for.
func (a *asked) touch(g *Goods) touch {
	best := touch{answer: No}
	for i, tag := range g.Tags {
		switch is := a.byTag(tag, len(g.HS) > 0); {
		case is == Yes && !a.another(tag, g.Tags):
			return touch{answer: Yes, tags: g.Tags[i : i+1]}
		case is != No:
			best.answer, best.tags = Depends, append(best.tags, tag)
		}
	}
	for _, prefix := range g.HS {
		switch is := a.byCode(prefix, len(g.Tags) > 0); {
		case is == Yes:
			return touch{answer: Yes, hs: prefix}
		case is == Depends && best.answer == No:
			best = touch{answer: Depends, hs: prefix}
		}
	}
	if len(g.Tags)+len(g.HS) == 0 { // told in words only
		best.answer = Depends
	}
	return best
}

// another says that the product, which bears a tag of a line, bears besides it a
// tag that stands in the tree next to another one of the line, as an anode of
// natural graphite does to a line on anodes and artificial graphite. Then the
// tag that they share is no proof.
func (a *asked) another(shared string, line []string) bool {
	for _, kind := range a.kinds {
		parent := a.s.parentOf(kind)
		if kind == shared || parent == "" || parent == a.s.parentOf(shared) {
			continue
		}
		if slices.ContainsFunc(line, func(t string) bool { return t != kind && !a.bears[t] && a.s.parentOf(t) == parent }) {
			return true
		}
	}
	return false
}

// byTag compares the product with a line's tag; coded says that the line has HS prefixes too.
func (a *asked) byTag(tag string, coded bool) Answer {
	switch {
	case tag == AllGoods || a.bears[tag]:
		return Yes
	case tag == DualUse:
		return Depends
	case len(a.kinds) > 0:
		return a.related(a.kinds, tag)
	case a.p.HS != "" && coded:
		return No
	case len(a.tied) > 0:
		return a.related(a.tied, tag)
	}
	return Depends
}

// byCode compares the product with a line's HS prefix; tagged says that the line has tags too.
func (a *asked) byCode(prefix string, tagged bool) Answer {
	switch {
	case a.p.HS == "" && tagged:
		return No
	case a.p.HS == "":
		return Depends
	case strings.HasPrefix(a.p.HS, prefix):
		return Yes
	case strings.HasPrefix(prefix, a.p.HS):
		return Depends
	}
	return No
}

// related says depends where one of the tags is tag, or above or below it.
func (a *asked) related(tags []string, tag string) Answer {
	for _, t := range tags {
		if t == tag || a.s.isAbove(t, tag) || a.s.isAbove(tag, t) {
			return Depends
		}
	}
	return No
}

// touchesAny says whether a measure could ever cover the product, by its own
// goods or by those that any of its events brings.
func (a *asked) touchesAny(m *Measure) bool {
	if len(m.Goods) == 0 || a.touchesOne(m.Goods) {
		return true
	}
	for i := range m.Events {
		if a.touchesOne(m.Events[i].Goods) {
			return true
		}
	}
	return false
}

func (a *asked) touchesOne(lines []Goods) bool {
	for i := range lines {
		if a.touch(&lines[i]).answer != No {
			return true
		}
	}
	return false
}

// goods is the finding on a measure's lines. Where none of them touches the
// product, touched is false: the measure has nothing to do with it.
func (a *asked) goods(kind Kind, terms Terms) (f finding, touched bool) {
	if len(terms.Goods) == 0 {
		return yes(Text{EN: "names no goods: covers any", ZH: "未限定商品：均在其内"}), true
	}
	abroad := reachesAbroad(terms)
	var lines []finding
	for i := range terms.Goods {
		g := &terms.Goods[i]
		t := a.touch(g)
		if t.answer == No {
			continue
		}
		line := all(append([]finding{a.tell(t, g)}, a.conditions(kind, g.Where)...)...)
		if abroad && !hasOrigin(g) {
			line = all(line, open(say("whether it is “%s”", "是否为“%s”", a.lineName(g))))
		}
		lines = append(lines, line)
	}
	return either(lines...), len(lines) > 0
}

// tell puts a touch in words.
func (a *asked) tell(t touch, g *Goods) finding {
	line := a.lineName(g)
	switch {
	case t.answer == Depends:
		return open(a.ask(t, line), say("may cover it: “%s”", "可能涵盖：“%s”", line))
	case t.hs != "":
		return yes(say("covers “%s”: HS %s", "涵盖“%s”：HS %s", line, t.hs))
	case t.tags[0] == AllGoods:
		return yes(Text{EN: "covers all goods", ZH: "涵盖全部商品"})
	}
	return yes(say("covers “%s”: %s", "涵盖“%s”：%s", line, a.kindList(t.tags)))
}

// ask says what would have to be known for a touch that depends.
func (a *asked) ask(t touch, line Text) Text {
	switch {
	case slices.Contains(t.tags, DualUse):
		return Text{EN: "whether it is on the list of dual-use items", ZH: "是否列入两用物项清单"}
	case t.hs != "" && a.p.HS != "":
		return say("which goods of HS %s they are: covers %s", "属于HS %s下的哪些商品：涵盖%s", a.p.HS, t.hs)
	case t.hs != "":
		return say("its HS code: covers %s", "HS编码：涵盖%s", t.hs)
	case len(t.tags) == 0:
		return say("whether it is “%s”", "是否为“%s”", line)
	case len(a.kinds) > 0:
		return say("which kind of %s it is: covers %s", "属于哪一种%s：涵盖%s", a.kindList(a.kinds), a.kindList(t.tags))
	case a.p.HS != "":
		return say("whether HS %s counts as %s", "HS %s是否属于%s", a.p.HS, a.kindList(t.tags))
	}
	return say("what the goods are: covers %s", "是什么商品：涵盖%s", a.kindList(t.tags))
}

// conditions are the findings on what a line asks of the goods, in the order of their names.
func (a *asked) conditions(kind Kind, where map[string]string) []finding {
	var fs []finding
	for _, attribute := range slices.Sorted(maps.Keys(where)) {
		c, err := ParseCondition(where[attribute])
		if err != nil {
			fs = append(fs, open(say("%s: %s", "%s：%s", attribute, where[attribute])))
			continue
		}
		n, known := a.p.Attrs[attribute]
		fs = append(fs, c.finding(kind, attribute, n, known))
	}
	return fs
}

func (c Condition) finding(kind Kind, attribute string, n float64, known bool) finding {
	name, unit := attributeWords(attribute)
	covered := Text{EN: "covered", ZH: "适用"}
	if kind == ExportControl {
		covered = Text{EN: "controlled", ZH: "受控"}
	}
	bounds := c.bounds(unit)
	if !known {
		return open(say("%s: %s %s", "%[1]s：%[3]s时%[2]s", name, covered, bounds))
	}
	if c.Met(n) {
		return yes(say("%s %s: %s %s", "%[1]s%[2]s：%[4]s时%[3]s", name, number(n)+unit, covered, bounds))
	}
	return no(say("%s %s: %s only %s", "%[1]s%[2]s：%[4]s才%[3]s", name, number(n)+unit, covered, bounds))
}

// reachesAbroad says that a measure is about goods made or traded outside the
// country that sets it, which shows in a condition on their share of that
// country's origin (announcement 61 of 2025: china_origin_value_percent).
func reachesAbroad(terms Terms) bool {
	for i := range terms.Goods {
		if hasOrigin(&terms.Goods[i]) {
			return true
		}
	}
	return false
}

func hasOrigin(g *Goods) bool {
	for attribute := range g.Where {
		if strings.Contains(attribute, "_origin_value_") {
			return true
		}
	}
	return false
}

// lineName is what a line calls its goods, or the tags or prefixes that it lists.
func (a *asked) lineName(g *Goods) Text {
	if g.Name != (Text{}) {
		return g.Name
	}
	var names []Text
	for _, tag := range g.Tags {
		names = append(names, a.s.tagName(tag))
	}
	for _, prefix := range g.HS {
		names = append(names, Text{EN: "HS " + prefix, ZH: "HS " + prefix})
	}
	return list(names)
}

// kindList names tags as they stand within a sentence.
func (a *asked) kindList(tags []string) Text {
	var names []Text
	for _, tag := range tags {
		name := a.s.tagName(tag)
		runes := []rune(name.EN)
		if len(runes) > 1 && unicode.IsUpper(runes[0]) && unicode.IsLower(runes[1]) {
			name.EN = string(unicode.ToLower(runes[0])) + string(runes[1:])
		}
		names = append(names, name)
	}
	return list(names)
}

// tiedTo lists the tags that recorded lines give together with an HS prefix
// that the code comes under. They are what goods of the code may be; none
// where no line tells, or where the code is too short to come under a prefix.
func (s *Snapshot) tiedTo(code string) []string {
	tags := map[string]bool{}
	for _, m := range s.Measures {
		for i := range m.Goods {
			g := &m.Goods[i]
			if !slices.ContainsFunc(g.HS, func(prefix string) bool { return strings.HasPrefix(code, prefix) }) {
				continue
			}
			for _, tag := range g.Tags {
				tags[tag] = true
			}
		}
	}
	delete(tags, AllGoods)
	delete(tags, DualUse)
	return slices.Sorted(maps.Keys(tags))
}
