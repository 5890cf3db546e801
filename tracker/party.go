package tracker

// Entity is a party: a firm, an agency, a person.
type Entity struct {
	ID      string      `json:"id" yaml:"id"`
	Name    Text        `json:"name" yaml:"name"`
	Country string      `json:"country,omitempty" yaml:"country,omitempty"`
	Aliases []string    `json:"aliases,omitempty" yaml:"aliases,omitempty"`
	Owners  []Ownership `json:"owners,omitempty" yaml:"owners,omitempty"`
	Listed  []string    `json:"listed,omitempty" yaml:"listed,omitempty"` // measures that name it
	Note    Text        `json:"note,omitzero" yaml:"note,omitempty"`
}

// Ownership is one owner's share. A nil Percent is a share that is not known.
type Ownership struct {
	Entity  string   `json:"entity" yaml:"entity"`
	Percent *float64 `json:"percent,omitempty" yaml:"percent,omitempty"`
	From    Date     `json:"from,omitzero" yaml:"from,omitempty"`
	Until   Date     `json:"until,omitzero" yaml:"until,omitempty"`
	Source  *Source  `json:"source,omitempty" yaml:"source,omitempty"`
}
