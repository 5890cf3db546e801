package tracker

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Condition is a comparison of one attribute of a product with fixed numbers.
type Condition struct {
	low, high         float64 // infinite where there is no bound
	openLow, openHigh bool    // the bound itself does not meet the condition
}

var conditionForm = regexp.MustCompile(`^(>=|<=|>|<|=)\s*(-?\d+(?:\.\d+)?)$|^(-?\d+(?:\.\d+)?)\s*\.\.\s*(-?\d+(?:\.\d+)?)$`)

// ParseCondition reads ">= 300", "> 99.9", "<= 5", "< 5", "= 3" or "100..300",
// both ends of which belong to it.
func ParseCondition(s string) (Condition, error) {
	parts := conditionForm.FindStringSubmatch(strings.TrimSpace(s))
	if parts == nil || len(s) > 64 {
		return Condition{}, fmt.Errorf(`%.64q is not a condition: write ">= 300", "> 99.9", "<= 5", "< 5", "= 3" or "100..300"`, s)
	}
	if parts[1] == "" {
		return between(parts[3], parts[4])
	}
	n, _ := strconv.ParseFloat(parts[2], 64) // the form admits decimal numbers only
	c := Condition{low: math.Inf(-1), high: math.Inf(1)}
	switch parts[1] {
	case ">=", ">":
		c.low, c.openLow = n, parts[1] == ">"
	case "<=", "<":
		c.high, c.openHigh = n, parts[1] == "<"
	default:
		c.low, c.high = n, n
	}
	return c, nil
}

func between(from, to string) (Condition, error) {
	low, _ := strconv.ParseFloat(from, 64) // the form admits decimal numbers only
	high, _ := strconv.ParseFloat(to, 64)
	if low > high {
		return Condition{}, fmt.Errorf("%s..%s is empty: write the smaller number first", from, to)
	}
	return Condition{low: low, high: high}, nil
}

// Met says whether n meets the condition.
func (c Condition) Met(n float64) bool {
	above := n > c.low || n == c.low && !c.openLow
	below := n < c.high || n == c.high && !c.openHigh
	return above && below
}

// String is the condition in the form that [ParseCondition] reads.
func (c Condition) String() string {
	switch {
	case c.low == c.high:
		return "= " + number(c.low)
	case c.bounded():
		return number(c.low) + ".." + number(c.high)
	case c.openLow:
		return "> " + number(c.low)
	case c.openHigh:
		return "< " + number(c.high)
	case math.IsInf(c.high, 0):
		return ">= " + number(c.low)
	}
	return "<= " + number(c.high)
}

func (c Condition) bounded() bool { return !math.IsInf(c.low, 0) && !math.IsInf(c.high, 0) }

// bounds says in words what meets the condition: "at 300 Wh/kg or more".
func (c Condition) bounds(unit string) Text {
	low, high := number(c.low)+unit, number(c.high)+unit
	switch {
	case c.low == c.high:
		return Text{EN: "at exactly " + low, ZH: "等于" + low}
	case c.bounded():
		return Text{EN: "at " + number(c.low) + " to " + high, ZH: "为" + number(c.low) + "至" + high}
	case c.openLow:
		return Text{EN: "above " + low, ZH: "高于" + low}
	case c.openHigh:
		return Text{EN: "below " + high, ZH: "低于" + high}
	case math.IsInf(c.high, 0):
		return Text{EN: "at " + low + " or more", ZH: "达到" + low + "及以上"}
	}
	return Text{EN: "at " + high + " or less", ZH: "不超过" + high}
}

func number(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

// Conditions tells the conditions of a line of goods, in the order of their names:
// "energy density at 300 Wh/kg or more". One that cannot be read is told as written.
func (g Goods) Conditions() []Text {
	var told []Text
	for _, attribute := range slices.Sorted(maps.Keys(g.Where)) {
		c, err := ParseCondition(g.Where[attribute])
		if err != nil {
			told = append(told, say("%s %s", "%s%s", attribute, g.Where[attribute]))
			continue
		}
		name, unit := attributeWords(attribute)
		told = append(told, say("%s %s", "%s%s", name, c.bounds(unit)))
	}
	return told
}

// units are the endings of attribute names that carry a unit, longer ones first.
var units = []struct{ ending, unit string }{
	{"_usd_per_kg", " USD/kg"},
	{"_percent", "%"},
	{"_wh_kg", " Wh/kg"},
	{"_mah_g", " mAh/g"},
	{"_g_cm3", " g/cm³"},
	{"_mpa", " MPa"},
	{"_kwh", " kWh"},
	{"_um", " µm"},
	{"_nm", " nm"},
	{"_mm", " mm"},
	{"_kg", " kg"},
}

// attributeNames are what attributes are called where their name does not say it by itself.
var attributeNames = map[string]Text{
	"energy_density":     {EN: "energy density", ZH: "能量密度"},
	"compaction_density": {EN: "compaction density", ZH: "压实密度"},
	"specific_capacity":  {EN: "specific capacity", ZH: "比容量"},
	"density":            {EN: "density", ZH: "密度"},
	"purity":             {EN: "purity", ZH: "纯度"},
	"flexural_strength":  {EN: "flexural strength", ZH: "抗折强度"},
	"china_origin_value": {EN: "share of value of Chinese origin", ZH: "原产中国成分的价值占比"},
	"us_equity":          {EN: "share held from the US", ZH: "美方持股"},
	"price":              {EN: "price", ZH: "价格"},
	"node":               {EN: "process node", ZH: "制程节点"},
}

// attributeWords splits an attribute's name into what it is called and its unit.
func attributeWords(attribute string) (name Text, unit string) {
	bare := attribute
	for _, u := range units {
		if rest, ok := strings.CutSuffix(attribute, u.ending); ok {
			bare, unit = rest, u.unit
			break
		}
	}
	if known, ok := attributeNames[bare]; ok {
		return known, unit
	}
	plain := strings.ReplaceAll(bare, "_", " ")
	return Text{EN: plain, ZH: plain}, unit
}
