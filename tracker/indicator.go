package tracker

// Indicator is a figure over time. Sources that disagree stay side by side.
type Indicator struct {
	ID           string        `json:"id" yaml:"id"`
	Title        Text          `json:"title" yaml:"title"`
	Unit         string        `json:"unit" yaml:"unit"`
	Subject      string        `json:"subject,omitempty" yaml:"subject,omitempty"` // a slug of the goods tree
	Note         Text          `json:"note,omitzero" yaml:"note,omitempty"`
	Observations []Observation `json:"observations" yaml:"observations"`
}

// Observation is one source's figure for one period, in the indicator's unit.
type Observation struct {
	Period string  `json:"period" yaml:"period"` // a date, a range 2025-01/2025-08, or a word such as planned
	Value  float64 `json:"value" yaml:"value"`
	Source Source  `json:"source" yaml:"source"`
	Seed   bool    `json:"seed,omitempty" yaml:"seed,omitempty"`
	Note   Text    `json:"note,omitzero" yaml:"note,omitempty"`
}
