package tracker

import "time"

// Commitment is something promised by a date under a framework.
type Commitment struct {
	ID        string   `json:"id" yaml:"id"`
	Title     Text     `json:"title" yaml:"title"`
	By        string   `json:"by" yaml:"by"`
	Due       Date     `json:"due,omitzero" yaml:"due,omitempty"`
	Amount    *float64 `json:"amount,omitempty" yaml:"amount,omitempty"`
	Unit      string   `json:"unit,omitempty" yaml:"unit,omitempty"`
	Framework string   `json:"framework" yaml:"framework"`
	Entity    string   `json:"entity,omitempty" yaml:"entity,omitempty"`
	Status    string   `json:"status" yaml:"status"` // what sources show: due, met, missed, unknown
	Evidence  Evidence `json:"evidence" yaml:"evidence"`
	Seed      bool     `json:"seed,omitempty" yaml:"seed,omitempty"`
	Note      Text     `json:"note,omitzero" yaml:"note,omitempty"`
	Sources   []Source `json:"sources,omitempty" yaml:"sources,omitempty"`
}

// Standing is how a promise stands on a day.
type Standing string

const (
	PromiseDue     Standing = "due"      // its day has not passed
	PromiseMet     Standing = "met"      // a source shows it
	PromiseMissed  Standing = "missed"   // a source shows it
	PromisePastDue Standing = "past-due" // its day has passed and no source shows what became of it
	PromiseOpen    Standing = "unknown"  // it has no day, and no source shows what became of it
)

// StatusOn is how the promise stands on a day: met and missed only where sources
// say so, never by reckoning. A due date counts to its last day, a coarse one to
// the last day of its stretch. What sources show has no date of its own here, so
// it holds for every day that is asked about.
func (c Commitment) StatusOn(day Date) Standing {
	switch {
	case c.Status == string(PromiseMet), c.Status == string(PromiseMissed):
		return Standing(c.Status)
	case c.Due.precision <= Never && c.Status == string(PromiseDue):
		return PromiseDue
	case c.Due.precision <= Never:
		return PromiseOpen
	case DaysBetween(c.Due.lastDay(), day) > 0:
		return PromisePastDue
	}
	return PromiseDue
}

// lastDay is the last day on which the date can fall.
func (d Date) lastDay() Date {
	if d.Coarse() {
		return LastDay(d.After(time.UTC))
	}
	return d
}

// Text is the standing in words.
func (s Standing) Text() Text {
	switch s {
	case PromiseDue:
		return Text{EN: "due", ZH: "未到期"}
	case PromiseMet:
		return Text{EN: "met", ZH: "已履行"}
	case PromiseMissed:
		return Text{EN: "missed", ZH: "未履行"}
	case PromisePastDue:
		return Text{EN: "due date passed, not known whether kept", ZH: "已过期限，是否履行不详"}
	}
	return Text{EN: "not known", ZH: "不详"}
}
