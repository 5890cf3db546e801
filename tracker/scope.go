package tracker

// Answer is yes, no, or depends: scope is never guessed.
type Answer string

const (
	Yes     Answer = "yes"
	No      Answer = "no"
	Depends Answer = "depends"
)

// Product is what a check asks about. A field that is empty is not known.
type Product struct {
	Tags    []string           // slugs of the goods tree
	HS      string             // Harmonized System code, digits only
	From    string             // country of origin or dispatch, ISO 3166-1 alpha-2
	To      string             // country of destination
	EndUse  EndUse             // civil or military
	Parties []string           // ids of parties to the deal
	Attrs   map[string]float64 // attribute with its unit in the name, such as energy_density_wh_kg
}

// Match is how one measure bears on a product.
type Match struct {
	Measure   *Measure
	State     State
	Applies   Answer // by scope; State says whether the measure is in force
	Because   []Text // each dimension's finding, in order: goods, route, end use, parties, exemptions
	DependsOn []Text // what would have to be known
}

// Check finds every measure that bears on a product, ordered by id.
func (s *Snapshot) Check(p Product, q Query) []Match { panic("unwritten") }
