package tracker

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"go.yaml.in/yaml/v4"
)

// scalar is a value written as one scalar. It is read from the words as they
// were written, so that 2026 may be a date and 010121 a tariff code.
func scalar[V comparable](wanted string, read func(string) (V, error), write func(V) *yaml.Node) form[V] {
	var none V
	return form[V]{
		read: func(r *reader, n *yaml.Node) V {
			if n.Kind != yaml.ScalarNode || n.ShortTag() == "!!null" {
				r.fault(n, "%s is wanted, not %s", wanted, nodeSort(n))
				return none
			}
			v, err := read(n.Value)
			if err != nil {
				r.fault(n, "%v", err)
				return none
			}
			return v
		},
		write: func(v V) *yaml.Node {
			if v == none {
				return nil
			}
			return write(v)
		},
	}
}

// textNode is a scalar that is quoted where it could be taken for something else.
func textNode[S ~string](s S) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: string(s)}
}

// wordsForm is any text without control characters.
var wordsForm = scalar("text", plainText, textNode)

func plainText(s string) (string, error) {
	if i := strings.IndexFunc(s, control); i >= 0 {
		return "", fmt.Errorf("%s holds a control character: take it out", quoted(s))
	}
	return s, nil
}

func control(c rune) bool { return unicode.IsControl(c) && c != '\n' && c != '\t' }

// filledForm is text that says something.
var filledForm = scalar("text", func(s string) (string, error) {
	if strings.TrimSpace(s) == "" {
		return "", fmt.Errorf("%s says nothing: write a text or leave this out", quoted(s))
	}
	return plainText(s)
}, textNode)

// matching is text of one pattern.
func matching(wanted string, pattern *regexp.Regexp, most int) form[string] {
	return scalar(wanted, func(s string) (string, error) {
		if len(s) > most || !pattern.MatchString(s) {
			return "", fmt.Errorf("%s is not %s", quoted(s), wanted)
		}
		return s, nil
	}, textNode)
}

const maxID = 120 // characters of an id

var (
	idForm        = matching("an id (lower-case letters and digits, joined by dots and hyphens)", regexp.MustCompile(`^[a-z0-9]+(?:[.-][a-z0-9]+)*$`), maxID)
	countryForm   = matching("a country (two upper-case letters such as CN, or EU)", regexp.MustCompile(`^[A-Z]{2}$`), 2)
	hsForm        = matching("a Harmonized System prefix (2 to 12 digits)", regexp.MustCompile(`^[0-9]{2,12}$`), 12)
	attributeForm = matching("an attribute (lower-case letters, digits and underscores, its unit at the end)", regexp.MustCompile(`^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$`), 60)
	slugForm      = matching("a word in lower-case letters, digits and hyphens", regexp.MustCompile(`^[a-z0-9]+(?:-[a-z0-9]+)*$`), 60)
	urlForm       = matching("an address that begins with https:// or http://", regexp.MustCompile(`^https?://[^\s<>"\x00-\x20]+$`), 2048)
)

// refers is an id that refers to something known elsewhere.
func refers(noun string, f form[string]) form[string] { return noting(noun, f, false) }

// defines is an id that is new here.
func defines(noun string, f form[string]) form[string] { return noting(noun, f, true) }

func noting(noun string, f form[string], isNew bool) form[string] {
	return form[string]{
		read: func(r *reader, n *yaml.Node) string {
			id := f.read(r, n)
			if id != "" {
				r.name(n, noun, id, isNew)
			}
			return id
		},
		write: f.write,
	}
}

// oneOf is one of a closed list of words.
func oneOf[W ~string](noun string, known []W) form[W] {
	return scalar(noun, func(s string) (W, error) {
		if slices.Contains(known, W(s)) {
			return W(s), nil
		}
		list := make([]string, len(known))
		for i, k := range known {
			list[i] = string(k)
		}
		if near := Nearest(s, list); near != "" {
			return "", fmt.Errorf("%s is not %s: did you mean %q?", quoted(s), noun, near)
		}
		return "", fmt.Errorf("%s is not %s: write one of %s", quoted(s), noun, strings.Join(list, ", "))
	}, textNode[W])
}

// dateForm is a date; "none" only where an end may be taken away.
func dateForm(none bool) form[Date] {
	return scalar("a date", func(s string) (Date, error) {
		d, err := ParseDate(s)
		if err == nil && d.Precision() == Never && !none {
			return Date{}, fmt.Errorf(`"none" is no date here: leave the key out`)
		}
		return d, err
	}, func(d Date) *yaml.Node { return plainNode(d.String()) })
}

// momentForm is a date that is known to the day or better.
var momentForm = scalar("a date", func(s string) (Date, error) {
	d, err := ParseDate(s)
	if err == nil && d.Precision() < Day {
		return Date{}, fmt.Errorf("%s is too coarse: write a day or an instant", quoted(s))
	}
	return d, err
}, func(d Date) *yaml.Node { return plainNode(d.String()) })

var decimal = regexp.MustCompile(`^-?[0-9]{1,15}(?:\.[0-9]{1,15})?$`)

// figureForm is a number within bounds. Zero is written too.
func figureForm(low, high float64) form[float64] {
	f := scalar("a number", func(s string) (float64, error) {
		n, err := strconv.ParseFloat(s, 64)
		if err != nil || !decimal.MatchString(s) {
			return 0, fmt.Errorf("%s is not a number: write digits, such as 12.5", quoted(s))
		}
		if n < low || n > high {
			return 0, fmt.Errorf("%s is out of range: %s to %s is possible", quoted(s), number(low), number(high))
		}
		return n, nil
	}, nil)
	f.write = func(n float64) *yaml.Node { return plainNode(number(n)) }
	return f
}

// countForm is a positive whole number up to most.
func countForm(most int) form[int] {
	return scalar("a whole number", func(s string) (int, error) {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || n > most {
			return 0, fmt.Errorf("%s is not a whole number from 1 to %d", quoted(s), most)
		}
		return n, nil
	}, func(n int) *yaml.Node { return plainNode(strconv.Itoa(n)) })
}

var yesNoForm = scalar("true or false", func(s string) (bool, error) {
	if s != "true" && s != "false" {
		return false, fmt.Errorf("%s is not true or false", quoted(s))
	}
	return s == "true", nil
}, func(bool) *yaml.Node { return plainNode("true") })

// someZones are offered for a mistyped one.
var someZones = []string{"UTC", "Asia/Shanghai", "Asia/Hong_Kong", "Asia/Tokyo", "Asia/Seoul", "Asia/Taipei",
	"Asia/Singapore", "Australia/Sydney", "America/New_York", "America/Mexico_City", "America/Toronto",
	"Europe/Amsterdam", "Europe/Brussels", "Europe/Berlin", "Europe/London", "Europe/Paris"}

var zoneForm = scalar("a time zone", func(s string) (string, error) {
	if _, err := time.LoadLocation(s); err == nil && s != "" && s != "Local" {
		return s, nil
	}
	if near := Nearest(s, someZones); near != "" {
		return "", fmt.Errorf("%s is not a time zone: did you mean %q?", quoted(s), near)
	}
	return "", fmt.Errorf("%s is not a time zone: write an IANA name such as Asia/Shanghai", quoted(s))
}, textNode)

// conditionsForm reads attributes of a product with what each must meet, sorted by name.
var conditionsForm = form[map[string]string]{read: readConditions, write: writeConditions}

func readConditions(r *reader, n *yaml.Node) map[string]string {
	if n.Kind != yaml.MappingNode || len(n.Content) == 0 {
		r.fault(n, `attributes with conditions are wanted, such as {energy_density_wh_kg: ">= 300"}, not %s`, nodeSort(n))
		return nil
	}
	met := map[string]string{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := attributeForm.read(r, n.Content[i]), wordsForm.read(r, n.Content[i+1])
		if _, twice := met[name]; twice && name != "" {
			r.fault(n.Content[i], "%q is there twice", name)
		}
		if _, err := ParseCondition(value); err != nil && value != "" {
			r.fault(n.Content[i+1], "%v", err)
		}
		met[name] = value
	}
	return met
}

func writeConditions(met map[string]string) *yaml.Node {
	if len(met) == 0 {
		return nil
	}
	n := &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
	for _, name := range mapKeys(met) {
		n.Content = append(n.Content, plainNode(name), textNode(met[name]))
	}
	return n
}
