package tracker

// Tag is one node of the tree of goods.
type Tag struct {
	Slug   string   `json:"slug" yaml:"slug"`
	EN     string   `json:"en" yaml:"en"`
	ZH     string   `json:"zh" yaml:"zh"`
	Parent string   `json:"parent,omitempty" yaml:"parent,omitempty"`
	Also   []string `json:"also,omitempty" yaml:"also,omitempty"` // other words that people use
}

// Tags with a meaning of their own.
const (
	AllGoods = "all-goods" // every product bears it
	DualUse  = "dual-use"  // a list that cuts across the tree: whether a product is on it depends
)

// TagsAbove lists each tag and every tag above it in the tree, sorted, each once.
func (s *Snapshot) TagsAbove(tags []string) []string { panic("unwritten") }
