package tracker

import (
	"math"
	"slices"
)

// Duties is how tariffs on one product add up, in percent of value on top of
// the ordinary duty, which derisk does not know. One layer shown alone misleads.
type Duties struct {
	Layers    []Layer // by id of the measure
	InForce   float64 // percent of the layers that apply and are in force
	Suspended float64 // percent of those that apply and are suspended
	Open      []Text  // why the sums are not the whole: each may add or take away
}

// Layer is one tariff that applies, or may apply.
type Layer struct {
	Measure *Measure
	Status  Status
	Applies Answer
	Rate    *Rate // nil: not recorded
}

// AddUp takes the tariffs from a check. Only those that apply for certain
// are added; a tariff that depends, has no rate on record, or gives one rate
// for several lines of goods is named in Open.
func AddUp(matches []Match) Duties {
	var d Duties
	for _, m := range matches {
		if m.Measure.Kind != Tariff || m.Applies == No {
			continue
		}
		l := Layer{m.Measure, m.State.Status, m.Applies, m.State.Terms.Rate}
		d.Layers = append(d.Layers, l)
		if why := l.open(len(m.State.Terms.Goods)); why != (Text{}) {
			d.Open = append(d.Open, why)
		}
		d.add(l)
	}
	return d
}

func (d *Duties) add(l Layer) {
	if l.Applies != Yes || l.Rate == nil {
		return
	}
	switch l.Status {
	case StatusInForce:
		d.InForce = rounded(d.InForce + l.Rate.Percent)
	case StatusSuspended:
		d.Suspended = rounded(d.Suspended + l.Rate.Percent)
	}
}

// rounded takes out what binary fractions leave: 0.1 and 0.2 are 0.3.
func rounded(percent float64) float64 { return math.Round(percent*1e6) / 1e6 }

// open says why a layer's figure cannot be taken as it stands, or nothing.
func (l Layer) open(lines int) Text {
	live := slices.Contains([]Status{StatusInForce, StatusSuspended}, l.Status)
	switch {
	case !live:
		return Text{}
	case l.Rate == nil:
		return say("%s: no rate is recorded", "%s：未收录税率", l.Measure.Title)
	case l.Applies == Depends:
		return say("%s: %s %% where it applies", "%s：如适用则为%s%%", l.Measure.Title, number(l.Rate.Percent))
	case lines > 1:
		return say("%s: one rate is recorded for %d lines of goods, and may differ by product", "%s：%d类商品仅收录一个税率，可能因产品而异", l.Measure.Title, lines)
	}
	return Text{}
}
