package tracker

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Filter says which firings a subscription wants: all of different names must
// hold, any of the same name. The empty filter wants everything. A severity
// means that one exactly: "severity:warning severity:critical" wants both.
type Filter struct {
	Tags       []string // slugs; a firing bears those above its own too
	By         []string // acting countries
	Kinds      []Kind
	Severities []Severity
	Rules      []string
	Labels     [][2]string // name, value
	Texts      []string    // words in the message, either language, any case
}

// Match says whether the filter wants the firing. What derisk tells of itself it
// wants only if it names it, by label:topic=derisk or by the rule.
func (f Filter) Match(firing Firing) bool {
	if firing.Own() && len(f.Labels)+len(f.Rules) == 0 {
		return false
	}
	return wanted(f.Tags, func(t string) bool { return slices.Contains(firing.Tags, t) }) &&
		wanted(f.By, func(c string) bool { return slices.Contains(firing.By, c) }) &&
		wanted(f.Kinds, func(k Kind) bool { return slices.Contains(firing.Kinds, k) }) &&
		wanted(f.Severities, func(s Severity) bool { return s == firing.Severity }) &&
		wanted(f.Rules, func(r string) bool { return r == firing.Rule }) &&
		wanted(f.Labels, func(l [2]string) bool { v, ok := firing.Labels[l[0]]; return ok && v == l[1] }) &&
		wanted(f.Texts, firing.says)
}

// Unmet lists the names of the filter that keep it from wanting the firing, each
// with all that it asks for: "tag:gallium tag:graphite". There is none where it matches.
func (f Filter) Unmet(firing Firing) (unmet []string) {
	for _, alone := range []Filter{{Tags: f.Tags}, {By: f.By}, {Kinds: f.Kinds}, {Severities: f.Severities}, {Rules: f.Rules}, {Labels: f.Labels}, {Texts: f.Texts}} {
		if !alone.Match(firing) {
			unmet = append(unmet, alone.String())
		}
	}
	return unmet
}

func wanted[V any](list []V, holds func(V) bool) bool {
	return len(list) == 0 || slices.ContainsFunc(list, holds)
}

// says looks for words in the message, in either language and in any case.
func (f Firing) says(words string) bool {
	words = strings.ToLower(words)
	return strings.Contains(strings.ToLower(f.Message.EN), words) || strings.Contains(strings.ToLower(f.Message.ZH), words)
}

// filterNames are the names that a filter may hold, in the order of
// [Filter.String], each with an example for errors.
var filterNames = []struct {
	name, example string
	add           func(f *Filter, value string) error
}{
	{"tag", "tag:lithium-battery", func(f *Filter, v string) (err error) { f.Tags, err = addForm(f.Tags, v, "a tag", tagShape); return }},
	{"by", "by:CN", func(f *Filter, v string) (err error) {
		f.By, err = addForm(f.By, strings.ToUpper(v), "a country", countryShape)
		return
	}},
	{"kind", "kind:export-control", func(f *Filter, v string) (err error) { f.Kinds, err = addWord(f.Kinds, v, "a kind", Kinds()); return }},
	{"severity", "severity:warning", func(f *Filter, v string) (err error) {
		f.Severities, err = addWord(f.Severities, v, "a severity", Severities())
		return
	}},
	{"rule", "rule:suspension-ending", func(f *Filter, v string) error { f.Rules = append(f.Rules, v); return nil }},
	{"label", "label:topic=snap-back", (*Filter).addLabel},
	{"text", `text:"rare earth"`, func(f *Filter, v string) error { f.Texts = append(f.Texts, v); return nil }},
}

var (
	tagShape     = regexp.MustCompile(`^[a-z0-9]+(?:-[a-z0-9]+)*$`)
	countryShape = regexp.MustCompile(`^[A-Z]{2}$`)
	labelShape   = regexp.MustCompile(`^[A-Za-z0-9_.-]+$`)
)

func addForm(list []string, value, noun string, shape *regexp.Regexp) ([]string, error) {
	if !shape.MatchString(value) {
		return list, fmt.Errorf("%s cannot be %s", quoted(value), noun)
	}
	return append(list, value), nil
}

func addWord[W ~string](list []W, value, noun string, known []W) ([]W, error) {
	w, err := oneWord(noun, value, known)
	if err != nil {
		return list, err
	}
	return append(list, w), nil
}

// oneWord reads one of a closed list of words. The error offers the nearest.
func oneWord[W ~string](noun, value string, known []W) (W, error) {
	if slices.Contains(known, W(value)) {
		return W(value), nil
	}
	names := make([]string, len(known))
	for i, k := range known {
		names[i] = string(k)
	}
	if near := Nearest(value, names); near != "" {
		return "", fmt.Errorf("%s is not %s: did you mean %q?", quoted(value), noun, near)
	}
	return "", fmt.Errorf("%s is not %s: write one of %s", quoted(value), noun, strings.Join(names, ", "))
}

func (f *Filter) addLabel(value string) error {
	name, v, ok := strings.Cut(value, "=")
	if !ok || v == "" || !labelShape.MatchString(name) {
		return fmt.Errorf("%s is not a label and its value joined by =", quoted(value))
	}
	f.Labels = append(f.Labels, [2]string{name, v})
	return nil
}

const maxFilter = 1000 // characters of a filter

// ParseFilter reads a filter such as
//
//	tag:lithium-battery by:CN severity:warning label:topic=snap-back text:稀土
//
// A value with spaces stands in quotes, text:"rare earth"; in them \" is a quote
// and \\ a backslash. The error names the word at fault and what could stand
// there. Tags and rules are not looked up: they may come to be later.
func ParseFilter(s string) (Filter, error) {
	if utf8.RuneCountInString(s) > maxFilter {
		return Filter{}, fmt.Errorf("the filter is longer than %d characters: split it over several subscriptions", maxFilter)
	}
	if !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return control(r) && r != '\r' }) {
		return Filter{}, fmt.Errorf("the filter %s holds characters that are no text: write it anew", quoted(s))
	}
	var f Filter
	for rest := strings.TrimSpace(s); rest != ""; rest = strings.TrimSpace(rest) {
		c, length, err := readWant(rest)
		if err == nil {
			err = f.add(c)
		}
		if err != nil {
			return Filter{}, err
		}
		rest = rest[length:]
	}
	f.order()
	return f, nil
}

// want is one word of a filter.
type want struct{ word, name, value string }

// wantForm is a name, a colon (the full-width one of Chinese keyboards
// too), and a value without or with quotes, which may follow a label's =.
var wantForm = regexp.MustCompile(`^([^\s\p{Z}":：]*)[:：](?:([^\s\p{Z}"=]*=)?"((?:[^"\\]|\\["\\])*)"|([^\s\p{Z}"]*))(?:[\s\p{Z}]|$)`)

var filterUnquotes = strings.NewReplacer(`\\`, `\`, `\"`, `"`)

// readWant reads the first word of a text, and tells its length in bytes.
func readWant(text string) (c want, length int, err error) {
	if m := wantForm.FindStringSubmatch(text); m != nil {
		value := strings.TrimSpace(m[2] + filterUnquotes.Replace(m[3]) + m[4])
		return want{strings.TrimSpace(m[0]), strings.ToLower(m[1]), value}, len(m[0]), nil
	}
	word := strings.Fields(text)[0]
	if strings.ContainsAny(word, ":：") {
		return c, 0, fmt.Errorf(`the quotes in %s must go round the whole value, as in text:"rare earth"`, quoted(word))
	}
	return c, 0, fmt.Errorf("%s has no name: for words in the message write text:%.60s", quoted(word), word)
}

func (f *Filter) add(c want) error {
	names := make([]string, len(filterNames))
	for i, n := range filterNames {
		if n.name != c.name {
			names[i] = n.name
			continue
		}
		if c.value == "" {
			return fmt.Errorf("%s names nothing: write it as in %s", quoted(c.word), n.example)
		}
		if err := n.add(f, c.value); err != nil {
			return fmt.Errorf("%.60s: %w (an example: %s)", c.word, err, n.example)
		}
		return nil
	}
	if near := Nearest(c.name, names); near != "" {
		return fmt.Errorf("%s: a filter has no %q: did you mean %q?", quoted(c.word), c.name, near)
	}
	return fmt.Errorf("%s: a filter has no %s: it has %s", quoted(c.word), quoted(c.name), strings.Join(names, ", "))
}

// order sorts each list and drops what is there twice, so that filters that want
// the same are written the same.
func (f *Filter) order() {
	f.Tags, f.By, f.Rules, f.Texts = sorted(f.Tags), sorted(f.By), sorted(f.Rules), sorted(f.Texts)
	f.Kinds, f.Severities = sorted(f.Kinds), sorted(f.Severities)
	slices.SortFunc(f.Labels, func(a, b [2]string) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	f.Labels = slices.Compact(f.Labels)
}

func sorted[W ~string](list []W) []W {
	slices.Sort(list)
	return slices.Compact(list)
}

// String is the filter in the form that [ParseFilter] reads, the same for
// filters that want the same.
func (f Filter) String() string {
	var words []string
	words = writeWords(words, "tag:", f.Tags)
	words = writeWords(words, "by:", f.By)
	words = writeWords(words, "kind:", f.Kinds)
	words = writeWords(words, "severity:", f.Severities)
	words = writeWords(words, "rule:", f.Rules)
	for _, l := range f.Labels {
		words = writeWords(words, "label:"+l[0]+"=", l[1:])
	}
	return strings.Join(writeWords(words, "text:", f.Texts), " ")
}

var filterQuotes = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

func writeWords[W ~string](words []string, name string, values []W) []string {
	for _, v := range values {
		value := string(v)
		if strings.ContainsFunc(value, func(r rune) bool { return r == '"' || unicode.IsSpace(r) || unicode.Is(unicode.Z, r) }) {
			value = `"` + filterQuotes.Replace(value) + `"`
		}
		words = append(words, name+value)
	}
	return words
}
