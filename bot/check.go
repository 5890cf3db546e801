package bot

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"derisk/tracker"
)

// check answers which measures bear on a product.
func check(ctx context.Context, env Env, r Request) (Reply, error) {
	s, err := env.Facts.Snapshot(ctx)
	if err != nil {
		return Reply{}, err
	}
	p, err := readProduct(s, r)
	if err != nil {
		return Reply{}, err
	}
	matches := s.Check(p, r.Query)
	v := weigh(matches)
	reply := Reply{Title: productName(s, p).In(r.Lang), Tone: v.tone(), Data: checkData(p, matches, r.Lang)}
	reply.add(Section{Lines: []string{v.words().In(r.Lang)}})
	for _, group := range []struct {
		heading tracker.Text
		applies tracker.Answer
	}{
		{text("Applies", "适用"), tracker.Yes},
		{text("Depends", "视情况而定"), tracker.Depends},
		{text("Does not apply", "不适用"), tracker.No},
	} {
		if items := matchLines(matches, group.applies, r); len(items) > 0 {
			reply.add(Section{Heading: group.heading.In(r.Lang), Items: items})
		}
	}
	if duties := dutyLines(tracker.AddUp(matches), r.Lang); len(duties) > 0 {
		reply.add(Section{Heading: text("Tariffs together", "关税合计").In(r.Lang), Lines: duties})
	}
	return reply, nil
}

// readProduct reads the arguments of a check.
func readProduct(s *tracker.Snapshot, r Request) (tracker.Product, error) {
	p, err := s.Resolve(r.Arg("product"))
	if err != nil {
		near := strings.TrimSuffix(strings.TrimSpace(strings.ReplaceAll(err.Error(), "("+tracker.ErrNotFound.Error()+")", "")), ":")
		return p, &Problem{Words: say("%s", "未找到产品“%[2]s”（%[1]s）", near, shown(r.Arg("product"))), Is: tracker.ErrNotFound}
	}
	for _, end := range []struct {
		name string
		into *string
	}{{"from", &p.From}, {"to", &p.To}} {
		if word := r.Arg(end.name); word != "" {
			if *end.into = countryCode(word); *end.into == "" {
				return p, wrong("%s: %q is no country: write two letters such as CN", "%s：“%s”不是国家：请写两个字母，例如 CN", end.name, shown(word))
			}
		}
	}
	p.EndUse = tracker.EndUse(r.Arg("end-use"))
	for _, id := range strings.FieldsFunc(r.Arg("party"), separates) {
		e, err := findEntity(s, id)
		if err != nil {
			return p, err
		}
		p.Parties = append(p.Parties, e.ID)
	}
	p.Attrs, err = readAttrs(r.Arg("attr"))
	return p, err
}

func separates(r rune) bool {
	return r == ' ' || r == ',' || r == ';' || r == '，' || r == '、' || r == '\n'
}

// readAttrs reads "energy_density_wh_kg=320 purity_percent=99".
func readAttrs(words string) (map[string]float64, error) {
	attrs := map[string]float64{}
	for _, word := range strings.FieldsFunc(words, separates) {
		name, figure, ok := strings.Cut(word, "=")
		value, err := strconv.ParseFloat(figure, 64)
		if !ok || err != nil || name == "" || value-value != 0 {
			return nil, wrong("attr: %q is no name and figure such as energy_density_wh_kg=320", "attr：“%s”不是名称与数值，例如 energy_density_wh_kg=320", shown(word))
		}
		attrs[name] = value
	}
	return attrs, nil
}

// productName tells what was asked about: "Artificial graphite, from CN to US".
func productName(s *tracker.Snapshot, p tracker.Product) tracker.Text {
	name := text("HS "+p.HS, "HS "+p.HS)
	if len(p.Tags) > 0 {
		var en, zh []string
		for _, slug := range p.Tags {
			if t, err := s.Tag(slug); err == nil {
				en, zh = append(en, t.EN), append(zh, t.ZH)
			}
		}
		name = text(strings.Join(en, ", "), strings.Join(zh, "、"))
	}
	if p.From != "" {
		name = join(name, say("from %s", "，自%s", p.From))
	}
	if p.To != "" {
		name = join(name, say("to %s", "，至%s", p.To))
	}
	return name
}

// verdict is what matches come to, by how they apply and their status.
type verdict struct{ surely, perhaps, held, heldPerhaps, coming, presumed int }

func weigh(matches []tracker.Match) verdict {
	var v verdict
	for _, m := range matches {
		if m.Applies == tracker.No {
			continue
		}
		sure := m.Applies == tracker.Yes
		switch m.State.Status {
		case tracker.StatusInForce:
			if m.State.Presumed {
				v.presumed++
			}
			v.count(sure, &v.surely, &v.perhaps)
		case tracker.StatusSuspended:
			v.count(sure, &v.held, &v.heldPerhaps)
		default:
			v.coming++
		}
	}
	return v
}

func (v *verdict) count(sure bool, yes, perhaps *int) {
	if sure {
		*yes++
	} else {
		*perhaps++
	}
}

func (v verdict) tone() Tone {
	switch {
	case v.surely > 0:
		return Alarm
	case v.perhaps > 0 || v.held > 0:
		return Warning
	case v.heldPerhaps+v.coming > 0:
		return Notice
	}
	return Good
}

// words tell the verdict; that nothing is recorded is not that nothing holds.
func (v verdict) words() tracker.Text {
	var parts []tracker.Text
	for _, p := range []struct {
		n    int
		told tracker.Text
	}{
		{v.surely, say("In force and applying: %d.", "有效且适用：%d项。", v.surely)},
		{v.perhaps, say("In force, and applying or not as is said below: %d.", "有效、是否适用取决于下列情况：%d项。", v.perhaps)},
		{v.presumed, say("Of these, presumed, with no notice that confirms them: %d.", "其中推定、无公告证实：%d项。", v.presumed)},
		{v.held + v.heldPerhaps, say("Suspended: %d.", "暂停中：%d项。", v.held+v.heldPerhaps)},
		{v.coming, say("Announced or proposed: %d.", "已公布或拟议：%d项。", v.coming)},
	} {
		if p.n > 0 {
			parts = append(parts, p.told)
		}
	}
	if len(parts) == 0 {
		return text("No measure that is recorded bears on it.", "没有已记录的措施适用。")
	}
	return join(parts...)
}

func matchLines(matches []tracker.Match, applies tracker.Answer, r Request) []string {
	var lines []string
	for _, m := range matches {
		if m.Applies == applies {
			lines = append(lines, matchLine(m, r))
		}
	}
	return lines
}

// matchLine tells a match in one line: which measure, its status, why, and what it depends on.
func matchLine(m tracker.Match, r Request) string {
	g := look(m.Measure, r)
	line := say("%s %s — %s", "%s %s——%s", g.ID, g.Title, g.sentence()).In(r.Lang)
	if because := inLang(m.Because, r.Lang); len(because) > 0 {
		line += text(". Because: ", "。理由：").In(r.Lang) + strings.Join(because, text("; ", "；").In(r.Lang))
	}
	if on := inLang(m.DependsOn, r.Lang); len(on) > 0 {
		line += text(". Depends on ", "。取决于：").In(r.Lang) + strings.Join(on, text("; ", "；").In(r.Lang))
	}
	return line
}

func dutyLines(d tracker.Duties, lang string) []string {
	if len(d.Layers) == 0 {
		return nil
	}
	lines := []string{say("In force and applying for certain: %s %% on top of the ordinary duty; suspended: %s %%.",
		"确定适用且有效：在普通税率之上加征%s%%；暂停中：%s%%。", number(d.InForce), number(d.Suspended)).In(lang)}
	if len(d.Open) > 0 {
		lines = append(lines, text("Not the whole: ", "尚不完整：").In(lang)+strings.Join(inLang(d.Open, lang), text("; ", "；").In(lang)))
	}
	return lines
}

type checkJSON struct {
	Product  tracker.Product `json:"product"`
	Measures []matchJSON     `json:"measures"`
	Duties   *dutyJSON       `json:"duties,omitempty"`
}

type matchJSON struct {
	ID        string         `json:"id"`
	Title     string         `json:"title"`
	Status    tracker.Status `json:"status"`
	Presumed  bool           `json:"presumed"`
	Uncertain bool           `json:"uncertain"`
	Applies   tracker.Answer `json:"applies"`
	Because   []string       `json:"because"`
	DependsOn []string       `json:"depends_on"`
}

type dutyJSON struct {
	InForce   float64  `json:"in_force_percent"`
	Suspended float64  `json:"suspended_percent"`
	Open      []string `json:"open"`
}

func checkData(p tracker.Product, matches []tracker.Match, lang string) checkJSON {
	data := checkJSON{Product: p, Measures: []matchJSON{}}
	for _, m := range matches {
		data.Measures = append(data.Measures, matchJSON{m.Measure.ID, m.Measure.Title.In(lang), m.State.Status, m.State.Presumed, m.State.Uncertain,
			m.Applies, append([]string{}, inLang(m.Because, lang)...), append([]string{}, inLang(m.DependsOn, lang)...)})
	}
	if d := tracker.AddUp(matches); len(d.Layers) > 0 {
		data.Duties = &dutyJSON{d.InForce, d.Suspended, append([]string{}, inLang(d.Open, lang)...)}
	}
	return data
}

// broadTags reach across the tree: what bears only them says nothing about one product.
var broadTags = []string{tracker.AllGoods, tracker.DualUse}

// namesGoods says whether a measure speaks of the product's goods themselves, not
// of all goods.
func namesGoods(s *tracker.Snapshot, terms tracker.Terms, p tracker.Product) bool {
	above := s.TagsAbove(p.Tags)
	for _, tag := range tagsOf(terms) {
		if slices.Contains(broadTags, tag) {
			continue
		}
		if slices.Contains(above, tag) || slices.ContainsFunc(p.Tags, func(t string) bool { return slices.Contains(s.TagsAbove([]string{tag}), t) }) {
			return true
		}
	}
	for _, g := range terms.Goods {
		if slices.ContainsFunc(g.HS, func(hs string) bool {
			return p.HS != "" && (strings.HasPrefix(p.HS, hs) || strings.HasPrefix(hs, p.HS))
		}) {
			return true
		}
	}
	return false
}

// byWeight puts what is surely in force first.
func byWeight(a, b tracker.Match) int {
	rank := func(m tracker.Match) int {
		return slices.Index([]tracker.Answer{tracker.Yes, tracker.Depends, tracker.No}, m.Applies)*10 +
			slices.Index([]tracker.Status{tracker.StatusInForce, tracker.StatusSuspended, tracker.StatusAnnounced, tracker.StatusProposed}, m.State.Status)
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Measure.ID, b.Measure.ID))
}
