package bot

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"derisk/tracker"
)

var codeInText = regexp.MustCompile(`(?i)\b(?:HS|HTS|code|编码|税号)\s*:?\s*([0-9][0-9.]{3,12}[0-9])|\b([0-9]{4}\.[0-9]{2}(?:\.[0-9]{2,4})?)\b`)

// byGoods answers about products.
func (a *inquiry) byGoods() bool {
	p := tracker.Product{}
	for _, t := range a.s.FindTags(a.q.left) {
		if !slices.Contains(broadTags, t.Slug) {
			a.goods = append(a.goods, t.Slug)
		}
	}
	if at := codeInText.FindStringSubmatchIndex(a.q.left); at != nil {
		code := codeInText.FindStringSubmatch(a.q.left)
		if found, err := a.s.Resolve(code[1] + code[2]); err == nil {
			p.HS = found.HS
			a.q.blank(at[0], at[1])
		}
	}
	if len(a.goods) == 0 && p.HS == "" {
		return false
	}
	p.Tags = lowestTags(a.s, a.goods)
	p.Attrs = a.attributes(p)
	a.taxedPlaces()
	for _, c := range a.places {
		switch {
		case (c.as == origin || c.as == hit && a.asksTariff()) && p.From == "":
			p.From = c.code
		case c.as == target && p.To == "":
			p.To = c.code
		}
	}
	switch {
	case a.q.intent == AskNext:
		a.upcoming(func(g glance) bool { return namesGoods(a.s, g.State.Terms, p) })
	case a.q.intent == AskStatus && !a.otherKind() || a.q.intent == AskList && (p.From != "" || p.To != "") || len(a.bearing(p)) == 0:
		a.product(p)
	default:
		a.aboutMeasures(a.titledAmong(a.narrow(a.bearing(p))))
	}
	return true
}

// taxedPlaces reads a tariff's countries: 对美国加征 is on what comes from there, and
// so are tariffs on US goods that enter somewhere else.
func (a *inquiry) taxedPlaces() {
	if !a.asksTariff() || len(a.places) != 2 {
		return
	}
	first, second := &a.places[0], &a.places[1]
	if first.from > second.from {
		first, second = second, first
	}
	switch {
	case first.as == mentioned && second.as == target && strings.Contains(a.q.text, "对"):
		first.as, second.as = target, origin
	case first.as == mentioned && second.as == target:
		first.as = origin
	case first.as == mentioned && second.as == hit:
		first.as, second.as = target, origin
	}
}

var (
	figure    = regexp.MustCompile(`(?i)(\d+(?:\.\d+)?)\s*(wh/kg|mah/g|g/cm3|mpa)`)
	unitNames = map[string]string{"wh/kg": "_wh_kg", "mah/g": "_mah_g", "g/cm3": "_g_cm3", "mpa": "_mpa"}
)

// attributes reads figures with their units. A figure is taken for an attribute
// only where the measures on these goods know but one with that unit.
func (a *inquiry) attributes(p tracker.Product) map[string]float64 {
	attrs := map[string]float64{}
	for _, at := range figure.FindAllStringSubmatchIndex(a.q.left, -1) {
		unit := unitNames[strings.ToLower(a.q.left[at[4]:at[5]])]
		names := map[string]bool{}
		for _, m := range a.bearing(p) {
			for _, g := range m.Goods {
				for name := range g.Where {
					if strings.HasSuffix(name, unit) {
						names[name] = true
					}
				}
			}
		}
		if value, err := strconv.ParseFloat(a.q.left[at[2]:at[3]], 64); err == nil && len(names) == 1 {
			attrs[slices.Sorted(maps.Keys(names))[0]] = value
			a.q.blank(at[0], at[1])
		}
	}
	return attrs
}

// otherKind says that the question names a kind of measure that is not about a
// product as such.
func (a *inquiry) otherKind() bool {
	kinds := wantedKinds(a.q.text)
	return len(kinds) > 0 && !slices.Contains(kinds, tracker.ExportControl) && !slices.Contains(kinds, tracker.Tariff)
}

func lowestTags(s *tracker.Snapshot, tags []string) []string {
	return slices.DeleteFunc(slices.Clone(tags), func(t string) bool {
		return slices.ContainsFunc(tags, func(other string) bool { return other != t && slices.Contains(s.TagsAbove([]string{other}), t) })
	})
}

// bearing are the measures that speak of the product's goods, ended ones too.
func (a *inquiry) bearing(p tracker.Product) []*tracker.Measure {
	return keep(a.s.Measures, func(m *tracker.Measure) bool {
		g := look(m, a.r)
		return g.Status != tracker.NoStatus && namesGoods(a.s, g.State.Terms, p)
	})
}

// titledAmong keeps those whose titles the question's words name, if any.
func (a *inquiry) titledAmong(list []*tracker.Measure) []*tracker.Measure {
	titled := a.x.titled(a.q.left)
	if both := keep(list, func(m *tracker.Measure) bool { return slices.Contains(titled, m) }); len(both) > 0 {
		return both
	}
	return list
}

// product answers what bears on a product now: the measures that name its goods
// one by one, those on all goods by their ids.
func (a *inquiry) product(p tracker.Product) {
	a.known = true
	kinds := wantedKinds(a.q.text)
	taxed := slices.Contains(kinds, tracker.Tariff)
	var own, broad []tracker.Match
	for _, m := range a.s.Check(p, a.r.Query) {
		switch {
		case len(kinds) > 0 && !slices.Contains(kinds, m.Measure.Kind):
		case namesGoods(a.s, m.State.Terms, p), taxed && m.Applies != tracker.No:
			own = append(own, m)
		case m.Applies != tracker.No:
			broad = append(broad, m)
		}
	}
	slices.SortStableFunc(own, byWeight)
	told := controls
	if taxed || len(own) > 0 && !slices.ContainsFunc(own, isControl) {
		told = levies
	}
	v := weigh(keepKind(own, told.of))
	a.tone = v.tone()
	a.say(join(a.productName(p), v.short(told)))
	a.fromActing(p, own, told)
	for _, m := range own {
		a.mention(m.Measure)
		g := look(m.Measure, a.r)
		told := say("%s: %s, %s", "%s：%s，%s", g.ID, g.sentence(), appliesWords[m.Applies])
		why := m.Because
		if m.Applies == tracker.Depends {
			why = m.DependsOn
		}
		a.say(say("%s: %s.", "%s：%s。", told, text(strings.Join(inLang(why, "en"), "; "), strings.Join(inLang(why, "zh"), "；"))))
		for _, t := range g.reported() {
			if m.Applies != tracker.No && len(own) <= 3 {
				a.say(t)
			}
		}
	}
	a.endedToo(p, kinds)
	if len(broad) > 0 {
		var list []*tracker.Measure
		for _, m := range broad {
			list = append(list, m.Measure)
		}
		a.say(say("On all goods, dual-use goods or parties, and perhaps on this too: %s.", "针对全部商品、两用物项或当事方、也可能涉及本品：%s。", idList(list)))
	}
}

var appliesWords = map[tracker.Answer]tracker.Text{
	tracker.Yes:     {EN: "applies", ZH: "适用"},
	tracker.No:      {EN: "does not apply", ZH: "不适用"},
	tracker.Depends: {EN: "depends on", ZH: "取决于"},
}

// endedToo names the measures on these goods that are over.
func (a *inquiry) endedToo(p tracker.Product, kinds []tracker.Kind) {
	for _, m := range a.bearing(p) {
		g := look(m, a.r)
		if g.Status == tracker.StatusEnded && (len(kinds) == 0 || slices.Contains(kinds, m.Kind)) {
			a.mention(m)
			a.say(say("%s: %s.", "%s：%s。", g.ID, g.sentence()))
		}
	}
}

func (a *inquiry) productName(p tracker.Product) tracker.Text {
	name := productName(a.s, p)
	if !a.q.on.IsZero() {
		name = join(name, say("on %s", "，%s", tellDate(a.q.on, a.r.zone())))
	}
	return text(name.EN+":", name.ZH+"：")
}

// fromActing tells the verdict on a product of which only the destination is
// known, should it come from the country that controls its export.
func (a *inquiry) fromActing(p tracker.Product, own []tracker.Match, told topic) {
	if p.From != "" || p.To == "" {
		return
	}
	done := map[string]bool{p.To: true}
	for _, m := range own {
		by := m.Measure.By
		if done[by] || m.Measure.Kind != tracker.ExportControl {
			continue
		}
		done[by] = true
		p.From = by
		if v := weigh(keepKind(keepMatches(a.s.Check(p, a.r.Query), own), told.of)); v.surely > 0 {
			a.say(say("Exported from %s: %s", "自%s出口：%s", by, v.short(told)))
		}
	}
}

// topic is what a question about a product is after.
type topic struct {
	of    func(tracker.Match) bool
	under tracker.Text // what a product is that it applies to
}

var (
	controls = topic{isControl, tracker.Text{EN: "controlled", ZH: "受管制"}}
	levies   = topic{isLevy, tracker.Text{EN: "charged", ZH: "加征"}}
)

func isLevy(m tracker.Match) bool {
	return m.Measure.Kind == tracker.Tariff || m.Measure.Kind == tracker.PortFee
}

// isControl leaves out licences too: they free rather than bind.
func isControl(m tracker.Match) bool { return !isLevy(m) && m.Measure.Kind != tracker.Licence }

func keepKind(list []tracker.Match, of func(tracker.Match) bool) []tracker.Match {
	return slices.DeleteFunc(slices.Clone(list), func(m tracker.Match) bool { return !of(m) })
}

func keepMatches(list, of []tracker.Match) []tracker.Match {
	return slices.DeleteFunc(list, func(m tracker.Match) bool {
		return !slices.ContainsFunc(of, func(o tracker.Match) bool { return o.Measure == m.Measure })
	})
}

// short tells the verdict on a product in one sentence.
func (v verdict) short(t topic) tracker.Text {
	presumed := tracker.Text{}
	if v.presumed > 0 {
		presumed = say(" (%d of them presumed)", "（其中%d项为推定）", v.presumed)
	}
	switch {
	case v.surely > 0:
		return say("%s: by %s in force%s.", "%s：%s有效且适用%s。", t.under, some(v.surely), presumed)
	case v.perhaps > 0:
		return say("it depends: %s in force may bear on it%s.", "视情况而定：%s有效、可能适用%s。", some(v.perhaps), presumed)
	case v.held+v.heldPerhaps > 0:
		return say("not %s now: %s suspended.", "目前不%s：%s暂停中。", t.under, some(v.held+v.heldPerhaps))
	case v.coming > 0:
		return say("not %s yet: %s announced or proposed.", "尚不%s：%s已公布或拟议。", t.under, some(v.coming))
	}
	return text("no measure that is recorded names these goods and applies.", "没有已记录且适用的措施点名此类商品。")
}

// some counts measures.
func some(n int) tracker.Text { return counted(n, "measure", "measures", "%d项措施") }
