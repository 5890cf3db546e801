package rules

import (
	"fmt"
	"reflect"

	"derisk/tracker"
)

// maxArticleText is how many bytes of an article rules can see. Articles come
// from strangers: one that is longer must not make a rule fail.
const maxArticleText = 20_000

// size tells how large a list or a longer text is expected to be.
func (n Name) size() tracker.Text {
	entries, bytes := tableSizes(n.Of, n.Name)
	switch {
	case n.List > 0:
		return tracker.Text{EN: fmt.Sprintf("%s × %d bytes", grouped(entries), bytes), ZH: fmt.Sprintf("%s × %d 字节", grouped(entries), bytes)}
	case n.Bytes > 0:
		return tracker.Text{EN: grouped(bytes) + " bytes", ZH: grouped(bytes) + " 字节"}
	}
	return tracker.Text{}
}

// isLarge says that a view holds longer lists or texts than the bound on cost
// reckons with.
func isLarge(subject Each, view any) bool {
	v := reflect.ValueOf(view).Elem()
	for i := range v.NumField() {
		tag := v.Type().Field(i).Tag.Get("expr")
		if kind := v.Field(i).Kind(); tag == "" || kind != reflect.String && kind != reflect.Slice {
			continue
		}
		entries, bytes := sizeOf(v.Field(i))
		if most, longest := tableSizes(subject, tag); entries > most || bytes > longest {
			return true
		}
	}
	return false
}

// sizeOf counts the entries of a list, and the bytes of its longest, or of a text.
func sizeOf(v reflect.Value) (entries, bytes int) {
	if v.Kind() != reflect.Slice {
		return 1, v.Len()
	}
	for i := range v.Len() {
		bytes = max(bytes, v.Index(i).Len())
	}
	return v.Len(), bytes
}

// large says that a subject, or the measure in scope with it, is.
func (s *scope) large() bool {
	return s.Measure != nil && s.Measure.large || s.Event != nil && s.Event.large || s.Review != nil && s.Review.large ||
		s.Commitment != nil && s.Commitment.large || s.Indicator != nil && s.Indicator.large || s.Article != nil && s.Article.large
}

// sizes are those of what the subject really holds. In Chinese a title or note
// may be longer than in English, so the longer counts.
func (s *scope) sizes(subject Each, field string) (entries, bytes int) {
	entries, bytes = 1, wordBytes
	seen := reflect.ValueOf(s).Elem()
	for i := range seen.NumField() {
		view := seen.Field(i)
		if seen.Type().Field(i).Tag.Get("expr") != string(subject) || view.Kind() != reflect.Pointer || view.IsNil() {
			continue
		}
		for j := range view.Elem().NumField() {
			tag := view.Elem().Type().Field(j).Tag.Get("expr")
			if kind := view.Elem().Field(j).Kind(); (tag == field || tag == field+"_zh") && (kind == reflect.String || kind == reflect.Slice) {
				n, longest := sizeOf(view.Elem().Field(j))
				entries, bytes = n, max(bytes, longest)
			}
		}
	}
	return entries, bytes
}

// afford refuses to look at a subject that is so large that the rule could cost
// more than [maxRun] there.
func (r *Rule) afford(s subject) error {
	if !s.scope.large() {
		return nil
	}
	for key, list := range r.expressions() {
		total := 0
		for _, x := range list {
			cost := priceOf(x.node, s.scope.sizes)
			if total = plus(total, cost.units); total > maxRun {
				return fmt.Errorf("%s: %s %s is too large: %s", key, r.Each, s.id, cost.fault(maxRun).message)
			}
		}
	}
	return nil
}
