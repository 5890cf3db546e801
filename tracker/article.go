package tracker

import (
	"slices"
	"strings"
	"time"
)

// Article is a piece of news: evidence, never state.
type Article struct {
	ID        string    `json:"id"` // made of its content, so the same article again is the same id
	Title     string    `json:"title"`
	Publisher string    `json:"publisher,omitempty"`
	At        time.Time `json:"at"` // when it was published
	URL       string    `json:"url,omitempty"`
	Lead      string    `json:"lead,omitempty"` // the core viewpoint
	Groups    []Group   `json:"groups,omitempty"`
	Fetched   time.Time `json:"fetched,omitzero"`
	Mentions  []Mention `json:"mentions,omitempty"`
}

// Text is all that the article says: title, lead and groups, a line each.
func (a Article) Text() string {
	lines := []string{a.Title, a.Lead}
	for _, g := range a.Groups {
		lines = append(append(lines, g.Title), g.Points...)
	}
	return strings.Join(slices.DeleteFunc(lines, func(l string) bool { return l == "" }), "\n")
}

// ArticleID is the id of an article: 24 hexadecimal digits made of its title, its
// publisher and the instant at which it appeared, the same for ever. The text
// plays no part, so an article that is mended later keeps its id.
func ArticleID(title, publisher string, at time.Time) string {
	return identity("article", title, publisher, at.UTC().Format(time.RFC3339))
}

// Group is one headed part of an article.
type Group struct {
	Title  string   `json:"title"`
	Points []string `json:"points"`
}

// Mention ties an article to a measure, with the words that matched.
type Mention struct {
	Measure string   `json:"measure"`
	Words   []string `json:"words"`
}

// Mentions finds the measures that an article speaks of, ordered by id, each with
// the words that say so.
//
// A word alone says nothing. Whoever acts must be named, and beside them in one
// passage the number of the instrument, a rare phrase of its title, the act
// itself ("export controls", "took control") with its goods or with a party that
// the article names, or the rate of a tariff. A measure that began after the
// article is not meant. The article's own Mentions play no part.
func (s *Snapshot) Mentions(a Article) []Mention {
	x := s.speech()
	said := x.cut(a)
	var found []Mention
	for _, m := range s.Measures {
		if words := x.speaks(said, m); len(words) > 0 {
			found = append(found, Mention{Measure: m.ID, Words: words})
		}
	}
	return found
}
