package tracker

import "time"

// unless weakens a yes to depends, and adds what it then depends on.
func (f finding) unless(on Text) finding {
	if f.answer == No {
		return f
	}
	f.answer = Depends
	f.depends = addNew(f.depends, []Text{on})
	return f
}

// letOff applies the exemptions that run: one that wholly fits the product is
// a no, one that may fit, or is known in words only, makes the answer depend.
func (a *asked) letOff(f finding, m *Measure, exempted []Exemption) finding {
	for _, e := range exempted {
		if f.answer == No {
			return f
		}
		since := dayWords(e.Since.In(m.Location()))
		x := a.exemption(m, e.Terms)
		switch x.answer {
		case Yes:
			f.answer, f.depends = No, nil
			f.because = addNew(f.because, []Text{say("exempt since %s%s", "自%s起豁免%s", since, after(e.Note))})
		case Depends:
			f = f.unless(say("whether the exemption since %s applies%s", "自%s起的豁免是否适用%s", since, after(e.Note)))
			f.depends = addNew(f.depends, x.depends)
		}
	}
	return f
}

// exemption says whether the product is all that an exemption lets off. An
// exemption without terms is known in words only.
func (a *asked) exemption(m *Measure, terms Terms) finding {
	var fs []finding
	if len(terms.Goods) > 0 {
		goods, _ := a.goods(m.Kind, Terms{Goods: terms.Goods})
		fs = append(fs, goods)
	}
	if len(terms.Against) > 0 {
		fs = append(fs, a.otherEnd(m.Kind, terms.Against))
	}
	if terms.EndUse != "" {
		fs = append(fs, a.use(terms.EndUse))
	}
	if len(terms.Entities) > 0 {
		fs = append(fs, a.named(m, terms.Entities))
	}
	if len(fs) == 0 {
		return finding{answer: Depends}
	}
	return all(fs...)
}

// exempting finds the measures in force that are not out of scope for the
// product and exempt from others, by the measure that they exempt from.
func (a *asked) exempting() map[string][]*Measure {
	exempting := map[string][]*Measure{}
	for _, m := range a.s.Measures {
		for _, r := range m.Relates {
			if r.As == ExemptsFrom && a.mayExempt(m) {
				exempting[r.To] = append(exempting[r.To], m)
			}
		}
	}
	return exempting
}

func (a *asked) mayExempt(m *Measure) bool {
	st := m.Asked(a.q)
	if st.Status != StatusInForce {
		return false
	}
	f, ok := a.scope(m, st.Terms)
	return ok && f.answer != No
}

// after is a note behind a colon, or nothing.
func after(note Text) Text {
	if note == (Text{}) {
		return Text{}
	}
	return say(": %s", "：%s", note)
}

func dayWords(t time.Time) Text {
	return Text{EN: t.Format("2 January 2006"), ZH: t.Format("2006年1月2日")}
}
