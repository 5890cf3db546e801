package tracker

import "slices"

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

// parentOf is the tag above another; "" for one at the top or unknown.
func (s *Snapshot) parentOf(slug string) string {
	if t := s.tags[slug]; t != nil {
		return t.Parent
	}
	return ""
}

// TagsAbove lists each tag and every tag above it in the tree, sorted, each once.
// A slug that is not in the tree stands alone.
func (s *Snapshot) TagsAbove(tags []string) []string {
	above := []string{}
	for _, slug := range tags {
		for slug != "" && !slices.Contains(above, slug) {
			above = append(above, slug)
			slug = s.parent(slug)
		}
	}
	slices.Sort(above)
	return above
}

// parent is the slug above, or "" at the top and for an unknown slug.
func (s *Snapshot) parent(slug string) string {
	if t := s.tags[slug]; t != nil {
		return t.Parent
	}
	return ""
}

// isAbove says whether high stands above low in the tree. It ends in a ring too.
func (s *Snapshot) isAbove(high, low string) bool {
	for range s.tags {
		if low = s.parent(low); low == high || low == "" {
			break
		}
	}
	return low == high
}

// lowest leaves out each tag that stands above another one in the list: it says
// less about the same goods.
func (s *Snapshot) lowest(tags []string) []string {
	var low []string
	for _, t := range tags {
		if !slices.ContainsFunc(tags, func(other string) bool { return other != t && s.isAbove(t, other) }) && !slices.Contains(low, t) {
			low = append(low, t)
		}
	}
	return low
}

// tagName is what a tag is called, or its slug where it is not in the tree.
func (s *Snapshot) tagName(slug string) Text {
	if t := s.tags[slug]; t != nil {
		return Text{EN: t.EN, ZH: t.ZH}
	}
	return Text{EN: slug, ZH: slug}
}
