package tracker

import "time"

// Text is words in English and Simplified Chinese. Either may be missing.
type Text struct {
	EN string `json:"en,omitempty" yaml:"en,omitempty"`
	ZH string `json:"zh,omitempty" yaml:"zh,omitempty"`
}

// In is the text in lang ("en" or "zh"), or in the other language where it is missing.
func (t Text) In(lang string) string {
	if lang == "zh" && t.ZH != "" || t.EN == "" {
		return t.ZH
	}
	return t.EN
}

// Kind is what sort of act a measure is.
type Kind string

const (
	ExportControl     Kind = "export-control"
	Tariff            Kind = "tariff"
	ImportRestriction Kind = "import-restriction"
	EntityList        Kind = "entity-list"
	OwnershipRule     Kind = "ownership-rule"
	PortFee           Kind = "port-fee"
	Licence           Kind = "licence"
	Investigation     Kind = "investigation"
	ControlOrder      Kind = "control-order"
	CourtOrder        Kind = "court-order"
	PriceFloor        Kind = "price-floor"
	Framework         Kind = "framework"
	Instrument        Kind = "instrument"
	Subsidy           Kind = "subsidy"
)

// Kinds lists every kind.
func Kinds() []Kind {
	return []Kind{ExportControl, Tariff, ImportRestriction, EntityList, OwnershipRule, PortFee, Licence,
		Investigation, ControlOrder, CourtOrder, PriceFloor, Framework, Instrument, Subsidy}
}

// EndUse is what goods are for. The zero value is not stated, which for a measure means any.
type EndUse string

const (
	Civil    EndUse = "civil"
	Military EndUse = "military"
	AnyUse   EndUse = "any"
)

// Measure is one legal act or policy step that hits trade. What it is at an
// instant is never a field of it: [Measure.At] folds its events.
type Measure struct {
	ID         string `json:"id" yaml:"id"`
	Title      Text   `json:"title" yaml:"title"`
	Kind       Kind   `json:"kind" yaml:"kind"`
	By         string `json:"by" yaml:"by"` // ISO 3166-1 alpha-2, or EU
	Authority  Text   `json:"authority,omitzero" yaml:"authority,omitempty"`
	Instrument Text   `json:"instrument,omitzero" yaml:"instrument,omitempty"`
	Under      string `json:"under,omitempty" yaml:"under,omitempty"` // the measure that this is a part of
	Zone       string `json:"zone" yaml:"zone"`                       // IANA name; its days are this zone's

	Terms `yaml:",inline"`

	Review  *ReviewTerms `json:"review,omitempty" yaml:"review,omitempty"`
	Relates []Relation   `json:"relates,omitempty" yaml:"relates,omitempty"`
	Note    Text         `json:"note,omitzero" yaml:"note,omitempty"`
	Events  []Event      `json:"events,omitempty" yaml:"events"`

	zone  *time.Location // of Zone; set by NewSnapshot
	whole *Measure       // of Under; set by NewSnapshot
	from  *Measure       // what NewSnapshot copied
}

// Terms are what a measure covers and how hard: what an amendment can change.
// In an amendment a field that is set replaces the former one whole.
type Terms struct {
	Against  []string `json:"against,omitempty" yaml:"against,omitempty"` // countries hit; none means all
	Goods    []Goods  `json:"goods,omitempty" yaml:"goods,omitempty"`
	EndUse   EndUse   `json:"end_use,omitempty" yaml:"end_use,omitempty"`
	Entities []string `json:"entities,omitempty" yaml:"entities,omitempty"` // ids of parties named
	Rate     *Rate    `json:"rate,omitempty" yaml:"rate,omitempty"`
}

// Rate is a duty in percent of value, on top of other duties.
type Rate struct {
	Percent float64 `json:"percent" yaml:"percent"`
}

// Goods is one line of what a measure covers: in scope is what bears one of
// its tags or HS prefixes and meets every condition of Where.
type Goods struct {
	Name  Text              `json:"name,omitzero" yaml:"name,omitempty"`
	Tags  []string          `json:"tags,omitempty" yaml:"tags,omitempty"`   // slugs of the goods tree
	HS    []string          `json:"hs,omitempty" yaml:"hs,omitempty"`       // Harmonized System prefixes, digits only
	Where map[string]string `json:"where,omitempty" yaml:"where,omitempty"` // attribute with its unit, to comparison: ">= 300"
}

// ReviewTerms is how long an authority may take over one application.
type ReviewTerms struct {
	Days     int      `json:"days" yaml:"days"`
	Of       string   `json:"of" yaml:"of"`                                 // "working" or "calendar"
	Calendar string   `json:"calendar,omitempty" yaml:"calendar,omitempty"` // whose working days, such as CN
	From     string   `json:"from" yaml:"from"`                             // "acceptance"
	Excludes []string `json:"excludes,omitempty" yaml:"excludes,omitempty"` // stops that do not count, such as expert-review
}

// Relation ties a measure to another.
type Relation struct {
	To string     `json:"to" yaml:"to"`
	As RelationAs `json:"as" yaml:"as"`
}

// RelationAs is how one measure bears on another.
type RelationAs string

const (
	Implements    RelationAs = "implements"
	Suspends      RelationAs = "suspends"
	Extends       RelationAs = "extends"
	Amends        RelationAs = "amends"
	ExemptsFrom   RelationAs = "exempts-from"
	RetaliatesFor RelationAs = "retaliates-for"
)

// Location is the measure's zone. It is UTC for a measure that stands in no [Snapshot].
func (m *Measure) Location() *time.Location {
	if m.zone == nil {
		return time.UTC
	}
	return m.zone
}

// Whole is the measure that this is a part of, or nil.
func (m *Measure) Whole() *Measure { return m.whole }

// SameAs says that measures of two snapshots are copies of one measure, and
// stand under copies of one whole: nothing about them differs.
func (m *Measure) SameAs(other *Measure) bool {
	for m != nil && other != nil && m.from == other.from && m.from != nil {
		m, other = m.whole, other.whole
	}
	return m == nil && other == nil
}
