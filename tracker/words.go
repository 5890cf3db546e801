package tracker

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// goodsWord is one word for a tag: its slug, one of its names, or another word
// that people use, cut to tokens.
type goodsWord struct {
	tokens []string
	tag    *Tag
}

// goodsWords files every word of the tree under its first token.
func goodsWords(goods []Tag) map[string][]goodsWord {
	words := map[string][]goodsWord{}
	for i := range goods {
		t := &goods[i]
		for _, text := range append([]string{t.Slug, t.EN, t.ZH}, t.Also...) {
			tokens := tokensOf(bracketed.ReplaceAllString(text, " "))
			if len(tokens) > 0 {
				words[tokens[0]] = append(words[tokens[0]], goodsWord{tokens, t})
			}
		}
	}
	return words
}

var bracketed = regexp.MustCompile(`\([^)]*\)|（[^）]*）`)

// tokensOf cuts a text to what words are compared by: a run of letters and
// digits in lower case and the singular, one Chinese character, or "" for
// punctuation, which no word reaches across. A hyphen counts as a space.
func tokensOf(text string) []string {
	var tokens []string
	run := strings.Builder{}
	end := func() {
		if run.Len() > 0 {
			tokens = append(tokens, singular(run.String()))
			run.Reset()
		}
	}
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Han, r):
			end()
			tokens = append(tokens, string(r))
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r):
			run.WriteRune(unicode.ToLower(r))
		default:
			end()
			if !unicode.IsSpace(r) && r != '-' && r != '_' && len(tokens) > 0 {
				tokens = append(tokens, "")
			}
		}
	}
	end()
	return slices.Clip(trimBreaks(tokens))
}

func trimBreaks(tokens []string) []string {
	for len(tokens) > 0 && tokens[len(tokens)-1] == "" {
		tokens = tokens[:len(tokens)-1]
	}
	return tokens
}

// singular cuts the plural ending of an English word. Both sides of each
// comparison go through it, so it may well make words that are none.
func singular(word string) string {
	switch {
	case len(word) <= 3 || !strings.HasSuffix(word, "s"):
		return word
	case strings.HasSuffix(word, "ies"):
		return word[:len(word)-3] + "y"
	case strings.HasSuffix(word, "sses"), strings.HasSuffix(word, "shes"), strings.HasSuffix(word, "ches"), strings.HasSuffix(word, "xes"):
		return word[:len(word)-2]
	case strings.HasSuffix(word, "ss"), strings.HasSuffix(word, "us"), strings.HasSuffix(word, "is"):
		return word
	}
	return word[:len(word)-1]
}

// found is one place in a text where a word stands.
type found struct {
	from, to int // tokens
	letters  int
	tag      *Tag
}

// FindTags lists the tags whose words stand in a text, in either language, in
// any case and number, each once. Longer words come first, and a word inside a
// longer one does not count: in "artificial graphite" there is no "graphite".
func (s *Snapshot) FindTags(text string) []Tag {
	places := outermost(s.findWords(tokensOf(text)))
	slices.SortStableFunc(places, func(a, b found) int {
		return cmp.Or(cmp.Compare(b.letters, a.letters), cmp.Compare(a.from, b.from))
	})
	var tags []Tag
	seen := map[string]bool{}
	for _, p := range places {
		if !seen[p.tag.Slug] {
			seen[p.tag.Slug] = true
			tags = append(tags, *p.tag)
		}
	}
	return tags
}

// outermost leaves out what lies inside a longer place. Places that overlap
// only in part all stay: "artificial graphite anode" holds two words.
func outermost(places []found) []found {
	slices.SortStableFunc(places, func(a, b found) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(b.to, a.to))
	})
	var kept []found
	for _, p := range places {
		if n := len(kept); n == 0 || p.to > kept[n-1].to || p.from == kept[n-1].from && p.to == kept[n-1].to {
			kept = append(kept, p)
		}
	}
	return kept
}

func (s *Snapshot) findWords(tokens []string) []found {
	var places []found
	for i := range tokens {
		for _, w := range s.words[tokens[i]] {
			if n := len(w.tokens); len(tokens)-i >= n && slices.Equal(tokens[i:i+n], w.tokens) {
				letters := len([]rune(strings.Join(w.tokens, "")))
				places = append(places, found{i, i + n, letters, w.tag})
			}
		}
	}
	return places
}

var (
	codeForm   = regexp.MustCompile(`(?i)^(?:HS\s*)?([0-9][0-9. ]*)$`)
	codeFiller = strings.NewReplacer(".", "", " ", "")
)

// Resolve reads what a person calls a product: an HS code of 4 to 10 digits,
// with dots or spaces where they like, or words of the tree of goods in either
// language. A phrase may name several tags: "artificial graphite anode" bears
// two. The error matches [ErrNotFound] and names what comes nearest.
func (s *Snapshot) Resolve(words string) (Product, error) {
	words = strings.TrimSpace(words)
	if parts := codeForm.FindStringSubmatch(words); parts != nil {
		code := codeFiller.Replace(parts[1])
		if len(code) < 4 || len(code) > 10 {
			return Product{}, fmt.Errorf("%.40q is no HS code: it has 4 to 10 digits (%w)", words, ErrNotFound)
		}
		return Product{HS: code}, nil
	}
	var slugs []string
	for _, t := range s.FindTags(words) {
		slugs = append(slugs, t.Slug)
	}
	if len(slugs) == 0 {
		return Product{}, notFound("product", words, s.goodsNames())
	}
	return Product{Tags: s.lowest(slugs)}, nil
}

// goodsNames are the slugs and all the words for them, as written.
func (s *Snapshot) goodsNames() []string {
	var names []string
	for _, t := range s.Goods {
		names = append(append(names, t.Slug, t.EN, t.ZH), t.Also...)
	}
	return slices.DeleteFunc(names, func(n string) bool { return n == "" })
}
