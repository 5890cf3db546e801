package rules

import (
	"derisk/tracker"
)

// facts are the ids of what a subject's values rest on at the tick: of a
// measure the events that its fold admitted, of an event that one after those
// of its measure, of a review the review after them, of an indicator also its
// latest figure as id#period. Where there are too many, the latest stay.
func (e *evaluation) facts(s subject) []string {
	var ids []string
	switch e.rule.Each {
	case EachMeasure, EachEvent, EachReview:
		for _, v := range s.measures {
			ids = append(ids, v.measure.Grounds(e.scene.cut)...)
		}
	}
	if e.rule.Each != EachMeasure {
		ids = append(ids, s.id)
	}
	if s.scope != nil && s.scope.Indicator != nil {
		ids = append(ids, s.id+"#"+s.scope.Indicator.Period)
	}
	return ids[max(0, len(ids)-tracker.MaxFacts):]
}
