package tracker

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
